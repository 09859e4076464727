"""Nights of an article that asks two readers: each is asked once, blind, and the rule follows the topic file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from litwatch.decisions.minutes import Minutes
from litwatch.decisions.verdict import Status
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.month import Month
from litwatch.night.doors import open_store
from litwatch.reading.monthly_minutes import read_minutes
from litwatch.report.contents import Report
from litwatch.standin import Corpus
from litwatch.standin.scenario import read_scenario
from tests.night.test_board_decision_nights import FIRST, RECORDS
from tests.night.test_paper_state_nights import ARTICLE
from tests.night.test_responsible_nights import read_mails
from tests.nights import TOPIC, House, open_house

BOARD, LEE = "board@example.org", "lee@example.org"
TWO = TOPIC.replace("[RECIPIENT]", f"[{BOARD}, {LEE}]") + "readers: 2\n"


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("surveyed"), Corpus(read_scenario(RECORDS)), today=FIRST) as house:
        house.write_topic("sleep", topic=TWO, article=ARTICLE)
        assert house.night(FIRST).ok
        yield house


@pytest.fixture
def house(surveyed: House, tmp_path: Path) -> House:
    return surveyed.copy(tmp_path / "house")


def answer(house: House, by: str, decision: Decision = Decision.ALREADY_COVERED) -> None:
    store, at = open_store(house.settings()), datetime.combine(FIRST, time(9), UTC)
    for item in store.open_changes("sleep", on=FIRST):
        if not item.change.is_about_cited:
            continue
        store.record_judgement(
            Judgement("sleep", decision, by, at, f"a reason of {by}", item.change, episodes=item.episodes)
        )


def night(house: House, days: int) -> tuple[Report, dict[str, str]]:
    before = len(house.mails())
    summary = house.night(FIRST + timedelta(days=days))
    assert summary.ok, summary.failure
    return summary.outcomes[0].report, read_mails(house, before)


def test_one_answer_closes_nothing_and_each_member_is_asked_once(house: House) -> None:
    answer(house, BOARD)
    report, mails = night(house, 1)
    assert report.verdict.status is Status.REVIEW_NOW
    assert [each.answered_by for each in report.signals] == [(BOARD,), ()]
    assert mails == {}, "that somebody has answered is nothing new"
    _, mails = night(house, 7)
    assert "1 change has your answer and waits for a second reader." in mails[BOARD]
    assert "decide by 17 September 2025" in mails[BOARD]
    assert mails[BOARD].count("waist circumference") == 0
    assert "1 waits for your answer as second reader." in mails[LEE]
    assert f"{BOARD} answered on 3 September 2025; a second reader is asked." in mails[LEE]
    assert "waist circumference" in mails[LEE]
    page = (house.folder / "reports" / "sleep" / f"{FIRST + timedelta(days=1)}.html").read_text("utf-8")
    data = (house.folder / "reports" / "sleep" / f"{FIRST + timedelta(days=1)}.json").read_text("utf-8")
    assert f"<bdi>{BOARD}</bdi> answered; a second reader is asked." in page
    for told in (*mails.values(), page, data):
        assert "a reason of" not in told
        assert "already covered" not in told
    answer(house, LEE)
    report, _ = night(house, 8)
    assert [each.signal.change.is_about_cited for each in report.signals] == [False]


def minutes_of_september(house: House) -> Minutes:
    return read_minutes(Month(2025, 9), open_store(house.settings()), (), datetime(2025, 11, 1, tzinfo=UTC))


def test_the_number_of_readers_may_change_and_counts_for_the_answers_that_there_are(house: House) -> None:
    answer(house, BOARD)
    house.write_topic("sleep", topic=TWO.replace("readers: 2", "readers: 1"), article=ARTICLE)
    assert night(house, 1)[0].verdict.status is Status.NO_SIGNAL
    told = minutes_of_september(house)
    assert (len(told.closed), len(told.still_open)) == (1, 0)
    house.write_topic("sleep", topic=TWO, article=ARTICLE)
    report, mails = night(house, 30)
    assert report.verdict.status is Status.REVIEW_NOW
    assert minutes_of_september(house) == told, "of a month in which one reader was asked"
    assert LEE in mails
    answer(house, LEE, Decision.RELEVANT)
    report, mails = night(house, 31)
    for member in (BOARD, LEE):
        assert "members disagree about 1 article; 1 article still needs review: " in mails[member].lower()
        assert "Members disagree: it stays open" in mails[member]
        assert "waist circumference" in mails[member]
