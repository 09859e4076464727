"""Tables as Parquet files, written and read by DuckDB itself; many other programs read them, too."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from litwatch.model.errors import OutputFailed, StoreUnusable
from litwatch.store.duckdb_engine import quoted, start_engine


@cache
def _engine(_process: int) -> duckdb.DuckDBPyConnection:
    """One engine for all files: to start one costs as much as to read a small file ten times."""
    engine = start_engine()
    atexit.register(engine.close)  # DuckDB complains of what it still holds when Python ends before it
    return engine


_AT_ONCE = 1000
"""Rows in memory at a time while a file is read."""


def write_table(path: Path, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
    """Write rows as a Parquet file; ``columns`` gives each column's name and SQL type, in order.

    A file that is there is replaced. Raises OutputFailed where it cannot be written.
    """
    import numpy as np  # noqa: PLC0415 - a tenth of a second, and most commands write no Parquet

    names = list(columns)
    values: dict[str, Any] = {}
    for place, name in enumerate(names):
        values[name] = np.empty(len(rows), dtype=object)
        values[name][:] = [row[place] for row in rows]
    typed = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in columns.items())
    con = _engine(os.getpid()).cursor()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        con.register("given", values)
        con.execute(f"COPY (SELECT {typed} FROM given) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608
    except (duckdb.IOException, OSError) as error:
        raise OutputFailed(
            f"{path} could not be written ({error}): check its folder and the room on the disk"
        ) from None
    finally:
        con.close()


def read_table(path: Path, columns: Mapping[str, str], *, order: str | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows of a Parquet file with these columns. Raises StoreUnusable where the file is missing or damaged."""
    con = _engine(os.getpid()).cursor()
    sorting = f" ORDER BY {order}" if order else ""
    try:
        result = con.execute(f"SELECT {', '.join(columns)} FROM read_parquet({quoted(path)}){sorting}")  # noqa: S608
        while rows := result.fetchmany(_AT_ONCE):
            yield from rows
    except duckdb.Error as error:
        raise StoreUnusable(f"{path} cannot be read ({error}): it is missing or damaged; run the night again") from None
    finally:
        con.close()
