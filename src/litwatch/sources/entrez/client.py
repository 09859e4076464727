"""PubMed as the rest of litwatch sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, Reference
from litwatch.model.search import Fetched, Search, Window
from litwatch.model.topic import Pin
from litwatch.sources.entrez import ecitmatch, efetch, elink, esearch, identifier_search, reference_lookup
from litwatch.sources.entrez.control_records import ControlRecords
from litwatch.sources.entrez.ecitmatch import Proposal
from litwatch.sources.entrez.retries import Asker, Timepiece
from litwatch.sources.entrez.settings import EntrezSettings
from litwatch.sources.protocol import LinkName, ReferenceAsk, ReferencesMatched


class Entrez:
    """PubMed as litwatch asks it: a ``BibliographicDatabase``, safe to share among threads.

    Every method raises SourceRefused (a person must act) or SourceUnavailable (no usable answer), and OutputFailed
    where the pace file cannot be written.
    """

    def __init__(self, settings: EntrezSettings, *, timepiece: Timepiece | None = None) -> None:
        self._asker = Asker(settings, timepiece or Timepiece())
        self._controls = ControlRecords(self._asker)

    def search(self, strategy: str, window: Window | None = None) -> Search:
        """Every PMID that the strategy finds, limited to the window's days where one is given.

        A count of zero is an answer. Raises SweepIncomplete too, when fewer PMIDs came than PubMed counts; never gives
        a part of the result.
        """
        return esearch.search(self._asker, strategy, window)

    def search_identifiers(self, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()) -> tuple[Search, ...]:
        """The searches for all records that bear any of these identifiers; none where none is given."""
        return identifier_search.search_identifiers(self, dois, pmcids)

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        """The records of these PMIDs, in this order without repeats, and the PMIDs that did not come.

        ``on_progress`` is told (PMIDs asked for so far, PMIDs in all).
        """
        return efetch.fetch(self._asker, pmids, self._controls, on_progress)

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        """The first PMIDs in PubMed's order of relevance: enough to look a paper up, never a sweep."""
        return esearch.ask(self._asker, term, limit, sort="relevance").pmids

    def count(self, term: str) -> int:
        """How many records PubMed counts for a term, without fetching any."""
        return esearch.ask(self._asker, term, 0).count

    def link(self, seeds: Iterable[Pmid], name: LinkName) -> dict[Pmid, tuple[tuple[Pmid, int], ...]]:
        """(PMID, score) of the records that PubMed links to each seed, in its order; the seed may be among them."""
        return elink.link(self._asker, seeds, name)

    def match_references(
        self,
        references: Sequence[Reference],
        pins: Iterable[Pin],
        before: Mapping[int, Match],
        known: Mapping[Pmid, Record],
    ) -> tuple[Match, ...]:
        """One match a reference, in their order; see ``reference_lookup.resolve``."""
        return reference_lookup.resolve(references, pins, before, known, self)

    def match_many(self, asks: Sequence[ReferenceAsk]) -> ReferencesMatched:
        """The matches of many articles' references; see ``reference_lookup.resolve_many``."""
        return reference_lookup.resolve_many(asks, self)

    def match_citations(self, references: Iterable[Reference]) -> tuple[Proposal, ...]:
        """What ECitMatch proposes for references that print journal, volume and page; to be judged, not believed."""
        return ecitmatch.match_citations(self._asker, references)
