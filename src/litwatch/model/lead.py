"""A lead: an entry of a feed, which may name a paper."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from litwatch.model.identifiers import Doi, Pmid


@dataclass(frozen=True, slots=True)
class Lead:
    """One entry of a feed; ``pmid`` or ``doi`` may be known, the rest is what the feed says."""

    title: str
    pmid: Pmid | None
    doi: Doi | None
    link: str | None
    """http or https only."""

    @property
    def name(self) -> str:
        """Ten hex digits by which people name it. An entry whose title or address changes is another lead."""
        return hashlib.sha256(f"{self.doi}\n{self.link}\n{self.title}".encode()).hexdigest()[:10]
