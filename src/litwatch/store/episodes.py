"""The episodes of changes in the store, open until a person's judgement closes them; the judgements and their chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import duckdb

from litwatch.decisions.article_identity import Succession
from litwatch.decisions.change_life import (
    Episode,
    Observed,
    OpenChange,
    Turn,
    advance,
    count_listings,
    find_lapses,
    gather_open,
    is_open,
    kept_among,
    redate,
)
from litwatch.decisions.found_papers import FoundPaper, judge_answers
from litwatch.decisions.member_answers import LastWord, answer_of, closing_of, weigh
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import ABOUT_A_CHANGE, ON_IDENTITY, REVIEWS, Decision, Effect, Judgement
from litwatch.model.judgement_chain import (
    CHAIN_START,
    ChainedJudgement,
    ChainLink,
    ChainReport,
    canonical_text,
    chain_hash,
    verify_chain,
)
from litwatch.model.paper_notice import entry_named
from litwatch.model.record import Record
from litwatch.model.sweep import SweepKind
from litwatch.store.answers_given import read_answers, read_readers, write_readers
from litwatch.store.article_changes import settle_identity, write_succession
from litwatch.store.board_decisions import close_what_the_texts_left, write_decided_text
from litwatch.store.documents import from_utc, load, to_utc
from litwatch.store.many_topics import gather
from litwatch.store.people import find_renamed, hide_people, load_named
from litwatch.store.store_file import StoreFile


class Episodes(StoreFile):
    """The part of the store that holds the episodes of changes, and the judgements that close them."""

    def apply_reader_rules(self, readers: Mapping[str, int]) -> None:
        """Keep how many readers topics ask (``Topic.readers``); the answers that there are count anew by it."""
        with self._writing() as con:
            write_readers(con, readers)

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
                f"SELECT id, {_EPISODE} FROM episode_state AS state WHERE topic = $topic"  # noqa: S608
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
            episode, word = _episode(*row), weigh(said.get(name, ()), on, readers=asked)
            if is_open(word, on):
                continue
            found.append(OpenChange(episode.change, episode.opened_at, word.decision if word else None, None, (name,)))
        return tuple(found)

    def lapses(self, topic: str) -> dict[str, datetime]:
        """The topic's episodes that ended since its last night, as others saw (``change_life.find_lapses``), by id."""
        return self.lapses_of([topic])[topic]

    def lapses_of(self, topics: Collection[str]) -> dict[str, dict[str, datetime]]:
        """``lapses`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                f"SELECT {_EPISODE} FROM episode"  # noqa: S608 - no outside text
                " WHERE topic IN (SELECT unnest(?::VARCHAR[])) AND ended_at IS NULL AND kind <> ?",
                [list(topics), ChangeKind.NEW_RECORD.value],
            ).fetchall()
            living = gather(topics, ((row[0], _episode(*row)) for row in rows))
            return {topic: _read_lapses(con, topic, own) if own else {} for topic, own in living.items()}

    def save_life(self, topic: str, observed: Observed, *, run: str) -> tuple[Change, ...]:
        """Begin and end the topic's episodes by what a night saw; the changes that begin, in their order."""
        return self.save_lives({topic: observed}, run=run)[topic]

    def save_lives(self, observed: Mapping[str, Observed], *, run: str) -> dict[str, tuple[Change, ...]]:
        """``save_life`` of many topics."""
        with self._writing() as con:
            return _write_lives(con, observed, run)

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

    def record_judgement(self, judgement: Judgement) -> ChainedJudgement:
        """Append a judgement to the chain; the very same one sent twice in a row is kept once.

        It closes or keeps exactly the episodes that it names, or leaves them as they are (``closing_of``). Raises
        ValueError where an answer or a review does not say which, and LookupError where an answer names none that
        there is.
        """
        names = judgement.decision in ABOUT_A_CHANGE | REVIEWS | ON_IDENTITY
        if names and judgement.episodes is None:
            raise ValueError(
                "an answer, a review or a word on the article's identity names the episodes that it closes"
            )
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
        return self.judgements_of([topic])[topic]

    def judgements_of(self, topics: Collection[str]) -> dict[str, tuple[ChainedJudgement, ...]]:
        """``judgements`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT doc->>'$.topic' AS topic, seq, previous, hash, doc FROM stored_judgement"
                " WHERE topic IN (SELECT unnest(?::VARCHAR[])) ORDER BY seq",
                [list(topics)],
            ).fetchall()
            said = load_named(con, (doc for *_, doc in rows))
        return gather(
            topics,
            (
                (topic, ChainedJudgement(seq, before, digest, judgement))
                for (topic, seq, before, digest, _), judgement in zip(rows, said, strict=True)
            ),
        )

    def last_reviewed(self, topic: str) -> date | None:
        """The day (UTC) of the last review that left the article unchanged; None where none is recorded.

        To update or to withdraw it is a decision that somebody has still to carry out (``board_decision``), and says
        nothing for the text that stands.
        A review of another article under the same name does not count (``ArticleChanges``).
        """
        return self.last_reviews([topic])[topic]

    def last_reviews(self, topics: Collection[str]) -> dict[str, date | None]:
        """``last_reviewed`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, max_by(given_at, seq)::DATE FROM judgement_event LEFT JOIN counted_from USING (topic)"
                " WHERE topic IN (SELECT unnest($topics::VARCHAR[])) AND decision = $unchanged"
                " AND seq > coalesce(judgements, 0) GROUP BY topic",
                {"topics": list(topics), "unchanged": Decision.REVIEWED_UNCHANGED.value},
            ).fetchall()
        found: dict[str, date] = dict(rows)
        return {topic: found.get(topic) for topic in topics}

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
_EPISODE = "topic, kind, pmid, detail, notice_pmid, ended_kind, number, began_at, ended_at, dated_at"


def _episode(topic: str, *row: Any) -> Episode:
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
        f"SELECT {_EPISODE} FROM episode WHERE {which}"  # noqa: S608 - no outside text
        " ORDER BY began_at, place, kind, pmid, detail, number",
        dict(asked),
    ).fetchall()
    return tuple(_episode(*row) for row in rows)


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
        f"SELECT id, decision, {_EPISODE} FROM open_episode($on)"  # noqa: S608
        " WHERE topic IN (SELECT unnest($topics::VARCHAR[])) ORDER BY began_at, place, kind, pmid, detail, number"
        if not changed
        else f"SELECT id, decision, {_EPISODE} FROM episode_state"  # noqa: S608
        " WHERE NOT resting AND (closes IS NOT TRUE OR open_again_on <= $on OR topic IN (SELECT"
        " unnest($changed::VARCHAR[]))) AND topic IN (SELECT unnest($topics::VARCHAR[]))"
        " ORDER BY began_at, place, kind, pmid, detail, number",
        {"on": on, "topics": list(topics)} | ({"changed": changed} if changed else {}),
    ).fetchall()
    said = read_answers(con, [episode for episode, decision, *_ in rows if decision is not None])
    return gather(
        topics,
        ((row[0], (_episode(*row), weigh(said.get(name, ()), on, readers=readers[row[0]]))) for name, _, *row in rows),
    )


def _append(con: duckdb.DuckDBPyConnection, judgement: Judgement) -> ChainedJudgement:
    closes = judgement.decision in ABOUT_A_CHANGE | REVIEWS | ON_IDENTITY
    concerned = _concerned(con, judgement) if closes else []
    text = canonical_text(hide_people(con, judgement))
    row = con.execute("SELECT seq, previous, hash, doc FROM stored_judgement ORDER BY seq DESC LIMIT 1").fetchone()
    seq, before, previous, last = row or (0, CHAIN_START, CHAIN_START, None)
    if last == text:
        return ChainedJudgement(seq, before, previous, judgement)
    digest = chain_hash(previous, text)
    con.execute("INSERT INTO stored_judgement VALUES (?, ?, ?, ?)", [seq + 1, previous, digest, text])
    closings = [closing_of(judgement.decision, judgement.until)] * len(concerned)
    if judgement.decision in ABOUT_A_CHANGE:
        said, answer = read_answers(con, concerned), answer_of(judgement)
        readers = read_readers(con, [judgement.topic])[judgement.topic]
        words = [weigh((*said.get(episode, ()), answer), readers=readers) for episode in concerned]
        closings = [word.closing for word in words if word is not None]
    con.execute(
        "INSERT INTO judgement_episode SELECT ?, unnest(?::VARCHAR[]), unnest(?::BOOLEAN[]), unnest(?::DATE[])",
        [seq + 1, concerned, [each.closes for each in closings], [each.open_again_on for each in closings]],
    )
    write_decided_text(con, judgement, seq + 1)
    if judgement.decision in ON_IDENTITY:
        settle_identity(con, judgement, seq + 1)
    if judgement.decision is Decision.ARTICLE_RETIRED:
        con.execute(
            "INSERT INTO retirement SELECT ?, ?, coalesce(max(night), 0) FROM sweep WHERE topic = ?",
            [seq + 1, judgement.topic, judgement.topic],
        )
    return ChainedJudgement(seq + 1, previous, digest, judgement)


def _concerned(con: duckdb.DuckDBPyConnection, judgement: Judgement) -> list[str]:
    """The ids of the episodes that a judgement is about, as far as this store knows them.

    Those that it names, of its own article and change only. One that was given before episodes had ids, and waited
    while the store was brought up to date, names none: it is about those that were told before that. Raises
    LookupError where an answer is about none.
    """
    rows = con.execute(_NAMED if judgement.episodes is not None else _NAMED_BEFORE_IDS, {
        "topic": judgement.topic,
        "kind": judgement.change.kind.value if judgement.change else None,
        "pmid": judgement.change.pmid if judgement.change else None,
        "detail": judgement.change.detail if judgement.change else None,
        **(
            {"ids": list(judgement.episodes)}
            if judgement.episodes is not None
            else {"seen": to_utc(judgement.seen or judgement.at)}
        ),
    }).fetchall()  # fmt: skip
    if not rows and judgement.change is not None:
        raise LookupError(
            f"{judgement.topic}: the answer is about a change ({judgement.change.kind.value!r}, PMID"
            f" {judgement.change.pmid}) that is not in this store; open the article's page and answer what it shows"
        )
    return [episode for (episode,) in rows]


_OF_THE_CHANGE = "topic = $topic AND ($kind IS NULL OR (kind = $kind AND pmid = $pmid AND detail = $detail))"
_NAMED = f"SELECT id FROM episode WHERE {_OF_THE_CHANGE} AND id IN (SELECT unnest($ids::VARCHAR[])) ORDER BY id"  # noqa: S608
_NAMED_BEFORE_IDS = (
    f"SELECT id FROM episode WHERE {_OF_THE_CHANGE} AND before_ids"  # noqa: S608 - no outside text
    " AND ($kind IS NOT NULL OR began_at <= $seen) ORDER BY id"
)


def read_chain(con: duckdb.DuckDBPyConnection) -> ChainReport:
    """``verify_chain`` on a connection that is already open."""
    rows = con.execute("SELECT seq, previous, hash, doc FROM stored_judgement ORDER BY seq").fetchall()
    report = verify_chain(ChainLink(*row) for row in rows)
    if not (renamed := find_renamed(con)):
        return report
    theirs = [seq for seq, *_, doc in rows if any(f'"{person}"' in doc for person in renamed)]
    said = [f"Judgement {seq} names a person whose name was altered afterwards." for seq in theirs]
    return replace(report, problems=(*report.problems, *said), broken=tuple(sorted({*report.broken, *theirs})))


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
        f"SELECT {_EPISODE} FROM episode WHERE topic IN (SELECT unnest($topics::VARCHAR[]))"  # noqa: S608
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
    episodes = gather(observed, ((row[0], _episode(*row)) for row in rows))
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
