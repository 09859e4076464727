"""What a shard writes comes into the store as on one machine: everything, in its order, once, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from litwatch.model.errors import StoreUnusable
from litwatch.store import Store
from litwatch.store.parquet_tables import read_table, write_table
from litwatch.store.write_journal import JOURNALLED, JournalledStore, WriteJournal, read_arguments, replay
from tests.factories import make_record
from tests.store.store_scenes import CITED, NEW, made_store, make_night, moment, read_tables, save_night


def write_shard(store: Store, folder: Path, write: Callable[[Store], object]) -> list[Path]:
    """What a shard leaves that works on a copy of the store."""
    folder.mkdir()
    copy = folder / "copy.duckdb"
    store.snapshot(copy)
    journal = WriteJournal(folder / "journal")
    write(JournalledStore(copy, journal))
    journal.flush()
    return sorted((folder / "journal").glob("*.parquet"))


def in_shards(store: Store, folder: Path, *shards: Callable[[Store], object], run: str = "nightly-1") -> Sequence[str]:
    journals = [write_shard(store, folder / f"{number}", write) for number, write in enumerate(shards)]
    return list(replay(store, journals, run=run))


@pytest.fixture
def one_machine(tmp_path: Path) -> Store:
    return made_store(tmp_path / "one")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made_store(tmp_path / "many")


def first(store: Store) -> None:
    save_night(store, make_night())


def second(store: Store) -> None:
    save_night(store, make_night(topic="sleep-apnoea"))


def test_two_shards_leave_the_store_that_one_machine_leaves(tmp_path: Path, one_machine: Store, store: Store) -> None:
    first(one_machine)
    second(one_machine)
    assert in_shards(store, tmp_path, first, second) == ["insulin-resistance", "sleep-apnoea"]
    assert read_tables(store.path) == read_tables(one_machine.path)


def test_a_later_night_in_shards_writes_what_it_changed(tmp_path: Path, one_machine: Store, store: Store) -> None:
    changed = make_night(2, records=(make_record(NEW, title="As NLM has it now."), make_record(CITED)))
    for each in (one_machine, store):
        first(each)
    save_night(one_machine, changed)
    in_shards(store, tmp_path, lambda shard: save_night(shard, changed), run="nightly-2")
    assert read_tables(store.path) == read_tables(one_machine.path)


def test_a_record_that_the_store_has_already_is_sent_without_its_text(tmp_path: Path, store: Store) -> None:
    first(store)
    files = write_shard(store, tmp_path / "shard", lambda shard: save_night(shard, make_night(2)))
    (records,) = [file for file in files if file.name.startswith("records")]
    assert {text for (text,) in read_table(records, {"text": "VARCHAR"})} == {None}


def test_a_record_that_two_shards_saw_differently_goes_through_both_forms(
    tmp_path: Path, one_machine: Store, store: Store
) -> None:
    """NLM corrects a record in the middle of the night: one shard has fetched it before, the other after."""
    corrected = make_night(2, records=(make_record(NEW, title="As NLM has it now."), make_record(CITED)))
    before = make_night(2, topic="sleep-apnoea")
    for each in (one_machine, store):
        first(each)
    save_night(one_machine, corrected)
    save_night(one_machine, before)
    in_shards(
        store, tmp_path, lambda shard: save_night(shard, corrected), lambda shard: save_night(shard, before), run="2"
    )
    assert read_tables(store.path) == read_tables(one_machine.path)
    assert store.current_records([NEW]) == {NEW: make_record(NEW)}


def broken(store: Store) -> None:
    with store.saving():
        first(store)
        raise ZeroDivisionError


def test_a_transaction_that_failed_in_the_shard_is_not_merged(tmp_path: Path, one_machine: Store, store: Store) -> None:
    def write(shard: Store) -> None:
        with pytest.raises(ZeroDivisionError):
            broken(shard)
        with shard.saving(keep=False):
            first(shard)
        second(shard)

    second(one_machine)
    in_shards(store, tmp_path, write)
    assert read_tables(store.path) == read_tables(one_machine.path)


def test_a_merge_that_breaks_off_keeps_nothing_and_can_be_done_again(
    tmp_path: Path, one_machine: Store, store: Store
) -> None:
    empty = read_tables(store.path)
    journals = [write_shard(store, tmp_path / "1", first), write_shard(store, tmp_path / "2", second)]
    damaged = tmp_path / journals[1][1].name
    shutil.copy(journals[1][1], damaged)
    journals[1][1].write_bytes(journals[1][1].read_bytes()[:100])
    with pytest.raises(StoreUnusable, match="run the night again"):
        replay(store, journals, run="nightly-1")
    assert read_tables(store.path) == empty
    shutil.copy(damaged, journals[1][1])
    replay(store, journals, run="nightly-1")
    first(one_machine)
    second(one_machine)
    assert read_tables(store.path) == read_tables(one_machine.path)


def test_a_night_that_is_merged_twice_is_there_once(tmp_path: Path, store: Store) -> None:
    journals = [write_shard(store, tmp_path / "1", first), write_shard(store, tmp_path / "2", second)]
    replay(store, journals, run="nightly-1")
    once = read_tables(store.path)
    again = replay(store, journals, run="nightly-1")
    assert read_tables(store.path) == once
    assert {slug: saved.night for slug, saved in again.items()} == {"insulin-resistance": 1, "sleep-apnoea": 2}


def test_a_shard_that_worked_on_another_store_is_refused(tmp_path: Path, store: Store) -> None:
    other = made_store(tmp_path / "other")
    first(other)
    files = write_shard(other, tmp_path / "shard", lambda shard: save_night(shard, make_night(2)))
    with pytest.raises(StoreUnusable, match="another store"):
        replay(store, [files], run="nightly-2")


def test_a_long_journal_is_several_files_and_comes_in_order(
    tmp_path: Path, one_machine: Store, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("litwatch.store.write_journal.MOST_TEXT", 1)

    def three_nights(shard: Store) -> None:
        for day in (1, 2, 3):
            save_night(shard, make_night(day))

    three_nights(one_machine)
    files = write_shard(store, tmp_path / "shard", three_nights)
    assert len(files) == 6
    replay(store, [files], run="nightly-1")
    assert read_tables(store.path) == read_tables(one_machine.path)


def test_a_write_that_no_journal_notes_stops_the_shard(tmp_path: Path, store: Store) -> None:
    copy = tmp_path / "copy.duckdb"
    store.snapshot(copy)
    shard = JournalledStore(copy, WriteJournal(tmp_path / "journal"))
    with pytest.raises(LookupError, match="JOURNALLED"):
        shard.start_run("nightly", moment(1))
    with pytest.raises(LookupError, match="JOURNALLED"), shard.saving():
        shard.start_run("nightly", moment(1))


@pytest.mark.parametrize("method", JOURNALLED)
def test_the_arguments_of_every_journalled_method_can_be_read_back(method: str) -> None:
    from litwatch.store.write_journal import Write

    with pytest.raises(StoreUnusable, match="run the same litwatch"):
        read_arguments(Write(method, '{"a": 1}', (), None))


def test_a_write_of_a_litwatch_that_this_one_does_not_know_is_refused() -> None:
    from litwatch.store.write_journal import Write

    with pytest.raises(StoreUnusable, match="does not know"):
        read_arguments(Write("drop_everything", "{}", (), None))


def test_a_table_keeps_text_bytes_lists_and_gaps(tmp_path: Path) -> None:
    columns = {"name": "VARCHAR", "content": "BLOB", "numbers": "INTEGER[]", "size": "BIGINT"}
    rows = [("a\n'\"", b"\0\xff", [1, 2], 2**40), (None, b"", [], None)]
    write_table(tmp_path / "t.parquet", columns, rows)
    assert list(read_table(tmp_path / "t.parquet", columns)) == rows
    write_table(tmp_path / "t.parquet", columns, [])
    assert list(read_table(tmp_path / "t.parquet", columns)) == []
