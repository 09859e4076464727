"""Every command in README and docs runs: here, in a site of the demonstration, or in ``make docs-test``."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from litwatch.cli import group
from litwatch.cli.command_reference import command_reference
from litwatch.config.sentence_model_files import PLACES
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
from tests.docs.page_walk import Walk, prepare
from tests.nights import House

EXTRAS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())


@each_page
def test_every_block_says_what_it_holds(page: Path) -> None:
    assert {language for language, _ in blocks(page)} <= LANGUAGES


@pytest.mark.slow
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
        elif extra := re.fullmatch(r"pip install '(?:litwatch|\.)\[(\w+)\]'", code):
            assert extra[1] in EXTRAS, code
        elif package := re.fullmatch(r"pip install --no-deps ([\w-]+)", code):
            assert package[1].replace("-", "_") in dict(PLACES), code
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
