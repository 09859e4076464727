"""What reports tell of each open change, as the store keeps it: a row for as long as it is told the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
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


def write_signals(
    con: duckdb.DuckDBPyConnection, told: Mapping[str, Sequence[ToldSignal]], nights: Mapping[str, int]
) -> None:
    """Note what each topic's night tells, in its report's order, inside an open transaction; what is told as before is
    left.
    """
    rows: dict[tuple[str, str], str] = {}
    for topic, signals in told.items():
        for place, each in enumerate(signals, 1):
            text = dump(_columns(place, each))
            rows[topic, hashlib.sha256(text.encode()).hexdigest()] = text
    standing = {
        (topic, digest)
        for topic, digest in con.execute(
            "SELECT topic, digest FROM told_signal"
            " WHERE topic IN (SELECT unnest(?::VARCHAR[])) AND until_night IS NULL",
            [[*told]],
        ).fetchall()
    }
    if gone := sorted(standing - rows.keys()):
        con.execute(
            "UPDATE told_signal SET until_night = gone.night FROM (SELECT unnest(?::VARCHAR[]) AS topic,"
            " unnest(?::VARCHAR[]) AS digest, unnest(?::INTEGER[]) AS night) AS gone"
            " WHERE told_signal.topic = gone.topic AND told_signal.digest = gone.digest AND until_night IS NULL",
            [[topic for topic, _ in gone], [digest for _, digest in gone], [nights[topic] for topic, _ in gone]],
        )
    if fresh := [key for key in rows if key not in standing]:
        con.execute(
            _ADD,
            {
                "topics": [topic for topic, _ in fresh],
                "nights": [nights[topic] for topic, _ in fresh],
                "digests": [digest for _, digest in fresh],
                "texts": [rows[key] for key in fresh],
            },
        )


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
SELECT topic, first_night, digest, unnest(from_json(text, '{
    "place": "INTEGER", "kind": "VARCHAR", "pmid": "INTEGER", "detail": "VARCHAR", "notice_pmid": "INTEGER",
    "episodes": ["VARCHAR"], "first_seen": "DATE", "deadline": "DATE", "priority": "INTEGER",
    "level": "INTEGER", "design": "VARCHAR", "lowered": "BOOLEAN", "provisional": "BOOLEAN", "basis": "VARCHAR",
    "relevance": "DOUBLE", "chance": "DOUBLE", "sentences": ["INTEGER"], "marks": ["VARCHAR"], "reasons": "JSON",
    "taken_back": "BOOLEAN", "outlived": "BOOLEAN"
}'))
FROM (
    SELECT unnest($topics::VARCHAR[]) AS topic, unnest($nights::INTEGER[]) AS first_night,
        unnest($digests::VARCHAR[]) AS digest, unnest($texts::VARCHAR[]) AS text
)
"""
