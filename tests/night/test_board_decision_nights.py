"""Nights after the board decided to update or to withdraw an article: it is asked for until somebody has done it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.config.topic_files import read_topic_files
from litwatch.decisions.verdict import Status, Verdict
from litwatch.night.doors import open_store
from litwatch.night.night_outcome import NightSummary, TopicOutcome
from litwatch.night.whole_night import find_unread
from litwatch.report.reason_sentences import say_reason
from litwatch.standin import Corpus
from litwatch.standin.scenario import read_scenario
from tests.night.test_paper_state_nights import ARTICLE
from tests.nights import House, open_house

RECORDS = """
title: A retraction, and an expression of concern later
records:
  - pmid: 99500001
    title: "Demonstration data: waist circumference and insulin resistance, a cohort study"
    published: 2024 Nov
    doi: 10.5555/scenario.99500001
    life: [{day: 2024-11-04, becomes: indexed}, {day: 2025-09-03, retracted: 99500004},
           {day: 2025-09-12, concern: 99500005}]
"""
FIRST = date(2025, 9, 3)
Run = Callable[..., str]


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, NightSummary]]:
    """A house after its first night, and what that night said."""
    with open_house(tmp_path_factory.mktemp("surveyed"), Corpus(read_scenario(RECORDS)), today=FIRST) as house:
        house.write_topic("sleep", article=ARTICLE)
        yield house, house.night(FIRST)


@pytest.fixture
def house(surveyed: tuple[House, NightSummary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    copy = surveyed[0].copy(tmp_path / "house")
    copy.show_commands(monkeypatch)
    return copy


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--by", "Dr Example", "--reason", "leave the cohort out"])
        out = capsys.readouterr()
        assert not ended.value.code, out.err
        return out.out

    return call


def outcome(summary: NightSummary) -> TopicOutcome:
    assert summary.ok, summary.failure
    return summary.outcomes[0]


def told(summary: NightSummary) -> tuple[Status, list[str], str]:
    verdict: Verdict = outcome(summary).report.verdict
    return verdict.status, [str(each.rule) for each in verdict.fired], say_reason(verdict.fired[0])


def decided_on(house: House) -> date:
    decision = open_store(house.settings()).board_decision("sleep")
    assert decision is not None
    return decision.decided_on


def rewrite(house: House, old: str, new: str) -> None:
    path = house.folder / "queries" / "sleep.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_article_to_be_updated_needs_review_until_its_text_changes_and_then_asks(
    surveyed: tuple[House, NightSummary], house: House, run: Run
) -> None:
    assert told(surveyed[1])[:2] == (Status.REVIEW_NOW, ["V1"])
    due = datetime.now(UTC).date() + timedelta(days=20)
    said = run("review", "sleep", "update", "--due", due.isoformat())
    assert f"due by {due}; until then nothing is closed" in said
    assert "retracted, PMID 99500001" in said

    today = decided_on(house)
    decided = f"The board decided on {today} that the article be updated; the text has not changed since."
    night = house.night(FIRST + timedelta(days=1))
    status, rules, first = told(night)
    assert (status, rules) == (Status.REVIEW_NEEDED, ["V13", "V1"])
    assert first == f"{decided} Due by {due}."
    report = json.loads(next(Path(each) for each in outcome(night).files if each.endswith(".json")).read_bytes())
    assert report["decision"] == {
        "outcome": "update", "decided_on": today.isoformat(), "by": "Dr Example", "reason": "leave the cohort out",
        "due": due.isoformat(), "text_changed_on": None,
    }  # fmt: skip
    assert [each["decided"] for each in report["notices"]] == [True]
    assert report["actions"][0]["text"].startswith("Update the article, as the board decided on ")
    assert report["dates"]["last_reviewed"] is None
    mail = message_from_bytes(house.mails()[-1].read_bytes(), policy=policy.default)
    assert "1 article still needs review: the board decided to update it" in mail["Subject"]
    text = " ".join(mail.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert "that the article be updated; the text has not changed since" in text
    assert "leave the cohort out" in text
    assert "Retracted: Demonstration data: waist circumference" in text
    assert "To be updated" in Path(str(night.index)).read_text("utf-8")

    rewrite(house, "\n", "\n\n")  # nothing that anybody reads: V13 asks as before, and not whether it is settled
    status, rules, first = told(house.night(date(2025, 9, 12)))
    assert (status, rules) == (Status.REVIEW_NEEDED, ["V13", "V3", "V1"]), "the concern came after the decision"
    assert first == f"{decided} Due by {due}."

    rewrite(house, "Abdominal", "In adults, abdominal")
    changed = date(2025, 9, 13)
    report = outcome(house.night(changed)).report
    assert (report.verdict.status, [str(each.rule) for each in report.verdict.fired][:2]) == (
        Status.REVIEW_NOW,
        ["V1", "V13"],
    )
    asks = f"The text changed on {changed}, after the decision of {today}. Does this settle it?"
    assert asks in say_reason(report.verdict.fired[0])
    assert asks in say_reason(report.verdict.fired[1])
    run("answer", "sleep", "99500001", "already-covered")
    status, rules, _ = told(house.night(changed + timedelta(days=1)))
    assert (status, rules) == (Status.NO_SIGNAL, ["V8"]), "everything is answered: the decision is carried out"
    assert open_store(house.settings()).check().problems == ()


def test_a_reference_that_the_update_takes_out_is_settled_and_one_that_comes_back_is_not(
    house: House, run: Run
) -> None:
    run("review", "sleep", "update")
    text = (house.folder / "queries" / "sleep.md").read_text("utf-8")
    (entry,) = [line for line in text.splitlines() if "99500001" in line]
    rewrite(house, entry, "1. Fictive B. Invented: a book that PubMed does not have. 2019.")
    assert "V13" not in told(house.night(FIRST + timedelta(days=1)))[1]
    left = open_store(house.settings()).open_changes("sleep", on=date(2030, 1, 1))
    assert not [item for item in left if item.change.is_about_cited]
    (house.folder / "queries" / "sleep.md").write_text(text, encoding="utf-8")
    assert told(house.night(FIRST + timedelta(days=2)))[1][:2] == ["V1", "V13"], "cited again, and still to be updated"


def test_an_article_to_be_withdrawn_claims_no_review_and_its_missing_file_is_no_loss(house: House, run: Run) -> None:
    run("review", "sleep", "unchanged")
    run("review", "sleep", "withdraw")
    night = house.night(FIRST + timedelta(days=1))
    status, rules, first = told(night)
    assert (status, rules) == (Status.REVIEW_NEEDED, ["V13"])
    assert first.startswith(
        f"The board decided on {decided_on(house)} to withdraw the article; it still stands. Due by "
    )
    assert outcome(night).report.last_reviewed is not None, "the review that it had is not undone"
    (statement,) = (house.folder / "reports" / "sleep").glob("currency.jsonld")
    assert "lastReviewed" not in json.loads(statement.read_text("utf-8"))
    assert "reviewed" not in statement.read_text("utf-8")
    house.write_topic("other")
    queries = house.folder / "queries"
    for path in queries.glob("sleep.*"):
        path.unlink()
    assert find_unread(*read_topic_files(queries), open_store(house.settings())) == ()
