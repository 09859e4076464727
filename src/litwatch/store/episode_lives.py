"""How episodes begin and end in the store, by what nights saw (``decisions/change_life.py``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import duckdb

from litwatch.decisions.article_identity import Succession
from litwatch.decisions.change_life import (
    Episode,
    Observed,
    Turn,
    advance,
    count_listings,
    find_lapses,
    redate,
)
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.paper_notice import entry_named
from litwatch.model.record import Record
from litwatch.model.sweep import SweepKind
from litwatch.store.article_changes import write_succession
from litwatch.store.board_decisions import close_what_the_texts_left
from litwatch.store.documents import from_utc, load, to_utc
from litwatch.store.episodes import EPISODE, episode_of
from litwatch.store.many_topics import gather
from litwatch.store.store_file import StoreFile


class EpisodeLives(StoreFile):
    """The part of the store that begins and ends episodes."""

    def lapses(self, topic: str) -> dict[str, datetime]:
        """The topic's episodes that ended since its last night, as others saw (``change_life.find_lapses``), by id."""
        return self.lapses_of([topic])[topic]

    def lapses_of(self, topics: Collection[str]) -> dict[str, dict[str, datetime]]:
        """``lapses`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                f"SELECT {EPISODE} FROM episode"  # noqa: S608 - no outside text
                " WHERE topic IN (SELECT unnest(?::VARCHAR[])) AND ended_at IS NULL AND kind <> ?",
                [list(topics), ChangeKind.NEW_RECORD.value],
            ).fetchall()
            living = gather(topics, ((row[0], episode_of(*row)) for row in rows))
            return {topic: _read_lapses(con, topic, own) if own else {} for topic, own in living.items()}

    def save_life(self, topic: str, observed: Observed, *, run: str) -> tuple[Change, ...]:
        """Begin and end the topic's episodes by what a night saw; the changes that begin, in their order."""
        return self.save_lives({topic: observed}, run=run)[topic]

    def save_lives(self, observed: Mapping[str, Observed], *, run: str) -> dict[str, tuple[Change, ...]]:
        """``save_life`` of many topics."""
        with self._writing() as con:
            return _write_lives(con, observed, run)


def _write_lives(
    con: duckdb.DuckDBPyConnection, observed: Mapping[str, Observed], run: str
) -> dict[str, tuple[Change, ...]]:
    others = [topic for topic, each in observed.items() if each.another_article]
    earlier = {topic: con.execute("SELECT id FROM episode WHERE topic = ?", [topic]).fetchall() for topic in others}
    turns = _turn(con, observed)
    _redate(con, {topic: each.at for topic, each in observed.items()})
    if ended := [episode for turn in turns.values() for episode in turn.ended]:
        con.execute(
            "UPDATE episode SET ended_at = over.at FROM"
            " (SELECT unnest(?::VARCHAR[]) AS id, unnest(?::TIMESTAMP[]) AS at) AS over WHERE episode.id = over.id",
            [[e.id for e in ended], [to_utc(e.ended_at) for e in ended if e.ended_at is not None]],
        )
    if begun := [episode for turn in turns.values() for episode in turn.begun]:
        numbers = _turns(con, begun)
        rows = [
            (e.id, topic, e.change.kind.value, e.change.pmid, e.change.detail, e.change.notice_pmid, e.change.ended,
             e.number, to_utc(e.began_at), run, place, numbers.get(e.id))
            for topic, turn in turns.items() for place, e in enumerate(turn.begun)
        ]  # fmt: skip
        columns = [list(column) for column in zip(*rows, strict=True)]
        con.execute(_BEGIN, [*columns, sorted({e.change.pmid for e in begun})])
    if resting := {episode: rests for turn in turns.values() for episode, rests in turn.resting.items()}:
        con.execute(
            "UPDATE episode SET resting = tonight.rests FROM"
            " (SELECT unnest(?::VARCHAR[]) AS id, unnest(?::BOOLEAN[]) AS rests) AS tonight"
            " WHERE episode.id = tonight.id AND resting <> rests",
            [[*resting], [*resting.values()]],
        )
    close_what_the_texts_left(con, {topic: each.cited for topic, each in observed.items()})
    for topic in others:
        lapsed, turn = observed[topic].lapsed.keys(), turns[topic]
        write_succession(
            con,
            topic,
            Succession(
                earlier=frozenset(episode for (episode,) in earlier[topic]),
                ended=frozenset(e.id for e in turn.ended if e.id not in lapsed),
                begun=frozenset(e.id for e in turn.begun),
            ),
        )
    return {topic: tuple(episode.change for episode in turn.begun) for topic, turn in turns.items()}


_BEGIN = """
INSERT INTO episode (id, topic, kind, pmid, detail, notice_pmid, ended_kind, number, began_at, run, place, turn,
    revision, before_ids, resting)
SELECT new.*, latest.revision, false, false FROM (
    SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[]) AS pmid,
        unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::TIMESTAMP[]),
        unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::INTEGER[])
) AS new LEFT JOIN (
    SELECT pmid, max(revision) AS revision FROM observation
    WHERE pmid IN (SELECT unnest(?::INTEGER[])) GROUP BY pmid
) AS latest USING (pmid)
"""


def _turns(con: duckdb.DuckDBPyConnection, begun: Sequence[Episode]) -> dict[str, int]:
    """For episodes of a gap or of a Retraction Watch entry: which one it is, by id."""
    gaps = {episode.change.pmid: episode.id for episode in begun if episode.change.kind is ChangeKind.CITED_MISSING}
    listed = [(entry, each.id) for each in begun if (entry := entry_named(each.change.detail)) is not None]
    turns = dict.fromkeys(gaps.values(), 0)
    if gaps:
        last = con.execute(
            "SELECT pmid, max(ordinal) FROM fate WHERE pmid IN (SELECT unnest(?::INTEGER[])) GROUP BY pmid", [[*gaps]]
        ).fetchall()
        turns |= {gaps[pmid]: ordinal for pmid, ordinal in last}
    listings = _listings(con, {entry for entry, _ in listed})
    return turns | {episode: count_listings(listings[entry]) for entry, episode in listed}


def _listings(
    con: duckdb.DuckDBPyConnection, entries: Collection[int]
) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """Since when and until when the Retraction Watch table had each form of these entries."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = {entry: [] for entry in entries}
    if entries:
        for entry, since, until in con.execute(
            "SELECT entry, first_seen, gone_at FROM watch_entry WHERE entry IN (SELECT unnest(?::INTEGER[]))",
            [[*entries]],
        ).fetchall():
            found[entry].append((from_utc(since), from_utc(until) if until else None))
    return found


def _redate(con: duckdb.DuckDBPyConnection, nights: Mapping[str, datetime]) -> None:
    """Date the episodes that began on a night whose clock was ahead, as this later night shows (``redate``)."""
    late = con.execute(
        "SELECT id, topic, run, coalesce(dated_at, began_at) FROM episode"
        " JOIN (SELECT unnest(?::VARCHAR[]) AS topic, unnest(?::TIMESTAMP[]) AS at) AS tonight USING (topic)"
        " WHERE coalesce(dated_at, began_at) > tonight.at",
        [[*nights], [to_utc(at) for at in nights.values()]],
    ).fetchall()
    for episode, topic, run, began in late:
        row = con.execute(
            "SELECT max_by(surveyed_at, night) FROM sweep WHERE topic = $topic"
            " AND night < (SELECT min(night) FROM sweep WHERE topic = $topic AND run = $run)",
            {"topic": topic, "run": run},
        ).fetchone()
        before = from_utc(row[0]) if row and row[0] else None
        if (dated := redate(from_utc(began), before, nights[topic])) is not None:
            con.execute("UPDATE episode SET dated_at = ? WHERE id = ?", [to_utc(dated), episode])


def _turn(con: duckdb.DuckDBPyConnection, observed: Mapping[str, Observed]) -> dict[str, Turn]:
    """What nights make of the episodes that matter to them: all but those of new records that they say nothing of."""
    named = [(topic, pmid) for topic, each in observed.items() for pmid in sorted(_named(each))]
    rows = con.execute(
        f"SELECT {EPISODE} FROM episode WHERE topic IN (SELECT unnest($topics::VARCHAR[]))"  # noqa: S608
        " AND (kind <> $new OR topic IN (SELECT unnest($others::VARCHAR[])) OR (topic, pmid) IN"
        " (SELECT (unnest($named::VARCHAR[]), unnest($pmids::INTEGER[]))))",
        {
            "topics": [*observed],
            "others": [topic for topic, each in observed.items() if each.another_article],
            "new": ChangeKind.NEW_RECORD.value,
            "named": [topic for topic, _ in named],
            "pmids": [pmid for _, pmid in named],
        },
    ).fetchall()
    episodes = gather(observed, ((row[0], episode_of(*row)) for row in rows))
    return {topic: advance(topic, own, observed[topic]) for topic, own in episodes.items()}


def _named(observed: Observed) -> set[Pmid]:
    """The new records of which a night says something."""
    new = {change.pmid for change in observed.facts if not change.is_about_cited}
    new |= {c.notice_pmid for c in observed.facts if c.is_about_found and c.notice_pmid is not None}
    return new | observed.told


def _read_lapses(con: duckdb.DuckDBPyConnection, topic: str, living: Sequence[Episode]) -> dict[str, datetime]:
    seen = con.execute(_UNSEEN, {"topic": topic, "how": SweepKind.CITATION.value}).fetchall()
    before: dict[Pmid, Record] = {}
    unseen: dict[Pmid, list[tuple[datetime, Record]]] = {}
    for pmid, is_new, at, doc in seen:
        if is_new:
            unseen.setdefault(pmid, []).append((from_utc(at), load(Record, doc)))
        else:
            before[pmid] = load(Record, doc)
    linked = [each.pmid for record in before.values() for each in record.notices if each.pmid is not None]
    notices = con.execute(
        "SELECT pmid, doc FROM current_record WHERE pmid IN (SELECT unnest(?::INTEGER[]))", [linked]
    ).fetchall() if linked else []  # fmt: skip
    return find_lapses(
        living,
        before,
        unseen,
        _read_returned(con, topic, living),
        {pmid: load(Record, doc) for pmid, doc in notices},
    )


def _read_returned(con: duckdb.DuckDBPyConnection, topic: str, living: Sequence[Episode]) -> dict[str, datetime]:
    """Living episodes, by id, whose paper was served again since, or whose entry was listed anew, and when."""
    returned: dict[str, datetime] = {}
    if any(episode.change.kind is ChangeKind.CITED_MISSING for episode in living):
        rows = con.execute(
            "SELECT id, min_by(noted_at, ordinal) FROM episode JOIN fate USING (pmid)"
            " WHERE topic = ? AND kind = ? AND ended_at IS NULL AND state = 'returned' AND ordinal > turn GROUP BY id",
            [topic, ChangeKind.CITED_MISSING.value],
        ).fetchall()
        returned |= {episode: from_utc(at) for episode, at in rows}
    entries = [(entry, each.id) for each in living if (entry := entry_named(each.change.detail)) is not None]
    if entries:
        rows = con.execute(
            "SELECT id, turn FROM episode WHERE id IN (SELECT unnest(?::VARCHAR[]))",
            [[episode for _, episode in entries]],
        ).fetchall()
        turns = dict(rows)
        listings = _listings(con, {entry for entry, _ in entries})
        for entry, episode in entries:
            ends = [until for _, until in listings[entry] if until is not None]
            if ends and count_listings(listings[entry]) > (turns[episode] or 0):
                returned[episode] = max(ends)
    return returned


_UNSEEN = """
WITH behind AS (
    SELECT pmid, sighting.revision FROM sighting JOIN observation USING (pmid)
    WHERE sighting.topic = $topic AND sighting.how = $how AND sighting.revision IS NOT NULL
    GROUP BY ALL HAVING max(observation.revision) > sighting.revision
)
SELECT pmid, observation.revision > behind.revision, observed_at, doc
FROM behind JOIN observation USING (pmid)
WHERE observation.revision >= behind.revision ORDER BY pmid, observation.revision
"""
"""The papers of which others have seen a later observation than this topic, with that and those that followed."""
