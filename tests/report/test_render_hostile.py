"""Hostile text in every place that text can reach: it is shown as text, in every form, and does nothing."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from email import message_from_bytes, policy
from importlib.resources import files
from typing import Any

import pytest
from lxml import html
from markdown_it import MarkdownIt

from litwatch.digest import digest_mail
from litwatch.model.topic import Topic
from litwatch.report import render
from litwatch.report.article_line import index_entry, line_of
from litwatch.report.contents import FailedTopic, Report
from tests.browser import samples
from tests.factories import DAY, FIRST_PMID, MOMENT, make_digest, make_record, make_report, make_signal

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"\' onmouseover=alert(1) x="',
    "close-style": "</style></title></textarea><img src=https://evil.example/x onerror=alert(1)>",
    "template": "{{7*7}} {% raw %} {# x #}",
    "markdown": "[x](javascript:alert(1)) ![y](https://evil.example/y) <b>z</b> `c` **d** | e",
    "override": "safe\u202egnp.exe\u2066",
    "controls": "a\x00b\x1b[31mc\x7fd\u2028e",
    "entity": "&lt;b&gt; &#x3c;script&#x3e;",
    "header": "x\r\nBcc: everybody@example.org\r\n\r\nbody",
    "comment": "--><script>alert(1)</script><!-- ]]>",
}
SHOWN = {"override": "safe[U+202E]gnp.exe[U+2066]", "controls": "ab[31mcd e"}
SHAPED = {"slug", "file", "recipients", "doi", "raw", "issn", "nlm_id", "other_dois", "ui", "rule", "detail", "link"}
"""Fields that are parsed or made by litwatch and so never hold outside text."""


SVG = {"line", "rect", "text", "g", "title", "desc"}
OWN_SCRIPT = files("litwatch.report").joinpath("templates", "index.js").read_text("utf-8")


def poison(value: Any, evil: str) -> Any:
    """The value with every text replaced that comes from outside."""
    if type(value) is str:
        return evil
    if isinstance(value, tuple):
        return tuple(poison(item, evil) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        kept = {f.name: getattr(value, f.name) for f in fields(value)}
        return replace(value, **{k: v if k in SHAPED else poison(v, evil) for k, v in kept.items()})
    return value


def poisoned(evil: str, report: Report | None = None) -> Report:
    return poison(report or samples.urgent_report(), evil)


def shown_as_text(kind: str) -> str:
    return " ".join(SHOWN.get(kind, HOSTILE[kind]).split())


def assert_harmless(source: str) -> None:
    page = html.fromstring(source)
    for script in page.xpath("//script"):
        assert script.text == OWN_SCRIPT, "a script that is not the index page's own"
        script.drop_tree()
    for tag in ("script", "img", "iframe", "object", "embed", "form", "base"):
        assert not page.xpath(f"//{tag}"), tag
    assert {each.tag for each in page.xpath("//svg//*")} <= SVG, "more than litwatch draws"
    assert not [name for element in page.iter("*") for name in element.attrib if name.startswith("on")]
    links = page.xpath("//a/@href")
    good = (
        "#",
        "https://pubmed.ncbi.nlm.nih.gov/",
        "https://doi.org/",
        "insulin-resistance/",
        "../index.html#insulin-resistance",
        "changes.atom",
        "reassess.ics",
    )
    assert [link for link in links if not link.startswith(good)] == []
    for sign in ("\x00", "\x1b", "\u202e", "\u2066"):
        assert sign not in source


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_as_text_in_the_html_report(kind: str) -> None:
    source = render.report_html(poisoned(HOSTILE[kind]))
    assert_harmless(source)
    assert shown_as_text(kind) in " ".join(html.fromstring(source).find("body").text_content().split())


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_as_text_in_the_markdown_report(kind: str) -> None:
    source = render.report_markdown(poisoned(HOSTILE[kind]))
    drawn = MarkdownIt("commonmark").enable("table").render(source)
    assert_harmless(drawn)
    assert shown_as_text(kind) in " ".join(html.fromstring(drawn).text_content().split())


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_stands_unchanged_in_the_json_report(kind: str) -> None:
    data = json.loads(render.report_json(poisoned(HOSTILE[kind])))
    assert data["article"]["title"] == HOSTILE[kind]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_as_text_on_the_index(kind: str) -> None:
    entry = index_entry(line_of(poisoned(HOSTILE[kind])), on=DAY, link="insulin-resistance/x.html")
    source = render.index_html([entry], [FailedTopic("gout", HOSTILE[kind])], on=DAY)
    assert_harmless(source)
    assert shown_as_text(kind) in " ".join(html.fromstring(source).find("body").text_content().split())


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_as_text_in_both_parts_of_the_digest(kind: str) -> None:
    digest = make_digest(poisoned(HOSTILE[kind]), failed=(FailedTopic("gout", HOSTILE[kind]),))
    text, page = digest_mail.digest_parts(digest)
    assert_harmless(page)
    assert shown_as_text(kind) in " ".join(html.fromstring(page).find("body").text_content().split())
    assert shown_as_text(kind) in " ".join(text.split())
    assert not {sign for sign in text if ord(sign) < 32} - {"\n"}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_adds_no_header_and_no_part_to_the_mail(kind: str) -> None:
    plain = digest_mail.digest_message(make_digest(samples.urgent_report()), sender="w@example.org", at=MOMENT)
    mail = digest_mail.digest_message(make_digest(poisoned(HOSTILE[kind])), sender="w@example.org", at=MOMENT)
    again = message_from_bytes(mail.as_bytes(), policy=policy.SMTP)
    assert again.keys() == plain.keys()
    assert [part.get_content_type() for part in again.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_half_a_character_is_replaced_and_breaks_no_form() -> None:
    report = poisoned("half \ud83d of a pair")
    assert "half \ufffd of a pair" in render.report_html(report)
    assert "half \ufffd of a pair" in render.report_markdown(report)
    assert json.loads(render.report_json(report))["article"]["title"] == "half \ufffd of a pair"
    digest_mail.digest_message(make_digest(report), sender="w@example.org", at=MOMENT).as_bytes()


def test_a_title_of_100_kb_is_cut_in_the_digest_and_whole_in_the_report() -> None:
    title = "word " * 20_000
    report = make_report(signals=(make_signal(record=make_record(title=title)),), topic=topic_called(title))
    page = html.fromstring(render.report_html(report))
    assert any(element.text_content().count("word") == 20_000 for element in page.iter("details"))
    assert "100,000 characters" in page.text_content()
    text, mail = digest_mail.digest_parts(make_digest(report))
    assert len(mail.encode()) < digest_mail.MAIL_BYTES
    assert len(text) < 20_000


def topic_called(title: str) -> Topic:
    return replace(make_report().topic, title=title)


def test_a_doi_with_signs_that_mean_something_in_an_address_stays_one_link() -> None:
    record = make_record(doi='10.1000/a"><script>alert(1)</script>?x#y')
    source = render.report_html(make_report(signals=(make_signal(record=record),)))
    assert_harmless(source)
    assert "https://doi.org/10.1000/a%22%3E%3Cscript%3Ealert%281%29%3C/script%3E%3Fx%23y" in source
    assert str(FIRST_PMID) in source
