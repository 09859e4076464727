"""Topics of which nothing differs from their last decision: the night is logged, and the decision carried on.

``decided_topic`` keeps what a decision rests on; ``decisions/carried_decision.py`` says when it stands.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from litwatch.decisions.carried_decision import Tonight, find_difference
from litwatch.decisions.verdict import Verdict, carry_on
from litwatch.model.record import Record
from litwatch.night.closed_night import (
    Beside,
    ClosedNight,
    NightBrought,
    close_looks,
    digest_inputs,
    find_reach,
    gather_night,
    is_whole_night,
)
from litwatch.night.related_papers_look import RelatedLook
from litwatch.night.saved_topic import SavedTopic
from litwatch.night.survey import Begun
from litwatch.store import Document, NightSaved, Store
from litwatch.store.decision_grounds import Brought
from litwatch.store.documents import as_document
from litwatch.store.topic_night import CarriedNight, TopicNight

_log = logging.getLogger(__name__)


def carry_on_all(
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
        if cited >= set(begun.cited)
        and begun.unresolved is None
        and begun.tries is None
        and begun.topic.slug not in brought.reordered
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
        beside = Beside.read_all([begun for begun, _ in possible], brought, store)
        nights: dict[str, tuple[Begun, ClosedNight, TopicNight]] = {}
        for begun, related in possible:
            closed = close_looks(begun, brought, frozenset(begun.cited), beside[begun.topic.slug])
            nights[begun.topic.slug] = begun, closed, gather_night(begun, closed, related, brought)
        differing = store.count_differing(_list_brought(night for *_, night in nights.values()))
        standing = store.standing_now([*nights])
        judged = store.judged_since(min(grounds[slug].judgements for slug in nights))
        quiet = []
        for slug, (begun, closed, night) in nights.items():
            tonight = Tonight(
                digest_inputs(begun, closed, night),
                judged.get(slug, 0),
                standing[slug].number if slug in standing else None,
                differing.get(slug, 0),
                is_whole_night(begun, closed, night) and _looks_at_all_told(begun, closed),
            )
            if (why := find_difference(grounds[slug], tonight, day)) is None:
                quiet.append(slug)
            else:
                _log.debug("%s is decided anew: %s", slug, why.value)
        last = store.latest_verdicts(quiet)
        verdicts = {}
        for slug in quiet:
            begun, closed, _ = nights[slug]
            reached = find_reach(begun, closed, brought)
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


def _looks_at_all_told(begun: Begun, closed: ClosedNight) -> bool:
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
