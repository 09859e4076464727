"""Articles of every layout, each beside what a careful reader finds in it (``tests/data/articles/*.json``).

The expected files were written by hand from the pages, in a short form: sections as [level, heading, sentences],
sentences as [text, markers, kind, depth], references as [number, kind, title, source, year, PMID, DOI].
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from litwatch.articles.article_json import as_json
from litwatch.config.article_file import read_article_file

PAGES = sorted(
    path
    for path in (Path(__file__).parents[1] / "data" / "articles").iterdir()
    if path.suffix in {".txt", ".md", ".html", ".xml", ".pdf"}
)


def in_short(article: dict[str, Any]) -> dict[str, Any]:
    """The part of an article's JSON that the expected files state, in their short form."""
    return {
        "question": article["question"],
        "last_updated": article["last_updated"],
        "state": article["status"]["state"],
        "steps": article["status"]["steps"],
        "sections": [
            [s["level"], s["heading"], [[t["text"], t["markers"], t["kind"], t["depth"]] for t in s["sentences"]]]
            for s in article["sections"]
        ],
        "references": [
            [r["number"], r["kind"], r["title"], r["source"], r["year"], r["pmid"], r["doi"]]
            for r in article["references"]
        ],
        "references_numbered": article["references_numbered"],
        "uncertain": [[u["code"], u["sentence"]] for u in article["uncertain"]],
        "leftovers": article["leftovers"],
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page_reads_as_a_careful_reader_reads_it(page: Path) -> None:
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert in_short(as_json(read_article_file(page))) == expected


def test_every_layout_has_a_page() -> None:
    assert len(PAGES) >= 12
    assert all(page.with_suffix(".json").exists() for page in PAGES)


def test_the_documentation_names_every_page() -> None:
    table = (Path(__file__).parents[2] / "docs" / "articles.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"`{page.name}`" not in table] == []
