"""A topic's night in the store: what it brought, and the verdict that was decided on it.

A night writes the one, reads the report back, decides, and writes the other, all in one transaction (``saving``). The
watermark is never set: it is read from the completed sweeps, so it moves with what they cover or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from litwatch.decisions.verdict import Verdict
from litwatch.model.change import Change
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match
from litwatch.model.search import Search
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.store.article_texts import write_articles
from litwatch.store.documents import Document, as_document, dump, load, to_utc
from litwatch.store.records import FateState, write_fates_of, write_records_of
from litwatch.store.reference_tries import write_reference_tries
from litwatch.store.related_papers_kept import write_related_papers
from litwatch.store.search_memory import write_outstanding
from litwatch.store.store_file import StoreFile
from litwatch.store.told_signals import ToldSignal, write_signals
from litwatch.store.topic_night import CarriedNight, TopicNight


@dataclass(frozen=True, slots=True)
class NightSaved:
    """What a night wrote that was not there before."""

    night: int
    """Its number in the store."""

    new_records: frozenset[Pmid]
    changed_records: frozenset[Pmid]
    opened: tuple[Change, ...] = ()
    """Changes opened by this night, in its order."""
    turned: frozenset[Pmid] = frozenset()
    """Records that the night noted as missing, or as served again."""


@dataclass(frozen=True, slots=True)
class DecidedNight:
    """What was decided on one topic's night."""

    topic: str
    verdict: Verdict
    told: tuple[ToldSignal, ...]
    """In the report's order."""
    night: int
    """The night's number in the store."""


class Nights(StoreFile):
    """The part of the store that writes nights."""

    def save_night(self, night: TopicNight) -> NightSaved:
        """Write what one topic's night brought, in one transaction.

        A night that brings nothing different adds its sweeps and searches to the log and nothing else; the very
        same night (run, time and sweeps) written again adds nothing at all. PMIDs that a complete sweep or the
        citation sweep asked for and did not get are noted as missing. After a failed citation sweep the matches that
        the night does not mention stay as they were.
        """
        return self.save_nights([night])[0]

    def save_nights(self, nights: Sequence[TopicNight]) -> list[NightSaved]:
        """``save_night`` of many topics, each once; what two of them bring counts as brought by the first."""
        with self._writing() as con:
            if _agree(nights):
                return _write_nights(con, nights)
            return [saved for night in nights for saved in _write_nights(con, [night])]

    def save_carried(self, nights: Sequence[CarriedNight]) -> list[int]:
        """Log nights on which nothing differed, with the verdicts carried on; their numbers, in their order.

        Sightings, matches and the rest stay as they are: of these nights, ``save_night`` would write no more either.
        """
        with self._writing() as con:
            numbers = _write_sweeps(con, nights)
            for run in {night.run for night in nights}:
                _write_verdicts(con, {night.topic: night.verdict for night in nights if night.run == run}, run)
            write_related_papers(con, ((night.topic, night.related, night.surveyed_at) for night in nights))
        return numbers

    def save_verdict(
        self, topic: str, verdict: Verdict, told: Sequence[ToldSignal] = (), *, run: str, night: int
    ) -> None:
        """Write what was decided on the topic's night, and what its report tells, in the report's order.

        A verdict that only repeats the last one is not kept twice, nor is what is told as before.
        """
        self.save_verdicts([DecidedNight(topic, verdict, tuple(told), night)], run=run)

    def save_verdicts(self, decided: Sequence[DecidedNight], *, run: str) -> None:
        """``save_verdict`` of many topics, each once."""
        with self._writing() as con:
            _write_verdicts(con, {each.topic: each.verdict for each in decided}, run)
            write_signals(
                con, {each.topic: each.told for each in decided}, {each.topic: each.night for each in decided}
            )


def _agree(nights: Sequence[TopicNight]) -> bool:
    """Whether the order of the nights does not matter: none brings a record otherwise than another, or lacks it."""
    brought: dict[Pmid, TopicNight] = {}
    records: dict[Pmid, Record | Document] = {}
    for night in nights:
        for record in night.records:
            brought.setdefault(record.pmid, night)
            known = records.setdefault(record.pmid, record)
            if known is not record and as_document(known).content_hash != as_document(record).content_hash:
                return False
    return len(nights) < 2 or not any(pmid in brought for night in nights for pmid in _lacking(night))


def _lacking(night: TopicNight) -> set[Pmid]:
    """What the night asked for and PubMed left out."""
    # A cited paper that PubMed left out opens a change whatever else failed, so its state must say the same.
    sure = [s for s in night.sweeps if s.state is SweepState.COMPLETE or s.kind is SweepKind.CITATION]
    return {pmid for sweep in sure for pmid in sweep.missing} | {*night.lost}


def _write_nights(con: duckdb.DuckDBPyConnection, nights: Sequence[TopicNight]) -> list[NightSaved]:
    written = write_records_of(
        con, [(night.records, night.surveyed_at, f"efetch {night.topic} {night.run}") for night in nights]
    )
    lost = write_fates_of(con, [(_lacking(night), night.surveyed_at) for night in nights], FateState.MISSING)
    numbers = _write_sweeps(con, nights)
    _write_sightings(con, nights, numbers)
    _write_matches(con, nights)
    write_reference_tries(con, {night.topic: night.tries for night in nights})
    write_outstanding(con, {night.topic: night.outstanding for night in nights})
    write_related_papers(con, ((night.topic, night.related, night.surveyed_at) for night in nights))
    write_articles(con, [(night.topic, night.read, night.surveyed_at) for night in nights if night.read is not None])
    return [
        NightSaved(number, added.new, added.changed, turned=gone | added.returned)
        for number, added, gone in zip(numbers, written, lost, strict=True)
    ]


def _write_sweeps(con: duckdb.DuckDBPyConnection, nights: Sequence[TopicNight | CarriedNight]) -> list[int]:
    """Append the nights' sweeps and their searches, all in one statement each; the nights' numbers in their order."""
    digests = [_identify(night) for night in nights]
    row = con.execute("SELECT coalesce(max(night), 0) FROM sweep").fetchone()
    written = dict(
        con.execute(
            "SELECT night_hash, max(night) FROM sweep WHERE night_hash IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1",
            [digests],
        ).fetchall()
    )
    last = int(row[0]) if row else 0
    sweeps: list[tuple[object, ...]] = []
    searches: list[tuple[object, ...]] = []
    for night, digest in zip(nights, digests, strict=True):
        if digest in written:
            continue
        last += 1
        written[digest] = last
        for ordinal, sweep in enumerate(night.sweeps, 1):
            sweeps.append((last, ordinal, digest, night.topic, night.run, to_utc(night.surveyed_at), *_columns(sweep)))
            searches += ((last, ordinal, place, *_row(each)) for place, each in enumerate(sweep.searches, 1))
    if sweeps:
        con.execute(_ADD_SWEEPS, [list(column) for column in zip(*sweeps, strict=True)])
    if searches:
        con.execute(_ADD_SEARCHES, [list(column) for column in zip(*searches, strict=True)])
    return [int(written[digest]) for digest in digests]


def _identify(night: TopicNight | CarriedNight) -> str:
    identity = "\n".join([night.topic, night.run, night.surveyed_at.isoformat(), dump(night.sweeps)])
    return hashlib.sha256(identity.encode()).hexdigest()


def _columns(sweep: Sweep) -> tuple[object, ...]:
    first, last = (sweep.window.first, sweep.window.last) if sweep.window else (None, None)
    return (
        *(sweep.kind.value, sweep.state.value, sweep.strategy, first, last, sweep.found, sweep.delivered),
        *(dump(sweep.missing), dump(sweep.unreadable), sweep.error, sweep.known, dump(sweep.notes)),
        *(dump(sweep.leads), None if sweep.signs is None else dump(sweep.signs)),
    )


def _row(search: Search) -> tuple[object, ...]:
    first, last = (search.window.first, search.window.last) if search.window else (None, None)
    return (
        *(search.term, first, last, search.count, dump(search.pmids)),
        *(search.translation, dump(search.warnings), to_utc(search.searched_at)),
    )


_ADD_SWEEPS = """
INSERT INTO sweep SELECT unnest(?::INTEGER[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
    unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
    unnest(?::DATE[]), unnest(?::DATE[]), unnest(?::INTEGER[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]),
    unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
    unnest(?::VARCHAR[])
"""
_ADD_SEARCHES = """
INSERT INTO search SELECT unnest(?::INTEGER[]), unnest(?::INTEGER[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]),
    unnest(?::DATE[]), unnest(?::DATE[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),
    unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[])
"""


def _write_sightings(con: duckdb.DuckDBPyConnection, nights: Sequence[TopicNight], numbers: Sequence[int]) -> None:
    """Append first sightings; of every sighting keep the revision that this topic has now seen."""
    rows: list[tuple[object, ...]] = []
    seen: list[tuple[object, ...]] = []
    for night, number in zip(nights, numbers, strict=True):
        terms, at = _first_terms(night.sweeps), to_utc(night.surveyed_at)
        delivered = {record.pmid for record in night.records}
        for pmid, how in dict.fromkeys(night.sightings):
            rows.append((night.topic, pmid, how.value, at, number, terms.get((how, pmid))))
            if pmid in delivered:
                seen.append((night.topic, pmid, how.value))
    if rows:
        con.execute(_ADD_SIGHTINGS, [list(column) for column in zip(*rows, strict=True)])
    if seen:
        con.execute(_SEE, [list(column) for column in zip(*seen, strict=True)])


_ADD_SIGHTINGS = """
INSERT INTO sighting
SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), unnest(?::INTEGER[]),
    unnest(?::VARCHAR[]), NULL
ON CONFLICT DO NOTHING
"""
_SEE = """
WITH tonight AS MATERIALIZED (
    SELECT unnest(?::VARCHAR[]) AS topic, unnest(?::INTEGER[]) AS pmid, unnest(?::VARCHAR[]) AS how
), latest AS (
    SELECT pmid, max(revision) AS revision FROM observation WHERE pmid IN (SELECT pmid FROM tonight) GROUP BY pmid
)
UPDATE sighting SET revision = latest.revision FROM tonight JOIN latest USING (pmid)
WHERE sighting.topic = tonight.topic AND sighting.pmid = tonight.pmid AND sighting.how = tonight.how
    AND sighting.revision IS DISTINCT FROM latest.revision
"""


def _first_terms(sweeps: Sequence[Sweep]) -> dict[tuple[SweepKind, Pmid], str]:
    searches: list[tuple[SweepKind, Search]] = [(sweep.kind, search) for sweep in sweeps for search in sweep.searches]
    return {(kind, pmid): search.term for kind, search in reversed(searches) for pmid in search.pmids}


def _write_matches(con: duckdb.DuckDBPyConnection, nights: Sequence[TopicNight]) -> None:
    last = {
        topic: rest for topic, *rest in con.execute(_LAST_MATCHES, {"topics": [n.topic for n in nights]}).fetchall()
    }
    rows = []
    for night in nights:
        revision, text = last.get(night.topic, (0, None))
        matches = {match.position: match for match in night.matches}
        cited = [sweep for sweep in night.sweeps if sweep.kind is SweepKind.CITATION]
        if text is not None and any(sweep.state is SweepState.FAILED for sweep in cited):
            matches = {match.position: match for match in load(tuple[Match, ...], text)} | matches
        now = dump(tuple(matches[position] for position in sorted(matches)))
        if now != (text or "[]"):
            rows.append((night.topic, revision + 1, to_utc(night.surveyed_at), now))
    if rows:
        con.execute(
            "INSERT INTO match_list SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::TIMESTAMP[]),"
            " unnest(?::VARCHAR[])",
            [list(column) for column in zip(*rows, strict=True)],
        )


_LAST_MATCHES = """
SELECT topic, max(revision), max_by(doc, revision) FILTER (revision > coalesce(matches, 0))
FROM match_list LEFT JOIN counted_from USING (topic) WHERE topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY topic
"""


def _write_verdicts(con: duckdb.DuckDBPyConnection, verdicts: Mapping[str, Verdict], run: str) -> None:
    """Append the topics' verdicts as far as each differs from the topic's last one."""
    texts = {topic: dump(verdict) for topic, verdict in verdicts.items()}
    last = {
        topic: (revision, text)
        for topic, revision, text in con.execute(
            "SELECT topic, max(revision), max_by(doc, revision) FROM stored_verdict"
            " WHERE topic IN (SELECT unnest(?::VARCHAR[])) GROUP BY topic",
            [[*texts]],
        ).fetchall()
    }
    rows = [
        (
            *(topic, (last[topic][0] if topic in last else 0) + 1, run, texts[topic], verdict.status.value),
            *(verdict.decided_on, verdict.searched_to, verdict.reassess_on, [fired.rule for fired in verdict.fired]),
        )
        for topic, verdict in verdicts.items()
        if topic not in last or last[topic][1] != texts[topic]
    ]
    if rows:
        con.execute(
            "INSERT INTO stored_verdict SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]),"
            " unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::DATE[]), unnest(?::DATE[]), unnest(?::DATE[]),"
            " unnest(?::VARCHAR[][])",
            [list(column) for column in zip(*rows, strict=True)],
        )
