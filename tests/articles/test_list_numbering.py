"""An editor vouches for the order of a reference list that prints no numbers: ``numbering: as-listed``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from litwatch.articles.reference_list.list_numbering import counted_as_listed
from litwatch.config.article_file import open_article
from litwatch.config.topic_files import parse_topic
from litwatch.model.errors import TopicErrors
from litwatch.references.lint import lint
from litwatch.references.sentences_citing import map_claims
from tests.articles.article_pages import codes, read
from tests.command_line import Run

PAGE = """# Why nap?

Bakers nap [1]. Porters nap [2].

## References

- Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.
- Poe C, Loe D. Naps in porters. J Inv. 2020;2:3-4.
"""
TOPIC = "article: naps.md\nstrategy: naps[tiab]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "naps.md").write_text(PAGE)
    (tmp_path / "naps.yaml").write_text(TOPIC)
    return tmp_path


def test_without_the_editors_word_no_marker_has_an_entry() -> None:
    article = read(PAGE, "page.md")
    assert "mapping-uncertain" in codes(article)
    assert map_claims(article, (), ()).position_of == {}


def test_with_it_markers_count_the_entries_and_nothing_is_uncertain(folder: Path) -> None:
    topic = parse_topic(TOPIC + "numbering: as-listed\n", folder / "naps.yaml")
    article = open_article(topic)
    assert map_claims(article, (), ()).position_of == {1: 1, 2: 2}
    assert "mapping-uncertain" not in codes(article)
    assert "L06-mapping-uncertain" not in {finding.code for finding in lint(article)}


def test_a_list_that_prints_numbers_keeps_them() -> None:
    article = read(PAGE.replace("- Doe", "2. Doe").replace("- Poe", "1. Poe"), "page.md")
    assert counted_as_listed(article) == article


def test_lint_says_when_it_applies_and_takes_the_topic_files_word(folder: Path, run: Run) -> None:
    _, told, _ = run("articles", "lint", str(folder / "naps.md"))
    assert "L06-mapping-uncertain" in told
    assert "numbering: as-listed" in told
    (folder / "naps.yaml").write_text(TOPIC + "numbering: as-listed\n")
    assert "L06" not in run("articles", "lint", str(folder / "naps.md"))[1]
    shown = json.loads(run("articles", "show", str(folder / "naps.md"), "--json")[1])
    assert [reference["number"] for reference in shown["references"]] == [1, 2]


def test_another_word_than_the_two_is_refused_with_them(folder: Path) -> None:
    with pytest.raises(TopicErrors, match=r"numbering: it should be as-printed or as-listed"):
        parse_topic(TOPIC + "numbering: counted\n", folder / "naps.yaml")
