"""Hostile text through every way in (article, topic, record, feed) to every way out (report, mail, index, store)."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

from litwatch.config.article_file import open_article
from litwatch.config.topic_files import read_topic_files
from litwatch.reading.stored_report import read_report
from litwatch.report.contents import new_evidence
from litwatch.report.exports import CITATION_FORMS
from litwatch.standin import Corpus, Revision
from litwatch.standin.scenario import read_scenario
from tests.faults.conftest import Note
from tests.faults.contract import keep_secrets
from tests.faults.reference import Reference, look
from tests.faults.ward import ARTICLE, EVE, NIGHT, RECORDS, TOPIC, Ward, open_ward, read_mail

OWN_SCRIPT = files("litwatch.report").joinpath("templates", "index.js").read_text("utf-8")
RLO = "\u202e"

TEXTS = {
    "script": "<script>alert(document.domain)</script><img src=x onerror=alert(1)>",
    "template": "{{7*7}} {% raw %}{{ config }}{% endraw %} ${7*7} #{7*7}",
    "formula": '=HYPERLINK("http://evil.example","open")',
    "right-to-left override": f"safe{RLO}gpj.exe",
    "zero-width and other controls": "in\u200bsu\u2066lin\u2069 \x85 \u2028",
    "100 kB title": "long " * 20_000,
    "header": "title\r\nBcc: victim@evil.example\r\n\r\nbody",
    "SQL": "'; DROP TABLE observation; --",
    "path": "../../../etc/passwd",
    "markdown": "[click](javascript:alert(1)) ![x](http://evil.example/x.png) `code` # heading",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; &amp;#60;",
}


class Page(HTMLParser):
    """Elements and attributes that a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            runs = re.match(r"\s*(?:javascript|data|vbscript):", value or "", re.IGNORECASE)
            if name.startswith("on") or (name in {"href", "src", "action"} and runs):
                self.found.append(f"<{tag} {name}={value!r}>")
        if tag in {"script", "iframe", "object", "embed", "img", "form", "base", "link"}:
            given = dict(attrs)
            if tag == "link" and (given.get("rel"), given.get("href")) == ("alternate", "changes.atom"):
                return  # the report's own feed, beside it
            self.found.append(f"<{tag}>")


def assert_harmless(ward: Ward, text: str) -> None:
    """Raw bytes of every page and mail: nothing runs, nothing was evaluated, no line was added to a header."""
    pages = sorted((ward.folder / "reports").rglob("*.html"))
    assert pages
    for path in pages:
        page = Page()
        page.feed(path.read_text("utf-8").replace(f"<script>{OWN_SCRIPT}</script>", ""))
        assert not page.found, (path.name, page.found)
        assert RLO not in path.read_text("utf-8"), f"{path.name} turns the reading direction round"
    for path, mail in ward.mails().items():
        raw = path.read_bytes()
        head = raw.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
        assert b"evil.example" not in head, path.name
        assert mail["Bcc"] is None
        html = mail.get_body(("html",))
        assert html is not None
        page = Page()
        page.feed(html.get_content())
        assert not page.found, (path.name, page.found)
    everything = "".join(path.read_text("utf-8") for path in pages) + "".join(
        map(read_mail, (p.read_bytes() for p in ward.mails()))
    )
    if "{{7*7}}" in text:
        assert "49" not in re.sub(r"\d{3,}|\d+[-:/.]\d+", "", everything).split()
    for path in (ward.folder / "reports").rglob("*.json*"):
        json.loads(path.read_bytes())
    assert_exports_harmless(ward)
    ward.rows("SELECT count(*) FROM observation")
    assert not [path for path in ward.folder.parent.iterdir() if path != ward.folder], "a file outside of the ward"


ATOM = {"feed", "entry", "title", "id", "updated", "author", "name", "generator", "link", "content"}
CALENDAR = set(
    "BEGIN END VERSION PRODID CALSCALE METHOD NAME X-WR-CALNAME REFRESH-INTERVAL X-PUBLISHED-TTL UID DTSTAMP DTSTART "
    "DTEND LAST-MODIFIED SEQUENCE SUMMARY DESCRIPTION URL TRANSP".split()
)


def assert_exports_harmless(ward: Ward) -> None:
    """The feed, the calendar, the statement of currency and the citation files hold text as text."""
    folder = ward.folder / "reports"
    feed = etree.parse(folder / "changes.atom", etree.XMLParser(resolve_entities=False, no_network=True))
    assert {etree.QName(element).localname for element in feed.iter()} <= ATOM
    calendar = (folder / "reassess.ics").read_bytes().decode().replace("\r\n ", "")
    assert {re.split(r"[:;]", line)[0] for line in calendar.split("\r\n") if line} <= CALENDAR
    for path in folder.rglob("currency.jsonld"):
        assert not set("<>&") & set(path.read_text("utf-8"))
    topics, _ = read_topic_files(ward.folder / "queries")
    for topic in topics:
        report = read_report(topic, open_article(topic), ward.store, NIGHT)
        if report is None:
            continue
        items = new_evidence(report)
        for form, write in CITATION_FORMS.items():
            told = write(items)
            assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u202e]", told), form
            assert told.count(f"{MARKS[form]}") == len(items), form
        for row in csv.reader(io.StringIO(CITATION_FORMS["csv"](items).removeprefix("\ufeff"), newline="")):
            assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]


MARKS = {"csv": '"https://pubmed.ncbi.nlm.nih.gov/', "ris": "\r\nER  - ", "bibtex": "{pmid", "nbib": "PMID- "}
"""What stands once in each entry of a citation file and cannot be brought in by a text."""


def _yaml(text: str) -> str:
    return json.dumps(text)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_record_that_says(name: str, tmp_path: Path, records: Corpus, note: Note) -> None:
    text = TEXTS[name]
    kept = "".join(c for c in text if c in "\t\n\r" or c >= " ")
    record = {
        "pmid": 99800061,
        "title": f"Insulin resistance {kept}",
        "published": "2026",
        "authors": [f"{kept[:200]} Z"],
        "abstract": f"Insulin resistance. {kept}",
        "keywords": [kept[:300]],
        "types": ["Practice Guideline"],
        "life": [{"day": str(NIGHT), "becomes": "in process"}],
    }
    hostile = f"{RECORDS}  - {json.dumps(record)}\n"
    with open_ward(tmp_path / "ward", corpus=Corpus(read_scenario(hostile))) as ward:
        assert ward.night(EVE).ok
        summary = ward.night(NIGHT)
        assert summary.ok, summary.failure
        assert (99800061,) in ward.rows("SELECT pmid FROM observation")
        assert_harmless(ward, text)
    note(f"hostile: {name}", "record", "survived", "shown as text")


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"header"}))
def test_an_article_that_says(name: str, tmp_path: Path, records: Corpus, note: Note) -> None:
    text = TEXTS[name]
    article = ARTICLE.replace("What causes insulin resistance?", json.dumps(f"What causes {text[:5000]}?"))
    article = article.replace("Short sleep", f"{text} short sleep").replace("## Causes", f"## {text[:200]}")
    article += f"5. {text} Somebody Z. {text}. {text[:100]}. 2020.\n"
    with open_ward(tmp_path / "ward", corpus=records) as ward:
        ward.write_topic(article=article)
        for day in (EVE, NIGHT):
            summary = ward.night(day)
            assert summary.ok or [failed.slug for failed in summary.failed] == ["sleep"], summary.failure
        assert_harmless(ward, text)
    outcome = "survived" if summary.ok else "failed loudly"
    note(f"hostile: {name}", "article", outcome, "shown as text" if summary.ok else summary.failure or "")


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_topic_file_that_says(name: str, tmp_path: Path, records: Corpus, note: Note, reference: Reference) -> None:
    """In title and strategy; the sound topic beside it loses nothing."""
    text = TEXTS[name]
    strategy = f'"insulin resistance"[tiab] OR {text[:3000]}'
    topic = f"article: SLUG.md\ntitle: {_yaml(text[:3000])}\nquestion_kind: etiology\nstrategy: {_yaml(strategy)}\n"
    with open_ward(tmp_path / "ward", corpus=records) as ward:
        ward.write_topic("hostile", topic=topic + "recipients: [board@example.org]\n")
        for day in (EVE, NIGHT):
            summary = ward.night(day)
        state = look(ward)
        mine = {row for row in state.changes if row[0] == "sleep"}
        assert mine == reference.after[NIGHT].changes
        assert_harmless(ward, text)
        keep_secrets(ward)
    said = (summary.failure or "shown as text").splitlines()[0]
    note(f"hostile: {name}", "topic file", "survived" if summary.ok else "failed loudly", said)


@pytest.mark.parametrize("slug", ["../../x", "UPPER", "con\u202e", "x;rm", "a" * 81])
def test_a_topic_file_whose_name_is_no_slug_is_refused(slug: str, tmp_path: Path, records: Corpus, note: Note) -> None:
    with open_ward(tmp_path / "ward", corpus=records) as ward:
        name = slug.replace("/", "%")
        (ward.folder / "queries" / f"{name}.yaml").write_text(TOPIC.replace("SLUG", "sleep"), encoding="utf-8")
        summary = ward.night(EVE)
        assert not summary.ok
        assert [outcome.report.topic.slug for outcome in summary.outcomes] == ["sleep"]
        assert not [path for path in ward.folder.parent.iterdir() if path != ward.folder]
    note(f"hostile: topic named {slug[:20]!r}", "topic file", "failed loudly", summary.failure or "")


def test_nul_and_forbidden_characters_never_reach_the_store(tmp_path: Path, records: Corpus, note: Note) -> None:
    xml = records.at(NIGHT).xml(99800021)
    assert xml is not None
    bad = Revision(NIGHT, 99800021, xml.replace(b"systematic review", b"systematic \x00 \x0b review"))
    corpus = Corpus([*read_scenario(RECORDS), bad])
    with open_ward(tmp_path / "ward", corpus=corpus) as ward:
        assert ward.night(EVE).ok
        summary = ward.night(NIGHT)
        assert not any("\x00" in str(row) for row in ward.rows("SELECT doc FROM observation"))
        assert summary.ok or "99800021" in (summary.failure or "")
        assert_harmless(ward, "")
    note("hostile: NUL", "record", "survived" if summary.ok else "failed loudly", summary.failure or "shown as text")
