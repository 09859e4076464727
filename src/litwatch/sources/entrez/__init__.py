"""NCBI's E-utilities: search PubMed, fetch records, find the records of references.

Biopython builds and sends every request through one seam (``transport``); requests are paced (``rate_limit``), repeated
where that may help (``retries``) and believed only after a check of their shape (``replies``). No answer is an error,
never an empty result. Sources: NLM, "Entrez Programming Utilities Help" (NBK25497, NBK25499).
"""

from __future__ import annotations

from litwatch.sources.entrez.client import Entrez
from litwatch.sources.entrez.reference_lookup import resolve
from litwatch.sources.entrez.retries import Timepiece
from litwatch.sources.entrez.settings import EntrezSettings

__all__ = ["Entrez", "EntrezSettings", "Timepiece", "resolve"]
