"""Runs in the store: what was started, how it ended, and which ones ended without saying so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

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


class Runs(StoreFile):
    """The part of the store that holds runs."""

    def start_run(self, kind: str, at: datetime) -> str:
        """Note the start of a run of this process; its id, ``nightly-20261122T020000Z``, numbered where taken."""
        stem = f"{kind}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        with self._writing() as con:
            taken = {row[0] for row in con.execute("SELECT id FROM run WHERE starts_with(id, ?)", [stem]).fetchall()}
            run, number = stem, 1
            while run in taken:
                number += 1
                run = f"{stem}-{number}"
            con.execute(
                "INSERT INTO run (id, kind, process, started_at) VALUES (?, ?, ?, ?)",
                [run, kind, name_process(), to_utc(at)],
            )
        return run

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

    def runs(self, limit: int = 20) -> tuple[Run, ...]:
        """The latest runs, newest first."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT id, kind, started_at, finished_at, state, summary, error, process FROM run"
                " ORDER BY started_at DESC, id DESC LIMIT ?",
                [limit],
            ).fetchall()
        return tuple(
            Run(
                run,
                kind,
                from_utc(started),
                from_utc(finished) if finished else None,
                RunState(state) if state else RunState.RUNNING if is_alive(process) else RunState.INTERRUPTED,
                orjson.loads(summary) if summary else {},
                error,
            )
            for run, kind, started, finished, state, summary, error, process in rows
        )
