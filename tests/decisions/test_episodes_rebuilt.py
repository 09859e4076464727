"""Episodes rebuilt from what was observed: a judgement from before is about no episode that its author was not told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from litwatch.decisions.change_life import Episode
from litwatch.decisions.episodes_rebuilt import EarlierWord, told_again
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision

START = datetime(2026, 9, 1, 5, 30, tzinfo=UTC)


def episodes(kind: ChangeKind = ChangeKind.CITED_RETRACTED) -> tuple[Episode, Episode]:
    """One that began on day 0, and a second that began on day 10."""
    first = Episode("sleep", Change(kind, Pmid(99000100), "x"), 1, START, START + timedelta(days=5))
    return first, Episode("sleep", first.change, 2, START + timedelta(days=10))


def word(seq: int, decision: Decision, day: int, until: date | None = None) -> EarlierWord:
    return EarlierWord(seq, decision, START + timedelta(days=day), until)


def test_an_answer_after_one_that_closed_the_change_is_not_about_what_was_never_told_again() -> None:
    closed = word(1, Decision.NOT_RELEVANT, 3)
    assert told_again(episodes(), [closed, word(2, Decision.REVIEWED_UNCHANGED, 12)]) == {}


@pytest.mark.parametrize(
    "before",
    [
        [],
        [word(1, Decision.RELEVANT, 3)],
        [word(1, Decision.LATER, 3, (START + timedelta(days=12)).date())],
    ],
    ids=["nobody answered", "kept open", "its day had come"],
)
def test_an_answer_about_a_change_that_was_open_is_about_its_second_episode_too(before: list[EarlierWord]) -> None:
    second = episodes()[1]
    assert told_again(episodes(), [*before, word(2, Decision.REVIEWED_UNCHANGED, 12)]) == {2: (second,)}
    put_off = [word(1, Decision.LATER, 3, (START + timedelta(days=13)).date())]
    assert told_again(episodes(), [*put_off, word(2, Decision.REVIEWED_UNCHANGED, 12)]) == {}


def test_an_answer_from_a_report_older_than_the_second_episode_is_not_about_it() -> None:
    assert told_again(episodes(), [word(1, Decision.REVIEWED_UNCHANGED, 9)]) == {}


def test_no_longer_served_was_told_again_even_then() -> None:
    gone = episodes(ChangeKind.CITED_MISSING)
    closed = word(1, Decision.NOT_RELEVANT, 3)
    assert told_again(gone, [closed, word(2, Decision.REVIEWED_UNCHANGED, 12)]) == {2: (gone[1],)}
