"""What the store knows of topics before their night, read for many of them at once: a statement each, one opening.

An article whose file is as it was read last is not read again (``store.kept_articles``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.articles.model import Article
from litwatch.decisions.accepted_signs import Acceptance, choose_earlier_texts, choose_past_search
from litwatch.decisions.article_identity import WatchedText, as_printed, may_be_another
from litwatch.decisions.found_papers import FoundPaper
from litwatch.decisions.reference_schedule import ReferenceTry
from litwatch.decisions.related_papers import RelatedPapers
from litwatch.decisions.search_window import SweptWindow, awaited_leads_since
from litwatch.decisions.verdict import Verdict
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.sweep import Outstanding, SearchPast, SearchSign
from litwatch.model.topic import Topic
from litwatch.reading.stored_report import add_confirmed, later_review
from litwatch.store import Store
from litwatch.store.documents import prepare_to_load
from litwatch.store.search_memory import AskedPast


@dataclass(frozen=True, slots=True)
class Past:
    """One topic before its night."""

    topic: Topic
    """With the references that people have confirmed."""
    article: Article
    another_article: bool
    """Whether the text may be another article than the one of earlier nights; then little of what follows counts."""
    matches: Mapping[int, Match]
    """Of earlier nights, by place in the list."""
    known: Mapping[Pmid, Record]
    """The records in the store that references were matched with, and those that the others may be."""
    tries: tuple[ReferenceTry, ...]
    """When references that were not found were last looked up."""
    last_reviewed: date | None
    search: SearchPast
    swept: tuple[SweptWindow, ...]
    ledger: tuple[Outstanding, ...]
    """What earlier nights left outstanding."""
    told: tuple[FoundPaper, ...]
    """The new records of earlier nights."""
    awaited: tuple[Doi, ...]
    """What feeds have named and PubMed did not have."""
    related: RelatedPapers | None
    """What the weekly questions found last."""


def read_pasts(articles: Sequence[tuple[Topic, Article]], store: Store, today: date) -> tuple[Past, ...]:
    """The pasts of these topics with their articles, in their order. Raises store errors."""
    slugs = [topic.slug for topic, _ in articles]
    strategies = {topic.slug: topic.strategy for topic, _ in articles}
    prepare_to_load(Record, Verdict, RelatedPapers, tuple[Match, ...], tuple[SearchSign, ...], tuple[ReferenceTry, ...])
    with store.reading():
        confirmed = store.confirmed_references_of(slugs)
        watched = store.watched_texts(slugs)
        another = {topic.slug: _is_another(watched[topic.slug], article) for topic, article in articles}
        matches = {slug: {} if another[slug] else own for slug, own in store.matches_of(slugs).items()}
        known = _recall_matched(articles, matches, store)
        tries = store.reference_tries_of(slugs)
        reviews, nights_reviewed = store.last_reviews(slugs), store.reviewed_nights(slugs)
        nights, texts = store.searched_nights_of(strategies), store.earlier_texts_of(strategies)
        asks = []
        for topic, _ in articles:
            slug = topic.slug
            old = not another[slug]
            accepted = Acceptance(nights_reviewed[slug], topic.last_reviewed) if old else Acceptance()
            earlier = choose_earlier_texts(nights[slug], texts[slug], accepted) if old else ()
            asks.append(AskedPast(slug, topic.strategy, choose_past_search(nights[slug], accepted), earlier))
        searches = store.search_pasts(asks)
        swept, ledgers = store.swept_windows_of(strategies), store.outstanding_of(slugs)
        readers = {topic.slug: topic.readers for topic, _ in articles}
        told, related = store.found_papers_of(slugs, readers), store.related_papers_of(slugs)
        since = awaited_leads_since(today)
        awaited = {topic.slug: store.unfound_dois(topic.slug, since) for topic, _ in articles if topic.feeds}
    return tuple(
        Past(
            topic=add_confirmed(topic, article, confirmed[topic.slug]),
            article=article,
            another_article=another[topic.slug],
            matches=matches[topic.slug],
            known=known[topic.slug],
            tries=() if another[topic.slug] else tries[topic.slug],
            last_reviewed=topic.last_reviewed if another[topic.slug] else later_review(topic, reviews[topic.slug]),
            search=searches[topic.slug],
            swept=() if another[topic.slug] else swept[topic.slug],
            ledger=ledgers[topic.slug],
            told=() if another[topic.slug] else told[topic.slug],
            awaited=awaited.get(topic.slug, ()),
            related=related[topic.slug],
        )
        for topic, article in articles
    )


def _is_another(watched: WatchedText | None, article: Article) -> bool:
    now = WatchedText(article.question, as_printed(article.references))
    return watched is not None and may_be_another(watched, now)


def _recall_matched(
    articles: Sequence[tuple[Topic, Article]], matches: Mapping[str, Mapping[int, Match]], store: Store
) -> dict[str, dict[Pmid, Record]]:
    """``Past.known`` of each topic."""
    matched = {slug: [m.pmid for m in own.values() if m.pmid is not None] for slug, own in matches.items()}
    records = store.current_records({pmid for pmids in matched.values() for pmid in pmids})
    unsure = {topic.slug: _select_unsure(article.references, matches[topic.slug]) for topic, article in articles}
    possible = store.look_up_for(unsure)
    return {
        slug: {pmid: records[pmid] for pmid in pmids if pmid in records} | possible.get(slug, {})
        for slug, pmids in matched.items()
    }


def _select_unsure(references: Collection[Reference], matches: Mapping[int, Match]) -> list[Reference]:
    confirmed = {position for position, match in matches.items() if match.state is MatchState.CONFIRMED}
    return [reference for reference in references if reference.position not in confirmed]
