"""The second source on retractions: read the Retraction Watch table once a night, and ask the store what it says.

Its failure is told in every report and in the run, and stops nothing: what was loaded before stays in force. A table
that has lost most of its entries lifts no warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from litwatch.decisions.completeness import has_lost_most
from litwatch.model.errors import AnswerUnreadable, SourceError
from litwatch.model.identifiers import Pmid
from litwatch.model.paper_notice import WatchEntry
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.model.text.spelled_dates import long_date
from litwatch.sources.protocol import NoticesAnswer, NoticesMark, ReadsNotices
from litwatch.store import Store, WatchFile, WatchSaved


@dataclass(frozen=True, slots=True)
class WatchLook:
    """What became of reading the table on one night."""

    file: WatchFile | None
    """What is in force; None where nothing was ever loaded."""
    error: str | None


def refresh_watch(source: ReadsNotices, store: Store, now: datetime, *, keep: bool) -> WatchLook:
    """Read the table if it changed, and load it unless ``keep`` is False; a failing source is part of the result."""
    before = store.watch_file()
    try:
        answer = source.read(_mark(before) if before is not None and before.source == source.name else None)
        if keep and answer.table is None:
            store.note_watch_read(now)
        elif keep:
            load_watch(answer, source.name, store, now)
    except SourceError as error:
        return WatchLook(before, str(error))
    return WatchLook(store.watch_file(), None)


def load_watch(answer: NoticesAnswer, name: str, store: Store, now: datetime, *, replace: bool = False) -> WatchSaved:
    """Put a table that was read from the source of that name in force.

    Raises AnswerUnreadable where it has lost most of what the last one had, unless a person wants to ``replace`` it.
    """
    table, before = answer.table, store.watch_file()
    if table is None:
        return WatchSaved(0, 0)
    if not replace and before is not None and has_lost_most(len(table.entries), before.entries):
        raise AnswerUnreadable(
            f"{name} has {len(table.entries):,} entries where {before.entries:,} are loaded; the loaded"
            " ones stay in force. If the loss is real, use `litwatch retractions load --replace`."
        )
    return store.save_watch_table(
        table, source=name, etag=answer.mark.etag, last_modified=answer.mark.last_modified, at=now
    )


def _mark(file: WatchFile) -> NoticesMark:
    return NoticesMark(file.etag, file.last_modified)


def close_watch(look: WatchLook, cited: Iterable[Pmid], watched: Mapping[Pmid, tuple[WatchEntry, ...]]) -> Sweep:
    """The reading of the table as one of the night's looks: what it has about the cited papers, or why it failed."""
    told = sum(len(watched.get(pmid, ())) for pmid in cited)
    notes = []
    if look.file is not None:
        file = look.file
        notes.append(
            f"{file.entries:,} entries in force, read on {long_date(file.read_at.date())}; left out:"
            f" {file.without_id:,} without PMID and DOI, {file.about_notices:,} about notices,"
            f" {file.unreadable:,} unreadable."
        )
    return Sweep(
        kind=SweepKind.WATCH,
        state=SweepState.FAILED if look.error else SweepState.COMPLETE,
        window=None,
        searches=(),
        found=told,
        delivered=told,
        missing=(),
        unreadable=(),
        error=look.error,
        notes=tuple(notes),
    )
