"""What a reader must see before scrolling, and which changes have a card of their own below it.

The first screen names the change that decides the verdict, the sentence that it concerns, what is asked and by when.
At most ``MOST_CARDS`` cards follow from it; together they name every grave change. The other changes are folded: they
are counted, and stand on the page for search and print. Report and desk share this, and the digest its order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from litwatch.decisions.reason import ReasonCode
from litwatch.decisions.verdict import Rule
from litwatch.model.change import ChangeKind
from litwatch.model.judgement import Effect
from litwatch.model.text import phrases
from litwatch.report import contents, wording
from litwatch.report.actions import (
    READ_BEFALLEN,
    READ_BEFALLEN_ON_TOPIC,
    READ_CONTRADICTED,
    READ_ON_TOPIC,
    READ_RECORD,
    RECORD_OUTCOME,
    Reader,
    list_actions,
)
from litwatch.report.contents import Report, ReportedSignal
from litwatch.report.view import (
    SHOWN_IN_FULL,
    EvidenceGroup,
    NoticeItem,
    Quote,
    ReportView,
    group_by_sentence,
    quote_all,
)

MOST_CARDS = 7
"""So many cards a reader can take in within five minutes; with more, the last one names what is left of the grave."""

_GRAVE = {
    ChangeKind.CITED_RETRACTED,
    ChangeKind.CITED_RETRACTED_REPUBLISHED,
    ChangeKind.CITED_PARTLY_RETRACTED,
    ChangeKind.CITED_WITHDRAWN,
    ChangeKind.CITED_CONCERN,
    ChangeKind.FOUND_RETRACTED,
    ChangeKind.FOUND_RETRACTED_REPUBLISHED,
    ChangeKind.FOUND_PARTLY_RETRACTED,
    ChangeKind.FOUND_WITHDRAWN,
    ChangeKind.FOUND_CONCERN,
}


@dataclass(frozen=True, slots=True)
class Card:
    """One open change, shown by itself: a notice about a cited paper, or a new record."""

    reported: ReportedSignal
    notice: NoticeItem | None = None
    """None for a new record."""
    group: EvidenceGroup | None = None
    """For a new record: itself, with the sentence that it concerns most."""


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What decides, what is asked, and how the open changes are spread over the page. Nothing is left out."""

    lead: Card | None
    """The change that the headline is about; None where the verdict rests on no paper, as by age."""
    asked: Reader
    """Who is to act first."""
    asks: str
    """What that reader is asked to do, in a sentence or two."""
    by: date | None
    """The last day for what the verdict asks; None where there is nothing to decide."""
    at_reassessment: bool
    """Whether that day is only the article's next re-assessment, because nothing open has a date of its own."""
    lead_by: date | None
    """The lead's own last day, where the lead is not the verdict's change and has another; else None."""
    cards: tuple[Card, ...]
    """The other changes that are shown in full, most important first."""
    named: tuple[Card, ...]
    """Grave changes for which there was no card: the last card names them, and they stand in full below."""
    notices: tuple[NoticeItem, ...]
    """Folded notices."""
    groups: tuple[EvidenceGroup, ...]
    """Folded new records, in full."""
    further: tuple[ReportedSignal, ...]
    """Folded new records beyond ``SHOWN_IN_FULL``, by title."""
    also: str
    """What is open beside the lead, counted; empty for nothing."""
    actions: tuple[tuple[Reader, tuple[str, ...]], ...]
    """What else is to be done, by who is to do it: what neither ``asks`` nor a notice's card says."""

    @property
    def shown(self) -> tuple[ReportedSignal, ...]:
        """The changes with a card, the lead first."""
        return tuple(card.reported for card in (*([self.lead] if self.lead is not None else []), *self.cards))

    @property
    def folded_records(self) -> int:
        """How many new records are folded."""
        return sum(len(group.items) for group in self.groups) + len(self.further)


def is_grave(reported: ReportedSignal) -> bool:
    """Whether a first look must name it: retraction, concern, highest level, contradiction, disagreement."""
    signal = reported.signal
    kinds = {signal.change.kind, *(each.signal.change.kind for each in reported.events)}
    codes = {reason.code for reason in signal.reasons}
    contradicts = any(
        reason.code is ReasonCode.MEMBER_FINDS and reason.words[0] == Effect.CONTRADICTS for reason in signal.reasons
    )
    return bool(
        kinds & _GRAVE
        or (signal.level is not None and signal.level.rank == 1)
        or contradicts
        or ReasonCode.DISAGREEMENT in codes
    )


def lay_first_screen(
    report: Report, view: ReportView, leads: Callable[[ReportedSignal], bool] | None = None
) -> FirstScreen:
    """The report's first screen and its cards.

    ``leads`` says which changes may lead where any may: a mail leads with what is news to its reader.
    """
    fresh, quotes = contents.listed_evidence(report), quote_all(report.article)
    every = [*(Card(each.reported, each) for each in view.notices), *(_record_card(each, quotes) for each in fresh)]
    own = lead = _find_lead(report, every)
    if leads is not None and (own is None or not leads(own.reported)):
        lead = next((card for card in every if leads(card.reported)), own)
    shown, named = _choose(every, lead, fill=report.verdict.status.asks_for_review)
    on_cards = [card.reported for card in shown]
    rest = [each for each in fresh if each not in on_cards]
    in_full = rest[: max(0, SHOWN_IN_FULL - (len(fresh) - len(rest)))]
    asked, asks = _ask(report, lead, is_verdicts=lead is own)
    by = _due(report, own)
    lead_by = lead.reported.deadline if lead is not None and lead is not own and by is not None else None
    others = [each for each in list_actions(report) if not each.with_notices and each.text not in asks]
    return FirstScreen(
        lead=lead,
        asked=asked,
        asks=asks,
        by=by,
        at_reassessment=by is not None and by == report.verdict.reassess_on and not _has_own_date(report),
        lead_by=lead_by if lead_by != by else None,
        cards=tuple(card for card in shown if card is not lead),
        named=tuple(named),
        notices=tuple(each for each in view.notices if each.reported not in on_cards),
        groups=group_by_sentence(in_full, report.article),
        further=tuple(rest[len(in_full) :]),
        also=_count([card.reported for card in every if card is not lead], beside=lead),
        actions=tuple(
            (reader, tuple(action.text for action in group))
            for reader, group in groupby(others, lambda each: each.reader)
        ),
    )


def _record_card(reported: ReportedSignal, quotes: Mapping[int, Quote]) -> Card:
    quote = next((quotes[number] for number in reported.signal.sentences if number in quotes), None)
    return Card(reported, group=EvidenceGroup(quote, (reported,)))


def _find_lead(report: Report, every: Sequence[Card]) -> Card | None:
    """The gravest change that the first rule fired for."""
    first = report.verdict.fired[0] if report.verdict.fired else None
    if first is None or not first.status.asks_for_review:
        return None
    found = [card for card in every if card.reported.signal.change.pmid in first.pmids]
    if first.rule is Rule.RETRACTED:
        found = [card for card in found if card.notice is not None and not card.reported.signal.taken_back] or found
    return found[0] if found else None


def _choose(every: Sequence[Card], lead: Card | None, *, fill: bool) -> tuple[list[Card], list[Card]]:
    """The cards in their order, the lead first, and the grave ones for which there is none."""
    grave = [card for card in every if card is not lead and is_grave(card.reported)]
    room = MOST_CARDS - (lead is not None)
    first = [lead] if lead is not None else []
    if len(grave) > room:
        return [*first, *grave[: room - 1]], grave[room - 1 :]
    others = [card for card in every if card is not lead and card not in grave] if fill else []
    shown = [*grave, *others[: room - len(grave)]]
    return [*first, *(card for card in every if card in shown)], []


def _ask(report: Report, lead: Card | None, *, is_verdicts: bool) -> tuple[Reader, str]:
    """What the board is asked about the lead; without one, the first thing that is to be done at all, and by whom.

    ``is_verdicts``: whether the lead is what the verdict is about.
    """
    rule = report.verdict.fired[0].rule if report.verdict.fired and is_verdicts else Rule.CLEAR
    todo = list_actions(report)
    if rule is Rule.DECIDED:
        # What the board has decided is mostly for an editor to carry out.
        action = next((each for each in todo if each.on_decision), todo[0])
        return action.reader, action.text
    if lead is None:
        return todo[0].reader, todo[0].text
    if lead.reported.kept_by and rule not in {Rule.CONTRADICTED, Rule.FOUND} and not report.article.is_absent:
        return Reader.BOARD, _say_what_is_left(report, lead.reported)
    if lead.notice is not None:
        return Reader.BOARD, lead.notice.action
    if report.article.is_absent:
        return Reader.BOARD, READ_BEFALLEN_ON_TOPIC if rule is Rule.FOUND else READ_ON_TOPIC
    return Reader.BOARD, {Rule.CONTRADICTED: READ_CONTRADICTED, Rule.FOUND: READ_BEFALLEN}.get(rule, READ_RECORD)


def _say_what_is_left(report: Report, kept: ReportedSignal) -> str:
    """What is asked about a change that members have read and kept: no answer to it, but a word on the article."""
    said = f"{phrases.count(len(kept.kept_by), 'member has', 'members have')} kept it as relevant. "
    if kept.decided and report.decision is not None and report.decision.text_changed_on is None:
        return (
            said + ("Withdraw" if report.decision.is_withdrawal else "Update") + " the article, as the board decided."
        )
    return said + RECORD_OUTCOME


def _due(report: Report, own: Card | None) -> date | None:
    """By when: the board's own date, else the notice's, else that of the first notice, else the re-assessment.

    ``own``: what the verdict is about, also where another change leads.
    """
    if not report.verdict.status.asks_for_review:
        return None
    if report.decision is not None and report.verdict.fired[0].rule is Rule.DECIDED:
        return report.decision.due
    if own is not None and own.reported.deadline is not None:
        return own.reported.deadline
    told = [each.deadline for each in contents.notices(report) if each.deadline is not None]
    return min(told, default=report.verdict.reassess_on)


def _has_own_date(report: Report) -> bool:
    """Whether something that is open has a date: a notice, or the board's decision."""
    return report.decision is not None or any(each.deadline is not None for each in contents.notices(report))


def _count(others: Iterable[ReportedSignal], beside: Card | None) -> str:
    """What is open: ``1 expression of concern, 1 erratum and 74 new records (1 of level 1, 11 of level 2)``."""
    others = list(others)
    kinds = Counter(each.signal.change.kind for each in others if each.signal.change.is_about_cited)
    said = [phrases.count(number, *wording.NOTICE_COUNTED[kind]) for kind, number in kinds.items()]
    records = [each for each in others if not each.signal.change.is_about_cited]
    levels = Counter(each.signal.level.rank for each in records if each.signal.level is not None)
    high = [f"{levels[rank]:,} of level {rank}" for rank in (1, 2) if levels[rank]]
    if records:
        more = "more new record" if beside is not None and beside.notice is None else "new record"
        said.append(phrases.count(len(records), more) + (f" ({', '.join(high)})" if high else ""))
    return phrases.listed(said)
