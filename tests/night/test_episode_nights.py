"""Nights on which a notice comes back, a record vanishes twice, or a clock is wrong: each is told, and told right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.night.doors import open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.night.whole_night import run_night
from litwatch.report.contents import ReportedSignal
from litwatch.standin import Corpus
from litwatch.standin.life import Revision, in_order
from litwatch.standin.scenario import read_scenario
from tests.night.test_paper_state_nights import ARTICLE, table
from tests.nights import TOPIC, House, open_house

PAPER = Pmid(99500001)
SUBJECTS = {PAPER: "waist circumference", Pmid(99500002): "sleep duration", Pmid(99500003): "meal timing"}
"""What the papers are about, in the order of their references."""
RECORD = """
  - pmid: {pmid}
    title: "Demonstration data: {subject} and insulin resistance, a cohort study"
    published: 2024 Nov
    doi: 10.5555/scenario.{pmid}
    life: [{{day: 2024-11-04, becomes: indexed}}, {{day: 2026-09-03, {notice}: {told_by}}}]
"""
FIRST, GONE, BACK = date(2026, 9, 3), date(2026, 9, 6), date(2026, 10, 10)
Run = Callable[..., str]


def paper(notice: str = "retracted", *later: tuple[date, bool | None]) -> Corpus:
    """The paper with a notice from FIRST on, and what PubMed shows later: with it, without it, or no record at all."""
    return papers({PAPER: notice}, *later)


def papers(notices: Mapping[Pmid, str], *later: tuple[date, bool | None]) -> Corpus:
    """Several such papers, each with its own notice and all at once."""
    records = [
        RECORD.format(pmid=pmid, subject=SUBJECTS[pmid], notice=notice, told_by=pmid + len(SUBJECTS))
        for pmid, notice in notices.items()
    ]
    made = read_scenario("title: Notices that come, go and come back\nrecords:" + "".join(records))
    changes = []
    for pmid in notices:
        sound, noticed = (each for each in made if each.pmid == pmid)
        shown = {True: noticed.xml, False: sound.xml, None: None}
        changes += [Revision(day, pmid, shown[what]) for day, what in later]
    return Corpus(in_order([*made, *changes]))


def citing(cited: Iterable[Pmid]) -> str:
    """The article, citing these papers."""
    text, references, first = ARTICLE.partition("## References\n\n")
    numbers = ",".join(str(number) for number, _ in enumerate(cited, 1))
    entries = [
        first.replace("1. ", f"{number}. ").replace(SUBJECTS[PAPER], SUBJECTS[pmid]).replace(str(PAPER), str(pmid))
        for number, pmid in enumerate(cited, 1)
    ]
    return text.replace("[1]", f"[{numbers}]") + references + "".join(entries)


@pytest.fixture
def open_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Corpus], House]]:
    """Opens the one installation of a test, in which commands work, too."""
    opened = []

    def enter(corpus: Corpus, topic: str = TOPIC) -> House:
        context = open_house(tmp_path, corpus, today=date(2026, 9, 1))
        house = context.__enter__()
        opened.append(context)
        house.write_topic("sleep", topic=topic, article=ARTICLE)
        house.show_commands(monkeypatch)
        return house

    yield enter
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--by", "Dr Example", "--reason", "read"])
        out = capsys.readouterr()
        assert not ended.value.code, out.err
        return out.out

    return call


def told(summary: NightSummary, kind: ChangeKind) -> list[ReportedSignal]:
    assert summary.ok, summary.failure
    return [each for each in summary.outcomes[0].report.signals if each.signal.change.kind is kind]


def close(run: Run, house: House, how: str, cited: Iterable[Pmid] = (PAPER,)) -> None:
    if how == "review":
        assert "closed: " in run("review", "sleep", "unchanged")
    else:
        for pmid in cited:
            run("answer", "sleep", str(pmid), "not-relevant")
    left = open_store(house.settings()).open_changes("sleep", on=date(2027, 1, 1))
    assert not [item for item in left if item.change.is_about_cited]


CITED_KINDS = {
    "retracted": ChangeKind.CITED_RETRACTED,
    "concern": ChangeKind.CITED_CONCERN,
    "erratum": ChangeKind.CITED_ERRATUM,
    "updated": ChangeKind.CITED_UPDATED,
    "partial retraction": ChangeKind.CITED_PARTLY_RETRACTED,
}


@pytest.mark.parametrize(
    ("how", "noticed"),
    [("review", ("retracted", "concern", "updated")), ("answers", ("retracted", "erratum", "partial retraction"))],
    ids=["review", "answers"],
)
def test_notices_that_were_taken_back_and_closed_are_told_again_when_they_come_back(
    open_at: Callable[..., House], run: Run, how: str, noticed: tuple[str, ...]
) -> None:
    notices = dict(zip(SUBJECTS, noticed, strict=True))
    own = {pmid: CITED_KINDS[notice] for pmid, notice in notices.items()}
    house = open_at(papers(notices, (GONE, False), (BACK, True)))
    house.write_topic("sleep", article=citing(notices))

    def night(day: date) -> dict[Pmid, ReportedSignal]:
        """What is told of each paper of its own kind of notice."""
        summary = house.night(day)
        signals = [each for kind in {*own.values()} for each in told(summary, kind)]
        return {
            each.signal.change.pmid: each for each in signals if own[each.signal.change.pmid] is each.signal.change.kind
        }

    assert night(FIRST).keys() == own.keys()
    assert night(GONE).keys() == own.keys(), "nobody has answered"
    close(run, house, how, notices)
    assert not night(date(2026, 9, 9))
    again = night(BACK)
    assert {pmid: each.first_seen for pmid, each in again.items()} == dict.fromkeys(own, BACK)
    still = night(BACK + timedelta(days=1))
    assert {pmid: (each.first_seen, each.deadline) for pmid, each in still.items()} == {
        pmid: (each.first_seen, each.deadline) for pmid, each in again.items()
    }
    close(run, house, how, notices)
    assert not night(BACK + timedelta(days=2)), "the same notices, closed this time"
    assert open_store(house.settings()).check().problems == ()


def test_a_retraction_that_comes_back_asks_for_a_review_now_and_says_so(
    open_at: Callable[..., House], run: Run
) -> None:
    house = open_at(paper("retracted", (GONE, False), (BACK, True)))
    for day in (FIRST, GONE):
        house.night(day)
    assert "retracted, PMID 99500001: Demonstration data: waist" in run("review", "sleep", "unchanged")
    report = house.night(BACK).outcomes[0].report
    assert "V1" in {str(fired.rule) for fired in report.verdict.fired}
    subject = message_from_bytes(house.mails()[-1].read_bytes(), policy=policy.default)["Subject"]
    assert "retracted" in subject


def test_a_record_that_vanishes_twice_has_the_deadline_of_the_second_time(
    open_at: Callable[..., House], run: Run
) -> None:
    late = TOPIC + "escalate_to: [chair@example.org]\nthresholds: {escalate_after_days: 14}\n"
    corpus = paper("commented", (date(2026, 9, 4), None), (date(2026, 9, 5), True), (BACK, None))
    house = open_at(corpus, late)
    house.night(date(2026, 9, 3))
    assert told(house.night(date(2026, 9, 4)), ChangeKind.CITED_MISSING)
    house.night(date(2026, 9, 5))
    close(run, house, "review")
    for days in (0, 1):
        (gone,) = told(house.night(BACK + timedelta(days=days)), ChangeKind.CITED_MISSING)
        assert (gone.first_seen, gone.deadline) == (BACK, BACK + timedelta(days=14))
    subjects = [message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"] for mail in house.mails()]
    assert not any("deadline" in subject for subject in subjects)
    assert not any(b"chair@example.org" in mail.read_bytes() for mail in house.mails())


@pytest.mark.parametrize("ahead", [timedelta(hours=9), timedelta(days=40)], ids=["9 hours", "40 days"])
def test_a_review_closes_nothing_that_comes_later_although_a_clock_was_ahead(
    open_at: Callable[..., House], run: Run, ahead: timedelta
) -> None:
    house = open_at(paper())
    house.pubmed.today = date(2026, 9, 2)
    assert run_night(house.doors(datetime(2026, 9, 2, 5, 30, tzinfo=UTC) + ahead)).ok
    run("review", "sleep", "unchanged")
    house.pubmed.today = FIRST
    for hours in (9, 33, 57):  # the clock is right again
        at = datetime(2026, 9, 2, tzinfo=UTC) + timedelta(hours=hours + 2)
        assert told(run_night(house.doors(at), kind="check"), ChangeKind.CITED_RETRACTED), hours


def test_a_night_as_of_today_hides_nothing_that_a_check_finds_after_the_review(
    open_at: Callable[..., House], run: Run
) -> None:
    house = open_at(paper())
    house.pubmed.today = date(2026, 9, 2)
    morning = house.doors(datetime(2026, 9, 3, 5, 30, tzinfo=UTC), rehearsal=False)
    assert run_night(morning, as_of=FIRST).ok
    run("review", "sleep", "unchanged")
    house.pubmed.today = FIRST
    afternoon = house.doors(datetime(2026, 9, 3, 15, tzinfo=UTC))
    assert told(run_night(afternoon, kind="check"), ChangeKind.CITED_RETRACTED)
    assert told(house.night(date(2026, 9, 4)), ChangeKind.CITED_RETRACTED)


def test_what_no_report_has_shown_yet_is_left_open_by_a_review(open_at: Callable[..., House], run: Run) -> None:
    house = open_at(paper())
    house.night(date(2026, 9, 2))
    (house.folder / "reports" / "sleep" / "2026-09-03.html").mkdir(parents=True)  # in the way of the report
    assert not house.night(FIRST).ok
    assert "still open: 2 changes not in any report yet" in run("review", "sleep", "unchanged")
    (house.folder / "reports" / "sleep" / "2026-09-03.html").rmdir()
    assert told(house.night(date(2026, 9, 4)), ChangeKind.CITED_RETRACTED)
    close(run, house, "review")


def test_a_record_that_vanished_again_on_the_night_of_another_article_is_told_again(
    open_at: Callable[..., House], run: Run
) -> None:
    corpus = paper("commented", (date(2026, 9, 4), None), (date(2026, 9, 5), True), (date(2026, 9, 7), None))
    house = open_at(corpus)
    house.write_topic("meals", article=ARTICLE)
    for day in (date(2026, 9, 3), date(2026, 9, 4)):
        assert house.night(day).ok
    close(run, house, "review")
    for day in (date(2026, 9, 5), date(2026, 9, 7)):
        assert house.night(day, only=["meals"]).ok
    for day in (date(2026, 9, 8), date(2026, 9, 9)):
        (gone,) = told(house.night(day, only=["sleep"]), ChangeKind.CITED_MISSING)
        assert gone.first_seen == date(2026, 9, 8)


def test_an_entry_of_retraction_watch_that_was_removed_and_put_back_unseen_is_told_again(
    open_at: Callable[..., House], run: Run
) -> None:
    house = open_at(paper("commented"))
    house.write_topic("meals", article=ARTICLE)
    listed = [("Retraction", date(2026, 9, 1))]
    source = {"retraction_watch": str(table(house.folder, *listed))}
    assert told(house.night(FIRST, only=["sleep"], settings=source), ChangeKind.CITED_RETRACTED)
    close(run, house, "review")
    table(house.folder)
    assert house.night(date(2026, 9, 5), only=["meals"], settings=source).ok
    table(house.folder, *listed)
    assert house.night(date(2026, 9, 7), only=["meals"], settings=source).ok
    for day in (date(2026, 9, 8), date(2026, 9, 9)):
        (again,) = told(house.night(day, only=["sleep"], settings=source), ChangeKind.CITED_RETRACTED)
        assert again.first_seen == date(2026, 9, 8)
    close(run, house, "review")
    assert not told(house.night(date(2026, 9, 10), only=["sleep"], settings=source), ChangeKind.CITED_RETRACTED)


def test_a_night_with_a_clock_ahead_puts_no_deadline_off(open_at: Callable[..., House]) -> None:
    house = open_at(paper())
    house.night(date(2026, 9, 2))
    house.pubmed.today = FIRST
    ahead = house.doors(datetime(2026, 10, 13, 5, 30, tzinfo=UTC))
    assert told(run_night(ahead), ChangeKind.CITED_RETRACTED)
    for day in (date(2026, 9, 4), date(2026, 9, 5), date(2026, 10, 20)):
        (retracted,) = told(house.night(day), ChangeKind.CITED_RETRACTED)
        assert retracted.first_seen == date(2026, 9, 4)
        assert retracted.deadline == date(2026, 9, 4) + timedelta(days=14)


def test_a_weekly_member_hears_at_once_of_a_retraction_that_came_back(open_at: Callable[..., House], run: Run) -> None:
    house = open_at(paper("retracted", (GONE, False), (BACK, True)))
    members = "members:\n  - {address: board@example.org, days: [monday]}\n"
    (house.folder / "queries" / "members.yaml").write_text(members, encoding="utf-8")

    def pressing() -> int:
        subjects = [message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"] for mail in house.mails()]
        return sum("Urgent" in subject for subject in subjects)

    house.night(date(2026, 8, 31))  # a Monday: the weekly digest
    house.night(FIRST)
    assert pressing() == 1
    house.night(GONE)
    close(run, house, "review")
    house.night(date(2026, 10, 5))  # a Monday
    house.night(BACK)
    assert pressing() == 2
    house.night(BACK + timedelta(days=1))
    assert pressing() == 2, "told once for each time that it begins"
