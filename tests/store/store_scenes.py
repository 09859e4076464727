"""What the store's tests share: a night with invented records, the store's whole contents, and other processes.

Run as a module it is such a process: ``python -m tests.store.store_scenes <scene> <store>`` plays the scene and speaks
by lines on its standard output; a scene that waits goes on when its standard input ends.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from litwatch.decisions.change_life import Observed
from litwatch.decisions.verdict import Verdict
from litwatch.model.change import Change, ChangeKind
from litwatch.model.errors import OutputFailed
from litwatch.model.identifiers import Pmid
from litwatch.model.message import Message
from litwatch.model.search import Window
from litwatch.model.sweep import SweepKind
from litwatch.store import FateState, NightSaved, Store
from litwatch.store.records import write_fates
from litwatch.store.topic_night import TopicNight
from tests.factories import FIRST_PMID, make_match, make_record, make_search, make_sweep, make_verdict

START = datetime(2026, 11, 1, 2, 15, tzinfo=UTC)
CITED = Pmid(FIRST_PMID + 100)
NEW = Pmid(FIRST_PMID)
RETRACTION = Change(ChangeKind.CITED_RETRACTED, CITED, f"pmid:{FIRST_PMID + 900}", Pmid(FIRST_PMID + 900))
ARRIVAL = Change(ChangeKind.NEW_RECORD, NEW, "")


def moment(day: int, hour: int = 2) -> datetime:
    """A moment ``day`` days after 31 October 2026."""
    return START.replace(hour=hour) + timedelta(days=day - 1)


@cache
def _new_store() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.duckdb"
        Store(path).migrate()
        return path.read_bytes()


def made_store(folder: Path) -> Store:
    """A new, migrated store."""
    folder.mkdir(exist_ok=True)
    path = folder / "litwatch.duckdb"
    path.write_bytes(_new_store())
    return Store(path)


@dataclass(frozen=True, slots=True)
class WholeNight(TopicNight):
    """A night with what it told of it and what was decided, which a real one learns from the store."""

    changes: tuple[Change, ...] = ()
    verdict: Verdict = field(default_factory=make_verdict)
    looked_at: frozenset[Pmid] = frozenset()


def save_night(store: Store, night: TopicNight) -> NightSaved:
    """Everything of a night in one transaction, as a real night writes it."""
    with store.saving():
        saved = store.save_night(night)
        if not isinstance(night, WholeNight):
            return saved
        observed = Observed(night.surveyed_at, night.changes, night.looked_at)
        opened = store.save_life(night.topic, observed, run=night.run)
        store.save_verdict(night.topic, night.verdict, run=night.run, night=saved.night)
    return replace(saved, opened=opened)


def make_night(day: int = 1, *, topic: str = "insulin-resistance", **changes: Any) -> WholeNight:
    """A complete night: one new record found, one cited record re-read and seen to be retracted."""
    at = moment(day)
    window = Window(date(2026, 10, 1), at.date())
    fields: dict[str, Any] = {
        "topic": topic,
        "run": f"nightly-{day}",
        "surveyed_at": at,
        "sweeps": (
            make_sweep(window=window, searches=(make_search(window=window, searched_at=at, pmids=(NEW,), count=1),)),
            make_sweep(SweepKind.CITATION),
        ),
        "records": (make_record(NEW), make_record(CITED)),
        "sightings": ((NEW, SweepKind.TOPIC), (CITED, SweepKind.CITATION)),
        "matches": (make_match(1, CITED), make_match(2, None)),
        "changes": (RETRACTION, ARRIVAL),
        "verdict": make_verdict(decided_on=at.date(), searched_to=at.date()),
    }
    return WholeNight(**(fields | changes))


def make_message(number: int = 1, **changes: Any) -> Message:
    """A digest for one reader."""
    fields: dict[str, Any] = {
        "message_id": f"<{number}@litwatch.example>",
        "recipient": "board@example.org",
        "scope": "digest 2026-11-01",
        "content_hash": f"{number:064d}",
        "subject": "Evidence digest",
        "body": b"Subject: Evidence digest\r\n\r\nInvented\0 body \xff",
    }
    return Message(**(fields | changes))


def note_gone(store: Store, pmids: Iterable[Pmid], state: FateState, *, at: datetime) -> None:
    """PubMed deleted these records or serves them no more, as a sweep or a bulk file writes it."""
    with store._writing() as con:
        write_fates(con, list(pmids), state, at)


def episodes_of(store: Store, topic: str, change: Change | None = None) -> tuple[str, ...]:
    """The ids of all episodes of an article, or of one of its changes, whether open or closed."""
    with store._reading() as con:
        rows = con.execute("SELECT id, kind, pmid, detail FROM episode WHERE topic = ? ORDER BY id", [topic]).fetchall()
    wanted = (change.kind.value, change.pmid, change.detail) if change else None
    return tuple(episode for episode, *fact in rows if wanted in {None, tuple(fact)})


def read_tables(path: Path) -> dict[str, list[Any]]:
    """Every row of every table, as a reader with DuckDB's own shell sees it."""
    with duckdb.connect(str(path), read_only=True) as con:
        tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {table: con.execute(f'FROM "{table}" ORDER BY ALL').fetchall() for table in tables}


@contextmanager
def another_process(scene: str, store: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process that plays a scene; it is killed at the end if it still runs."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.store.store_scenes", scene, str(store)]
    project = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        command, cwd=project, env=os.environ | environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> str:
    """The next line that a process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _say(words: object) -> None:
    print(words, flush=True)


def _batch(number: int) -> list[Any]:
    return [make_record(FIRST_PMID + number * 50 + place) for place in range(50)]


def _hold(store: Store) -> None:
    with store._writing():
        _say("holding")
        sys.stdin.read()


def _hold_in_a_shell(store: Store) -> None:
    with duckdb.connect(str(store.path)):
        _say("holding")
        sys.stdin.read()


def _read(store: Store) -> None:
    with store._reading():
        _say("reading")
        sys.stdin.read()


def _migrate(store: Store) -> None:
    store.migrate()
    _say(store.schema_version)


def _write_many(store: Store) -> None:
    first = int(os.environ["FIRST_BATCH"])
    for number in range(first, first + 12):
        store.add_records(_batch(number), observed_at=START, source="test")


def _write_for_ever(store: Store) -> None:
    for number in range(10_000):
        store.add_records(_batch(number), observed_at=START, source="test")
        _say(number)


def _write_on_a_full_disk(store: Store) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    room = store.path.stat().st_size + 300_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        store.add_records([make_record(title=os.urandom(4_000_000).hex())], observed_at=START, source="test")
    except OutputFailed as error:
        _say(f"{type(error).__name__}: {error}")


def _die_in_a_transaction(store: Store) -> None:
    con = duckdb.connect(str(store.path))
    con.execute("BEGIN")
    con.execute(
        "INSERT INTO observation (pmid, revision, observed_at, content_hash, source, doc)"
        " SELECT i, 1, '2026-11-01', 'x', 'x', '{}' FROM range(500_000) AS t(i)"
    )
    _say("half-way")
    os.kill(os.getpid(), signal.SIGKILL)


def _commit_and_die(store: Store) -> None:
    con = duckdb.connect(str(store.path))
    con.execute("INSERT INTO run (id, kind, process, started_at) VALUES ('last', 'x', 'x/0/0', '2026-11-01')")
    _say("committed")
    os.kill(os.getpid(), signal.SIGKILL)


def _claim_and_die(store: Store) -> None:
    _say(len(store.claim(START)))
    os.kill(os.getpid(), signal.SIGKILL)


def _claim_and_wait(store: Store) -> None:
    _say(len(store.claim(START)))
    sys.stdin.read()


def _start_a_run_and_die(store: Store) -> None:
    _say(store.start_run("nightly", START))
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    globals()["_" + sys.argv[1].replace(" ", "_")](Store(Path(sys.argv[2])))
