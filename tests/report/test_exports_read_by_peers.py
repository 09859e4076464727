"""Exports read back by the readers of other tools, and beside them what a careful librarian would write.

The records are invented; each has a form that some reader or writer is known to get wrong. The golden files
(``tests/data/exports``) hold every byte; nbib, rispy and pybtex say what another program makes of them.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pybtex.database
import pytest
import rispy
from Bio import Medline
from lxml import etree

from litwatch.decisions.told_change import ToldChange
from litwatch.decisions.verdict import Status
from litwatch.decisions.verdict_comparison import StandingSince
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Author, DatePrecision, Journal, PartialDate, RecordKind
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.report import exports
from litwatch.report.article_line import line_of
from litwatch.report.contents import FailedTopic, ReportedSignal
from tests.factories import DAY, FIRST_PMID, make_record, make_report, make_signal, make_sweep, make_verdict
from tests.report.test_exports import HOSTILE, signal_of

GOLDEN = Path(__file__).parents[1] / "data" / "exports"
FORMS = {"csv": "records.csv", "ris": "records.ris", "bibtex": "records.bib", "nbib": "records.nbib"}

MONTH = PartialDate("2026 Oct", date(2026, 10, 1), date(2026, 10, 31), DatePrecision.MONTH)


def journal(pages: str | None, **more: Any) -> Journal:
    fields = {
        "title": "Journal of Invented Naps",
        "abbreviation": "J Inv Naps",
        "issn": "1234-567X",
        "nlm_id": "9999999",
    }
    return Journal(**(fields | {"volume": "12", "issue": "3", "country": "Nowhere"} | more), pages=pages)


def cited(number: int, **changes: Any) -> ReportedSignal:
    fields = {"title": f"Invented paper {number}.", "published": MONTH, "journal": journal("211-24")}
    return make_signal(record=make_record(FIRST_PMID + number, **(fields | changes)))


RECORDS = (
    cited(0, authors=(Author("King", "Martin L", "ML", "Jr"), Author("Schaefer", "Henry F", "HF", "3rd"))),
    cited(1, authors=(Author("van den Berg", "Jan-Pieter", "JP"), Author("Ó Súilleabháin", "Éamonn", "É"))),
    cited(
        2,
        authors=(Author("Varga", "Ilona", "I"), Author(None, collective_name="NAP Study Group, Example University")),
        authors_complete=False,
    ),
    cited(3, journal=journal("e247-51"), publication_model="Electronic"),
    cited(4, journal=journal("10046"), pii="ijms251810046", pmcid="PMC9990001", publication_model="Print"),
    cited(5, journal=journal("e0123456"), pii="e0123456", keywords=("naps; short", "sleep, deep")),
    cited(6, journal=journal("S49-57; quiz S58"), authors=()),
    cited(7, journal=journal("123-8.e1", issn="no issn")),
    cited(
        8,
        kind=RecordKind.BOOK,
        title="An invented syndrome",
        journal=Journal("Example Reviews", None, None, None, None, None, None, None, "Example Press, Ltd & Sons"),
    ),
    cited(
        9,
        kind=RecordKind.BOOK,
        title="Example Reviews",
        journal=Journal("Example Reviews", None, None, None, "2", None, None, None, "Example Press"),
    ),
)


@pytest.mark.parametrize("form", FORMS)
def test_every_byte_is_as_written_beside_it(form: str) -> None:
    written = exports.CITATION_FORMS[form](RECORDS)
    assert written == (GOLDEN / FORMS[form]).read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def by_nbib() -> list[dict[str, Any]]:
    with warnings.catch_warnings():  # its dates are read by an old dateutil
        warnings.simplefilter("ignore")
        import nbib
    read: list[dict[str, Any]] = nbib.read(exports.nbib(RECORDS))
    return read


def test_nbib_reads_every_record_whole(by_nbib: list[dict[str, Any]]) -> None:
    assert [one["pubmed_id"] for one in by_nbib] == [item.record.pmid for item in RECORDS]
    assert [one["title"] for one in by_nbib] == [item.record.title for item in RECORDS]
    assert (by_nbib[3]["electronic_issn"], by_nbib[4]["print_issn"]) == ("1234-567X", "1234-567X")
    assert by_nbib[0]["undetermined_issn"] == "1234-567X"
    assert not [key for key in by_nbib[7] if key.endswith("issn")]
    assert (by_nbib[4]["pmcid"], by_nbib[4]["pii"], by_nbib[4]["pages"]) == (9990001, "ijms251810046", "10046")
    assert by_nbib[5]["keywords"] == ["naps; short", "sleep, deep"]
    assert by_nbib[0]["pubmed_time"] == datetime(2026, 10, 10)  # noqa: DTZ001 - nbib knows no zones
    assert [one["author_abbreviated"] for one in by_nbib[0]["authors"]] == ["King ML Jr", "Schaefer HF 3rd"]
    assert by_nbib[2]["corporate_author"] == "NAP Study Group, Example University"


def test_medline_readers_get_the_book_of_a_chapter() -> None:
    records = list(Medline.parse(io.StringIO(exports.nbib(RECORDS))))
    chapter, book = records[8], records[9]
    assert (chapter["TI"], chapter["BTI"], chapter["PB"]) == (
        "An invented syndrome", ["Example Reviews"], ["Example Press, Ltd & Sons"],
    )  # fmt: skip
    assert (book["TI"], book["BTI"]) == ("Example Reviews", ["Example Reviews"])
    assert "JT" not in chapter
    assert records[0]["FAU"] == ["King, Martin L Jr", "Schaefer, Henry F 3rd"]


def test_rispy_gets_suffixes_places_and_chapters() -> None:
    read = rispy.loads(exports.ris(RECORDS))
    assert [one["type_of_reference"] for one in read] == ["JOUR"] * 8 + ["CHAP", "BOOK"]
    assert read[0]["authors"] == ["King, Martin L, Jr", "Schaefer, Henry F, 3rd"]
    assert read[2]["authors"] == ["Varga, Ilona", "NAP Study Group Example University"], "no comma divides a group"
    places = [(one.get("start_page"), one.get("end_page")) for one in read[2:8]]
    assert places == [("211", "224"), ("e247", "e251"), ("10046", None), ("e0123456", None), ("S49", "S57"),
                      ("123", "128.e1")]  # fmt: skip
    assert (read[8]["secondary_title"], read[8]["publisher"]) == ("Example Reviews", "Example Press, Ltd & Sons")
    assert "secondary_title" not in read[9]


@pytest.fixture(scope="module")
def by_pybtex() -> dict[str, Any]:
    return dict(pybtex.database.parse_string(exports.bibtex(RECORDS), "bibtex").entries)


def test_pybtex_takes_names_apart_as_they_are(by_pybtex: dict[str, Any]) -> None:
    def names(number: int) -> list[tuple[list[str], ...]]:
        people = by_pybtex[f"pmid{FIRST_PMID + number}"].persons["author"]
        return [
            (person.first_names + person.middle_names, person.prelast_names, person.last_names, person.lineage_names)
            for person in people
        ]

    assert names(0) == [(["Martin", "L"], [], ["{King}"], ["Jr"]), (["Henry", "F"], [], ["{Schaefer}"], ["3rd"])]
    assert names(1) == [(["Jan-Pieter"], [], ["{van den Berg}"], []), (["Éamonn"], [], ["{Ó Súilleabháin}"], [])]
    assert names(2)[1:] == [([], [], ["{NAP Study Group, Example University}"], []), ([], [], ["others"], [])]


def test_pybtex_reads_a_chapter_as_part_of_its_book(by_pybtex: dict[str, Any]) -> None:
    chapter, book = by_pybtex[f"pmid{FIRST_PMID + 8}"], by_pybtex[f"pmid{FIRST_PMID + 9}"]
    assert (chapter.type, chapter.fields["booktitle"]) == ("incollection", "Example Reviews")
    assert chapter.fields["publisher"] == r"Example Press, Ltd \& Sons"
    assert "journal" not in chapter.fields
    assert (book.type, "booktitle" in book.fields, book.fields["volume"]) == ("book", False, "2")
    pages = [by_pybtex[f"pmid{FIRST_PMID + number}"].fields["pages"] for number in (0, 3, 4, 7)]
    assert pages == ["211--224", "e247--e251", "10046", "123--128.e1"]


def test_the_table_has_what_asreview_looks_for_by_its_names() -> None:
    text = exports.csv_table(RECORDS).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    known = {"title", "abstract", "authors", "keywords", "year", "doi", "url"}
    assert known <= {name.lower() for name in rows[0]}
    assert [row["Year"] for row in rows] == ["2026"] * len(RECORDS)
    assert rows[0]["Authors"].split(";") == ["King, Martin L, Jr", "Schaefer, Henry F, 3rd"]
    assert rows[5]["Keywords"].split(";") == ["naps, short", "sleep, deep"]
    assert rows[0]["URL"] == f"https://pubmed.ncbi.nlm.nih.gov/{FIRST_PMID}/"


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_stays_within_its_record(kind: str) -> None:
    items = [signal_of(HOSTILE[kind]), make_signal(pmid=FIRST_PMID + 1)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nbib
    read = nbib.read(exports.nbib(items))
    assert [one["pubmed_id"] for one in read] == [FIRST_PMID, FIRST_PMID + 1]
    assert read[1]["title"] == items[1].record.title
    parsed = pybtex.database.parse_string(exports.bibtex(items), "bibtex").entries
    assert list(parsed) == [f"pmid{FIRST_PMID}", f"pmid{FIRST_PMID + 1}"]
    assert len(parsed[f"pmid{FIRST_PMID}"].persons["author"]) == 2


ATOM = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def faults_of_atom(text: str) -> Iterator[str]:
    """What RFC 4287 forbids of what our feed has. Its RELAX NG schema is not copied here: the RFC is older than the
    IETF's licence for code, so that its rules are said anew, with their sections.
    """
    feed = etree.fromstring(text.encode())
    if feed.tag != f"{ATOM}feed":
        yield "4.1.1: no feed"
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        where = element.findtext(f"{ATOM}title")
        for name in ("id", "title", "updated"):
            if len(element.findall(f"{ATOM}{name}")) != 1:
                yield f"4.1.1, 4.1.2: not one {name} in {where}"
        for moment in element.findall(f"{ATOM}updated"):
            if not DATE.fullmatch(moment.text or ""):
                yield f"3.3: {moment.text} is no date"
        for found in element.findall(f"{ATOM}id"):
            if not re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", found.text or ""):
                yield f"4.2.6: {found.text} is no IRI"
        kinds = [
            (link.get("rel", "alternate"), link.get("type"), link.get("hreflang"))
            for link in element.findall(f"{ATOM}link")
        ]
        if any(kinds.count(kind) > 1 for kind in kinds if kind[0] == "alternate"):
            yield f"4.1.1: two alternates of one sort in {where}"
        if any(not link.get("href") for link in element.findall(f"{ATOM}link")):
            yield f"4.2.7: a link without href in {where}"
        for told in (
            *element.findall(f"{ATOM}summary"),
            *element.findall(f"{ATOM}content"),
            *element.findall(f"{ATOM}title"),
        ):
            if told.get("type", "text") not in {"text", "html", "xhtml"} or len(told):
                yield f"3.1.1: markup in text in {where}"
    if not feed.findall(f"{ATOM}link[@rel='self']"):
        yield "4.1.1: no link to itself"
    for entry in feed.iter(f"{ATOM}entry"):
        alternate = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
        if len(entry.findall(f"{ATOM}content")) > 1 or (not alternate and entry.find(f"{ATOM}content") is None):
            yield f"4.1.2: neither link nor content in {entry.findtext(f'{ATOM}title')}"
        if entry.find(f"{ATOM}author") is None and feed.find(f"{ATOM}author/{ATOM}name") is None:
            yield "4.1.2: no author"


def entries(*reports: Any, failed: Any = (), links: Any = None, on: date = DAY, **more: Any) -> list[tuple[str, str]]:
    since = more.pop("since", {})
    lines = [line_of(report, since.get(report.topic.slug)) for report in reports]
    text = exports.atom_feed(lines, failed, links or {}, on=on, home="https://board.example.org/", **more)
    assert list(faults_of_atom(text)) == []
    found = etree.fromstring(text.encode()).iter(f"{ATOM}entry")
    return [(str(entry.findtext(f"{ATOM}id")), str(entry.findtext(f"{ATOM}updated"))[:10]) for entry in found]


def test_the_rules_of_atom_see_what_is_forbidden() -> None:
    bare = f'<feed xmlns="{ATOM[1:-1]}"><entry><title>x</title><id>no iri</id><updated>today</updated></entry></feed>'
    told = " ".join(faults_of_atom(bare))
    assert all(
        section in told
        for section in ("3.3", "4.2.6", "4.1.2: neither", "no link to itself", "no author", "not one id")
    )


def test_the_feed_keeps_the_rules_of_atom_with_and_without_links() -> None:
    report = make_report(Status.REVIEW_NOW, make_signal())
    entries(report, failed=[FailedTopic("gout", "a bracket is missing")])
    entries(report, links={"insulin-resistance": "https://board.example.org/x.html"})
    entries()


TOLD = (
    ToldChange(
        "0123456789abcdef",
        Change(ChangeKind.CITED_RETRACTED, Pmid(FIRST_PMID), "pmid:9"),
        datetime(2026, 11, 21, 5, 30, tzinfo=UTC),
        "".join(HOSTILE.values()) + "<script>alert(1)</script>]]>",
        None,
        Status.REVIEW_NOW,
    ),
    ToldChange(
        "fedcba9876543210",
        Change(ChangeKind.NEW_RECORD, Pmid(FIRST_PMID + 1), ""),
        datetime(2026, 11, 20, 5, 30, tzinfo=UTC),
        "",
        2,
        None,
    ),
)


def changes(told: tuple[ToldChange, ...] = TOLD, home: str | None = "https://board.example.org/") -> str:
    page = f"{home}sleep/2026-11-21.html" if home else None
    since = datetime(2026, 11, 1, tzinfo=UTC)
    return exports.changes_feed("sleep", "Sleep & <i>insulin</i>", told, since=since, home=home, page=page)


def test_an_articles_own_feed_keeps_the_rules_of_atom_and_is_read_back() -> None:
    assert list(faults_of_atom(changes())) == []
    assert [each for each in faults_of_atom(changes(home=None)) if "no link to itself" not in each] == []
    assert list(faults_of_atom(changes(()))) == []
    read = feedparser.parse(changes().encode())
    assert not read.bozo
    assert (read.feed.title, read.feed.author, read.feed.updated) == (
        "litwatch: Sleep & <i>insulin</i>", "litwatch", "2026-11-21T05:30:00Z",
    )  # fmt: skip
    first, second = read.entries
    assert first.title.startswith("Retracted: ")
    assert "<script>" not in changes()
    assert first.summary.endswith("The article's verdict on that day: Review now.")
    assert (second.title, second.summary) == (
        f"New record, level 2: PubMed {FIRST_PMID + 1}", f"New record, level 2: PubMed {FIRST_PMID + 1}.",
    )  # fmt: skip
    assert first.link == "https://board.example.org/sleep/2026-11-21.html"
    assert f"https://pubmed.ncbi.nlm.nih.gov/{FIRST_PMID}/" in [link.href for link in first.links]


def test_an_entry_of_an_articles_own_feed_keeps_its_id_whatever_else_changes() -> None:
    def ids(text: str) -> list[str]:
        return [entry.id for entry in feedparser.parse(text.encode()).entries]

    retitled = tuple(replace(each, title="Another title", status=Status.NO_SIGNAL, level=1) for each in TOLD)
    assert ids(changes()) == ids(changes(retitled)) == ids(changes(home=None))
    assert len(set(ids(changes()))) == 2
    other = exports.changes_feed("gout", "Gout", TOLD, since=TOLD[0].began_at)
    assert not set(ids(other)) & set(ids(changes()))


def night(day: int, status: Status = Status.NO_SIGNAL, **changes: Any) -> Any:
    at = datetime(2026, 11, day, 2, 15, tzinfo=UTC)
    fields = {"surveyed_at": at, "written_on": at.date(), "verdict": make_verdict(status, decided_on=at.date())}
    return make_report(status, **(fields | changes))


def test_quiet_nights_keep_the_id_and_a_verdicts_day_is_its_updated() -> None:
    since = {"insulin-resistance": StandingSince(verdict=date(2026, 11, 7))}
    found = {entries(night(day), since=since)[0] for day in range(7, 13)}
    assert len(found) == 1
    assert {updated for _, updated in found} == {"2026-11-07"}
    changed = {"insulin-resistance": StandingSince(verdict=date(2026, 11, 13))}
    ((other, updated),) = entries(night(13, Status.REVIEW_NEEDED), since=changed)
    assert (other in dict(found), updated) == (False, "2026-11-13")


def test_a_second_outage_with_the_same_words_is_another_entry() -> None:
    failed = (make_sweep(state=SweepState.FAILED, error="HTTP 503"), make_sweep(SweepKind.CITATION))

    def outage(day: int, began: int) -> tuple[str, str]:
        standing = StandingSince(verdict=date(2026, 11, 1), failing=((SweepKind.TOPIC, date(2026, 11, began)),))
        return entries(night(day, sweeps=failed), since={"insulin-resistance": standing})[0]

    assert outage(8, 8) == outage(9, 8)
    assert outage(8, 8)[1] == "2026-11-08"
    assert outage(15, 15)[0] != outage(8, 8)[0]


def test_a_file_that_cannot_be_read_is_announced_once_for_each_time() -> None:
    def unread(day: int, last: int | None) -> tuple[str, str]:
        surveyed = {} if last is None else {"gout": datetime(2026, 11, last, 2, 15, tzinfo=UTC)}
        on = date(2026, 11, day)
        return entries(failed=[FailedTopic("gout", f"it is broken since {day} days")], on=on, surveyed=surveyed)[0]

    assert unread(8, 7) == unread(9, 7)
    assert unread(9, 7)[1] == "2026-11-08"
    assert unread(15, 14)[0] != unread(8, 7)[0]
    assert unread(8, None)[0] == unread(9, None)[0]


def calendar_of(report: Any, on: date, since: Any) -> dict[str, str]:
    text = exports.reassess_calendar([line_of(report, since.get(report.topic.slug))], {}, on=on)
    return dict(line.split(":", 1) for line in text.replace("\r\n ", "").split("\r\n") if ":" in line)


def test_an_event_that_moves_gets_a_higher_sequence_and_one_that_stays_keeps_it() -> None:
    due = date(2027, 2, 16)
    since = {"insulin-resistance": StandingSince(due=date(2026, 11, 3))}
    first, second = (calendar_of(night(day), date(2026, 11, day), since=since) for day in (7, 8))
    assert (first["SEQUENCE"], first["LAST-MODIFIED"]) == (second["SEQUENCE"], second["LAST-MODIFIED"])
    assert (first["LAST-MODIFIED"], first["X-PUBLISHED-TTL"]) == ("20261103T000000Z", "P1D")
    overdue = [calendar_of(night(8), due + timedelta(days=days), since=since) for days in (0, 1, 2)]
    assert overdue[0]["SEQUENCE"] == first["SEQUENCE"]
    assert int(overdue[2]["SEQUENCE"]) == int(overdue[1]["SEQUENCE"]) + 1 > int(overdue[0]["SEQUENCE"]) + 1
    moved = {"insulin-resistance": StandingSince(due=date(2027, 3, 1))}
    assert int(calendar_of(night(8), date(2027, 3, 1), since=moved)["SEQUENCE"]) > int(overdue[2]["SEQUENCE"])
