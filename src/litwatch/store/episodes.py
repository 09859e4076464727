"""The episodes of changes in the store, open until a person's judgement closes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import duckdb

from litwatch.decisions.change_life import (
    Episode,
    OpenChange,
    gather_open,
    is_open,
    kept_among,
)
from litwatch.decisions.found_papers import FoundPaper, judge_answers
from litwatch.decisions.member_answers import LastWord, weigh
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import ABOUT_A_CHANGE, Effect
from litwatch.model.record import Record
from litwatch.store.answers_given import read_answers, read_readers
from litwatch.store.documents import from_utc, load, to_utc
from litwatch.store.many_topics import gather
from litwatch.store.store_file import StoreFile


class Episodes(StoreFile):
    """The part of the store that holds the episodes of changes."""

    def open_changes(self, topic: str, *, on: date, readers: int | None = None) -> tuple[OpenChange, ...]:
        """The topic's open changes on a day, in the order in which they began; ``member_answers.weigh`` says which.

        A fact that ended and began again while nobody answered is one open change with all its open episodes.
        ``readers`` is how many the topic asks; None takes what its last run read.
        """
        return self.open_changes_of([topic], on=on, readers={} if readers is None else {topic: readers})[topic]

    def open_changes_of(
        self, topics: Collection[str], *, on: date, readers: Mapping[str, int] = MappingProxyType({})
    ) -> dict[str, tuple[OpenChange, ...]]:
        """``open_changes`` of many topics; ``readers`` of those that are not there is what their last run read."""
        with self._reading() as con:
            said = _read_open(con, topics, on, readers)
        return {topic: gather_open(own, on) for topic, own in said.items()}

    def open_of_kinds(self, kinds: Collection[ChangeKind], *, on: date) -> dict[str, tuple[str, ...]]:
        """The ids of the episodes of these kinds that are open on a day, by topic."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, list(id ORDER BY id) FROM open_episode($on)"
                " WHERE kind IN (SELECT unnest($kinds::VARCHAR[])) GROUP BY topic",
                {"on": on, "kinds": sorted(kinds)},
            ).fetchall()
        return {topic: tuple(ids) for topic, ids in rows}

    def answered_changes(
        self, topic: str, pmid: Pmid | None = None, *, on: date, readers: int | None = None
    ) -> tuple[OpenChange, ...]:
        """The changes (about a paper) that members' answers have closed: somebody else may still keep them open.

        What a review of the article closed is not among them, nor what is open on the day. ``readers`` as of
        ``open_changes``.
        """
        with self._reading() as con:
            rows = con.execute(
                f"SELECT id, {EPISODE} FROM episode_state AS state WHERE topic = $topic"  # noqa: S608
                " AND NOT resting AND pmid = coalesce($pmid, pmid) AND decision IN (SELECT unnest($answers::VARCHAR[]))"
                " AND number = (SELECT max(number) FROM episode"
                " WHERE (topic, kind, pmid, detail) = (state.topic, state.kind, state.pmid, state.detail))"
                " ORDER BY began_at, place",
                {"topic": topic, "pmid": pmid, "answers": sorted(ABOUT_A_CHANGE)},
            ).fetchall()
            said = read_answers(con, [episode for episode, *_ in rows])
            asked = read_readers(con, [topic])[topic] if readers is None else readers
        found = []
        for name, *row in rows:
            episode, word = episode_of(*row), weigh(said.get(name, ()), on, readers=asked)
            if is_open(word, on):
                continue
            found.append(OpenChange(episode.change, episode.opened_at, word.decision if word else None, None, (name,)))
        return tuple(found)

    def recorded_changes(self, topic: str, *, among: Collection[Pmid] | None = None) -> frozenset[Change]:
        """Every change ever told of the topic (about some PMIDs), those that people have closed included."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT DISTINCT kind, pmid, detail, notice_pmid, ended_kind FROM episode WHERE topic = $topic"
                " AND ($among IS NULL OR pmid IN (SELECT unnest($among::INTEGER[])))",
                {"topic": topic, "among": None if among is None else list(among)},
            ).fetchall()
        return frozenset(_change(*row) for row in rows)

    def kept(self, topic: str, *, on: date) -> dict[Pmid, Effect | None]:
        """The topic's open new records that a member has called relevant, with what they do to the article."""
        return kept_among(self.open_changes(topic, on=on))

    def episodes(self, topic: str) -> tuple[Episode, ...]:
        """Every episode of the topic, in the order in which they began."""
        with self._reading() as con:
            return read_episodes(con, "topic = $topic", {"topic": topic})

    def found_papers(self, topic: str) -> tuple[FoundPaper, ...]:
        """The topic's new records that were told before, by PMID, with what people have said of them.

        Those of another article under the same name are left out.
        """
        return self.found_papers_of([topic])[topic]

    def found_papers_of(
        self, topics: Collection[str], readers: Mapping[str, int] = MappingProxyType({})
    ) -> dict[str, tuple[FoundPaper, ...]]:
        """``found_papers`` of many topics; ``readers`` as of ``open_changes_of``."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, pmid, max_by(id, number) FILTER (kind = $new), coalesce(min(dated_at) FILTER"
                " (kind = $new), min(began_at) FILTER (kind = $new)), max(began_at) FILTER (kind = $lost) FROM episode"
                " WHERE topic IN (SELECT unnest($topics::VARCHAR[])) AND kind IN ($new, $lost) AND ended_at IS NULL"
                " GROUP BY topic, pmid HAVING bool_or(kind = $new) ORDER BY pmid",
                {
                    "topics": list(topics),
                    "new": ChangeKind.NEW_RECORD.value,
                    "lost": ChangeKind.FOUND_MISSING.value,
                },
            ).fetchall()
            said = read_answers(con, [episode for _, _, episode, *_ in rows])
            asked = {**read_readers(con, topics), **readers}
        return gather(
            topics,
            (
                (
                    topic,
                    replace(
                        judge_answers(Pmid(pmid), from_utc(at).date(), said.get(episode, ()), readers=asked[topic]),
                        lost_on=from_utc(lost).date() if lost else None,
                    ),
                )
                for topic, pmid, episode, at, lost in rows
            ),
        )

    def records_when_told(self, topic: str, among: Collection[Pmid]) -> dict[Pmid, Record]:
        """New records as they were when they were told, where PubMed has changed them since."""
        with self._reading() as con:
            rows = con.execute(
                _WHEN_TOLD,
                {"topic": topic, "new": ChangeKind.NEW_RECORD.value, "among": list(among)},
            ).fetchall()
        return {pmid: load(Record, doc) for pmid, doc in rows}

    def note_told(self, episodes: Collection[str], *, at: datetime) -> None:
        """Keep that a published report shows these episodes: from then on a command without a page may close them."""
        if not episodes:
            return
        with self._writing() as con:
            con.execute(
                "UPDATE episode SET told_at = $at WHERE told_at IS NULL AND id IN (SELECT unnest($ids::VARCHAR[]))",
                {"at": to_utc(at), "ids": list(episodes)},
            )

    def untold(self, topic: str) -> frozenset[str]:
        """The ids of the topic's episodes that no published report has shown yet."""
        with self._reading() as con:
            rows = con.execute("SELECT id FROM episode WHERE topic = ? AND told_at IS NULL", [topic]).fetchall()
        return frozenset(episode for (episode,) in rows)


def _change(kind: str, pmid: int, detail: str, notice: int | None, ended: str | None) -> Change:
    return Change(
        ChangeKind(kind),
        Pmid(pmid),
        detail,
        Pmid(notice) if notice is not None else None,
        ChangeKind(ended) if ended else None,
    )


_WHEN_TOLD = """
WITH told AS (
    SELECT pmid, max(revision) AS revision FROM episode
    WHERE topic = $topic AND kind = $new AND ended_at IS NULL AND pmid IN (SELECT unnest($among::INTEGER[]))
    GROUP BY pmid
), changed AS (
    SELECT pmid, told.revision FROM told JOIN observation USING (pmid)
    GROUP BY ALL HAVING max(observation.revision) > told.revision
)
SELECT pmid, doc FROM observation JOIN changed USING (pmid, revision)
"""
EPISODE = "topic, kind, pmid, detail, notice_pmid, ended_kind, number, began_at, ended_at, dated_at"
"""The columns that ``episode_of`` reads."""


def episode_of(topic: str, *row: Any) -> Episode:
    """The episode of a row with the columns ``EPISODE``."""
    *change, number, began_at, ended_at, dated_at = row
    return Episode(
        topic,
        _change(*change),
        number,
        from_utc(began_at),
        from_utc(ended_at) if ended_at else None,
        from_utc(dated_at) if dated_at else None,
    )


def read_episodes(
    con: duckdb.DuckDBPyConnection, which: str, asked: Mapping[str, object]
) -> tuple[Episode, ...]:  # fmt: skip
    """The episodes for which a condition of this package holds, in the order in which they began."""
    rows = con.execute(
        f"SELECT {EPISODE} FROM episode WHERE {which}"  # noqa: S608 - no outside text
        " ORDER BY began_at, place, kind, pmid, detail, number",
        dict(asked),
    ).fetchall()
    return tuple(episode_of(*row) for row in rows)


def _read_open(
    con: duckdb.DuckDBPyConnection, topics: Collection[str], on: date, given: Mapping[str, int]
) -> dict[str, tuple[tuple[Episode, LastWord | None], ...]]:
    """The topics' open episodes, each with what was said of it, in the order in which they began.

    Where a topic asks another number of readers than its last run knew, all its answered episodes are among them.
    """
    readers = read_readers(con, topics)
    changed = [topic for topic, number in given.items() if readers.get(topic, number) != number]
    readers |= given
    rows = con.execute(
        f"SELECT id, decision, {EPISODE} FROM open_episode($on)"  # noqa: S608
        " WHERE topic IN (SELECT unnest($topics::VARCHAR[])) ORDER BY began_at, place, kind, pmid, detail, number"
        if not changed
        else f"SELECT id, decision, {EPISODE} FROM episode_state"  # noqa: S608
        " WHERE NOT resting AND (closes IS NOT TRUE OR open_again_on <= $on OR topic IN (SELECT"
        " unnest($changed::VARCHAR[]))) AND topic IN (SELECT unnest($topics::VARCHAR[]))"
        " ORDER BY began_at, place, kind, pmid, detail, number",
        {"on": on, "topics": list(topics)} | ({"changed": changed} if changed else {}),
    ).fetchall()
    said = read_answers(con, [episode for episode, decision, *_ in rows if decision is not None])
    return gather(
        topics,
        (
            (row[0], (episode_of(*row), weigh(said.get(name, ()), on, readers=readers[row[0]])))
            for name, _, *row in rows
        ),
    )
