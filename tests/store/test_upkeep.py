"""Looking after the store: snapshot, export, vacuum, check."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import duckdb
import pytest

from litwatch.model.errors import OutputFailed, StoreBusy, StoreUnusable
from litwatch.model.judgement import Decision, Judgement
from litwatch.store import RunState, Store, schema
from tests.factories import FIRST_PMID, make_record
from tests.store.store_scenes import (
    ARRIVAL,
    CITED,
    another_process,
    episodes_of,
    heard,
    made_store,
    make_message,
    make_night,
    moment,
    read_tables,
    save_night,
)
from tests.watermarks import watermark


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = made_store(tmp_path / "it's a folder")
    save_night(store, make_night())
    store.enqueue([make_message()], at=moment(1))
    shown = episodes_of(store, "insulin-resistance", ARRIVAL)
    store.record_judgement(
        Judgement("insulin-resistance", Decision.RELEVANT, "Dr A", moment(2), change=ARRIVAL, episodes=shown)
    )
    return store


def damage(store: Store, statement: str) -> None:
    with duckdb.connect(str(store.path)) as con:
        con.execute(statement)


def test_a_snapshot_is_a_whole_store_that_later_writing_does_not_touch(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "published" / "snapshot.duckdb"
    store.snapshot(target)
    published = read_tables(store.path)
    save_night(store, make_night(2))
    assert read_tables(target) == published
    assert watermark(Store(target), "insulin-resistance") == moment(1).date()
    store.snapshot(target)
    assert read_tables(target) == read_tables(store.path)
    assert {path.name for path in target.parent.iterdir() if path.suffix != ".lock"} == {"snapshot.duckdb"}


def test_a_snapshot_holds_what_a_process_had_committed_before_it_was_killed(store: Store, tmp_path: Path) -> None:
    with another_process("commit and die", store.path) as process:
        assert heard(process) == "committed"
        assert process.wait() == -signal.SIGKILL
    assert store.path.with_name("litwatch.duckdb.wal").exists()
    store.snapshot(tmp_path / "snapshot.duckdb")
    assert [run.id for run in Store(tmp_path / "snapshot.duckdb").runs()] == ["last"]


def test_a_snapshot_is_not_replaced_under_its_reader(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "snapshot.duckdb"
    store.snapshot(target)
    before = target.read_bytes()
    save_night(store, make_night(2))
    with another_process("read", target) as reader:
        assert heard(reader) == "reading"
        with pytest.raises(StoreBusy, match=r"snapshot\.duckdb"):
            Store(store.path, wait_seconds=0).snapshot(target)
    assert target.read_bytes() == before


def test_a_snapshot_is_read_while_the_store_is_held(store: Store, tmp_path: Path) -> None:
    store.snapshot(tmp_path / "snapshot.duckdb")
    with another_process("hold", store.path) as holder:
        assert heard(holder) == "holding"
        assert Store(tmp_path / "snapshot.duckdb", wait_seconds=0).verify_chain().length == 1


def test_a_store_that_is_held_gives_no_half_snapshot(store: Store, tmp_path: Path) -> None:
    with another_process("hold", store.path) as holder:
        assert heard(holder) == "holding"
        for attempt in (Store(store.path, wait_seconds=0).snapshot, Store(store.path, wait_seconds=0).export):
            with pytest.raises(StoreBusy):
                attempt(tmp_path / "copy")
        with pytest.raises(StoreBusy):
            Store(store.path, wait_seconds=0).vacuum()
    assert not (tmp_path / "copy").exists()


def test_a_snapshot_never_replaces_the_store_itself(store: Store) -> None:
    with pytest.raises(OutputFailed, match="name another file"):
        store.snapshot(store.path)


def test_a_snapshot_that_cannot_be_written_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputFailed, match="file"):
        store.snapshot(tmp_path / "file" / "snapshot.duckdb")


def test_an_export_holds_every_row_of_every_view_for_analysts_and_of_every_table(store: Store, tmp_path: Path) -> None:
    counts = store.export(tmp_path / "export")
    kept = {f"tables/{table}": rows for table, rows in read_tables(store.path).items()}
    with duckdb.connect(str(store.path), read_only=True) as con:
        views = schema.analyst_views(con)
        assert {"record", "search_log", "reference"} <= set(views)
        kept |= {view: con.execute(f"FROM {view} ORDER BY ALL").fetchall() for view in views}
    assert counts == {file: len(rows) for file, rows in kept.items()}
    for file, rows in kept.items():
        path = tmp_path / "export" / f"{file}.parquet"
        assert duckdb.sql(f"FROM '{path}' ORDER BY ALL").fetchall() == rows
    with pytest.raises(OutputFailed, match="exists already"):
        store.export(tmp_path / "export")


def test_a_vacuum_shrinks_the_file_and_keeps_everything(store: Store) -> None:
    noise = random.Random(1)  # nothing to compress
    bulky = [make_record(FIRST_PMID + 1000 + number, title=noise.randbytes(2000).hex()) for number in range(2000)]
    store.add_records(bulky, observed_at=moment(2), source="test")
    damage(store, f"DELETE FROM observation WHERE pmid > {CITED}")
    mode = store.path.stat().st_mode
    tables = read_tables(store.path)
    promised = store.vacuum(dry_run=True)
    assert store.path.stat().st_size == promised[0], "a dry run leaves the file as it is"
    before, after = store.vacuum()
    assert (before, after) == promised
    assert after < before / 2
    assert after == store.path.stat().st_size
    assert store.path.stat().st_mode == mode
    assert read_tables(store.path) == tables
    assert {path.name for path in store.path.parent.iterdir() if path.suffix != ".lock"} == {store.path.name}
    assert save_night(store, make_night(9)).opened == ()
    assert watermark(store, "insulin-resistance") == moment(9).date()
    assert len(store.open_changes("insulin-resistance", on=moment(9).date())) == 2, "the views came along"


def test_a_sound_store_has_no_problems(store: Store) -> None:
    report = store.check()
    assert report.problems == ()
    assert report.chain.length == 1


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"UPDATE observation SET doc = replace(doc::VARCHAR, 'Varga', 'X') WHERE pmid = {CITED}", f"altered.*{CITED}"),
        (f"UPDATE observation SET content_hash = repeat('0', 64) WHERE pmid = {CITED}", f"altered.*{CITED}"),
        (f"UPDATE observation SET revised = revised - 1 WHERE pmid = {CITED}", f"days or version.*{CITED}"),
        (f"UPDATE observation SET mesh_dated = NULL WHERE pmid = {CITED}", f"days or version.*{CITED}"),
        (f"DELETE FROM observation WHERE pmid = {CITED}", f"observation that is not there.*{CITED}"),
        (f"INSERT INTO observation SELECT * REPLACE (3 AS revision) FROM observation WHERE pmid = {CITED}",
         f"not all there.*{CITED}"),
        ("DELETE FROM sweep", "without their sweep"),
        ("DELETE FROM search", "without their search"),
        ("DELETE FROM record_key", "found by their DOI"),
        (f"INSERT INTO citation VALUES (1, {CITED}, 1, true)", f"cite are not noted.*{CITED}"),
        ("UPDATE ledger SET digest = 'x' WHERE number = 1", "text that differs"),
        ("DELETE FROM sighting; DELETE FROM observation", "never observed"),
        (f"DELETE FROM episode WHERE pmid = {ARRIVAL.pmid}", "episode that is not there"),
        ("INSERT INTO judgement_code VALUES (1, 'reviewed_withdraw', NULL, NULL)", "of their text, by number: 1 "),
        (f"UPDATE episode SET number = 2 WHERE pmid = {CITED}", f"episodes are not all there.*{CITED}"),
    ],
    ids=["record", "hash", "day", "day lost", "record lost", "gap", "sweep lost", "search lost", "keys lost",
         "citation", "migration", "change", "episode lost", "code", "episode before lost"],
)  # fmt: skip
def test_a_check_names_what_is_wrong(store: Store, statement: str, words: str) -> None:
    import re

    damage(store, statement)
    assert re.search(words, "\n".join(store.check().problems))


def test_a_store_is_copied_before_it_is_migrated_and_the_copy_is_the_way_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "litwatch.duckdb")
    store.migrate()
    run = store.start_run("nightly", moment(1))
    before = schema.released_migrations()
    further = schema.Step(before[-1].number + 1, "9999_further.sql", "CREATE TABLE further (n INTEGER)")
    copy = store.copy_of_schema(before[-1].number)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "released_migrations", lambda: (*before, further))
        assert not copy.exists()
        store.migrate()
        assert store.schema_version == further.number
        store.finish_run(run, RunState.SUCCEEDED, at=moment(1))
    with pytest.raises(StoreUnusable, match="newer version of litwatch"):
        store.migrate()
    copy.replace(store.path)
    store.migrate()
    assert [each.id for each in store.runs()] == [run]
    assert store.runs()[0].finished_at is None


def test_a_store_that_cannot_be_copied_is_not_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "litwatch.duckdb")
    store.migrate()
    before = schema.released_migrations()
    further = schema.Step(before[-1].number + 1, "9999_further.sql", "CREATE TABLE further (n INTEGER)")
    store.copy_of_schema(before[-1].number).mkdir()
    monkeypatch.setattr(schema, "released_migrations", lambda: (*before, further))
    with pytest.raises(OutputFailed, match="could not be written"):
        store.migrate()
    assert store.schema_version == before[-1].number
