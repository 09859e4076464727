"""Fixtures that every test may use; the reference material beside the project is optional and read-only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.cli import main
from tests.command_line import Run
from tests.sources.entrez.scripted_ncbi import ScriptedNcbi, serve

PROJECT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """A settings file of the checkout would be every test's."""
    if (PROJECT / "litwatch.toml").exists():
        raise pytest.UsageError(
            f"move {PROJECT / 'litwatch.toml'} away first: the tests would be run with its settings"
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give what a module's tests share to one worker, which makes it once; the other tests go to whoever is free."""
    for item in items:
        made = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
        shares = any(each.scope == "module" for fixtures in made for each in fixtures)
        if shares and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


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
