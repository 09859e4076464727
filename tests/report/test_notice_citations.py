"""Where and when a notice was published, and that two notices about one paper are told apart everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import orjson
import pytest

from litwatch.decisions.changes import find_cited_changes
from litwatch.decisions.newer_versions import NewestVersion
from litwatch.decisions.paper_state import judge
from litwatch.decisions.verdict import Status
from litwatch.desk.answers import change_id
from litwatch.digest.digest_mail import digest_parts
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.paper_notice import Nature, PaperState, WatchEntry
from litwatch.model.record import DatePrecision, Notice, PartialDate, Record, RefType
from litwatch.report.actions import Reader, list_actions
from litwatch.report.contents import NoticeCitation, ReportedSignal
from litwatch.report.notice_citations import cite_notice
from litwatch.report.render import report_html, report_json, report_markdown
from litwatch.report.view import anchor, arrange, told_when
from tests.factories import DAY, make_article, make_digest, make_record, make_report, make_signal

PAPER, NOTICE = Pmid(99000100), Pmid(99000900)
LINE = "Br J Invent 1998 Apr;80(4):572"
DOSAGE = Notice(RefType.ERRATUM_IN, LINE, None, "Dosage error in published abstract")
NAME = Notice(RefType.ERRATUM_IN, "Br J Invent 1998 Jul;81(1):9", None, "Author's name")
ERRATA = make_record(PAPER, title="An invented trial.", notices=(DOSAGE, NAME))


def cite(change: Change, record: Record, *known: Record, entries: tuple[WatchEntry, ...] = ()) -> NoticeCitation | None:
    integrity = judge([(DAY, record)], entries, watched=bool(entries))
    return cite_notice(change, record, {each.pmid: each for each in known}, integrity, at_first_look=False)


def errata() -> tuple[ReportedSignal, ...]:
    changes = find_cited_changes([PAPER], {}, {PAPER: ERRATA})
    return tuple(make_signal(each.kind, PAPER, detail=each.detail, record=ERRATA) for each in changes)


def month(year: int, number: int, last: int) -> PartialDate:
    raw = f"{date(year, number, 1):%Y %b}"
    return PartialDate(raw, date(year, number, 1), date(year, number, last), DatePrecision.MONTH)


def test_a_notice_without_a_record_has_its_date_from_the_citation_line_and_its_note_from_nlm() -> None:
    first, second = (each.notice for each in errata())
    assert first == NoticeCitation(LINE, "Dosage error in published abstract", month(1998, 4, 30))
    assert second == NoticeCitation("Br J Invent 1998 Jul;81(1):9", "Author's name", month(1998, 7, 31))


@pytest.mark.parametrize(
    ("line", "earliest", "latest"),
    [
        ("Lancet Invent. 2010 Feb 6;375(9713):445", date(2010, 2, 6), date(2010, 2, 6)),
        ("J Invent 1988;3:1", date(1988, 1, 1), date(1988, 12, 31)),
        ("J Invent. 2019 Nov-Dec;3(6):1", date(2019, 11, 1), date(2019, 12, 31)),
        ("Invent Database Syst Rev. 2004;(2):CD001234", date(2004, 1, 1), date(2004, 12, 31)),
        ("BMJ Invent. 2008 Oct 15;337:a2052. doi: 10.5555/bmj.a2052", date(2008, 10, 15), date(2008, 10, 15)),
    ],
)
def test_the_date_in_a_citation_line_is_read_as_far_as_it_is_printed(line: str, earliest: date, latest: date) -> None:
    record = make_record(PAPER, notices=(Notice(RefType.ERRATUM_IN, line, None),))
    cited = cite(Change(ChangeKind.CITED_ERRATUM, PAPER, line), record)
    assert cited is not None
    assert cited.published is not None
    assert (cited.published.earliest, cited.published.latest) == (earliest, latest)


def test_a_notice_with_a_record_has_the_records_own_day_and_one_of_retraction_watch_the_tables() -> None:
    record = make_record(PAPER, notices=(Notice(RefType.RETRACTION_IN, "J Invent. 2026;1:1", NOTICE),))
    own = replace(make_record(NOTICE), electronic=date(2026, 2, 12))
    cited = cite(Change(ChangeKind.CITED_RETRACTED, PAPER, f"pmid:{NOTICE}", NOTICE), record, own)
    assert cited is not None
    assert (cited.line, cited.published) == (
        "J Invent. 2026;1:1",
        PartialDate("2026-02-12", date(2026, 2, 12), date(2026, 2, 12), DatePrecision.DAY),
    )
    entry = WatchEntry(9, Nature.RETRACTION, date(2026, 3, 1), PAPER, None, None, None, "A trial", "J Invent", ())
    watched = cite(
        Change(ChangeKind.CITED_RETRACTED, PAPER, "retraction_watch:9"), make_record(PAPER), entries=(entry,)
    )
    assert watched is not None
    assert watched.published is not None
    assert watched.published.earliest == date(2026, 3, 1)


def test_of_a_chain_of_versions_the_last_one_is_cited_and_dated() -> None:
    def version(pmid: int, line: str, following: int | None) -> Record:
        linked = (Notice(RefType.UPDATE_IN, line, Pmid(following)),) if following else ()
        return make_record(pmid, notices=linked)

    cited = version(PAPER, "Inv Database Syst Rev. 2001;(2):CD000001", NOTICE)
    change = Change(ChangeKind.CITED_UPDATED, PAPER, f"pmid:{NOTICE}", NOTICE)
    second = version(NOTICE, "Inv Database Syst Rev. 2026 Mar 4;(1):CD000001", NOTICE + 1)
    found = cite(change, cited, second)
    assert found is not None
    assert found.published is not None
    assert (found.line, found.published.earliest) == (second.notices[0].source, date(2026, 3, 4))
    assert (found.newest and found.newest.pmid) == NOTICE + 1


def test_what_is_no_notice_or_gone_has_no_citation_and_what_only_the_title_says_no_date() -> None:
    record = make_record(PAPER, title="RETRACTED: A trial.")
    assert cite(Change(ChangeKind.CITED_RETRACTED, PAPER, "by_title"), record) == NoticeCitation("", "", None)
    assert cite(Change(ChangeKind.CITED_MISSING, PAPER, ""), record) is None
    gone = Change.ending(ChangeKind.CITED_REINSTATED, PAPER, ChangeKind.CITED_RETRACTED, "pmid:9", Pmid(9))
    assert cite(gone, record) is None


def test_two_errata_of_one_paper_differ_on_every_page_and_in_every_link() -> None:
    told = errata()
    report = make_report(Status.REVIEW_NEEDED, *told)
    assert len({anchor(each) for each in told}) == 2
    assert len({change_id(each.signal.change) for each in told}) == 2
    text, html = digest_parts(make_digest(report), answers={report.topic.slug: "https://desk.example/answer/x/"})
    assert len(set(re.findall(r"https://desk.example/answer/x/#\S+", text))) == 2
    for shown in (text, html, report_html(report), report_markdown(report)):
        words = " ".join(re.sub(r"<[^>]+>|\\", "", shown).split())
        for notice in (DOSAGE, NAME):
            assert notice.source in words
            assert str(notice.note).replace("'", "&#39;") in words or str(notice.note) in words
    for notice, json in zip((DOSAGE, NAME), orjson.loads(report_json(report))["notices"], strict=True):
        assert (json["notice"]["citation"], json["notice"]["note"]) == (notice.source, notice.note)


def test_two_errata_with_the_same_citation_line_are_two_notices() -> None:
    twins = make_record(PAPER, notices=(DOSAGE, replace(DOSAGE, note="Author's name"), replace(DOSAGE, note="Table 2")))
    changes = find_cited_changes([PAPER], {}, {PAPER: twins})
    assert len({change.detail for change in changes}) == 3
    assert [each.note for change in changes if (each := cite(change, twins))] == [
        "Dosage error in published abstract",
        "Author's name",
        "Table 2",
    ]


@pytest.mark.parametrize(
    ("published", "at_first_look", "first_seen", "told"),
    [
        (month(2001, 3, 31), True, DAY,
         "Published March 2001, before the article’s last update; found at the first look"),
        (month(2001, 3, 31), False, DAY,
         "Published March 2001, before the article’s last update; found on 22 November 2026"),
        (month(2001, 3, 31), True, date(2026, 11, 2),
         "Published March 2001, before the article’s last update; open since 2 November 2026"),
        (PartialDate("", date(2026, 2, 12), date(2026, 2, 12), DatePrecision.DAY), True, DAY,
         "New on 22 November 2026; published 12 February 2026, after the article’s last update"),
        (PartialDate("2024", date(2024, 1, 1), date(2024, 12, 31), DatePrecision.YEAR), True, DAY,
         "New on 22 November 2026; published 2024"),
        (None, True, DAY, "New on 22 November 2026; the notice’s date is not known"),
    ],
)  # fmt: skip
def test_a_notice_from_before_the_articles_last_update_is_no_news(
    published: PartialDate | None, at_first_look: bool, first_seen: date, told: str
) -> None:
    notice = NoticeCitation("", "", published, at_first_look=at_first_look)
    signal = replace(make_signal(ChangeKind.CITED_ERRATUM, first_seen=first_seen), notice=notice)
    report = make_report(Status.REVIEW_NEEDED, signal, article=make_article(last_updated=date(2024, 3, 1)))
    assert told_when(signal, report) == told
    plain = " ".join(re.sub(r"<[^>]+>", "", report_html(report)).split())
    assert told in plain
    told_before = frozenset(signal.episodes if first_seen < DAY else ())
    in_mail = told.replace("on 22 November 2026", "today")  # a mail is read on its day, a page long after
    for shown in digest_parts(make_digest(report, told=told_before)):
        assert in_mail in " ".join(re.sub(r"<[^>]+>", "", shown).split())


def test_a_last_version_that_was_withdrawn_itself_is_not_recommended() -> None:
    notice = NoticeCitation("", "", None, newest=NewestVersion(Pmid(99000903), 1, PaperState.WITHDRAWN))
    signal = replace(make_signal(ChangeKind.CITED_UPDATED, PAPER, notice_pmid=NOTICE), notice=notice)
    report = make_report(Status.REVIEW_NEEDED, signal)
    said = [*(action.text for action in list_actions(report)), arrange(report).notices[0].action]
    assert not any(text.startswith("Read the newest version") for text in said)
    assert sum("PubMed 99000903, has itself been withdrawn" in text for text in said) == 2


def test_the_last_version_is_the_one_to_read() -> None:
    newest = NewestVersion(Pmid(99000903), 2)
    notice = NoticeCitation("J Invent. 2004", "", None, newest=newest)
    signal = replace(make_signal(ChangeKind.CITED_UPDATED, PAPER, notice_pmid=NOTICE), notice=notice)
    report = make_report(Status.REVIEW_NEEDED, signal)
    (item,) = arrange(report).notices
    assert (item.name, item.notice_pmid) == ("Newest version", 99000903)
    assert "Read the newest version, PubMed 99000903, and cite it" in item.action
    assert f"PubMed {NOTICE}, which PubMed links to the cited paper, has been replaced" in item.action
    todo = [action.text for action in list_actions(report) if action.reader is Reader.BOARD]
    assert "Read the newest version (PubMed 99000903), and cite it if the answer still holds." in todo
    assert orjson.loads(report_json(report))["notices"][0]["notice"]["newest_version"] == 99000903
