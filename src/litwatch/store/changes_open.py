"""Changes in the store: opened once, open until a person's judgement closes them; the judgements and their chain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import REVIEWS, Decision, Effect, Judgement
from litwatch.model.judgement_chain import (
    CHAIN_START,
    ChainedJudgement,
    ChainLink,
    ChainReport,
    canonical_text,
    chain_hash,
    verify_chain,
)
from litwatch.store.documents import from_utc, load_judgement, to_utc
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A change that no person has closed."""

    change: Change
    opened_at: datetime
    judged: Decision | None
    """RELEVANT where a reader has kept it, LATER where its day has come, None where nobody has answered."""
    effect: Effect | None = None
    """What the reader who kept it finds that it does to the article, where they said so."""


def kept_among(standing: Iterable[OpenChange]) -> dict[Pmid, Effect | None]:
    """The new records among open changes that a reader has called relevant, with what they do to the article."""
    return {
        item.change.pmid: item.effect
        for item in standing
        if item.judged is Decision.RELEVANT and item.change.kind is ChangeKind.NEW_RECORD
    }


class Changes(StoreFile):
    """The part of the store that holds changes and judgements."""

    def open_changes(self, topic: str, *, on: date) -> tuple[OpenChange, ...]:
        """The topic's open changes on a day, in the order in which they were opened.

        "Not relevant" and "already covered" close a change, a review of the article closes every change that its
        reader had seen, notices about cited papers included. "Relevant" leaves it open, and a snoozed one is open
        again on its day. The last word counts: a later judgement opens a closed change again. Nothing else closes
        a change, neither a later sweep nor a record that went back to what it was.
        """
        with self._reading() as con:
            rows = con.execute(
                "SELECT kind, pmid, detail, notice_pmid, ended, opened_at, decision, effect FROM open_change($on)"
                " WHERE topic = $topic ORDER BY opened_at, place, kind, pmid, detail",
                {"on": on, "topic": topic},
            ).fetchall()
        return tuple(
            OpenChange(
                _change(kind, pmid, detail, notice, ended),
                from_utc(at),
                Decision(decision) if decision else None,
                Effect(effect) if effect else None,
            )
            for kind, pmid, detail, notice, ended, at, decision, effect in rows
        )

    def topics_with_open_changes(self, *, on: date) -> dict[str, int]:
        """How many changes each topic has open on a day; topics without any are left out."""
        with self._reading() as con:
            rows = con.execute("SELECT topic, count(*) FROM open_change($on) GROUP BY topic", {"on": on}).fetchall()
        return dict(rows)

    def recorded_changes(self, topic: str, *, among: Collection[Pmid] | None = None) -> frozenset[Change]:
        """Every change ever opened for the topic (about some PMIDs), those that people have closed included."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT kind, pmid, detail, notice_pmid, ended FROM change WHERE topic = $topic"
                " AND ($among IS NULL OR pmid IN (SELECT unnest($among::INTEGER[])))",
                {"topic": topic, "among": None if among is None else list(among)},
            ).fetchall()
        return frozenset(_change(*row) for row in rows)

    def kept(self, topic: str, *, on: date) -> dict[Pmid, Effect | None]:
        """The topic's open new records that a reader has called relevant, with what they do to the article."""
        return kept_among(self.open_changes(topic, on=on))

    def record_judgement(self, judgement: Judgement) -> ChainedJudgement:
        """Append a judgement to the chain; the very same one sent twice in a row is kept once.

        Raises LookupError where it is about a change that was never opened.
        """
        with self._writing() as con:
            return _append(con, judgement)

    def take_in(self, judgements: Sequence[Judgement]) -> dict[str, str]:
        """Append judgements that were given apart from the store, once each by ``event``, in one transaction.

        Returns why for each event that cannot be kept: it is about a change that was never opened.
        """
        refused = {}
        with self._writing() as con:
            events = [judgement.event for judgement in judgements]
            rows = con.execute(
                "SELECT event FROM judgement_event WHERE event IN (SELECT unnest(?::VARCHAR[]))", [events]
            ).fetchall()
            known = {event for (event,) in rows}
            for judgement in judgements:
                if judgement.event in known:
                    continue
                known.add(judgement.event)
                try:
                    _append(con, judgement)
                except LookupError as error:
                    refused[judgement.event] = str(error)
        return refused

    def judgements(self, topic: str) -> tuple[ChainedJudgement, ...]:
        """The topic's judgements, oldest first."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT seq, previous, hash, doc FROM judgement WHERE doc->>'$.topic' = ? ORDER BY seq", [topic]
            ).fetchall()
        return tuple(ChainedJudgement(seq, before, digest, load_judgement(doc)) for seq, before, digest, doc in rows)

    def last_reviewed(self, topic: str) -> date | None:
        """The day (UTC) of the last review of the whole article; None where none is recorded."""
        with self._reading() as con:
            row = con.execute(
                "SELECT max_by(given_at, seq)::DATE FROM judgement_event"
                " WHERE topic = ? AND decision IN (SELECT unnest(?::VARCHAR[]))",
                [topic, sorted(REVIEWS)],
            ).fetchone()
        return row[0] if row else None

    def verify_chain(self) -> ChainReport:
        """Recompute the hash of every judgement of the store."""
        with self._reading() as con:
            return read_chain(con)


def _change(kind: str, pmid: int, detail: str, notice: int | None, ended: str | None) -> Change:
    return Change(
        ChangeKind(kind),
        Pmid(pmid),
        detail,
        Pmid(notice) if notice is not None else None,
        ChangeKind(ended) if ended else None,
    )


def _append(con: duckdb.DuckDBPyConnection, judgement: Judgement) -> ChainedJudgement:
    text = canonical_text(judgement)
    if (change := judgement.change) is not None:
        opened = con.execute(
            "SELECT 1 FROM change WHERE topic = ? AND kind = ? AND pmid = ? AND detail = ?",
            [judgement.topic, change.kind.value, change.pmid, change.detail],
        ).fetchone()
        if opened is None:
            raise LookupError(
                f"{judgement.topic}: no change {change.kind.value!r} about PMID {change.pmid} was ever opened"
            )
    row = con.execute("SELECT seq, previous, hash, doc FROM judgement ORDER BY seq DESC LIMIT 1").fetchone()
    seq, before, previous, last = row or (0, CHAIN_START, CHAIN_START, None)
    if last == text:
        return ChainedJudgement(seq, before, previous, judgement)
    digest = chain_hash(previous, text)
    con.execute("INSERT INTO judgement VALUES (?, ?, ?, ?)", [seq + 1, previous, digest, text])
    return ChainedJudgement(seq + 1, previous, digest, judgement)


def read_chain(con: duckdb.DuckDBPyConnection) -> ChainReport:
    """``verify_chain`` on a connection that is already open."""
    rows = con.execute("SELECT seq, previous, hash, doc FROM judgement ORDER BY seq").fetchall()
    return verify_chain(ChainLink(*row) for row in rows)


def write_changes(
    con: duckdb.DuckDBPyConnection, topic: str, changes: Sequence[Change], *, opened_at: datetime, run: str
) -> tuple[Change, ...]:
    """Open those that were never opened before; they are returned, in their order."""
    by_identity = {(c.kind.value, int(c.pmid), c.detail): c for c in reversed(changes)}
    if not by_identity:
        return ()
    distinct = [c for c in dict.fromkeys(changes) if by_identity[c.kind.value, c.pmid, c.detail] is c]
    columns = zip(*((c.kind.value, c.pmid, c.detail, c.notice_pmid, c.ended) for c in distinct), strict=True)
    kinds, pmids, details, notices, ended = (list(column) for column in columns)
    opened = con.execute(
        "INSERT INTO change (topic, kind, pmid, detail, notice_pmid, ended, opened_at, run, place)"
        " SELECT ?, unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]),"
        " unnest(?::INTEGER[]), unnest(?::VARCHAR[]), ?, ?, unnest(?::INTEGER[]) ON CONFLICT DO NOTHING"
        " RETURNING kind, pmid, detail",
        [topic, kinds, pmids, details, notices, ended, to_utc(opened_at), run, list(range(len(distinct)))],
    ).fetchall()
    fresh = set(opened)
    return tuple(c for c in distinct if (c.kind.value, c.pmid, c.detail) in fresh)
