"""Nights after somebody was named for an article: told once, told once when late, and an errand when they leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from litwatch.desk.readings import Readings
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_store, publish_snapshot
from litwatch.night.night_outcome import NightSummary
from litwatch.report.actions import list_actions
from litwatch.report.contents import Report
from litwatch.standin import Corpus
from litwatch.standin.scenario import read_scenario
from tests.night.test_board_decision_nights import FIRST, RECORDS
from tests.night.test_paper_state_nights import ARTICLE
from tests.nights import TOPIC, House, open_house

PEOPLE = TOPIC.replace("[RECIPIENT]", "[board@example.org, lee@example.org]")
PEOPLE += "editors: [editor@example.org]\nescalate_to: [chair@example.org]\n"
LEE = "lee@example.org"
DUE = FIRST + timedelta(days=2)


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    corpus = Corpus(read_scenario(RECORDS))
    with open_house(tmp_path_factory.mktemp("surveyed"), corpus, today=FIRST) as house:
        house.write_topic("sleep", topic=PEOPLE, article=ARTICLE)
        house.write_topic("zinc", topic=PEOPLE, article=ARTICLE)
        assert house.night(FIRST).ok
        yield house


@pytest.fixture
def house(surveyed: House, tmp_path: Path) -> House:
    return surveyed.copy(tmp_path / "house")


def report_of(summary: NightSummary, slug: str) -> Report:
    assert summary.ok, summary.failure
    return next(each.report for each in summary.outcomes if each.report.topic.slug == slug)


def read_mails(house: House, since: int) -> dict[str, str]:
    """The texts of the mails after so many, by who gets them, each in one line that begins with the subject."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in house.mails()[since:]]
    return {str(each["To"]): " ".join(each.get_body(("plain",)).get_content().split()) for each in mails}


def say(house: House, decision: Decision, **given: object) -> None:
    at = datetime.combine(FIRST, time(9), UTC)
    store = open_store(house.settings())
    store.record_judgement(Judgement("zinc", decision, "editor@example.org", at, **given))  # type: ignore[arg-type]


def test_who_is_named_is_told_once_and_once_more_when_late_and_nobody_is_told_twice(house: House) -> None:
    say(house, Decision.RESPONSIBLE_NAMED, responsible=LEE, due=DUE, reason="knows the trials")

    def night(days: int) -> tuple[Report, dict[str, str]]:
        before = len(house.mails())
        report = report_of(house.night(FIRST + timedelta(days=days)), "zinc")
        return report, read_mails(house, before)

    report, mails = night(1)
    assert report.responsible is not None
    assert report.responsible.due == DUE
    assert set(mails) == {LEE}, "for the others nothing is new"
    assert "You are to see to it by 5 September 2025." in mails[LEE]
    assert mails[LEE].startswith(
        "[Demonstration] You are to see to 1 article by 5 September 2025; 2 articles still need review: "
    )
    report, mails = night(3)
    assert set(mails) == {LEE, "board@example.org", "chair@example.org"}
    assert "You were to see to it by 5 September 2025. That day has passed." in mails[LEE]
    assert mails[LEE].startswith("[Demonstration] Your day for 1 article has passed; ")
    assert not any("nothing new" in mail for mail in mails.values())
    for other in ("board@example.org", "chair@example.org"):
        assert "lee@example.org was to see to it by 5 September 2025. That day has passed." in mails[other]
    assert night(4)[1] == {}
    page = (house.folder / "reports" / "zinc" / f"{FIRST + timedelta(days=3)}.html").read_text("utf-8")
    assert "was to see to it by 5 September 2025. That day has passed." in page
    assert "“knows the trials”" in page


def test_when_the_person_leaves_the_list_nobody_is_responsible_and_an_editor_is_told(house: House) -> None:
    say(house, Decision.REVIEWED_UPDATE, responsible=LEE, due=DUE, reason="leave it out", episodes=())
    report = report_of(house.night(FIRST + timedelta(days=1)), "zinc")
    assert any(each.startswith("lee@example.org is to update the article") for each in actions(report))
    house.write_topic("zinc", topic=PEOPLE.replace(", lee@example.org", ""), article=ARTICLE)
    before = len(house.mails())
    report = report_of(house.night(FIRST + timedelta(days=2)), "zinc")
    assert report.responsible is not None
    assert not report.responsible.is_on_list
    said = read_mails(house, before)["editor@example.org"]
    assert "Nobody is responsible for the article any more: lee@example.org is no longer on its list." in said
    assert any(each.startswith("Update the article, as the board decided") for each in actions(report))


def test_when_the_decision_is_carried_out_nobody_is_responsible_in_the_report_and_in_the_queue(house: House) -> None:
    (notice,) = [
        each for each in open_store(house.settings()).open_changes("zinc", on=FIRST) if each.change.is_about_cited
    ]
    given = {"responsible": LEE, "due": DUE, "reason": "leave it out"}
    say(house, Decision.REVIEWED_UPDATE, episodes=notice.episodes, **given)

    def queue() -> str:
        settings, now = house.settings(), datetime.combine(FIRST + timedelta(days=9), time(9), UTC)
        publish_snapshot(open_store(settings), settings)
        return {line.slug: line.responsible for line in Readings(settings, lambda: now).queue()}["zinc"]

    assert report_of(house.night(FIRST + timedelta(days=1)), "zinc").responsible is not None
    assert "lee@example.org was to update it" in queue()
    house.write_topic("zinc", topic=PEOPLE, article=ARTICLE.replace("Abdominal", "In adults, abdominal"))
    say(house, Decision.ALREADY_COVERED, change=notice.change, episodes=notice.episodes, reason="left out")
    assert report_of(house.night(FIRST + timedelta(days=8)), "zinc").responsible is None
    assert queue() == ""


def actions(report: Report) -> list[str]:
    return [each.text for each in list_actions(report)]


def test_a_comment_is_told_to_the_others_in_their_next_list_once_and_makes_none_go_out(house: House) -> None:
    say(house, Decision.COMMENT, reason="Has anybody the full text? <b>", episodes=None)
    lists: list[dict[str, str]] = []
    for days in (1, 7, 14):
        before = len(house.mails())
        report = report_of(house.night(FIRST + timedelta(days=days)), "zinc")
        lists.append(read_mails(house, before))
        assert [each.text for each in report.comments] == ["Has anybody the full text? <b>"]
    assert lists[0] == {}, "a comment alone is no reason to mail"
    for member in (LEE, "board@example.org"):
        assert lists[1][member].count("1 comment since your last list") == 1
        assert "full text" not in lists[1][member]
        assert "comment" not in lists[2][member]
    data = json.loads((house.folder / "reports" / "zinc" / f"{FIRST + timedelta(days=1)}.json").read_bytes())
    (comment,) = data["comments"]
    assert (comment["by"], comment["text"], comment["about"]) == (
        "editor@example.org",
        "Has anybody the full text? <b>",
        None,
    )
