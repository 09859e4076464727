"""The store applies the rule of two readers to the answers as they stand, whatever the topic asked before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.decisions.change_life import is_open
from litwatch.decisions.member_answers import Answer, answer_of, weigh
from litwatch.model.judgement import Decision, Judgement
from litwatch.store import Store
from tests.store.store_scenes import ARRIVAL, made_store, make_night, moment, save_night

TOPIC = "insulin-resistance"
LEE, KAY, ANN = "lee@example.org", "kay@example.org", "ann@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = made_store(tmp_path)
    save_night(store, make_night())
    return store


def episode(store: Store) -> str:
    return next(each.id for each in store.episodes(TOPIC) if each.change == ARRIVAL)


def answer(store: Store, by: str, decision: Decision, day: int = 3, **given: object) -> Judgement:
    until = date(2026, 11, 30) if decision is Decision.LATER else None
    said = Judgement(TOPIC, decision, by, moment(day), "why", ARRIVAL, until, episodes=(episode(store),), **given)  # type: ignore[arg-type]
    store.record_judgement(said)
    return said


def is_listed(store: Store, readers: int | None = None, on: date = date(2026, 11, 5)) -> bool:
    """Whether the new record is open; where no number is given, SQL must say the same as the program."""
    found = any(each.change == ARRIVAL for each in store.open_changes(TOPIC, on=on, readers=readers))
    if readers is None:
        assert store.standings(on=on)[TOPIC].new_records == found
    return found


def test_two_readers_close_what_one_does_not_and_the_number_may_change(store: Store) -> None:
    store.apply_reader_rules({TOPIC: 2})
    answer(store, LEE, Decision.NOT_RELEVANT)
    assert is_listed(store)
    (item,) = (each for each in store.open_changes(TOPIC, on=date(2026, 11, 5)) if each.change == ARRIVAL)
    assert (item.judged, [each.by for each in item.unpaired]) == (None, [LEE])
    assert is_listed(store, readers=1) is False, "as the topic file says it now, before any night"
    assert store.answered_changes(TOPIC, on=date(2026, 11, 5)) == ()
    assert len(store.answered_changes(TOPIC, on=date(2026, 11, 5), readers=1)) == 1
    store.apply_reader_rules({TOPIC: 1})
    assert not is_listed(store)
    assert is_listed(store, readers=2)
    store.apply_reader_rules({TOPIC: 2})
    assert is_listed(store)
    answer(store, KAY, Decision.NOT_RELEVANT)
    assert not is_listed(store)
    assert store.verify_chain().problems == ()
    assert store.check().problems == ()


def test_a_store_of_one_reader_is_read_as_before(store: Store) -> None:
    answer(store, "Dr Lee", Decision.ALREADY_COVERED)
    assert not is_listed(store)
    store.apply_reader_rules({TOPIC: 2, "another": 1})
    assert is_listed(store)
    found = next(each for each in store.found_papers(TOPIC) if each.pmid == ARRIVAL.pmid)
    assert found.is_watched


SAID = st.lists(
    st.tuples(
        st.sampled_from([LEE, KAY, ANN]),
        st.sampled_from([Decision.RELEVANT, Decision.NOT_RELEVANT, Decision.ALREADY_COVERED, Decision.LATER]),
        st.booleans(),
        st.sampled_from([None, 1, 2]),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=3, deadline=None)
@given(said=SAID)
def test_no_order_of_answers_and_switches_closes_a_change_by_one_reader(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, Decision, bool, int | None]]
) -> None:
    store, readers, told = made_store(tmp_path_factory.mktemp("laws")), 1, list[Answer]()
    save_night(store, make_night())
    for place, (by, decision, settles, switch) in enumerate(said):
        if switch is not None and switch != readers:
            readers = switch
            store.apply_reader_rules({TOPIC: readers})
        last = weigh(told, readers=readers)
        names = tuple(each.by for each in last.differing) if last is not None and settles else ()
        judgement = answer(store, by, decision, day=3 + place, settles=names or None)
        told.append(answer_of(judgement))
        for on in (date(2026, 11, 5), date(2026, 11, 30)):
            assert is_listed(store, on=on) is is_open(weigh(told, on, readers=readers), on)
            if readers == 2 and not is_listed(store, on=on):
                assert len({each.by for each in told}) >= 2
