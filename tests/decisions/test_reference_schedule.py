"""When a reference that was not found is looked up again: when its entry changes, after a week, then once a month."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from litwatch.decisions.reference_schedule import ReferenceTry, due_on, entry_of, note_tries, select_resting
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.reference import Match, MatchState, Reference, ReferenceKind
from tests.factories import make_reference

START = date(2026, 3, 1)


def unknown(position: int, state: MatchState = MatchState.NOT_FOUND) -> Match:
    return Match(position, state, None, 0.0, "place")


def follow(slug: str, days: int, position: int = 1, skip: frozenset[int] = frozenset()) -> list[int]:
    """The days, counted from the first, on which an unknown reference is looked up."""
    reference, match = make_reference(position), unknown(position)
    tries: tuple[ReferenceTry, ...] = ()
    before: dict[int, Match] = {}
    asked = []
    for day in range(days):
        if day in skip:
            continue
        today = START + timedelta(days=day)
        resting = select_resting(slug, [reference], before, tries, today)
        asked += [] if resting else [day]
        tries, before = note_tries([reference], [match], resting, tries, today), {position: match}
    return asked


@pytest.mark.parametrize("slug", ["sleep", "exercise", "diet"])
@pytest.mark.parametrize("position", [1, 2, 17])
def test_it_is_looked_up_at_once_after_a_week_and_then_every_four_weeks(slug: str, position: int) -> None:
    first, second, third, *later = follow(slug, 200, position)
    assert first == 0
    assert 7 <= second <= 13
    assert 14 <= third - second < 42
    assert [day - before for before, day in zip([third, *later], later, strict=False)] == [28] * len(later)
    assert len(later) >= 5


def test_the_references_of_a_site_are_spread_over_its_nights() -> None:
    nights = Counter(day for n in range(300) for day in follow(f"article-{n}", 80, n % 10 + 1))
    assert nights[0] == 300
    assert sum(nights[day] for day in range(1, 7)) == 0
    assert max(nights[day] for day in range(7, 14)) <= 2 * 300 / 7
    assert max(nights[day] for day in range(14, 80)) <= 3 * 300 / 28
    assert min(nights[day] for day in range(50, 80)) >= 1


def test_a_day_that_no_night_saw_is_made_up_for_on_the_next() -> None:
    days = follow("sleep", 60)
    missed = frozenset({days[1], days[1] + 1})
    assert follow("sleep", 60, skip=missed)[1] == days[1] + 2


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Another title"},
        {"text": "Another entry. 2020;3:4."},
        {"doi": Doi("10.5555/1")},
        {"pmid": Pmid(99000001)},
        {"url": "https://example.org/"},
        {"kind": ReferenceKind.DRUG_LABEL},
        {"year": 1999},
        {"authors": ("Varga I",)},
        {"source": "Another journal"},
    ],
)
def test_it_is_looked_up_at_once_when_what_is_printed_changes(changed: dict[str, object]) -> None:
    old = make_reference(1)
    tries = note_tries([old], [unknown(1)], (), (), START)
    before = {1: unknown(1)}
    assert select_resting("sleep", [old], before, tries, START) == {1}
    new: Reference = replace(old, **changed)  # type: ignore[arg-type]
    assert select_resting("sleep", [new], before, tries, START) == frozenset()


def test_an_entry_that_has_moved_is_looked_up_at_its_new_place() -> None:
    """The match at that place is another entry's."""
    tries = note_tries([make_reference(1)], [unknown(1)], (), (), START)
    moved = replace(make_reference(1), position=2)
    assert select_resting("sleep", [moved], {2: unknown(2)}, tries, START) == frozenset()


def test_the_number_that_a_list_prints_before_it_says_nothing() -> None:
    assert entry_of(make_reference(1)) == entry_of(replace(make_reference(1), number=7))


def test_without_a_match_there_is_nothing_that_could_stand() -> None:
    tries = note_tries([make_reference(1)], [unknown(1)], (), (), START)
    assert select_resting("sleep", [make_reference(1)], {}, tries, START) == frozenset()


def test_an_editors_choice_among_candidates_rests_and_a_confirmed_record_never_does() -> None:
    references = [make_reference(1), make_reference(2), make_reference(3)]
    matches = [
        unknown(1, MatchState.CANDIDATE),
        Match(2, MatchState.CONFIRMED, Pmid(99000001), 1.0, "doi"),
        Match(3, MatchState.NOT_FOUND, None, 1.0, "pinned"),
    ]
    tries = note_tries(references, matches, (), (), START)
    assert [each.position for each in tries] == [1]
    before = {match.position: match for match in matches}
    assert select_resting("sleep", references, before, tries, START + timedelta(days=1)) == {1}


def test_a_drug_label_is_not_remembered_because_it_is_not_looked_up() -> None:
    assert note_tries([make_reference(1, kind=ReferenceKind.DRUG_LABEL)], [unknown(1)], (), (), START) == ()


def test_what_was_found_is_forgotten() -> None:
    tries = note_tries([make_reference(1)], [unknown(1)], (), (), START)
    found = Match(1, MatchState.CONFIRMED, Pmid(99000001), 1.0, "store")
    assert note_tries([make_reference(1)], [found], (), tries, START) == ()


def test_it_is_due_after_the_day_on_which_it_was_tried() -> None:
    for day in range(40):
        tried = ReferenceTry(1, "x", START, START + timedelta(days=day))
        assert due_on("sleep", tried) > tried.tried_on
