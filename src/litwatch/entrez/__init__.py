"""The door to NCBI's E-utilities: search PubMed, fetch records, look references up.

Biopython builds and sends every request through one seam (``transport``); requests are paced (``pacer``), repeated
where that may help (``asking``) and believed only after a check of their shape (``answers``). No answer is an error,
never an empty result. This package refuses to decide what a record means and to keep anything.
Sources: NLM, "Entrez Programming Utilities Help" (NBK25497, NBK25499).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from litwatch.citations import Pmid
from litwatch.entrez.asking import Asker, Timepiece
from litwatch.entrez.fetch import fetch
from litwatch.entrez.search import search
from litwatch.entrez.settings import EntrezSettings
from litwatch.sweeps import Fetched, Search, Window

__all__ = ["Entrez", "EntrezSettings", "Timepiece"]


class Entrez:
    """PubMed as litwatch asks it; safe to share among threads."""

    def __init__(self, settings: EntrezSettings, *, timepiece: Timepiece | None = None) -> None:
        self._asker = Asker(settings, timepiece or Timepiece())

    def search(self, strategy: str, window: Window | None = None) -> Search:
        """Every PMID that the strategy finds, limited to the window's days where one is given.

        A count of zero is an answer. Raises SourceRefused (a person must act), SourceUnavailable (no usable answer) or
        SweepIncomplete (fewer PMIDs than PubMed counts); never gives a part of the result.
        """
        return search(self._asker, strategy, window)

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        """The records of these PMIDs, in this order without repeats, and the PMIDs that did not come.

        ``on_progress`` is told (PMIDs asked for so far, PMIDs in all). Raises SourceRefused or SourceUnavailable.
        """
        return fetch(self._asker, pmids, on_progress)
