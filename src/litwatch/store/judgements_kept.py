"""The judgements of people in the store: a chain of hashes, and which episodes each closes or keeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb

from litwatch.decisions.member_answers import answer_of, closing_of, weigh
from litwatch.model.judgement import ABOUT_A_CHANGE, ON_IDENTITY, REVIEWS, Decision, Judgement
from litwatch.model.judgement_chain import (
    CHAIN_START,
    ChainedJudgement,
    ChainLink,
    ChainReport,
    canonical_text,
    chain_hash,
    verify_chain,
)
from litwatch.store.answers_given import read_answers, read_readers, write_readers
from litwatch.store.article_changes import settle_identity
from litwatch.store.board_decisions import write_decided_text
from litwatch.store.documents import to_utc
from litwatch.store.many_topics import gather
from litwatch.store.people import find_renamed, hide_people, load_named
from litwatch.store.store_file import StoreFile


class JudgementsKept(StoreFile):
    """The part of the store that keeps judgements."""

    def apply_reader_rules(self, readers: Mapping[str, int]) -> None:
        """Keep how many readers topics ask (``Topic.readers``); the answers that there are count anew by it."""
        with self._writing() as con:
            write_readers(con, readers)

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

    def last_judgement(self) -> int:
        """The number of the last judgement in the chain; 0 where there is none."""
        with self._reading() as con:
            row = con.execute("SELECT coalesce(max(seq), 0) FROM stored_judgement").fetchone()
        return int(row[0]) if row else 0

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
