"""Several members answer: what counts, what is a disagreement, and what settles it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from litwatch.decisions.member_answers import Answer, LastWord, Settlement, tell_settlement, weigh
from litwatch.decisions.reason import ReasonCode
from litwatch.model.judgement import Decision, Effect

DAY = date(2026, 11, 3)
KEEP, NOT, COVERED, LATER = Decision.RELEVANT, Decision.NOT_RELEVANT, Decision.ALREADY_COVERED, Decision.LATER
CONTRADICTS, CLARIFIES, REINFORCES = Effect


def said(
    by: str,
    decision: Decision,
    effect: Effect | None = None,
    *,
    reason: str = "",
    until: int | None = None,
    settles: tuple[str, ...] = (),
) -> Answer:
    return Answer(by, DAY, decision, DAY + timedelta(days=until) if until else None, effect, reason, settles)


def result(*answers: Answer, on: date | None = None) -> tuple[Decision, Effect | None, int, bool | None]:
    word = weigh(answers, on)
    assert word is not None
    return word.decision, word.effect, len(word.differing), word.closing.closes


BEN = said("Ben", KEEP, CONTRADICTS)


@pytest.mark.parametrize(
    "other",
    [said("Anna", NOT), said("Anna", NOT, reason="animals"), said("Anna", COVERED), said("Anna", LATER, until=30)],
    ids=["not relevant", "with a reason", "already covered", "later"],
)
def test_one_who_keeps_and_one_who_closes_disagree_whoever_spoke_first(other: Answer) -> None:
    for answers in permutations((BEN, other)):
        assert result(*answers) == (KEEP, CONTRADICTS, 2, False)


@pytest.mark.parametrize(
    ("effects", "gravest", "differ"),
    [
        ((CONTRADICTS, REINFORCES), CONTRADICTS, 2),
        ((CONTRADICTS, CLARIFIES), CONTRADICTS, 2),
        ((CLARIFIES, REINFORCES), CLARIFIES, 2),
        ((CONTRADICTS, None), CONTRADICTS, 0),
        ((None, REINFORCES), None, 0),
        ((REINFORCES, REINFORCES), REINFORCES, 0),
    ],
)
def test_of_two_effects_the_more_serious_counts(
    effects: tuple[Effect | None, Effect | None], gravest: Effect | None, differ: int
) -> None:
    for one, other in permutations(effects):
        assert result(said("Ben", KEEP, one), said("Anna", KEEP, other)) == (KEEP, gravest, differ, False)


BOTH = ("Ben", "Anna")


def test_who_settles_it_says_so_and_anybody_elses_answer_is_one_more_opinion() -> None:
    anna = said("Anna", NOT, reason="animals only")
    assert result(BEN, anna, said("Carl", NOT)) == (KEEP, CONTRADICTS, 3, False)
    assert result(BEN, anna, said("Carl", NOT, reason="read it")) == (KEEP, CONTRADICTS, 3, False)
    assert result(BEN, anna, said("Anna", COVERED, reason="and Ben agrees")) == (KEEP, CONTRADICTS, 2, False)
    assert result(BEN, anna, said("Carl", NOT, reason="read it", settles=BOTH)) == (NOT, None, 0, True)
    assert result(BEN, anna, said("Carl", KEEP, CLARIFIES, reason="x", settles=BOTH)) == (KEEP, CLARIFIES, 0, False)
    assert result(BEN, anna, said("Anna", NOT, reason="Ben agrees", settles=BOTH)) == (NOT, None, 0, True)


def test_whoever_settles_it_is_told_with_both_answers_until_members_disagree_again() -> None:
    anna, carl = said("Anna", NOT), said("Carl", KEEP, CLARIFIES, reason="read it", settles=BOTH)
    word = weigh((BEN, anna, carl))
    assert word is not None
    assert word.settlement == Settlement(carl, (BEN, anna))
    assert [(each.code, each.words) for each in tell_settlement(word.settlement)] == [
        (ReasonCode.SETTLED, ("Carl", "clarifies")),
        (ReasonCode.ANSWERED, ("Ben", "contradicts")),
        (ReasonCode.ANSWERED, ("Anna", "not_relevant")),
    ]
    again = weigh((BEN, anna, carl, said("Dora", NOT)))
    assert again is not None
    assert (again.settlement, len(again.differing)) == (None, 2)


def test_an_answer_that_was_not_shown_to_whoever_settles_it_still_counts() -> None:
    anna, dora = said("Anna", NOT), said("Dora", KEEP, REINFORCES)
    carl = said("Carl", NOT, reason="read it", settles=BOTH)
    assert result(BEN, anna, dora, carl) == (KEEP, REINFORCES, 2, False)


def test_nothing_is_settled_where_nobody_disagrees_any_more() -> None:
    carl = said("Carl", NOT, reason="read it", settles=BOTH)
    assert result(BEN, said("Anna", KEEP, CONTRADICTS), carl) == (KEEP, CONTRADICTS, 3, False)


def test_one_who_changes_their_word_ends_it_and_a_new_one_begins_it_again() -> None:
    anna = said("Anna", NOT)
    assert result(BEN, anna, said(" ben ", COVERED)) == (COVERED, None, 0, True)
    assert result(BEN, anna, said("Anna", KEEP)) == (KEEP, CONTRADICTS, 0, False)
    settled = (BEN, anna, said("Carl", NOT, reason="read it", settles=BOTH))
    assert result(*settled, said("Dora", KEEP)) == (KEEP, None, 2, False)


def test_one_person_alone_never_disagrees() -> None:
    assert result(BEN, said("Ben", NOT)) == (NOT, None, 0, True)
    assert result(said("Ben", NOT), said("BEN", KEEP, REINFORCES)) == (KEEP, REINFORCES, 0, False)


def test_a_later_whose_day_has_come_differs_from_nobody() -> None:
    answers = (BEN, said("Anna", LATER, until=30))
    assert result(*answers, on=DAY + timedelta(days=29)) == (KEEP, CONTRADICTS, 2, False)
    assert result(*answers, on=DAY + timedelta(days=30)) == (KEEP, CONTRADICTS, 0, False)
    alone = weigh(answers[1:], DAY + timedelta(days=30))
    assert alone == LastWord(LATER, DAY + timedelta(days=30))


@pytest.mark.parametrize("end", [Decision.REVIEWED_UNCHANGED, Decision.NEW_ARTICLE, Decision.SAME_ARTICLE])
def test_a_review_ends_everything_that_was_said_before_it(end: Decision) -> None:
    review = said("Dora", end, reason="read")
    assert result(BEN, said("Anna", NOT), review) == (end, None, 0, True)
    assert result(said("Anna", NOT), review, BEN) == (KEEP, CONTRADICTS, 0, False)


def test_nothing_said_is_nothing() -> None:
    assert weigh(()) is None


@pytest.mark.parametrize("readers", [1, 2])
def test_who_has_kept_it_is_named_once_that_counts_and_nobody_differs(readers: int) -> None:
    def kept(*answers: Answer) -> tuple[str, ...]:
        word = weigh(answers, readers=readers)
        assert word is not None
        return word.kept_by

    ben, anna = said("Ben", KEEP), said("Anna", KEEP)
    assert kept(ben) == (("Ben",) if readers == 1 else ())
    assert kept(ben, anna) == ("Ben", "Anna")
    assert kept(ben, said("Anna", NOT)) == ()
    assert kept(said("Ben", NOT), said("Anna", NOT)) == ()
