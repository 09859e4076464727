"""What a page, or a bibliography beside it, says of its references outside the printed list.

The printed list says what the article cites. A list elsewhere adds the DOI or PMID that the print lacks, entry by
entry, where it is surely the same paper, and never overrules what is printed. Only where the page prints no list is it
the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from litwatch.articles.bibliography.bibliography import BIBTEX, JSON, Beside, read_bibliography
from litwatch.articles.bibliography.listed_entry import ListedEntry
from litwatch.articles.blocks import Block, BlockSort
from litwatch.articles.model import Article, ListOrigin, ListSource, Uncertainty
from litwatch.articles.reference_list.entry_columns import plain_letters, with_columns
from litwatch.model.errors import ArticleUnreadable
from litwatch.model.reference import Reference

_SHORTEST_TITLE = 12
_MOST = 1000


@dataclass(frozen=True, slots=True)
class ListedReferences:
    """One list that is not printed."""

    source: ListSource
    entries: tuple[ListedEntry, ...]

    def blocks(self) -> tuple[Block, ...]:
        """The list as blocks of a page; without numbers, since nobody printed any."""
        heading = Block(BlockSort.HEADING, "References", level=1)
        return (heading, *(entry.block(place, None) for place, entry in enumerate(self.entries)))


def read_list_beside(name: str, beside: Beside) -> tuple[list[ListedReferences], tuple[Uncertainty, ...]]:
    """The list in a BibTeX or CSL-JSON file beside a page that has the page's name; other JSON is passed over."""
    stem = PurePath(name).stem
    for suffix in (*BIBTEX, ".csl.json", *JSON):
        file = f"{stem}{suffix}"
        try:
            data = beside(file)
            if data is None:
                continue
            held = read_bibliography(data, file)
        except ArticleUnreadable as error:
            if suffix in JSON:
                continue  # not every JSON file beside a page is a bibliography
            return [], (Uncertainty("bibliography-damaged", f"A bibliography beside the page was not used: {error}"),)
        notes: tuple[Uncertainty, ...] = ()
        if held.faults:
            message = f"Entries of {file} that cannot be read: {'; '.join(held.faults[:10])}."
            notes = (Uncertainty("bibliography-damaged", message),)
        entries = tuple(held.entries()[:_MOST])
        return [ListedReferences(ListSource(ListOrigin.FILE, file), entries)], notes
    return [], ()


def with_listed_columns(article: Article, lists: Sequence[ListedReferences]) -> Article:
    """The article with the DOIs and PMIDs that the lists add to its printed references, and what does not fit, said."""
    used: list[ListSource] = []
    doubts: list[Uncertainty] = []
    references = article.references
    for listed in lists:
        pairs = _pairs(references, listed.entries)
        enriched = tuple(_enriched(ref, pairs.get(at)) for at, ref in enumerate(references))
        if enriched != references:
            used.append(listed.source)
        references = enriched
        left = len(listed.entries) - len(pairs)
        if left and listed.source.origin is not ListOrigin.FILE:
            message = (
                f"{left} of {len(listed.entries)} references that the page lists outside its text fit no entry of the"
                " printed list, and were left out: compare the two, since the printed one may be cut short."
            )
            doubts.append(Uncertainty("listed-not-printed", message))
    return replace(article, references=references, columns_from=tuple(used), uncertain=(*article.uncertain, *doubts))


def _enriched(reference: Reference, entry: ListedEntry | None) -> Reference:
    if entry is None:
        return reference
    columns = {key: value for key, value in entry.columns.items() if key != "authors"}
    return with_columns(reference, columns, frozenset())


def _pairs(references: Sequence[Reference], entries: Sequence[ListedEntry]) -> Mapping[int, ListedEntry]:
    """Which entry is which reference, by its index: by identifier or title first, then by place in lists as long."""
    texts = [plain_letters(reference.text) for reference in references]
    by_doi = {str(ref.doi): at for at, ref in enumerate(references) if ref.doi}
    by_pmid = {str(ref.pmid): at for at, ref in enumerate(references) if ref.pmid}
    found: dict[int, list[int]] = {}
    for place, entry in enumerate(entries):
        said = {by_doi.get(str(entry.doi)), by_pmid.get(str(entry.pmid))} - {None}
        title = plain_letters(entry.title or entry.text)
        if not said and len(title) >= _SHORTEST_TITLE:
            said = {at for at, text in enumerate(texts) if title in text}
        if len(said) == 1 and (at := said.pop()) is not None and _may_be(references[at], entry):
            found.setdefault(at, []).append(place)
    paired = {at: places[0] for at, places in found.items() if len(places) == 1}
    if len(references) == len(entries) and all(at == place for at, place in paired.items()):
        both = enumerate(zip(references, entries, strict=True))
        paired |= {at: at for at, (ref, entry) in both if at not in found and _stands_alike(ref, entry, texts[at])}
    return {at: entries[place] for at, place in paired.items()}


def _may_be(reference: Reference, entry: ListedEntry) -> bool:
    """Whether nothing that is printed contradicts the entry."""
    if reference.doi and entry.doi and reference.doi != entry.doi:
        return False
    if reference.pmid and entry.pmid and reference.pmid != entry.pmid:
        return False
    return not (reference.year and entry.year) or abs(reference.year - int(entry.year)) <= 1


def _stands_alike(reference: Reference, entry: ListedEntry, text: str) -> bool:
    """Whether a reference that prints no title has the entry's first author and year."""
    family = plain_letters(" ".join(entry.authors[0].split()[:-1]) or entry.authors[0]) if entry.authors else ""
    return len(family) > 1 and family in text and bool(entry.year) and entry.year in text and _may_be(reference, entry)
