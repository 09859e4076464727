"""The night's look for the canary, one fetch and one search; see ``decisions/known_item``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from litwatch.decisions.known_item import judge_fetch, judge_search, known_item_term
from litwatch.model.errors import SourceError
from litwatch.model.identifiers import Pmid
from litwatch.sources.protocol import BibliographicDatabase

_HINT = (
    "; do not believe tonight's searches that found little. Another LITWATCH_CANARY, or LITWATCH_CANARY=off, is for a"
    " PubMed that lacks this record"
)


@dataclass(frozen=True, slots=True)
class CanaryLook:
    """What became of the canary on one night."""

    pmid: Pmid
    trouble: str | None = None
    """Why tonight's searches cannot be believed, in sentences for the operator; None where it was found."""

    @property
    def state(self) -> Literal["found", "failed"]:
        """How the receipt calls it."""
        return "failed" if self.trouble else "found"

    @property
    def troubles(self) -> tuple[str, ...]:
        """The trouble, if there is one."""
        return (self.trouble,) if self.trouble else ()


def look_for_canary(pmid: Pmid | None, entrez: BibliographicDatabase) -> CanaryLook | None:
    """Fetch the record and search for it; None where the settings name none."""
    if pmid is None:
        return None
    try:
        fetched = entrez.fetch([pmid])
        if (trouble := judge_fetch(pmid, fetched)) is None:
            trouble = judge_search(pmid, entrez.search(known_item_term(pmid, fetched.records[0].title)))
    except SourceError as error:
        return CanaryLook(pmid, f"canary: PMID {pmid} could not be looked for: {error}")
    return CanaryLook(pmid, f"canary: {trouble}{_HINT}" if trouble else None)
