"""What each article's last decision rested on, and what differs from it (``decisions/carried_decision.py``).

Each question is one statement for many topics, so that a night of ten thousand unchanged articles asks it a hundred
times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import orjson

from litwatch.decisions.carried_decision import Ground
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.sweep import SweepKind
from litwatch.store.documents import from_utc
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class GroundLaid:
    """The ground of a decision that was just made."""

    topic: str
    inputs: str
    decided_on: date
    holds_to: date | None
    judgements: int
    """The last judgement in the chain that was counted."""
    pmids: frozenset[Pmid]
    dois: frozenset[Doi]


@dataclass(frozen=True, slots=True)
class Brought:
    """A record that a night brought for a topic."""

    topic: str
    pmid: Pmid
    content_hash: str
    how: SweepKind | None
    """The sweep by which the topic meets it; None where it is only kept."""


@dataclass(frozen=True, slots=True)
class StandingNow:
    """What the store knows of the papers that a decision rests on, and of the topic's episodes."""

    number: int
    """Another one where any of it differs."""
    any_gone: bool
    """Whether PubMed no longer serves one of the papers."""
    latest: datetime | None
    """When the last episode began; None where there is none."""


class DecisionGrounds(StoreFile):
    """The part of the store that knows what decisions rested on."""

    def grounds(self, topics: Collection[str]) -> dict[str, Ground]:
        """The ground of each topic's last decision; without those whose decision cannot be carried on."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, inputs, decided_on, holds_to, judgements, standing FROM decision_ground"
                " WHERE topic IN (SELECT unnest(?::VARCHAR[]))",
                [list(topics)],
            ).fetchall()
        return {topic: Ground(*row) for topic, *row in rows}

    def standing_now(self, topics: Collection[str]) -> dict[str, StandingNow]:
        """What the store knows now of what the topics' decisions rest on, by topic."""
        asked = sorted(topics)
        found: dict[str, StandingNow] = {}
        with self._reading() as con:
            for start in range(0, len(asked), _AT_ONCE):
                found |= _standing(con, asked[start : start + _AT_ONCE])
        return found

    def judged_since(self, seq: int) -> dict[str, int]:
        """The last judgement about each topic after one in the chain; topics without any are left out."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT doc->>'$.topic', max(seq) FROM stored_judgement WHERE seq > ? GROUP BY 1", [seq]
            ).fetchall()
        return dict(rows)

    def count_differing(self, brought: Iterable[Brought]) -> dict[str, int]:
        """How many of the records are no longer what each topic saw last, or were never met; topics with none left out.

        What differs from the store's last observation counts, too, and what PubMed had lost.
        """
        rows = [(each.topic, each.pmid, each.content_hash, each.how.value if each.how else None) for each in brought]
        if not rows:
            return {}
        with self._reading() as con:
            return dict(con.execute(_DIFFERING, [list(column) for column in zip(*rows, strict=True)]).fetchall())

    def put_off_days(self, topics: Collection[str], after: date) -> dict[str, tuple[date, ...]]:
        """The days after a day on which something that was put off asks again, by topic; those without left out."""
        with self._reading() as con:
            if con.execute("SELECT 1 FROM judgement_episode LIMIT 1").fetchone() is None:
                return {}  # the view of all judgements costs 30 ms however few there are
            rows = con.execute(
                "SELECT topic, list(DISTINCT until) FROM judgement_event WHERE until > $after"
                " AND topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY topic",
                {"topics": list(topics), "after": after},
            ).fetchall()
        return {topic: tuple(days) for topic, days in rows}

    def answered_pmids(self, topic: str) -> frozenset[Pmid]:
        """The papers of the topic about which people have said something."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT DISTINCT pmid FROM episode WHERE topic = ? AND id IN (SELECT episode FROM judgement_episode)",
                [topic],
            ).fetchall()
        return frozenset(Pmid(pmid) for (pmid,) in rows)

    def lay_grounds(self, laid: Sequence[GroundLaid], *, unfounded: Collection[str]) -> None:
        """Keep what these decisions rest on, as the store knows it now; ``unfounded`` topics' decisions rest on what
        cannot be carried on.
        """
        names = [*(each.topic for each in laid), *unfounded]
        if not names:
            return
        with self._writing() as con:
            con.execute("DELETE FROM decision_ground WHERE topic IN (SELECT unnest(?::VARCHAR[]))", [names])
            if not laid:
                return
            con.execute(
                "INSERT INTO decision_ground SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::DATE[]),"
                " unnest(?::DATE[]), unnest(?::INTEGER[]), unnest(?::INTEGER[][]), unnest(?::VARCHAR[][]), NULL",
                [
                    [each.topic for each in laid],
                    [each.inputs for each in laid],
                    [each.decided_on for each in laid],
                    [each.holds_to for each in laid],
                    [each.judgements for each in laid],
                    [sorted(each.pmids) for each in laid],
                    [sorted(each.dois) for each in laid],
                ],
            )

    def settle_grounds(self, standing: Mapping[str, int]) -> None:
        """Keep what the store knew of the papers that these topics' decisions rest on."""
        if not standing:
            return
        with self._writing() as con:
            con.execute(
                "UPDATE decision_ground SET standing = now.number FROM"
                " (SELECT unnest(?::VARCHAR[]) AS topic, unnest(?::UBIGINT[]) AS number) AS now"
                " WHERE decision_ground.topic = now.topic",
                [[*standing], [*standing.values()]],
            )


_DIFFERING = """
WITH tonight AS (
    SELECT unnest(?::VARCHAR[]) AS topic, unnest(?::INTEGER[]) AS pmid, unnest(?::VARCHAR[]) AS content_hash,
        unnest(?::VARCHAR[]) AS how
), newest AS (
    SELECT pmid, max(revision) AS revision, max_by(content_hash, revision) AS content_hash FROM observation
    WHERE pmid IN (SELECT pmid FROM tonight) GROUP BY pmid
), gone AS (
    SELECT pmid FROM fate WHERE pmid IN (SELECT pmid FROM tonight)
    GROUP BY pmid HAVING max_by(state, ordinal) <> 'returned'
)
SELECT tonight.topic, count(*)::INTEGER FROM tonight LEFT JOIN newest USING (pmid)
LEFT JOIN sighting AS met ON met.topic = tonight.topic AND met.pmid = tonight.pmid AND met.how = tonight.how
LEFT JOIN gone ON gone.pmid = tonight.pmid
WHERE newest.content_hash IS DISTINCT FROM tonight.content_hash
    OR (tonight.how IS NOT NULL AND met.revision IS DISTINCT FROM newest.revision)
    OR gone.pmid IS NOT NULL
GROUP BY tonight.topic
"""

_AT_ONCE = 500
"""Topics whose papers are in memory together: each rests on some forty."""


def _standing(con: duckdb.DuckDBPyConnection, topics: Sequence[str]) -> dict[str, StandingNow]:
    """The same for a few topics: a question about each table, put together here.

    Joined in SQL, topic by paper by table, they took 38 MB of a first night for a moment, and twice as long.
    """
    rest_on = con.execute(_RESTS_ON, [topics]).fetchall()
    pmids = sorted({pmid for _, own, _ in rest_on for pmid in own})
    dois = sorted({doi for *_, own in rest_on for doi in own})
    some_fate, some_listed, some_noticed, some_asked = con.execute(_ANY_ROWS).fetchall()[0]

    def ask(sql: str, keys: Sequence[object], *, wanted: bool = True) -> dict[Any, list[Any]]:
        """The rows without their key, by the key."""
        rows: dict[Any, list[Any]] = {}
        if wanted and keys:
            for key, *rest in con.execute(sql, [keys]).fetchall():
                rows.setdefault(key, []).append(rest)
        return rows

    revisions = ask(_REVISIONS, pmids)
    fates = ask(_FATES, pmids, wanted=some_fate)
    by_pmid = revisions, fates, ask(_LISTED_PMIDS, pmids, wanted=some_listed)
    by_doi = (
        ask(_LISTED_DOIS, dois, wanted=some_listed),
        ask(_NOTICED, dois, wanted=some_noticed),
        ask(_ASKED, dois, wanted=some_asked),
    )
    lives = {topic: rest for topic, *rest in con.execute(_LIVES, [topics]).fetchall()}
    tables = con.execute(_TABLES).fetchall()
    found = {}
    for topic, own_pmids, own_dois in rest_on:
        *life, latest = lives.get(topic, (None,))
        told = (
            [[(pmid, part[pmid]) for pmid in own_pmids if pmid in part] for part in by_pmid],
            [[(doi, part[doi]) for doi in own_dois if doi in part] for part in by_doi],
            life,
            tables,
        )
        digest = hashlib.sha256(orjson.dumps(told)).digest()
        gone = any(state != "returned" for pmid in own_pmids for _, state in fates.get(pmid, ()))
        found[topic] = StandingNow(int.from_bytes(digest[:8]), gone, from_utc(latest) if latest else None)
    return found


_RESTS_ON = "SELECT topic, pmids, dois FROM decision_ground WHERE topic IN (SELECT unnest(?::VARCHAR[]))"
_ANY_ROWS = "SELECT EXISTS(FROM fate), EXISTS(FROM watch_entry), EXISTS(FROM update_notice), EXISTS(FROM update_look)"
"""Most stores have few of them, and a question about an empty table costs as much as one about a full one."""
_OF_PMIDS = "(SELECT unnest(?::INTEGER[]))"
_OF_DOIS = "(SELECT unnest(?::VARCHAR[]))"
_REVISIONS = f"SELECT pmid, max(revision) FROM observation WHERE pmid IN {_OF_PMIDS} GROUP BY pmid"  # noqa: S608
_FATES = f"SELECT pmid, max(ordinal), max_by(state, ordinal) FROM fate WHERE pmid IN {_OF_PMIDS} GROUP BY pmid"  # noqa: S608
_NOTICE = "hash(digest, first_seen, gone_at)"
_LISTED_PMIDS = f"SELECT paper_pmid, {_NOTICE} FROM watch_entry WHERE paper_pmid IN {_OF_PMIDS} ORDER BY ALL"  # noqa: S608
_LISTED_DOIS = f"SELECT paper_doi, {_NOTICE} FROM watch_entry WHERE paper_doi IN {_OF_DOIS} ORDER BY ALL"  # noqa: S608
_NOTICED = f"SELECT paper_doi, {_NOTICE} FROM update_notice WHERE paper_doi IN {_OF_DOIS} ORDER BY ALL"  # noqa: S608
_ASKED = f"SELECT doi FROM update_look WHERE doi IN {_OF_DOIS}"  # noqa: S608
_TABLES = "SELECT (counts->>'$.unreadable')::INTEGER > 0 FROM watch_file ORDER BY ALL"
_LIVES = """
SELECT topic, count(*), bit_xor(hash(id, ended_at, dated_at, resting)), max(coalesce(dated_at, began_at)) FROM episode
WHERE topic IN (SELECT unnest(?::VARCHAR[])) GROUP BY topic
"""
"""Of each topic's episodes: how many, a number that differs where one of them does, and when the last began."""
