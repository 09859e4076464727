"""The files of a new site: settings, the example article, Prefect's deployments, systemd units, containers.

No file that exists is written again.
"""

from __future__ import annotations

import getpass
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from litwatch import __version__
from litwatch.config.settings_file import FILE
from litwatch.config.settings_reference import commented_settings
from litwatch.config.shipped_files import EXAMPLE, read_shipped
from litwatch.config.whole_file import write_whole_file
from litwatch.model.errors import OutputFailed

FOR_SCHEDULE = (
    "prefect.yaml",
    "prefect.shards.yaml",
    "automations.yaml",
    "deploy.sh",
    *(
        f"systemd/litwatch-{name}"
        for name in ("nightly.service", "nightly.timer", "desk.service", "prefect.service", "worker.service")
    ),
    "compose.yaml",
    "Dockerfile",
    ".dockerignore",
)
"""What starts the nights, in the order in which it is told."""
DESK_SECRET = "secrets/desk_secret"  # noqa: S105 - a file's name


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file of a site, and whether it was there before."""

    path: Path
    there: bool


def make_site(folder: Path, settings: Mapping[str, object]) -> list[SiteFile]:
    """Write what the site lacks; ``settings`` are set in its settings file, the others stand there as comments.

    An example article is written where there are no topic files. Raises OutputFailed.
    """
    site = folder.resolve()
    drafts = {
        FILE: commented_settings(dict(settings)),
        DESK_SECRET: f"{secrets.token_urlsafe(32)}\n",
        ".env": f"# Read by Docker Compose alone.\nPOSTGRES_PASSWORD={secrets.token_urlsafe(24)}\n",
    }
    private = frozenset(drafts)
    if not any((site / "queries").glob("*.y*ml")):
        drafts |= {name: read_shipped(name).decode() for name in EXAMPLE}
    drafts |= {name: _fill(name, site) for name in FOR_SCHEDULE}
    return [_write(folder / name, text, private=name in private) for name, text in drafts.items()]


def _write(file: Path, text: str, *, private: bool) -> SiteFile:
    if file.exists() or file.is_symlink():
        return SiteFile(file, there=True)
    try:
        write_whole_file(file, text.encode(), private=private)
        if file.suffix == ".sh":
            file.chmod(0o755)
    except OSError as error:
        raise OutputFailed(f"{file}: {error.strerror}; the file cannot be written") from None
    return SiteFile(file, there=False)


def _fill(name: str, site: Path) -> str:
    """A template with this site's places in it."""
    given = {
        "SITE": str(site),
        "BIN": str(Path(sys.executable).parent),
        "USER": getpass.getuser(),
        "UID": str(os.getuid()),
        "GID": str(os.getgid()),
        "VERSION": __version__,
        "PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
    text = read_shipped(name).decode()
    for key, value in given.items():
        # systemd reads % as the beginning of a specifier of its own.
        text = text.replace(f"@{key}@", value.replace("%", "%%") if name.startswith("systemd/") else value)
    return text
