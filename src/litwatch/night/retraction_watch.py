"""The second source on retractions: read the Retraction Watch table once a night, and ask the store what it says.

Its failure is told in every report and in the run, and stops nothing: what was loaded before stays in force. A table
that has lost entries lifts no warning, and one with rows that could not be read is a failure until it is read whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from litwatch.decisions.completeness import WHOLE_TABLE, explain_unread_rows, has_lost_too_many
from litwatch.model.errors import AnswerUnreadable, SourceError
from litwatch.model.identifiers import Pmid
from litwatch.model.paper_notice import FurtherNotice, Source
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.model.text.phrases import count
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
    file, told = store.watch_file(), answer.table or store.watch_file()
    return WatchLook(file, explain_unread_rows(told.unreadable, told.unread) if told is not None else None)


def load_watch(answer: NoticesAnswer, name: str, store: Store, now: datetime, *, replace: bool = False) -> WatchSaved:
    """Put a table that was read from the source of that name in force.

    Raises AnswerUnreadable where too many of the entries before it are gone, or where it is a part of Crossref's table
    and comes from Crossref's own address, unless a person wants to ``replace`` what is loaded.
    """
    table, before = answer.table, store.watch_file()
    if table is None:
        return WatchSaved(0, 0)
    if not replace and answer.is_original and table.rows < WHOLE_TABLE:
        raise AnswerUnreadable(
            f"{name} has {table.rows:,} rows, and Crossref's table has more than {WHOLE_TABLE:,}: it breaks off;"
            " the next run reads it again"
        )
    if not replace and before is not None:
        known = store.watch_numbers()
        gone = len(known - {entry.entry for entry in table.entries})
        if has_lost_too_many(gone, len(known)):
            raise AnswerUnreadable(
                f"{name} lacks {gone:,} of the {len(known):,} entries that are loaded; the loaded ones stay in force."
                " If the loss is real, use `litwatch retractions load --replace`."
            )
    return store.save_watch_table(
        table, source=name, etag=answer.mark.etag, last_modified=answer.mark.last_modified, at=now
    )


def _mark(file: WatchFile) -> NoticesMark:
    return NoticesMark(file.etag, file.last_modified)


def close_watch(look: WatchLook, further: Mapping[Pmid, Collection[FurtherNotice]]) -> Sweep:
    """The reading of the table as one of the night's looks: what it has about the cited papers, or why it failed.

    ``further`` is what the sources beside PubMed say of the article's cited papers.
    """
    told = sum(each.source is Source.WATCH for notices in further.values() for each in notices)
    notes = []
    if look.file is not None:
        file = look.file
        notes.append(
            f"{count(file.entries, 'entry', 'entries')} in force, read on {long_date(file.read_at.date())}; left out:"
            f" {file.without_id:,} without PMID and DOI, {file.about_notices:,} about notices,"
            f" {file.unreadable:,} unreadable."
            + (f" {count(file.undated, 'entry', 'entries')} without a date that can be read." if file.undated else "")
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
