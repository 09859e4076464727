"""What each article's last decision rested on, and what differs from it (``decisions/carried_decision.py``).

Each question is one statement for many topics, so that a night of ten thousand unchanged articles asks it a hundred
times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
        with self._reading() as con:
            rows = con.execute(_FOUNDED, {"topics": list(topics)}).fetchall()
            marks = {topic: (0, 0) for topic, _ in rows}
            # One after the other: joined into one statement they took 18 MB for a moment, the most of a whole night.
            for part in _MARKS:
                counted = f"{_RESTS_ON} SELECT topic, count(mark), bit_xor(mark) FROM ({part}) GROUP BY topic"  # noqa: S608 # our own
                for topic, number, mark in con.execute(counted, {"topics": [*marks]}).fetchall():
                    before = marks[topic]
                    marks[topic] = before[0] + number, before[1] ^ (mark or 0)
            gone = con.execute(f"{_RESTS_ON} {_GONE}", {"topics": [*marks]}).fetchall()
            numbers = con.execute(_NUMBER, [[each[place] for each in marks.values()] for place in (0, 1)]).fetchall()
        lost = {topic for (topic,) in gone}
        return {
            topic: StandingNow(number, topic in lost, from_utc(at) if at else None)
            for (topic, at), (number,) in zip(rows, numbers, strict=True)
        }

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

_RESTS_ON = """
WITH ground AS (
    SELECT topic, pmids, dois FROM decision_ground WHERE topic IN (SELECT unnest($topics::VARCHAR[]))
), paper AS (
    SELECT topic, unnest(pmids) AS pmid FROM ground
), named AS (
    SELECT topic, unnest(dois) AS doi FROM ground
), fated AS (
    SELECT topic, hash('fate', pmid, ordinal) AS mark, state <> 'returned' AS gone FROM paper JOIN (
        SELECT pmid, max(ordinal) AS ordinal, max_by(state, ordinal) AS state FROM fate
        WHERE pmid IN (SELECT pmid FROM paper) GROUP BY pmid) USING (pmid)
)
"""
"""What the topics' decisions rest on, before a statement that asks about it."""

_MARKS = (
    """SELECT topic, hash('record', pmid, revision) AS mark FROM paper JOIN (
        SELECT pmid, max(revision) AS revision FROM observation
        WHERE pmid IN (SELECT pmid FROM paper) GROUP BY pmid) USING (pmid)""",
    "SELECT topic, mark FROM fated",
    """SELECT topic, hash('listed', digest, first_seen, gone_at) AS mark FROM (
        SELECT topic, digest, first_seen, gone_at FROM paper JOIN watch_entry ON paper_pmid = pmid
        UNION
        SELECT topic, digest, first_seen, gone_at FROM named JOIN watch_entry ON paper_doi = doi)""",
    """SELECT topic, hash('noticed', digest, first_seen, gone_at) AS mark
        FROM named JOIN update_notice ON paper_doi = doi""",
    "SELECT topic, hash('asked', doi) AS mark FROM named JOIN update_look USING (doi)",
    """SELECT topic, hash('episode', id, ended_at, dated_at, resting) AS mark FROM episode
        WHERE topic IN (SELECT topic FROM ground)""",
    """SELECT topic, hash('table', (counts->>'$.unreadable')::INTEGER > 0) AS mark FROM ground, watch_file""",
)
"""A mark for each thing that the store knows of it: another one where the thing differs."""

_GONE = "SELECT topic FROM fated GROUP BY topic HAVING bool_or(gone)"

_FOUNDED = """
SELECT ground.topic, max(coalesce(dated_at, began_at)) FROM decision_ground AS ground
LEFT JOIN episode ON episode.topic = ground.topic
WHERE ground.topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY ground.topic
"""

_NUMBER = "SELECT hash(number, mark) FROM (SELECT unnest(?::BIGINT[]) AS number, unnest(?::UBIGINT[]) AS mark)"
"""One number for all marks of a topic, in the order of the topics."""
