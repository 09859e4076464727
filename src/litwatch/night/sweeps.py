"""A topic's sweeps: which of the records found must be fetched, and whether everything was covered.

The search looks back 100 days and is asked once; what the topic has in hand is not fetched again unless it may have
changed lately, for which a second search is made only where reading everything again would cost more than that.
Sources: Hokamp & Wolfe 2004 (PubCrawler); wcmc-its/ReCiter#689–#738; rules R-22 and R-33.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from litwatch.decisions.awaited_records import describe
from litwatch.decisions.completeness import explain_citation_failure, explain_feed_failure, explain_topic_failure
from litwatch.decisions.records_to_reread import fit_one_request, select_unchanged
from litwatch.decisions.search_signs import (
    Sign,
    clause_of,
    compare_with_past,
    describe_collapse,
    describe_lost,
    find_collapse_after_edit,
    find_lost_clauses,
    is_collapse,
    select_expected,
    select_lost,
    warnings_about,
)
from litwatch.decisions.search_window import Windows
from litwatch.model.errors import SourceError
from litwatch.model.identifiers import Pmid
from litwatch.model.search import Search, Window
from litwatch.model.sweep import Outstanding, SearchPast, SignCode, Sweep, SweepKind, SweepState
from litwatch.model.topic import Topic
from litwatch.night.feed_leads import Followed
from litwatch.night.fetch import BATCH, Delivery
from litwatch.night.spared import Spare
from litwatch.report.nearest_leads import without_record
from litwatch.sources.protocol import SearchesStrategies
from litwatch.store import Store


@dataclass(frozen=True, slots=True)
class TopicLook:
    """What a topic's search said, and what follows from it for the fetch."""

    window: Window
    searches: tuple[Search, ...] = ()
    error: str | None = None
    found: tuple[Pmid, ...] = ()
    """Announced tonight."""
    known: frozenset[Pmid] = frozenset()
    """Those of them that are in hand and need not be read again."""
    expected: frozenset[Pmid] = frozenset()
    """What an earlier night found and tonight's search must find again, by the days of the records."""
    vanished: tuple[Pmid, ...] = ()
    """Those of ``expected`` that it did not find, newest first."""
    signs: tuple[Sign, ...] = ()
    """What in the answer asks for an editor."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the answer, one sentence each."""

    @property
    def wanted(self) -> tuple[Pmid, ...]:
        """What is to be fetched: the unseen, the possibly changed, and a batch of the vanished to ask after."""
        return (*(pmid for pmid in self.found if pmid not in self.known), *self.vanished[:BATCH])


@dataclass(frozen=True, slots=True)
class SearchAsk:
    """One topic to be searched."""

    topic: Topic
    windows: Windows
    past: SearchPast
    another_article: bool = False
    """Whether what was met before is not in hand for this article."""


def look_all(
    asks: Sequence[SearchAsk],
    *,
    entrez: SearchesStrategies,
    store: Store,
    spare: Spare,
    on_step: Callable[[str, str], None],
) -> list[TopicLook | None]:
    """Search each topic's window and work out what to fetch; None where a surprise was told to ``spare``.

    A failing search is part of the result. Raises store errors.
    """

    def begin(ask: SearchAsk) -> Search | SourceError:
        on_step(ask.topic.slug, "search")
        return _search(ask.topic.strategy, ask.windows.whole, entrez)

    answers = spare.in_flight((ask.topic.slug, partial(begin, ask)) for ask in asks)
    found = {ask.topic.slug: each.pmids for ask, each in zip(asks, answers, strict=True) if isinstance(each, Search)}
    past = [pmid for ask in asks for pmid in (*ask.past.found, *ask.past.earlier_texts)]
    with store.reading():
        days = store.record_days({*past, *(pmid for pmids in found.values() for pmid in pmids)})
        met = store.met_among(
            {ask.topic.slug: found.get(ask.topic.slug, ()) for ask in asks if not ask.another_article}, SweepKind.TOPIC
        )

    def look(ask: SearchAsk, answer: Search | SourceError | None) -> TopicLook | None:
        return None if answer is None else _look(ask, answer, days, met.get(ask.topic.slug, set()), entrez)

    return spare.in_flight(
        (ask.topic.slug, partial(look, ask, answer)) for ask, answer in zip(asks, answers, strict=True)
    )


def _search(strategy: str, window: Window, entrez: SearchesStrategies) -> Search | SourceError:
    try:
        return entrez.search(strategy, window)
    except SourceError as error:
        return error


def _look(
    ask: SearchAsk,
    search: Search | SourceError,
    days: Mapping[Pmid, tuple[date, ...]],
    met: Collection[Pmid],
    entrez: SearchesStrategies,
) -> TopicLook:
    """What follows from the answer: ``met`` are those of the PMIDs found that the topic has met before."""
    topic, windows, past = ask.topic, ask.windows, ask.past
    if isinstance(search, SourceError):
        standing = [sign for sign in past.signs if sign.code is not SignCode.FINDS_TOO_LITTLE]
        signs = tuple(Sign(sign, f"For an editor: {clause_of(sign)}.") for sign in standing)
        return TopicLook(windows.whole, error=str(search), signs=signs)
    in_hand = {pmid for pmid in met if pmid in days}
    expected = select_expected(past.found, days, windows.whole)
    lost, notes = find_lost_clauses(topic.strategy, search)
    edited = find_collapse_after_edit(search.pmids, select_expected(past.earlier_texts, days, windows.whole), past)
    seen = TopicLook(
        search.window or windows.whole,
        searches=(search,),
        found=search.pmids,
        expected=expected,
        vanished=tuple(sorted(expected.difference(search.pmids), reverse=True)),
        signs=(
            *lost,
            *compare_with_past(search, past, warnings_about(lost, search.warnings)),
            *([Sign(edited, f"For an editor: {clause_of(edited)}.")] if edited else []),
        ),
        notes=notes,
    )
    if fit_one_request(in_hand, BATCH):
        return seen
    changed = _search(topic.strategy, windows.lately, entrez)
    if isinstance(changed, SourceError):
        return replace(seen, known=frozenset(in_hand), error=str(changed))
    unchanged = select_unchanged(in_hand, changed.pmids, days, windows.lately)
    if unchanged is None:
        return seen
    return replace(
        seen,
        searches=(search, changed),
        found=tuple(dict.fromkeys((*search.pmids, *changed.pmids))),
        known=unchanged,
    )


def close_topic_sweep(
    topic: Topic,
    look: TopicLook,
    asked: Sequence[Pmid],
    ledger: Sequence[Outstanding],
    delivery: Delivery,
    *,
    no_longer_led_to: Sequence[Outstanding],
    reread: Sequence[Pmid] = (),
) -> Sweep:
    """The topic sweep, with the signs that its strategy needs an editor.

    It is complete only if all that the search announced is in hand or known to be outstanding, and if nothing was
    lost. ``asked`` is what was to be fetched, the outstanding included; ``reread`` what was told before and asked for
    again; ``ledger`` what of the outstanding, after the night, no feed has named. What a feed named and none names
    tonight fails nothing: it is only told here, because it has no sweep of its own.
    """
    lost = select_lost(look.vanished, delivery.records, delivery.missing, look.window)
    collapse = describe_collapse(lost, look.expected) if is_collapse(lost, look.expected) else None
    unasked = delivery.error((*asked, *reread))
    error = explain_topic_failure(look.error, unasked, ledger, collapse.note if collapse else None)
    told = (*ledger, *no_longer_led_to)
    notes = [*(sign.note for sign in look.signs), *look.notes, *(note for item in told if (note := describe(item)))]
    if lost and not collapse:
        notes.append(describe_lost(lost))
    signs = (*look.signs, *([collapse] if collapse else []))
    return Sweep(
        kind=SweepKind.TOPIC,
        state=SweepState.FAILED if error else SweepState.COMPLETE,
        window=look.window,
        searches=look.searches,
        found=len(look.found),
        delivered=delivery.count(look.found) + len(look.known),
        missing=delivery.left_out(asked),
        unreadable=delivery.broken((*asked, *reread)),
        error=error,
        strategy=topic.strategy,
        known=len(look.known),
        notes=tuple(notes),
        signs=tuple(sign.found for sign in signs),
    )


def close_citation_sweep(
    cited: Sequence[Pmid],
    unresolved: str | None,
    delivery: Delivery,
    known: Collection[Pmid],
    *,
    linked: Sequence[Pmid],
    notices: Delivery,
) -> Sweep:
    """The citation sweep. ``known`` are the cited papers that PubMed has served before,
    ``linked`` are the notices about the cited papers, and ``notices`` what became of fetching their own records.
    """
    broken = delivery.broken(cited)
    missing = delivery.left_out(cited)
    error = explain_citation_failure(
        unresolved,
        delivery.error(cited),
        broken,
        notices_error=notices.error(linked),
        broken_notices=notices.broken(linked),
        missing=missing,
        served_before=known,
    )
    return Sweep(
        kind=SweepKind.CITATION,
        state=SweepState.FAILED if error else SweepState.COMPLETE,
        window=None,
        searches=(),
        found=len(cited),
        delivered=delivery.count(cited),
        missing=missing,
        unreadable=broken,
        error=error,
    )


def close_feed(followed: Followed, ledger: Sequence[Outstanding], delivery: Delivery) -> Sweep:
    """Complete if the feed was read and every paper that it names is in hand or known to be outstanding.

    ``ledger`` is what of the outstanding, after the night, was announced by feeds.
    """
    own = [item for item in ledger if item.pmid in followed.pmids]
    error = explain_feed_failure(followed.error, delivery.error(followed.pmids), own)
    return Sweep(
        kind=SweepKind.FEED,
        state=SweepState.FAILED if error else SweepState.COMPLETE,
        window=None,
        searches=followed.searches,
        found=followed.entries,
        delivered=delivery.count(followed.pmids),
        missing=delivery.left_out(followed.pmids),
        unreadable=delivery.broken(followed.pmids),
        error=f"{followed.feed.name}: {error}" if error else None,
        notes=(
            *([followed.remark] if followed.remark and not error else []),
            *(note for item in own if (note := describe(item))),
        ),
        leads=without_record(
            followed.leads, (delivery.records[pmid] for pmid in followed.pmids if pmid in delivery.records)
        ),
    )
