"""PubMed as the rest of litwatch sees it. This module refuses to do anything itself: it names what can be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from litwatch.citations import Pmid, Reference
from litwatch.entrez import citation_match, fetch, links, search
from litwatch.entrez.asking import Asker, Timepiece
from litwatch.entrez.citation_match import Proposal
from litwatch.entrez.links import LinkName
from litwatch.entrez.settings import EntrezSettings
from litwatch.sweeps import Fetched, Search, Window


class Entrez:
    """PubMed as litwatch asks it; safe to share among threads.

    Every method raises SourceRefused (a person must act) or SourceUnavailable (no usable answer), and OutputFailed
    where the pace file cannot be written.
    """

    def __init__(self, settings: EntrezSettings, *, timepiece: Timepiece | None = None) -> None:
        self._asker = Asker(settings, timepiece or Timepiece())

    def search(self, strategy: str, window: Window | None = None) -> Search:
        """Every PMID that the strategy finds, limited to the window's days where one is given.

        A count of zero is an answer. Raises SweepIncomplete too, when fewer PMIDs came than PubMed counts; never gives
        a part of the result.
        """
        return search.search(self._asker, strategy, window)

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        """The records of these PMIDs, in this order without repeats, and the PMIDs that did not come.

        ``on_progress`` is told (PMIDs asked for so far, PMIDs in all).
        """
        return fetch.fetch(self._asker, pmids, on_progress)

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        """The first PMIDs in PubMed's order of relevance: enough to look a paper up, never a sweep."""
        return search.ask(self._asker, term, limit, sort="relevance").pmids

    def count(self, term: str) -> int:
        """How many records PubMed counts for a term, without fetching any."""
        return search.ask(self._asker, term, 0).count

    def link(self, seeds: Iterable[Pmid], name: LinkName) -> dict[Pmid, tuple[tuple[Pmid, int], ...]]:
        """(PMID, score) of the records that PubMed links to each seed, in its order; the seed may be among them."""
        return links.link(self._asker, seeds, name)

    def match_citations(self, references: Iterable[Reference]) -> tuple[Proposal, ...]:
        """What ECitMatch proposes for references that print journal, volume and page; to be judged, not believed."""
        return citation_match.match_citations(self._asker, references)
