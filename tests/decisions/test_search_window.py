"""From which day the next search starts, over plain rows: against a model that counts days one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.decisions.search_window import (
    FIRST_LOOK,
    LOOK_BACK,
    OVERLAP,
    SweptWindow,
    awaited_leads_since,
    find_baseline,
    find_searched_once,
    find_watermark,
    news_since_when_late,
    plan_windows,
    searched_to,
)
from litwatch.model.search import Window

TODAY = date(2026, 11, 22)


def day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


def swept(night: int, first: date, last: date, *, complete: bool = True, on: date | None = None) -> SweptWindow:
    return SweptWindow(night, Window(first, last), on or last, complete)


@st.composite
def histories(draw: st.DrawFn) -> list[SweptWindow]:
    """Nights of any order of days, some failed, some with a window that reaches beyond the day of the sweep."""
    rows = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30), st.integers(-2, 9), st.booleans())))
    return [
        swept(night, day(first), day(first + length), complete=complete, on=day(max(0, first + length - early)))
        for night, (first, length, early, complete) in enumerate(rows)
    ]


def covered_days(history: list[SweptWindow]) -> set[date]:
    return {
        each.window.first + timedelta(days=n)
        for each in history
        if each.complete
        for n in range((each.last - each.window.first).days + 1)
    }


@given(histories(), st.integers(0, 80))
def test_the_watermark_is_the_last_covered_day_before_the_first_gap(history: list[SweptWindow], start: int) -> None:
    covered, since = covered_days(history), day(start)
    reached = since - timedelta(days=1)
    while reached + timedelta(days=1) in covered:
        reached += timedelta(days=1)
    assert find_watermark(history, since) == (reached if reached in covered else None)


@given(histories(), st.dates(day(-500), day(90)), st.integers(0, 90))
def test_the_next_search_leaves_no_uncovered_day_out_and_starts_no_earlier_than_is_news(
    history: list[SweptWindow], baseline: date, now: int
) -> None:
    today = day(now)
    baseline = min(baseline, today)
    windows = plan_windows(history, baseline, today)
    assert windows.whole.first <= windows.whole.last == today
    assert windows.since <= baseline - OVERLAP
    covered = covered_days(history)
    uncovered = (baseline + timedelta(days=n) for n in range((today - baseline).days + 1))
    first_gap = next((each for each in uncovered if each not in covered), None)
    assert first_gap is None or windows.whole.first <= first_gap
    if not history:
        assert windows.whole == windows.lately == Window(baseline - OVERLAP, today)
        assert windows.reached is None


def test_a_failed_sweep_moves_no_watermark_and_a_gap_holds_it() -> None:
    history = [swept(1, day(0), day(4)), swept(2, day(0), day(5), complete=False), swept(3, day(8), day(12))]
    assert find_watermark(history) == day(4)
    assert find_watermark([*history, swept(4, day(5), day(7))]) == day(12)


def test_a_first_window_that_failed_holds_the_watermark_until_its_days_are_covered() -> None:
    history = [swept(1, day(0), day(4), complete=False), swept(2, day(2), day(6))]
    assert find_watermark(history) is None
    assert find_watermark([*history, swept(3, day(0), day(1))]) == day(6)


def test_a_window_into_the_future_covers_no_day_after_the_sweep() -> None:
    assert find_watermark([swept(1, day(0), date(2030, 1, 1), on=day(4))]) == day(4)
    assert find_watermark([swept(1, day(9), day(12), on=day(4))]) is None


def test_a_window_of_one_day_covers_it() -> None:
    assert find_watermark([swept(1, day(0), day(3)), swept(2, day(4), day(4))]) == day(4)
    assert find_searched_once([swept(1, day(4), day(4))]) == day(4)


def test_days_that_no_night_has_covered_are_searched_although_the_article_was_updated_since() -> None:
    windows = plan_windows([swept(1, day(0), day(10)), swept(2, day(0), day(10))], day(50), day(60))
    assert (windows.whole.first, windows.since, windows.reached) == (day(-20), day(-20), None)


def test_a_first_search_that_failed_holds_nothing_up_once_the_article_was_updated_and_searched() -> None:
    failed = swept(1, day(0), day(4), complete=False)
    windows = plan_windows([failed, *(swept(night, day(20), day(300)) for night in (2, 3))], day(50), day(301))
    assert windows.reached == day(300)
    assert (windows.whole.first, windows.lately.first, windows.since) == (day(200), day(270), day(20))


def test_a_search_starts_100_days_before_the_watermark_once_that_was_searched_twice() -> None:
    long_ago = TODAY - timedelta(days=300)
    first = swept(1, long_ago - OVERLAP, TODAY - timedelta(days=2))
    assert plan_windows([first], long_ago, TODAY).whole.first == first.window.first, "one answer is not trusted alone"
    second = swept(2, long_ago - OVERLAP, TODAY - timedelta(days=1))
    windows = plan_windows([first, second], long_ago, TODAY)
    assert windows.whole == Window(TODAY - timedelta(days=101), TODAY)
    assert windows.lately == Window(TODAY - timedelta(days=31), TODAY)
    assert windows.reached == TODAY - timedelta(days=1)


def test_a_window_counts_as_repeated_when_an_earlier_one_reached_within_100_days_of_its_end() -> None:
    newest = swept(9, day(0), day(200))
    assert find_searched_once([swept(1, day(0), day(100)), newest]) is None
    assert find_searched_once([swept(1, day(0), day(99)), newest]) == day(0)
    assert find_searched_once([swept(1, day(1), day(150)), newest]) == day(0)
    assert find_searched_once([swept(1, day(0), day(150), complete=False), newest]) == day(0)
    assert find_searched_once([]) is None


@pytest.mark.parametrize(
    ("updated", "reviewed", "baseline"),
    [
        (day(0), day(9), day(9)),
        (day(9), None, day(9)),
        (TODAY, None, TODAY),
        (day(0), TODAY + timedelta(days=1), day(0)),
        (None, None, date(2025, 11, 22)),
        (TODAY + timedelta(days=1), None, date(2025, 11, 22)),
    ],
    ids=[
        "the later of both",
        "updated only",
        "updated today",
        "a review of tomorrow",
        "no date: a year",
        "a date of tomorrow: a year",
    ],
)
def test_news_counts_from_the_last_update_or_review(
    updated: date | None, reviewed: date | None, baseline: date
) -> None:
    assert find_baseline(updated, reviewed, TODAY) == baseline


def test_a_clock_that_went_back_makes_no_window_that_ends_before_it_begins() -> None:
    windows = plan_windows([swept(1, day(0), day(90))], day(0), day(60))
    assert windows.whole.first <= windows.whole.last == day(60)
    assert windows.lately == Window(day(30), day(60))


def test_the_evidence_is_searched_to_tonight_only_by_a_complete_sweep() -> None:
    windows = plan_windows([swept(1, day(0), day(90))], day(0), day(92))
    assert searched_to(windows, windows.whole, complete=True) == day(92)
    assert searched_to(windows, windows.whole, complete=False) == day(90)
    first = plan_windows([], day(0), day(92))
    assert searched_to(first, first.whole, complete=False) is None


def test_what_came_late_is_news_as_on_the_night_that_went_without_it() -> None:
    assert news_since_when_late(day(190), day(200)) == day(100)
    assert news_since_when_late(day(5), day(200)) == day(5)


def test_a_lead_is_looked_up_for_thirty_days() -> None:
    assert awaited_leads_since(day(60)) == day(30)


def test_the_figures_are_those_that_were_signed() -> None:
    assert (LOOK_BACK.days, OVERLAP.days, FIRST_LOOK.days) == (100, 30, 365)
