"""Runs in the store: what was started, how it ended, and which ones ended without saying so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import duckdb
import orjson

from litwatch.store.documents import dump, from_utc, to_utc
from litwatch.store.processes import is_alive, name_process
from litwatch.store.store_file import StoreFile


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    INCOMPLETE = "incomplete"
    """It ended in order, but some topic, source or delivery failed."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """It was started, did not end, and its process cannot be seen alive on this machine."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the program."""

    id: str
    kind: str
    """``nightly``, ``check``, ``digest``, …"""
    started_at: datetime
    finished_at: datetime | None
    state: RunState
    summary: Mapping[str, object]
    error: str | None
    """What failed, in sentences; for an interrupted run what is known of its end."""
    number: int
    """Runs are kept in this order, whatever the clock said."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended before its work was done; kept beside the store where the store cannot take it."""

    kind: str
    process: str
    """``name_process`` of the process that ran it."""
    started_at: datetime
    """When the run or what it needs to begin (settings, store) was started; with time zone."""
    ended_at: datetime
    error: str
    """Why, in a sentence or two."""
    mailed: bool = False
    """Whether the operator was told of it by mail."""
    summary: Mapping[str, object] = field(default_factory=dict)
    """What was measured of it."""


class Height(NamedTuple):
    """How much a store holds of what is only ever added."""

    nights: int
    """Surveys of single articles."""
    judgements: int


class Runs(StoreFile):
    """The part of the store that holds runs."""

    def start_run(self, kind: str, at: datetime) -> str:
        """Note the start of a run of this process; its id, ``nightly-20261122T020000Z``, numbered where taken."""
        with self._writing() as con:
            return _begin(con, kind, at, name_process())

    def finish_run(
        self,
        run: str,
        state: RunState,
        *,
        at: datetime,
        summary: Mapping[str, object] | None = None,
        error: str | None = None,
    ) -> None:
        """Note how a run ended, once. Raises LookupError where no such run is open."""
        if state not in {RunState.SUCCEEDED, RunState.INCOMPLETE, RunState.FAILED}:
            raise ValueError(f"a run cannot end as {state.value!r}")
        with self._writing() as con:
            ended = con.execute(
                "UPDATE run SET finished_at = ?, state = ?, summary = ?, error = ?"
                " WHERE id = ? AND finished_at IS NULL RETURNING id",
                [to_utc(at), state.value, dump(dict(summary or {})), error, run],
            ).fetchall()
        if not ended:
            raise LookupError(f"no run {run!r} is open: it was never started, or it has ended already")

    def correct_end(self, run: str, state: RunState, *, summary: Mapping[str, object], error: str | None) -> None:
        """Say otherwise how an ended run ended, for what failed after its end was noted."""
        with self._writing() as con:
            con.execute(
                "UPDATE run SET state = ?, summary = ?, error = ? WHERE id = ? AND finished_at IS NOT NULL",
                [state.value, dump(dict(summary)), error, run],
            )

    def settle_end(self, end: RunEnd) -> str:
        """Note that a run ended before its work was done, once; the run's id.

        The run may be open, ended with a reason of its own, which stays, or, where it ended before it was noted at
        all, not be there yet.
        """
        with self._writing() as con:
            row = con.execute(
                "SELECT id FROM run WHERE process = ? AND kind = ? AND started_at >= ? ORDER BY number LIMIT 1",
                [end.process, end.kind, to_utc(end.started_at)],
            ).fetchone()
            run = str(row[0]) if row else _begin(con, end.kind, end.started_at, end.process)
            con.execute(
                "UPDATE run SET finished_at = ?, state = ?, error = ? WHERE id = ? AND state IS NULL",
                [to_utc(end.ended_at), RunState.FAILED.value, end.error, run],
            )
            con.execute(
                "UPDATE run SET summary = ? WHERE id = ? AND coalesce(summary::VARCHAR, '{}') = '{}'",
                [dump(dict(end.summary)), run],
            )
            if end.mailed:
                _note_mailed(con, [run], end.ended_at)
        return run

    def note_mailed(self, runs: Collection[str], *, at: datetime) -> None:
        """Keep that the operator knows of these runs' ends."""
        with self._writing() as con:
            _note_mailed(con, runs, at)

    def unmailed_ends(self) -> tuple[Run, ...]:
        """The runs that failed or were interrupted and of whose end the operator has not been told, oldest first."""
        with self._reading() as con:
            found = _read(con, "WHERE mailed_at IS NULL AND coalesce(state, 'failed') = 'failed'")
        return tuple(run for run in reversed(found) if run.state in {RunState.FAILED, RunState.INTERRUPTED})

    def last_done(self, limit: int = 1) -> tuple[Run, ...]:
        """The nights and checks that were kept last, of those that ended in order; the last one first."""
        with self._reading() as con:
            found = _read(con, "WHERE state <> 'failed' AND kind IN ('nightly', 'check')")
        return tuple(sorted(found, key=lambda run: run.number, reverse=True)[:limit])

    def last_night_done(self) -> Run | None:
        """The night that began last of those that ended in order; None before the first."""
        with self._reading() as con:
            found = _read(con, "WHERE state <> 'failed' AND kind = 'nightly'")
        done = [run for run in found if run.finished_at is not None]
        return max(done, key=lambda run: run.started_at, default=None)

    def height(self) -> Height:
        """How much is in the store, to tell an older copy of it."""
        with self._reading() as con:
            row = con.execute(
                "SELECT (SELECT count(DISTINCT night) FROM sweep), (SELECT count(*) FROM stored_judgement)"
            ).fetchone()
        return Height(*row) if row else Height(0, 0)

    def runs(self, limit: int = 20) -> tuple[Run, ...]:
        """The latest runs, newest first."""
        with self._reading() as con:
            return _read(con, limit=limit)


def _begin(con: duckdb.DuckDBPyConnection, kind: str, at: datetime, process: str | None) -> str:
    stem = f"{kind}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    taken = {row[0] for row in con.execute("SELECT id FROM run WHERE starts_with(id, ?)", [stem]).fetchall()}
    run, number = stem, 1
    while run in taken:
        number += 1
        run = f"{stem}-{number}"
    con.execute(
        "INSERT INTO run (id, kind, process, started_at, number)"
        " SELECT ?, ?, ?, ?, coalesce(max(number), 0) + 1 FROM run",
        [run, kind, process, to_utc(at)],
    )
    return run


def _note_mailed(con: duckdb.DuckDBPyConnection, runs: Collection[str], at: datetime) -> None:
    con.execute(
        "UPDATE run SET mailed_at = ? WHERE id IN (SELECT unnest(?::VARCHAR[])) AND mailed_at IS NULL",
        [to_utc(at), list(runs)],
    )


def _read(con: duckdb.DuckDBPyConnection, which: str = "", *, limit: int | None = None) -> tuple[Run, ...]:
    rows = con.execute(
        "SELECT id, kind, started_at, finished_at, state, summary, error, process, coalesce(number, 0),"  # noqa: S608
        " (SELECT list(DISTINCT topic ORDER BY topic) FROM sweep WHERE sweep.run = this.id AND this.state IS NULL)"
        f" FROM run AS this {which} ORDER BY started_at DESC, id DESC LIMIT $limit",
        {"limit": limit},
    ).fetchall()
    found = []
    for run, kind, started, finished, state, summary, error, process, number, kept in rows:
        stands = RunState(state) if state else RunState.RUNNING if is_alive(process) else RunState.INTERRUPTED
        found.append(
            Run(
                run,
                kind,
                from_utc(started),
                from_utc(finished) if finished else None,
                stands,
                orjson.loads(summary) if summary else {},
                _say_interrupted(kept) if stands is RunState.INTERRUPTED else error,
                number,
            )
        )
    return tuple(found)


def _say_interrupted(kept: Sequence[str] | None) -> str:
    """What is known of a run whose process is gone."""
    reached = f"saved until then: {', '.join(kept)}" if kept else "nothing was saved by then"
    return (
        "its process ended without a word (killed, out of memory, a crash of the machine or a power cut);"
        f" {reached}; the next night does the rest"
    )
