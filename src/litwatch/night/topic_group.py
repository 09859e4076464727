"""A group of topics in one night: searched together, fetched for together, then saved and decided.

What a group needs from PubMed it shares: one fetch, lists of citations and links. Groups follow each other, so that
no more records are held at once where there are more articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from litwatch.decisions.update_schedule import A_NIGHT
from litwatch.model.errors import OperatorError
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Record
from litwatch.model.topic import Topic
from litwatch.night.crossref_updates import UpdatesLook, ask_for_updates
from litwatch.night.doors import Doors
from litwatch.night.fetch import Delivery, Outage, fetch_all, fetch_notices
from litwatch.night.lacking_embeddings import embed_lacking
from litwatch.night.night_steps import PLAIN_STEPS, NightStep, NightSteps
from litwatch.night.related_papers_look import RelatedLook
from litwatch.night.retraction_watch import WatchLook
from litwatch.night.saved_night import save_group
from litwatch.night.saved_topic import SavedTopic
from litwatch.night.spared import Spare
from litwatch.night.survey import Begun, OnStep, begin_surveys, look_up_related_papers
from litwatch.night.survivors import look_for_survivors
from litwatch.reading.cited_paper_states import notices_on, read_linked

GROUP = 100
"""Topics that are surveyed together: enough to fill requests of hundreds of PMIDs, few enough for their records, some
four thousand of 15 kB, to be held in memory."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What was brought for a group besides the searches' answers."""

    delivery: Delivery
    notices: Delivery
    updates: UpdatesLook | None
    survivors: Mapping[Pmid, Record]
    reordered: frozenset[str]
    """As of ``save_group``."""
    related: list[tuple[Begun, RelatedLook]]


@dataclass(slots=True)
class GroupNight:
    """One night, as far as its groups share it."""

    doors: Doors
    run: str | None
    """None on a dry run, which keeps nothing."""
    now: datetime
    watch: WatchLook | None
    """What became of reading the Retraction Watch table; None where the settings name none."""
    spare: Spare
    on_step: OnStep
    believed: bool = True
    """Whether the clock can be right."""
    carries: bool = True
    """As of ``save_group``."""
    rests: bool = True
    """Whether references that were not found wait until they are due again."""
    steps: NightSteps = PLAIN_STEPS
    outage: Outage = field(default_factory=Outage)
    """Whether PubMed has stopped answering."""
    crossref_left: int = A_NIGHT
    """So many DOIs Crossref may still be asked about tonight."""

    def survey(self, topics: Sequence[Topic], on_saved: Callable[[SavedTopic], None]) -> None:
        """Survey, save and decide the topics; ``on_saved`` as of ``save_group``. Raises store errors."""
        slugs = [topic.slug for topic in topics]
        begun, resolved = self.steps.do(NightStep.SEARCH, slugs, partial(self._search, topics))
        fetched = self.steps.do(NightStep.FETCH, slugs, partial(self._fetch_all, begun, resolved))
        self.steps.do(NightStep.DECIDE, slugs, partial(self._save, fetched, on_saved))

    def _search(self, topics: Sequence[Topic]) -> tuple[list[Begun], Mapping[Pmid, Record]]:
        return begin_surveys(
            topics,
            entrez=self.doors.entrez,
            store=self.doors.store,
            read_leads=self.doors.read_leads,
            today=self.now.date(),
            spare=self.spare,
            keep=self.run is not None,
            rests=self.rests,
            on_step=self.on_step,
        )

    def _fetch_all(self, begun: Sequence[Begun], resolved: Mapping[Pmid, Record]) -> _Fetched:
        doors = self.doors
        self.on_step("", "records")
        delivery = self._fetch(begun, resolved)
        cited = [delivery.records[pmid] for one in begun for pmid in one.cited if pmid in delivery.records]
        survivors = look_for_survivors(
            [pmid for one in begun for pmid in one.cited],
            [paper.pmid for one in begun for paper in one.told],
            delivery,
            entrez=doors.entrez,
            store=doors.store,
            now=self.now,
            keep=self.run is not None,
        )
        cited += survivors.values()
        told = read_linked(cited, doors.store)
        notices = fetch_notices(delivery, lambda known: notices_on(cited, {**told, **known}), doors.entrez)
        updates = self._ask_crossref(begun, cited)
        reordered: frozenset[str] = frozenset()
        if self.run is not None:
            reordered = embed_lacking(
                begun, delivery.records.values(), doors.store, load_model=doors.load_model, today=self.now.date()
            )
        return _Fetched(delivery, notices, updates, survivors, reordered, self._look_beside(begun, delivery))

    def _save(self, fetched: _Fetched, on_saved: Callable[[SavedTopic], None]) -> None:
        save_group(
            fetched.related,
            fetched.delivery,
            store=self.doors.store,
            run=self.run or "dry run",
            now=self.now,
            notices=fetched.notices,
            watch=self.watch,
            updates=fetched.updates,
            survivors=fetched.survivors,
            reordered=fetched.reordered,
            believed=self.believed,
            keep=self.run is not None,
            on_begin=lambda slug: self.on_step(slug, "decision"),
            on_saved=on_saved,
            on_failed=self.spare.note,
            carries=self.carries,
        )

    def _look_beside(self, begun: Sequence[Begun], delivery: Delivery) -> list[tuple[Begun, RelatedLook]]:
        """The weekly questions about all; where they bring a surprise, those about each alone."""
        look_up = partial(
            look_up_related_papers,
            entrez=self.doors.entrez,
            store=self.doors.store,
            today=self.now.date(),
        )
        try:
            return list(zip(begun, look_up(begun, delivery), strict=True))
        except OperatorError:
            raise
        except Exception:  # noqa: BLE001 - whose it is is found out below
            alone = [(one, self.spare(one.topic.slug, partial(look_up, [one], delivery))) for one in begun]
            return [(one, looks[0]) for one, looks in alone if looks is not None]

    def _fetch(self, begun: Sequence[Begun], resolved: Mapping[Pmid, Record]) -> Delivery:
        """Everything that is wanted and did not come while references were ``resolved``."""
        return fetch_all(
            [
                # Cited papers first and alone: a batch that cannot be read must not hide a retraction.
                [pmid for one in begun for pmid in one.cited],
                [pmid for one in begun for pmid in one.wanted_of_pubmed],
                # What a feed names is anybody's word, and one topic's feed is no other's business.
                *(one.of_feeds for one in begun),
                # What was told before is read again last: it may be many, and nothing else depends on it.
                [pmid for one in begun for pmid in one.reread],
            ],
            self.doors.entrez,
            delivered=resolved,
            outage=self.outage,
            on_step=lambda step: self.on_step("", step),
        )

    def _ask_crossref(self, begun: Iterable[Begun], cited: Iterable[Record]) -> UpdatesLook | None:
        doors = self.doors
        if doors.updates is None:
            return None
        self.on_step("", "Crossref")
        dois = _cited_dois(begun, cited)
        look = ask_for_updates(
            doors.updates, dois, doors.store, self.now, keep=self.run is not None, most=self.crossref_left
        )
        self.crossref_left -= look.tried
        return look


def _cited_dois(begun: Iterable[Begun], cited: Iterable[Record]) -> tuple[Doi, ...]:
    """The DOIs of all cited works, those first that PubMed does not have: nobody else says what became of them."""
    without = [work.doi for one in begun for work in one.works]
    borne = [doi for record in cited for doi in (record.doi, *record.other_dois) if doi is not None]
    return tuple(dict.fromkeys((*without, *borne)))
