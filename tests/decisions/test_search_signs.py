"""Which earlier search tonight's is compared with, and when a search that finds too little is not believed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from litwatch.decisions.search_signs import SearchedNight, choose_past_search, is_collapse, select_expected
from litwatch.model.identifiers import Pmid
from litwatch.model.search import Window

DAY = date(2026, 3, 1)
NIGHTS = tuple(SearchedNight(number, DAY + timedelta(days=number)) for number in range(1, 6))


@pytest.mark.parametrize(
    ("accepted", "night"),
    [(None, 1), (DAY, 1), (DAY + timedelta(days=1), 1), (DAY + timedelta(days=3), 3), (DAY + timedelta(days=9), 5)],
    ids=["never reviewed", "reviewed before", "on the first day", "in between", "since"],
)
def test_a_search_is_compared_with_the_last_one_that_a_reviewer_took_as_it_was(
    accepted: date | None, night: int
) -> None:
    chosen = choose_past_search(reversed(NIGHTS), accepted)
    assert chosen
    assert chosen.night == night


def test_a_first_search_has_none_to_be_compared_with() -> None:
    assert choose_past_search((), DAY) is None


@pytest.mark.parametrize(("lost", "expected", "collapsed"), [(2, 2, False), (3, 5, True), (3, 6, False), (4, 6, True)])
def test_three_lost_and_more_than_half_is_a_collapse(lost: int, expected: int, collapsed: bool) -> None:
    pmids = [Pmid(99000001 + n) for n in range(expected)]
    assert is_collapse(pmids[:lost], pmids) is collapsed


def test_nothing_is_expected_on_the_first_two_days_of_a_window() -> None:
    days = {Pmid(99000001 + n): (DAY + timedelta(days=n),) for n in range(4)}
    window = Window(DAY, DAY + timedelta(days=2))
    assert select_expected(days, days, window) == {Pmid(99000003)}
