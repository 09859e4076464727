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
from litwatch.model.reference import Match
from litwatch.model.search import Search
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.store.article_texts import write_article
from litwatch.store.documents import dump, load, to_utc
from litwatch.store.records import FateState, write_fates, write_records
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


class Nights(StoreFile):
    """The part of the store that writes nights."""

    def save_night(self, night: TopicNight) -> NightSaved:
        """Write what one topic's night brought, in one transaction.

        A night that brings nothing different adds its sweeps and searches to the log and nothing else; the very
        same night (run, time and sweeps) written again adds nothing at all. PMIDs that a complete sweep or the
        citation sweep asked for and did not get are noted as missing. After a failed citation sweep the matches that
        the night does not mention stay as they were.
        """
        with self._writing() as con:
            written = write_records(
                con, night.records, observed_at=night.surveyed_at, source=f"efetch {night.topic} {night.run}"
            )
            # A cited paper that PubMed left out opens a change whatever else failed, so its state must say the same.
            sure = [s for s in night.sweeps if s.state is SweepState.COMPLETE or s.kind is SweepKind.CITATION]
            missing = {pmid for sweep in sure for pmid in sweep.missing} | {*night.lost}
            lost = write_fates(con, missing, FateState.MISSING, night.surveyed_at)
            (number,) = _write_sweeps(con, [night])
            _write_sightings(con, night, number)
            _write_matches(con, night)
            write_reference_tries(con, night.topic, night.tries)
            write_outstanding(con, night.topic, night.outstanding)
            write_related_papers(con, night.topic, night.related, night.surveyed_at)
            if night.read is not None:
                write_article(con, night.topic, night.read, night.surveyed_at)
        return NightSaved(number, written.new, written.changed, turned=lost | written.returned)

    def save_carried(self, nights: Sequence[CarriedNight]) -> list[int]:
        """Log nights on which nothing differed, with the verdicts carried on; their numbers, in their order.

        Sightings, matches and the rest stay as they are: of these nights, ``save_night`` would write no more either.
        """
        with self._writing() as con:
            numbers = _write_sweeps(con, nights)
            for run in {night.run for night in nights}:
                _write_verdicts(con, {night.topic: night.verdict for night in nights if night.run == run}, run)
            for night in nights:
                write_related_papers(con, night.topic, night.related, night.surveyed_at)
        return numbers

    def save_verdict(
        self, topic: str, verdict: Verdict, told: Sequence[ToldSignal] = (), *, run: str, night: int
    ) -> None:
        """Write what was decided on the topic's night, and what its report tells, in the report's order.

        A verdict that only repeats the last one is not kept twice, nor is what is told as before.
        """
        with self._writing() as con:
            _write_verdicts(con, {topic: verdict}, run)
            write_signals(con, topic, told, night)


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


def _write_sightings(con: duckdb.DuckDBPyConnection, night: TopicNight, number: int) -> None:
    """Append first sightings; of every sighting keep the revision that this topic has now seen."""
    if not night.sightings:
        return
    sightings = tuple(dict.fromkeys(night.sightings))
    pmids, hows = [pmid for pmid, _ in sightings], [how.value for _, how in sightings]
    terms = _first_terms(night.sweeps)
    con.execute(
        "INSERT INTO sighting SELECT ?, unnest(?::INTEGER[]), unnest(?::VARCHAR[]), ?, ?, unnest(?::VARCHAR[]), NULL"
        " ON CONFLICT DO NOTHING",
        [
            *(night.topic, pmids, hows, to_utc(night.surveyed_at), number),
            [terms.get((how, pmid)) for pmid, how in sightings],
        ],
    )
    con.execute(
        "UPDATE sighting SET revision = latest.revision"
        " FROM (SELECT pmid, max(revision) AS revision FROM observation"
        " WHERE pmid IN (SELECT unnest($delivered::INTEGER[])) GROUP BY pmid) AS latest,"
        " (SELECT unnest($pmids::INTEGER[]) AS pmid, unnest($hows::VARCHAR[]) AS how) AS tonight"
        " WHERE sighting.topic = $topic AND sighting.pmid = latest.pmid AND tonight.pmid = sighting.pmid"
        " AND tonight.how = sighting.how AND sighting.revision IS DISTINCT FROM latest.revision",
        {
            "delivered": [record.pmid for record in night.records],
            "pmids": pmids,
            "hows": hows,
            "topic": night.topic,
        },
    )


def _first_terms(sweeps: Sequence[Sweep]) -> dict[tuple[SweepKind, Pmid], str]:
    searches: list[tuple[SweepKind, Search]] = [(sweep.kind, search) for sweep in sweeps for search in sweep.searches]
    return {(kind, pmid): search.term for kind, search in reversed(searches) for pmid in search.pmids}


def _write_matches(con: duckdb.DuckDBPyConnection, night: TopicNight) -> None:
    row = con.execute(
        "SELECT max(revision), max_by(doc, revision) FILTER ("
        " revision > coalesce((SELECT matches FROM counted_from WHERE topic = $topic), 0))"
        " FROM match_list WHERE topic = $topic",
        {"topic": night.topic},
    ).fetchone()
    revision, text = row or (None, None)
    matches = {match.position: match for match in night.matches}
    cited = [sweep for sweep in night.sweeps if sweep.kind is SweepKind.CITATION]
    if text is not None and any(sweep.state is SweepState.FAILED for sweep in cited):
        matches = {match.position: match for match in load(tuple[Match, ...], text)} | matches
    now = dump(tuple(matches[position] for position in sorted(matches)))
    if now != (text or "[]"):
        con.execute(
            "INSERT INTO match_list VALUES (?, ?, ?, ?)",
            [night.topic, (revision or 0) + 1, to_utc(night.surveyed_at), now],
        )


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
