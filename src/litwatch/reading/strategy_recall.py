"""An article's cited records, and what its strategy or a proposed one finds and costs.

The records come from the store where a night has run, else from PubMed, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from litwatch.articles.model import Article
from litwatch.decisions.related_papers_schedule import counted_window, per_month
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchCode, MatchReason, MatchState, Reference, ReferenceKind
from litwatch.model.topic import Pin, Topic
from litwatch.references.matching.proposals import keep_matches
from litwatch.sources.protocol import CountsRecords, MatchesReferences
from litwatch.store import Store
from litwatch.strategy import parse
from litwatch.strategy.known_items import KnownItems, recall_known_items
from litwatch.strategy.record_index import RecordIndex


@dataclass(frozen=True, slots=True)
class CitedRecords:
    """What an article cites, as far as it is known."""

    matches: tuple[Match, ...]
    records: Mapping[Pmid, Record]


def read_cited_records(
    slug: str | None, article: Article, pins: Iterable[Pin], store: Store, entrez: MatchesReferences | None
) -> CitedRecords:
    """The matches and records of the last night, or looked up now where there was none and ``entrez`` is given.

    Raises SourceError and store errors.
    """
    pins = tuple(pins)
    remembered = tuple(store.matches(slug).values()) if slug else ()
    known = store.current_records([match.pmid for match in remembered if match.pmid is not None])
    if remembered or entrez is None:
        return CitedRecords(keep_matches(article.references, pins, remembered, known), known)
    matches = entrez.match_references(article.references, pins, {}, store.look_up(article.references))
    pmids = [match.pmid for match in matches if match.pmid is not None]
    return CitedRecords(matches, {record.pmid: record for record in entrez.fetch(pmids).whole().records})


def read_expected_papers(
    topic: Topic | None,
    article: Article,
    store: Store,
    entrez: MatchesReferences | None,
    *,
    slug: str | None,
) -> tuple[Article, CitedRecords]:
    """What the strategy should find: the article's cited papers (``read_cited_records``), or a topic's known ones.

    Where there is no article, the known papers stand in the returned one as its references, so that both are held
    against a strategy in the same way. Raises SourceError and store errors.
    """
    if topic is None or not article.is_absent:
        return article, read_cited_records(slug, article, topic.pins if topic else (), store, entrez)
    records = store.current_records(topic.known_papers)
    lacking = [pmid for pmid in topic.known_papers if pmid not in records]
    if lacking and entrez is not None:
        records |= {record.pmid: record for record in entrez.fetch(lacking).whole().records}
    listed = tuple(
        Reference(place, None, ReferenceKind.OTHER, f"PMID {pmid}", "", None, pmid=pmid, text=f"PMID {pmid}")
        for place, pmid in enumerate(topic.known_papers, 1)
    )
    matches = tuple(
        Match(each.position, MatchState.CONFIRMED, each.pmid, 1.0, "pinned", MatchReason(MatchCode.PINNED))
        for each in listed
        if each.pmid in records
    )
    return replace(article, references=listed), CitedRecords(matches, records)


def recall_cited(topic: Topic, article: Article, cited: CitedRecords, today: date) -> KnownItems:
    """The known-item recall of the topic's own strategy. Raises StrategyError."""
    return recall_known_items(topic.strategy, article.references, cited.matches, cited.records, today)


def count_costs(terms: Iterable[str], store: Store, entrez: CountsRecords | None, today: date) -> dict[str, float]:
    """Records a month for each term: by PubMed, or without it by the evaluator over the store's last 365 days.

    The store holds what strategies have found, so its figure is a floor. Raises SourceError.
    """
    wanted = list(dict.fromkeys(terms))
    if entrez is not None:
        return {term: count_per_month(entrez, term, today) for term in wanted}
    if not wanted:
        return {}
    days = counted_window(today)
    lately = (
        r for r in store.current_records().values() if r.entered is not None and days.first <= r.entered <= days.last
    )
    index = RecordIndex(lately)
    return {term: per_month(len(index.search(parse(term), today=today).pmids)) for term in wanted}


def count_per_month(entrez: CountsRecords, term: str, today: date) -> float:
    """Records a month that a search finds, from those that entered PubMed in the last 365 days. Raises SourceError."""
    days = counted_window(today)
    return per_month(entrez.count(f"({term}) AND {days.first:%Y/%m/%d}:{days.last:%Y/%m/%d}[edat]"))
