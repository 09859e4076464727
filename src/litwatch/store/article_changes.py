"""The moments at which the text behind a slug looked like another article; what was kept before them may not count.

Sightings, searches, matches, related papers and reviews are compared with such a moment by their numbers, never by
their times: a wrong clock must not bring back what was said of another article.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import duckdb

from litwatch.decisions.article_identity import (
    ANSWERS,
    IdentityState,
    PrintedReference,
    Succession,
    WatchedText,
    select_closed_again,
    select_dropped,
)
from litwatch.decisions.change_life import Episode
from litwatch.decisions.member_answers import LastWord
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.reference import Match, MatchState
from litwatch.store.documents import load, to_utc
from litwatch.store.many_topics import gather
from litwatch.store.store_file import StoreFile


class ArticleChanges(StoreFile):
    """The part of the store that knows since when a slug has stood for its present article."""

    def watched_text(self, topic: str) -> WatchedText | None:
        """What the topic's last night read, as far as it says which article it is; None before the first.

        A store of before texts were kept knows the confirmed references alone.
        """
        return self.watched_texts([topic])[topic]

    def watched_texts(self, topics: Collection[str]) -> dict[str, WatchedText | None]:
        """``watched_text`` of many topics."""
        with self._reading() as con:
            questions = con.execute(_WATCHED_QUESTIONS, {"topics": list(topics)}).fetchall()
            printed = con.execute(_WATCHED_REFERENCES, {"topics": list(topics)}).fetchall()
            kept = {topic for topic, _ in questions}
            matched = {topic: self._watched_by_matches(con, topic) for topic in topics if topic not in kept}
        references = gather(topics, ((topic, _printed(*each)) for topic, *each in printed))
        return matched | {topic: WatchedText(question, references[topic]) for topic, question in questions}

    def _watched_by_matches(self, con: duckdb.DuckDBPyConnection, topic: str) -> WatchedText | None:
        row = con.execute("SELECT max_by(doc, revision) FROM match_list WHERE topic = ?", [topic]).fetchone()
        if row is None or row[0] is None:
            return None
        confirmed = [match.pmid for match in load(tuple[Match, ...], row[0]) if match.state is MatchState.CONFIRMED]
        records = con.execute(
            "SELECT pmid, doc->>'$.doi', title FROM current_record WHERE pmid IN (SELECT unnest(?::INTEGER[]))",
            [confirmed],
        ).fetchall()
        return WatchedText(None, tuple(_printed(*each) for each in records))

    def note_article_change(self, topic: str, *, at: datetime) -> None:
        """Ask the editor from tonight on, and count nothing that was kept before.

        For the beginning of a night's transaction; the night's episodes are added by ``save_life``.
        """
        with self._writing() as con:
            con.execute(_NOTE, {"topic": topic, "at": to_utc(at), "asked": IdentityState.ASKED.value})

    def asked_since(self, topic: str) -> date | None:
        """The day (UTC) since which an editor has been asked whether the article is another one; None if answered."""
        return self.asked_since_of([topic]).get(topic)

    def asked_since_of(self, topics: Collection[str]) -> dict[str, date]:
        """``asked_since`` of many topics; those without a question are left out."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, min_by(noted_at, number)::DATE FROM article_change"
                " WHERE topic IN (SELECT unnest(?::VARCHAR[])) AND state = ? GROUP BY topic",
                [list(topics), IdentityState.ASKED.value],
            ).fetchall()
        return dict(rows)

    def episodes_settled(self, topic: str, decision: Decision, episodes: tuple[Episode, ...]) -> tuple[str, ...]:
        """Which of the topic's episodes an editor's word on the article's identity closes, by id."""
        with self._reading() as con:
            successions = [
                Succession(frozenset(earlier), frozenset(ended), frozenset(begun))
                for earlier, ended, begun in con.execute(
                    "SELECT earlier, ended, begun FROM article_change WHERE topic = ? AND state = ? ORDER BY number",
                    [topic, IdentityState.ASKED.value],
                ).fetchall()
            ]
            said = con.execute(
                "SELECT id, CASE WHEN closes THEN decision END, until FROM episode_state"
                " WHERE topic = ? AND decision IS NOT NULL",
                [topic],
            ).fetchall()
        words = {episode: LastWord(Decision(word or Decision.RELEVANT), until) for episode, word, until in said}
        select = select_closed_again if decision is Decision.SAME_ARTICLE else select_dropped
        return select(successions, episodes, words)


_WATCHED_QUESTIONS = """
SELECT topic, max_by(question, revision) FROM article_text
WHERE topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY topic
"""
_WATCHED_REFERENCES = """
SELECT topic, pmid, doi, CASE WHEN title = '' THEN text ELSE title END
FROM article_reference JOIN (
    SELECT topic, max(revision) AS revision FROM article_text
    WHERE topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY topic
) USING (topic, revision) ORDER BY position
"""


def settle_identity(con: duckdb.DuckDBPyConnection, judgement: Judgement, seq: int) -> None:
    """Note the editor's answer, inside an open transaction. Raises LookupError where nothing is asked."""
    state = ANSWERS[judgement.decision]
    settled = con.execute(
        "UPDATE article_change SET state = $state, forgets = $forgets, judged_by = $seq"
        " WHERE topic = $topic AND state = $asked RETURNING 1",
        {
            "state": state.value,
            "forgets": state.forgets,
            "seq": seq,
            "topic": judgement.topic,
            "asked": IdentityState.ASKED.value,
        },
    ).fetchall()
    if not settled:
        raise LookupError(
            f"{judgement.topic}: nobody is asked whether this is another article; its report says when there is a"
            " question"
        )


def write_succession(con: duckdb.DuckDBPyConnection, topic: str, succession: Succession) -> None:
    """Add a night's episodes to the moment that the night noted, inside its transaction."""
    con.execute(
        "UPDATE article_change SET earlier = $earlier::VARCHAR[], ended = $ended::VARCHAR[], begun = $begun::VARCHAR[]"
        " WHERE topic = $topic AND number = (SELECT max(number) FROM article_change WHERE topic = $topic)",
        {
            "topic": topic,
            "earlier": sorted(succession.earlier),
            "ended": sorted(succession.ended),
            "begun": sorted(succession.begun),
        },
    )


def _printed(pmid: int | None, doi: str | None, title: Any) -> PrintedReference:
    return PrintedReference(Pmid(pmid) if pmid else None, Doi(doi) if doi else None, title or "")


_NOTE = """
INSERT INTO article_change SELECT
    $topic,
    (SELECT coalesce(max(number), 0) + 1 FROM article_change WHERE topic = $topic),
    $at,
    $asked,
    true,
    NULL,
    (SELECT coalesce(max(night), 0) + 1 FROM sweep),
    (SELECT coalesce(max(revision), 0) FROM match_list WHERE topic = $topic),
    (SELECT coalesce(max(revision), 0) FROM beside WHERE topic = $topic),
    (SELECT coalesce(max(seq), 0) FROM stored_judgement),
    [], [], []
"""
