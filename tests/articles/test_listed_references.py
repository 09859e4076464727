"""Reference lists that a web page does not print: in its meta elements, its JSON-LD, or a bibliography beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from litwatch.articles.article_reader import read_article
from litwatch.articles.model import Article, ListOrigin
from tests.articles.article_pages import codes
from tests.command_line import Run

BODY = "<h1>Why?</h1><p>It helps [1]. It is short [2].</p>"
FIRST = "Doe A. Naps against headaches. J Inv. 2019;4:1-5."
SECOND = "Roe B. Short headaches at noon. J Inv. 2020;5:6-9."
BIB = "@article{doe, author={Doe, A}, title={Naps against {Headaches}}, journal={J Inv}, year=2019, pmid=99000252}"


def page(head: str = "", *entries: str, beside: Mapping[str, str] | None = None) -> Article:
    printed = f"<h2>References</h2><ol>{''.join(f'<li>{entry}</li>' for entry in entries)}</ol>" if entries else ""
    files = beside or {}
    text = f"<html><head>{head}</head><body>{BODY}{printed}</body></html>"
    return read_article(
        text.encode(), name="a.html", beside=lambda name: files[name].encode() if name in files else None
    )


def meta(*contents: str) -> str:
    return "".join(f'<meta name="citation_reference" content="{content}">' for content in contents)


def linked(*citations: object) -> str:
    said = json.dumps({"@type": "MedicalWebPage", "citation": list(citations)})
    return f'<script type="application/ld+json">{said}</script>'


def paper(title: str, **more: object) -> dict[str, object]:
    return {"@type": "ScholarlyArticle", "name": title, **more}


def identifiers(article: Article) -> list[tuple[str | None, int | None]]:
    return [(reference.doi, reference.pmid) for reference in article.references]


@pytest.mark.parametrize(
    "head",
    [
        meta(
            "citation_title=Naps against headaches; citation_author=A Doe; citation_year=2019; citation_doi=10.5555/n.1"
        ),
        meta(f"{FIRST} doi:10.5555/n.1"),
        linked(paper("Naps against headaches", datePublished="2019", sameAs="https://doi.org/10.5555/n.1")),
        linked(f"{FIRST} https://doi.org/10.5555/n.1"),
        linked(paper("Naps against headaches", identifier={"propertyID": "doi", "value": "10.5555/N.1"})),
    ],
)
def test_a_list_apart_adds_the_doi_that_the_printed_entry_lacks(head: str) -> None:
    article = page(head, FIRST, SECOND)
    assert identifiers(article) == [("10.5555/n.1", None), (None, None)]
    assert [reference.text for reference in article.references] == [FIRST, SECOND]
    assert [source.origin for source in article.columns_from] == [
        ListOrigin.META if head.startswith("<meta") else ListOrigin.LINKED_DATA
    ]
    assert article.list_sources == ()


def test_a_printed_identifier_is_never_overruled() -> None:
    article = page(
        linked(paper("Naps against headaches", sameAs="https://doi.org/10.5555/other")), f"{FIRST} doi:10.5555/n.1"
    )
    assert identifiers(article) == [("10.5555/n.1", None)]
    assert "listed-not-printed" in codes(article)
    assert article.columns_from == ()


@pytest.mark.parametrize(
    ("listed", "printed"),
    [
        (paper("Naps against headaches", datePublished="2012", identifier="10.5555/n.1"), FIRST),
        (paper("Another paper altogether", datePublished="2019", identifier="10.5555/n.1"), FIRST),
        (paper("Naps", datePublished="2019", identifier="10.5555/n.1"), FIRST),
    ],
)
def test_what_is_not_surely_the_same_paper_adds_nothing(listed: dict[str, object], printed: str) -> None:
    assert identifiers(page(linked(listed), printed, SECOND)) == [(None, None), (None, None)]


def test_a_title_that_two_entries_print_adds_to_neither() -> None:
    reply = "Poe C. Naps against headaches: a reply. J Inv. 2019;4:9."
    article = page(linked(paper("Naps against headaches", identifier="10.5555/n.1")), FIRST, reply)
    assert identifiers(article) == [(None, None), (None, None)]


def test_entries_without_title_are_paired_by_place_with_author_and_year() -> None:
    listed = [
        paper("Naps against headaches", author=[{"familyName": "Doe", "givenName": "Ann"}], datePublished="2019", sameAs="https://doi.org/10.5555/n.1"),
        paper("Short headaches at noon", author=["B. Roe"], datePublished="2020", sameAs="https://doi.org/10.5555/n.2"),
    ]  # fmt: skip
    short = ("Doe A. J Inv. 2019;4:1.", "Roe B. J Inv. 2020;5:6.")
    assert identifiers(page(linked(*listed), *short)) == [("10.5555/n.1", None), ("10.5555/n.2", None)]
    assert identifiers(page(linked(*listed), *reversed(short))) == [(None, None), (None, None)]
    assert identifiers(page(linked(*listed), short[0])) == [(None, None)]


def test_two_entries_for_one_reference_add_nothing() -> None:
    listed = [
        paper("Naps against headaches", author="A. Doe", datePublished="2019", identifier=f"10.5555/n.{number}")
        for number in (1, 2)
    ]
    assert identifiers(page(linked(*listed), FIRST, SECOND)) == [(None, None), (None, None)]


def test_lists_in_different_order_are_not_paired_by_place() -> None:
    listed = [
        paper("Dreams", author="C. Poe", datePublished="2021", sameAs="https://doi.org/10.5555/n.3"),
        paper("Naps against headaches", author="A. Doe", datePublished="2019", sameAs="https://doi.org/10.5555/n.1"),
        paper("Sleepers", author="A. Doe", datePublished="2019", sameAs="https://doi.org/10.5555/n.4"),
    ]
    article = page(linked(*listed), FIRST, SECOND, "Doe A. J Inv. 2019;4:7.")
    assert identifiers(article) == [("10.5555/n.1", None), (None, None), (None, None)]


def test_a_list_apart_is_the_list_of_a_page_that_prints_none_and_its_order_is_not_vouched_for() -> None:
    article = page(
        meta("citation_title=Naps against headaches; citation_author=Doe, Ann; citation_pmid=99000252", SECOND)
    )
    assert [(ref.number, ref.title, ref.pmid) for ref in article.references] == [
        (None, "Naps against headaches", 99000252),
        (None, "Short headaches at noon", None),
    ]
    assert article.references[0].authors == ("Doe A",)
    assert [source.origin for source in article.list_sources] == [ListOrigin.META]
    assert "mapping-uncertain" in codes(article)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.bib", BIB),
        ("a.json", '[{"id": "doe", "title": "Naps against headaches", "PMID": 99000252, "issued": {"raw": "2019"}}]'),
        ("a.csl.json", '{"items": [{"id": "doe", "title": "Naps against headaches", "PMID": "99000252"}]}'),
    ],
)
def test_a_bibliography_with_the_pages_name_is_used_as_well(name: str, text: str) -> None:
    assert identifiers(page("", FIRST, SECOND, beside={name: text})) == [(None, 99000252), (None, None)]
    alone = page(beside={name: text})
    assert [(ref.title.casefold(), ref.pmid) for ref in alone.references] == [("naps against headaches", 99000252)]
    assert [source.file for source in alone.list_sources] == [name]


def test_what_is_no_bibliography_beside_a_page_changes_nothing_and_a_faulty_one_is_told() -> None:
    assert page("", FIRST, beside={"a.json": '{"question": "Why?"}'}) == page("", FIRST)
    assert "bibliography-damaged" in codes(page("", FIRST, beside={"a.bib": "nothing"}))
    article = page("", FIRST, beside={"a.bib": BIB + "\n@article{broken, title={x"})
    assert identifiers(article) == [(None, 99000252)]
    assert "bibliography-damaged" in codes(article)


@pytest.mark.parametrize(
    "head", [linked(None, 3, {}, [], "", {"name": {"a": 1}, "author": {"name": []}}), meta("", ";", "citation_=")]
)
def test_lists_that_say_nothing_are_no_lists(head: str) -> None:
    assert page(head, FIRST) == page("", FIRST)


def test_show_says_where_list_and_columns_are_from(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.html").write_text(f"<html><head>{meta(FIRST)}</head><body>{BODY}</body></html>")
    (tmp_path / "a.bib").write_text(BIB)
    shown = run("articles", "show", str(tmp_path / "a.html"))[1]
    assert "the page prints no list of its own; this one is from a.bib\n" in shown
    listed = f"<h2>References</h2><ol><li>{FIRST}</li></ol>"
    (tmp_path / "a.html").write_text(f"<html><body>{BODY}{listed}</body></html>")
    shown = run("articles", "show", str(tmp_path / "a.html"))[1]
    assert "what the page does not print of them, such as a DOI, is from a.bib\n" in shown
