"""The results of the weekly questions."""

from __future__ import annotations

from collections.abc import Collection
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
    con: duckdb.DuckDBPyConnection, topic: str, related: RelatedPapers | None, at: datetime
) -> None:
    """Append the look if it differs from the last."""
    if related is None:
        return
    revision, text = _last(con, topic)
    now = dump(related)
    if now != text:
        con.execute("INSERT INTO beside VALUES (?, ?, ?, ?)", [topic, (revision or 0) + 1, to_utc(at), now])


def _last(con: duckdb.DuckDBPyConnection, topic: str) -> tuple[int | None, str | None]:
    """The number of the last look, and what it found if it was made for the present article."""
    row = con.execute(
        "SELECT max(revision), max_by(doc, revision) FILTER ("
        " revision > coalesce((SELECT related FROM counted_from WHERE topic = $topic), 0))"
        " FROM beside WHERE topic = $topic",
        {"topic": topic},
    ).fetchone()
    return row or (None, None)
