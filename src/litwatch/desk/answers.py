"""A form's fields as an event: what a person chose, checked against the report that they had before them.

Everything that comes from a form is compared with what the page offered: an answer is about a change that the report
shows, a review has seen no later report than there is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from litwatch.decisions.change_life import OpenChange
from litwatch.decisions.member_answers import Answer
from litwatch.model.change import Change
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import (
    LONGEST_COMMENT,
    OUTCOMES,
    STILL_TO_DO,
    Decision,
    Effect,
    Judgement,
    NamedRecord,
    may_wait_until,
    needs_reason,
)
from litwatch.model.reference import MatchState
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.text.safe_text import is_blank
from litwatch.reading.stored_report import name_reference
from litwatch.report.contents import Report, open_leads, told_with
from litwatch.report.view import CitedEntry

ANSWERS = {
    "keep": Decision.RELEVANT,
    "not-relevant": Decision.NOT_RELEVANT,
    "already-covered": Decision.ALREADY_COVERED,
    "later": Decision.LATER,
}
LONGEST_REASON = 1000
UNDO = timedelta(minutes=1)
"""So long the last answer can be taken back, as long as no run has taken it in."""
_MANY, _SHOWN = "many-", "shown-"
"""Before a change's name: a record that was ticked, and one that the page showed to be answered with others."""
_EPISODE = re.compile(r"[0-9a-f]{16}")
_CHANGED_SINCE = "Somebody has closed this since you opened the page. Open the page again to see who."


class AnswerRefused(Exception):
    """The form cannot be taken; the message tells the person what to do."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reference of the article that is not yet surely one PubMed record."""

    entry: CitedEntry
    pmids: tuple[Pmid, ...]
    """What it may be, best first."""


def change_id(change: Change) -> str:
    """A change's name in a form: 16 hex digits of its identity."""
    text = f"{change.kind.value}\n{change.pmid}\n{change.detail}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def dispute_id(answers: Sequence[Answer]) -> str:
    """A disagreement's name in a form: 16 hex digits of what the page shows of it."""
    text = "\n".join(f"{each.by}\t{each.day}\t{each.decision.value}\t{each.effect}\t{each.until}" for each in answers)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def open_candidates(report: Report, entries: tuple[CitedEntry, ...]) -> tuple[Candidate, ...]:
    """The references that a person could confirm, in the list's order."""
    pinned = {pin.position for pin in report.topic.pins if pin.pmid or pin.doi or pin.not_in_pubmed}
    found = []
    for entry in entries:
        match = entry.match
        survivors = [each.survivor.pmid for each in entry.notices if each.survivor is not None]
        if survivors and entry.reference.position not in pinned:
            found.append(Candidate(entry, tuple(dict.fromkeys(survivors))))
            continue
        if match is None or match.state is MatchState.CONFIRMED or entry.reference.position in pinned:
            continue
        pmids = dict.fromkeys((*([match.pmid] if match.pmid is not None else []), *match.others))
        found.append(Candidate(entry, tuple(pmids)))
    return tuple(found)


def read_form(
    fields: Mapping[str, str],
    report: Report,
    candidates: tuple[Candidate, ...],
    answered: tuple[OpenChange, ...] = (),
    disputes: Mapping[str, Sequence[Answer]] = MappingProxyType({}),
    *,
    by: str,
    now: datetime,
    is_editor: bool = False,
) -> tuple[Judgement, ...]:
    """The events that a form of the article's page asks for. Raises AnswerRefused.

    ``answered`` holds the changes that other members' answers have closed; they can still be kept. ``disputes`` holds,
    by the change's name, the answers of members who disagree about it. Only who ``is_editor`` says who is responsible.
    An answer on a reinstatement is one on each notice that the page tells with it, the reinstatement last.
    """
    reason = " ".join(fields.get("reason", "").split())
    if len(reason) > LONGEST_REASON:
        raise AnswerRefused(f"The reason is longer than {LONGEST_REASON:,} characters. Please shorten it.")
    about = fields.get("about")
    if about == "comment":
        return (_comment(fields, report, answered, by, now),)
    if about == "change":
        if (kept := _keep_after_all(fields, report, answered, reason, by, now)) is not None:
            return (kept,)
        return _answer(fields, report, reason, disputes, by, now)
    if about == "many":
        return _answer_many(fields, report, reason, by, now)
    if about == "article":
        return (_review(fields, report, reason, by, now),)
    if about == "responsible" and is_editor:
        return (_responsible(fields, report, reason, by, now),)
    if about == "reference":
        return (_confirmation(fields, report, candidates, reason, by, now),)
    if about == "lead":
        return (_closing(fields, report, reason, by, now),)
    raise AnswerRefused("The form does not say what it is about. Please open the page again.")


def _keep_after_all(  # noqa: PLR0917
    fields: Mapping[str, str], report: Report, answered: tuple[OpenChange, ...], reason: str, by: str, now: datetime
) -> Judgement | None:
    """That a change which another member's answer has closed is kept; None where the form is about no such change."""
    if ANSWERS.get(fields.get("answer", "")) is not Decision.RELEVANT:
        return None
    shown = _read_episodes(fields)
    for item in answered:
        if change_id(item.change) == fields.get("change", "") and shown.issuperset(item.episodes):
            effect = None if item.change.is_about_cited else _read_effect(fields.get("effect", ""))
            slug = report.topic.slug
            return Judgement(
                slug, Decision.RELEVANT, by, now, reason, item.change, effect=effect, episodes=item.episodes
            )
    return None


def _answer(  # noqa: PLR0917
    fields: Mapping[str, str],
    report: Report,
    reason: str,
    disputes: Mapping[str, Sequence[Answer]],
    by: str,
    now: datetime,
) -> tuple[Judgement, ...]:
    asked = fields.get("change", "")
    reported = next((each for each in report.signals if change_id(each.signal.change) == asked), None)
    if reported is None:
        raise AnswerRefused(_CHANGED_SINCE)
    decision = ANSWERS.get(fields.get("answer", ""))
    if decision is None:
        raise AnswerRefused("Choose one of the answers.")
    if not reason and needs_reason(decision, reported.signal.change):
        raise AnswerRefused("Closing a notice about a cited paper needs a reason. Please give one.")
    _check_settling(fields, reason, disputes.get(asked, ()))
    parties = {mailbox_key(each.by) for each in disputes.get(asked, ())}
    if fields.get("settles") and report.topic.readers > 1 and mailbox_key(by) in parties:
        raise AnswerRefused("Where two readers are asked, a third person settles it. You can still change your answer.")
    until = _read_day(fields.get("until", ""), now.date()) if decision is Decision.LATER else None
    keeps_new = decision is Decision.RELEVANT and not reported.signal.change.is_about_cited
    effect = _read_effect(fields.get("effect", "")) if keeps_new and not report.article.is_absent else None
    shown = _read_episodes(fields)
    answered = [
        (each, about)
        for each in (*told_with(reported, report), reported)
        if (about := tuple(episode for episode in each.episodes if episode in shown))
    ]
    if not answered:
        raise AnswerRefused(_CHANGED_SINCE)
    return tuple(
        Judgement(
            report.topic.slug,
            decision,
            by,
            now,
            reason,
            each.signal.change,
            until,
            effect=effect,
            episodes=about,
            settles=_settled(fields, disputes.get(change_id(each.signal.change), ())),
        )
        for each, about in answered
    )


def _answer_many(
    fields: Mapping[str, str], report: Report, reason: str, by: str, now: datetime
) -> tuple[Judgement, ...]:
    """One answer to several new records: those that were ticked, or all that the page showed for it.

    Records that somebody has closed since are left out. A notice about a cited paper is answered by itself.
    """
    if fields.get("answer") not in {"not-relevant", "already-covered", "later"}:
        raise AnswerRefused("Choose one of the answers.")
    which = _SHOWN if fields.get("every") else _MANY
    chosen = {name.removeprefix(which): value for name, value in fields.items() if name.startswith(which)}
    if not chosen:
        raise AnswerRefused("Tick the records that you mean, or choose all of them.")
    found = [each for each in report.signals if change_id(each.signal.change) in chosen]
    if any(each.signal.change.is_about_cited for each in found):
        raise AnswerRefused("A notice about a cited paper is answered by itself, with a reason.")
    events: list[Judgement] = []
    for each in found:
        name = change_id(each.signal.change)
        own = {"answer": fields["answer"], "change": name, "episodes": chosen[name], "until": fields.get("until", "")}
        try:
            events += _answer(own, report, reason, {}, by, now)
        except AnswerRefused as refused:
            if str(refused) != _CHANGED_SINCE:
                raise
    if not events:
        raise AnswerRefused(_CHANGED_SINCE)
    return tuple(events)


def last_answers(waiting: Sequence[Judgement], by: str, now: datetime) -> tuple[Judgement, ...]:
    """What a person has said last and may still take back: the answers of one form, while they wait."""
    own = [each for each in waiting if each.by == by and timedelta(0) <= now - each.at <= UNDO]
    latest = max((each.at for each in own), default=None)
    return tuple(each for each in own if each.at == latest)


def is_said_twice(event: Judgement, waiting: Sequence[Judgement]) -> bool:
    """Whether it is a comment that the same person sent in the same words a moment ago: a button pressed twice."""
    return event.decision is Decision.COMMENT and any(
        each.decision is Decision.COMMENT
        and (each.by, each.change, each.reason) == (event.by, event.change, event.reason)
        and timedelta(0) <= event.at - each.at <= UNDO
        for each in waiting
    )


def _check_settling(fields: Mapping[str, str], reason: str, dispute: Sequence[Answer]) -> None:
    """Raises AnswerRefused unless what the answer is to settle is what the page showed, and a reason is given."""
    if not (given := fields.get("settles")):
        return
    if not dispute or given != dispute_id(dispute):
        raise AnswerRefused("Somebody has answered since you opened the page. Open it again to see what they said.")
    if not reason:
        raise AnswerRefused("Please give the reason for settling it; the members whose answers it ends will read it.")


def _settled(fields: Mapping[str, str], dispute: Sequence[Answer]) -> tuple[str, ...] | None:
    return tuple(each.by for each in dispute) or None if fields.get("settles") else None


def _read_episodes(fields: Mapping[str, str]) -> frozenset[str]:
    """The ids of the episodes that the page showed, as its form names them; hostile text is as good as none."""
    return frozenset(filter(_EPISODE.fullmatch, fields.get("episodes", "").split(".")))


def _read_effect(given: str) -> Effect | None:
    """What the paper does to the article; None where the member has not said."""
    if not given:
        return None
    try:
        return Effect(given)
    except ValueError:
        raise AnswerRefused(
            "Choose whether it contradicts, clarifies or reinforces the article, or leave it open."
        ) from None


def _review(fields: Mapping[str, str], report: Report, reason: str, by: str, now: datetime) -> Judgement:
    decision = OUTCOMES.get(fields.get("outcome", ""))
    if decision is None:
        raise AnswerRefused("Choose the outcome of the review.")
    if decision in STILL_TO_DO and report.article.is_absent:
        raise AnswerRefused("There is no article that could be updated or withdrawn. Record the review without it.")
    if not reason and needs_reason(decision):
        raise AnswerRefused("Please give the reason for the outcome; it is kept in the article's history.")
    try:
        given = datetime.fromisoformat(fields.get("seen", ""))
        seen = given.astimezone(UTC) if given.tzinfo else None
    except (ValueError, OverflowError):  # the first and last day of the calendar have hours that are none in UTC
        seen = None
    if seen is None or seen > report.surveyed_at:
        raise AnswerRefused("The form does not say which report it belongs to. Please open the page again.")
    shown = _read_episodes(fields)
    if report.episodes and "episodes" not in fields:
        raise AnswerRefused("The form does not say which report it belongs to. Please open the page again.")
    due = _read_due(fields.get("due", ""), now.date()) if decision in STILL_TO_DO else None
    person = _read_person(fields, report) if decision in STILL_TO_DO else None
    return Judgement(
        report.topic.slug,
        decision,
        by,
        now,
        reason,
        seen=seen,
        episodes=tuple(sorted(shown)),
        due=due,
        responsible=person,
    )


def _comment(
    fields: Mapping[str, str], report: Report, answered: tuple[OpenChange, ...], by: str, now: datetime
) -> Judgement:
    """A comment on a change that the page shows, or on the whole article."""
    text = " ".join(fields.get("comment", "").split())
    if is_blank(text):
        raise AnswerRefused("The comment is empty. Please write what the others should read.")
    if len(text) > LONGEST_COMMENT:
        raise AnswerRefused(f"The comment is longer than {LONGEST_COMMENT:,} characters. Please shorten it.")
    change = None
    if asked := fields.get("change", ""):
        shown = [*(each.signal.change for each in report.signals), *(each.change for each in answered)]
        change = next((each for each in shown if change_id(each) == asked), None)
        if change is None:
            raise AnswerRefused(_CHANGED_SINCE)
    return Judgement(report.topic.slug, Decision.COMMENT, by, now, text, change)


def _responsible(fields: Mapping[str, str], report: Report, reason: str, by: str, now: datetime) -> Judgement:
    if fields.get("who") == "nobody":
        if report.responsible is None:
            raise AnswerRefused("Nobody is responsible for it. Open the page again.")
        return Judgement(report.topic.slug, Decision.RESPONSIBLE_ENDED, by, now, reason)
    person = _read_person(fields, report)
    if person is None:
        raise AnswerRefused("Choose the person who is to see to it.")
    due = _read_due(fields.get("due", ""), now.date())
    return Judgement(report.topic.slug, Decision.RESPONSIBLE_NAMED, by, now, reason, due=due, responsible=person)


def _read_person(fields: Mapping[str, str], report: Report) -> str | None:
    """Who of the article's list is to do it, as the topic file writes the address; None where nobody was chosen."""
    if not (given := fields.get("responsible", "")):
        return None
    if (person := report.topic.person(given)) is None:
        raise AnswerRefused("This person is no longer on the article’s list. Open the page again and choose another.")
    return person


def _confirmation(  # noqa: PLR0917
    fields: Mapping[str, str], report: Report, candidates: tuple[Candidate, ...], reason: str, by: str, now: datetime
) -> Judgement:
    position = fields.get("position", "")
    candidate = next((each for each in candidates if str(each.entry.reference.position) == position), None)
    if candidate is None:
        raise AnswerRefused("This reference has been settled since the page was opened. Open the page again.")
    given = fields.get("other", "").strip() or fields.get("pmid", "")
    if not (given.isascii() and given.isdecimal() and 0 < len(given) <= 9 and int(given)):
        raise AnswerRefused("Choose a record, or give its PMID in digits.")
    named = NamedRecord(name_reference(candidate.entry.reference), Pmid(int(given)))
    return Judgement(report.topic.slug, Decision.REFERENCE_CONFIRMED, by, now, reason, reference=named)


def _closing(fields: Mapping[str, str], report: Report, reason: str, by: str, now: datetime) -> Judgement:
    lead = next((each for each in open_leads(report) if each.name == fields.get("lead")), None)
    if lead is None:
        raise AnswerRefused("This lead has been closed, or is no longer in its feed. Open the page again.")
    return Judgement(report.topic.slug, Decision.LEAD_CLOSED, by, now, reason, lead=lead)


def _read_due(text: str, today: date) -> date | None:
    """Until when the decision should be carried out; None where the person has left it to the topic's threshold."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise AnswerRefused("Give the date until which it should be done, or leave it empty.") from None
    if not may_wait_until(day, today):
        raise AnswerRefused("The date until which it should be done must be within the next twelve months.")
    return day


def _read_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise AnswerRefused("Give the date on which to ask again.") from None
    if not may_wait_until(day, today):
        raise AnswerRefused("The date on which to ask again must be within the next twelve months.")
    return day
