"""The documentation's site is built strictly: a link that leads nowhere or a page that nobody finds is an error."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from litwatch.cli.command_reference import command_reference
from tests.test_words import COMMANDS

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


def warnings_of(pages: Path, scratch: Path) -> list[str]:
    """What Sphinx says against the pages: everything is read and every link followed, nothing is written."""
    from sphinx.application import Sphinx  # here, so that the other tests do not wait for it
    from sphinx.util.docutils import docutils_namespace

    said = io.StringIO()
    with docutils_namespace():
        app = Sphinx(pages, pages, scratch, scratch / "pages", "dummy", status=None, warning=said)
        app.build(force_all=True)
    return [line for line in said.getvalue().splitlines() if line]


def test_every_page_is_found_from_the_index_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    assert warnings_of(PROJECT / "docs", tmp_path) == []


def test_a_broken_link_anchor_or_picture_and_a_lost_page_are_named(tmp_path: Path) -> None:
    pages = tmp_path / "docs"
    shutil.copytree(PROJECT / "docs" / "site", pages / "site")
    shutil.copy(PROJECT / "docs" / "conf.py", pages)
    (pages / "index.md").write_text("# Index\n\n## Begin\n\n- [Begin](begin.md): here\n- [More](begin.md#more)\n")
    (pages / "begin.md").write_text("# Begin\n\n[a](no.md) [b](index.md#no) [c](#no) ![d](no.png)\n\n## More\n")
    (pages / "lost.md").write_text("# Lost\n")
    told = "\n".join(warnings_of(pages, tmp_path / "scratch"))
    for part in ("'no.md'", "doc 'index': 'no'", "target not found: 'no'", "no.png", "lost.md"):
        assert part in told
    assert len(told.splitlines()) == 5


def test_the_page_of_the_commands_has_each_with_its_options_and_an_example() -> None:
    page = command_reference()
    sections = {part.partition("\n")[0].lstrip("# "): part for part in page.split("\n#") if "litwatch" in part}
    for path, command in COMMANDS.items():
        if path == "litwatch":
            continue
        for parameter in command.params:
            for name in parameter.opts if not getattr(parameter, "hidden", False) else ():
                assert name.lstrip("-") in sections[path] or not name.startswith("-"), f"{path} {name}"
        if not hasattr(command, "commands"):
            assert f"\n{path}" in sections[path].partition("Example:")[2], f"{path} has no example"
    assert "\b" not in page
