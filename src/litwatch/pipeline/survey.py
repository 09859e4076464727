"""One topic, one night: search, fetch, compare, decide. What is learnt is returned, not yet kept.

    begin: read the article → resolve its references → search          (every topic)
    fetch: one fetch for the night                                      (``fetching``, all topics together)
    finish: sweeps closed → changes → signals → verdict                 (every topic)

A source that fails makes a failed sweep and a verdict that says so; what did arrive still counts. This module
refuses to write: ``store.save_night`` keeps a night in one transaction, or nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from litwatch.articles import read_article
from litwatch.articles.model import Article
from litwatch.citations import Match, MatchState, Pmid, ReferenceKind
from litwatch.claims import Claims, map_claims
from litwatch.diff import Change, ChangeKind, find_cited_changes, find_new_records
from litwatch.entrez import Entrez, resolve
from litwatch.errors import ArticleUnreadable, SourceError
from litwatch.integrity import PaperState
from litwatch.lint import lint
from litwatch.outstanding import carry_forward
from litwatch.pipeline.answers import read_answers
from litwatch.pipeline.asides import Aside, look_beside
from litwatch.pipeline.fetching import Delivery
from litwatch.pipeline.leads import Followed, ReadLeads, follow_feed
from litwatch.pipeline.recall import assemble, keep_matches, last_review, with_confirmed
from litwatch.pipeline.second_source import WatchLook, close_watch, entries_about
from litwatch.pipeline.standings import notices_on, read_integrity
from litwatch.pipeline.sweeping import (
    LOOK_BACK,
    TopicLook,
    Windows,
    close_citation_sweep,
    close_feed,
    close_topic_sweep,
    look,
    plan_windows,
)
from litwatch.records import Record
from litwatch.reports import Report
from litwatch.store import FateState, OpenChange, Store
from litwatch.sweeps import Outstanding, SweepKind, SweepState, TopicNight
from litwatch.topics import Topic
from litwatch.triage import triage
from litwatch.verdict import decide

FIRST_LOOK = timedelta(days=365)
"""How far the first sweep looks back for an article that shows no date."""

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

    @property
    def cited(self) -> tuple[Pmid, ...]:
        """The papers that the article rests on."""
        return tuple(sorted(self.claims.cited))

    @property
    def led_to(self) -> tuple[Pmid, ...]:
        """The papers that the topic's feeds name."""
        return tuple(dict.fromkeys(pmid for followed in self.leads for pmid in followed.pmids))

    @property
    def waited_for(self) -> tuple[Pmid, ...]:
        """The papers that did not come on earlier nights."""
        return tuple(item.pmid for item in self.ledger)

    @property
    def rivals(self) -> tuple[Pmid, ...]:
        """The records among which an editor must choose; they are kept, so that they can be shown."""
        unsure = [match for match in self.matches if match.state is MatchState.CANDIDATE]
        return tuple(pmid for match in unsure for pmid in match.others)

    @property
    def wanted(self) -> tuple[Pmid, ...]:
        """Everything to be fetched."""
        return tuple(dict.fromkeys((*self.cited, *self.waited_for, *self.look.wanted, *self.led_to, *self.rivals)))


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What one night found out about one topic: what is to be kept, and what a reader would be shown."""

    night: TopicNight
    report: Report

    @property
    def failures(self) -> tuple[str, ...]:
        """One sentence for each sweep that did not complete."""
        return tuple(f"{sweep.kind}: {sweep.error}" for sweep in self.night.sweeps if sweep.state is SweepState.FAILED)


def open_article(topic: Topic) -> Article:
    """The topic's article as its file stands now. Raises ArticleUnreadable with the file's name."""
    try:
        data = topic.article.read_bytes()
    except OSError as error:
        raise ArticleUnreadable(
            f"{topic.article}: {error.strerror or error}; put the article there or correct `article` in {topic.file}"
        ) from None
    return read_article(data, name=topic.article.name)


def begin_survey(
    topic: Topic,
    *,
    entrez: Entrez,
    store: Store,
    read_leads: ReadLeads,
    today: date,
    on_step: OnStep = lambda _: None,
) -> Begun:
    """Read the article, resolve its references, search, and say what is to be fetched.

    Raises ArticleUnreadable and store errors. A failing source is part of the result, so that the other articles go on.
    """
    article = open_article(topic)
    topic = with_confirmed(topic, article, store)

    on_step("references")
    matches, unresolved = _resolve(topic, article, store, entrez)
    claims = map_claims(article, topic.pins, matches)

    on_step("search")
    with store.reading():
        last_reviewed = last_review(topic, store)
        past = store.search_past(topic.slug, topic.strategy, accepted=last_reviewed)
        windows = plan_windows(topic, _baseline(topic, article, today), store, today)
        ledger = store.outstanding(topic.slug)
    return Begun(
        topic=topic,
        article=article,
        matches=matches,
        unresolved=unresolved,
        claims=claims,
        last_reviewed=last_reviewed,
        windows=windows,
        look=look(topic, windows, past, entrez=entrez, store=store),
        leads=tuple(follow_feed(feed, entrez=entrez, read=read_leads, on_step=on_step) for feed in topic.feeds),
        ledger=ledger,
    )


def look_aside(begun: Begun, delivery: Delivery, *, entrez: Entrez, store: Store, today: date) -> Aside:
    """What is asked beside the searches, now that the cited records are in hand. Raises store errors."""
    known = store.current_records([pmid for pmid in begun.cited if pmid not in delivery.records])
    delivered = {pmid: delivery.records[pmid] for pmid in begun.cited if pmid in delivery.records}
    return look_beside(
        begun.topic,
        begun.article.references,
        begun.matches,
        known | delivered,
        entrez=entrez,
        store=store,
        today=today,
        reachable=begun.look.error is None and begun.unresolved is None and not delivery.unasked,
    )


def finish_survey(
    begun: Begun,
    delivery: Delivery,
    aside: Aside,
    *,
    store: Store,
    run: str,
    now: datetime,
    notices: Delivery,
    watch: WatchLook | None,
) -> Surveyed:
    """Compare what was delivered with what was known, and decide. Raises store errors.

    ``notices`` is what became of fetching the records of notices themselves, ``watch`` what became of reading the
    Retraction Watch table, None where the settings name none.
    """
    topic, article, claims, seen = begun.topic, begun.article, begun.claims, begun.look
    today = now.date()
    records = {pmid: delivery.records[pmid] for pmid in begun.wanted if pmid in delivery.records}
    ledger = _carry_forward(begun, delivery, now)
    served = store.known(begun.cited)
    by_feed = frozenset(begun.led_to).difference(seen.found)
    topic_sweep, signs = close_topic_sweep(
        topic,
        seen,
        tuple(dict.fromkeys((*seen.wanted, *begun.waited_for))),
        [item for item in ledger if item.pmid not in by_feed],
        delivery,
    )
    known_cited = {**store.current_records(claims.cited), **records}
    linked = notices_on(known_cited.values())
    telling = {pmid: notices.records[pmid] for pmid in linked if pmid in notices.records}
    announcing = {**store.current_records(linked), **records, **telling}
    watched = entries_about(known_cited, begun.cited, store)
    sweeps = (
        topic_sweep,
        close_citation_sweep(begun.cited, begun.unresolved, delivery, served, linked=linked, notices=notices),
        *(
            close_feed(followed, [item for item in ledger if item.pmid in by_feed], delivery)
            for followed in begun.leads
        ),
        *((close_watch(watch, begun.cited, watched),) if watch is not None else ()),
    )

    fresh = {**records, **telling}
    integrity = read_integrity(begun.cited, store, on=today, fresh=fresh, missing=delivery.left_out(begun.cited))
    changes = (
        *find_cited_changes(
            begun.cited,
            store.records_last_seen(topic.slug, SweepKind.CITATION),
            records,
            [pmid for pmid in delivery.left_out(begun.cited) if pmid in served],
            notices=announcing,
            watched=watched,
            restored=[pmid for pmid, each in integrity.items() if each.sayings[0].state is PaperState.REINSTATED],
        ),
        *_find_news(begun, records, store),
    )
    recorded = store.recorded_changes(topic.slug, among=[change.pmid for change in changes])
    standing = store.open_changes(topic.slug, on=today)
    still_open = {item.change for item in standing}
    again = _gone_again(changes, store)
    standing += tuple(
        OpenChange(change, now, None)
        for change in changes
        if change not in recorded or (change in again and change not in still_open)
    )
    newest = {**store.current_records([item.change.pmid for item in standing]), **records}
    findings = lint(article, topic.pins, begun.matches, known_cited)
    before = {item.change.pmid for item in standing if item.change.is_about_cited} - integrity.keys()
    integrity |= read_integrity(before, store, on=today, fresh=fresh)
    answers, kept = read_answers(topic.slug, store), store.kept(topic.slug, on=today)
    signals = triage(
        [item.change for item in standing],
        newest,
        topic,
        article,
        claims,
        integrity=integrity,
        answers=answers,
        kept=kept,
    )
    verdict = decide(
        signals=signals,
        kept=kept,
        findings=findings,
        matches=begun.matches,
        settled=settled_positions(topic),
        # A feed is a hint beside the searches: that it failed is told, but the article was surveyed without it.
        failures=[f"The {s.kind} did not complete: {s.error}" for s in sweeps[:2] if s.state is SweepState.FAILED],
        search_signs=[sign.clause for sign in signs],
        last_updated=article.last_updated,
        last_reviewed=begun.last_reviewed,
        searched_to=seen.window.last if topic_sweep.state is SweepState.COMPLETE else begun.windows.reached,
        thresholds=topic.thresholds,
        cites_guideline=cites_guideline(article),
        today=today,
    )
    how = {item.pmid: item.how for item in ledger}
    night = TopicNight(
        topic=topic.slug,
        run=run,
        surveyed_at=now,
        sweeps=sweeps,
        records=tuple(record for _, record in sorted({**aside.records, **telling, **records}.items())),
        sightings=(
            *((pmid, SweepKind.TOPIC) for pmid in seen.wanted if pmid in records),
            *((pmid, SweepKind.CITATION) for pmid in begun.cited if pmid in records),
            *((pmid, SweepKind.FEED) for pmid in begun.led_to if pmid in records),
            *((pmid, how[pmid]) for pmid in begun.waited_for if pmid in records),
        ),
        matches=begun.matches,
        changes=changes,
        verdict=verdict,
        outstanding=ledger,
        beside=aside.beside,
    )
    report = assemble(
        topic,
        article,
        findings=findings,
        matches=begun.matches,
        signals=signals,
        standing=standing,
        records={**_beside_records(aside, store), **newest, **known_cited},
        integrity=integrity,
        verdict=verdict,
        sweeps=sweeps,
        last_reviewed=begun.last_reviewed,
        surveyed_at=now,
        day=today,
        beside=aside.beside,
        answers=answers,
        closed_leads=store.closed_leads(topic.slug),
    )
    return Surveyed(night, report)


def _beside_records(aside: Aside, store: Store) -> Mapping[Pmid, Record]:
    return {**store.current_records(aside.beside.pmids), **aside.records} if aside.beside else {}


def cites_guideline(article: Article) -> bool:
    """Whether the reference list says of an entry that it is a guideline."""
    return any(reference.kind is ReferenceKind.GUIDELINE for reference in article.references)


def settled_positions(topic: Topic) -> frozenset[int]:
    """Places of the reference list that the editor has declared not to be in PubMed."""
    return frozenset(pin.position for pin in topic.pins if pin.not_in_pubmed and pin.position is not None)


def _baseline(topic: Topic, article: Article, today: date) -> date:
    """The day from which a record is news to the article: its last update or review, whichever is later."""
    known = [day for day in (article.last_updated, topic.last_reviewed) if day is not None and day <= today]
    return max(known, default=today - FIRST_LOOK)


def _resolve(topic: Topic, article: Article, store: Store, entrez: Entrez) -> tuple[tuple[Match, ...], str | None]:
    """The references' matches; with an error, those of earlier nights."""
    with store.reading():
        before = store.matches(topic.slug)
        known = store.current_records([match.pmid for match in before.values() if match.pmid is not None])
        confirmed = {position for position, match in before.items() if match.state is MatchState.CONFIRMED}
        known |= store.look_up([ref for ref in article.references if ref.position not in confirmed])
    try:
        return resolve(article.references, topic.pins, before, known, entrez), None
    except SourceError as error:
        kept = keep_matches(article.references, topic.pins, before.values(), known)
        return kept, f"references could not be looked up: {error}"


def _find_news(begun: Begun, records: Mapping[Pmid, Record], store: Store) -> tuple[Change, ...]:
    """The new records among what tonight's search found, its feeds named, and earlier nights were left without."""
    topic, cited = begun.topic.slug, begun.claims.cited
    named = [pmid for pmid in dict.fromkeys((*begun.look.found, *begun.led_to)) if pmid in records]
    late = [item for item in begun.ledger if item.pmid in records]
    seen = store.sightings(topic, among=[*named, *(item.pmid for item in late)])
    changes = list(find_new_records([records[pmid] for pmid in named], cited, seen, begun.windows.since))
    for item in late:
        # It counts as on the night that went without it, although the article may have been updated since.
        then = min(begun.windows.since, item.since.date() - LOOK_BACK)
        changes += find_new_records([records[item.pmid]], cited, seen, then)
    return tuple(dict.fromkeys(changes))


def _gone_again(changes: Iterable[Change], store: Store) -> frozenset[Change]:
    """Cited records that PubMed had served again and tonight serves no more: a closed change of this kind reopens."""
    gone = [change for change in changes if change.kind is ChangeKind.CITED_MISSING]
    fates = store.fates([change.pmid for change in gone])
    returned = {pmid for pmid, fate in fates.items() if fate.state is FateState.RETURNED}
    return frozenset(change for change in gone if change.pmid in returned)


def _carry_forward(begun: Begun, delivery: Delivery, now: datetime) -> tuple[Outstanding, ...]:
    found = begun.look.found
    return carry_forward(
        begun.ledger,
        announced={**dict.fromkeys(begun.led_to, SweepKind.FEED), **dict.fromkeys(found, SweepKind.TOPIC)},
        delivered=delivery.records.keys() | begun.look.known,
        missing=delivery.missing,
        unreadable=delivery.unreadable,
        searched=begun.look.error is None and not any(followed.error for followed in begun.leads),
        now=now,
    )
