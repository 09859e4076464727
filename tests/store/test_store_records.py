"""Records in the store: what is new, changed, current, known on a day, gone and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import (
    AbstractPart,
    Author,
    DatePrecision,
    MeshHeading,
    MeshQualifier,
    Notice,
    OtherAbstract,
    PartialDate,
    Record,
    RefType,
    RegistryEntry,
)
from litwatch.store import FateState, RecordsAdded, Store
from tests.factories import FIRST_PMID, make_record, make_reference
from tests.store.store_scenes import made_store, moment, note_gone, read_tables

ONE, TWO = Pmid(FIRST_PMID), Pmid(FIRST_PMID + 1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made_store(tmp_path)


def add(store: Store, day: int, *records: Record) -> RecordsAdded:
    return store.add_records(records, observed_at=moment(day), source="test")


def test_a_record_comes_back_exactly_as_it_was_observed(store: Store) -> None:
    record = make_record(
        title="Sömn\u202e <script>alert(1)</script> {{7*7}} '; DROP TABLE observation; -- \U0001f9ea\0",
        vernacular_title="Schlaf",
        abstract=(AbstractPart("METHODS", "METHODS", "p < 0.05"), AbstractPart(None, None, "")),
        other_abstracts=(OtherAbstract("plain-language", "ger", (AbstractPart(None, None, "Kurz."),)),),
        published=PartialDate("2007 Nov-Dec", date(2007, 11, 1), date(2007, 12, 31), DatePrecision.RANGE),
        authors=(Author(None, collective_name="Group", affiliations=("A", "B")),),
        mesh=(
            MeshHeading("D007333", "Insulin Resistance", False, (MeshQualifier("Q000503", "physiopathology", True),)),
        ),
        other_dois=(Doi("10.5555/other"),),
        notices=(Notice(RefType.RETRACTION_IN, "Inv J. 2026", None, "note"), Notice(RefType.UNKNOWN, "x", TWO)),
        registry=(RegistryEntry("ClinicalTrials.gov", "NCT99999999"),),
        cites=(TWO,),
    )
    add(store, 1, record)
    assert store.current_records([ONE]) == {ONE: record}


def test_new_and_changed_records_are_told_apart_and_known_ones_are_not_written(store: Store) -> None:
    assert add(store, 1, make_record(ONE), make_record(TWO)) == RecordsAdded(frozenset({ONE, TWO}), frozenset())
    before = read_tables(store.path)
    assert add(store, 2, make_record(ONE), make_record(TWO)) == RecordsAdded(frozenset(), frozenset())
    assert read_tables(store.path) == before
    assert add(store, 3, make_record(ONE), make_record(TWO, title="B")) == RecordsAdded(frozenset(), frozenset({TWO}))


def test_a_record_that_returns_to_an_earlier_content_is_observed_again(store: Store) -> None:
    a, b = make_record(title="A"), make_record(title="B")
    for day, record in enumerate((a, b, a), 1):
        add(store, day, record)
    assert store.current_records([ONE]) == {ONE: a}
    seen = [(at, record.title) for at, record in store.record_histories([ONE])[ONE]]
    assert seen == [(moment(1), "A"), (moment(2), "B"), (moment(3), "A")]


def test_what_was_known_on_a_day_is_what_had_been_observed_by_its_end(store: Store) -> None:
    a, b = make_record(title="A"), make_record(title="B")
    add(store, 2, a)
    store.add_records([b], observed_at=datetime(2026, 11, 3, 23, 59, tzinfo=UTC), source="test")
    known = []
    for day in (1, 2, 3, 4):
        store.copy_as_known_on(date(2026, 11, day), past := store.path.with_name(f"{day}.duckdb"))
        known.append(Store(past).current_records([ONE]))
    assert known == [{}, {ONE: a}, {ONE: b}, {ONE: b}]


def test_an_analyst_reads_what_had_been_observed_by_the_end_of_a_day(store: Store) -> None:
    noon, midnight = datetime(2026, 11, 2, 12, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)
    for at, title in ((noon, "A"), (midnight, "B")):
        store.add_records([make_record(ONE, title=title)], observed_at=at, source="test")
    with store._reading() as con:
        days = [date(2026, 11, day) for day in range(1, 5)]
        known = [con.execute("SELECT title FROM record_known_on(?)", [day]).fetchall() for day in days]
    assert known == [[], [("A",)], [("A",)], [("B",)]]


def test_of_two_records_with_one_pmid_in_a_delivery_the_last_counts(store: Store) -> None:
    added = add(store, 1, make_record(title="A"), make_record(title="B"))
    assert added == RecordsAdded(frozenset({ONE}), frozenset())
    assert store.current_records()[ONE].title == "B"


def test_a_doi_that_only_the_last_of_many_records_has_is_found(store: Store) -> None:
    many = [make_record(FIRST_PMID + number, doi=None) for number in range(1, 1_500)]
    add(store, 1, *many, make_record(ONE, doi="10.5555/last", revised=date(2026, 1, 2)))
    assert store.pmids_by_doi([Doi("10.5555/last"), Doi("10.5555/none")]) == {"10.5555/last": (ONE,)}
    add(store, 2, make_record(ONE, doi="10.5555/moved"))
    assert store.pmids_by_doi([Doi("10.5555/last"), Doi("10.5555/moved")]) == {"10.5555/moved": (ONE,)}


def test_only_observed_pmids_are_known(store: Store) -> None:
    add(store, 1, make_record(ONE))
    assert store.known([ONE, TWO]) == {ONE}
    assert store.known([]) == set()
    assert store.current_records([]) == {}


def test_a_record_that_goes_and_comes_back_leaves_its_turns_and_keeps_its_observation(store: Store) -> None:
    record = make_record(ONE)
    add(store, 1, record)
    assert store.fates([ONE]) == {}
    for day, state in [(2, FateState.MISSING), (3, FateState.MISSING), (4, FateState.DELETED), (5, FateState.MISSING)]:
        note_gone(store, [ONE, ONE], state, at=moment(day))
    fate = store.fates([ONE])[ONE]
    assert (fate.state, fate.noted_at) == (FateState.DELETED, moment(4))
    assert store.current_records([ONE]) == {ONE: record}
    assert add(store, 6, record) == RecordsAdded(frozenset(), frozenset(), frozenset({ONE}))
    assert store.fates([ONE])[ONE].state is FateState.RETURNED
    note_gone(store, [ONE], FateState.MISSING, at=moment(7))
    turns = [(1, "missing"), (2, "deleted"), (3, "returned"), (4, "missing")]
    assert [row[1:3] for row in read_tables(store.path)["fate"]] == turns


def test_moments_are_kept_as_utc_and_need_a_time_zone(store: Store) -> None:
    late = datetime(2026, 11, 2, 0, 30, tzinfo=timezone(timedelta(hours=9)))  # still 1 November in UTC
    store.add_records([make_record(ONE)], observed_at=late, source="test")
    assert store.record_histories([ONE])[ONE][0][0] == late
    with pytest.raises(ValueError, match="time zone"):
        store.add_records([make_record(TWO)], observed_at=datetime(2026, 11, 2), source="test")  # noqa: DTZ001


def test_records_are_looked_up_by_doi_pmcid_and_the_beginning_of_the_title(store: Store) -> None:
    known = (
        make_record(99000001, title="Sleep loss, night work & insulin resistance: a cohort study."),
        make_record(99000002, title="Bees.", doi="10.5555/bees"),
        make_record(99000003, title="Wasps.", pmcid="PMC7550003"),
    )
    store.add_records(known, observed_at=moment(1), source="test")

    def look_up(**changes: object) -> set[int]:
        return set(store.look_up([make_reference(1, **({"title": "Nothing of the kind at all"} | changes))]))

    assert look_up(title="SLEEP LOSS - night work, insulin resistance") == {99000001}
    assert look_up(title="Sleep loss") == set(), "too short a title proves nothing"
    assert look_up(doi="10.5555/bees") == {99000002}
    assert look_up(text="Wasps. PMC7550003") == {99000003}
    assert look_up() == set()
    assert store.look_up([]) == {}
