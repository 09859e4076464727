"""Whether a record that PubMed no longer serves was most likely merged into another: NLM gives no word on a merger."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.references.matching.titles import plain


def find_merged(lost: Iterable[Record], known: Collection[Record]) -> set[Pmid]:
    """PMIDs of the lost records that another known record is the same paper as."""
    return {record.pmid for record in lost if any(is_same_paper(record, other) for other in known)}


def is_same_paper(lost: Record, other: Record) -> bool:
    """Whether another record bears the lost one's DOI, or its title in the same journal.

    The journal must agree because titles such as "Editorial" stand in many. It is a likelihood, and is told as one.
    """
    if lost.pmid == other.pmid:
        return False
    same_title = plain(lost.title) == plain(other.title) and lost.journal.title == other.journal.title
    return same_title or (lost.doi is not None and lost.doi == other.doi)
