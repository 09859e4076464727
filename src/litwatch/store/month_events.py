"""What the store knows of the board's work in one month (``decisions/minutes.py``): nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

import duckdb

from litwatch.decisions.board_decision import find_text_change
from litwatch.decisions.member_answers import Closing
from litwatch.decisions.minutes import EpisodeStory, GivenDecision, MonthMaterial, WatchedArticle, Word
from litwatch.model.change import ABOUT_NEW
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import REVIEWS, STILL_TO_DO, Decision, Judgement
from litwatch.model.sweep import SweepState
from litwatch.store.answers_given import read_former_closings
from litwatch.store.board_decisions import read_decision
from litwatch.store.documents import from_utc, to_utc
from litwatch.store.episodes import read_episodes
from litwatch.store.people import load_named
from litwatch.store.printed_texts import read_printed_texts
from litwatch.store.store_file import StoreFile


class MonthEvents(StoreFile):
    """The part of the store that tells what happened in a month."""

    def begins_at(self) -> datetime | None:
        """The first night of the store, or its first judgement where that was earlier; None while it has neither."""
        with self._reading() as con:
            row = con.execute(
                "SELECT min(day) FROM (SELECT min(surveyed_at) AS day FROM sweep"
                " UNION ALL SELECT min((doc->>'$.at')::TIMESTAMP) FROM stored_judgement)"
            ).fetchone()
        return from_utc(row[0]) if row and row[0] else None

    def month_events(self, first: datetime, end: datetime) -> MonthMaterial:
        """What is known at the moment ``end`` of the month that began at ``first``.

        A decision has a due date where its review names one: the others' is the topic file's.
        """
        asked = {"first": to_utc(first), "end": to_utc(end)}
        with self._reading() as con:
            judgements = _read_judgements(con, "given_at >= $first AND given_at < $end", asked)
            reviews = _read_judgements(
                con,
                "given_at < $end AND decision IN (SELECT unnest($reviews::VARCHAR[]))",
                {"end": asked["end"], "reviews": sorted(REVIEWS)},
            )
            decisions = tuple(
                GivenDecision(
                    seq, said.topic, read_decision(con, seq, said, _text_changed_on(con, seq, said.topic, end.date()))
                )
                for seq, said in reviews
                if said.decision in STILL_TO_DO
            )
            named = {episode for each in decisions for episode in each.decision.episodes}
            stories = _read_stories(con, named, asked["end"])
            return MonthMaterial(
                articles=_read_articles(con, asked),
                judgements=tuple(said for _, said in judgements),
                reviews=reviews,
                decisions=decisions,
                notices=tuple(each for each in stories if each.episode.change.is_about_cited),
                others={each.episode.id: each for each in stories if not each.episode.change.is_about_cited},
            )

    def titles(self, pmids: Collection[Pmid]) -> dict[Pmid, str]:
        """The titles of these papers, as far as the store has their records."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT pmid, title FROM current_record WHERE pmid IN (SELECT unnest(?::INTEGER[]))", [list(pmids)]
            ).fetchall()
        return {Pmid(pmid): title for pmid, title in rows if title}


def _read_judgements(
    con: duckdb.DuckDBPyConnection, which: str, asked: Mapping[str, object]
) -> tuple[tuple[int, Judgement], ...]:
    rows = con.execute(
        f"SELECT seq, doc FROM stored_judgement WHERE seq IN (SELECT seq FROM judgement_event WHERE {which})"  # noqa: S608 - no outside text
        " ORDER BY seq",
        dict(asked),
    ).fetchall()
    said = load_named(con, (doc for _, doc in rows))
    return tuple((seq, judgement) for (seq, _), judgement in zip(rows, said, strict=True))


def _text_changed_on(con: duckdb.DuckDBPyConnection, seq: int, topic: str, until: date) -> date | None:
    """The day on which the text changed that a decision was about, as known before a day."""
    row = con.execute("SELECT revision FROM decision_text WHERE seq = ?", [seq]).fetchone()
    texts = read_printed_texts(con, topic, row[0]) if row else []
    known = [each for each in texts if each[0] < until]
    return find_text_change(texts[0][1], known[1:]) if known else None


def _read_stories(con: duckdb.DuckDBPyConnection, named: Collection[str], end: datetime) -> tuple[EpisodeStory, ...]:
    """The episodes about cited papers, and those that are ``named``, which began before a moment."""
    ids = {"named": list(named), "new": sorted(ABOUT_NEW), "end": end}
    which = (
        "coalesce(dated_at, began_at) < $end"
        " AND (kind NOT IN (SELECT unnest($new::VARCHAR[])) OR id IN (SELECT unnest($named::VARCHAR[])))"
    )
    episodes = read_episodes(con, which, ids)
    former = read_former_closings(con, {each.id: each.article for each in episodes}, end)
    words: dict[str, list[Word]] = {}
    for seq, episode, at, by, decision, closes, again in con.execute(
        "SELECT seq, episode, given_at, person, decision, closes, open_again_on"
        " FROM judgement_episode JOIN judgement_event USING (seq)"
        " WHERE given_at < ? AND episode IN (SELECT unnest(?::VARCHAR[])) ORDER BY seq",
        [end, [each.id for each in episodes]],
    ).fetchall():
        done = former.get((seq, episode), Closing(closes, again))
        words.setdefault(episode, []).append(
            Word(from_utc(at), by, Decision(decision), done.closes, done.open_again_on)
        )
    deadlines = dict(
        con.execute(
            "SELECT told.episode, arg_max(told.deadline, told.first_night) FROM"
            " (SELECT unnest(episodes) AS episode, deadline, first_night FROM told_signal WHERE deadline IS NOT NULL)"
            " AS told JOIN (SELECT night, min(surveyed_at) AS day FROM sweep GROUP BY night) AS nights"
            " ON nights.night = told.first_night WHERE nights.day < ? GROUP BY told.episode",
            [end],
        ).fetchall()
    )
    return tuple(
        EpisodeStory(each, tuple(words.get(each.id, ())), deadlines.get(each.id))
        for each in episodes
    )  # fmt: skip


def _read_articles(con: duckdb.DuckDBPyConnection, asked: Mapping[str, object]) -> tuple[WatchedArticle, ...]:
    """Every article that was ever watched before the month's end."""
    begun = dict(
        con.execute(
            "SELECT topic, count(*) FROM episode WHERE coalesce(dated_at, began_at) >= $first"
            " AND coalesce(dated_at, began_at) < $end GROUP BY topic",
            dict(asked),
        ).fetchall()
    )
    retired = dict(
        con.execute(
            "SELECT topic, max_by(given_at, seq) FROM retirement JOIN judgement_event USING (seq, topic)"
            " WHERE given_at < $end AND NOT EXISTS (SELECT 1 FROM sweep WHERE sweep.topic = retirement.topic"
            " AND sweep.night > retirement.night AND surveyed_at < $end) GROUP BY topic",
            {"end": asked["end"]},
        ).fetchall()
    )
    titles = dict(
        con.execute(
            "SELECT topic, arg_max(title, revision) FROM article_text WHERE noted_at < $end GROUP BY topic",
            {"end": asked["end"]},
        ).fetchall()
    )
    rows = con.execute(
        "SELECT topic, min(day), count(*) FILTER (day >= $first), arg_max(whole, night) FROM"
        " (SELECT topic, night, min(surveyed_at) AS day, bool_and(state = $complete) AS whole FROM sweep"
        " WHERE surveyed_at < $end GROUP BY topic, night) GROUP BY topic ORDER BY topic",
        {**asked, "complete": SweepState.COMPLETE.value},
    ).fetchall()
    return tuple(
        WatchedArticle(
            slug,
            titles.get(slug) or slug,
            from_utc(first),
            from_utc(retired[slug]) if slug in retired else None,
            nights,
            whole,
            begun.get(slug, 0),
        )
        for slug, first, nights, whole in rows
    )
