"""What is asked beside a topic's searches: how often, in which order, and how much at most."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from litwatch.decisions.related_papers import RelatedPapers
from litwatch.decisions.related_papers_schedule import (
    Question,
    counted_window,
    is_still_good,
    per_month,
    rank_citing,
    rank_similar,
    select_unread,
)
from litwatch.model.identifiers import Pmid
from litwatch.model.search import Window

TODAY = date(2026, 11, 22)
ASKED = Question("series[ti]", ("naps[tiab]",), (Pmid(7), Pmid(8)))


def due_on(slug: str, looked_on: date) -> date:
    last = RelatedPapers(looked_on, ASKED.text)
    day = looked_on
    while is_still_good(last, ASKED, slug, day):
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize("slug", ["sleep", "exercise", "diet"])
def test_a_look_is_made_again_on_the_articles_own_day_of_the_week(slug: str) -> None:
    first = due_on(slug, TODAY)
    assert 1 <= (first - TODAY).days <= 7
    assert due_on(slug, first) == first + timedelta(days=7)
    late = first + timedelta(days=3)
    assert due_on(slug, late) == first + timedelta(days=7), "a late look does not move the day"


def test_articles_that_began_on_one_night_are_looked_at_on_all_nights_of_the_week() -> None:
    days = Counter(due_on(f"article-{n}", TODAY) for n in range(700))
    assert len(days) == 7
    assert max(days.values()) <= 150


def test_a_look_that_failed_or_asked_something_else_is_made_again_the_next_night() -> None:
    last = RelatedPapers(TODAY, ASKED.text)
    assert is_still_good(last, ASKED, "sleep", TODAY)
    assert not is_still_good(replace(last, errors=("No answer.",)), ASKED, "sleep", TODAY)
    assert not is_still_good(last, replace(ASKED, seeds=(Pmid(7),)), "sleep", TODAY)
    assert not is_still_good(None, ASKED, "sleep", TODAY)


def test_a_question_without_anything_to_ask_is_empty() -> None:
    assert Question(None, (), ()).text == ""


def test_the_cost_of_ten_proposed_changes_is_counted() -> None:
    terms = tuple(f"word{n}[tiab]" for n in range(12))
    assert replace(ASKED, additions=terms).counted == terms[:10]


def test_the_cost_of_a_change_is_counted_over_a_year_of_entry_dates() -> None:
    assert counted_window(TODAY) == Window(date(2025, 11, 23), TODAY)
    assert (per_month(120), per_month(1), per_month(0)) == (10.0, 0.1, 0.0)


def test_similar_papers_are_ordered_by_their_scores_for_all_seeds_together() -> None:
    links = [[(Pmid(1), 50), (Pmid(2), 60)], [(Pmid(1), 20), (Pmid(3), 60)]]
    assert rank_similar(links) == [1, 3, 2]


def test_citing_papers_of_both_sources_stand_once_and_newest_first() -> None:
    assert rank_citing([Pmid(4), Pmid(9)], [Pmid(4), Pmid(5)]) == [9, 5, 4]


def test_of_what_is_not_in_hand_one_request_is_fetched() -> None:
    wanted = [Pmid(n) for n in range(1, 300)]
    assert select_unread(wanted, {Pmid(1)}) == tuple(range(2, 202))
