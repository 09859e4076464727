"""NLM's bulk files in the store: what each brought, how far it is loaded, and which of its records are news.

A batch of records and the file's new position are one transaction, so a run that was killed goes on behind its last
batch and nothing is written twice. A bulk file is old when it is read: what PubMed itself served later outranks it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import duckdb
import orjson

from litwatch.model.errors import StoreBusy
from litwatch.model.identifiers import Pmid
from litwatch.store.documents import Document, dump, from_utc, load, to_utc
from litwatch.store.file_matches import begin_strategies, end_strategies, write_matches
from litwatch.store.records import FateState, Latest, read_latest, write_documents, write_fates
from litwatch.store.store_file import StoreFile

SOURCE = "bulk "
"""How the source of an observation from a bulk file begins; the file's name follows."""


@dataclass(frozen=True, slots=True)
class BulkCounts:
    """Records of a file by why they were kept (the first reason that holds) and what became of them."""

    records: int = 0
    """Read from the file."""
    unreadable: int = 0
    """There, but not to be read."""
    known: int = 0
    """Kept because the store had observed them before."""
    cited: int = 0
    """Kept because an article cites them."""
    matched: int = 0
    """Kept because a topic's strategy finds them."""
    linked: int = 0
    """Kept because it is a notice about a record that the store had observed."""
    new: int = 0
    """Written, never observed before."""
    changed: int = 0
    """Written, with another content than the one observed last."""
    outdated: int = 0
    """Not written: PubMed itself has served a later state."""
    deleted: int = 0
    """Tombstones noted."""

    def __add__(self, other: BulkCounts) -> BulkCounts:
        return BulkCounts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class BulkFile:
    """One bulk file as far as it is loaded."""

    name: str
    year: int
    number: int
    md5: str
    everything: bool
    """Whether every record was kept, and not only those that litwatch watches."""
    made_at: datetime
    """When NLM made it, as far as is known."""
    started_at: datetime
    position: int = 0
    """Items read so far: records, tombstones and what could not be read."""
    counts: BulkCounts = BulkCounts()
    problems: tuple[str, ...] = ()
    """A sentence for each record that could not be read."""
    loaded_at: datetime | None = None
    """None until its last batch is in."""


class BulkFiles(StoreFile):
    """The part of the store that loads bulk files."""

    def bulk_files(self) -> tuple[BulkFile, ...]:
        """Every file of which anything is loaded, in the order of loading."""
        with self._reading() as con:
            rows = con.execute(_ROWS).fetchall()
        return tuple(_file(row) for row in rows)

    def save_bulk_batch(
        self,
        file: BulkFile,
        *,
        position: int,
        documents: Sequence[Document],
        deleted: Collection[Pmid],
        counts: BulkCounts,
        problems: Iterable[str] = (),
        is_last: bool,
        at: datetime,
        strategies: Collection[str] = (),
        matches: Collection[tuple[str, Pmid]] = (),
    ) -> BulkFile:
        """Write one batch and how far the file is now loaded, in one transaction; the file as it then stands.

        ``file`` is the state that this batch follows; one with position 0 begins a file, again if its MD5 sum is
        another. ``counts`` are those of the batch without what is written. Of several documents with one PMID the last
        of the highest version counts; tombstones count behind all documents. ``strategies`` are the texts of those that
        the files are matched against, and ``matches`` what each of them found in the batch. Raises StoreBusy where
        another run has moved the file on.
        """
        with self._writing() as con:
            _refuse_rival(con, file)
            written = _write(con, file, documents, deleted, at)
            after = replace(
                file,
                position=position,
                counts=file.counts + counts + written,
                problems=(*file.problems, *problems),
                loaded_at=at if is_last else None,
            )
            _write_row(con, after)
            if file.position == 0:
                begin_strategies(con, file.name, strategies)
            write_matches(con, file.name, matches)
            if is_last:
                end_strategies(con, file.name, strategies, before=_loaded_before(con, file))
        return after


def _loaded_before(con: duckdb.DuckDBPyConnection, file: BulkFile) -> str | None:
    """The name of the file before this one, if that is loaded."""
    row = con.execute(
        "SELECT name FROM bulk_file WHERE year = ? AND number = ? AND loaded_at IS NOT NULL",
        [file.year, file.number - 1],
    ).fetchone()
    return row[0] if row else None


def _write(
    con: duckdb.DuckDBPyConnection,
    file: BulkFile,
    documents: Sequence[Document],
    deleted: Collection[Pmid],
    at: datetime,
) -> BulkCounts:
    newest: dict[Pmid, Document] = {}
    for document in documents:
        if document.pmid not in newest or document.version >= newest[document.pmid].version:
            newest[document.pmid] = document
    known = read_latest(con, {*newest, *deleted})
    left_out = _left_out_after(con, newest, file.made_at)
    current = [
        document
        for document in newest.values()
        if document.pmid not in left_out and not _is_outdated(document, known.get(document.pmid), file.made_at)
    ]
    added = write_documents(con, current, known, observed_at=at, source=SOURCE + file.name)
    gone = [pmid for pmid in sorted(set(deleted)) if pmid not in known or not _is_served(known[pmid], file.made_at)]
    write_fates(con, gone, FateState.DELETED, at)
    return BulkCounts(
        new=len(added.new), changed=len(added.changed), outdated=len(newest) - len(current), deleted=len(gone)
    )


def _is_outdated(document: Document, known: Latest | None, made_at: datetime) -> bool:
    """Whether PubMed itself has told something later than this record of a file made then.

    DateRevised moves on any edit but names only the day, and NLM adds identifiers without moving it; so on the same
    day the moments decide. Among bulk files the later number wins, which is the order in which they come.
    """
    if known is None:
        return False
    if document.version != known.version:
        return document.version < known.version
    if _is_from_bulk(known):
        return False
    if document.revised and known.revised and document.revised != known.revised:
        return document.revised < known.revised
    return _is_served(known, made_at)


def _is_served(known: Latest, made_at: datetime) -> bool:
    """Whether PubMed itself served it after that moment."""
    return not _is_from_bulk(known) and known.observed_at > made_at


def _is_from_bulk(known: Latest) -> bool:
    return known.source.startswith(SOURCE)


def _left_out_after(con: duckdb.DuckDBPyConnection, pmids: Collection[Pmid], made_at: datetime) -> set[Pmid]:
    """Those that PubMed itself left out of an answer later than that moment, and has not served again."""
    rows = con.execute(
        "SELECT pmid FROM current_fate WHERE state = ? AND noted_at > ? AND pmid IN (SELECT unnest(?::INTEGER[]))",
        [FateState.MISSING.value, to_utc(made_at), list(pmids)],
    ).fetchall()
    return {pmid for (pmid,) in rows}


def _refuse_rival(con: duckdb.DuckDBPyConnection, file: BulkFile) -> None:
    row = con.execute("SELECT md5, position, loaded_at IS NULL FROM bulk_file WHERE name = ?", [file.name]).fetchone()
    md5, position, is_open = row or ("", 0, True)
    begins_again = file.position == 0 and md5 != file.md5
    if not begins_again and not (is_open and (md5, position) == (file.md5, file.position)):
        raise StoreBusy(f"Another run is loading {file.name} at this moment: wait for it to end, then start again.")


_ROWS = """
SELECT name, year, number, md5, everything, made_at, started_at, position, counts, problems, loaded_at
FROM bulk_file ORDER BY year, number
"""


def _file(row: Sequence[Any]) -> BulkFile:
    name, year, number, md5, everything, made, started, position, counts, problems, loaded = row
    return BulkFile(
        name=name,
        year=year,
        number=number,
        md5=md5,
        everything=everything,
        made_at=from_utc(made),
        started_at=from_utc(started),
        position=position,
        counts=load(BulkCounts, counts),
        problems=tuple(orjson.loads(problems)),
        loaded_at=from_utc(loaded) if loaded else None,
    )


def _write_row(con: duckdb.DuckDBPyConnection, file: BulkFile) -> None:
    state = [
        *(file.md5, file.everything, to_utc(file.made_at), to_utc(file.started_at), file.position, dump(file.counts)),
        *(dump(file.problems), to_utc(file.loaded_at) if file.loaded_at else None),
    ]
    moved = con.execute(
        "UPDATE bulk_file SET md5 = ?, everything = ?, made_at = ?, started_at = ?, position = ?, counts = ?,"
        " problems = ?, loaded_at = ? WHERE name = ? RETURNING name",
        [*state, file.name],
    ).fetchall()
    if not moved:
        con.execute(
            "INSERT INTO bulk_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [file.name, file.year, file.number, *state],
        )
