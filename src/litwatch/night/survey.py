"""Topics' night up to the fetch: their articles read, their references resolved, their searches made.

    begin: read the articles → read what is known → resolve the references → search     (a group of topics together)
    fetch: one fetch for the group                                                      (``fetch``)
    save: sweeps closed → saved → read back → decided                                   (``saved_night``)

A source that fails makes a failed sweep and a verdict that says so; what did arrive still counts. Nothing is written
here: ``saved_night`` keeps a night in one transaction, or nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from litwatch.articles.model import Article
from litwatch.decisions.found_papers import FoundPaper
from litwatch.decisions.records_to_reread import select_told
from litwatch.decisions.reference_schedule import ReferenceTry, note_tries, select_resting
from litwatch.decisions.related_papers import RelatedPapers
from litwatch.decisions.search_window import Windows, find_baseline, plan_windows
from litwatch.model.errors import OperatorError, SourceError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState
from litwatch.model.sweep import Outstanding, SweepKind
from litwatch.model.text.safe_text import clip
from litwatch.model.topic import Topic
from litwatch.night.feed_leads import Followed, follow_feed
from litwatch.night.fetch import BATCH, Delivery
from litwatch.night.pasts import Past, read_pasts
from litwatch.night.related_papers_look import RelatedAsk, RelatedLook, look_for_related_papers
from litwatch.night.spared import Spare
from litwatch.night.sweeps import SearchAsk, TopicLook, look_all
from litwatch.reading.known_articles import read_articles
from litwatch.references.matching.proposals import keep_matches
from litwatch.references.sentences_citing import Claims, map_claims
from litwatch.sources.in_flight import IN_FLIGHT, ask_beside
from litwatch.sources.protocol import BibliographicDatabase, ReadsLeads, ReferenceAsk, ReferencesMatched
from litwatch.store import CitedWork, Store

OnStep = Callable[[str, str], None]
"""Called with a topic's slug (or ``""``) and a short phrase whenever a step begins."""


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
    tries: tuple[ReferenceTry, ...] | None = None
    """When references that were not found were last looked up; None where what is remembered of it stands."""
    related: RelatedPapers | None = None
    """What the weekly questions found last."""

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
        """The records among which an editor must choose, and a topic's known papers; they are kept to be shown and
        compared with."""
        unsure = [match for match in self.matches if match.state is MatchState.CANDIDATE]
        return (*(pmid for match in unsure for pmid in match.others), *self.topic.known_papers)

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


def begin_surveys(
    topics: Sequence[Topic],
    *,
    entrez: BibliographicDatabase,
    store: Store,
    read_leads: ReadsLeads,
    today: date,
    spare: Spare,
    keep: bool = True,
    rests: bool = True,
    on_step: OnStep = lambda _slug, _step: None,
) -> tuple[list[Begun], Mapping[Pmid, Record]]:
    """Read the articles, resolve their references, search, and say what is to be fetched, for many topics together.

    Returns the surveys begun, and the records that came while references were looked up. What befalls one topic is
    told to ``spare``, and the others go on; a failing source is part of the result. Unless ``keep`` is true, nothing is
    written; unless ``rests`` is true, every reference that was not found is looked up again. Raises store errors.
    """
    articles = read_articles(topics, store, spare, keep=keep)
    pasts = _read_pasts(articles, store, today, spare)
    pasts = tuple(past for past in pasts if spare(past.topic.slug, partial(_announce, past, on_step)))
    asks = [_ask(past, today, rests=rests) for past in pasts]
    windows = [_plan(past, today) for past in pasts]
    resolved, looks = _resolve_and_search(
        partial(entrez.match_many, asks),
        partial(
            look_all,
            [
                SearchAsk(past.topic, each, past.search, past.another_article)
                for past, each in zip(pasts, windows, strict=True)
            ],
            entrez=entrez,
            store=store,
            spare=spare,
            on_step=on_step,
        ),
        articles=len(pasts),
    )
    asked = []
    for past, ask, window, answer, found in zip(pasts, asks, windows, resolved.answers, looks, strict=True):
        if isinstance(answer, Exception) and not isinstance(answer, SourceError):
            spare.note(past.topic.slug, answer)
        elif found is not None:
            matches, unresolved = _or_as_before(past, answer)
            claims = map_claims(past.article, past.topic.pins, matches)
            tries = None if unresolved else _note_tries(past, ask, matches, today)
            asked.append((_Asked(past, matches, unresolved, claims, window, tries), found))
    begun = spare.in_flight(
        (
            one.past.topic.slug,
            partial(_begin, one, found, entrez=entrez, read_leads=read_leads, today=today, on_step=on_step),
        )
        for one, found in asked
    )
    return [one for one in begun if one is not None], resolved.records


def _resolve_and_search(
    resolve: Callable[[], ReferencesMatched], search: Callable[[], list[TopicLook | None]], *, articles: int
) -> tuple[ReferencesMatched, list[TopicLook | None]]:
    """Both, at the same time where there are enough articles.

    Looking references up takes some six requests, each of which waits for the one before; searching takes one for each
    article. Beside more searches than are in flight at once, the look-ups cost no time of their own. With fewer, one
    after the other is as fast, and easier to follow.
    """
    if articles > IN_FLIGHT:
        return ask_beside(resolve, search)
    return resolve(), search()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A topic whose references have been looked up."""

    past: Past
    matches: tuple[Match, ...]
    unresolved: str | None
    claims: Claims
    windows: Windows
    tries: tuple[ReferenceTry, ...] | None


def _read_pasts(articles: Sequence[tuple[Topic, Article]], store: Store, today: date, spare: Spare) -> tuple[Past, ...]:
    """The pasts of all; where one of them cannot be read, each is read alone."""
    try:
        return read_pasts(articles, store, today)
    except OperatorError:
        raise
    except Exception:  # noqa: BLE001 - whose it is is found out below
        alone = [
            spare(topic.slug, partial(read_pasts, [(topic, article)], store, today)) for topic, article in articles
        ]
        return tuple(past for pasts in alone if pasts is not None for past in pasts)


def _plan(past: Past, today: date) -> Windows:
    baseline = find_baseline(past.topic.since or past.article.last_updated, past.topic.last_reviewed, today)
    return plan_windows(past.swept, baseline, today)


def _begin(
    asked: _Asked,
    found: TopicLook,
    *,
    entrez: BibliographicDatabase,
    read_leads: ReadsLeads,
    today: date,
    on_step: OnStep,
) -> Begun:
    past = asked.past
    slug = past.topic.slug
    told = tuple(paper for paper in past.told if paper.is_watched and paper.pmid not in asked.claims.cited)
    return Begun(
        topic=past.topic,
        article=past.article,
        matches=asked.matches,
        unresolved=asked.unresolved,
        claims=asked.claims,
        last_reviewed=past.last_reviewed,
        windows=asked.windows,
        look=found,
        leads=tuple(
            follow_feed(
                feed,
                () if place else past.awaited,
                entrez=entrez,
                read=read_leads,
                on_step=lambda step: on_step(slug, step),
            )
            for place, feed in enumerate(past.topic.feeds)
        ),
        ledger=past.ledger,
        another_article=past.another_article,
        told=told,
        reread=select_told(told, {*found.found, *found.wanted}, BATCH, today),
        tries=asked.tries,
        related=past.related,
    )


def look_up_related_papers(
    begun: Sequence[Begun], delivery: Delivery, *, entrez: BibliographicDatabase, store: Store, today: date
) -> tuple[RelatedLook, ...]:
    """What is asked about each beside the searches, now that the cited records are in hand. Raises store errors."""
    known = store.current_records([pmid for one in begun for pmid in one.cited if pmid not in delivery.records])
    cited = known | delivery.records
    asks = [
        RelatedAsk(
            one.topic,
            one.article.references,
            one.matches,
            {pmid: cited[pmid] for pmid in one.cited if pmid in cited},
            another_article=one.another_article,
            last=one.related,
            reachable=one.look.error is None and one.unresolved is None and not delivery.unasked,
        )
        for one in begun
    ]
    return look_for_related_papers(asks, entrez=entrez, store=store, today=today, delivered=delivery.records)


def _announce(past: Past, on_step: OnStep) -> bool:
    on_step(past.topic.slug, "references")
    return True


def _ask(past: Past, today: date, *, rests: bool) -> ReferenceAsk:
    references = past.article.references
    resting = select_resting(past.topic.slug, references, past.matches, past.tries, today) if rests else ()
    return ReferenceAsk(references, past.topic.pins, past.matches, past.known, resting)


def _note_tries(
    past: Past, ask: ReferenceAsk, matches: tuple[Match, ...], today: date
) -> tuple[ReferenceTry, ...] | None:
    tries = note_tries(ask.references, matches, ask.resting, past.tries, today)
    return tries if tries != past.tries else None


def _or_as_before(past: Past, answer: tuple[Match, ...] | SourceError) -> tuple[tuple[Match, ...], str | None]:
    """The references' matches; with an error, those of earlier nights, if they are of this article."""
    if not isinstance(answer, SourceError):
        return answer, None
    kept = keep_matches(past.article.references, past.topic.pins, past.matches.values(), past.known)
    return kept, f"references could not be looked up: {answer}"
