"""The results of the weekly questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import duckdb

from litwatch.decisions.related_papers import RelatedPapers
from litwatch.store.documents import dump, load, to_utc
from litwatch.store.store_file import StoreFile


class RelatedPapersKept(StoreFile):
    """The part of the store that remembers the looks beside the searches."""

    def related_papers(self, topic: str) -> RelatedPapers | None:
        """The topic's last look beside its searches; None before the first."""
        return self.related_papers_of([topic])[topic]

    def related_papers_of(self, topics: Collection[str]) -> dict[str, RelatedPapers | None]:
        """``related_papers`` of many topics."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, max_by(doc, revision) FROM beside LEFT JOIN counted_from USING (topic)"
                " WHERE topic IN (SELECT unnest($topics::VARCHAR[])) AND revision > coalesce(related, 0)"
                " GROUP BY topic",
                {"topics": list(topics)},
            ).fetchall()
        found = {topic: load(RelatedPapers, doc) for topic, doc in rows}
        return {topic: found.get(topic) for topic in topics}


def write_related_papers(
    con: duckdb.DuckDBPyConnection, looks: Iterable[tuple[str, RelatedPapers | None, datetime]]
) -> None:
    """Append each topic's look if it differs from its last."""
    given = {topic: (dump(related), at) for topic, related, at in looks if related is not None}
    if not given:
        return
    last = {topic: rest for topic, *rest in con.execute(_LAST, {"topics": [*given]}).fetchall()}
    rows = []
    for topic, (now, at) in given.items():
        revision, text = last.get(topic, (0, None))
        if now != text:
            rows.append((topic, revision + 1, to_utc(at), now))
    if rows:
        con.execute(
            "INSERT INTO beside SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::TIMESTAMP[]),"
            " unnest(?::VARCHAR[])",
            [list(column) for column in zip(*rows, strict=True)],
        )


_LAST = """
SELECT topic, max(revision), max_by(doc, revision) FILTER (revision > coalesce(related, 0))
FROM beside LEFT JOIN counted_from USING (topic) WHERE topic IN (SELECT unnest($topics::VARCHAR[])) GROUP BY topic
"""
"""The number of the last look, and what it found if it was made for the present article."""
