"""What the documents say is true: their commands run, their links lead somewhere, their settings exist."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from litwatch.cli import group, main
from litwatch.config.settings import Settings
from litwatch.config.settings_file import PREFIX, SECRETS
from litwatch.config.settings_reference import BEGIN, END, settings_table
from litwatch.standin import Corpus, StandIn
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.nights import hasten_requests

PROJECT = Path(__file__).resolve().parent.parent
PAGES = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "reports/README.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
]


def commands_to_run(page: Path) -> list[list[str]]:
    """The ``litwatch …`` lines of a page's ``sh`` blocks."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("litwatch ")]


def commands_named(page: Path) -> list[list[str]]:
    """The ``litwatch …`` commands that a page names in its running text."""
    return [shlex.split(code)[1:] for code in re.findall(r"`(litwatch [^`\n]+)`", page.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def pubmed() -> Iterator[StandIn]:
    with StandIn(Corpus(revisions()), today=DEMONSTRATION_TODAY, rate=None, rate_with_key=None) as standin:
        yield standin


def test_every_command_of_the_readme_runs(
    pubmed: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PROJECT / "queries", tmp_path / "queries")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LITWATCH_EMAIL", "you@example.org")
    hasten_requests(monkeypatch)
    monkeypatch.setenv("LITWATCH_EUTILS", pubmed.base)
    lines = commands_to_run(PROJECT / "README.md")
    assert len(lines) >= 5
    for arguments in lines:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capsys.readouterr()
        # the citation lint may find errors in the example on purpose: status 1 is its answer, not a failure
        allowed = {0, 1} if arguments[:2] == ["articles", "lint"] else {0}
        assert (ended.value.code or 0) in allowed, (arguments, told.out, told.err)
        assert "Traceback" not in told.err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    for arguments in commands_named(page):
        command: click.Command = group
        rest = list(arguments)
        while (
            rest
            and isinstance(command, click.Group)
            and (named := command.get_command(click.Context(command), rest[0]))
        ):
            command = named
            rest.pop(0)
        assert command is not group or arguments[0].startswith("-"), f"litwatch {' '.join(arguments)}: no such command"
        options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        used = {word.partition("=")[0] for word in rest if word.startswith("--")}
        assert used <= options, f"litwatch {' '.join(arguments)}: no such option"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not missing


def paths_named(page: Path) -> set[str]:
    """The files and folders that a page names in code: with a folder in it and an ending, or with a "/" at the end."""
    codes = re.findall(r"`([\w./-]+)`", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL))
    return {code for code in codes if re.fullmatch(r"[\w-]+(/[\w.-]+)*(/|\.(py|sql|j2|md|yaml|txt))", code)}


WRITTEN_LATER = {"members.yaml", "report.json"}
"""Files that an installation makes for itself."""


OURS = [
    f"/{path.relative_to(PROJECT).as_posix()}{'/' if path.is_dir() else ''}"
    for folder in ("src", "tests", "docs", "flows", "queries", "reports", "bench")
    for path in (PROJECT / folder, *(PROJECT / folder).rglob("*"))
    if "__pycache__" not in path.parts
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    missing = {
        name
        for name in paths_named(page)
        if Path(name).name not in WRITTEN_LATER
        and not name.startswith("var/")
        and not (PROJECT / name).exists()
        and not any(path.endswith(f"/{name}") for path in OURS)
    }
    assert not missing


def test_the_settings_page_lists_every_setting_and_no_other() -> None:
    page = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert f"{BEGIN}\n\n{settings_table()}\n{END}" in page, "`make fix` writes the table anew"
    told = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page)) - {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS}
    assert told - {"LITWATCH_HOME", "LITWATCH_SETTINGS"} == {PREFIX + name.upper() for name in Settings.model_fields}


def test_every_package_of_the_lock_is_pinned_with_hashes_and_no_address() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", lock).strip())
    assert len(requirements) > 100
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+.*--hash=sha256:", text, re.DOTALL) for text in requirements)
    assert "://" not in lock
