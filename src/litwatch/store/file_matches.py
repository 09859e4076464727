"""What NLM's update files brought for strategies that are matched here, and which records they keep current.

Every question is one statement for many strategies or records. What follows from the rows is decided in
``decisions/file_answer.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime

import duckdb
import orjson

from litwatch.decisions.file_answer import FileRecord, LastAnswer, StrategyPast
from litwatch.decisions.untouched import CarriedTopic
from litwatch.model.identifiers import Pmid
from litwatch.model.sweep import SweepKind
from litwatch.store.documents import from_utc, to_utc
from litwatch.store.records import FateState
from litwatch.store.store_file import StoreFile


def strategy_key(strategy: str) -> str:
    """By what a strategy's text goes in these tables: SHA-256, 64 hex digits."""
    return hashlib.sha256(strategy.encode()).hexdigest()


class FileMatches(StoreFile):
    """The part of the store that knows what the files brought for strategies."""

    def strategy_pasts(self, strategies: Collection[str]) -> dict[str, StrategyPast]:
        """What is known of each strategy, by its text: the files that it was matched against, and its last answer."""
        keys = {strategy_key(strategy): strategy for strategy in strategies}
        with self._reading() as con:
            covered = con.execute(
                "SELECT strategy, first_file, last_file FROM file_coverage"
                " WHERE strategy IN (SELECT unnest(?::VARCHAR[]))",
                [[*keys]],
            ).fetchall()
            answers = con.execute(_LAST_ANSWERS, {"kind": SweepKind.TOPIC.value, "texts": [*keys.values()]}).fetchall()
            found = con.execute(
                "SELECT strategy, file, list(DISTINCT pmid) FROM file_match"
                " WHERE strategy IN (SELECT unnest(?::VARCHAR[])) GROUP BY ALL",
                [[*keys]],
            ).fetchall()
        runs = {keys[key]: (first, last) for key, first, last in covered}
        last = {
            text: LastAnswer(
                frozenset(Pmid(pmid) for each in pmids for pmid in orjson.loads(each)),
                translation,
                tuple(orjson.loads(warnings)),
                from_utc(at),
            )
            for text, pmids, translation, warnings, at in answers
        }
        matches: dict[str, dict[str, frozenset[Pmid]]] = {}
        for key, file, pmids in found:
            matches.setdefault(keys[key], {})[file] = frozenset(pmids)
        return {text: StrategyPast(runs.get(text), last.get(text), matches.get(text, {})) for text in keys.values()}

    def files_matched(
        self, strategies: Collection[str], files: Collection[str]
    ) -> tuple[dict[str, tuple[str, str]], dict[str, frozenset[str]]]:
        """The first and last file that each strategy was matched against; in which of ``files`` it found a record."""
        keys = {strategy_key(strategy): strategy for strategy in strategies}
        with self._reading() as con:
            covered = con.execute("SELECT strategy, first_file, last_file FROM file_coverage").fetchall()
            found = con.execute(
                "SELECT strategy, list(DISTINCT file) FROM file_match WHERE file IN (SELECT unnest(?::VARCHAR[]))"
                " GROUP BY strategy",
                [list(files)],
            ).fetchall()
        return (
            {keys[key]: (first, last) for key, first, last in covered if key in keys},
            {keys[key]: frozenset(names) for key, names in found if key in keys},
        )

    def carried_topics(self) -> dict[str, CarriedTopic]:
        """What each topic's last night that files carried was spent from."""
        with self._reading() as con:
            rows = con.execute("SELECT topic, key, file FROM carried_topic").fetchall()
        return {topic: CarriedTopic(key, file) for topic, key, file in rows}

    def note_carried(self, topics: Mapping[str, CarriedTopic]) -> None:
        """These topics' nights are spent."""
        if not topics:
            return
        with self._writing() as con:
            con.execute(
                "INSERT OR REPLACE INTO carried_topic SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]),"
                " unnest(?::VARCHAR[])",
                [[*topics], [each.key for each in topics.values()], [each.file for each in topics.values()]],
            )

    def file_records(self, pmids: Collection[Pmid]) -> dict[Pmid, FileRecord]:
        """When each record was last known to be as it is kept, and whether it is gone; unknown ones are left out."""
        with self._reading() as con:
            rows = con.execute(_FILE_RECORDS, {"pmids": list(pmids), "returned": FateState.RETURNED.value}).fetchall()
        return {
            pmid: FileRecord(source, from_utc(observed), from_utc(asked) if asked else None, state)
            for pmid, source, observed, asked, state in rows
        }

    def note_asked(self, pmids: Collection[Pmid], at: datetime) -> None:
        """PubMed itself served these records just now."""
        if not pmids:
            return
        with self._writing() as con:
            con.execute(
                "INSERT OR REPLACE INTO record_asked SELECT DISTINCT unnest(?::INTEGER[]), ?",
                [list(pmids), to_utc(at)],
            )


_LAST_ANSWERS = """
WITH last AS (
    SELECT strategy, max(night) AS night FROM sweep
    WHERE kind = $kind AND state = 'complete' AND strategy IN (SELECT unnest($texts::VARCHAR[])) GROUP BY strategy
)
SELECT last.strategy, list(pmids), arg_min(translation, search.ordinal), arg_min(warnings, search.ordinal),
    min(searched_at)
FROM last JOIN sweep USING (strategy, night) JOIN search ON search.night = sweep.night AND search.sweep = sweep.ordinal
WHERE kind = $kind GROUP BY last.strategy
"""

_FILE_RECORDS = """
WITH latest AS (
    SELECT pmid, max_by(source, revision) AS source, max_by(observed_at, revision) AS observed_at FROM observation
    WHERE pmid IN (SELECT unnest($pmids::INTEGER[])) GROUP BY pmid
), fated AS (
    SELECT pmid, max_by(state, ordinal) AS state FROM fate
    WHERE pmid IN (SELECT unnest($pmids::INTEGER[])) GROUP BY pmid HAVING max_by(state, ordinal) <> $returned
)
SELECT pmid, source, observed_at, asked_at, state FROM latest LEFT JOIN fated USING (pmid)
LEFT JOIN record_asked USING (pmid)
"""


def begin_strategies(con: duckdb.DuckDBPyConnection, file: str, strategies: Collection[str]) -> None:
    """Note against which strategies a file is matched from its beginning."""
    con.execute("DELETE FROM file_strategy")
    con.execute("INSERT INTO file_strategy SELECT unnest(?::VARCHAR[]), ?", [[*map(strategy_key, strategies)], file])


def write_matches(con: duckdb.DuckDBPyConnection, file: str, matches: Collection[tuple[str, Pmid]]) -> None:
    """Append what strategies, given by their texts, found in a file."""
    if matches:
        keys = {text: strategy_key(text) for text, _ in matches}
        con.execute(
            "INSERT INTO file_match SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), ?",
            [[keys[text] for text, _ in matches], [pmid for _, pmid in matches], file],
        )


def end_strategies(
    con: duckdb.DuckDBPyConnection, file: str, strategies: Collection[str], *, before: str | None
) -> None:
    """A file is loaded to its end: the strategies that it was matched against throughout reach to it.

    ``before`` is the file that was loaded before it and that it follows without a gap, None where there is none.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE reaching AS SELECT DISTINCT strategy FROM file_strategy"
        " WHERE file = ? AND strategy IN (SELECT unnest(?::VARCHAR[]))",
        [file, [*map(strategy_key, strategies)]],
    )
    con.execute(
        "UPDATE file_coverage SET last_file = $file WHERE strategy IN (FROM reaching)"
        " AND last_file IN ($before, $file)",
        {"file": file, "before": before},
    )
    con.execute("DELETE FROM file_coverage WHERE last_file <> $file AND strategy IN (FROM reaching)", {"file": file})
    con.execute(
        "INSERT INTO file_coverage SELECT strategy, $file, $file FROM reaching ANTI JOIN file_coverage"
        " USING (strategy)",
        {"file": file},
    )
    con.execute("DELETE FROM file_strategy")
    con.execute("DROP TABLE reaching")
