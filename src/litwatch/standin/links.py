"""What is linked with what: similar articles, "cited in", references, and PMC's copies, from the records alone.

The similarity is a plain one (shared title words and MeSH headings, weighted by rarity); NCBI's is not public.
References are often empty, as there: NCBI has them only for what came through PMC.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from litwatch.model.record import Record
from litwatch.standin.corpus import View

_MOST_SIMILAR: Final = 100
_TOO_COMMON: Final = 0.2
_REVIEW: Final = "D016454"

Links = Sequence[tuple[int, int]]
"""(identifier in the other database, score) in the order sent."""


@dataclass(frozen=True, slots=True)
class Link:
    """One of the links that ELink follows."""

    name: str
    target: str
    """The database that it leads to."""
    menu: str
    """MenuTag and HtmlTag of ``cmd=acheck``, as EInfo names the link; without one it is not listed there."""
    priority: int
    follow: Callable[[list[int], View], Links]
    source: str = "pubmed"


def find_links(source: str, target: str, names: Sequence[str] = ()) -> list[Link]:
    """The links from one database to another (``all``: to any) in NCBI's order, or those of these names.

    A name that is none, or whose data nobody has here (genes, sequences, books), has no link.
    """
    if names:
        return [LINKS[name] for name in names if name in LINKS and LINKS[name].source == source]
    return [link for link in LINKS.values() if link.source == source and target in (link.target, "all")]


def pmc_number(record: Record) -> int | None:
    """The digits of a record's PMCID, which are its identifier in PMC's database."""
    digits = (record.pmcid or "").upper().removeprefix("PMC")
    return int(digits) if digits.isdigit() else None


def _nothing(pmids: list[int], view: View) -> Links:
    """Nobody views articles here, and no book cites them."""
    del pmids, view
    return ()


def _five(pmids: list[int], view: View) -> Links:
    return _similar(pmids, view)[:5]


def _reviews(pmids: list[int], view: View) -> Links:
    return [link for link in _similar(pmids, view) if view.records[link[0]].has_type(_REVIEW)]


def _five_reviews(pmids: list[int], view: View) -> Links:
    return _reviews(pmids, view)[:5]


def _citing(pmids: list[int], view: View) -> Links:
    return [(pmid, 0) for pmid in dict.fromkeys(pmid for cited in pmids for pmid in view.cited_by.get(cited, ()))]


def _references(pmids: list[int], view: View) -> Links:
    citing = [view.records[pmid] for pmid in pmids if pmid in view.records]
    listed = dict.fromkeys(int(pmid) for record in citing for pmid in record.cites)
    return [(pmid, 0) for pmid in sorted(listed, reverse=True) if pmid in view]


def _in_pmc(pmids: list[int], view: View) -> Links:
    held = (pmc_number(view.records[pmid]) for pmid in pmids if pmid in view.records)
    return [(number, 0) for number in dict.fromkeys(held) if number is not None]


def _citing_in_pmc(pmids: list[int], view: View) -> Links:
    return _in_pmc([pmid for pmid, _ in _citing(pmids, view)], view)


def _of_pmc(numbers: list[int], view: View) -> Links:
    known: Mapping[int, int] = view.derived("PMID of a PMC number", _pmids_by_number)
    return [(known[number], 0) for number in numbers if number in known]


def _pmids_by_number(view: View) -> Mapping[int, int]:
    numbered = ((pmc_number(record), int(record.pmid)) for record in view.records.values())
    return {number: pmid for number, pmid in numbered if number is not None}


def _similar(pmids: list[int], view: View) -> Links:
    holders: dict[str, list[int]] = view.derived("features", _holders)
    scores: Counter[int] = Counter()
    most = max(3, len(view) * _TOO_COMMON)
    for pmid in pmids:
        if pmid in view.records:
            for feature in _features(view.records[pmid]):
                others = holders[feature]
                if len(others) <= most:
                    weight = math.log1p(len(view) / len(others))
                    for other in others:
                        scores[other] += round(weight * 1_000_000)
            # The seed itself comes first, with the highest score, as in the recorded answers.
            scores[pmid] += 1
    return sorted(scores.items(), key=lambda item: (-item[1], -item[0]))[:_MOST_SIMILAR]


def _holders(view: View) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = {}
    for pmid, record in view.records.items():
        for feature in _features(record):
            holders.setdefault(feature, []).append(pmid)
    return holders


def _features(record: Record) -> set[str]:
    words = {word for word in re.findall(r"\w+", record.title.lower()) if len(word) > 3}
    return words | {heading.ui for heading in record.mesh}


LINKS: Final[Mapping[str, Link]] = MappingProxyType(
    {
        link.name: link
        for link in (
            Link("pubmed_pmc", "pmc", "PMC Links", 128, _in_pmc),
            Link("pubmed_pmc_local", "pmc", "", 128, _in_pmc),
            Link("pubmed_pmc_refs", "pmc", "Cited in PMC", 180, _citing_in_pmc),
            Link("pubmed_pubmed", "pubmed", "Similar articles", 1, _similar),
            Link("pubmed_pubmed_alsoviewed", "pubmed", "Articles frequently viewed together", 1, _nothing),
            Link("pubmed_pubmed_bookrecords", "pubmed", "References for this Bookshelf citation", 128, _nothing),
            Link("pubmed_pubmed_citedin", "pubmed", "Cited In", 128, _citing),
            Link("pubmed_pubmed_combined", "pubmed", "Combined set of related Articles and Reviews", 1, _five),
            Link("pubmed_pubmed_five", "pubmed", "Five most related Articles", 1, _five),
            Link("pubmed_pubmed_refs", "pubmed", "References for PMC Articles", 128, _references),
            Link("pubmed_pubmed_reviews", "pubmed", "Related Articles by Review", 1, _reviews),
            Link("pubmed_pubmed_reviews_five", "pubmed", "Five most related Articles by Review", 1, _five_reviews),
            Link("pmc_pubmed", "pubmed", "PubMed", 128, _of_pmc, source="pmc"),
        )
    }
)
"""Every link that the records can answer, in NCBI's order."""
