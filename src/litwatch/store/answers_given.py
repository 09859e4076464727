"""What was said of each episode, and how many readers a topic asks; what follows is decided in ``member_answers``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import duckdb

from litwatch.decisions.member_answers import Answer, Closing, weigh
from litwatch.model.judgement import ABOUT_A_CHANGE, Decision, Effect


def read_answers(con: duckdb.DuckDBPyConnection, episodes: Collection[str]) -> dict[str, list[Answer]]:
    """What was said of each of these episodes, by id, in the chain's order; what closes and keeps nothing left out."""
    return {episode: [answer for _, answer in said] for episode, said in _read_numbered(con, episodes).items()}


def read_readers(con: duckdb.DuckDBPyConnection, topics: Collection[str]) -> dict[str, int]:
    """How many readers each of the topics asks, as its last run read it."""
    rows = con.execute(
        "SELECT topic, readers FROM reader_rule WHERE topic IN (SELECT unnest(?::VARCHAR[]))", [list(topics)]
    ).fetchall()
    return dict.fromkeys(topics, 1) | dict(rows)


def write_readers(con: duckdb.DuckDBPyConnection, wanted: Mapping[str, int]) -> None:
    """Keep how many readers topics ask, and apply the rule anew to the answers of those that ask another number."""
    known = read_readers(con, wanted)
    for topic, readers in wanted.items():
        if known[topic] == readers:
            continue
        con.execute(
            "INSERT INTO former_reader_rule"
            " SELECT topic, ?, max(surveyed_at) FROM sweep WHERE topic = ? GROUP BY topic",
            [known[topic], topic],
        )
        con.execute("INSERT OR REPLACE INTO reader_rule VALUES (?, ?)", [topic, readers])
        answered = con.execute(
            "SELECT DISTINCT id FROM episode JOIN judgement_episode ON episode = id WHERE topic = ?", [topic]
        ).fetchall()
        closings = _weigh_each(con, {episode: readers for (episode,) in answered})
        if closings:
            con.execute(
                "UPDATE judgement_episode SET closes = new.closes, open_again_on = new.again FROM"
                " (SELECT unnest(?::INTEGER[]) AS seq, unnest(?::VARCHAR[]) AS episode,"
                " unnest(?::BOOLEAN[]) AS closes, unnest(?::DATE[]) AS again) AS new"
                " WHERE judgement_episode.seq = new.seq AND judgement_episode.episode = new.episode",
                [
                    [seq for seq, _ in closings],
                    [episode for _, episode in closings],
                    [closing.closes for closing in closings.values()],
                    [closing.open_again_on for closing in closings.values()],
                ],
            )


def read_former_closings(
    con: duckdb.DuckDBPyConnection, episodes: Mapping[str, str], end: datetime
) -> dict[tuple[int, str], Closing]:
    """What the answers before a moment did to episodes whose topic asked another number of readers then than now.

    ``episodes`` gives each one's topic; ``end`` is the moment, in UTC without zone. By judgement's number and episode.
    """
    former = dict(
        con.execute(
            "SELECT topic, arg_min(readers, last_survey) FROM former_reader_rule JOIN"
            " (SELECT topic, max(surveyed_at) AS survey FROM sweep WHERE surveyed_at < ? GROUP BY topic) USING (topic)"
            " WHERE last_survey >= survey GROUP BY topic",
            [end],
        ).fetchall()
    )
    asked = {episode: former[topic] for episode, topic in episodes.items() if topic in former}
    return _weigh_each(con, asked)


def _weigh_each(con: duckdb.DuckDBPyConnection, readers: Mapping[str, int]) -> dict[tuple[int, str], Closing]:
    """What each answer about a change did to its episode, by number of readers; all before it count with it."""
    closings: dict[tuple[int, str], Closing] = {}
    for episode, given in _read_numbered(con, readers).items():
        for place, (seq, answer) in enumerate(given, 1):
            word = weigh((each for _, each in given[:place]), readers=readers[episode])
            if answer.decision in ABOUT_A_CHANGE and word is not None:
                closings[seq, episode] = word.closing
    return closings


def _read_numbered(con: duckdb.DuckDBPyConnection, episodes: Collection[str]) -> dict[str, list[tuple[int, Answer]]]:
    """The same as ``read_answers``, each answer with its number in the chain."""
    answers: dict[str, list[tuple[int, Answer]]] = {}
    if not episodes:
        return answers  # the view of all judgements costs 30 ms however few there are
    for episode, seq, by, day, decision, until, effect, reason, settles in con.execute(
        "SELECT episode, seq, person, given_at::DATE, decision, until, effect, reason, settles"
        " FROM judgement_episode JOIN judgement_event USING (seq)"
        " WHERE closes IS NOT NULL AND episode IN (SELECT unnest(?::VARCHAR[])) ORDER BY seq",
        [list(episodes)],
    ).fetchall():
        told = Answer(
            by,
            day,
            Decision(decision),
            until,
            Effect(effect) if effect else None,
            reason or "",
            tuple(settles or ()),
        )
        answers.setdefault(episode, []).append((seq, told))
    return answers
