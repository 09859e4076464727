"""Which articles the night's update files do not touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from litwatch.decisions.carried_decision import Ground
from litwatch.decisions.related_papers_schedule import is_day_of
from litwatch.decisions.untouched import CarriedTopic, TopicTonight, is_untouched

DECIDED = date(2026, 11, 10)
TODAY = next(day for day in (DECIDED + timedelta(days=1), DECIDED + timedelta(days=2)) if not is_day_of("sleep", day))
RUN = ("n1", "n2", "n3", "n4")
GROUND = Ground("inputs", DECIDED, DECIDED + timedelta(days=30), judgements=7, standing=99)
QUIET = TopicTonight(
    slug="sleep",
    key="key",
    last=CarriedTopic("key", "n2"),
    ground=GROUND,
    judged=0,
    standing=99,
    matched_against=("n1", "n4"),
    found_in=frozenset({"n1", "n2"}),
    has_feeds=False,
)


def test_a_topic_of_which_nothing_differs_is_untouched() -> None:
    assert is_untouched(QUIET, RUN, TODAY)
    assert is_untouched(replace(QUIET, matched_against=("n3", "n4")), RUN, TODAY)
    assert is_untouched(replace(QUIET, last=CarriedTopic("key", "n4"), found_in={"n3"}), RUN, TODAY), "no new file"


@pytest.mark.parametrize(
    "change",
    [
        {"key": "another text"},
        {"last": None},
        {"last": CarriedTopic("key", "n0")},
        {"ground": None},
        {"ground": replace(GROUND, standing=None)},
        {"ground": replace(GROUND, holds_to=DECIDED)},
        {"judged": 8},
        {"standing": 98},
        {"standing": None},
        {"matched_against": None},
        {"matched_against": ("n1", "n3")},
        {"matched_against": ("n4", "n4")},
        {"matched_against": ("n0", "n4")},
        {"found_in": frozenset({"n3"})},
        {"has_feeds": True},
    ],
)
def test_each_thing_that_differs_touches_it(change: dict[str, Any]) -> None:
    assert not is_untouched(replace(QUIET, **change), RUN, TODAY)


def test_once_a_week_its_night_is_spent_in_full() -> None:
    week = [TODAY + timedelta(days=number) for number in range(7)]
    assert sum(not is_untouched(QUIET, RUN, day) for day in week) == 1
