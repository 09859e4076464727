"""Fixtures that every test may use; the reference material beside the project is optional and read-only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.entrez.scripted_ncbi import ScriptedNcbi, serve

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's own folder."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records beside the project; the test skips where it is absent."""
    folder = Path(os.environ.get("LITWATCH_SHARED", PROJECT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("the reference material (LITWATCH_SHARED, or ../shared) is not on this machine")
    return folder


@pytest.fixture
def ncbi() -> Iterator[ScriptedNcbi]:
    """A server on loopback that answers as NCBI would, as the test tells it to."""
    with serve() as server:
        yield server
