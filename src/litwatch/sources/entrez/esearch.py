"""ESearch: every PMID that a strategy finds, or an error; never a part of them in silence.

PubMed's ESearch gives the first 9,999 records of a result and no more (NBK25499; seen since November 2022). A larger
result is split by ranges of PMIDs, which never overlap and always end, so that the parts' counts must add up to the
whole. Nothing is paged: a result set may change between two pages without a sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from litwatch.model.errors import SweepIncomplete
from litwatch.model.identifiers import Pmid, parse_pmid
from litwatch.model.search import Search, SearchPart, Window
from litwatch.model.text.safe_text import clip, visible
from litwatch.sources.entrez.replies import read_xml
from litwatch.sources.entrez.retries import Asker
from litwatch.sources.entrez.transport import Unusable

CEILING = 9_999
"""Records that one ESearch can give."""

_HIGHEST = 999_999_999
_ROUNDS = 3
"""How often a split result that changes under our hands is searched anew."""


@dataclass(frozen=True, slots=True)
class Hits:
    """One ESearch answer: ``pmids`` are all of them when ``count`` is within the ceiling."""

    count: int
    pmids: tuple[Pmid, ...]
    translation: str
    warnings: tuple[str, ...]


def write_term(strategy: str, window: Window | None) -> str:
    """The strategy limited to records that entered, were created, were indexed or were revised in the window.

    Entry date alone loses records: NLM sets it back for late ones, MeSH terms arrive weeks later, and revisions bring
    publication types (NLM Technical Bulletin 2008 Nov-Dec; wcmc-its/ReCiter#450).
    """
    if window is None:
        return strategy
    days = f"{window.first:%Y/%m/%d}:{window.last:%Y/%m/%d}"
    return f"({strategy}) AND ({' OR '.join(f'{days}[{field}]' for field in ('edat', 'crdt', 'mhda', 'lr'))})"


def search(asker: Asker, strategy: str, window: Window | None) -> Search:
    """Run one strategy. Raises SourceError (SourceRefused, SourceUnavailable, SweepIncomplete) or gives all PMIDs."""
    term = write_term(strategy, window)
    searched_at = asker.timepiece.now()
    whole = ask(asker, term)
    parts: tuple[SearchPart, ...] = ()
    pmids = whole.pmids
    if whole.count > CEILING:
        whole, pmids, parts = _search_in_parts(asker, term, whole)
    return Search(
        term=term,
        window=window,
        count=whole.count,
        pmids=pmids,
        translation=whole.translation,
        warnings=whole.warnings,
        searched_at=searched_at,
        parts=parts,
    )


def ask(asker: Asker, term: str, limit: int = CEILING, **options: str) -> Hits:
    """One ESearch for up to ``limit`` PMIDs, newest first unless ``options`` say ``sort``."""
    return asker.ask(
        "esearch",
        lambda body: _read_hits(body, limit),
        db="pubmed",
        term=term,
        retmax=str(limit),
        retmode="xml",
        **options,
    )


def _search_in_parts(asker: Asker, term: str, whole: Hits) -> tuple[Hits, tuple[Pmid, ...], tuple[SearchPart, ...]]:
    """Search by PMID ranges until the parts' counts add up to a whole that was counted before or after them."""
    for _ in range(_ROUNDS):
        found: list[Pmid] = []
        parts: list[SearchPart] = []
        for part, hits in _split(asker, term, whole, 1, _HIGHEST):
            parts.append(SearchPart(part, hits.count))
            found.extend(hits.pmids)
        pmids = tuple(dict.fromkeys(found))
        if len(pmids) == whole.count:
            return whole, pmids, tuple(parts)
        whole = ask(asker, term)
        if len(pmids) == whole.count:
            return whole, pmids, tuple(parts)
    raise SweepIncomplete(
        f"PubMed counts {whole.count:,} records for the search {clip(visible(term), 80)!r}, but its parts hold "
        f"{len(pmids):,}, after {_ROUNDS} rounds; the window stays open and the next run searches it again"
    )


def _split(asker: Asker, term: str, hits: Hits, low: int, high: int) -> Iterator[tuple[str, Hits]]:
    """The answers to disjoint PMID ranges that cover ``low`` to ``high``, highest first, each within the ceiling.

    The cut is made where nine tenths of the PMIDs already received lie above it: results come newest first, so the
    upper part then fits at once. Where that says nothing the range is halved.
    """
    known = sorted(pmid for pmid in hits.pmids if low < pmid <= high)
    middle = known[len(known) // 10] if known else (low + high + 1) // 2
    for first, last in ((middle, high), (low, middle - 1)):
        part = f"({term}) AND {first}:{last}[uid]"
        answer = ask(asker, part)
        if not all(first <= pmid <= last for pmid in answer.pmids):
            raise SweepIncomplete(f"PubMed answered the range {first}:{last}[uid] with PMIDs outside of it; ask NCBI")
        if answer.count <= CEILING:
            yield part, answer
        elif first < last:
            yield from _split(asker, term, answer, first, last)
        else:
            raise SweepIncomplete(f"PubMed counts {answer.count:,} records under the one PMID {first}; ask NCBI")


def _read_hits(body: bytes, limit: int) -> Hits:
    document = read_xml(body, "eSearchResult")
    count = _read_number(document, "Count")
    if document.find("IdList") is None:
        raise Unusable("the answer has no IdList")
    try:
        pmids = tuple(dict.fromkeys(parse_pmid(found.text or "") for found in document.iterfind("IdList/Id")))
    except ValueError as error:
        raise Unusable(f"the answer's IdList holds something else: {error}") from None
    if len(pmids) != min(count, limit):
        raise Unusable(f"{count:,} records were announced and {len(pmids):,} PMIDs came", short=True)
    return Hits(count, pmids, (document.findtext("QueryTranslation") or "").strip(), _read_warnings(document))


def _read_number(document: etree._Element, name: str) -> int:
    text = (document.findtext(name) or "").strip()
    if not (text.isascii() and text.isdigit()):
        raise Unusable(f"the answer has no {name}")
    return int(text)


def _read_warnings(document: etree._Element) -> tuple[str, ...]:
    """Everything in ErrorList and WarningList but "No items found.", which says no more than a count of zero."""
    return tuple(
        f"{found.tag}: {clip(visible(' '.join((found.text or '').split())), 500)}"
        for place in ("ErrorList", "WarningList")
        for found in document.iterfind(f"{place}/*")
        if (found.text or "").strip() not in {"", "No items found."}
    )
