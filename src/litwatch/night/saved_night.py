"""The second half of a survey: what the night's fetch brought is saved, read back from the store, and decided on.

    close     each search and each look is closed: complete, or failed and why
    save      what the night brought
    compare   how the cited papers stand now, what is new, what is gone
    read      the report, from the store, as every later command reads it, with its verdict

Saving, reading and deciding are one transaction for each article: everything of its night is kept, or nothing. No
source is asked here.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Self

import orjson

from litwatch.config.rules_version import rules_version
from litwatch.decisions.awaited_records import carry_forward
from litwatch.decisions.carried_decision import Tonight, find_difference, find_last_day, is_whole, may_stand
from litwatch.decisions.change_life import Observed
from litwatch.decisions.changes import find_cited_changes, find_new_records
from litwatch.decisions.found_papers import find_found_changes, without_joined
from litwatch.decisions.search_window import news_since_when_late, searched_to
from litwatch.decisions.triage import load_ranking
from litwatch.decisions.verdict import Rule, Verdict, carry_on
from litwatch.model.change import Change, ChangeKind
from litwatch.model.errors import OperatorError
from litwatch.model.identifiers import Doi, Pmid
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
from litwatch.reading.kept_report import keep_report
from litwatch.reading.known_papers import KnownPapers
from litwatch.reading.stored_report import ToDecide, decide_reports
from litwatch.report.contents import Report
from litwatch.store import Document, NightSaved, Store
from litwatch.store.article_texts import ReadArticle
from litwatch.store.decision_grounds import Brought, GroundLaid
from litwatch.store.documents import as_document
from litwatch.store.nights import DecidedNight
from litwatch.store.told_signals import ToldSignal
from litwatch.store.topic_night import CarriedNight, TopicNight
from litwatch.strategy.date_ranges import counts_back

_log = logging.getLogger(__name__)


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

    @classmethod
    def read_all(cls, begun: Sequence[Begun], brought: NightBrought, store: Store) -> tuple[list[Self], list[_Closed]]:
        """For topics inside a transaction in which nothing of their night is saved yet; their looks, closed."""
        slugs = [one.topic.slug for one in begun]
        served = store.known({pmid for one in begun for pmid in one.cited})
        beside = _Beside.read_all(begun, brought, store)
        closed = [_close(one, brought, served.intersection(one.cited), beside[one.topic.slug]) for one in begun]
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


@dataclass(frozen=True, slots=True)
class SavedTopic:
    """One topic whose night has been decided, and kept where it was to be kept."""

    topic: Topic
    """With the references that people have confirmed."""
    verdict: Verdict
    saved: NightSaved
    sweeps: tuple[Sweep, ...]
    """Tonight's, closed."""
    report: Report | None
    """None where nothing has changed since the night before, so that the last report stands."""


@dataclass(frozen=True, slots=True)
class NightBrought:
    """What one night brought for all topics, and how it is to be kept."""

    run: str
    now: datetime
    delivery: Delivery
    notices: Delivery
    """What became of fetching the records of notices themselves."""
    watch: WatchLook | None
    """What became of reading the Retraction Watch table; None where the settings name none."""
    updates: UpdatesLook | None = None
    """What became of asking Crossref; None where the settings say not to."""
    survivors: Mapping[Pmid, Record] = field(default_factory=dict)
    """What came of the records that may have the place of lost ones."""
    believed: bool = True
    """Whether the clock can be right."""
    keep: bool = True
    """Whether anything of it stays in the store."""

    @property
    def everything(self) -> Iterable[Record]:
        """Every record that came."""
        return {**self.survivors, **self.notices.records, **self.delivery.records}.values()


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
    ``survivors`` what came tonight of the records that may have the place of lost ones, ``believed`` whether the clock
    can be right. Unless ``keep`` is true, nothing stays in the store, and everything is decided anew.

    ``on_begin`` is called with a topic's slug before it is looked at; ``on_saved`` after its night is kept, when the
    store is free again, so that it may publish and drop the report; ``on_failed`` with its slug where it could not be
    saved: nothing of its night is kept then, and the others go on. Where ``carries`` is False, what could be carried on
    is decided anew, at the same place in the order: for proving that both come to the same. Raises OperatorError (and
    what ``on_saved`` raises).
    """
    brought = NightBrought(run, now, delivery, notices, watch, updates, survivors, believed, keep)
    surveys = list(surveys)
    for start in range(0, len(surveys), CARRIED_AT_ONCE):
        chunk = surveys[start : start + CARRIED_AT_ONCE]
        for begun, _ in chunk:
            on_begin(begun.topic.slug)
        carried: list[SavedTopic] = []
        with suppress(_Surprise), _surprising():
            carried = _carry_on(chunk, brought, store=store, writes=carries)
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
    for one in begun:
        if one.another_article:  # from here on the store answers without what was before
            store.note_article_change(one.topic.slug, at=now)
    if works := [work for one in begun for work in one.works]:
        store.note_works(works, now)
    known, closed = _Before.read_all(begun, brought, store)
    nights = [_to_keep(one, shut, related, brought) for (one, related), shut in zip(surveys, closed, strict=True)]
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
        ToDecide(one.topic, one.article, _reached(one, shut, brought)) for one, shut in zip(begun, closed, strict=True)
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
            _Decided(one, shut, night, report, opened[one.topic.slug], _count_unread(one, again))
            for one, shut, night, report, again in zip(begun, closed, nights, reports, reread, strict=True)
        ]
        _keep_grounds(decided, brought, papers, store)
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
    closed: _Closed,
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


def _until(ground: GroundLaid, put_off: Collection[date]) -> GroundLaid:
    """The ground of a decision, with the day before the first on which something that was put off asks again."""
    days = [day - timedelta(days=1) for day in put_off if day > ground.decided_on]
    return replace(ground, holds_to=min([*days, *([ground.holds_to] if ground.holds_to else [])], default=None))


def _reached(begun: Begun, closed: _Closed, brought: NightBrought) -> date | None:
    complete = closed.sweeps[0].state is SweepState.COMPLETE
    return searched_to(begun.windows, begun.look.window, complete=complete, believed=brought.believed)


# --- carrying on --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Decided:
    """One topic inside its transaction, after it was decided."""

    begun: Begun
    closed: _Closed
    night: TopicNight
    report: Report
    opened: Collection[Change]
    unread: int
    """So many new records of before were not looked at again."""

    @property
    def new(self) -> set[Pmid]:
        """The new records that are told for the first time."""
        return {change.pmid for change in self.opened if change.kind is ChangeKind.NEW_RECORD}

    @property
    def records(self) -> dict[Pmid, Record]:
        """The records that the report shows, and tonight's."""
        shown = {each.record.pmid: each.record for each in self.report.signals}
        return {**{record.pmid: record for record in self.report.cited}, **shown, **self.closed.records}


def _keep_grounds(decided: Sequence[_Decided], brought: NightBrought, papers: KnownPapers, store: Store) -> None:
    """Keep what the decisions rest on, and the reports of those that can be carried on."""
    judged = store.last_judgement()
    shown = [record for each in decided for record in each.records.values()]
    papers.expect(others=[record.pmid for record in shown], dois=[doi for record in shown for doi in _dois(record)])
    grounds = [_lay_ground(each, brought, judged, papers, store) for each in decided]
    laid = [ground for ground in grounds if ground is not None]
    put_off = store.put_off_days([ground.topic for ground in laid], brought.now.date())
    laid = [_until(ground, put_off.get(ground.topic, ())) for ground in laid]
    founded = {ground.topic for ground in laid}
    reports = [each.report for each in decided]
    unfounded = [report.topic.slug for report in reports if report.topic.slug not in founded]
    store.lay_grounds(laid, unfounded=unfounded)
    kept = [
        document for report in reports if report.topic.slug in founded and (document := keep_report(report)) is not None
    ]
    store.keep_reports(kept, without=sorted({*unfounded, *founded} - {document.topic for document in kept}))
    standing = store.standing_now([ground.topic for ground in laid])
    store.settle_grounds(
        {
            topic: each.number
            for topic, each in standing.items()
            if not each.any_gone and (each.latest is None or each.latest <= brought.now)
        }
    )


def _dois(record: Record) -> tuple[Doi, ...]:
    return tuple(doi for doi in (record.doi, *record.other_dois) if doi is not None)


def _lay_ground(
    decided: _Decided, brought: NightBrought, judged: int, papers: KnownPapers, store: Store
) -> GroundLaid | None:
    """What a decision rests on; None where it cannot be carried on. ``judged``: the last judgement in the chain."""
    if not brought.believed:
        return None
    begun, closed, night, report = decided.begun, decided.closed, decided.night, decided.report
    new, records = decided.new, decided.records
    noticed = {pmid for pmid in new if pmid in records and records[pmid].notices}
    noticed |= further_notices(records, new, papers).keys() if new else set()
    known = report.basis.known_items if report.basis else None
    stands = may_stand(
        report.verdict,
        whole=_is_whole(begun, closed, night),
        finds_something=closed.sweeps[0].found > 0 or bool(known and known.found),
        counts_back=counts_back(begun.topic.strategy),
        has_signs=bool(closed.sweeps[0].signs) or any(fired.rule is Rule.SEARCH for fired in report.verdict.fired),
        last_reviewed=begun.topic.last_reviewed,
        unread=decided.unread,
        befallen=len(noticed),
    )
    if not stands:
        return None
    linked = read_linked(records.values(), papers)
    pmids = {
        *records,
        *begun.claims.cited,
        *(match.pmid for match in begun.matches if match.pmid is not None),
        *(pmid for match in begun.matches for pmid in match.others),
        *(paper.pmid for paper in begun.told),
        *(each.signal.change.notice_pmid for each in report.signals if each.signal.change.notice_pmid is not None),
        *notices_on([*records.values(), *linked.values()], linked),
        *(night.related.pmids if night.related is not None else ()),
        *(store.answered_pmids(begun.topic.slug) if report.answers else ()),
    }
    dois = {doi for record in records.values() for doi in _dois(record)}
    dois |= {work.doi for work in begun.works}
    dois |= {reference.doi for reference in begun.article.references if reference.doi is not None}
    due = report.decision.due if report.decision is not None else None
    return GroundLaid(
        begun.topic.slug,
        _digest_inputs(begun, closed, night),
        report.verdict.decided_on,
        find_last_day(report.verdict, due=due, put_off=()),
        judged,
        frozenset(pmids),
        frozenset(dois),
    )


def _is_whole(begun: Begun, closed: _Closed, night: TopicNight) -> bool:
    sound = begun.unresolved is None and begun.look.error is None and not begun.another_article
    return sound and is_whole(
        closed.sweeps,
        outstanding=len(begun.ledger) + len(closed.ledger),
        vanished=len(begun.look.vanished),
        lost=len(night.lost),
    )


def _digest_inputs(begun: Begun, closed: _Closed, night: TopicNight) -> str:
    """A digest of what a decision rests on besides the store, people's words and the day."""
    sweeps = [(each.kind, each.state, each.strategy, each.signs, each.leads) for each in closed.sweeps]
    topic = replace(begun.topic, file=Path(), article=Path(), files="")  # where they lie is no matter
    # That the weekly look found the same again is told by its day, and changes nothing.
    related = replace(night.related, looked_on=date.min) if night.related is not None else None
    parts = (rules_version(), topic, night.read, night.matches, related, sweeps)
    return hashlib.sha256(orjson.dumps(parts, default=str)).hexdigest()


def _carry_on(
    surveys: Sequence[tuple[Begun, RelatedLook]],
    brought: NightBrought,
    *,
    store: Store,
    writes: bool,
) -> list[SavedTopic]:
    """Carry on the decisions of those topics of which nothing differs, in one transaction; the topics.

    Unless ``writes``, they are only found. Raises store errors.
    """
    if not brought.keep or not brought.believed:
        return []
    cited = brought.delivery.records.keys()
    possible = [
        (begun, related)
        for begun, related in surveys
        if cited >= set(begun.cited) and begun.unresolved is None and begun.tries is None
    ]
    if not possible:
        return []
    carried: list[SavedTopic] = []
    day = brought.now.date()
    with store.saving() if writes else store.reading():
        grounds = store.grounds([begun.topic.slug for begun, _ in possible])
        possible = [each for each in possible if each[0].topic.slug in grounds]
        if not possible:
            return []
        beside = _Beside.read_all([begun for begun, _ in possible], brought, store)
        nights: dict[str, tuple[Begun, _Closed, TopicNight]] = {}
        for begun, related in possible:
            closed = _close(begun, brought, frozenset(begun.cited), beside[begun.topic.slug])
            nights[begun.topic.slug] = begun, closed, _to_keep(begun, closed, related, brought)
        differing = store.count_differing(_list_brought(night for *_, night in nights.values()))
        standing = store.standing_now([*nights])
        judged = store.judged_since(min(grounds[slug].judgements for slug in nights))
        quiet = []
        for slug, (begun, closed, night) in nights.items():
            tonight = Tonight(
                _digest_inputs(begun, closed, night),
                judged.get(slug, 0),
                standing[slug].number if slug in standing else None,
                differing.get(slug, 0),
                _is_whole(begun, closed, night) and _looks_at_all_told(begun, closed),
            )
            if (why := find_difference(grounds[slug], tonight, day)) is None:
                quiet.append(slug)
            else:
                _log.debug("%s is decided anew: %s", slug, why.value)
        last = store.latest_verdicts(quiet)
        verdicts = {}
        for slug in quiet:
            begun, closed, _ = nights[slug]
            reached = _reached(begun, closed, brought)
            verdicts[slug] = carry_on(last[slug], searched_to=reached, today=day)
        numbers = [0] * len(quiet)
        if writes and quiet:
            numbers = store.save_carried([_log_only(nights[slug][2], verdicts[slug]) for slug in quiet])
        for slug, number in zip(quiet, numbers, strict=True):
            begun, closed, _ = nights[slug]
            saved = NightSaved(number, frozenset(), frozenset())
            carried.append(SavedTopic(begun.topic, verdicts[slug], saved, closed.sweeps, None))
    return carried


def _log_only(night: TopicNight, verdict: Verdict) -> CarriedNight:
    """What is written of a night on which nothing differs."""
    tonights = night.related is not None and night.related.looked_on == night.surveyed_at.date()
    related = night.related if tonights else None
    return CarriedNight(night.topic, night.run, night.surveyed_at, night.sweeps, verdict, related)


def _looks_at_all_told(begun: Begun, closed: _Closed) -> bool:
    return all(paper.pmid in closed.records or paper.pmid in begun.look.known for paper in begun.told)


def _list_brought(nights: Iterable[TopicNight]) -> Iterator[Brought]:
    contents: dict[int, str] = {}  # by identity: the records of a night are shared by its topics

    def content_of(record: Record | Document) -> str:
        if id(record) not in contents:
            contents[id(record)] = as_document(record).content_hash
        return contents[id(record)]

    for night in nights:
        own = {record.pmid: content_of(record) for record in night.records}
        met = dict.fromkeys(night.sightings)
        yield from (Brought(night.topic, pmid, own[pmid], how) for pmid, how in met)
        seen = {pmid for pmid, _ in met}
        yield from (Brought(night.topic, pmid, content, None) for pmid, content in own.items() if pmid not in seen)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is known of a topic's cited papers beside what the night asked for them."""

    linked: tuple[Pmid, ...]
    """The notices that stand on them: on tonight's records, and on the last ones of those that did not come."""
    further: Mapping[Pmid, Sequence[FurtherNotice]]
    """What Retraction Watch and Crossref say of them."""
    by_doi: Mapping[Doi, Pmid]

    @classmethod
    def read_all(cls, begun: Sequence[Begun], brought: NightBrought, store: Store) -> dict[str, Self]:
        """Ask the store once for all of these topics; by slug."""
        came, papers = brought.delivery.records, KnownPapers(store)
        papers.expect(cited={pmid for one in begun for pmid in one.claims.cited if pmid not in came})
        cited = {
            one.topic.slug: {
                **papers.current_records([pmid for pmid in one.claims.cited if pmid not in came]),
                **{pmid: came[pmid] for pmid in one.wanted if pmid in came},
            }
            for one in begun
        }
        told = read_linked([record for own in cited.values() for record in own.values()], papers)
        told |= brought.notices.records
        # Where no second source is read, nobody asks what it says.
        beside = brought.watch is not None or brought.updates is not None
        if beside:
            shown = [record for own in cited.values() for record in own.values()]
            papers.expect(
                others={pmid for one in begun for pmid in one.cited}, dois=(d for each in shown for d in _dois(each))
            )
        found = {}
        for one in begun:
            own, rests_on = cited[one.topic.slug], (*one.cited, *one.claims.works)
            linked = notices_on(own.values(), told)
            further = further_notices(own, rests_on, papers) if beside else {}
            by_doi = dois_of(own, rests_on, papers) if beside else {}
            found[one.topic.slug] = cls(linked, further, by_doi)
        return found


def _close(begun: Begun, brought: NightBrought, served: Collection[Pmid], beside: _Beside) -> _Closed:
    delivery, notices, linked = brought.delivery, brought.notices, beside.linked
    records = {pmid: delivery.records[pmid] for pmid in begun.wanted if pmid in delivery.records}
    ledger = _carry_forward(begun, delivery, brought.now)
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
    watch, updates = brought.watch, brought.updates
    sweeps = (
        topic_sweep,
        close_citation_sweep(begun.cited, begun.unresolved, delivery, served, linked=linked, notices=notices),
        *(
            close_feed(followed, [item for item in ledger if item.pmid in by_feed], delivery)
            for followed in begun.leads
        ),
        *((close_watch(watch, beside.further),) if watch is not None else ()),
        *((close_updates(updates, beside.by_doi, beside.further),) if updates is not None else ()),
    )
    telling = {pmid: notices.records[pmid] for pmid in linked if pmid in notices.records}
    return _Closed(sweeps, ledger, records, telling, beside.further, linked)


def _to_keep(begun: Begun, closed: _Closed, related: RelatedLook, brought: NightBrought) -> TopicNight:
    records = closed.records
    how = {item.pmid: item.how for item in closed.ledger}
    everything = {**brought.survivors, **related.records, **closed.telling, **records}
    return TopicNight(
        topic=begun.topic.slug,
        run=brought.run,
        surveyed_at=brought.now,
        sweeps=closed.sweeps,
        records=tuple(record for _, record in sorted(everything.items())),
        sightings=(
            *((pmid, SweepKind.TOPIC) for pmid in begun.look.wanted if pmid in records),
            *((pmid, SweepKind.CITATION) for pmid in begun.cited if pmid in records),
            *((pmid, SweepKind.FEED) for pmid in begun.led_to if pmid in records),
            *((pmid, how[pmid]) for pmid in begun.waited_for if pmid in records),
        ),
        matches=begun.matches,
        outstanding=closed.ledger,
        related=related.found,
        lost=brought.delivery.left_out(paper.pmid for paper in begun.told),
        read=ReadArticle(begun.topic.called(begun.article.question), begun.article),
        tries=begun.tries,
    )


def _compare(
    begun: Begun, delivery: Delivery, closed: _Closed, before: _Before, papers: KnownPapers
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
