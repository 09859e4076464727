"""What a topic's next night must remember: what its search found before, the days of records, what is outstanding.

Each is asked for a given set of PMIDs or one strategy, so that a night costs as much as its window holds, however
old the store is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import duckdb
import orjson

from litwatch.decisions.search_signs import SearchedNight
from litwatch.model.identifiers import Pmid
from litwatch.model.sweep import Outstanding, SearchPast, SweepKind
from litwatch.store.documents import from_utc, to_utc
from litwatch.store.store_file import StoreFile


class SearchMemory(StoreFile):
    """The part of the store that remembers for the next night."""

    def searched_nights(self, topic: str, strategy: str) -> tuple[SearchedNight, ...]:
        """Every night on which the topic was searched with this text of the strategy and PubMed answered."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT search.night, searched_at::DATE FROM search"
                " JOIN sweep ON sweep.night = search.night AND sweep.ordinal = search.sweep"
                " WHERE topic = $topic AND strategy = $strategy AND kind = $kind AND search.ordinal = 1"
                " ORDER BY search.night",
                {"topic": topic, "strategy": strategy, "kind": SweepKind.TOPIC.value},
            ).fetchall()
        return tuple(SearchedNight(night, day) for night, day in rows)

    def search_past(self, topic: str, strategy: str, compare_with: SearchedNight | None) -> SearchPast:
        """What the last complete topic sweep with this text of the strategy found, and how PubMed understood the
        strategy on the night to compare with.
        """
        own = {"topic": topic, "strategy": strategy, "kind": SweepKind.TOPIC.value}
        with self._reading() as con:
            found = con.execute(
                "SELECT pmids FROM search JOIN sweep ON sweep.night = search.night AND sweep.ordinal = search.sweep"
                " WHERE kind = $kind AND search.night = (SELECT max(night) FROM sweep WHERE topic = $topic"
                " AND strategy = $strategy AND kind = $kind AND state = 'complete')",
                own,
            ).fetchall()
            reference = con.execute(
                "SELECT translation, warnings, searched_at FROM search"
                " JOIN sweep ON sweep.night = search.night AND sweep.ordinal = search.sweep"
                " WHERE topic = $topic AND strategy = $strategy AND kind = $kind AND search.ordinal = 1"
                " AND search.night = $night",
                own | {"night": compare_with.night if compare_with else None},
            ).fetchone()
        translation, warnings, searched_at = reference or ("", "[]", None)
        return SearchPast(
            frozenset(Pmid(pmid) for (pmids,) in found for pmid in orjson.loads(pmids)),
            translation,
            tuple(orjson.loads(warnings)),
            from_utc(searched_at) if searched_at else None,
        )

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
        """The topic's records that were announced and are not in hand, by PMID."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT pmid, how, since, unreadable, nights, last_day, unannounced FROM outstanding"
                " WHERE topic = ? AND ending IS NULL ORDER BY pmid",
                [topic],
            ).fetchall()
        return tuple(
            Outstanding(pmid, SweepKind(how), from_utc(since), unreadable, nights, last_day, unannounced)
            for pmid, how, since, unreadable, nights, last_day, unannounced in rows
        )


_DAYS = """
SELECT pmid, entered, created, mesh_dated, revised FROM observation
WHERE pmid IN (SELECT unnest($pmids::INTEGER[]))
    AND pmid NOT IN (SELECT pmid FROM current_fate WHERE state <> 'returned')
QUALIFY revision = max(revision) OVER (PARTITION BY pmid)
ORDER BY pmid
"""


def write_outstanding(con: duckdb.DuckDBPyConnection, topic: str, ledger: Iterable[Outstanding]) -> None:
    """Write what a night says of its outstanding records, inside a transaction that is already open."""
    rows = [
        (
            *(topic, item.pmid, to_utc(item.since), item.how.value, item.unreadable, item.nights, item.last_day),
            *(item.unannounced, item.ending.value if item.ending else None),
        )
        for item in ledger
    ]
    if rows:
        con.executemany("INSERT OR REPLACE INTO outstanding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
