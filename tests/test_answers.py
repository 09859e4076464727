"""What people have answered, as the ranking hears it: the last word about each new record, and never a notice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from litwatch.diff import Change
from litwatch.judgements import Decision, Judgement
from litwatch.pipeline.answers import read_answers
from litwatch.store import Store
from tests.store_scenes import ARRIVAL, NEW, RETRACTION, made_store, make_night, moment

TOPIC = "insulin-resistance"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = made_store(tmp_path)
    store.save_night(make_night(1))
    return store


def judge(store: Store, decision: Decision, change: Change, day: int, until: date | None = None) -> None:
    store.record_judgement(Judgement(TOPIC, decision, "Dr A", moment(day), change=change, until=until))


def heard(store: Store) -> list[tuple[str, float]]:
    return [(one.paper.id, one.worth) for one in read_answers(TOPIC, store)]


def test_the_last_word_about_a_new_record_counts_and_later_teaches_nothing(store: Store) -> None:
    assert heard(store) == []
    judge(store, Decision.NOT_RELEVANT, ARRIVAL, 2)
    assert heard(store) == [(str(NEW), 0.0)]
    judge(store, Decision.ALREADY_COVERED, ARRIVAL, 3)
    assert heard(store) == [(str(NEW), 0.5)]
    judge(store, Decision.RELEVANT, ARRIVAL, 4)
    assert heard(store) == [(str(NEW), 1.0)]
    judge(store, Decision.SNOOZED, ARRIVAL, 5, until=date(2026, 12, 1))
    assert heard(store) == []


def test_what_is_said_about_a_notice_teaches_the_ranking_nothing(store: Store) -> None:
    judge(store, Decision.NOT_RELEVANT, RETRACTION, 2)
    assert heard(store) == []
