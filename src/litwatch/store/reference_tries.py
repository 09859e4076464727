"""When references that were not found were last looked up (``decisions/reference_schedule.py``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb

from litwatch.decisions.reference_schedule import ReferenceTry
from litwatch.store.documents import dump, load
from litwatch.store.store_file import StoreFile


class ReferenceTries(StoreFile):
    """The part of the store that remembers these look-ups."""

    def reference_tries_of(self, topics: Collection[str]) -> dict[str, tuple[ReferenceTry, ...]]:
        """For each of the topics its references that were not found, in the order of their places."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, doc FROM reference_try WHERE topic IN (SELECT unnest(?::VARCHAR[]))", [list(topics)]
            ).fetchall()
        found = {topic: load(tuple[ReferenceTry, ...], doc) for topic, doc in rows}
        return {topic: found.get(topic, ()) for topic in topics}


def write_reference_tries(con: duckdb.DuckDBPyConnection, tries: Mapping[str, Sequence[ReferenceTry] | None]) -> None:
    """Keep these of each topic in place of those before; None leaves them."""
    rows = [(topic, dump(tuple(own))) for topic, own in tries.items() if own is not None]
    if rows:
        con.execute(
            "INSERT OR REPLACE INTO reference_try SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [list(column) for column in zip(*rows, strict=True)],
        )
