"""Two readers are asked: what one says alone means nothing, what two say alike counts, and a third settles."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.decisions.change_life import is_open
from litwatch.decisions.found_papers import judge_answers
from litwatch.decisions.member_answers import Answer, tell_unpaired, weigh
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Effect
from tests.decisions.test_member_answers import CONTRADICTS, COVERED, DAY, KEEP, LATER, NOT, REINFORCES, said
from tests.spec.two_readers import CASES, ReaderCase

TODAY = DAY + timedelta(days=1)
PEOPLE = ("lee@example.org", "kay@example.org", "Ann@Example.org")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.situation)
def test_the_table_that_the_board_signs(case: ReaderCase) -> None:
    assert case.outcome() == case.then


def test_two_names_of_one_mailbox_are_one_reader() -> None:
    word = weigh([said("Lee@Example.org", NOT), said("lee@example.org ", NOT)], readers=2)
    assert word is not None
    assert len(word.unpaired) == 1
    assert word.closing.closes is False


def test_the_reason_names_who_answered_and_never_what() -> None:
    word = weigh([said("lee@example.org", KEEP, CONTRADICTS, reason="opposite result")], readers=2)
    assert word is not None
    (reason,) = tell_unpaired(word.unpaired)
    assert (reason.words, reason.text, reason.day) == (("lee@example.org",), "", DAY)


def test_a_record_that_one_reader_kept_is_watched_and_not_kept() -> None:
    alone = judge_answers(Pmid(1), DAY, [said("lee@example.org", KEEP, CONTRADICTS)], readers=2)
    assert (alone.is_watched, alone.kept) == (True, False)
    alone = judge_answers(Pmid(1), DAY, [said("lee@example.org", NOT)], readers=2)
    assert (alone.is_watched, alone.kept) == (True, False)
    both = judge_answers(Pmid(1), DAY, [said(who, KEEP) for who in PEOPLE[:2]], readers=2)
    assert (both.is_watched, both.kept) == (True, True)
    both = judge_answers(Pmid(1), DAY, [said(who, NOT) for who in PEOPLE[:2]], readers=2)
    assert both.is_watched is False


ANSWERS = st.builds(
    lambda who, what, effect, until: said(
        who,
        what,
        effect if what is KEEP else None,
        until=until if what is LATER else None,
    ),
    st.sampled_from(PEOPLE),
    st.sampled_from([KEEP, NOT, COVERED, LATER]),
    st.sampled_from([None, CONTRADICTS, REINFORCES]),
    st.integers(1, 40),
)


def last_of_each(answers: list[Answer]) -> list[Answer]:
    return list({answer.by: answer for answer in answers}.values())


@given(st.lists(ANSWERS, max_size=7), st.integers(0, 41))
def test_no_change_is_closed_by_one_reader_and_always_by_two_who_say_the_same(answers: list[Answer], days: int) -> None:
    today = DAY + timedelta(days=days)
    word = weigh(answers, today, readers=2)
    closes = not is_open(word, today)
    standing = last_of_each(answers)
    in_force = [each for each in standing if each.until is None or each.until > today]
    alike = len({(each.decision) for each in standing}) == 1 and standing[0].decision is not KEEP
    assert closes == (len(standing) >= 2 and alike and in_force == standing)
    if closes:
        assert is_open(weigh(answers, today), today) is False, "what two close, one closes as well"
    kept = word is not None and word.decision is KEEP and not word.unpaired
    assert kept <= (len(standing) >= 2)


@given(st.lists(ANSWERS, min_size=1, max_size=4, unique_by=lambda answer: answer.by))
def test_the_order_in_which_members_answer_does_not_matter(answers: list[Answer]) -> None:
    results = set()
    for order in permutations(answers):
        word = weigh(order, TODAY, readers=2)
        assert word is not None
        results.add(
            (is_open(word, TODAY), bool(word.differing), len(word.unpaired), word.effect if word.differing else None)
        )
    assert len(results) == 1


@pytest.mark.parametrize("until", [DAY + timedelta(days=2), None])
def test_for_one_reader_nothing_has_changed(until: date | None) -> None:
    word = weigh([Answer("lee@example.org", DAY, LATER if until else NOT, until)])
    assert word is not None
    assert word.closing.closes
    assert word.unpaired == ()


def test_screening_gives_way_to_the_first_answer_and_a_review_closes_for_everybody() -> None:
    earlier = said("An earlier review", Decision.EXCLUDED_BEFORE)
    assert not is_open(weigh([earlier], readers=2), TODAY)
    assert is_open(weigh([earlier, said(PEOPLE[0], NOT)], readers=2), TODAY)
    review = said("chair", Decision.REVIEWED_UNCHANGED)
    assert not is_open(weigh([said(PEOPLE[0], KEEP, Effect.CLARIFIES), review], readers=2), TODAY)
