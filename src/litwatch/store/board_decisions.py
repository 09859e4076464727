"""What the board has decided to do about an article and nobody has done yet (``decisions/board_decision.py``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import duckdb

from litwatch.decisions.board_decision import BoardDecision, find_text_change
from litwatch.model.change import ABOUT_NEW, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import REVIEWS, STILL_TO_DO, Judgement
from litwatch.store.people import load_named
from litwatch.store.printed_texts import read_printed_texts
from litwatch.store.store_file import StoreFile


class BoardDecisions(StoreFile):
    """The part of the store that knows which articles are to be updated or withdrawn."""

    def board_decision(self, topic: str) -> BoardDecision | None:
        """The topic's last review, where it was to update or to withdraw the article; else None.

        A review of another article under the same name does not count (``ArticleChanges``).
        """
        return self.board_decisions_of([topic])[topic]

    def board_decisions_of(self, topics: Collection[str]) -> dict[str, BoardDecision | None]:
        """``board_decision`` of many topics."""
        with self._reading() as con:
            decided = _any_decision(con)
            return {topic: self._board_decision(con, topic) if decided else None for topic in topics}

    def _board_decision(self, con: duckdb.DuckDBPyConnection, topic: str) -> BoardDecision | None:
        found = _last_decision(con, topic)
        if found is None:
            return None
        seq, said, revision = found
        return read_decision(con, seq, said, _text_changed_on(con, topic, revision))


def read_decision(
    con: duckdb.DuckDBPyConnection, seq: int, said: Judgement, text_changed_on: date | None
) -> BoardDecision:
    """What a review decided to be done, with what it names; ``seq`` is its number among the judgements."""
    named = con.execute(
        "SELECT id, kind, pmid, notice_pmid FROM judgement_episode JOIN episode ON id = episode WHERE seq = ?", [seq]
    ).fetchall()
    notices = {notice for *_, notice in named}
    return BoardDecision(
        said.decision,
        said.at.date(),
        said.by,
        said.reason,
        said.due,
        frozenset(episode for episode, *_ in named),
        frozenset(episode for episode, kind, pmid, _ in named if kind == ChangeKind.NEW_RECORD and pmid in notices),
        text_changed_on,
    )


def write_decided_text(con: duckdb.DuckDBPyConnection, judgement: Judgement, seq: int) -> None:
    """Note which text of the article a decision is about, inside an open transaction."""
    if judgement.decision in STILL_TO_DO:
        con.execute(
            "INSERT INTO decision_text SELECT ?, coalesce(max(revision), 0) FROM article_text WHERE topic = ?",
            [seq, judgement.topic],
        )


def close_what_the_texts_left(con: duckdb.DuckDBPyConnection, cited: Mapping[str, Collection[Pmid] | None]) -> None:
    """Close what the board's decisions named about papers that the changed texts no longer cite.

    For the end of a night's transaction: that a reference was taken out carries the decision out. What is ``cited`` is
    None where a topic's references could not be looked up; then nothing is closed.
    """
    if _any_decision(con):
        for topic, own in cited.items():
            if own is not None:
                _close_what_the_text_left(con, topic, own)


def _close_what_the_text_left(con: duckdb.DuckDBPyConnection, topic: str, cited: Collection[Pmid]) -> None:
    found = _last_decision(con, topic)
    if found is None:
        return
    seq, _, revision = found
    if _text_changed_on(con, topic, revision) is None:
        return
    con.execute(
        "UPDATE judgement_episode SET closes = true WHERE seq = $seq AND closes IS NULL AND episode IN"
        " (SELECT id FROM episode WHERE topic = $topic AND kind NOT IN (SELECT unnest($new::VARCHAR[]))"
        " AND ended_at IS NOT NULL"
        " AND pmid NOT IN (SELECT unnest($cited::INTEGER[])))",
        {"seq": seq, "topic": topic, "new": sorted(ABOUT_NEW), "cited": list(cited)},
    )


def _any_decision(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the board has ever left anything to do: the view of all judgements costs 30 ms however few there are."""
    return con.execute("SELECT 1 FROM decision_text LIMIT 1").fetchone() is not None


def _last_decision(con: duckdb.DuckDBPyConnection, topic: str) -> tuple[int, Judgement, int] | None:
    """The topic's last review with its number and the text that it is about; None where it left nothing to do."""
    row = con.execute(
        "SELECT seq, doc, revision FROM stored_judgement LEFT JOIN decision_text USING (seq) WHERE seq ="
        " (SELECT max(seq) FROM judgement_event WHERE topic = $topic"
        " AND decision IN (SELECT unnest($reviews::VARCHAR[]))"
        " AND seq > coalesce((SELECT judgements FROM counted_from WHERE topic = $topic), 0))",
        {"topic": topic, "reviews": sorted(REVIEWS)},
    ).fetchone()
    if row is None or row[2] is None:
        return None
    (said,) = load_named(con, [row[1]])
    return row[0], said, row[2]


def _text_changed_on(con: duckdb.DuckDBPyConnection, topic: str, revision: int) -> date | None:
    last = con.execute("SELECT max(revision) FROM article_text WHERE topic = ?", [topic]).fetchone()
    if last is None or last[0] is None or last[0] <= revision:
        return None  # nothing was read since, which is so on nearly every night
    texts = read_printed_texts(con, topic, revision)
    return find_text_change(texts[0][1], texts[1:])
