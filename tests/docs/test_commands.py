"""Every command in README and docs runs: here, in a site of the demonstration, or in ``make docs-test``."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import click
import pytest

from litwatch.cli import group
from litwatch.cli.command_reference import command_reference
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.articles.word_files import paragraph, word_file
from tests.command_line import Run
from tests.docs.page_commands import (
    BY_DOCS_TEST,
    ELSEWHERE,
    LANGUAGES,
    PAGES,
    PROJECT,
    blocks,
    commands_in_text,
    shell_lines,
)
from tests.nights import House, hasten_requests, open_house

BEGINS_WITH_NOTHING = {"begin.md"}
"""Pages that lead from no site to one; the others find the demonstration's, after a night."""
MAY_FIND_FAULTS = {("articles", "lint"), ("doctor",), ("bulk", "status")}
"""Commands whose status 1 is an answer, not a failure."""
NCBI_FILES = "https://ftp.ncbi.nlm.nih.gov/pubmed"
RETRACTION_WATCH = "https://gitlab.com/crossref/retraction-watch-data/-/raw/main/retraction_watch.csv"

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("demonstration")
    with open_house(folder) as house:
        shutil.rmtree(folder / "queries")
        shutil.copytree(PROJECT / "queries", folder / "queries")
        assert house.night(DEMONSTRATION_TODAY, send_mail=False).ok
        yield house


@pytest.fixture
def start(demonstrated: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory whose PubMed is the stand-in, and a home with the article that the pages begin with."""
    for name in [name for name in os.environ if name.startswith("LITWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LITWATCH_EUTILS", demonstrated.pubmed.base)
    monkeypatch.setenv("LITWATCH_REHEARSAL", "true")
    hasten_requests(monkeypatch)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (home / "sleep-and-insulin.docx").write_bytes(
        word_file(
            paragraph("Does short sleep cause insulin resistance?", style="Titel"),
            paragraph("One week of short sleep lowers insulin sensitivity [1]."),
            paragraph("References", style="berschrift1"),
            paragraph(
                "1. Demonstration data: one week of short sleep and insulin sensitivity, a randomised crossover trial."
                " Demonstration Journal of Invented Results. 2020. PMID: 99000004"
            ),
        )
    )
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.chdir(site)
    return site


class Walk:
    """One page's commands, one after the other, as somebody who follows the page types them."""

    def __init__(self, run: Run, monkeypatch: pytest.MonkeyPatch, standing_for: dict[str, str]) -> None:
        self.run, self.patch, self.standing_for = run, monkeypatch, standing_for

    def follow(self, line: str) -> None:
        for printed, here in self.standing_for.items():
            line = line.replace(printed, here)
        word, *rest = shlex.split(line)
        if word == "cd":
            self.patch.chdir(Path(rest[0]).expanduser())
        elif word == "export":
            self._take(line)
        elif word == "rm":
            for name in rest:
                Path(name).unlink()
        else:
            assert word == "litwatch", f"{line}: neither a command of litwatch's nor one that tests/docs knows"
            # what the shell does
            self._command([str(Path(each).expanduser()) if each.startswith("~/") else each for each in rest])

    def _take(self, line: str) -> None:
        done = subprocess.run(["bash", "-ec", f"{line}\nenv -0"], capture_output=True, text=True, check=True)
        given = dict(each.split("=", 1) for each in done.stdout.split("\0") if "=" in each)
        for name, value in given.items():
            if name.startswith("LITWATCH_"):
                self.patch.setenv(name, value)

    def _command(self, arguments: list[str]) -> None:
        status, out, err = self.run(*arguments)
        may_fail = any(tuple(arguments[: len(words)]) == words for words in MAY_FIND_FAULTS)
        assert status in ({0, 1} if may_fail else {0}), (arguments, out, err)
        assert "Traceback" not in err
        if arguments[0] == "backup":
            (made,) = Path(arguments[1]).glob("*.tar")
            self.standing_for["litwatch-20261130T053000Z.tar"] = made.name


def prepare(page: Path, house: House, folder: Path, run: Run) -> dict[str, str]:
    """Make what the page takes for granted; what stands here for the addresses and names that it prints."""
    root = house.pubmed.url
    (folder.parent / "backups").mkdir()
    standing_for = {
        "http://127.0.0.1:8642/entrez/eutils/": house.pubmed.base,
        RETRACTION_WATCH: f"{root}/retraction-watch.csv",
        "/mnt/backups": f"{folder.parent}/backups",
    }
    if page.name in BEGINS_WITH_NOTHING:
        return standing_for
    house.copy(folder)
    (folder / "litwatch.toml").write_text('email = "you@example.org"\n')
    if page.name == "desk.md":
        review = ("review", "insulin-resistance", "update", "--by", "Dr Example", "--reason", "a trial was retracted")
        assert run(*review)[0] == 0
        standing_for["5d41…"] = re.search(r"\b[0-9a-f]{64}\b", run("audit", "verify")[1])[0]  # type: ignore[index]
        shutil.copytree(folder / "queries", folder / "var" / "demonstration" / "queries")
        shutil.copy(folder / "var" / "litwatch.duckdb", folder / "var" / "demonstration")
    if page.name == "integrity.md":
        with urlopen(f"{root}/retraction-watch.csv") as table:
            (folder / "retraction_watch.csv").write_bytes(table.read())
    if page.name in {"bulk.md", "operating.md"}:
        assert run("standin", "bulk", folder / "bulk", "--baseline", "2026-11-16", "--until", "2026-11-20")[0] == 0
        for kind in ("baseline", "updatefiles"):
            standing_for[f"{NCBI_FILES}/{kind}/"] = str(folder / "bulk")
    return standing_for


@each_page
def test_every_block_says_what_it_holds(page: Path) -> None:
    assert {language for language, _ in blocks(page)} <= LANGUAGES


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if shell_lines(page) and page.name != "README.md"],
    ids=lambda page: page.relative_to(PROJECT).as_posix(),
)
def test_every_command_of_a_page_runs(
    page: Path, demonstrated: House, start: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Walk(run, monkeypatch, prepare(page, demonstrated, start, run))
    for line in shell_lines(page):
        if line.startswith("make "):
            assert_make_knows(line)
        elif line not in BY_DOCS_TEST and line not in ELSEWHERE:
            walk.follow(line)


def test_the_readme_begins_as_the_page_that_it_names() -> None:
    readme, begin = (shell_lines(PROJECT / name) for name in ("README.md", "docs/begin.md"))
    assert [line for line in readme if not line.startswith("make ")] == [line for line in begin if line in readme]
    for line in readme:
        if line.startswith("make "):
            assert_make_knows(line)


def assert_make_knows(line: str) -> None:
    """That make would do something; what takes minutes or hours is left to whoever asks for it."""
    done = subprocess.run([*shlex.split(line), "--dry-run"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@each_page
def test_every_command_in_the_text_of_a_page_is_right(page: Path) -> None:
    for code in commands_in_text(page):
        if code in BY_DOCS_TEST or code in ELSEWHERE:
            continue
        word, *rest = shlex.split(code.split(" > ")[0])
        if word == "litwatch":
            assert_litwatch_takes(rest)
        elif word == "make":
            assert_make_knows(code)
        elif word.startswith("python") and rest[0] == "-m":
            assert find_spec(rest[1]) is not None, code
        elif word.startswith("python"):
            assert rest[0] == "-c" or (PROJECT / rest[0]).is_file(), code
        else:
            pytest.fail(f"{code}: nothing runs it; tests/docs/page_commands.py must say who does")


def assert_litwatch_takes(words: list[str]) -> None:
    """That the command exists, has these options, and takes so many arguments; nothing runs.

    The text may name an option without its value.
    """
    if words[0] == "COMMAND":
        return
    command: click.Command = group
    context = click.Context(group, info_name="litwatch")
    rest = list(words)
    while rest and isinstance(command, click.Group) and (found := command.get_command(context, rest[0])):
        context = click.Context(found, info_name=rest.pop(0), parent=context)
        command = found
    assert command is not group or rest[0].startswith("-"), f"litwatch {' '.join(words)}: no such command"
    if rest not in (["--help"], ["--version"]):
        try:
            _, left, _ = command.make_parser(context).parse_args(rest)
        except click.BadOptionUsage:
            return
        except click.UsageError as error:
            pytest.fail(f"litwatch {' '.join(words)}: {error.format_message()}")
        assert not left or isinstance(command, click.Group), f"litwatch {' '.join(words)}: too many arguments"


def test_the_example_of_every_command_is_right() -> None:
    parts = re.findall(r"^```sh\n(.*?)^```", command_reference(), re.MULTILINE | re.DOTALL)
    examples = [line for part in parts for line in part.splitlines() if line.startswith("litwatch ")]
    assert len(examples) > 60
    for example in examples:
        assert_litwatch_takes(shlex.split(example.split(" > ")[0], comments=True)[1:])


def test_who_runs_a_line_is_said_of_no_line_that_is_gone() -> None:
    given = {line for page in PAGES for line in (*shell_lines(page), *commands_in_text(page))}
    assert (BY_DOCS_TEST | set(ELSEWHERE)) - given == set()
    assert not BY_DOCS_TEST & set(ELSEWHERE)
