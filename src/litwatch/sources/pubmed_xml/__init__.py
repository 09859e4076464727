"""PubMed's XML: the bytes of a PubmedArticleSet become Records, and every oddity of NLM's lives here.

Two doors in: ``parse_article_set`` for an EFetch answer held in memory, ``iterate_article_set`` for a file too big for
that. One bad record names itself and never takes its neighbours along: the bytes are cut into records first
(``record_cutter``), and each is read on its own (``citation``, ``books``). An answer that is not a set of records, or
that stops before its end, is an error; an empty set is not.

Nothing is fetched, no DTD is loaded, and no entity that a document declares is expanded. Sources: pubmed_250101.dtd;
NLM, "MEDLINE/PubMed XML Data Elements".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from litwatch.model.errors import RecordUnreadable
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.sources.pubmed_xml.citation import read_gap, read_record
from litwatch.sources.pubmed_xml.record_cutter import (
    Gap,
    Slice,
    chunks_in,
    chunks_of,
    cut_records,
    split_at_first_end,
    unpack,
)

__all__ = ["DeletedPmid", "ParsedSet", "iterate_article_set", "parse_article_set", "unpack"]


@dataclass(frozen=True, slots=True)
class DeletedPmid:
    """A PMID that NLM has taken out of PubMed: a tombstone, not a record that was delivered."""

    pmid: Pmid


@dataclass(frozen=True, slots=True)
class ParsedSet:
    """What one answer held, each group in the answer's order."""

    records: tuple[Record, ...]
    deleted: tuple[Pmid, ...]
    unreadable: tuple[RecordUnreadable, ...]


def parse_article_set(data: bytes) -> ParsedSet:
    """Read a whole PubmedArticleSet (UTF-8, or what its declaration says) into records.

    A record that cannot be read is listed in ``unreadable`` with its PMID; the others are complete.
    Raises AnswerUnreadable when the bytes are no article set at all (an error envelope, a page, nothing)
    or stop before the set's end tag; ``<PubmedArticleSet></PubmedArticleSet>`` is an empty set.
    """
    items = list(_read(chunks_in(data)))
    return ParsedSet(
        records=tuple(item for item in items if isinstance(item, Record)),
        deleted=tuple(item.pmid for item in items if isinstance(item, DeletedPmid)),
        unreadable=tuple(item for item in items if isinstance(item, RecordUnreadable)),
    )


def iterate_article_set(stream: BinaryIO) -> Iterator[Record | DeletedPmid | RecordUnreadable]:
    """Read a PubmedArticleSet from a file opened for bytes (gzipped: see ``unpack``), one record in memory at a time.

    Raises AnswerUnreadable as ``parse_article_set`` does, at the latest when the file ends: a caller that
    stops at the first error has seen every record before it. A damaged or cut-off gzip file is such an error too.
    """
    return _read(chunks_of(stream))


def _read(chunks: Iterable[bytes]) -> Iterator[Record | DeletedPmid | RecordUnreadable]:
    for piece in cut_records(chunks):
        try:
            if isinstance(piece, Gap):
                yield from map(DeletedPmid, read_gap(piece))
            else:
                yield read_record(piece)
        except RecordUnreadable as unreadable:
            if isinstance(piece, Gap):
                yield unreadable
            else:
                yield from _spare_the_neighbour(piece, unreadable)


def _spare_the_neighbour(
    piece: Slice, unreadable: RecordUnreadable
) -> Iterator[Record | DeletedPmid | RecordUnreadable]:
    """What is unreadable may be a good record and, behind it, one whose start tag is damaged."""
    record, rest = split_at_first_end(piece)
    try:
        yield read_record(record)
    except RecordUnreadable:
        yield unreadable
        return
    try:
        yield from map(DeletedPmid, read_gap(rest))
    except RecordUnreadable as behind:
        yield behind
