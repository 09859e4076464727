"""What the documents say is true: their links lead somewhere, their files and settings exist."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from litwatch.config.settings import Settings
from litwatch.config.settings_file import PREFIX, SECRETS
from litwatch.config.settings_reference import BEGIN, END, settings_table
from litwatch.config.topic_files import KEYS
from litwatch.model.topic import Thresholds
from tests.docs.page_commands import PAGES

PROJECT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not missing


def paths_named(page: Path) -> set[str]:
    """The files and folders that a page names in code: with a folder in it and an ending, or with a "/" at the end."""
    codes = re.findall(r"`([\w./-]+)`", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL))
    return {code for code in codes if re.fullmatch(r"[\w-]+(/[\w.-]+)*(/|\.(py|sql|j2|md|yaml|txt))", code)}


WRITTEN_LATER = {"members.yaml", "report.json", "sleep-and-insulin.yaml", "desk_secret"}
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
        and not name.startswith(("var/", "docs/_build/"))
        and not (PROJECT / name).exists()
        and not any(path.endswith(f"/{name}") for path in OURS)
    }
    assert not missing


def test_the_settings_page_lists_every_setting_and_no_other() -> None:
    page = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert f"{BEGIN}\n\n{settings_table()}\n{END}" in page, "`make fix` writes the table anew"
    told = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page)) - {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS}
    assert told - {"LITWATCH_HOME", "LITWATCH_SETTINGS"} == {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_page_of_the_topic_file_explains_every_key_and_no_other() -> None:
    page = (PROJECT / "docs" / "topic-file.md").read_text(encoding="utf-8")
    keys, thresholds = page.split("## Thresholds")
    told = set(re.findall(r"(?m)^\| `([a-z_]+)` \|", keys))
    assert told | {"since", "known_papers"} == set(KEYS)
    assert "`since`" in keys
    assert "`known_papers`" in keys
    own = dict(re.findall(r"(?m)^\| `([a-z_]+)` \|.*\| ([\d.]+) \|$", thresholds))
    assert {key: float(value) for key, value in own.items()} == asdict(Thresholds())


def test_every_package_of_the_lock_is_pinned_with_hashes_and_no_address() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", lock).strip())
    assert len(requirements) > 100
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+.*--hash=sha256:", text, re.DOTALL) for text in requirements)
    assert "://" not in lock
