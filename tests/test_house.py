"""The house's rules: which package may import what, and that every file tells its reader what it is for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SOURCE = PROJECT / "src" / "litwatch"
FLOWS = PROJECT / "src" / "litwatch_flows"

CORE, TOOL, DOOR, CORRIDOR, EDGE, APART = "core", "tool", "door", "corridor", "edge", "apart"
LAYERS = {
    "model": CORE,
    "articles": CORE,
    "references": CORE,
    "strategy": CORE,
    "decisions": CORE,
    "report": CORE,
    "digest": CORE,
    "sources.protocol": CORE,
    "sources.pubmed_xml": CORE,
    "report.render": DOOR,
    "report.template_engine": TOOL,
    "digest.digest_mail": DOOR,
    "digest.mail.smtp": DOOR,
    "digest.webhook": DOOR,
    "config": DOOR,
    "config.whole_file": TOOL,
    "sources": DOOR,
    "sources.body_limits": TOOL,
    "sources.bulk_files": DOOR,
    "sources.crossref": DOOR,
    "sources.entrez": DOOR,
    "sources.feeds": DOOR,
    "sources.in_flight": TOOL,
    "sources.retraction_watch": DOOR,
    "sources.retraction_watch.table": CORE,
    "store": DOOR,
    "reading": CORRIDOR,
    "night": CORRIDOR,
    "cli": EDGE,
    "desk": EDGE,
    "standin": APART,
}
"""Each package's layer; the longest name that fits a module counts."""

MAY_IMPORT = {
    CORE: {CORE},
    TOOL: {CORE},
    DOOR: {CORE, TOOL},
    CORRIDOR: {CORE, TOOL, DOOR, CORRIDOR},
    EDGE: {CORE, TOOL, DOOR, CORRIDOR, EDGE, APART},
    APART: {CORE, APART},
}
"""What a layer may import of the others; a door, besides itself, no other door, but the tools that doors share."""

ORDER = (
    {"model"},
    {"articles", "references", "strategy", "sources.protocol", "sources.pubmed_xml", "sources.retraction_watch.table"},
    {"decisions"},
    {"report"},
    {"digest"},
)
"""The core from the ground up: nothing imports what stands above it."""

ONE_DOOR = {
    "Bio": "sources.entrez",
    "bibtexparser": "articles",
    "css_inline": "digest.digest_mail",
    "duckdb": "store",
    "feedparser": "sources.feeds",
    "fsspec": "store",
    "jinja2": "report.template_engine",
    "pypdf": "config",
    "smtplib": "digest.mail.smtp",
    "starlette": "desk",
    "uvicorn": "desk",
    "yaml": "config",
}
"""Outside packages that one package alone may import."""

ALSO = {("articles.front_matter", "yaml")}
"""Exceptions: a page's front matter and CSL-YAML are read from text alone."""

OUTSIDE_WORLD = {"os", "socket", "subprocess", "time", "http", "urllib.request", "tempfile", "shutil", "random"}
OPENS_FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "exists", "iterdir", "glob", "unlink"}
SAME_NAME = {"model", "settings", "view", "__init__"}
"""Module names that may stand twice."""
MOST_ENTRIES = 15


def name_of(path: Path) -> str:
    """``sources.entrez.esearch`` for a file of the source."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(SOURCE.rglob("*.py"))}
PACKAGED = sorted(name for name in MODULES if name not in {"", "__main__"})


def package_of(module: str) -> str:
    """The longest name in LAYERS that the module belongs to."""
    fitting = [name for name in LAYERS if module == name or module.startswith(f"{name}.")]
    assert fitting, f"{module}: tests/test_house.py names no layer for it"
    return max(fitting, key=len)


@cache
def imports_of(module: str) -> tuple[str, ...]:
    """Every module that a module imports, litwatch's own without their first part."""
    found: list[str] = []
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            own = [name for name in inside if name.removeprefix("litwatch.") in MODULES]
            found += own or [node.module]
    return tuple(found)


def own_imports(module: str) -> Iterator[str]:
    """Modules of litwatch that a module imports."""
    for name in imports_of(module):
        inside = name.removeprefix("litwatch.")
        if name.startswith("litwatch.") and inside in MODULES:
            yield inside


def test_the_source_has_few_entries_and_each_has_a_layer() -> None:
    entries = {path.name for path in SOURCE.iterdir()} - {"__init__.py", "__main__.py", "py.typed", "__pycache__"}
    assert len(entries) <= MOST_ENTRIES
    assert all(package_of(module) for module in PACKAGED)
    assert entries == {name.split(".")[0] for name in LAYERS}


@pytest.mark.parametrize("module", PACKAGED)
def test_a_module_imports_what_its_layer_may(module: str) -> None:
    own = package_of(module)
    for other in map(package_of, own_imports(module)):
        assert other == own or LAYERS[other] in MAY_IMPORT[LAYERS[own]], f"{module} imports {other}"
        if LAYERS[own] == LAYERS[other] == DOOR:
            assert own == other, f"{module}: a door imports the door {other}"


@pytest.mark.parametrize("module", [name for name in PACKAGED if LAYERS[package_of(name)] == CORE])
def test_the_core_imports_downwards(module: str) -> None:
    floor = {name: number for number, names in enumerate(ORDER) for name in names}
    own = floor[package_of(module)]
    assert all(floor[package_of(other)] <= own for other in own_imports(module))


@pytest.mark.parametrize("module", [name for name in PACKAGED if LAYERS[package_of(name)] == CORE])
def test_the_core_has_no_clock_network_file_or_environment(module: str) -> None:
    used = set(imports_of(module))
    assert not used & OUTSIDE_WORLD
    assert not {name.split(".")[0] for name in used} & {"httpx", "requests", "prefect", "socket", "sqlite3"}
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & OPENS_FILES
    assert not called & {"now", "utcnow", "today"}


@pytest.mark.parametrize("module", [name for name in PACKAGED if LAYERS[package_of(name)] == DOOR])
def test_a_door_is_told_what_it_needs_and_reads_no_settings(module: str) -> None:
    if package_of(module) != "config":
        assert "config.settings" not in set(own_imports(module))


def test_nights_and_readings_know_sources_by_what_they_answer() -> None:
    """``night.doors`` opens them; only loading NLM's bulk files is about one source and no other."""
    known = {
        (module, other)
        for module in PACKAGED
        if LAYERS[package_of(module)] == CORRIDOR and module not in {"night.doors", "night.bulk_load"}
        for other in own_imports(module)
        if other.startswith("sources.") and other not in {"sources.protocol", "sources.in_flight"}
    }
    assert not known


@pytest.mark.parametrize("package", sorted(ONE_DOOR))
def test_each_outside_package_has_one_door(package: str) -> None:
    elsewhere = {
        module
        for module in PACKAGED
        if package_of(module) not in {ONE_DOOR[package], "standin"} and (module, package) not in ALSO
        for name in imports_of(module)
        if name.split(".")[0] == package
    }
    assert not elsewhere


def test_only_the_flows_import_prefect() -> None:
    imported = {module: {name.split(".")[0] for name in imports_of(module)} for module in MODULES}
    assert not [module for module, names in imported.items() if names & {"prefect", "litwatch_flows", "flows"}]
    assert any("from prefect import" in path.read_text() for path in FLOWS.glob("*.py"))


def test_the_flows_folder_only_re_exports() -> None:
    for path in (PROJECT / "flows").glob("[a-z]*.py"):
        imports, names = ast.parse(path.read_text()).body[1:]
        assert isinstance(imports, ast.ImportFrom)
        assert imports.module == f"litwatch_flows.{path.stem}"
        assert isinstance(names, ast.Assign)


def test_no_module_name_stands_twice() -> None:
    names = Counter(module.split(".")[-1] for module in PACKAGED if not module.startswith("standin"))
    packages = {module.split(".")[-1] for module, path in MODULES.items() if path.name == "__init__.py"}
    assert {name for name, times in names.items() if times > 1} <= SAME_NAME | packages


def test_no_modules_import_each_other() -> None:
    seen: dict[str, int] = {}

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert seen.get(module) != 1, f"a circle of imports: {' -> '.join((*trail, module))}"
        if module in seen:
            return
        seen[module] = 1
        for other in own_imports(module):
            if other != module and not other.startswith("standin"):  # its server and its control know each other
                visit(other, (*trail, module))
        seen[module] = 2

    for module in PACKAGED:
        visit(module, ())


@pytest.mark.parametrize(
    "path",
    sorted([*SOURCE.rglob("*.py"), *FLOWS.rglob("*.py"), *(PROJECT / "flows").rglob("*.py")]),
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


def test_migrations_are_numbered_from_one_without_a_gap_or_a_double() -> None:
    numbers = sorted(int(path.name[:4]) for path in (SOURCE / "store" / "migrations").glob("*.sql"))
    assert numbers == list(range(1, len(numbers) + 1))
