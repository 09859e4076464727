"""The store's file: waiting for its lock, refusing what it cannot use, surviving what kills it, migrating."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from litwatch.model.errors import OutputFailed, StoreBusy, StoreUnusable
from litwatch.model.identifiers import Pmid
from litwatch.store import Store, schema
from litwatch.store.documents import dump
from litwatch.store.duckdb_engine import attached
from litwatch.store.lock import release_lock, take_lock
from tests.factories import FIRST_PMID, make_record, make_reference
from tests.store.store_scenes import (
    CITED,
    NEW,
    START,
    another_process,
    heard,
    made_store,
    make_night,
    moment,
    read_tables,
    save_night,
)

DATA = Path(__file__).parents[1] / "data" / "store"
NEXT = len(schema.released_migrations()) + 1


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made_store(tmp_path)


@pytest.mark.parametrize("scene", ["hold", "hold in a shell"])
def test_a_held_store_is_busy_and_the_message_names_the_process_to_wait_for(store: Store, scene: str) -> None:
    with another_process(scene, store.path) as holder:
        assert heard(holder) == "holding"
        with pytest.raises(StoreBusy) as busy:
            Store(store.path, wait_seconds=0).known([])
        assert f"process {holder.pid} (" in str(busy.value)
        assert f"tests.store.store_scenes {scene}" in str(busy.value)


def test_a_store_that_is_read_is_read_by_others_and_written_by_none(store: Store) -> None:
    with another_process("read", store.path) as reader:
        assert heard(reader) == "reading"
        impatient = Store(store.path, wait_seconds=0)
        assert impatient.known([]) == set()
        with pytest.raises(StoreBusy, match=f"process {reader.pid}"):
            impatient.start_run("nightly", START)


def test_what_is_read_in_one_block_is_one_state_of_the_store(store: Store) -> None:
    other = Store(store.path, wait_seconds=0)
    with store.reading():
        before = store.runs()
        with pytest.raises(StoreBusy):
            other.start_run("check", moment(2))
        assert other.runs() == before, "others may read"
        assert store.runs() == before
    assert other.start_run("check", moment(2))
    assert len(store.runs()) == len(before) + 1


def test_a_writer_who_waits_is_served_before_readers_who_come_later(store: Store) -> None:
    late = Store(store.path, wait_seconds=0)

    def is_let_in() -> bool:
        try:
            late.known([])
        except StoreBusy:
            return False
        return True

    with another_process("read", store.path) as reader:
        assert heard(reader) == "reading"
        writer = threading.Thread(target=store.start_run, args=("nightly", START))
        writer.start()
        assert not all(is_let_in() for _ in range(200)), "readers who never pause would keep the writer out for ever"
        reader.communicate()
        writer.join()
    assert is_let_in()
    assert [run.kind for run in store.runs()] == ["nightly"]


def test_looking_whether_the_store_is_up_to_date_waits_for_no_reader(store: Store) -> None:
    with another_process("read", store.path) as reader:
        assert heard(reader) == "reading"
        Store(store.path, wait_seconds=0).migrate()


def test_duckdb_does_not_see_the_file_before_our_lock_is_held(store: Store) -> None:
    lock = take_lock(store.path.with_name("litwatch.duckdb.lock"), shared=False, deadline=0)
    with pytest.raises(StoreBusy):  # DuckDB's own lock is free: it would read headers that are about to change
        Store(store.path, wait_seconds=0).known([])
    release_lock(lock)
    assert store.known([]) == set()


@pytest.mark.parametrize("scene", ["hold", "hold in a shell"])
def test_a_store_that_is_let_go_within_the_wait_is_used(store: Store, scene: str) -> None:
    with another_process(scene, store.path) as holder:
        assert heard(holder) == "holding"
        release = threading.Thread(target=holder.communicate)
        release.start()
        assert Store(store.path, wait_seconds=30).known([]) == set()
        release.join()


def test_two_processes_writing_at_once_lose_nothing(store: Store) -> None:
    with (
        another_process("write many", store.path, FIRST_BATCH="0") as one,
        another_process("write many", store.path, FIRST_BATCH="12") as other,
    ):
        assert one.wait() == 0
        assert other.wait() == 0
    assert set(store.current_records()) == set(range(FIRST_PMID, FIRST_PMID + 24 * 50))


def test_threads_of_one_process_take_turns(store: Store) -> None:
    def write(number: int) -> None:
        store.add_records([make_record(FIRST_PMID + number)], observed_at=START, source="test")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.current_records()) == 8


def test_two_processes_migrating_a_new_store_at_once_both_succeed(tmp_path: Path) -> None:
    path = tmp_path / "litwatch.duckdb"
    with another_process("migrate", path) as one, another_process("migrate", path) as other:
        assert {heard(one), heard(other)} == {str(schema.released_migrations()[-1].number)}


def test_a_process_killed_in_a_transaction_leaves_nothing_of_it(store: Store) -> None:
    save_night(store, make_night())
    before = read_tables(store.path)
    with another_process("die in a transaction", store.path) as process:
        assert heard(process) == "half-way"
        assert process.wait() == -signal.SIGKILL
    assert read_tables(store.path) == before
    save_night(store, make_night(2))


def test_a_process_killed_while_writing_keeps_each_batch_whole_and_every_one_that_it_announced(store: Store) -> None:
    with another_process("write for ever", store.path) as process:
        announced = [int(heard(process)) for _ in range(5)]
        process.kill()
        process.wait()
    numbers = [(pmid - FIRST_PMID) // 50 for pmid in store.current_records()]
    assert set(announced) <= set(numbers)
    assert all(numbers.count(number) == 50 for number in set(numbers))


def test_a_full_disk_is_told_as_such_and_the_store_stays_as_it_was(store: Store) -> None:
    save_night(store, make_night())
    before = read_tables(store.path)
    with another_process("write on a full disk", store.path) as process:
        words = heard(process)
    assert words.startswith(OutputFailed.__name__)
    assert "Free some space" in words
    assert read_tables(store.path) == before


def test_what_is_saved_together_is_read_inside_and_kept_only_at_the_end(store: Store) -> None:
    before = read_tables(store.path)
    with store.saving(keep=False):
        store.save_night(make_night())
        assert store.known([NEW]) == {NEW}, "it reads what it has written"
    assert read_tables(store.path) == before, "a dry run"
    with suppress(ZeroDivisionError), store.saving():
        store.save_night(make_night())
        raise ZeroDivisionError
    assert read_tables(store.path) == before
    with store.saving():
        store.save_night(make_night())
    assert store.known([NEW]) == {NEW}


def test_an_error_inside_a_transaction_takes_all_of_it_back(store: Store) -> None:
    night = make_night()
    broken = replace(night, verdict=replace(night.verdict, status=object()))  # type: ignore[arg-type]
    before = read_tables(store.path)
    with pytest.raises(TypeError):
        save_night(store, broken)
    assert read_tables(store.path) == before


def test_a_store_of_a_newer_litwatch_is_refused_untouched(store: Store) -> None:
    with duckdb.connect(str(store.path)) as con:
        con.execute("INSERT INTO ledger VALUES ('9999_later.sql', 9999, 'x')")
    before = store.path.read_bytes()
    for use in (store.migrate, store.verify_chain, lambda: store.start_run("nightly", START)):
        with pytest.raises(StoreUnusable, match=r"newer version of litwatch \(schema 9999"):
            use()
    assert store.path.read_bytes() == before


def test_an_older_store_is_not_used_before_it_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(StoreUnusable, match="litwatch store migrate"):
        Store(path).known([])


@pytest.mark.parametrize("content", [b"", b"no database at all" * 1000], ids=["empty", "text"])
def test_a_file_that_is_no_store_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "litwatch.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreUnusable, match="snapshot"):
        Store(path).migrate()
    assert path.read_bytes() == content


def test_a_damaged_store_is_told_as_such(store: Store) -> None:
    save_night(store, make_night())
    damaged = bytearray(store.path.read_bytes())
    for place in range(12_288, len(damaged), 1000):  # the three headers stay
        damaged[place] ^= 0x5A
    store.path.write_bytes(damaged)
    with pytest.raises(StoreUnusable, match="damaged"):
        store.current_records()


def leave_wal(store: Store) -> Path:
    """What a process that was killed after its commit leaves beside the store."""
    with another_process("commit and die", store.path) as process:
        assert heard(process) == "committed"
        process.wait()
    return store.path.with_name(store.path.name + ".wal")


def test_the_wal_of_another_copy_is_moved_aside_and_nothing_else(store: Store, tmp_path: Path) -> None:
    store.snapshot(tmp_path / "snapshot.duckdb")
    save_night(store, make_night())
    wal = leave_wal(store)
    (tmp_path / "snapshot.duckdb").replace(store.path)
    with pytest.raises(
        StoreUnusable, match=r"belongs to another file.*Move that \.wal file aside, and only it"
    ) as told:
        store.known([])
    assert str(wal) in str(told.value)
    assert "snapshot" not in str(told.value)
    wal.rename(tmp_path / "aside.wal")
    assert store.check().problems == ()


def test_the_wal_of_another_file_is_told_apart_from_a_store_that_cannot_be_written(
    store: Store, tmp_path: Path
) -> None:
    other = Store(tmp_path / "other" / "litwatch.duckdb")
    other.migrate()
    leave_wal(store).replace(other.path.with_name(other.path.name + ".wal"))
    with pytest.raises(StoreUnusable, match="belongs to another file"):
        other.known([])


def test_a_damaged_wal_costs_what_was_saved_last_and_not_the_store(store: Store, tmp_path: Path) -> None:
    save_night(store, make_night())
    wal = leave_wal(store)
    damaged = bytearray(wal.read_bytes())
    damaged[len(damaged) // 2] ^= 0x5A
    wal.write_bytes(damaged)
    with pytest.raises(
        StoreUnusable, match=r"Move that \.wal file aside, and only it.*answers .* may be\s*missing"
    ) as told:
        store.known([])
    assert "snapshot" not in str(told.value)
    wal.rename(tmp_path / "aside.wal")
    assert store.check().problems == ()
    assert not store.runs()


def test_a_store_and_what_it_leaves_behind_may_be_read_by_its_own_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = Store(tmp_path / "litwatch.duckdb")
        store.migrate()
        wal = store.path.with_name(store.path.name + ".wal")
        with store._opened(read_only=False) as con:
            con.execute("CREATE TABLE more (number INTEGER)")
            assert [file.stat().st_mode & 0o777 for file in (store.path, wal)] == [0o600, 0o600]
        store.path.chmod(0o640)
        store.start_run("nightly", moment(1))
        store.snapshot(tmp_path / "copy.duckdb")
        assert store.path.stat().st_mode & 0o777 == 0o640, "what an operator has allowed stays allowed"
        assert (tmp_path / "copy.duckdb").stat().st_mode & 0o777 == 0o640
        (tmp_path / "report.html").write_text("for everybody")
        assert (tmp_path / "report.html").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


def test_a_missing_store_is_not_made_by_reading_or_writing(tmp_path: Path) -> None:
    store = Store(tmp_path / "nowhere.duckdb")
    with pytest.raises(StoreUnusable, match=r"nowhere\.duckdb"):
        store.known([])
    with pytest.raises(StoreUnusable, match=r"nowhere\.duckdb"):
        save_night(store, make_night())
    assert not store.path.exists()
    assert store.schema_version == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreUnusable, match="may be written"):
        Store(tmp_path / "litwatch.duckdb").migrate()


def test_the_store_takes_one_thread_for_its_small_questions(store: Store) -> None:
    with store._reading() as con:
        assert con.execute("SELECT current_setting('threads')").fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    ["ATTACH 'other.db'", "COPY run TO 'run.csv'", "FROM read_text('/etc/hostname')", "LOAD fts", "INSTALL fts",
     "SET threads = 1"],
)  # fmt: skip
def test_a_connection_of_the_store_reaches_no_other_file_extension_or_setting(store: Store, statement: str) -> None:
    with pytest.raises(duckdb.Error), attached(store.path, read_only=False) as con:
        con.execute(statement)


def test_a_connection_of_the_store_reads_no_other_store(store: Store, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).close()
    with pytest.raises(duckdb.Error), attached(store.path, read_only=True) as con:
        con.execute(f"ATTACH '{other}'")


def test_between_two_openings_the_file_is_free_and_without_a_wal(store: Store) -> None:
    with attached(store.path, read_only=False) as con:
        con.execute("CREATE TABLE mark AS SELECT 1 AS n")
    assert not store.path.with_name(f"{store.path.name}.wal").exists()
    seen = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).sql('FROM mark').fetchall())"
    said = subprocess.run([sys.executable, "-c", seen, store.path], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "[(1,)]"


def test_an_opening_after_an_error_works_and_sees_what_was_kept(store: Store) -> None:
    for _ in range(3):
        with pytest.raises(duckdb.Error), attached(store.path, read_only=False) as con:
            con.execute("FROM nothing_of_that_name")
        with attached(store.path, read_only=True) as con:
            assert con.execute("SELECT count(*) FROM record").fetchone() == (0,)


def test_threads_read_side_by_side(store: Store) -> None:
    met = threading.Barrier(3, timeout=60)

    def read() -> bool:
        with attached(store.path, read_only=True) as con:
            met.wait()
            return con.execute("SELECT count(*) FROM record").fetchone() == (0,)

    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(lambda _: read(), range(3)))


def test_a_variable_of_the_program_is_no_table(store: Store) -> None:
    with attached(store.path, read_only=True) as con:
        variable = con.sql("SELECT 1 AS x")
        with pytest.raises(duckdb.CatalogException):
            con.execute("FROM variable")
        assert variable.columns == ["x"]


def test_migrating_again_changes_nothing(store: Store) -> None:
    save_night(store, make_night())
    before = store.path.read_bytes()
    store.migrate()
    assert store.path.read_bytes() == before


def test_released_migrations_are_numbered_without_gaps() -> None:
    numbers = [step.number for step in schema.released_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.fixture(scope="module")
def older_stores(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The file of a store without any content as each migration left it, in order: each grows from the one before."""
    path, files = tmp_path_factory.mktemp("older") / "store.duckdb", []
    for count in range(1, len(schema.released_migrations()) + 1):
        with duckdb.connect(str(path)) as con:
            steps = schema.released_migrations()[:count]
            schema.apply_migrations(con, steps, replace(schema.released_views(), sql=""))
        files.append(path.read_bytes())
    return files


TELLING = {1, 4, 5, 8, 9, 30, 31, *range(10, NEXT, 7), NEXT - 2, NEXT - 1}
"""Versions before and after what a migration fills in, some between, and the last: the others are much like these."""


@pytest.mark.parametrize(
    "version",
    [
        version if version in TELLING else pytest.param(version, marks=pytest.mark.slow)
        for version in range(1, len(schema.released_migrations()) + 1)
    ],
)
def test_a_store_of_any_earlier_version_ends_with_the_schema_of_a_new_one(
    tmp_path: Path, store: Store, older_stores: list[bytes], version: int
) -> None:
    old = Store(tmp_path / f"version-{version}.duckdb")
    old.path.write_bytes(older_stores[version - 1])
    with attached(old.path, read_only=False) as con:
        title = "What an old store held of insulin resistance in night nurses"
        doc = dump(make_record(title=title, version=3, mesh_dated=None, revised=date(2026, 1, 2), cites=(NEW, CITED)))
        con.execute(
            "INSERT INTO observation (pmid, revision, observed_at, content_hash, source, doc)"
            " VALUES (99000001, 1, '2026-01-01', sha256($doc), 'old', $doc)",
            {"doc": doc},
        )
        con.execute(
            "INSERT INTO run (id, kind, process, started_at) VALUES ('old', 'nightly', 'host/1/1', '2026-01-01')"
        )
    old.migrate()
    assert old.current_records()[Pmid(99000001)].title.startswith("What an old store")
    assert [run.id for run in old.runs()] == ["old"]
    if version < 5:  # since then, keys are written with each observation
        assert set(old.look_up([make_reference(1, title="What an old store held of insulin resistance")])) == {99000001}

    if version < 9:  # and so are the version and the days
        assert old.record_days([Pmid(99000001)]) == {
            99000001: (date(2026, 10, 10), date(2026, 10, 10), date(2026, 1, 2))
        }
        with attached(old.path, read_only=True) as con:
            assert con.execute("SELECT version FROM observation").fetchall() == [(3,)]

    if version < 31:  # and so are the papers that it cites
        assert old.citing([CITED]) == {CITED: (Pmid(99000001),)}

    def describe(path: Path) -> list[tuple[object, ...]]:
        with attached(path, read_only=True) as con:
            return con.execute(
                "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns()"
                " WHERE NOT internal ORDER BY ALL"
            ).fetchall()

    assert describe(old.path) == describe(store.path)
    assert save_night(old, make_night()).opened


def test_the_next_migration_keeps_what_the_store_holds(store: Store) -> None:
    store.start_run("nightly", moment(1))
    step = schema.Step(NEXT, "next_example.sql", (DATA / "next_example.sql").read_text())
    with duckdb.connect(str(store.path)) as con:
        assert schema.apply_migrations(con, (*schema.released_migrations(), step), schema.released_views()) == 2
        assert schema.read_version(con) == NEXT
        assert con.execute("SELECT id, host FROM run").fetchall() == [("nightly-20261101T021500Z", None)]


def test_a_migration_that_fails_leaves_the_version_before_it(store: Store) -> None:
    before = read_tables(store.path)
    step = schema.Step(NEXT, "next_broken.sql", (DATA / "next_broken.sql").read_text())
    with duckdb.connect(str(store.path)) as con, pytest.raises(duckdb.Error):
        schema.apply_migrations(con, (*schema.released_migrations(), step), schema.released_views())
    assert read_tables(store.path) == before
