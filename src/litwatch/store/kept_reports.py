"""Reports as they were last decided, to be brought to a later day (``reading/kept_report.py``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from litwatch.store.store_file import StoreFile


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """One report as the store keeps it."""

    topic: str
    made_of: str
    """A digest of the article, its topic file and the rules, 64 hex digits."""
    text: str


class KeptReports(StoreFile):
    """The part of the store that keeps reports."""

    def keep_reports(self, kept: Sequence[KeptDocument], *, without: Collection[str] = ()) -> None:
        """Put these in the place of the reports before them; topics ``without`` one lose the one before."""
        names = [*(each.topic for each in kept), *without]
        if not names:
            return
        with self._writing() as con:
            con.execute("DELETE FROM kept_report WHERE topic IN (SELECT unnest(?::VARCHAR[]))", [names])
            if kept:
                columns = [[each.topic for each in kept], [each.made_of for each in kept], [each.text for each in kept]]
                con.execute(
                    "INSERT INTO kept_report SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                    columns,
                )

    def kept_reports(self, topics: Collection[str]) -> dict[str, KeptDocument]:
        """The kept report of each of the topics; those without are left out."""
        with self._reading() as con:
            rows = con.execute(
                "SELECT topic, made_of, doc FROM kept_report WHERE topic IN (SELECT unnest(?::VARCHAR[]))",
                [list(topics)],
            ).fetchall()
        return {topic: KeptDocument(topic, made_of, text) for topic, made_of, text in rows}
