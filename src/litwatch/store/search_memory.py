"""What a topic's next night must remember: what its search found before, the days of records, what is outstanding.

Each is asked for a given set of PMIDs or one strategy, so that a night costs as much as its window holds, however
old the store is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import orjson

from litwatch.decisions.accepted_signs import SearchedNight, ToldOfSearch
from litwatch.decisions.search_signs import SearchYield
from litwatch.decisions.verdict import Rule, Verdict
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision
from litwatch.model.sweep import Ending, Outstanding, SearchPast, SearchSign, SweepKind
from litwatch.store.documents import from_utc, load, load_judgement, to_utc
from litwatch.store.many_topics import ASKED, asked, gather
from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class AskedPast:
    """Which of a topic's earlier searches tonight's is compared with."""

    topic: str
    strategy: str
    compare_with: SearchedNight | None
    earlier: tuple[SearchedNight, ...] = ()


class SearchMemory(StoreFile):
    """The part of the store that remembers for the next night."""

    def searched_nights(self, topic: str, strategy: str) -> tuple[SearchedNight, ...]:
        """Every night on which the topic was searched with this text of the strategy and PubMed answered."""
        return self.searched_nights_of({topic: strategy})[topic]

    def searched_nights_of(self, strategies: Mapping[str, str]) -> dict[str, tuple[SearchedNight, ...]]:
        """``searched_nights`` of many topics, each with its strategy."""
        with self._reading() as con:
            rows = con.execute(
                f"{ASKED} SELECT topic, search.night, searched_at::DATE FROM asked JOIN sweep USING (topic, strategy)"  # noqa: S608 - no outside text
                " JOIN search ON search.night = sweep.night AND search.sweep = sweep.ordinal"
                " WHERE kind = $kind AND search.ordinal = 1 ORDER BY search.night",
                asked(strategies) | {"kind": SweepKind.TOPIC.value},
            ).fetchall()
        return gather(strategies, ((topic, SearchedNight(night, day)) for topic, night, day in rows))

    def earlier_texts(self, topic: str, strategy: str) -> tuple[SearchedNight, ...]:
        """The last night with a complete topic sweep of each other text of the topic's strategy."""
        return self.earlier_texts_of({topic: strategy})[topic]

    def earlier_texts_of(self, strategies: Mapping[str, str]) -> dict[str, tuple[SearchedNight, ...]]:
        """``earlier_texts`` of many topics, each with its strategy."""
        with self._reading() as con:
            rows = con.execute(
                f"{ASKED} SELECT topic, max(sweep.night), max_by(surveyed_at, sweep.night)::DATE"  # noqa: S608 - no outside text
                " FROM sweep JOIN asked USING (topic) LEFT JOIN counted_from USING (topic)"
                " WHERE sweep.strategy <> asked.strategy AND kind = $kind AND state = 'complete'"
                " AND sweep.night >= coalesce(counted_from.night, 0) GROUP BY topic, sweep.strategy ORDER BY 2",
                asked(strategies) | {"kind": SweepKind.TOPIC.value},
            ).fetchall()
        return gather(strategies, ((topic, SearchedNight(night, day)) for topic, night, day in rows))

    def search_yield(self, topic: str, strategy: str) -> SearchYield:
        """What the topic's complete topic sweeps found, those with this text of the strategy and those with others."""
        return self.search_yields_of({topic: strategy})[topic]

    def search_yields_of(self, strategies: Mapping[str, str]) -> dict[str, SearchYield]:
        """``search_yield`` of many topics, each with its strategy."""
        with self._reading() as con:
            rows = con.execute(
                f"{ASKED} SELECT topic, max(found) FILTER (sweep.strategy = asked.strategy),"  # noqa: S608 - no outside text
                " max(found) FILTER (sweep.strategy <> asked.strategy),"
                " max(window_last) FILTER (sweep.strategy = asked.strategy)"
                " - min(window_first) FILTER (sweep.strategy = asked.strategy) + 1"
                " FROM sweep JOIN asked USING (topic) LEFT JOIN counted_from USING (topic)"
                " WHERE kind = $kind AND state = 'complete' AND sweep.night >= coalesce(counted_from.night, 0)"
                " GROUP BY topic",
                asked(strategies) | {"kind": SweepKind.TOPIC.value},
            ).fetchall()
        found = {topic: SearchYield(*(int(number or 0) for number in numbers)) for topic, *numbers in rows}
        return {topic: found.get(topic, SearchYield(0, 0, 0)) for topic in strategies}

    def reviewed_nights(self, topics: Collection[str]) -> dict[str, int | None]:
        """``reviewed_night`` of many topics."""
        with self._reading() as con:
            reviewed = con.execute(
                "SELECT DISTINCT topic FROM judgement_event WHERE topic IN (SELECT unnest($topics::VARCHAR[]))"
                " AND decision = $decision",
                {"topics": list(topics), "decision": Decision.REVIEWED_UNCHANGED.value},
            ).fetchall()
            found = {topic: self.reviewed_night(topic) for (topic,) in reviewed}
        return {topic: found.get(topic) for topic in topics}

    def reviewed_night(self, topic: str) -> int | None:
        """The last night of the topic whose report was before a person who then recorded that the article stays
        unchanged; None where there is no such review.

        A review names the report that it saw by the moment of its night. Where no night has that moment, the last one
        up to it is meant.
        """
        with self._reading() as con:
            rows = con.execute(
                "SELECT doc FROM stored_judgement JOIN judgement_event USING (seq) WHERE topic = $topic"
                " AND decision = $decision"
                " AND seq > coalesce((SELECT judgements FROM counted_from WHERE topic = $topic), 0)",
                {"topic": topic, "decision": Decision.REVIEWED_UNCHANGED.value},
            ).fetchall()
            given = [load_judgement(doc) for (doc,) in rows]
            row = con.execute(
                "SELECT max(night) FROM (SELECT coalesce(max(night) FILTER (surveyed_at = moment),"
                " max(night) FILTER (surveyed_at < moment)) AS night"
                " FROM sweep, (SELECT unnest($moments::TIMESTAMP[]) AS moment) WHERE topic = $topic GROUP BY moment)",
                {"topic": topic, "moments": [to_utc(each.seen or each.at) for each in given]},
            ).fetchone()
        return row[0] if row else None

    def told_of_search(self, topic: str, strategy: str) -> tuple[ToldOfSearch, ...]:
        """What the verdicts of the nights with this text of the strategy told of the search, by night."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT night, surveyed_at::DATE, doc FROM stored_verdict JOIN sweep USING (topic, run)"
                " WHERE topic = $topic AND strategy = $strategy AND kind = $kind AND list_contains(rules, $rule)"
                " AND night >= coalesce((SELECT night FROM counted_from WHERE topic = $topic), 0) ORDER BY night",
                {"topic": topic, "strategy": strategy, "kind": SweepKind.TOPIC.value, "rule": Rule.SEARCH.value},
            ).fetchall()
        return tuple(
            ToldOfSearch(
                SearchedNight(night, day),
                tuple(
                    reason
                    for fired in load(Verdict, doc).fired
                    if fired.rule is Rule.SEARCH
                    for reason in fired.reasons
                ),
            )
            for night, day, doc in rows
        )

    def search_past(
        self, topic: str, strategy: str, compare_with: SearchedNight | None, earlier: Collection[SearchedNight] = ()
    ) -> SearchPast:
        """What the last complete topic sweep with this text of the strategy found, how PubMed understood the strategy
        on the night to compare with, and what the complete topic sweeps of the ``earlier`` nights found.
        """
        return self.search_pasts([AskedPast(topic, strategy, compare_with, tuple(earlier))])[topic]

    def search_pasts(self, asks: Collection[AskedPast]) -> dict[str, SearchPast]:
        """``search_past`` of many topics."""
        strategies = {ask.topic: ask.strategy for ask in asks}
        compared = {ask.topic: ask.compare_with.night for ask in asks if ask.compare_with is not None}
        earlier = [(ask.topic, each.night) for ask in asks for each in ask.earlier]
        with self._reading() as con:
            found = con.execute(_FOUND_LAST, asked(strategies) | {"kind": SweepKind.TOPIC.value}).fetchall()
            reference = con.execute(
                f"{ASKED} SELECT topic, translation, warnings, searched_at FROM asked"  # noqa: S608 - no outside text
                " JOIN (SELECT unnest($slugs::VARCHAR[]) AS topic, unnest($nights::INTEGER[]) AS night) USING (topic)"
                " JOIN sweep USING (topic, strategy, night)"
                " JOIN search ON search.night = sweep.night AND search.sweep = sweep.ordinal"
                " WHERE kind = $kind AND search.ordinal = 1",
                asked(strategies)
                | {"kind": SweepKind.TOPIC.value, "slugs": [*compared], "nights": [*compared.values()]},
            ).fetchall()
            before = con.execute(
                "SELECT topic, pmids FROM (SELECT DISTINCT unnest($slugs::VARCHAR[]) AS topic,"
                " unnest($nights::INTEGER[]) AS night) JOIN sweep USING (topic, night)"
                " JOIN search ON search.night = sweep.night AND search.sweep = sweep.ordinal WHERE kind = $kind",
                {
                    "kind": SweepKind.TOPIC.value,
                    "slugs": [topic for topic, _ in earlier],
                    "nights": [night for _, night in earlier],
                },
            ).fetchall() if earlier else []  # fmt: skip
            last = con.execute(
                f"{ASKED} SELECT topic, max_by(signs, sweep.night) FROM sweep JOIN asked USING (topic, strategy)"  # noqa: S608 - no outside text
                " WHERE kind = $kind GROUP BY topic",
                asked(strategies) | {"kind": SweepKind.TOPIC.value},
            ).fetchall()
        met: dict[str, tuple[str, ...]] = gather(strategies, found)
        met_before: dict[str, tuple[str, ...]] = gather(strategies, before)
        taken = {topic: rest for topic, *rest in reference}
        signs = dict(last)
        pasts = {}
        for topic in strategies:
            translation, warnings, searched_at = taken.get(topic) or ("", "[]", None)
            pasts[topic] = SearchPast(
                _pmids(met[topic]),
                translation,
                tuple(orjson.loads(warnings)),
                from_utc(searched_at) if searched_at else None,
                _pmids(met_before[topic]),
                load(tuple[SearchSign, ...], signs[topic]) if signs.get(topic) else (),
            )
        return pasts

    def record_days(self, pmids: Collection[Pmid]) -> dict[Pmid, tuple[date, ...]]:
        """Entry, create, MeSH and modification date, as last observed and as far as there are any: the days by which
        PubMed's window finds a record. Of the PMIDs given, those in the store and not known to be gone from PubMed.
        """
        if not pmids:
            return {}
        with self._reading() as con:
            rows = con.execute(_DAYS, {"pmids": list(pmids)}).fetchall()
        return {pmid: tuple(day for day in days if day is not None) for pmid, *days in rows}

    def outstanding(self, topic: str) -> tuple[Outstanding, ...]:
        """The topic's records that were announced and are not in hand, by PMID; those unknown to PubMed among them."""
        return self.outstanding_of([topic])[topic]

    def outstanding_of(self, topics: Collection[str]) -> dict[str, tuple[Outstanding, ...]]:
        """``outstanding`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, pmid, how, since, unreadable, nights, last_day, unannounced, ending FROM outstanding"
                " WHERE topic IN (SELECT unnest($topics::VARCHAR[])) AND (ending IS NULL OR ending = $unknown)"
                " ORDER BY pmid",
                {"topics": list(topics), "unknown": Ending.UNKNOWN.value},
            ).fetchall()
        return gather(
            topics,
            (
                (
                    topic,
                    Outstanding(
                        *(pmid, SweepKind(how), from_utc(since), unreadable, nights, last_day, unannounced),
                        Ending(ending) if ending else None,
                    ),
                )
                for topic, pmid, how, since, unreadable, nights, last_day, unannounced, ending in rows
            ),
        )


def _pmids(lists: Iterable[str]) -> frozenset[Pmid]:
    return frozenset(Pmid(pmid) for pmids in lists for pmid in orjson.loads(pmids))


_FOUND_LAST = f"""
{ASKED}, last AS (
    SELECT topic, max(night) AS night FROM sweep JOIN asked USING (topic, strategy)
    WHERE kind = $kind AND state = 'complete' GROUP BY topic
)
SELECT topic, pmids FROM last JOIN sweep USING (topic, night)
JOIN search ON search.night = sweep.night AND search.sweep = sweep.ordinal WHERE kind = $kind
"""  # noqa: S608 - no outside text


_DAYS = """
SELECT pmid, entered, created, mesh_dated, revised FROM observation
WHERE pmid IN (SELECT unnest($pmids::INTEGER[]))
    AND pmid NOT IN (SELECT pmid FROM current_fate WHERE state <> 'returned')
QUALIFY revision = max(revision) OVER (PARTITION BY pmid)
ORDER BY pmid
"""


def write_outstanding(con: duckdb.DuckDBPyConnection, ledgers: Mapping[str, Iterable[Outstanding]]) -> None:
    """Write what nights say of their topics' outstanding records, inside a transaction that is already open."""
    rows = [
        (
            *(topic, item.pmid, to_utc(item.since), item.how.value, item.unreadable, item.nights, item.last_day),
            *(item.unannounced, item.ending.value if item.ending else None),
        )
        for topic, ledger in ledgers.items()
        for item in ledger
    ]
    if rows:
        con.executemany("INSERT OR REPLACE INTO outstanding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
