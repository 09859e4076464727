"""A digest of everything by which articles are read and decided: with another litwatch, every decision is made anew."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.metadata import version

_NOT_OF_THE_NIGHT = frozenset({"cli", "desk", "digest", "flows", "standin"})
"""Packages that show what was decided, or play PubMed."""


@cache
def rules_version() -> str:
    """SHA-256, 64 hex digits, of litwatch's own files, and of the versions of what computes with them."""
    digest = hashlib.sha256()
    for library in ("duckdb", "numpy", "scipy"):
        digest.update(f"{library} {version(library)}\n".encode())
    package = resources.files("litwatch")
    with resources.as_file(package) as folder:
        for file in sorted(folder.rglob("*")):
            inside = file.relative_to(folder)
            if file.is_file() and file.suffix != ".pyc" and inside.parts[0] not in _NOT_OF_THE_NIGHT:
                digest.update(f"{inside}\n".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
