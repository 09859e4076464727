"""Laws of the store, each against a model of a few lines: observations, watermarks, open changes."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import ABOUT_A_CHANGE, REVIEWS, STILL_TO_DO, Decision, Judgement
from litwatch.model.search import Window
from litwatch.model.sweep import SweepState
from litwatch.store import Store
from tests.factories import FIRST_PMID, make_record, make_sweep
from tests.store.store_scenes import episodes_of, made_store, make_night, moment, save_night
from tests.watermarks import watermark

# One store serves every example: each takes PMIDs and a topic of its own, as neighbours must not matter.
fresh = itertools.count()
few = settings(max_examples=8, deadline=None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return made_store(tmp_path_factory.mktemp("laws"))


def day_of(number: int) -> date:
    return moment(number).date()


deliveries = st.lists(
    st.tuples(
        st.integers(1, 9),  # the day; it may go back, as clocks do
        st.dictionaries(st.integers(0, 2), st.sampled_from("ABC"), min_size=1),
    ),
    max_size=6,
)


@few
@given(deliveries)
def test_what_is_current_and_what_was_known_follow_from_the_observations(
    store: Store, observed: list[tuple[int, dict[int, str]]]
) -> None:
    base = FIRST_PMID + 10 * next(fresh)
    pmids = [Pmid(base + place) for place in range(3)]
    history: dict[Pmid, list[tuple[int, str]]] = {pmid: [] for pmid in pmids}
    for day, delivery in observed:
        records = {Pmid(base + place): make_record(base + place, title=title) for place, title in delivery.items()}
        added = store.add_records(records.values(), observed_at=moment(day), source="test")
        new = {pmid for pmid in records if not history[pmid]}
        changed = {p for p, record in records.items() if history[p] and history[p][-1][1] != record.title}
        assert (added.new, added.changed) == (new, changed)
        for pmid in new | changed:
            history[pmid].append((day, records[pmid].title))

    assert store.known(pmids) == {pmid for pmid, seen in history.items() if seen}
    current = {pmid: record.title for pmid, record in store.current_records(pmids).items()}
    assert current == {pmid: seen[-1][1] for pmid, seen in history.items() if seen}
    told = store.record_histories(pmids)
    for on in {0, *(day for day, _ in observed)}:
        seen_by = {pmid: [one.title for at, one in each if at.date() <= day_of(on)] for pmid, each in told.items()}
        known = {pmid: titles[-1] for pmid, titles in seen_by.items() if titles}
        until = {pmid: [title for day, title in seen if day <= on] for pmid, seen in history.items()}
        assert known == {pmid: titles[-1] for pmid, titles in until.items() if titles}


lists = st.lists(st.dictionaries(st.integers(0, 3), st.lists(st.integers(0, 4), max_size=4), min_size=1), max_size=6)


@few
@given(lists)
def test_who_cites_a_paper_follows_from_the_reference_lists_as_last_observed(
    store: Store, observed: list[dict[int, list[int]]]
) -> None:
    base = FIRST_PMID + 10 * next(fresh)
    cited = [Pmid(base + place) for place in range(5)]
    listed: dict[Pmid, list[int]] = {}
    for day, delivery in enumerate(observed, 1):
        records = [
            make_record(base + place, cites=tuple(cited[one] for one in ones)) for place, ones in delivery.items()
        ]
        store.add_records(records, observed_at=moment(day), source="test")
        listed |= {Pmid(base + place): ones for place, ones in delivery.items()}
    expected = {
        paper: citing
        for place, paper in enumerate(cited)
        if (citing := tuple(sorted((pmid for pmid, ones in listed.items() if place in ones), reverse=True)))
    }
    assert store.citing(cited) == expected
    assert [one for one in store.check().problems if "cite" in one] == []  # neighbours save sweeps without searches


windows = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 5), st.sampled_from(SweepState), st.sampled_from(["one", "two"])),
    max_size=7,
)


@few
@given(windows, st.integers(1, 14))
def test_the_watermark_never_passes_a_day_that_no_complete_sweep_covers(
    store: Store, swept: list[tuple[int, int, SweepState, str]], since: int
) -> None:
    topic = f"topic-{next(fresh)}"
    covered: set[int] = set()
    attempted: list[int] = []
    for number, (first, length, state, strategy) in enumerate(swept):
        window = Window(day_of(first), day_of(first + length))
        error = None if state is SweepState.COMPLETE else "No answer."
        sweep = make_sweep(window=window, state=state, error=error, searches=(), strategy=strategy)
        save_night(
            store,
            make_night(20, topic=topic, run=f"run-{number}", sweeps=(sweep,), records=(), sightings=(), changes=()),
        )
        if strategy == "one":
            attempted.append(first)
            if state is SweepState.COMPLETE:
                covered |= set(range(first, first + length + 1))

    def reach(start: int) -> date | None:
        if not {start, start - 1} & covered:
            return None
        return day_of(next(day for day in itertools.count(start) if day not in covered) - 1)

    assert watermark(store, topic, strategy="one", since=day_of(since)) == reach(since)
    first_attempt = min(attempted, default=None)
    expected = reach(first_attempt) if first_attempt is not None else None
    assert watermark(store, topic, strategy="one") == expected


events = st.lists(
    st.one_of(
        st.tuples(st.just("night"), st.integers(0, 3)),
        st.tuples(st.sampled_from(sorted(ABOUT_A_CHANGE | REVIEWS)), st.integers(0, 3)),
    ),
    max_size=8,
)


@few
@given(events)
def test_a_change_is_open_until_a_persons_last_word_closes_it(
    store: Store, happened: list[tuple[str | Decision, int]]
) -> None:
    topic = f"topic-{next(fresh)}"
    snoozed_until = day_of(60)
    changes = [Change(kind, Pmid(FIRST_PMID), "") for kind in list(ChangeKind)[:4]]
    state: dict[Change, str | None] = {}
    for day, (what, place) in enumerate(happened, 1):
        change = changes[place]
        if what == "night":
            night = make_night(day, topic=topic, sweeps=(), records=(), sightings=(), changes=(change,))
            assert save_night(store, night).opened == (() if change in state else (change,))
            state.setdefault(change, None)
            continue
        decision = Decision(what)
        if decision not in REVIEWS and change not in state:
            continue
        store.record_judgement(
            Judgement(
                topic, decision, "Dr A", moment(day, hour=9),
                change=None if decision in REVIEWS else change,
                until=snoozed_until if decision is Decision.LATER else None,
                episodes=episodes_of(store, topic, None if decision in REVIEWS else change),
            )
        )  # fmt: skip
        if decision in STILL_TO_DO:
            continue  # somebody has still to do it: that closes nothing, and takes no answer back
        for judged in [*state] if decision in REVIEWS else [change]:
            state[judged] = decision

    standing = {None, Decision.RELEVANT}
    before = {item.change for item in store.open_changes(topic, on=snoozed_until - timedelta(days=1))}
    assert before == {change for change, last in state.items() if last in standing}
    after = {item.change for item in store.open_changes(topic, on=snoozed_until)}
    assert after == {change for change, last in state.items() if last in standing | {Decision.LATER}}
    assert store.recorded_changes(topic) == set(state)
    assert store.verify_chain().problems == ()
