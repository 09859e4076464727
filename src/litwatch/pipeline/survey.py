"""One topic, one night: search, fetch, compare, decide. What is learnt is returned, not yet kept.

    read the article → resolve its references → topic sweep and citation sweep → changes → signals → verdict

A source that fails makes a failed sweep and a verdict that says so; what did arrive still counts. This module
refuses to write: ``store.save_night`` keeps a night in one transaction, or nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from litwatch.articles import read_article
from litwatch.articles.model import Article
from litwatch.citations import Match, Pmid
from litwatch.claims import map_claims
from litwatch.diff import find_cited_changes, find_new_records
from litwatch.entrez import Entrez, resolve
from litwatch.errors import ArticleUnreadable, SourceError
from litwatch.lint import lint
from litwatch.pipeline.leads import Followed, ReadLeads, follow_feed
from litwatch.pipeline.recall import assemble, keep_matches, last_review
from litwatch.records import Record
from litwatch.reports import Report
from litwatch.store import OpenChange, Store
from litwatch.sweeps import Search, Sweep, SweepKind, SweepState, TopicNight, Window
from litwatch.topics import Topic
from litwatch.triage import triage
from litwatch.verdict import decide

OVERLAP = timedelta(days=30)
"""How far each topic sweep looks back before the watermark, and the first before the article's date, because records
become findable days after the date that they carry. ReCiter settled on re-reading 30 days after losing papers with
less (wcmc-its/ReCiter#689–#738)."""

FIRST_LOOK = timedelta(days=365)
"""How far the first sweep looks back for an article that shows no date."""

OnStep = Callable[[str], None]
"""Called with a short phrase whenever a step begins."""


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


def survey(
    topic: Topic,
    *,
    entrez: Entrez,
    store: Store,
    read_leads: ReadLeads,
    run: str,
    now: datetime,
    on_step: OnStep = lambda _: None,
) -> Surveyed:
    """Survey one topic as of ``now`` (UTC).

    Raises ArticleUnreadable and store errors. A failing source is told in the night's sweeps and verdict instead, so
    that what did arrive still counts and the other articles go on.
    """
    today = now.date()
    article = open_article(topic)

    on_step("references")
    matches, unresolved = _resolve(topic, article, store, entrez)
    claims = map_claims(article, topic.pins, matches)

    on_step("search")
    window = _next_window(topic, article, store, today)
    search, search_error = _search(topic, window, entrez)

    leads = [follow_feed(feed, entrez=entrez, read=read_leads, on_step=on_step) for feed in topic.feeds]

    on_step("records")
    found = search.pmids if search else ()
    led_to = tuple(dict.fromkeys(pmid for followed in leads for pmid in followed.pmids))
    # Cited papers first and alone: a batch that cannot be read must not hide a retraction.
    delivery = _fetch(claims.cited, entrez, on_step)
    delivery = delivery.joined(_fetch({*found, *led_to} - claims.cited, entrez, on_step))
    records = delivery.records
    sweeps = (
        _close_topic_sweep(topic, window, search, search_error, delivery),
        _close_citation_sweep(claims.cited, unresolved, delivery, store.known(claims.cited)),
        *(_close_feed(followed, delivery) for followed in leads),
    )

    on_step("decision")
    before = store.records_last_seen(topic.slug, SweepKind.CITATION)
    changes = (
        *find_cited_changes(sorted(claims.cited), before, records, delivery.missing & store.known(claims.cited)),
        *find_new_records(
            [records[pmid] for pmid in dict.fromkeys((*found, *led_to)) if pmid in records],
            claims.cited,
            store.sightings(topic.slug),
            min(_baseline(topic, article, today), window.first),
        ),
    )
    recorded = store.recorded_changes(topic.slug)
    standing = (
        *store.open_changes(topic.slug, on=today),
        *(OpenChange(change, now, None) for change in changes if change not in recorded),
    )
    newest = {**store.current_records([item.change.pmid for item in standing]), **records}
    findings = lint(article, topic.pins)
    signals = triage([item.change for item in standing], newest, topic, article, claims)
    complete = sweeps[0].state is SweepState.COMPLETE
    verdict = decide(
        signals=signals,
        kept=store.kept(topic.slug, on=today),
        findings=findings,
        matches=matches,
        settled=settled_positions(topic),
        # A feed is a hint beside the searches: that it failed is told, but the article was surveyed without it.
        failures=[f"The {s.kind} did not complete: {s.error}" for s in sweeps[:2] if s.state is SweepState.FAILED],
        last_updated=article.last_updated,
        last_reviewed=last_review(topic, store),
        searched_to=window.last
        if complete
        else store.watermark(topic.slug, strategy=topic.strategy, since=_baseline(topic, article, today)),
        thresholds=topic.thresholds,
        today=today,
    )
    night = TopicNight(
        topic=topic.slug,
        run=run,
        surveyed_at=now,
        sweeps=sweeps,
        records=tuple(records[pmid] for pmid in sorted(records)),
        sightings=(
            *((pmid, SweepKind.TOPIC) for pmid in found if pmid in records),
            *((pmid, SweepKind.CITATION) for pmid in sorted(claims.cited) if pmid in records),
            *((pmid, SweepKind.FEED) for pmid in led_to if pmid in records),
        ),
        matches=matches,
        changes=changes,
        verdict=verdict,
    )
    report = assemble(
        topic,
        article,
        findings=findings,
        matches=matches,
        signals=signals,
        standing=standing,
        records={**newest, **store.current_records(claims.cited), **records},
        verdict=verdict,
        sweeps=sweeps,
        last_reviewed=last_review(topic, store),
        surveyed_at=now,
        day=today,
    )
    return Surveyed(night, report)


def settled_positions(topic: Topic) -> frozenset[int]:
    """Places of the reference list that the editor has declared not to be in PubMed."""
    return frozenset(pin.position for pin in topic.pins if pin.not_in_pubmed and pin.position is not None)


def _baseline(topic: Topic, article: Article, today: date) -> date:
    """The day from which a record is news to the article: its last update or review, whichever is later."""
    known = [day for day in (article.last_updated, topic.last_reviewed) if day is not None and day <= today]
    return max(known, default=today - FIRST_LOOK)


def _next_window(topic: Topic, article: Article, store: Store, today: date) -> Window:
    """From the baseline at first and for a changed strategy, else from the watermark; always less the overlap."""
    baseline = _baseline(topic, article, today)
    reached = store.watermark(topic.slug, strategy=topic.strategy, since=baseline)
    ever = store.watermark(topic.slug, strategy=topic.strategy)
    if ever is None:
        return Window(baseline - OVERLAP, today)
    # Days that failed nights left uncovered count even if the article was updated since: nobody saw what they brought.
    # A clock that went back must not make a window that ends before it begins.
    first = min(reached or baseline, ever, today) - OVERLAP
    # A long window, such as the first, is searched on two nights: one false answer must not lose what lies in it.
    once = store.searched_once_from(topic.slug, topic.strategy, overlap=OVERLAP)
    return Window(min(first, once) if once else first, today)


def _resolve(topic: Topic, article: Article, store: Store, entrez: Entrez) -> tuple[tuple[Match, ...], str | None]:
    """The references' matches; with an error, those of earlier nights."""
    before = store.matches(topic.slug)
    known = store.current_records([match.pmid for match in before.values() if match.pmid is not None])
    try:
        return resolve(article.references, topic.pins, before, known, entrez), None
    except SourceError as error:
        kept = keep_matches(article.references, topic.pins, before.values(), known)
        return kept, f"references could not be looked up: {error}"


def _search(topic: Topic, window: Window, entrez: Entrez) -> tuple[Search | None, str | None]:
    try:
        return entrez.search(topic.strategy, window), None
    except SourceError as error:
        return None, str(error)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What one fetch brought, or why it brought nothing."""

    records: dict[Pmid, Record] = field(default_factory=dict)
    missing: frozenset[Pmid] = frozenset()
    unreadable: tuple[tuple[Pmid, str], ...] = ()
    errors: dict[Pmid, str] = field(default_factory=dict)
    """For each PMID that could not be asked for, why."""

    def count(self, wanted: tuple[Pmid, ...] | frozenset[Pmid]) -> int:
        return sum(pmid in self.records for pmid in wanted)

    def joined(self, other: _Delivery) -> _Delivery:
        return _Delivery(
            self.records | other.records,
            self.missing | other.missing,
            (*self.unreadable, *other.unreadable),
            {**self.errors, **other.errors},
        )

    def error_for(self, wanted: Collection[Pmid]) -> str | None:
        """Why some of these PMIDs could not be fetched, if that is so."""
        return next((self.errors[pmid] for pmid in wanted if pmid in self.errors), None)

    def broken(self, wanted: tuple[Pmid, ...] | frozenset[Pmid]) -> tuple[tuple[Pmid, str], ...]:
        asked = frozenset(wanted)
        return tuple((pmid, why) for pmid, why in self.unreadable if pmid in asked)


def _fetch(wanted: Collection[Pmid], entrez: Entrez, on_step: OnStep) -> _Delivery:
    if not wanted:
        return _Delivery()
    try:
        fetched = entrez.fetch(
            sorted(wanted), on_progress=lambda asked, of: on_step(f"records, {asked:,} of {of:,} asked for")
        )
    except SourceError as error:
        return _Delivery(errors=dict.fromkeys(wanted, str(error)))
    return _Delivery({record.pmid: record for record in fetched.records}, fetched.missing, fetched.unreadable)


def _close_topic_sweep(
    topic: Topic, window: Window, search: Search | None, search_error: str | None, delivery: _Delivery
) -> Sweep:
    """Complete only if every record that the search announced is in hand."""
    found = search.pmids if search else ()
    missing = tuple(pmid for pmid in found if pmid in delivery.missing)
    broken = delivery.broken(found)
    error = search_error or delivery.error_for(found) or _name_broken(broken)
    if error is None and missing:
        some = ", ".join(map(str, missing[:5])) + (" and others" if len(missing) > 5 else "")
        error = f"PubMed announced PMID {some} and did not deliver it; the next run asks again"
    return Sweep(
        kind=SweepKind.TOPIC,
        state=SweepState.FAILED if error else SweepState.COMPLETE,
        window=window,
        searches=(search,) if search else (),
        found=len(found),
        delivered=delivery.count(found),
        missing=missing,
        unreadable=broken,
        error=error,
        strategy=topic.strategy,
    )


def _close_citation_sweep(
    cited: frozenset[Pmid], unresolved: str | None, delivery: _Delivery, known: Collection[Pmid]
) -> Sweep:
    """A cited record that PubMed no longer serves is a finding; one that it never served is a wrong pin."""
    broken = delivery.broken(cited)
    error = unresolved or delivery.error_for(cited) or _name_broken(broken)
    never = sorted((cited & delivery.missing) - frozenset(known))
    if error is None and never:
        pmids = ", ".join(map(str, never))
        error = f"PubMed has no PMID {pmids}, which the topic file pins; correct the pin"
    return Sweep(
        kind=SweepKind.CITATION,
        state=SweepState.FAILED if error else SweepState.COMPLETE,
        window=None,
        searches=(),
        found=len(cited),
        delivered=delivery.count(cited),
        missing=tuple(sorted(cited & delivery.missing)),
        unreadable=broken,
        error=error,
    )


def _close_feed(followed: Followed, delivery: _Delivery) -> Sweep:
    """Complete if the feed was read and every paper that it names is in hand."""
    missing = tuple(pmid for pmid in followed.pmids if pmid in delivery.missing)
    broken = delivery.broken(followed.pmids)
    error = followed.error or delivery.error_for(followed.pmids) or _name_broken(broken)
    return Sweep(
        kind=SweepKind.FEED,
        state=SweepState.FAILED if error else SweepState.COMPLETE,
        window=None,
        searches=(followed.search,) if followed.search else (),
        found=followed.entries,
        delivered=delivery.count(followed.pmids),
        missing=missing,
        unreadable=broken,
        error=f"{followed.feed.name}: {error}" if error else None,
    )


def _name_broken(broken: tuple[tuple[Pmid, str], ...]) -> str | None:
    if not broken:
        return None
    pmid, why = broken[0]
    more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
    return f"PMID {pmid} came but could not be read ({why}){more}; report it to litwatch's developers"
