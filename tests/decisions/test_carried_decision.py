"""When a decision may be carried on, and that it then says what deciding anew would say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.carried_decision import (
    Difference,
    Ground,
    Tonight,
    find_difference,
    find_last_day,
    is_whole,
    may_stand,
)
from litwatch.decisions.verdict import Status, Verdict, carry_on, decide
from litwatch.model.judgement import Decision
from litwatch.model.sweep import SweepState
from litwatch.model.topic import Thresholds
from tests.factories import make_sweep

TODAY = date(2026, 3, 2)
GROUND = Ground("inputs", TODAY, TODAY + timedelta(days=9), 7, 123)
SAME = Tonight("inputs", 0, 123, 0, whole=True)
days = st.integers(-500, 500).map(lambda number: TODAY + timedelta(days=number))


@pytest.mark.parametrize(
    ("ground", "tonight", "after", "why"),
    [
        (GROUND, SAME, 1, None),
        (GROUND, SAME, 9, None),
        (GROUND, SAME, 10, Difference.DAY),
        (GROUND, SAME, -1, Difference.DAY),
        (replace(GROUND, holds_to=None), SAME, 999, None),
        (None, SAME, 1, Difference.NEVER_DECIDED),
        (replace(GROUND, standing=None), replace(SAME, standing=None), 1, Difference.NEVER_DECIDED),
        (GROUND, replace(SAME, whole=False), 1, Difference.NOT_WHOLE),
        (GROUND, replace(SAME, inputs="others"), 1, Difference.INPUTS),
        (GROUND, replace(SAME, judged=7), 1, None),
        (GROUND, replace(SAME, judged=8), 1, Difference.JUDGED),
        (GROUND, replace(SAME, differing=1), 1, Difference.RECORDS),
        (GROUND, replace(SAME, standing=124), 1, Difference.STORE),
        (GROUND, replace(SAME, standing=None), 1, Difference.STORE),
    ],
)
def test_a_decision_is_carried_on_only_where_nothing_differs(
    ground: Ground | None, tonight: Tonight, after: int, why: Difference | None
) -> None:
    assert find_difference(ground, tonight, TODAY + timedelta(days=after)) is why


@given(
    updated=st.none() | days,
    reviewed=st.none() | days,
    due=st.none() | days,
    after=st.integers(1, 400),
    guideline=st.booleans(),
    put_off=st.lists(days, max_size=2),
    later=st.integers(0, 500),
)
def test_what_is_carried_on_says_what_deciding_anew_says_until_something_falls_due(
    *,
    updated: date | None,
    reviewed: date | None,
    due: date | None,
    after: int,
    guideline: bool,
    put_off: list[date],
    later: int,
) -> None:
    board = BoardDecision(Decision.REVIEWED_UPDATE, TODAY - timedelta(days=600), "The board", "so", due, frozenset())

    def on(day: date) -> Verdict:
        return decide(
            signals=(), kept={}, findings=(), matches=(), settled=(), failures=(), last_updated=updated,
            last_reviewed=reviewed, searched_to=day, thresholds=Thresholds(reassess_after_days=after), today=day,
            cites_guideline=guideline, decision=board if due else None,
        )  # fmt: skip

    verdict, day = on(TODAY), TODAY + timedelta(days=later)
    holds_to = find_last_day(verdict, due=[due] if due else [], put_off=put_off)
    assert holds_to is None or holds_to >= TODAY
    if holds_to is None or day <= holds_to:
        assert carry_on(verdict, searched_to=day, today=day) == on(day)
        assert not any(TODAY < each <= day for each in put_off)


def test_a_decision_holds_to_the_first_day_on_which_something_is_due() -> None:
    verdict = Verdict(Status.REVIEW_NOW, (), decided_on=TODAY, searched_to=TODAY, reassess_on=None)
    deadlines = [TODAY + timedelta(days=9), TODAY + timedelta(days=4), TODAY - timedelta(days=2)]
    assert find_last_day(verdict, due=deadlines, put_off=()) == TODAY + timedelta(days=4)


SOUND: dict[str, Any] = {
    "whole": True, "finds_something": True, "counts_back": False, "has_signs": False, "last_reviewed": None,
    "unread": 0, "befallen": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("differs", "stands"),
    [
        ({}, True),
        ({"whole": False}, False),
        ({"finds_something": False}, False),
        ({"counts_back": True}, False),
        ({"has_signs": True}, True),
        ({"has_signs": True, "last_reviewed": TODAY}, False),
        ({"has_signs": True, "last_reviewed": TODAY - timedelta(days=1)}, True),
        ({"unread": 1}, False),
        ({"befallen": 1}, False),
    ],
)
def test_what_the_next_night_may_settle_by_itself_is_never_carried_on(differs: dict[str, Any], *, stands: bool) -> None:
    verdict = Verdict(decide_nothing().status, decide_nothing().fired, TODAY, TODAY, None)
    assert may_stand(verdict, **{**SOUND, **differs}) is stands


def decide_nothing() -> Verdict:
    return decide(
        signals=(), kept={}, findings=(), matches=(), settled=(), failures=(), last_updated=TODAY, last_reviewed=None,
        searched_to=TODAY, thresholds=Thresholds(), today=TODAY,
    )  # fmt: skip


def test_a_night_that_lacks_anything_is_not_whole() -> None:
    nothing = {"outstanding": 0, "vanished": 0, "lost": 0}
    good, failed = make_sweep(), replace(make_sweep(), state=SweepState.FAILED)
    assert is_whole([good], **nothing)
    assert not is_whole([good, failed], **nothing)
    assert not is_whole([replace(good, unreadable=((99_000_001, "no title"),))], **nothing)  # type: ignore[arg-type]
    for lack in nothing:
        assert not is_whole([good], **{**nothing, lack: 1})
