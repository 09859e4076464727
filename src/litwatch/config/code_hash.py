"""A hash of litwatch's own code: what was kept of an earlier reading counts only for the code that made it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_HOME = Path(__file__).resolve().parents[1]


@cache
def hash_code(*parts: str) -> str:
    """SHA-256 (64 hex digits) of the modules in these parts of the package, such as ``"articles"``.

    It is computed once in a process; some milliseconds.
    """
    digest = hashlib.sha256()
    for part in parts:
        place = _HOME / part
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(file.relative_to(_HOME).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
