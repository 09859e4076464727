"""From DOIs and PMCIDs to PMIDs by ESearch: the one look-up that references and feeds share.

PubMed may return other records beside the bearer of an identifier, so a find is a proposal until its record has been
read.
"""

from __future__ import annotations

from collections.abc import Iterable

from litwatch.model.identifiers import Doi
from litwatch.model.search import Search
from litwatch.sources.protocol import SearchesStrategies

A_SEARCH = 40
"""Identifiers in one search; a term of two thousand characters is sure to be taken by POST (NBK25499)."""


def search_identifiers(
    database: SearchesStrategies, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()
) -> tuple[Search, ...]:
    """The searches for all records that bear any of these identifiers; none where none is given.

    Raises SourceError as ``search`` does.
    """
    # A quotation mark cannot stand inside a quoted phrase; a DOI that has one is looked up without.
    clauses = [f'"{doi.replace(chr(34), " ")}"[aid]' for doi in dict.fromkeys(dois)]
    clauses += [f"{pmcid}[pmcid]" for pmcid in dict.fromkeys(pmcids)]
    parts = [clauses[start : start + A_SEARCH] for start in range(0, len(clauses), A_SEARCH)]
    return tuple(database.search(" OR ".join(part)) for part in parts)
