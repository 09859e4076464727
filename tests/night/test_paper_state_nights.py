"""One cited paper through a year: concern, partial retraction, retraction, reinstatement, by both sources."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from litwatch.cli import main
from litwatch.decisions.paper_state import Integrity
from litwatch.decisions.verdict import Status
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid, parse_doi
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.paper_notice import PaperState, Source
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.night.doors import open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.reading.as_of import as_known_on
from litwatch.report.reason_sentences import say_reason, say_signal
from litwatch.report.view import arrange
from litwatch.sources.retraction_watch.table import read_watch_table
from litwatch.standin import Corpus
from litwatch.standin.retraction_watch import WatchedNotice, write_csv
from litwatch.standin.scenario import EXAMPLES, read_scenario, read_scenario_file
from tests.desk.desk_scenes import DESK_SETTINGS, forms_about, served
from tests.nights import TOPIC, House, open_house
from tests.store.store_scenes import read_tables

PAPER = Pmid(99500001)
ARTICLE = """---
question: What causes insulin resistance?
last_updated: 2025-06-16
status: Approved
---

## Causes

Abdominal fat precedes insulin resistance [1]. It is so.

## References

1. Example AB. Demonstration data: waist circumference and insulin resistance, a cohort study. \
Demonstration Journal of Invented Results. 2024. PMID: 99500001
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    corpus = Corpus(read_scenario_file(EXAMPLES / "cited-paper.yaml"))
    with open_house(tmp_path, corpus, today=date(2026, 2, 2)) as opened:
        opened.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        yield opened


def table(folder: Path, *rows: tuple[str, date]) -> Path:
    """A table with these notices about the paper, and one about another."""
    born = date(2024, 11, 1)
    other = WatchedNotice("Demonstration data: another", "Retraction", born, born, "10.5555/another", None)
    told = [WatchedNotice("Demonstration data: waist", nature, day, born, "10.5555/scenario.99500001", None,
                          reasons=("Partial Retraction",) if nature == "Correction" else ())
            for nature, day in rows]  # fmt: skip
    file = folder / "watch.csv"
    file.write_bytes(write_csv([other, *told]))
    return file


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, dict[int, NightSummary]]]:
    """The installation after a night of each step, with nothing answered, and those nights by month: PubMed alone."""
    corpus = Corpus(read_scenario_file(EXAMPLES / "cited-paper.yaml"))
    with open_house(tmp_path_factory.mktemp("year"), corpus, today=date(2026, 2, 2)) as house:
        house.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        days = (date(2026, 2, 2), *(day for _, day in STEPS))
        yield house, {day.month: house.night(day, settings=DESK_SETTINGS) for day in days}


def stands(summary: NightSummary) -> Integrity:
    (outcome,) = summary.outcomes
    return outcome.report.integrity[PAPER]


def alerts(summary: NightSummary) -> set[ChangeKind]:
    (outcome,) = summary.outcomes
    return {entry.signal.change.kind for entry in outcome.report.signals if entry.signal.change.is_about_cited}


def opened(summary: NightSummary) -> list[ChangeKind]:
    (outcome,) = summary.outcomes
    assert outcome.saved is not None
    return [change.kind for change in outcome.saved.opened if change.is_about_cited]


def status(summary: NightSummary) -> Status:
    return summary.outcomes[0].report.verdict.status


STEPS = [
    ("Expression of concern", date(2026, 3, 9)),
    ("Correction", date(2026, 5, 11)),
    ("Retraction", date(2026, 6, 15)),
    ("Reinstatement", date(2026, 8, 17)),
]


@pytest.mark.parametrize("second_source", [False, True], ids=["PubMed alone", "both sources"])
def test_a_paper_from_concern_to_reinstatement_has_the_right_state_alert_and_history_each_night(
    tmp_path: Path, year: tuple[House, dict[int, NightSummary]], *, second_source: bool
) -> None:
    if second_source:
        house, nights = House(tmp_path, year[0].pubmed), {}
        house.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        for count, day in enumerate((date(2026, 2, 2), *(day for _, day in STEPS))):
            source = {"retraction_watch": str(table(house.folder, *STEPS[:count]))}
            nights[day.month] = house.night(day, settings=source)
    else:
        house, nights = year[0].copy(tmp_path), year[1]
    assert [night.failure for night in nights.values()] == [None] * 5
    assert [(month, stands(night).state) for month, night in nights.items()] == [
        (2, PaperState.SOUND),
        (3, PaperState.CONCERN),
        (5, PaperState.PARTLY_RETRACTED),
        (6, PaperState.RETRACTED),
        (8, PaperState.REINSTATED),
    ]
    assert [opened(night) for night in nights.values()][:4] == [
        [],
        [ChangeKind.CITED_CONCERN],
        [ChangeKind.CITED_PARTLY_RETRACTED],
        [ChangeKind.CITED_RETRACTED],
    ]
    assert sorted(opened(nights[8])) == sorted([ChangeKind.CITED_REINSTATED, ChangeKind.NOTICE_WITHDRAWN])
    assert [status(night) for night in nights.values()][1:4] == [
        Status.REVIEW_NEEDED,
        Status.REVIEW_NEEDED,
        Status.REVIEW_NOW,
    ]
    assert status(nights[8]) is Status.REVIEW_NEEDED
    reasons = {
        month: [say_reason(fired) for fired in night.outcomes[0].report.verdict.fired]
        for month, night in nights.items()
    }
    part = "A part of a paper that the article cites has been retracted."
    assert part in reasons[5]
    assert [say_reason(f) for f in nights[8].outcomes[0].report.verdict.fired if f.rule == "V3"] == [
        "The retraction of a paper that the article cites has been taken back."
    ], "what the reinstatement has outlived fires no rule of its own"
    concern = "There is an expression of concern about a paper that the article cites."
    assert concern in reasons[6]
    assert concern not in reasons[8], "PubMed has taken it back"
    # Nothing that nobody closed has gone.
    assert alerts(nights[8]) >= {
        ChangeKind.CITED_CONCERN, ChangeKind.CITED_PARTLY_RETRACTED, ChangeKind.CITED_RETRACTED,
        ChangeKind.CITED_REINSTATED,
    }  # fmt: skip
    by_pubmed = {(e.day, e.state, e.ended) for e in stands(nights[8]).history if e.source is Source.PUBMED}
    assert by_pubmed == {
        (date(2026, 3, 9), PaperState.CONCERN, False),
        (date(2026, 5, 11), PaperState.PARTLY_RETRACTED, False),
        (date(2026, 6, 15), PaperState.RETRACTED, False),
        (date(2026, 8, 17), PaperState.CONCERN, True),
        (date(2026, 8, 17), PaperState.RETRACTED, True),
    }
    if second_source:
        told = [(e.day, e.state) for e in stands(nights[8]).history if e.source is Source.WATCH]
        assert told == list(zip((day for _, day in STEPS), (
            PaperState.CONCERN, PaperState.PARTLY_RETRACTED, PaperState.RETRACTED, PaperState.REINSTATED,
        ), strict=True))  # fmt: skip
        assert not stands(nights[8]).disagree
    source = {"retraction_watch": str(table(house.folder, *STEPS))} if second_source else {}
    assert opened(house.night(date(2026, 8, 18), settings=source)) == []


CORRECTED_NOTICE = """
title: An erratum that NLM comes to call a partial retraction
records:
  - pmid: 99500001
    title: "Demonstration data: waist circumference and insulin resistance, a cohort study"
    published: 2024 Nov
    life:
      - {day: 2024-11-04, becomes: indexed}
      - {day: 2026-03-09, erratum: 99500002}
  - pmid: 99500002
    title: "Notice to readers."
    published: 2026 Mar
    life:
      - {day: 2026-03-09, becomes: ahead of print}
      - {day: 2026-04-13, title: "Partial retraction: waist circumference."}
"""


def test_a_notice_is_read_anew_every_night_because_its_own_record_changes_too(tmp_path: Path) -> None:
    with open_house(tmp_path, Corpus(read_scenario(CORRECTED_NOTICE)), today=date(2026, 2, 2)) as house:
        house.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        told = {day: opened(house.night(day)) for day in (date(2026, 3, 9), date(2026, 3, 10), date(2026, 4, 14))}
        assert list(told.values()) == [[ChangeKind.CITED_ERRATUM], [], [ChangeKind.CITED_PARTLY_RETRACTED]]
        assert stands(house.night(date(2026, 4, 15))).state is PaperState.PARTLY_RETRACTED


def test_a_reinstated_papers_history_is_told_once_and_dated_in_mail_and_report(
    year: tuple[House, dict[int, NightSummary]],
) -> None:
    house, night = year[0], year[1][8]
    mail = message_from_bytes(house.mails()[-1].read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    reports = [Path(file).read_text(encoding="utf-8") for file in night.outcomes[0].files if not file.endswith("json")]
    for text in (body.get_content(), *reports):
        told = " ".join(text.replace("\\", "").split())
        assert "4 earlier notices no longer apply" in told
        assert "seen 11 May 2026: partially retracted (PubMed, PMID 99500003)" in told
        assert "17 August 2026: retracted, taken back" in told
        assert "Read what the notice retracts" not in told
    assert body.get_content().count("  * ") == 1
    assert "deadline" not in mail["Subject"]
    listed = json.loads(Path(next(file for file in night.outcomes[0].files if file.endswith("json"))).read_text())
    assert [each["outlived"] for each in listed["notices"]].count(True) == 4
    assert len(listed["notices"]) == 5, "all are open"
    report = night.outcomes[0].report
    grounds = dict(zip((fired.rule for fired in report.verdict.fired), arrange(report).grounds, strict=True))
    assert [each.first_seen for each in grounds["V3"]] == [date(2026, 8, 17)], "the day of what the rule tells"


def test_one_answer_at_the_desk_answers_a_reinstated_papers_whole_history(
    tmp_path: Path, year: tuple[House, dict[int, NightSummary]]
) -> None:
    house = year[0].copy(tmp_path)
    with served(house.settings(), now=datetime(2026, 8, 17, 9, tzinfo=UTC)) as desk:
        path = desk.link()
        page = desk.page(path)
        (lead,) = page.xpath("//article[contains(@class, 'lead')]")
        places = [place for place in page.xpath("//@id") if place.startswith("notice-")]
        assert len(places) == len(set(places)) == 5, "an earlier mail's link leads to what was told of the paper since"
        assert "notice-99500001-cited-partly-retracted-99500003" in places, "which notice is part of the name"
        (form,) = [each for each in forms_about(page, "change") if lead in each.iterancestors()]
        desk.send(path, form, answer="already-covered", reason="The text rests on the whole paper again.")
    after = house.night(date(2026, 8, 18))
    assert alerts(after) == set()
    said = open_store(house.settings()).judgements("sleep")
    assert {each.judgement.decision for each in said} == {Decision.ALREADY_COVERED}
    assert len(said) == 5, "each open change has its own event in the chain"


def test_what_a_reinstatement_outlived_is_told_again_where_only_the_reinstatement_was_closed(
    tmp_path: Path, year: tuple[House, dict[int, NightSummary]]
) -> None:
    house, night = year[0].copy(tmp_path), year[1][8]
    (lead,) = [
        entry for entry in night.outcomes[0].report.signals if entry.signal.change.kind is ChangeKind.CITED_REINSTATED
    ]
    at = datetime(2026, 8, 17, 9, tzinfo=UTC)
    store = open_store(house.settings())
    store.record_judgement(
        Judgement("sleep", Decision.ALREADY_COVERED, "Dr Example", at, "seen", lead.signal.change,
                  episodes=lead.episodes)
    )  # fmt: skip
    after = house.night(date(2026, 8, 18))
    assert ChangeKind.CITED_PARTLY_RETRACTED in alerts(after)
    assert not any(entry.signal.outlived for entry in after.outcomes[0].report.signals)
    assert next(fired.rule for fired in after.outcomes[0].report.verdict.fired) == "V3"


def test_sources_that_disagree_stand_side_by_side_in_report_and_digest(house: House) -> None:
    source = {"retraction_watch": str(table(house.folder, STEPS[2]))}
    night = house.night(date(2026, 2, 2), settings=source)
    assert night.ok, night.failure
    assert (stands(night).state, stands(night).disagree) == (PaperState.RETRACTED, True)
    assert opened(night) == [ChangeKind.CITED_RETRACTED]
    assert status(night) is Status.REVIEW_NOW
    said = "PubMed: no notice. Retraction Watch: retracted (published 15 June 2026). The sources disagree."
    reports = [Path(file).read_text(encoding="utf-8") for file in night.outcomes[0].files if not file.endswith("json")]
    assert [said in text.replace("\\", "") for text in reports] == [True, True]
    mail = house.mails()[0].read_bytes().decode()
    assert "The sources disagree." in " ".join(mail.replace("=\n", "").split())


def test_a_table_that_cannot_be_read_is_a_failure_said_aloud_and_stops_nothing(house: House) -> None:
    good = {"retraction_watch": str(table(house.folder, *STEPS[:1]))}
    house.night(date(2026, 3, 9), settings=good)
    (house.folder / "watch.csv").write_bytes(b"<html>504</html>")
    night = house.night(date(2026, 3, 10), settings=good)
    assert not night.ok
    assert night.failure is not None
    assert "Retraction Watch table" in night.failure
    (sweep,) = [s for s in night.outcomes[0].report.sweeps if s.kind is SweepKind.WATCH]
    assert sweep.state is SweepState.FAILED
    assert status(night) is Status.REVIEW_NEEDED
    assert [s.state for s in stands(night).sayings] == [PaperState.CONCERN, PaperState.CONCERN]
    report = next(Path(file) for file in night.outcomes[0].files if file.endswith(".md")).read_text(encoding="utf-8")
    assert "Retraction Watch table did not complete" in report


def test_a_table_that_lost_most_of_its_entries_lifts_no_warning(house: House) -> None:
    settings = {"retraction_watch": str(table(house.folder, *STEPS))}
    house.night(date(2026, 2, 2), settings=settings)
    table(house.folder)
    night = house.night(date(2026, 2, 3), settings=settings)
    assert "the loaded ones stay in" in (night.failure or "")
    assert stands(night).sayings[1].state is PaperState.REINSTATED


def test_the_table_is_asked_for_with_its_mark_and_loaded_once(house: House) -> None:
    settings: dict[str, Any] = {"retraction_watch": house.pubmed.base.split("/entrez")[0] + "/retraction-watch.csv"}
    first = house.night(date(2026, 6, 15), settings=settings)
    assert first.ok, first.failure
    assert [s.state for s in stands(first).sayings] == [PaperState.RETRACTED, PaperState.RETRACTED]
    before = house.rows("watch_entry")
    assert house.night(date(2026, 6, 16), settings=settings).ok
    assert house.rows("watch_entry") == before
    file = open_store(house.settings()).watch_file()
    assert file is not None
    assert (file.loaded_at.day, file.read_at.day) == (15, 16)


def test_a_dry_run_loads_no_table(house: House) -> None:
    house.night(date(2026, 2, 2), settings={"retraction_watch": str(table(house.folder, *STEPS))}, dry_run=True)
    assert house.rows("watch_entry") == []


def test_a_table_is_loaded_and_told_by_the_command(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(house.folder, *STEPS)
    monkeypatch.setenv("LITWATCH_STORE", str(house.settings().store))

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["retractions", *arguments])
        return int(ended.value.code or 0), capsys.readouterr().out

    open_store(house.settings()).migrate()
    assert run("status")[0] == 1
    assert run("load", str(file), "--dry-run") == (
        0,
        "5 rows: 5 entries about papers; left out: 0 without PMID and DOI, 0 about notices, 0 unreadable\n"
        "nothing was loaded\n",
    )
    assert "loaded: 5 new or changed, 0 gone" in run("load", str(file))[1]
    table(house.folder, *STEPS[:3])
    assert "loaded: 0 new or changed, 1 gone" in run("load", str(file))[1]
    assert "4 about papers" in run("status")[1]


def test_an_entry_that_comes_back_stands_again(house: House) -> None:
    store = open_store(house.settings())
    for hour, rows in enumerate((STEPS, STEPS[:3], STEPS)):
        read = read_watch_table(io.BytesIO(table(house.folder, *rows).read_bytes()), name="t")
        at = datetime(2026, 9, 1, hour, tzinfo=UTC)
        store.save_watch_table(read, source="t", etag=None, last_modified=None, at=at)
    assert store.watch_entries([PAPER]) == ()
    natures = [entry.nature.value for entry in store.watch_entries([], [parse_doi("10.5555/scenario.99500001")])]
    assert natures == [nature for nature, _ in STEPS]
    assert len(house.rows("watch_entry")) == 6


LATE = TOPIC + "escalate_to: [chair@example.org]\nthresholds: {escalate_after_days: 14}\n"


def test_an_alert_comes_again_and_goes_further_up_once_its_deadline_has_passed(house: House) -> None:
    house.write_topic("sleep", topic=LATE, article=ARTICLE)
    for day in (date(2026, 3, 9), date(2026, 3, 23)):
        house.night(day)
    assert not any(b"chair@example.org" in mail.read_bytes() for mail in house.mails())
    late = house.night(date(2026, 3, 24))
    told = [message_from_bytes(mail.read_bytes(), policy=policy.default) for mail in house.mails()]
    (further_up,) = [mail for mail in told if mail["To"] == "chair@example.org"]
    assert "1 deadline passed" in further_up["Subject"]
    body = further_up.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    since = "Open since 9 March 2026, for 15 days: the deadline of 23 March 2026 has passed"
    assert f"{since}; published 9 March 2026, after the article’s last update." in text, "no mail had told this reader"
    assert opened(late) == []
    (entry,) = [e for e in late.outcomes[0].report.signals if e.signal.change.is_about_cited]
    closing = Judgement(
        "sleep",
        Decision.ALREADY_COVERED,
        "Dr Example",
        datetime(2026, 3, 24, 9, tzinfo=UTC),
        change=entry.signal.change,
        episodes=entry.episodes,
    )
    open_store(house.settings()).record_judgement(closing)
    before = len(house.mails())
    house.night(date(2026, 3, 25))
    fresh = [mail for mail in house.mails()[before:] if b"chair@example.org" in mail.read_bytes()]
    assert fresh == []


GONE = """---
question: What causes insulin resistance?
last_updated: 2026-01-02
status: Approved
---

Breaks in sitting help [1]. So does an advertisement [2].

1. Example A. Demonstration data: breaks in sitting and insulin sensitivity, a randomised trial. \
Demonstration Journal of Invented Results. 2026. PMID: 99510009
2. Demonstration data: an advertisement that looked like an article. \
Demonstration Journal of Invented Results. 2026. PMID: 99510010
"""


def test_a_cited_record_that_is_gone_is_typed_as_merged_or_missing(tmp_path: Path) -> None:
    corpus = Corpus(read_scenario_file(EXAMPLES / "a-year-in-pubmed.yaml"))
    with open_house(tmp_path, corpus, today=date(2026, 4, 8)) as house:
        house.write_topic("sleep", topic=TOPIC, article=GONE.replace("\n\n1. ", "\n\n## References\n\n1. "))
        merged, deleted = Pmid(99510009), Pmid(99510010)
        house.night(date(2026, 2, 10))
        there = house.night(date(2026, 4, 8))
        assert there.outcomes[0].report.integrity[merged].state is PaperState.MERGED
        assert there.outcomes[0].report.integrity[deleted].state is PaperState.SOUND
        after = house.night(date(2026, 4, 28))
        standing = after.outcomes[0].report.integrity
        assert (standing[merged].state, standing[deleted].state) == (PaperState.MERGED, PaperState.MISSING)
        assert [event.day for event in standing[merged].history] == [date(2026, 4, 8)]
        reasons = {e.record.pmid: " ".join(say_signal(e.signal)) for e in after.outcomes[0].report.signals}
        assert "It is most likely PubMed 99510001 now" in reasons[merged], "the record in its place is named"
        assert "most likely merged" not in reasons[deleted]


def test_what_both_sources_said_is_known_of_an_earlier_day(house: House) -> None:
    concern, retraction = STEPS[0], STEPS[2]
    for told in (concern, retraction):
        house.night(told[1], settings={"retraction_watch": str(table(house.folder, told))})
    store = open_store(house.settings())
    with as_known_on(store, concern[1]) as past:
        entries = past.watch_entries([], [parse_doi("10.5555/scenario.99500001")])
        assert [(entry.nature.value, entry.noticed) for entry in entries] == [concern]
        file = past.watch_file()
        assert file is not None
        assert file.read_at.date() <= date(2026, 3, 10)
    with as_known_on(store, retraction[1]) as past:
        now, then = read_tables(store.path), read_tables(past.path)
        worked_out = {"article_line", "published_line", "kept_article"}  # from the rest, whenever it is asked for
        differing = {name for name in now if now[name] != then[name]} - worked_out
        assert differing == {"run", "outbox", "mail_news", "list_look", "article_reader"}


def test_the_citation_check_of_an_edited_list_compares_each_entry_with_its_own_record(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert house.night(date(2026, 9, 1)).ok
    other = "1. Other CD. Demonstration data: another paper altogether. Other Journal. 1999.\n2. Example AB."
    house.write_topic("sleep", topic=TOPIC, article=ARTICLE.replace("[1]", "[1,2]").replace("1. Example AB.", other))
    house.show_commands(monkeypatch)
    with pytest.raises(SystemExit):
        main(["articles", "lint", str(house.folder / "queries" / "sleep.md")])
    told = capsys.readouterr().out
    assert "finding" in told
    assert "PubMed dates" not in told
    assert "L15" not in told
    assert "L16" not in told


VERSIONS = """
title: A review, its newer version, and the version after that
records:
  - pmid: 99500001
    title: "Demonstration data: waist circumference and insulin resistance, a cohort study"
    published: 2024 Nov
    life: [{day: 2024-11-04, becomes: indexed}, {day: 2025-11-03, updated: 99500002}]
  - pmid: 99500002
    title: "Demonstration data: waist circumference, an update"
    published: 2025 Nov
    life: [{day: 2025-11-03, becomes: indexed}, {day: 2026-01-05, updated: 99500003}]
  - pmid: 99500003
    title: "Demonstration data: waist circumference, a second update"
    published: 2026 Jan
    life: [{day: 2026-01-05, becomes: indexed}]
"""


def test_a_night_asks_for_the_versions_that_followed_and_names_the_last(tmp_path: Path) -> None:
    with open_house(tmp_path, Corpus(read_scenario(VERSIONS)), today=date(2026, 2, 2)) as house:
        house.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        for day in (date(2026, 2, 2), date(2026, 2, 3)):
            summary = house.night(day)
            assert summary.ok, summary.failure
            (item,) = arrange(summary.outcomes[0].report).notices
            assert (item.name, item.notice_pmid) == ("Newest version", 99500003), "the store had none of them"
            assert "not sent" not in item.action, "the last one's record is in hand on the first night"
