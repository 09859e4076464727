"""What other programs read: every form is read back by a parser that is not ours, hostile text included."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import bibtexparser
import feedparser
import icalendar
import pytest
import rispy
from Bio import Medline
from lxml import etree, html

from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.verdict import Status
from litwatch.model.record import Author, DatePrecision, Journal, MeshHeading, Notice, PartialDate, RefType
from litwatch.report import exports
from litwatch.report.article_line import line_of
from litwatch.report.contents import FailedTopic, ReportedSignal, new_evidence
from tests.browser import samples
from tests.factories import (
    DAY,
    FIRST_PMID,
    make_article,
    make_record,
    make_report,
    make_signal,
    make_topic,
    make_verdict,
)

HOSTILE = {
    "formula": '=HYPERLINK("http://evil.example","open")',
    "formula after a blank": " +cmd|' /C calc'!A0",
    "full-width formula": "＝1+1",
    "tab first": "\t@SUM(1)",
    "new line": "title\r\nER  - \r\nTY  - JOUR\nPMID- 1\n@article{x,",
    "braces": "a } b { c \\ % $ # _ ^ ~ & @string{x}",
    "closing braces": "a}}, evil = {{x",
    "quotes": 'say "yes", then; stop\'',
    "markup": "<script>alert(1)</script></script>]]>&amp;",
    "controls": "a\x00b\x1b[31m\u202ec\u2028d",
    "accents": "Müller’s Ångström – Δ 中文",
    "half a character": "half \ud83d of a pair",
    "long": "word " * 20_000,
}


def signal_of(text: str) -> ReportedSignal:
    record = make_record(
        title=text,
        authors=(
            Author(text[:200] or "x", "A and B, C"),
            Author(None, collective_name="Group and Sons, " + text[:50]),
        ),
        journal=Journal(text[:300], text[:100], "1234-5678", "1", "12", "3", "211-24", None),
        keywords=(text[:300],),
        abstract=(make_record().abstract[0],),
        notices=(Notice(RefType.ERRATUM_IN, text[:300], None),),
    )
    return make_signal(record=record, reasons=(Reason(ReasonCode.PASSES_FILTER, words=(text[:500],)),))


def read_csv(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_cell_of_the_table_is_a_formula_and_every_row_keeps_its_columns(kind: str) -> None:
    names, row = read_csv(exports.csv_table([signal_of(HOSTILE[kind])]))
    assert len(row) == len(names)
    for cell in row:
        assert not cell.lstrip().startswith(tuple("=+-@\t\r＝＋－＠")), cell
        assert not re.search(r"[\x00-\x1f\u202a-\u202e]", cell)


def test_a_table_tells_what_a_reader_needs_to_choose() -> None:
    items = new_evidence(samples.urgent_report())
    names, *rows = read_csv(exports.csv_table(items))
    told = [dict(zip(names, row, strict=True)) for row in rows]
    assert [each["PMID"] for each in told] == [str(item.record.pmid) for item in items]
    assert told[0]["Title"] == items[0].record.title
    assert told[0]["URL"].endswith(f"/{items[0].record.pmid}/")
    assert all(each["Evidence level"] and each["Reported first"] for each in told)


@pytest.mark.parametrize("kind", HOSTILE)
def test_rispy_reads_back_one_entry_with_its_title_whatever_the_title_says(kind: str) -> None:
    text = exports.ris([signal_of(HOSTILE[kind]), make_signal(pmid=FIRST_PMID + 1)])
    text.encode()
    entries = rispy.loads(text)
    assert [entry["accession_number"] for entry in entries] == [str(FIRST_PMID), str(FIRST_PMID + 1)]
    assert entries[0]["type_of_reference"] == "JOUR"
    assert one_line(entries[0]["title"]) == one_line(re.sub(r"[\x00\x1b]", "", shown(kind)))


def shown(kind: str) -> str:
    return HOSTILE[kind].replace("\u202e", "[U+202E]").replace("\ud83d", "\ufffd")


def test_ris_gives_a_reference_manager_authors_pages_and_a_date_no_finer_than_the_journals() -> None:
    month = PartialDate("2026 Oct", date(2026, 10, 1), date(2026, 10, 31), DatePrecision.MONTH)
    journal = Journal("Invented Journal", "Inv J", None, None, "12", "4", "211-24", None)
    (entry,) = rispy.loads(exports.ris([make_signal(record=make_record(published=month, journal=journal))]))
    assert entry["authors"] == ["Varga, Ilona", "Okoro, Chidi"]
    assert (entry["start_page"], entry["end_page"]) == ("211", "224")
    assert (entry["year"], entry["date"]) == ("2026", "2026/10//")
    assert entry["doi"] == f"10.5555/invented.{FIRST_PMID}"


@pytest.mark.parametrize("kind", HOSTILE)
def test_bibtexparser_reads_back_each_entry_and_nothing_that_a_title_smuggled_in(kind: str) -> None:
    library = bibtexparser.parse_string(exports.bibtex([signal_of(HOSTILE[kind]), make_signal(pmid=FIRST_PMID + 1)]))
    assert not library.failed_blocks
    assert not library.strings
    assert [entry.key for entry in library.entries] == [f"pmid{FIRST_PMID}", f"pmid{FIRST_PMID + 1}"]
    assert "evil" not in library.entries[0].fields_dict
    assert library.entries[1]["author"] == "{Varga}, Ilona and {Okoro}, Chidi"


def test_a_doi_with_braces_stays_out_of_bibtex() -> None:
    library = bibtexparser.parse_string(exports.bibtex([make_signal(record=make_record(doi="10.1000/a}b{c"))]))
    assert not library.failed_blocks
    assert "doi" not in library.entries[0]


@pytest.mark.parametrize("kind", HOSTILE)
def test_biopython_reads_back_pubmeds_own_form(kind: str) -> None:
    text = exports.nbib([signal_of(HOSTILE[kind]), make_signal(pmid=FIRST_PMID + 1)])
    records = list(Medline.parse(io.StringIO(text)))
    assert [record["PMID"] for record in records] == [str(FIRST_PMID), str(FIRST_PMID + 1)]
    assert one_line(records[0]["TI"]) == one_line(re.sub(r"[\x00\x1b]", "", shown(kind)))
    assert records[1]["AU"] == ["Varga I", "Okoro C"]


def test_nbib_carries_headings_dates_and_notices() -> None:
    record = make_record(
        mesh=(MeshHeading("D007333", "Insulin Resistance", major=True),),
        notices=(Notice(RefType.RETRACTION_IN, "Inv J. 2026", None),),
    )
    (read,) = Medline.parse(io.StringIO(exports.nbib([make_signal(record=record)])))
    assert read["MH"] == ["*Insulin Resistance"]
    assert read["RIN"] == ["Inv J. 2026"]
    assert read["EDAT"] == "2026/10/10 00:00"
    assert read["LID"] == f"10.5555/invented.{FIRST_PMID} [doi]"


@pytest.mark.parametrize("form", exports.CITATION_FORMS)
def test_a_record_of_which_pubmed_says_hardly_anything_is_exported_all_the_same(form: str) -> None:
    bare: dict[str, Any] = dict.fromkeys(("published", "electronic", "entered", "created", "doi"))
    record = make_record(
        title="", authors=(), abstract=(), journal=Journal(*[None] * 8), publication_types=(), languages=(), **bare
    )
    assert str(FIRST_PMID) in exports.CITATION_FORMS[form]([make_signal(record=record, rank=None)])
    exports.CITATION_FORMS[form]([])


def feed_of(*reports: Any, failed: Any = (), links: Any = None) -> Any:
    text = exports.atom_feed(map(line_of, reports), failed, links or {}, on=DAY, home="https://board.example.org/")
    etree.fromstring(text.encode())
    read = feedparser.parse(text.encode())
    assert not read.bozo, read.get("bozo_exception")
    return read


def test_the_feed_tells_failures_first_and_then_the_most_urgent_article() -> None:
    links = {"insulin-resistance": "https://board.example.org/insulin-resistance/2026-11-22.html"}
    read = feed_of(samples.urgent_report(), failed=[FailedTopic("gout-diet", "a bracket is missing")], links=links)
    assert read.version == "atom10"
    assert [entry.title for entry in read.entries] == [
        "Could not be read or searched: gout-diet",
        "[Demonstration] Review now: What are the causes of insulin resistance?",
    ]
    assert read.entries[1].link == links["insulin-resistance"]
    assert "2 notices about cited papers" in read.entries[1].summary


def test_a_night_that_brings_nothing_new_announces_nothing_and_a_new_retraction_does() -> None:
    report = make_report(Status.REVIEW_NEEDED, make_signal())
    (before,) = feed_of(report).entries
    later = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
    same = make_report(Status.REVIEW_NEEDED, make_signal(), surveyed_at=later, written_on=later.date())
    (after,) = feed_of(same).entries
    assert (after.id, after.updated) == (before.id, before.updated)
    more = make_report(Status.REVIEW_NEEDED, make_signal(), make_signal(pmid=FIRST_PMID + 1, first_seen=later.date()))
    assert feed_of(more).entries[0].id != before.id


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_title_breaks_the_feed_or_the_calendar(kind: str) -> None:
    report = make_report(topic=make_topic(title=HOSTILE[kind]))
    read = feed_of(report, failed=[FailedTopic("x", HOSTILE[kind])])
    assert len(read.entries) == 2
    (event,) = events_of(report)
    assert event["SUMMARY"].startswith("Re-assess: ")
    assert len(event.property_items()) == len(events_of(make_report())[0].property_items())


def events_of(*reports: Any, on: date = DAY) -> list[Any]:
    text = exports.reassess_calendar(map(line_of, reports), {}, on=on)
    assert max(len(line) for line in text.encode().split(b"\r\n")) <= 75
    assert "\n" not in text.replace("\r\n", "")
    calendar = icalendar.Calendar.from_ical(text)
    assert not calendar.errors
    events = list(calendar.walk("VEVENT"))
    assert not [event.errors for event in events if event.errors]
    return events


def test_the_calendar_has_an_all_day_event_on_the_day_of_re_assessment() -> None:
    (event,) = events_of(make_report(), make_report(topic=make_topic("b"), verdict=make_verdict(reassess_on=None)))
    assert event.decoded("DTSTART") == date(2027, 2, 16)
    assert event.decoded("DTEND") == date(2027, 2, 17)
    assert event["SUMMARY"] == "Re-assess: What are the causes of insulin resistance?"
    assert "Last reviewed: 1 September 2025." in event["DESCRIPTION"]


def test_an_overdue_re_assessment_stands_on_the_present_day_and_keeps_its_uid() -> None:
    overdue = make_report(verdict=make_verdict(reassess_on=DAY - timedelta(days=40)))
    (event,) = events_of(overdue)
    assert event.decoded("DTSTART") == DAY
    assert "overdue since 13 October 2026" in event["DESCRIPTION"]
    assert event["UID"] == events_of(make_report())[0]["UID"]


def statement_of(report: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(exports.currency_statement(line_of(report)))
    return read


def test_the_statement_of_currency_takes_its_dates_from_the_store() -> None:
    said = statement_of(make_report())
    assert said["@type"] == "MedicalWebPage"
    assert (said["dateModified"], said["lastReviewed"]) == ("2025-02-16", "2025-09-01")
    assert said["evidenceSearchedTo"] == "2026-11-21"
    assert said["creativeWorkStatus"] == (
        "Evidence searched to 21 November 2026; last reviewed 1 September 2025; last updated 16 February 2025."
    )


def test_the_statement_leaves_out_what_is_not_known_and_tells_nobody_what_is_open() -> None:
    report = make_report(
        Status.REVIEW_NOW,
        make_signal(),
        article=make_article(last_updated=None),
        last_reviewed=None,
        verdict=make_verdict(Status.REVIEW_NOW, searched_to=None),
    )
    said = statement_of(report)
    assert not {"dateModified", "lastReviewed", "evidenceSearchedTo"} & set(said)
    assert said["creativeWorkStatus"] == "Evidence not yet searched."
    assert "review" not in json.dumps(said | {"@context": 0}).lower()


@pytest.mark.parametrize(
    ("before", "only"),
    [
        ({}, True),
        ({"verdict": make_verdict(searched_to=date(2026, 11, 14))}, True),
        ({"verdict": make_verdict(searched_to=date(2026, 11, 25))}, False),
        ({"verdict": make_verdict(searched_to=None)}, False),
        ({"last_reviewed": date(2026, 9, 1)}, False),
        ({"demonstration": True}, False),
    ],
)
def test_a_statement_that_only_later_days_were_searched_is_told_from_one_that_says_more(
    before: dict[str, Any], only: bool
) -> None:
    stands = exports.currency_statement(line_of(make_report(**before)))
    assert exports.only_searched_on(stands, line_of(make_report())) is only
    assert not exports.only_searched_on(stands[:-9], line_of(make_report())), "half a file"


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_statement_may_stand_within_a_script_element_whatever_the_title_says(kind: str) -> None:
    report = make_report(topic=make_topic(title=HOSTILE[kind]))
    statement = exports.currency_statement(line_of(report))
    page = html.fromstring(f'<main><script type="application/ld+json">{statement}</script><p>after</p></main>')
    assert [element.tag for element in page] == ["script", "p"]
    assert json.loads(page[0].text)["@type"] == "MedicalWebPage"


def test_demonstration_data_is_called_so_in_every_form_about_an_article() -> None:
    shown = make_report(demonstration=True)
    assert feed_of(shown).entries[0].title.startswith("[Demonstration] No signal: ")
    assert events_of(shown)[0]["SUMMARY"].startswith("[Demonstration] Re-assess: ")
    assert statement_of(shown)["creativeWorkStatus"].startswith("Demonstration data. Evidence searched to")
