"""The second half of a survey: what the night's fetch brought is saved, read back from the store, and decided on.

    close     each search and each look is closed: complete, or failed and why
    save      what the night brought
    compare   how the cited papers stand now, what is new, what is gone
    read      the report, from the store, as every later command reads it, with its verdict

Saving, reading and deciding are one transaction for each article: everything of its night is kept, or nothing. No
source is asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Self

from litwatch.decisions.awaited_records import carry_forward
from litwatch.decisions.change_life import Observed
from litwatch.decisions.changes import find_cited_changes, find_new_records
from litwatch.decisions.found_papers import find_found_changes, without_joined
from litwatch.decisions.search_window import news_since_when_late, searched_to
from litwatch.decisions.verdict import Verdict
from litwatch.model.change import Change
from litwatch.model.errors import OperatorError
from litwatch.model.identifiers import Pmid
from litwatch.model.paper_notice import FurtherNotice, PaperState
from litwatch.model.record import Record
from litwatch.model.sweep import Outstanding, Sweep, SweepKind, SweepState
from litwatch.model.topic import Topic
from litwatch.night.crossref_updates import UpdatesLook, close_updates
from litwatch.night.fetch import Delivery
from litwatch.night.related_papers_look import RelatedLook
from litwatch.night.retraction_watch import WatchLook, close_watch
from litwatch.night.survey import Begun
from litwatch.night.sweeps import close_citation_sweep, close_feed, close_topic_sweep
from litwatch.reading.cited_paper_states import (
    dois_of,
    further_notices,
    notices_on,
    read_integrity,
    read_linked,
    read_survivors,
)
from litwatch.reading.stored_report import decide_report
from litwatch.report.contents import Report
from litwatch.store import NightSaved, Store
from litwatch.store.article_texts import ReadArticle
from litwatch.store.told_signals import ToldSignal
from litwatch.store.topic_night import TopicNight


@dataclass(frozen=True, slots=True)
class _Closed:
    """The night's looks, closed, and the records that they brought."""

    sweeps: tuple[Sweep, ...]
    """The topic sweep and the citation sweep first."""
    ledger: tuple[Outstanding, ...]
    records: Mapping[Pmid, Record]
    """Everything that was wanted and came."""
    telling: Mapping[Pmid, Record]
    """The records of notices that came tonight."""
    further: Mapping[Pmid, Sequence[FurtherNotice]]
    """What Retraction Watch and Crossref say of the cited papers."""
    linked: tuple[Pmid, ...]
    """The notices that stand on them."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What was known before the night was saved, as far as it tells what is new."""

    cited: Mapping[Pmid, Record]
    """The cited papers as the article's last night saw them."""
    served: frozenset[Pmid]
    """The cited papers that PubMed has served before."""
    met: Collection[Pmid]
    """Of tonight's records those that the article has met before."""
    lapsed: Mapping[str, datetime]
    """Episodes that ended since the article's last night, as others saw."""


@dataclass(frozen=True, slots=True)
class SavedTopic:
    """One topic whose night has been decided, and kept where it was to be kept."""

    topic: Topic
    """With the references that people have confirmed."""
    verdict: Verdict
    saved: NightSaved
    report: Report | None
    """None where nothing has changed since the night before, so that the last report stands."""


def save_group(
    surveys: Iterable[tuple[Begun, RelatedLook]],
    delivery: Delivery,
    *,
    store: Store,
    run: str,
    now: datetime,
    notices: Delivery,
    watch: WatchLook | None,
    updates: UpdatesLook | None = None,
    survivors: Mapping[Pmid, Record] = MappingProxyType({}),
    believed: bool = True,
    keep: bool = True,
    on_begin: Callable[[str], None] = lambda _: None,
    on_saved: Callable[[SavedTopic], None],
    on_failed: Callable[[str, Exception], None],
) -> None:
    """Save and decide many topics; the other arguments are those of ``save_survey``.

    ``on_begin`` is called with a topic's slug before it is decided; ``on_saved`` after its night is kept, when the
    store is free again, so that it may publish and drop the report; ``on_failed`` with its slug where it could not be
    saved: nothing of its night is kept then, and the others go on. Raises OperatorError (and what ``on_saved`` raises).
    """
    for begun, related in surveys:
        on_begin(begun.topic.slug)
        try:
            report, saved = save_survey(
                begun,
                delivery,
                related,
                store=store,
                run=run,
                now=now,
                notices=notices,
                watch=watch,
                updates=updates,
                survivors=survivors,
                believed=believed,
                keep=keep,
            )
        except OperatorError:
            raise
        except Exception as error:  # noqa: BLE001 - one topic's surprise must not cost the others their night
            on_failed(begun.topic.slug, error)
        else:
            on_saved(SavedTopic(report.topic, report.verdict, saved, report))


def save_survey(
    begun: Begun,
    delivery: Delivery,
    related: RelatedLook,
    *,
    store: Store,
    run: str,
    now: datetime,
    notices: Delivery,
    watch: WatchLook | None,
    updates: UpdatesLook | None = None,
    survivors: Mapping[Pmid, Record] = MappingProxyType({}),
    believed: bool = True,
    keep: bool = True,
) -> tuple[Report, NightSaved]:
    """Save what the night brought, and decide on what the store then knows; the report as ``read_report`` reads it.

    ``notices`` is what became of fetching the records of notices themselves, ``watch`` what became of reading the
    Retraction Watch table, ``updates`` what became of asking Crossref, None where the settings name none;
    ``survivors`` what came tonight of the records that may have the place of lost ones, ``believed`` whether the clock
    can be right. Unless
    ``keep`` is true, nothing of it stays in the store. Raises store errors; then nothing of the article's night is
    kept.
    """
    topic, day = begun.topic.slug, now.date()
    with store.saving(keep=keep):
        if begun.another_article:
            store.note_article_change(topic, at=now)  # from here on the store answers without what was before
        served = frozenset(store.known(begun.cited))
        store.note_works(begun.works, now)
        closed = _close(begun, delivery, served, store=store, now=now, notices=notices, watch=watch, updates=updates)
        before = _Before(
            store.records_last_seen(topic, SweepKind.CITATION),
            served,
            store.sightings(topic, among=[*closed.records]),
            store.lapses(topic),
        )
        saved = store.save_night(_to_keep(begun, delivery, closed, related, survivors, run=run, now=now))
        reread = _Reread.read(begun, delivery, closed.records, store)
        events = reread.find_changes(begun, store)
        news = without_joined(_find_news(begun, closed.records, before.met), events)
        changes = (*_compare(begun, delivery, closed, before, store), *events, *news)
        observed = Observed(
            now,
            changes,
            looked_at=frozenset(begun.cited).intersection(closed.records).union(begun.claims.works),
            cited=None if begun.unresolved is not None else frozenset((*begun.cited, *begun.claims.works)),
            lapsed=before.lapsed,
            another_article=begun.another_article,
            told=reread.looked_at,
        )
        opened = store.save_life(topic, observed, run=run)
        complete = closed.sweeps[0].state is SweepState.COMPLETE
        reached = searched_to(begun.windows, complete=complete, believed=believed)
        report = decide_report(begun.topic, begun.article, store, day, searched_to=reached)
        told = [ToldSignal(each.signal, each.first_seen, each.deadline, each.episodes) for each in report.signals]
        store.save_verdict(topic, report.verdict, told, run=run, night=saved.night)
    return report, replace(saved, opened=opened)


def _close(
    begun: Begun,
    delivery: Delivery,
    served: frozenset[Pmid],
    *,
    store: Store,
    now: datetime,
    notices: Delivery,
    watch: WatchLook | None,
    updates: UpdatesLook | None,
) -> _Closed:
    records = {pmid: delivery.records[pmid] for pmid in begun.wanted if pmid in delivery.records}
    ledger = _carry_forward(begun, delivery, now)
    by_feed, led_to = frozenset(begun.of_feeds), frozenset(begun.led_to)
    topic_sweep = close_topic_sweep(
        begun.topic,
        begun.look,
        tuple(pmid for pmid in dict.fromkeys((*begun.look.wanted, *begun.waited_for)) if pmid not in by_feed),
        [item for item in ledger if item.pmid not in by_feed],
        delivery,
        no_longer_led_to=[item for item in ledger if item.pmid in by_feed and item.pmid not in led_to],
        reread=begun.reread,
    )
    known_cited = {**store.current_records(begun.claims.cited), **records}
    linked = notices_on(known_cited.values(), {**read_linked(known_cited.values(), store), **notices.records})
    rests_on = (*begun.cited, *begun.claims.works)
    further = further_notices(known_cited, rests_on, store)
    sweeps = (
        topic_sweep,
        close_citation_sweep(begun.cited, begun.unresolved, delivery, served, linked=linked, notices=notices),
        *(
            close_feed(followed, [item for item in ledger if item.pmid in by_feed], delivery)
            for followed in begun.leads
        ),
        *((close_watch(watch, further),) if watch is not None else ()),
        *((close_updates(updates, dois_of(known_cited, rests_on, store), further),) if updates is not None else ()),
    )
    telling = {pmid: notices.records[pmid] for pmid in linked if pmid in notices.records}
    return _Closed(sweeps, ledger, records, telling, further, linked)


def _to_keep(
    begun: Begun,
    delivery: Delivery,
    closed: _Closed,
    related: RelatedLook,
    survivors: Mapping[Pmid, Record],
    *,
    run: str,
    now: datetime,
) -> TopicNight:
    records = closed.records
    how = {item.pmid: item.how for item in closed.ledger}
    brought = {**survivors, **related.records, **closed.telling, **records}
    return TopicNight(
        topic=begun.topic.slug,
        run=run,
        surveyed_at=now,
        sweeps=closed.sweeps,
        records=tuple(record for _, record in sorted(brought.items())),
        sightings=(
            *((pmid, SweepKind.TOPIC) for pmid in begun.look.wanted if pmid in records),
            *((pmid, SweepKind.CITATION) for pmid in begun.cited if pmid in records),
            *((pmid, SweepKind.FEED) for pmid in begun.led_to if pmid in records),
            *((pmid, how[pmid]) for pmid in begun.waited_for if pmid in records),
        ),
        matches=begun.matches,
        outstanding=closed.ledger,
        related=related.found,
        lost=delivery.left_out(paper.pmid for paper in begun.told),
        read=ReadArticle(begun.topic.called(begun.article.question), begun.article),
    )


def _compare(begun: Begun, delivery: Delivery, closed: _Closed, before: _Before, store: Store) -> tuple[Change, ...]:
    """What differs in how the cited papers stand; ``store`` knows what the night brought."""
    integrity = read_integrity(begun.cited, store)
    missing = [pmid for pmid in delivery.left_out(begun.cited) if pmid in before.served]
    survivors = read_survivors(missing, store)
    # What PubMed shows on the record that has a lost one's place, it shows of the same paper.
    in_place = {lost: replace(survivor, pmid=lost) for lost, survivor in survivors.items()}
    further = further_notices({**before.cited, **closed.records}, in_place, store) if in_place else {}
    return find_cited_changes(
        (*begun.cited, *begun.claims.works),
        {pmid: record for pmid, record in before.cited.items() if pmid not in in_place},
        {**closed.records, **in_place},
        missing,
        notices={**store.current_records(closed.linked), **read_linked(survivors.values(), store)},
        watched={**closed.further, **further},
        restored=[pmid for pmid, each in integrity.items() if each.sayings[0].state is PaperState.REINSTATED],
    )


@dataclass(frozen=True, slots=True)
class _Reread:
    """The new records told before that were looked at tonight."""

    records: Mapping[Pmid, Record]
    """Those that came, or need not be read again."""
    missing: frozenset[Pmid]

    @classmethod
    def read(cls, begun: Begun, delivery: Delivery, came: Mapping[Pmid, Record], store: Store) -> Self:
        """What was looked at; ``store`` knows what the night brought."""
        told = [paper.pmid for paper in begun.told]
        unchanged = store.current_records([pmid for pmid in told if pmid in begun.look.known and pmid not in came])
        records = unchanged | {pmid: came[pmid] for pmid in told if pmid in came}
        return cls(records, frozenset(delivery.left_out(told)))

    @property
    def looked_at(self) -> frozenset[Pmid]:
        """All of them, whether PubMed has them or not."""
        return self.missing.union(self.records)

    def find_changes(self, begun: Begun, store: Store) -> tuple[Change, ...]:
        """What has befallen them since they were told."""
        told = [paper.pmid for paper in begun.told if paper.pmid in self.looked_at]
        if not told:
            return ()
        linked = notices_on(self.records.values())
        return find_found_changes(
            told,
            store.records_when_told(begun.topic.slug, told),
            self.records,
            self.missing,
            question=begun.topic.question_kind,
            notices=store.current_records(linked) if linked else {},
            further=further_notices(self.records, told, store),
        )


def _find_news(begun: Begun, records: Mapping[Pmid, Record], met: Collection[Pmid]) -> tuple[Change, ...]:
    """The new records among what tonight's search found, its feeds named, and earlier nights were left without."""
    cited = begun.claims.cited
    named = [pmid for pmid in dict.fromkeys((*begun.look.found, *begun.led_to)) if pmid in records]
    changes = list(find_new_records([records[pmid] for pmid in named], cited, met, begun.windows.since))
    for item in (item for item in begun.ledger if item.pmid in records):
        then = news_since_when_late(begun.windows.since, item.since.date())
        changes += find_new_records([records[item.pmid]], cited, met, then)
    return tuple(dict.fromkeys(changes))


def _carry_forward(begun: Begun, delivery: Delivery, now: datetime) -> tuple[Outstanding, ...]:
    found = begun.look.found
    return carry_forward(
        begun.ledger,
        announced={**dict.fromkeys(begun.led_to, SweepKind.FEED), **dict.fromkeys(found, SweepKind.TOPIC)},
        delivered=delivery.records.keys() | begun.look.known,
        missing=delivery.missing,
        unreadable=delivery.unreadable,
        searched=begun.look.error is None and not any(followed.error for followed in begun.leads),
        has_feeds=bool(begun.topic.feeds),
        now=now,
    )
