"""DuckDB engines, kept for the next opening of the same file.

Starting DuckDB costs about three times as much as attaching the store to an engine that runs already
(``bench.store`` prints both), and a night opens its store some twenty times. An engine has one file at a time; between
two openings it holds none, so other processes find the store free.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

_FIRST: dict[str, str | bool | int | float | list[str]] = {
    "allow_community_extensions": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # else an unknown table's name is looked up among Python's variables
}
"""What holds for every engine, that of copies and of a person's questions too."""
_FRUGAL: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,  # a night's questions are small: a second thread cost 15 % more of the processor and 20 MB
    # What a transaction freed goes back to the system: 20 MB less in a first night. From 4 MB on: with 1 MB, every
    # small question gave its memory back and took it again, and a night had twice the page faults.
    "allocator_flush_threshold": "4MB",
    "allocator_bulk_deallocation_flush_threshold": "4MB",
}
"""What holds for the store's own engines besides: many short transactions, beside which a person may work."""
_IN_SMALL_GROUPS = " (ROW_GROUP_SIZE 8192)"
"""What is written at the end of a hold is whole groups of rows. DuckDB's own 122,880 made that the most of a night of a
thousand articles, 50 MB more than these, because a store has many small changes."""
_OWN_FILES = ("", ".wal", ".wal.checkpoint", ".wal.recovery")
"""What DuckDB 2.0 itself writes beside a file, by suffix; nothing else can be reached."""
_MOST_IDLE = 4
"""So many engines wait for their next opening; each takes some megabytes."""

_idle: list[tuple[int, Path, duckdb.DuckDBPyConnection]] = []
_idle_lock = threading.Lock()


def start_engine() -> duckdb.DuckDBPyConnection:
    """A database in memory that loads no extension; it may read and write files."""
    return duckdb.connect(":memory:", config=_FIRST)


@contextmanager
def attached(path: Path, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to one DuckDB file, closed at the end of the block.

    It can reach no other file and change no setting. Raises DuckDB's errors.
    """
    engine = _take_idle(path) or _start_sealed(path)
    con = None
    try:
        engine.execute(f"ATTACH {quoted(path)} AS store" + (" (READ_ONLY)" if read_only else _IN_SMALL_GROUPS))
        con = engine.cursor()
        con.execute("USE store")
        yield con
    except BaseException:
        # After a fatal error an engine answers nothing more, and a query may still be running: never used again.
        if con is not None:
            con.close()
        engine.close()
        raise
    con.close()
    try:
        engine.execute("DETACH store")
    except duckdb.Error:  # a full disk, say: what was committed stands in the .wal file, and the next opening reads it
        engine.close()
    else:
        _put_back(path, engine)


def quoted(path: Path) -> str:
    """A path as an SQL literal: ATTACH and COPY take no bound parameter. It comes from the operator."""
    return "'" + str(path).replace("'", "''") + "'"


def _start_sealed(path: Path) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(":memory:", config=_FIRST | _FRUGAL)
    own = ", ".join(quoted(path.with_name(path.name + suffix)) for suffix in _OWN_FILES)
    engine.execute(f"SET allowed_paths = [{own}]")
    engine.execute(f"SET temp_directory = {quoted(path.with_name(path.name + '.tmp'))}")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def _take_idle(path: Path) -> duckdb.DuckDBPyConnection | None:
    """An idle engine of this process (a fork must not use its parent's) for this file."""
    with _idle_lock:
        for place, (process, file, engine) in enumerate(_idle):
            if (process, file) == (os.getpid(), path):
                del _idle[place]
                return engine
    return None


@atexit.register
def _stop_idle() -> None:
    """DuckDB complains of what it still holds when Python ends before it."""
    while _idle:
        process, _, engine = _idle.pop()
        if process == os.getpid():
            engine.close()


def _put_back(path: Path, engine: duckdb.DuckDBPyConnection) -> None:
    with _idle_lock:
        _idle.append((os.getpid(), path, engine))
        longest = _idle.pop(0) if len(_idle) > _MOST_IDLE else None
    if longest is not None and longest[0] == os.getpid():
        with suppress(duckdb.Error):
            longest[2].close()
