"""The second half of a survey: what the night's fetch brought is saved, read back from the store, and decided on.

    carry on  topics of which nothing differs (``carried_topics``)
    close     each search and each look of the others: complete, or failed and why (``closed_night``)
    save      what the night brought
    compare   how the cited papers stand now, what is new, what is gone
    read      the report, from the store, as every later command reads it, with its verdict
    keep      what the decision rests on (``decided_topic``)

A few articles share a transaction, and the store is asked once for all of them: everything of their night is kept, or
nothing. Where one of them fails, each has a transaction of its own. No source is asked here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Self

from litwatch.decisions.change_life import Observed
from litwatch.decisions.changes import find_cited_changes, find_new_records
from litwatch.decisions.found_papers import find_found_changes, without_joined
from litwatch.decisions.search_window import news_since_when_late
from litwatch.decisions.triage import load_ranking
from litwatch.model.change import Change
from litwatch.model.errors import OperatorError
from litwatch.model.identifiers import Pmid
from litwatch.model.paper_notice import PaperState
from litwatch.model.record import Record
from litwatch.model.sweep import SweepKind
from litwatch.night.carried_topics import carry_on_all
from litwatch.night.closed_night import (
    Beside,
    ClosedNight,
    NightBrought,
    close_looks,
    find_reach,
    gather_night,
)
from litwatch.night.crossref_updates import UpdatesLook
from litwatch.night.decided_topic import DecidedTopic, keep_grounds
from litwatch.night.fetch import Delivery
from litwatch.night.related_papers_look import RelatedLook
from litwatch.night.retraction_watch import WatchLook
from litwatch.night.saved_topic import SavedTopic
from litwatch.night.survey import Begun
from litwatch.reading.cited_paper_states import (
    further_notices,
    notices_on,
    read_integrity,
    read_linked,
    read_survivors,
)
from litwatch.reading.known_papers import KnownPapers
from litwatch.reading.stored_report import ToDecide, decide_reports
from litwatch.report.contents import Report
from litwatch.store import Store
from litwatch.store.nights import DecidedNight
from litwatch.store.told_signals import ToldSignal

_log = logging.getLogger(__name__)


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

    @classmethod
    def read_all(
        cls, begun: Sequence[Begun], brought: NightBrought, store: Store
    ) -> tuple[list[Self], list[ClosedNight]]:
        """For topics inside a transaction in which nothing of their night is saved yet; their looks, closed."""
        slugs = [one.topic.slug for one in begun]
        served = store.known({pmid for one in begun for pmid in one.cited})
        beside = Beside.read_all(begun, brought, store)
        closed = [close_looks(one, brought, served.intersection(one.cited), beside[one.topic.slug]) for one in begun]
        seen = store.records_last_seen_of(slugs, SweepKind.CITATION)
        met = store.met_among({slug: shut.records for slug, shut in zip(slugs, closed, strict=True)})
        lapsed = store.lapses_of(slugs)
        befores = [
            cls(
                seen[one.topic.slug],
                frozenset(served.intersection(one.cited)),
                met[one.topic.slug],
                lapsed[one.topic.slug],
            )
            for one in begun
        ]
        return befores, closed


CARRIED_AT_ONCE = 100
DECIDED_AT_ONCE = 8
"""So many topics share a transaction: the store is held for well below a second, and asked once for all of them."""


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
    reordered: frozenset[str] = frozenset(),
    believed: bool = True,
    keep: bool = True,
    on_begin: Callable[[str], None] = lambda _: None,
    on_saved: Callable[[SavedTopic], None],
    on_failed: Callable[[str, Exception], None],
    carries: bool = True,
) -> None:
    """Save many topics, and decide those of which something differs from their last decision.

    ``notices`` is what became of fetching the records of notices themselves, ``watch`` what became of reading the
    Retraction Watch table, ``updates`` what became of asking Crossref, None where the settings name none;
    ``survivors`` what came tonight of the records that may have the place of lost ones, ``reordered`` the topics, by
    slug, of which the sentence model has read texts tonight that they had before, ``believed`` whether the clock can be
    right. Unless ``keep`` is true, nothing stays in the store, and everything is decided anew.

    ``on_begin`` is called with a topic's slug before it is looked at; ``on_saved`` after its night is kept, when the
    store is free again, so that it may publish and drop the report; ``on_failed`` with its slug where it could not be
    saved: nothing of its night is kept then, and the others go on. Where ``carries`` is False, what could be carried on
    is decided anew, at the same place in the order: for proving that both come to the same. Raises OperatorError (and
    what ``on_saved`` raises).
    """
    brought = NightBrought(run, now, delivery, notices, watch, updates, survivors, reordered, believed, keep)
    surveys = list(surveys)
    for start in range(0, len(surveys), CARRIED_AT_ONCE):
        chunk = surveys[start : start + CARRIED_AT_ONCE]
        for begun, _ in chunk:
            on_begin(begun.topic.slug)
        carried: list[SavedTopic] = []
        with suppress(_Surprise), _surprising():
            carried = carry_on_all(chunk, brought, store=store, writes=carries)
        for topic in carried if carries else ():
            on_saved(topic)
        quiet = {topic.topic.slug for topic in carried}
        others = [each for each in chunk if each[0].topic.slug not in quiet]
        anew = others if carries else [*(each for each in chunk if each[0].topic.slug in quiet), *others]
        for place in range(0, len(anew), DECIDED_AT_ONCE):
            _decide_slice(
                anew[place : place + DECIDED_AT_ONCE], brought, store=store, on_saved=on_saved, on_failed=on_failed
            )


class _Surprise(Exception):
    """Something went wrong that nobody but litwatch itself can answer for."""


@contextmanager
def _surprising() -> Iterator[None]:
    try:
        yield
    except OperatorError:
        raise
    except Exception as error:
        _log.exception("topics could not be carried on; each is decided anew")
        raise _Surprise from error


def _decide_slice(
    surveys: Sequence[tuple[Begun, RelatedLook]],
    brought: NightBrought,
    *,
    store: Store,
    on_saved: Callable[[SavedTopic], None],
    on_failed: Callable[[str, Exception], None],
) -> None:
    """Save and decide a few topics in one transaction; where one of them fails, each in one of its own."""
    load_ranking()
    try:
        with store.saving(keep=brought.keep):
            saved = _save_all(surveys, brought, store)
    except OperatorError:
        raise
    except Exception as error:  # noqa: BLE001 - one topic's surprise must not cost the others their night
        if len(surveys) == 1:
            on_failed(surveys[0][0].topic.slug, error)
            return
        for one in surveys:
            _decide_slice([one], brought, store=store, on_saved=on_saved, on_failed=on_failed)
    else:
        for topic in saved:
            on_saved(topic)


def _save_all(
    surveys: Sequence[tuple[Begun, RelatedLook]], brought: NightBrought, store: Store
) -> tuple[SavedTopic, ...]:
    """Save and decide topics inside one transaction, and keep what each decision rests on.

    First everything that was brought for any of them is saved, then each is decided on what the store then knows: the
    report as ``read_report`` reads it. Raises store errors.
    """
    now, run, begun = brought.now, brought.run, [one for one, _ in surveys]
    store.apply_reader_rules({one.topic.slug: one.topic.readers for one in begun})
    for one in begun:
        if one.another_article:  # from here on the store answers without what was before
            store.note_article_change(one.topic.slug, at=now)
    if works := [work for one in begun for work in one.works]:
        store.note_works(works, now)
    known, closed = _Before.read_all(begun, brought, store)
    nights = [gather_night(one, shut, related, brought) for (one, related), shut in zip(surveys, closed, strict=True)]
    saved = store.save_nights(nights)
    papers = KnownPapers(store)
    papers.expect(
        cited=(pmid for one in begun for pmid in (*one.cited, *one.claims.works)),
        others=(
            *(record.pmid for night in nights for record in night.records),
            *(paper.pmid for one in begun for paper in one.told),
        ),
    )
    # Of several that a night brought of one paper, the last is the current one.
    papers.hold(record for night in nights for record in night.records if isinstance(record, Record))
    reread = [
        _Reread.read(one, brought.delivery, shut.records, papers) for one, shut in zip(begun, closed, strict=True)
    ]
    observed = {
        one.topic.slug: _observe(one, shut, before, again, brought, papers=papers, store=store)
        for one, shut, before, again in zip(begun, closed, known, reread, strict=True)
    }
    opened = store.save_lives(observed, run=run)
    to_decide = [
        ToDecide(one.topic, one.article, find_reach(one, shut, brought))
        for one, shut in zip(begun, closed, strict=True)
    ]
    reports = decide_reports(to_decide, store, papers, now.date())
    store.save_verdicts(
        [
            DecidedNight(report.topic.slug, report.verdict, _list_told(report), each.night)
            for report, each in zip(reports, saved, strict=True)
        ],
        run=run,
    )
    if brought.keep:
        decided = [
            DecidedTopic(one, shut, night, report, opened[one.topic.slug], _count_unread(one, again))
            for one, shut, night, report, again in zip(begun, closed, nights, reports, reread, strict=True)
        ]
        keep_grounds(decided, brought, papers, store)
    return tuple(
        SavedTopic(report.topic, report.verdict, replace(each, opened=opened[report.topic.slug]), shut.sweeps, report)
        for report, each, shut in zip(reports, saved, closed, strict=True)
    )


def _list_told(report: Report) -> tuple[ToldSignal, ...]:
    return tuple(ToldSignal(each.signal, each.first_seen, each.deadline, each.episodes) for each in report.signals)


def _count_unread(begun: Begun, reread: _Reread) -> int:
    return len({paper.pmid for paper in begun.told} - reread.looked_at)


def _observe(
    begun: Begun,
    closed: ClosedNight,
    before: _Before,
    reread: _Reread,
    brought: NightBrought,
    *,
    papers: KnownPapers,
    store: Store,
) -> Observed:
    """What the night saw of the facts about one article."""
    events = reread.find_changes(begun, papers, store)
    news = without_joined(_find_news(begun, closed.records, before.met), events)
    changes = (*_compare(begun, brought.delivery, closed, before, papers), *events, *news)
    return Observed(
        brought.now,
        changes,
        looked_at=frozenset(begun.cited).intersection(closed.records).union(begun.claims.works),
        cited=None if begun.unresolved is not None else frozenset((*begun.cited, *begun.claims.works)),
        lapsed=before.lapsed,
        another_article=begun.another_article,
        told=reread.looked_at,
    )


def _compare(
    begun: Begun, delivery: Delivery, closed: ClosedNight, before: _Before, papers: KnownPapers
) -> tuple[Change, ...]:
    """What differs in how the cited papers stand; ``papers`` are of after the night was saved."""
    integrity = read_integrity(begun.cited, papers)
    missing = [pmid for pmid in delivery.left_out(begun.cited) if pmid in before.served]
    survivors = read_survivors(missing, papers)
    # What PubMed shows on the record that has a lost one's place, it shows of the same paper.
    in_place = {lost: replace(survivor, pmid=lost) for lost, survivor in survivors.items()}
    further = further_notices({**before.cited, **closed.records}, in_place, papers) if in_place else {}
    return find_cited_changes(
        (*begun.cited, *begun.claims.works),
        {pmid: record for pmid, record in before.cited.items() if pmid not in in_place},
        {**closed.records, **in_place},
        missing,
        notices={**papers.current_records(closed.linked), **read_linked(survivors.values(), papers)},
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
    def read(cls, begun: Begun, delivery: Delivery, came: Mapping[Pmid, Record], papers: KnownPapers) -> Self:
        """What was looked at; ``papers`` are of after the night was saved."""
        told = [paper.pmid for paper in begun.told]
        unchanged = papers.current_records([pmid for pmid in told if pmid in begun.look.known and pmid not in came])
        records = unchanged | {pmid: came[pmid] for pmid in told if pmid in came}
        return cls(records, frozenset(delivery.left_out(told)))

    @property
    def looked_at(self) -> frozenset[Pmid]:
        """All of them, whether PubMed has them or not."""
        return self.missing.union(self.records)

    def find_changes(self, begun: Begun, papers: KnownPapers, store: Store) -> tuple[Change, ...]:
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
            notices=papers.current_records(linked) if linked else {},
            further=further_notices(self.records, told, papers),
        )


def _find_news(begun: Begun, records: Mapping[Pmid, Record], met: Collection[Pmid]) -> tuple[Change, ...]:
    """The new records among what tonight's search found, its feeds named, and earlier nights were left without."""
    cited = begun.claims.cited | frozenset(begun.topic.known_papers)
    named = [pmid for pmid in dict.fromkeys((*begun.look.found, *begun.led_to)) if pmid in records]
    changes = list(find_new_records([records[pmid] for pmid in named], cited, met, begun.windows.since))
    for item in (item for item in begun.ledger if item.pmid in records):
        then = news_since_when_late(begun.windows.since, item.since.date())
        changes += find_new_records([records[item.pmid]], cited, met, then)
    return tuple(dict.fromkeys(changes))
