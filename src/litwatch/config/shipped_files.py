"""Files that litwatch brings for an installation: the example article, Prefect's deployments, units and containers.

Those that a checkout uses itself (queries/, prefect.yaml) lie at its root; the wheel has them beside the others.
"""

from __future__ import annotations

from pathlib import Path

from litwatch.model.errors import OperatorError

EXAMPLE = ("queries/insulin-resistance.yaml", "queries/insulin-resistance.txt")
"""The example article, which explains every key of a topic file."""

_PACKAGED = Path(__file__).resolve().parent / "site_templates"
_CHECKOUT = Path(__file__).resolve().parents[3]


def read_shipped(name: str) -> bytes:
    """The bytes of a file by its path in a site, such as ``queries/insulin-resistance.yaml``.

    Raises OperatorError where this installation lacks it.
    """
    for root in (_PACKAGED, _CHECKOUT):
        if (root / name).is_file():
            return (root / name).read_bytes()
    raise OperatorError(f"{_PACKAGED / name} is missing from this installation of litwatch; install it again")


def copy_shipped(name: str, folder: Path) -> Path:
    """Write the file into ``folder`` by its path in a site; its path there. Raises OSError."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(read_shipped(name))
    return file
