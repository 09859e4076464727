"""What a command imports before it does anything: its waiting time at the keyboard, counted in modules, not seconds."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from litwatch.cli import group, main
from litwatch.cli.command_table import COMMANDS, CommandTable
from litwatch.cli.topics import STRATEGIES, topics

NUMERIC = {"numpy", "scipy"}
HEAVY = NUMERIC | {"duckdb", "httpx", "jinja2", "lxml", "pydantic", "rich", "yaml"}
"""Packages that each take longer to import than Python takes to start."""
NEVER = {"prefect", "fastapi", "sqlalchemy"}
"""The scheduler's: the command line has no use for them."""

RUNS_THE_COMMAND_LINE = """
import sys
from litwatch.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code, ended.code
print("\\n" + " ".join(sys.modules))
"""


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a Python of its own has loaded when it is done."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def loaded_by_command(*words: str) -> set[str]:
    return loaded_by("-c", RUNS_THE_COMMAND_LINE, *words)


def loaded_by_import(module: str) -> set[str]:
    return loaded_by("-c", f"import {module}, sys; print(*sys.modules)")


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_no_command_and_nothing_heavy(option: str) -> None:
    loaded = loaded_by_command(option)
    assert not loaded & (HEAVY | NEVER)
    assert not {f"litwatch.cli.{entry.module}" for entry in COMMANDS.values()} & loaded
    own = {name for name in loaded if name.startswith("litwatch.")}
    assert {"litwatch.cli", "litwatch.cli.command_table"} < own
    assert len(own) <= 10, sorted(own)


@pytest.mark.parametrize(
    ("table", "name"), [*((group, name) for name in sorted(COMMANDS)), *((topics, name) for name in sorted(STRATEGIES))]
)
def test_a_command_is_listed_as_its_own_help_sums_it_up(table: CommandTable, name: str) -> None:
    command = table.get_command(click.Context(table), name)
    assert command is not None
    assert command.name == name
    assert table.table[name].summary == command.get_short_help_str(limit=1000)


def test_checking_the_topic_files_loads_neither_store_nor_sources_nor_what_is_decided() -> None:
    loaded = loaded_by_command("topics", "check", "--help")
    assert "litwatch.cli.topics" in loaded
    assert not loaded & {"litwatch.store", "litwatch.sources", "litwatch.decisions", "duckdb", "httpx", "rich"}


def test_a_command_misspelt_is_answered_with_those_like_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["chek"])
    assert ended.value.code == 2
    assert "No such command 'chek'. Did you mean 'check'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("module", "needless"),
    [
        ("litwatch.sources.entrez", NUMERIC | {"duckdb", "pydantic", "jinja2", "httpx"}),
        ("litwatch.config.topic_files", NUMERIC | {"duckdb", "jinja2", "httpx", "lxml"}),
        ("litwatch.config.member_file", NUMERIC | {"duckdb", "jinja2", "httpx", "lxml"}),
        ("litwatch.config.settings", NUMERIC | {"duckdb", "jinja2", "httpx", "lxml"}),
        ("litwatch.decisions.verdict", HEAVY | {"markdown_it"}),
        ("litwatch.store", HEAVY - {"duckdb", "pydantic"} | {"markdown_it"}),
        ("litwatch.reading.stored_report", HEAVY - {"duckdb", "pydantic"} | {"markdown_it"}),
        ("litwatch.night.doors", HEAVY - {"duckdb", "pydantic"} | {"Bio", "feedparser"}),
        ("litwatch.night.whole_night", NUMERIC | {"httpx", "Bio", "feedparser"}),
    ],
)
def test_an_import_loads_no_package_that_it_has_no_use_for(module: str, needless: set[str]) -> None:
    loaded = loaded_by_import(module)
    assert module in loaded
    assert not loaded & (needless | NEVER)


def test_no_command_but_the_benchmark_loads_the_rankings_arithmetic_before_it_runs() -> None:
    modules = {entry.module for entry in COMMANDS.values()} - {"benchmark"}
    loaded = loaded_by_import(", ".join(f"litwatch.cli.{module}" for module in sorted(modules)))
    assert not loaded & (NUMERIC | NEVER)
