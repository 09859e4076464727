"""Fixtures that every test may use; the reference material beside the project is optional and read-only."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.cli import main
from tests.command_line import Run
from tests.sources.entrez.scripted_ncbi import ScriptedNcbi, serve

PROJECT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """A settings file of the checkout would be every test's.

    Ten thousand tests stay in memory to the end, so the collector of garbage looks at all of them less often.
    """
    gc.set_threshold(700, 10, 1000)
    if (PROJECT / "litwatch.toml").exists():
        raise pytest.UsageError(
            f"move {PROJECT / 'litwatch.toml'} away first: the tests would be run with its settings"
        )


LONG_ONES = ("flows", "test_house.py", "world", "night", "store", "faults", "cli", "desk", "reading", "docs", "browser")
"""The modules that begin first, in this order: what takes a minute must not begin when the other worker is done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long modules first. A module is the share that a worker takes, so it makes what its tests share once."""
    places = {name: place for place, name in enumerate(LONG_ONES)}
    items.sort(key=lambda item: places.get(item.path.relative_to(PROJECT / "tests").parts[0], len(places)))


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


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A command of litwatch in this process, by its arguments: its exit status and what it wrote to either stream."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call
