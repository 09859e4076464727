"""The house's rules: which module may import what, and that every file tells its reader what it is for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = PROJECT / "src" / "litwatch"

DOORS = {
    "entrez": {"Bio"},
    "feeds": {"feedparser"},
    "bulk": set(),
    "retractions": set(),
    "inbox": set(),
    "store": {"duckdb"},
    "render": {"jinja2", "css_inline"},
    "mail": {"smtplib"},
}
"""Each door and the outside packages that only it may import; feeds, bulk and retractions share httpx."""

CORRIDOR = {"pipeline", "cli", "desk", "settings"}
APART = {"standin"}
CORE = {
    path.stem if path.suffix else path.name
    for path in SOURCE.iterdir()
    if (path.suffix == ".py" or (path / "__init__.py").exists())
} - {*DOORS, *CORRIDOR, *APART, "__init__", "__main__"}
OUTSIDE_WORLD = {"os", "socket", "subprocess", "time", "http", "urllib.request", "tempfile", "shutil", "random"}


def imports_of(part: str) -> Iterator[tuple[Path, str]]:
    """Every module that a part of the house imports, with the file that does it."""
    root = SOURCE / part
    for path in root.rglob("*.py") if root.is_dir() else [root.with_suffix(".py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield path, node.module
                yield from ((path, f"{node.module}.{alias.name}") for alias in node.names)


def parts_imported(part: str) -> set[str]:
    """Names of the parts of litwatch that a part imports."""
    names = {name for _, name in imports_of(part) if name.startswith("litwatch.")}
    return {name.split(".")[1] for name in names} - {part}


@pytest.mark.parametrize("part", sorted(CORE))
def test_the_core_imports_only_the_core(part: str) -> None:
    allowed = CORE | {"__version__"}
    assert parts_imported(part) <= allowed, f"{part} reaches outside the core"


@pytest.mark.parametrize("part", sorted(CORE))
def test_the_core_has_no_clock_network_or_environment(part: str) -> None:
    used = {name for _, name in imports_of(part)}
    assert not used & OUTSIDE_WORLD
    assert not {name.split(".")[0] for name in used} & {"socket", "subprocess", "requests", "prefect", "sqlite3"}


@pytest.mark.parametrize("door", sorted(DOORS))
def test_doors_do_not_import_each_other(door: str) -> None:
    assert not parts_imported(door) & (set(DOORS) | {"pipeline", "cli"})


@pytest.mark.parametrize("door", sorted(DOORS))
def test_a_door_is_told_what_it_needs_and_reads_no_settings(door: str) -> None:
    assert "settings" not in parts_imported(door)


@pytest.mark.parametrize(("door", "package"), [(d, p) for d, packages in DOORS.items() for p in sorted(packages)])
def test_each_outside_package_has_one_door(door: str, package: str) -> None:
    elsewhere = {
        path.relative_to(SOURCE).as_posix()
        for part in {path.name.removesuffix(".py") for path in SOURCE.iterdir()} - {door, "__pycache__", "py.typed"}
        for path, name in imports_of(part)
        if name.split(".")[0] == package
    }
    assert not elsewhere


def test_only_the_desk_serves_the_web() -> None:
    parts = {path.name.removesuffix(".py") for path in SOURCE.iterdir()} - {"desk", "__pycache__", "py.typed"}
    imported = {name.split(".")[0] for part in parts for _, name in imports_of(part)}
    assert not imported & {"starlette", "uvicorn", "fastapi"}


def test_only_the_flows_import_prefect() -> None:
    imported = {name.split(".")[0] for path in SOURCE.iterdir() if path.name != "__pycache__"
                and path.suffix in {"", ".py"} for _, name in imports_of(path.stem)}  # fmt: skip
    assert "prefect" not in imported
    assert any("prefect" in path.read_text() for path in (PROJECT / "flows").glob("*.py"))


def test_the_stand_in_knows_only_the_core() -> None:
    assert parts_imported("standin") <= CORE


@pytest.mark.parametrize(
    "path",
    sorted([*SOURCE.rglob("*.py"), *(PROJECT / "flows").rglob("*.py")]),
    ids=lambda path: path.relative_to(PROJECT).as_posix(),
)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path} has no module docstring"


def test_no_tracked_file_names_a_registry_or_this_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git work tree")
    registry = re.compile(r"files\.pythonhosted|pypi\.org|registry\.npmjs|deb\.debian|--(?:extra-)?index-url")
    offending = [
        name
        for name in tracked.stdout.split()
        if (path := PROJECT / name).is_file()
        and path != Path(__file__)
        and registry.search(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert not offending


@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join
)
def test_the_linter_and_the_type_checker_are_content(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
