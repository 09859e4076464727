"""What reports tell of each open change, as the store keeps it: a row for as long as it is told the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from litwatch.decisions.triage import Signal
from litwatch.store.documents import dump


@dataclass(frozen=True, slots=True)
class ToldSignal:
    """A signal with since when it is told and by when it must be answered."""

    signal: Signal
    first_seen: date
    deadline: date | None
    episodes: tuple[str, ...] = ()
    """The open episodes of the change that it tells, by id."""


def write_signals(con: duckdb.DuckDBPyConnection, topic: str, told: Sequence[ToldSignal], night: int) -> None:
    """Note what a night tells, in its report's order, inside an open transaction; what is told as before is left."""
    rows = {}
    for place, each in enumerate(told, 1):
        text = dump(_columns(place, each))
        rows[hashlib.sha256(text.encode()).hexdigest()] = text
    standing = {
        digest
        for (digest,) in con.execute(
            "SELECT digest FROM told_signal WHERE topic = ? AND until_night IS NULL", [topic]
        ).fetchall()
    }
    if gone := standing - rows.keys():
        con.execute(
            "UPDATE told_signal SET until_night = ? WHERE topic = ? AND until_night IS NULL"
            " AND digest IN (SELECT unnest(?::VARCHAR[]))",
            [night, topic, sorted(gone)],
        )
    if fresh := [digest for digest in rows if digest not in standing]:
        con.execute(_ADD, {"topic": topic, "night": night, "digests": fresh, "texts": [rows[d] for d in fresh]})


def _columns(place: int, told: ToldSignal) -> dict[str, object]:
    signal, change, level = told.signal, told.signal.change, told.signal.level
    return {
        "place": place,
        "kind": change.kind.value,
        "pmid": change.pmid,
        "detail": change.detail,
        "notice_pmid": change.notice_pmid,
        "episodes": told.episodes,
        "first_seen": told.first_seen,
        "deadline": told.deadline,
        "priority": signal.priority.value,
        "level": level.rank if level else None,
        "design": level.design if level else None,
        "lowered": level.lowered if level else None,
        "provisional": level.provisional if level else None,
        "basis": level.basis if level else None,
        "relevance": signal.relevance,
        "chance": signal.chance,
        "sentences": signal.sentences,
        "marks": signal.marks,
        "reasons": signal.reasons,
        "taken_back": signal.taken_back,
        "outlived": signal.outlived,
    }


_ADD = """
INSERT INTO told_signal BY NAME
SELECT $topic AS topic, $night::INTEGER AS first_night, digest, unnest(from_json(text, '{
    "place": "INTEGER", "kind": "VARCHAR", "pmid": "INTEGER", "detail": "VARCHAR", "notice_pmid": "INTEGER",
    "episodes": ["VARCHAR"], "first_seen": "DATE", "deadline": "DATE", "priority": "INTEGER",
    "level": "INTEGER", "design": "VARCHAR", "lowered": "BOOLEAN", "provisional": "BOOLEAN", "basis": "VARCHAR",
    "relevance": "DOUBLE", "chance": "DOUBLE", "sentences": ["INTEGER"], "marks": ["VARCHAR"], "reasons": "JSON",
    "taken_back": "BOOLEAN", "outlived": "BOOLEAN"
}'))
FROM (SELECT unnest($digests::VARCHAR[]) AS digest, unnest($texts::VARCHAR[]) AS text)
"""
