"""What the store knows of a topic: which windows were searched, what was seen, matched and decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import orjson

from litwatch.decisions.article_identity import NameHistory
from litwatch.decisions.search_window import SweptWindow
from litwatch.decisions.verdict import Status, Verdict
from litwatch.decisions.verdict_comparison import StandingSince
from litwatch.model.change import ABOUT_NEW, ChangeKind
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.judgement import REVIEWS, Decision
from litwatch.model.lead import Lead
from litwatch.model.record import Record
from litwatch.model.reference import Match
from litwatch.model.search import Search, Window
from litwatch.model.sweep import SearchSign, Sweep, SweepKind, SweepState
from litwatch.store.documents import from_utc, load
from litwatch.store.many_topics import ASKED, asked, gather
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class Standing:
    """How a topic stands: its last verdict, and what is open."""

    verdict: Verdict
    notices: int
    """Open notices about cited papers."""
    new_records: int
    decision: Decision | None = None
    """REVIEWED_UPDATE or REVIEWED_WITHDRAW, where the verdict tells that the board has decided so."""


class NightHistory(StoreFile):
    """The part of the store that answers what a topic's nights have learnt."""

    def nights_of_run(self, run: str) -> dict[str, int]:
        """The number of each article's night that a run has kept, by slug."""
        with self._reading() as con:
            rows = con.execute("SELECT topic, max(night) FROM sweep WHERE run = ? GROUP BY topic", [run]).fetchall()
        return dict(rows)

    def swept_windows(self, topic: str, strategy: str) -> tuple[SweptWindow, ...]:
        """Every topic sweep of the article with one text of the search strategy, by night, failed ones included.

        Like sightings and matches, what was found for the text before is left out while an editor is asked whether the
        article is another one, and if it is (``ArticleChanges``).
        """
        return self.swept_windows_of({topic: strategy})[topic]

    def swept_windows_of(self, strategies: Mapping[str, str]) -> dict[str, tuple[SweptWindow, ...]]:
        """``swept_windows`` of many topics, each with its strategy."""
        with self._reading() as con:
            rows = con.execute(
                f"{ASKED} SELECT topic, sweep.night, window_first, window_last, surveyed_at::DATE, state"  # noqa: S608 - no outside text
                " FROM sweep JOIN asked USING (topic, strategy) LEFT JOIN counted_from USING (topic)"
                " WHERE kind = $kind AND window_first IS NOT NULL AND sweep.night >= coalesce(counted_from.night, 0)"
                " ORDER BY sweep.night",
                asked(strategies) | {"kind": SweepKind.TOPIC.value},
            ).fetchall()
        return gather(
            strategies,
            (
                (topic, SweptWindow(night, Window(first, last), day, SweepState(state) is SweepState.COMPLETE))
                for topic, night, first, last, day, state in rows
            ),
        )

    def latest_sweeps(self, topic: str) -> tuple[Sweep, ...]:
        """The last topic sweep and the last citation sweep, and the last night's other looks; failed ones included.

        A feed or table that failed and was then taken out of the settings has no say any more.
        """
        return self.latest_sweeps_of([topic])[topic]

    def latest_sweeps_of(self, topics: Collection[str]) -> dict[str, tuple[Sweep, ...]]:
        """``latest_sweeps`` of each of the topics."""
        with self._reading() as con:
            rows = con.execute(
                f"{_SWEEPS} WHERE topic IN (SELECT unnest($topics::VARCHAR[])) AND (topic, night, kind) IN"  # noqa: S608
                " (SELECT (topic, max(night), kind) FROM sweep WHERE topic IN (SELECT unnest($topics::VARCHAR[]))"
                " GROUP BY topic, kind) AND (kind IN ($searched, $cited) OR (topic, night) IN"
                " (SELECT (topic, max(night)) FROM sweep WHERE topic IN (SELECT unnest($topics::VARCHAR[]))"
                " GROUP BY topic)) ORDER BY topic, ordinal, kind",
                {"topics": list(topics), "searched": SweepKind.TOPIC.value, "cited": SweepKind.CITATION.value},
            ).fetchall()
            return gather(topics, _with_searches(con, rows))

    def last_night_sweeps(self, topics: Collection[str]) -> dict[str, tuple[Sweep, ...]]:
        """All looks of the last night of each of the topics, in their order; those before their first are left out."""
        with self._reading() as con:
            rows = con.execute(
                f"{_SWEEPS} WHERE (topic, night) IN"  # noqa: S608
                " (SELECT (topic, max(night)) FROM sweep WHERE topic IN (SELECT unnest(?::VARCHAR[])) GROUP BY topic)"
                " ORDER BY night, ordinal",
                [list(topics)],
            ).fetchall()
            found: dict[str, tuple[Sweep, ...]] = gather(topics, _with_searches(con, rows))
        return {topic: sweeps for topic, sweeps in found.items() if sweeps}

    def unfound_dois(self, topic: str, since: date) -> tuple[Doi, ...]:
        """DOIs that feeds have named to the topic since a day, and of whose papers it has met none."""
        with self._reading() as con:
            named = con.execute(
                "SELECT DISTINCT lead->>'$.doi' AS doi FROM (SELECT unnest(leads::JSON[]) AS lead FROM sweep"
                " WHERE topic = $topic AND surveyed_at::DATE >= $since) WHERE doi IS NOT NULL",
                {"topic": topic, "since": since},
            ).fetchall()
            if not named:
                return ()
            rows = con.execute(
                "SELECT doi FROM (SELECT unnest($dois::VARCHAR[]) AS doi) ANTI JOIN (SELECT key FROM record_key"
                " WHERE key IN (SELECT name_key('doi', unnest($dois::VARCHAR[])))"
                " AND pmid IN (SELECT pmid FROM sighting WHERE topic = $topic)) AS met"
                " ON met.key = name_key('doi', doi) ORDER BY doi",
                {"topic": topic, "dois": [doi for (doi,) in named]},
            ).fetchall()
        return tuple(Doi(doi) for (doi,) in rows)

    def watched_articles(self) -> tuple[str, ...]:
        """The slugs of all articles that nights have surveyed and that nobody has retired or withdrawn since.

        An article is retired while no night has surveyed it again, and withdrawn while that is the board's last review
        of it (of the article that its slug stands for now).
        """
        with self._reading() as con:
            rows = con.execute(_WATCHED, {"withdraw": Decision.REVIEWED_WITHDRAW.value, "reviews": sorted(REVIEWS)})
            return tuple(topic for (topic,) in rows.fetchall())

    def last_surveyed(self, topic: str) -> datetime | None:
        """When the topic's last night was, complete or not; None before the first."""
        return self.last_surveyed_of([topic]).get(topic)

    def last_surveyed_of(self, topics: Collection[str]) -> dict[str, datetime]:
        """``last_surveyed`` of many topics; those before their first night are left out."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, max_by(surveyed_at, night) FROM sweep WHERE topic IN (SELECT unnest(?::VARCHAR[]))"
                " GROUP BY topic",
                [list(topics)],
            ).fetchall()
        return {topic: from_utc(at) for topic, at in rows}

    def name_history(self, topic: str) -> NameHistory | None:
        """What is kept under the slug, to choose between two names of one article; None before its first night."""
        with self._reading() as con:
            row = con.execute(
                "SELECT (SELECT count(*) FROM judgement_event WHERE topic = $topic), count(DISTINCT night),"
                " min(surveyed_at) FROM sweep WHERE topic = $topic",
                {"topic": topic},
            ).fetchone()
        return NameHistory(row[0], row[1], from_utc(row[2])) if row and row[1] else None

    def sightings(self, topic: str, how: SweepKind | None = None, among: Collection[Pmid] | None = None) -> set[Pmid]:
        """PMIDs that the topic's sweeps (of one kind) have ever met, all or those ``among`` the given."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT DISTINCT pmid FROM sighting WHERE topic = $topic AND ($how IS NULL OR how = $how)"
                " AND ($among IS NULL OR pmid IN (SELECT unnest($among::INTEGER[])))"
                " AND night >= coalesce((SELECT night FROM counted_from WHERE topic = $topic), 0)",
                {"topic": topic, "how": how.value if how else None, "among": None if among is None else list(among)},
            ).fetchall()
        return {pmid for (pmid,) in rows}

    def met_among(self, found: Mapping[str, Collection[Pmid]], how: SweepKind | None = None) -> dict[str, set[Pmid]]:
        """Of the PMIDs given for each topic, those that its sweeps (of one kind) have ever met."""
        pairs = [(topic, pmid) for topic, pmids in found.items() for pmid in pmids]
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, pmid FROM sighting JOIN (SELECT unnest($topics::VARCHAR[]) AS topic,"
                " unnest($pmids::INTEGER[]) AS pmid) AS found USING (topic, pmid) LEFT JOIN counted_from USING (topic)"
                " WHERE ($how IS NULL OR how = $how) AND sighting.night >= coalesce(counted_from.night, 0)",
                {"topics": [t for t, _ in pairs], "pmids": [p for _, p in pairs], "how": how.value if how else None},
            ).fetchall()
        met: dict[str, tuple[Pmid, ...]] = gather(found, rows)
        return {topic: {*pmids} for topic, pmids in met.items()}

    def first_sightings(self, topic: str, how: SweepKind) -> dict[Pmid, date]:
        """The day (UTC) on which the topic's sweeps of one kind met each record first."""
        return self.first_sightings_of([topic], how)[topic]

    def first_sightings_of(self, topics: Collection[str], how: SweepKind) -> dict[str, dict[Pmid, date]]:
        """``first_sightings`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, pmid, first_seen::DATE FROM sighting"
                " WHERE topic IN (SELECT unnest(?::VARCHAR[])) AND how = ?",
                [list(topics), how.value],
            ).fetchall()
        seen: dict[str, tuple[tuple[Pmid, date], ...]] = gather(
            topics, ((topic, (pmid, day)) for topic, pmid, day in rows)
        )
        return {topic: dict(own) for topic, own in seen.items()}

    def records_last_seen(self, topic: str, how: SweepKind) -> dict[Pmid, Record]:
        """The observations that this topic's sweeps of one kind saw last: the "before" of its next night.

        This is not the current record: a neighbouring topic's sweep may have observed a newer one since, and what
        differs between the two is still news for this topic.
        """
        return self.records_last_seen_of([topic], how)[topic]

    def records_last_seen_of(self, topics: Collection[str], how: SweepKind) -> dict[str, dict[Pmid, Record]]:
        """``records_last_seen`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT sighting.topic, pmid, revision, doc FROM observation JOIN sighting USING (pmid, revision)"
                " WHERE sighting.topic IN (SELECT unnest(?::VARCHAR[])) AND sighting.how = ?",
                [list(topics), how.value],
            ).fetchall()
        records: dict[tuple[Pmid, int], Record] = {}
        seen: dict[str, dict[Pmid, Record]] = {topic: {} for topic in topics}
        for topic, pmid, revision, doc in rows:
            if (pmid, revision) not in records:
                records[pmid, revision] = load(Record, doc)
            seen[topic][pmid] = records[pmid, revision]
        return seen

    def matches(self, topic: str) -> dict[int, Match]:
        """The newest matches of the topic's references, by their place in the list."""
        return self.matches_of([topic])[topic]

    def matches_of(self, topics: Collection[str]) -> dict[str, dict[int, Match]]:
        """``matches`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, max_by(doc, revision) FROM match_list LEFT JOIN counted_from USING (topic)"
                " WHERE topic IN (SELECT unnest($topics::VARCHAR[])) AND revision > coalesce(matches, 0)"
                " GROUP BY topic",
                {"topics": list(topics)},
            ).fetchall()
        found = {topic: load(tuple[Match, ...], doc) for topic, doc in rows}
        return {topic: {match.position: match for match in found.get(topic, ())} for topic in topics}

    def latest_verdict(self, topic: str) -> Verdict | None:
        """The newest verdict; None before the first night."""
        history = self.verdict_history(topic, limit=1)
        return history[0] if history else None

    def latest_verdicts(self, topics: Collection[str]) -> dict[str, Verdict]:
        """The newest verdict of each of the topics; those before their first night are left out."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, max_by(doc, revision) FROM stored_verdict WHERE topic IN (SELECT unnest(?::VARCHAR[]))"
                " GROUP BY topic",
                [list(topics)],
            ).fetchall()
        return {topic: load(Verdict, doc) for topic, doc in rows}

    def asked_for_review(self, before: date) -> frozenset[str]:
        """The slugs of the articles whose last verdict before a day asked for a review."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic FROM stored_verdict WHERE decided_on < $before GROUP BY topic"
                " HAVING max_by(status, revision) IN (SELECT unnest($asking::VARCHAR[]))",
                {"before": before, "asking": [each.value for each in Status if each.asks_for_review]},
            ).fetchall()
        return frozenset(topic for (topic,) in rows)

    def standings(self, *, on: date) -> dict[str, Standing]:
        """How each topic that was ever surveyed stands, with what is open on a day; one transaction for all."""
        with self._reading() as con:
            verdicts = con.execute("SELECT topic, doc FROM current_verdict ORDER BY topic").fetchall()
            counts = con.execute(
                "SELECT topic, count(DISTINCT (kind, pmid, detail)) FILTER (NOT new), count(DISTINCT pmid) FILTER (new"
                " AND kind <> $lost) FROM (SELECT *, kind IN (SELECT unnest($new::VARCHAR[])) AS new"
                " FROM open_episode($on)) GROUP BY topic",
                {
                    "on": on,
                    "new": sorted(ABOUT_NEW),
                    "lost": ChangeKind.FOUND_MISSING.value,
                },
            ).fetchall()
        found = {topic: (notices, new) for topic, notices, new in counts}
        loaded = {topic: load(Verdict, doc) for topic, doc in verdicts}
        return {
            topic: Standing(verdict, *found.get(topic, (0, 0)), verdict.decided_to) for topic, verdict in loaded.items()
        }

    def verdict_history(self, topic: str, *, limit: int | None = None) -> tuple[Verdict, ...]:
        """The topic's verdicts, newest first; one that only repeats the one before it is not kept twice."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT doc FROM stored_verdict WHERE topic = ? ORDER BY revision DESC LIMIT ?", [topic, limit]
            ).fetchall()
        return tuple(load(Verdict, doc) for (doc,) in rows)

    def standings_since(self, topics: Collection[str]) -> dict[str, StandingSince]:
        """Since when each of these topics stands as it does; those before their first night are left out."""
        with self._reading() as con:
            rows = con.execute(_SINCE, {"topics": list(topics)}).fetchall()
            looks = con.execute(_FAILING, {"topics": list(topics)}).fetchall()
        failing: dict[str, list[tuple[SweepKind, date]]] = {}
        for topic, kind, day in looks:
            failing.setdefault(topic, []).append((SweepKind(kind), day))
        return {topic: StandingSince(verdict, due, tuple(failing.get(topic, ()))) for topic, verdict, due in rows}

    def statuses(self, days: Mapping[str, Collection[date]]) -> dict[str, dict[date, Status]]:
        """What each topic's last verdict of each of its days was; topics and days without one are left out."""
        asked = [(topic, day) for topic, own in days.items() for day in own]
        if not asked:
            return {}
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, decided_on, max_by(status, revision) FROM stored_verdict"
                " JOIN (SELECT unnest(?::VARCHAR[]) AS topic, unnest(?::DATE[]) AS decided_on)"
                " USING (topic, decided_on) GROUP BY ALL",
                [list(column) for column in zip(*asked, strict=True)],
            ).fetchall()
        found: dict[str, dict[date, Status]] = {}
        for topic, day, status in rows:
            found.setdefault(topic, {})[day] = Status(status)
        return found


_SWEEPS = (
    "SELECT topic, night, ordinal, kind, state, window_first, window_last, found, delivered, missing, unreadable,"
    " error, strategy, known, notes, leads, signs FROM sweep"
)

_SEARCHES = """
SELECT night, sweep, term, window_first, window_last, count, pmids, translation, warnings, searched_at
FROM search WHERE night IN (SELECT unnest($nights::INTEGER[]))
ORDER BY night, sweep, ordinal
"""


_SINCE = """
WITH kept AS (SELECT * FROM stored_verdict WHERE topic IN (SELECT unnest($topics::VARCHAR[]))),
now AS (SELECT * FROM kept WHERE (topic, revision) IN (SELECT (topic, max(revision)) FROM kept GROUP BY topic)),
other AS (
    SELECT
        topic,
        max(kept.revision) FILTER (kept.status IS DISTINCT FROM now.status OR kept.rules IS DISTINCT FROM now.rules)
            AS verdict,
        max(kept.revision) FILTER (kept.reassess_on IS DISTINCT FROM now.reassess_on) AS due
    FROM kept JOIN now USING (topic) GROUP BY topic
)
SELECT
    topic,
    min(decided_on) FILTER (revision > coalesce(other.verdict, 0)),
    min(decided_on) FILTER (revision > coalesce(other.due, 0))
FROM kept JOIN other USING (topic) GROUP BY topic
"""

_FAILING = """
WITH look AS (
    SELECT topic, night, kind, surveyed_at::DATE AS day, bool_or(state = 'failed') AS failed
    FROM sweep WHERE topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY ALL
), good AS (SELECT topic, kind, max(night) AS night FROM look WHERE NOT failed GROUP BY topic, kind)
SELECT topic, kind, min(day) FROM look LEFT JOIN good USING (topic, kind)
WHERE look.night > coalesce(good.night, 0) GROUP BY topic, kind ORDER BY topic, kind
"""

_WATCHED = """
SELECT topic FROM (SELECT topic, max(night) AS night FROM sweep GROUP BY topic) AS surveyed
ANTI JOIN retirement AS r ON r.topic = surveyed.topic AND r.night >= surveyed.night
ANTI JOIN (
    SELECT topic FROM judgement_event LEFT JOIN counted_from USING (topic)
    WHERE decision IN (SELECT unnest($reviews::VARCHAR[])) AND seq > coalesce(counted_from.judgements, 0)
    GROUP BY topic HAVING max_by(decision, seq) = $withdraw
) AS withdrawn ON withdrawn.topic = surveyed.topic
ORDER BY topic
"""


def _window(first: date | None, last: date | None) -> Window | None:
    return Window(first, last) if first is not None and last is not None else None


def _with_searches(con: duckdb.DuckDBPyConnection, rows: Collection[tuple[Any, ...]]) -> list[tuple[str, Sweep]]:
    """The sweeps of rows of ``_SWEEPS``, each with its topic and with its searches."""
    searches: dict[tuple[int, int], list[Search]] = {}
    nights = list({night for _, night, *_ in rows})
    for night, ordinal, *search in con.execute(_SEARCHES, {"nights": nights}).fetchall():
        searches.setdefault((night, ordinal), []).append(_search(search))
    return [(topic, _sweep(row, tuple(searches.get((night, ordinal), ())))) for topic, night, ordinal, *row in rows]


def _sweep(row: Iterable[Any], searches: tuple[Search, ...]) -> Sweep:
    kind, state, first, last, found, delivered, missing, unreadable, error, strategy, known, notes, leads, signs = row
    return Sweep(
        SweepKind(kind),
        SweepState(state),
        _window(first, last),
        searches,
        found,
        delivered,
        tuple(orjson.loads(missing)),
        tuple((pmid, why) for pmid, why in orjson.loads(unreadable)),
        error,
        strategy,
        known,
        tuple(orjson.loads(notes)),
        load(tuple[Lead, ...], leads),
        None if signs is None else load(tuple[SearchSign, ...], signs),
    )


def _search(row: Iterable[Any]) -> Search:
    term, first, last, count, pmids, translation, warnings, at = row
    return Search(
        term,
        _window(first, last),
        count,
        tuple(orjson.loads(pmids)),
        translation,
        tuple(orjson.loads(warnings)),
        from_utc(at),
    )
