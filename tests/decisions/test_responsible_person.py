"""Who is responsible for an article after everything that was said of it, and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.responsible_person import ResponsiblePerson, find_responsible, still_responsible
from litwatch.model.judgement import Decision, Judgement

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
LEE, KAY = "lee@example.org", "Kay@Example.org"
ON_LIST = frozenset({"lee@example.org", "kay@example.org"})


def on(day: int) -> date:
    return date(2026, 11, day)


def say(day: int, decision: Decision, person: str | None = None, due: date | None = None) -> Judgement:
    at = MORNING.replace(day=day)
    episodes = () if decision.is_review or decision is Decision.NEW_ARTICLE else None
    return Judgement("sleep", decision, "chair@example.org", at, "why", due=due, responsible=person, episodes=episodes)


def name(day: int, person: str = LEE, due: date | None = None) -> Judgement:
    return say(day, Decision.RESPONSIBLE_NAMED, person, due)


def find(*said: Judgement, on_list: frozenset[str] = ON_LIST) -> ResponsiblePerson | None:
    return find_responsible(said, on_list, carry_out_within_days=30)


def test_the_last_person_named_is_responsible_until_their_day() -> None:
    assert find() is None
    found = find(name(2, LEE, on(20)), name(3, KAY, on(25)))
    assert found == ResponsiblePerson(KAY, "chair@example.org", on(3), on(25), "why")
    assert found.is_member("kay@example.org")
    assert not found.is_member(LEE)
    assert not found.is_late(on(25), asks_for_review=True)
    assert found.is_late(on(26), asks_for_review=True)
    assert not found.is_late(on(26), asks_for_review=False), "nothing is left to do"


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ([name(2)], on(2) + timedelta(30)),
        ([say(2, Decision.REVIEWED_UPDATE, LEE)], on(2) + timedelta(30)),
        ([say(2, Decision.REVIEWED_UPDATE, LEE, on(9))], on(9)),
        ([say(2, Decision.REVIEWED_UPDATE, due=on(9)), name(3)], on(9)),
        ([say(2, Decision.REVIEWED_UPDATE, due=on(9)), name(3, due=on(7))], on(7)),
        ([say(2, Decision.REVIEWED_UPDATE, due=on(9)), name(10)], on(10) + timedelta(30)),
        ([name(2, due=on(9)), say(3, Decision.REVIEWED_WITHDRAW, due=on(12))], on(12)),
        ([say(2, Decision.REVIEWED_UPDATE, due=on(9)), say(3, Decision.REVIEWED_UNCHANGED), name(4)],
         on(4) + timedelta(30)),
    ],
)  # fmt: skip
def test_without_a_day_of_their_own_they_have_until_the_boards_decision_is_due(
    said: list[Judgement], due: date
) -> None:
    found = find(*said)
    assert found is not None
    assert (found.address, found.due) == (LEE, due)


@pytest.mark.parametrize(
    "end",
    [Decision.RESPONSIBLE_ENDED, Decision.REVIEWED_UNCHANGED, Decision.NEW_ARTICLE, Decision.ARTICLE_RETIRED],
)
def test_it_ends_where_somebody_says_so_or_the_board_has_reviewed_the_article(end: Decision) -> None:
    assert find(name(2), say(3, end)) is None
    assert find(say(2, Decision.REVIEWED_UPDATE, LEE), say(3, end)) is None


def test_who_is_no_longer_on_the_list_is_not_responsible_and_never_late() -> None:
    found = find(name(2), on_list=frozenset({"kay@example.org"}))
    assert found is not None
    assert not found.is_on_list
    assert not found.is_member(LEE)
    assert not found.is_late(on(30) + timedelta(90), asks_for_review=True)


def test_who_was_named_for_a_decision_is_free_once_it_is_carried_out() -> None:
    person = find(say(2, Decision.REVIEWED_UPDATE, LEE))
    decided = BoardDecision(Decision.REVIEWED_UPDATE, on(2), "chair", "why", None, frozenset(), text_changed_on=on(5))
    assert still_responsible(person, decided, is_carried_out=False) == person
    assert still_responsible(person, decided, is_carried_out=True) is None
    later = find(say(2, Decision.REVIEWED_UPDATE), name(6))
    assert still_responsible(later, decided, is_carried_out=True) == later, "named for what came afterwards"
    assert still_responsible(person, None, is_carried_out=True) == person


@pytest.mark.parametrize(
    ("decision", "given"),
    [
        (Decision.RESPONSIBLE_NAMED, {}),
        (Decision.RESPONSIBLE_NAMED, {"responsible": " "}),
        (Decision.RESPONSIBLE_ENDED, {"responsible": LEE}),
        (Decision.RESPONSIBLE_ENDED, {"due": on(9)}),
        (Decision.REVIEWED_UNCHANGED, {"responsible": LEE}),
        (Decision.CHECK_ASKED, {"responsible": LEE}),
    ],
)
def test_a_person_is_named_where_one_is_needed_and_nowhere_else(decision: Decision, given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"responsible|due date"):
        Judgement("sleep", decision, "chair", MORNING, **given)  # type: ignore[arg-type]
