"""A chronicle: dated revisions in, and in words what PubMed shows of each record from which day on.

It tells the difference between what one revision says and the next, so a scenario's author reads what a client will
see, not what the file meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from litwatch.model.record import Notice, Record
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin.citation_xml import write_article_set
from litwatch.standin.life import Revision

_STAGES: Final[Mapping[str, str]] = {
    "Publisher": "ahead of print",
    "In-Data-Review": "in data review",
    "In-Process": "in process",
    "MEDLINE": "indexed",
    "PubMed-not-MEDLINE": "not medline",
}
"""MedlineCitation/@Status → the word that a scenario has for it."""

_PARTS: Final[Mapping[str, Callable[[Record], object]]] = {
    "title": lambda record: record.title,
    "abstract": lambda record: record.abstract,
    "authors": lambda record: record.authors,
    "DOI": lambda record: record.doi,
    "publication date": lambda record: (record.published, record.electronic),
    "volume and pages": lambda record: (record.journal.volume, record.journal.issue, record.journal.pages),
    "keywords": lambda record: record.keywords,
    "references": lambda record: record.cites,
}


@dataclass(frozen=True, slots=True)
class Life:
    """One record's days."""

    pmid: int
    title: str
    """As it is at the end."""
    days: tuple[tuple[date, str], ...]
    """(from which day on, what is new then), ascending."""


def tell(revisions: Iterable[Revision]) -> Iterator[Life]:
    """Tell each record's life, by PMID. ``revisions`` must be in order (``life.in_order``) and readable."""
    states: dict[int, dict[date, bytes | None]] = {}
    for revision in revisions:
        states.setdefault(revision.pmid, {})[revision.visible_from] = revision.xml
    for pmid, by_day in sorted(states.items()):
        days = []
        title, before = "", None
        for day, xml in by_day.items():
            now = None if xml is None else parse_article_set(write_article_set([xml])).records[0]
            days.append((day, "; ".join(_news(before, now))))
            title, before = now.title if now else title, now
        yield Life(pmid, title, tuple(days))


def _news(before: Record | None, now: Record | None) -> Iterator[str]:
    if now is None:
        yield "gone"
        return
    stage = _STAGES.get(now.status, now.status)
    if before is None:
        yield f"appears, {stage}"
        if now.entered != now.created:
            yield f"entry date {now.entered}"
        yield from map(_named, now.notices)
        return
    news = [stage] if now.status != before.status else []
    if now.mesh != before.mesh:
        news.append(f"{len(now.mesh)} headings")
    news += [f"+ {kind.label}" for kind in now.publication_types if kind not in before.publication_types]
    news += [f"- {kind.label}" for kind in before.publication_types if kind not in now.publication_types]
    news += [_named(notice) for notice in now.notices if notice not in before.notices]
    news += [f"{_named(notice)} withdrawn" for notice in before.notices if notice not in now.notices]
    news += [f"new {name}" for name, part in _PARTS.items() if part(now) != part(before)]
    yield from news or ["revised"]


def _named(notice: Notice) -> str:
    return f"{notice.ref_type} {notice.pmid or 'without PMID'}"
