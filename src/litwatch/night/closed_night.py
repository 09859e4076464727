"""A topic's night once everything that was asked for has come: each look closed, and what is to be kept.

Pure but for ``Beside``, which asks the store once for all topics that are closed together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Self

import orjson

from litwatch.config.rules_version import rules_version
from litwatch.decisions.awaited_records import carry_forward
from litwatch.decisions.carried_decision import is_whole
from litwatch.decisions.search_window import searched_to
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.paper_notice import FurtherNotice
from litwatch.model.record import Record
from litwatch.model.sweep import Outstanding, Sweep, SweepKind, SweepState
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
    read_linked,
)
from litwatch.reading.known_papers import KnownPapers
from litwatch.store import Store
from litwatch.store.article_texts import ReadArticle
from litwatch.store.topic_night import TopicNight


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
    reordered: frozenset[str] = frozenset()
    """As of ``save_group``."""
    believed: bool = True
    """Whether the clock can be right."""
    keep: bool = True
    """Whether anything of it stays in the store."""

    @property
    def everything(self) -> Iterable[Record]:
        """Every record that came."""
        return {**self.survivors, **self.notices.records, **self.delivery.records}.values()


@dataclass(frozen=True, slots=True)
class ClosedNight:
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
class Beside:
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
                others={pmid for one in begun for pmid in one.cited},
                dois=(d for each in shown for d in dois_borne(each)),
            )
        found = {}
        for one in begun:
            own, rests_on = cited[one.topic.slug], (*one.cited, *one.claims.works)
            linked = notices_on(own.values(), told)
            further = further_notices(own, rests_on, papers) if beside else {}
            by_doi = dois_of(own, rests_on, papers) if beside else {}
            found[one.topic.slug] = cls(linked, further, by_doi)
        return found


def close_looks(begun: Begun, brought: NightBrought, served: Collection[Pmid], beside: Beside) -> ClosedNight:
    """Close the topic's looks; ``served`` are those of its cited papers that PubMed has served before."""
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
    return ClosedNight(sweeps, ledger, records, telling, beside.further, linked)


def gather_night(begun: Begun, closed: ClosedNight, related: RelatedLook, brought: NightBrought) -> TopicNight:
    """What the store is to keep of the topic's night."""
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


def find_reach(begun: Begun, closed: ClosedNight, brought: NightBrought) -> date | None:
    """The last day that the topic's completed searches cover, tonight's included; None where there is none."""
    complete = closed.sweeps[0].state is SweepState.COMPLETE
    return searched_to(begun.windows, begun.look.window, complete=complete, believed=brought.believed)


def is_whole_night(begun: Begun, closed: ClosedNight, night: TopicNight) -> bool:
    """Whether every look of the topic's night was complete, and nothing is outstanding or lost."""
    sound = begun.unresolved is None and begun.look.error is None and not begun.another_article
    return sound and is_whole(
        closed.sweeps,
        outstanding=len(begun.ledger) + len(closed.ledger),
        vanished=len(begun.look.vanished),
        lost=len(night.lost),
    )


def digest_inputs(begun: Begun, closed: ClosedNight, night: TopicNight) -> str:
    """A digest of what a decision rests on besides the store, people's words and the day."""
    sweeps = [(each.kind, each.state, each.strategy, each.signs, each.leads) for each in closed.sweeps]
    topic = replace(begun.topic, file=Path(), article=Path(), files="")  # where they lie is no matter
    # That the weekly look found the same again is told by its day, and changes nothing.
    related = replace(night.related, looked_on=date.min) if night.related is not None else None
    parts = (rules_version(), topic, night.read, night.matches, related, sweeps)
    return hashlib.sha256(orjson.dumps(parts, default=str)).hexdigest()


def dois_borne(record: Record) -> tuple[Doi, ...]:
    """Every DOI that the record bears."""
    return tuple(doi for doi in (record.doi, *record.other_dois) if doi is not None)


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
