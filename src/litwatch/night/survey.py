"""One topic, one night, up to the fetch: its article read, its references resolved, its search made.

    begin: read the article → resolve its references → search          (every topic)
    fetch: one fetch for the night                                      (``fetch``, all topics together)
    save: sweeps closed → saved → read back → decided                   (``saved_night``, every topic)

A source that fails makes a failed sweep and a verdict that says so; what did arrive still counts. Nothing is written
here: ``store.save_night`` keeps a night in one transaction, or nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from litwatch.articles.model import Article
from litwatch.config.article_file import open_article
from litwatch.decisions.accepted_signs import Acceptance, choose_earlier_texts, choose_past_search
from litwatch.decisions.article_identity import WatchedText, as_printed, may_be_another
from litwatch.decisions.found_papers import FoundPaper
from litwatch.decisions.records_to_reread import select_told
from litwatch.decisions.search_window import Windows, awaited_leads_since, find_baseline, plan_windows
from litwatch.model.errors import SourceError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState
from litwatch.model.sweep import Outstanding, SweepKind
from litwatch.model.text.safe_text import clip
from litwatch.model.topic import Topic
from litwatch.night.feed_leads import Followed, follow_feed
from litwatch.night.fetch import BATCH, Delivery
from litwatch.night.related_papers_look import RelatedAsk, RelatedLook, look_for_related_papers
from litwatch.night.sweeps import TopicLook, look
from litwatch.reading.stored_report import accepted_searches, last_review, with_confirmed
from litwatch.references.matching.proposals import keep_matches
from litwatch.references.sentences_citing import Claims, map_claims
from litwatch.sources.protocol import BibliographicDatabase, MatchesReferences, ReadsLeads
from litwatch.store import CitedWork, Store

OnStep = Callable[[str], None]
"""Called with a short phrase whenever a step begins."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A survey before the night's fetch: what was read and asked, and what must be fetched."""

    topic: Topic
    article: Article
    matches: tuple[Match, ...]
    unresolved: str | None
    """Why references could not be looked up."""
    claims: Claims
    last_reviewed: date | None
    windows: Windows
    look: TopicLook
    leads: tuple[Followed, ...]
    ledger: tuple[Outstanding, ...]
    """What earlier nights left outstanding."""
    another_article: bool = False
    """Whether the text may be another article than the one of earlier nights."""
    told: tuple[FoundPaper, ...] = ()
    """The new records of earlier nights that are watched on."""
    reread: tuple[Pmid, ...] = ()
    """Those of them that are read again beside the search."""

    @property
    def cited(self) -> tuple[Pmid, ...]:
        """The papers that the article also cites."""
        return tuple(sorted(self.claims.cited))

    @property
    def works(self) -> tuple[CitedWork, ...]:
        """The cited works with a DOI that PubMed does not have, as far as is known."""
        return tuple(
            CitedWork(number, reference.doi, clip(reference.title or reference.text, 300))
            for number, reference in self.claims.works.items()
            if reference.doi is not None
        )

    @property
    def led_to(self) -> tuple[Pmid, ...]:
        """The papers that the topic's feeds name."""
        return tuple(dict.fromkeys(pmid for followed in self.leads for pmid in followed.pmids))

    @property
    def waited_for(self) -> tuple[Pmid, ...]:
        """The papers that did not come on earlier nights."""
        return tuple(item.pmid for item in self.ledger if item.ending is None)

    @property
    def of_feeds(self) -> tuple[Pmid, ...]:
        """The papers that only feeds have named, tonight or on earlier nights."""
        waited_for = [item.pmid for item in self.ledger if item.ending is None and item.how is SweepKind.FEED]
        found = frozenset(self.look.found)
        return tuple(pmid for pmid in dict.fromkeys((*waited_for, *self.led_to)) if pmid not in found)

    @property
    def rivals(self) -> tuple[Pmid, ...]:
        """The records among which an editor must choose; they are kept, so that they can be shown."""
        unsure = [match for match in self.matches if match.state is MatchState.CANDIDATE]
        return tuple(pmid for match in unsure for pmid in match.others)

    @property
    def wanted(self) -> tuple[Pmid, ...]:
        """Everything to be fetched."""
        return tuple(
            dict.fromkeys((*self.cited, *self.waited_for, *self.look.wanted, *self.led_to, *self.rivals, *self.reread))
        )

    @property
    def wanted_of_pubmed(self) -> tuple[Pmid, ...]:
        """What is to be fetched because PubMed itself named it, or an editor must choose among it."""
        by_feeds = frozenset(self.of_feeds)
        named = (pmid for pmid in (*self.waited_for, *self.look.wanted) if pmid not in by_feeds)
        return tuple(dict.fromkeys((*named, *self.rivals)))


def begin_survey(
    topic: Topic,
    *,
    entrez: BibliographicDatabase,
    store: Store,
    read_leads: ReadsLeads,
    today: date,
    on_step: OnStep = lambda _: None,
) -> Begun:
    """Read the article, resolve its references, search, and say what is to be fetched.

    Raises ArticleUnreadable and store errors. A failing source is part of the result, so that the other articles go on.
    """
    article = open_article(topic)
    on_step("references")
    with store.reading():
        topic = with_confirmed(topic, article, store)
        watched, now = store.watched_text(topic.slug), WatchedText(article.question, as_printed(article.references))
        another = watched is not None and may_be_another(watched, now)
        before = {} if another else store.matches(topic.slug)
        known = _recall_matched(article, before, store)
        last_reviewed = topic.last_reviewed if another else last_review(topic, store)
        accepted = Acceptance() if another else accepted_searches(topic, store)
        nights = store.searched_nights(topic.slug, topic.strategy)
        earlier = () if another else store.earlier_texts(topic.slug, topic.strategy)
        past = store.search_past(
            topic.slug,
            topic.strategy,
            choose_past_search(nights, accepted),
            choose_earlier_texts(nights, earlier, accepted),
        )
        swept = () if another else store.swept_windows(topic.slug, topic.strategy)
        ledger = store.outstanding(topic.slug)
        told = () if another else store.found_papers(topic.slug)
        awaited = store.unfound_dois(topic.slug, awaited_leads_since(today)) if topic.feeds else ()
    matches, unresolved = _resolve(topic, article, before, known, entrez)
    claims = map_claims(article, topic.pins, matches)

    on_step("search")
    windows = plan_windows(swept, find_baseline(article.last_updated, topic.last_reviewed, today), today)
    found = look(topic, windows, past, entrez=entrez, store=store, another_article=another)
    told = tuple(paper for paper in told if paper.is_watched and paper.pmid not in claims.cited)
    return Begun(
        topic=topic,
        article=article,
        matches=matches,
        unresolved=unresolved,
        claims=claims,
        last_reviewed=last_reviewed,
        windows=windows,
        look=found,
        leads=tuple(
            follow_feed(feed, () if place else awaited, entrez=entrez, read=read_leads, on_step=on_step)
            for place, feed in enumerate(topic.feeds)
        ),
        ledger=ledger,
        another_article=another,
        told=told,
        reread=select_told(told, {*found.found, *found.wanted}, BATCH, today),
    )


def look_up_related_papers(
    begun: Begun, delivery: Delivery, *, entrez: BibliographicDatabase, store: Store, today: date
) -> RelatedLook:
    """What is asked beside the searches, now that the cited records are in hand. Raises store errors."""
    known = store.current_records([pmid for pmid in begun.cited if pmid not in delivery.records])
    delivered = {pmid: delivery.records[pmid] for pmid in begun.cited if pmid in delivery.records}
    ask = RelatedAsk(
        begun.topic,
        begun.article.references,
        begun.matches,
        known | delivered,
        another_article=begun.another_article,
        reachable=begun.look.error is None and begun.unresolved is None and not delivery.unasked,
    )
    (look,) = look_for_related_papers([ask], entrez=entrez, store=store, today=today, delivered=delivery.records)
    return look


def _recall_matched(article: Article, before: Mapping[int, Match], store: Store) -> dict[Pmid, Record]:
    """The records in the store that references were matched with, and those that the others may be."""
    known = store.current_records([match.pmid for match in before.values() if match.pmid is not None])
    confirmed = {position for position, match in before.items() if match.state is MatchState.CONFIRMED}
    return known | store.look_up([ref for ref in article.references if ref.position not in confirmed])


def _resolve(
    topic: Topic,
    article: Article,
    before: Mapping[int, Match],
    known: Mapping[Pmid, Record],
    entrez: MatchesReferences,
) -> tuple[tuple[Match, ...], str | None]:
    """The references' matches; with an error, those of earlier nights, if they are of this article."""
    try:
        return entrez.match_references(article.references, topic.pins, before, known), None
    except SourceError as error:
        kept = keep_matches(article.references, topic.pins, before.values(), known)
        return kept, f"references could not be looked up: {error}"
