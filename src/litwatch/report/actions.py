"""What is to be done now about an article, and by whom: the sentences under "What to do now"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.verdict import Rule
from litwatch.model.change import ChangeKind
from litwatch.model.reference import MatchState
from litwatch.model.text import phrases, spelled_dates
from litwatch.model.text.mail_address import mailbox_key
from litwatch.references.lint import Severity
from litwatch.report import wording
from litwatch.report.contents import (
    FOR_EDITORS,
    Report,
    ReportedSignal,
    failed_beside,
    is_person_late,
    names_unknown,
    notices,
    search_failed,
)

_ON_EVIDENCE = {Rule.NEW_EVIDENCE, Rule.KEPT, Rule.CONTRADICTED}
READ_CONTRADICTED = "Read what a member finds to contradict the article, and decide whether its sentences still stand."
READ_RECORD = "Read it, and decide whether it contradicts, reinforces or clarifies the text."
_READ_EVIDENCE = (
    "Read the new evidence, and decide for each paper whether it contradicts, reinforces or clarifies the text."
)
RECORD_OUTCOME = "Record the outcome for the article: unchanged, update, or withdraw."
READ_ON_TOPIC = "Read the new records, and say of each whether it is relevant; a review closes all that are listed."
READ_BEFALLEN_ON_TOPIC = (
    "Find out whether something that you decided depends on a record that a member kept and that has been retracted,"
    " questioned or lost since."
)
READ_BEFALLEN = (
    "Find out whether the article, or a decision about it, rests on a record that a member kept and that has been"
    " retracted, questioned or lost since."
)
_NAMED = 5
"""So many newer versions are named in what to do; each stands with its notice."""


class Reader(StrEnum):
    """Who is to act."""

    BOARD = "Board"
    EDITOR = "Editor"
    OPERATOR = "Operator"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do now, and by whom."""

    reader: Reader
    text: str
    with_notices: bool = False
    """Whether it is about notices, and a page that shows them says it with each of them."""
    on_decision: bool = False
    """Whether it carries out what the board has decided."""


def list_actions(report: Report) -> tuple[Action, ...]:
    """What to do now, the board first; never empty."""
    waits = report.decision is not None and report.decision.text_changed_on is None
    told = [each for each in notices(report) if not (waits and each.decided)]
    kinds = {each.signal.change.kind: None for each in told if not each.signal.taken_back}
    todo = [Action(Reader.BOARD, _action_on(kind, told), with_notices=True) for kind in kinds]
    if ended := sum(each.signal.taken_back for each in told):
        said = f"{phrases.count(ended, 'notice has', 'notices have')} since been taken back. Decide what that means."
        todo.append(Action(Reader.BOARD, said, with_notices=True))
    rules = {
        fired.rule for fired in report.verdict.fired if fired.status.asks_for_review and not fired.is_beside_decision
    }
    if Rule.CONTRADICTED in rules:
        place = 0 if report.verdict.fired[0].rule is Rule.CONTRADICTED else len(todo)
        todo.insert(place, Action(Reader.BOARD, READ_CONTRADICTED))
    befallen = READ_BEFALLEN_ON_TOPIC if report.article.is_absent else READ_BEFALLEN
    wanted = ((Rule.FOUND in rules, befallen), (bool(rules & _ON_EVIDENCE), _READ_EVIDENCE))
    todo += [Action(Reader.BOARD, said) for asked, said in wanted if asked]
    if report.decision is not None:
        todo += _on_decision(report.decision, _person(report))
    todo += _on_responsible(report)
    if Rule.UNREAD in rules:
        todo.append(Action(Reader.BOARD, READ_ON_TOPIC))
    elif rules - FOR_EDITORS - {Rule.DECIDED} and not report.article.is_absent:
        todo.append(Action(Reader.BOARD, RECORD_OUTCOME))
    if Rule.IDENTITY in rules:
        said = "Say whether this is the same article as before or a new one "
        said += "(litwatch articles same, or litwatch articles new)."
        todo.append(Action(Reader.EDITOR, said))
    todo += _on_survivors(told)
    errors = sum(finding.severity is Severity.ERROR for finding in report.findings)
    if errors:
        said = f"Correct {phrases.count(errors, 'citation error')} in the article (see “Citation check”)."
        todo.append(Action(Reader.EDITOR, said))
    settled = {pin.position for pin in report.topic.pins if pin.not_in_pubmed}
    unsure = [m.position for m in report.matches if m.state is not MatchState.CONFIRMED and m.position not in settled]
    if unsure:
        said = f"Pin the PubMed record of reference list {phrases.numbers(unsure, ('entry', 'entries'))} in the topic "
        todo.append(Action(Reader.EDITOR, said + "file, or state there that PubMed does not have it."))
    if Rule.SEARCH in rules:
        said = "Check the search strategy (litwatch topics check, litwatch topics recall) and try it at PubMed; "
        said += "correct it, or record a review, “unchanged” (see “How it was searched”)."
        todo.append(Action(Reader.EDITOR, said))
    if search_failed(report):
        said = "This search was incomplete: absence of findings is not an all-clear. The next complete run covers the "
        todo.append(
            Action(Reader.OPERATOR, said + "same days; if it fails too, see the errors under “How it was searched”.")
        )
    todo += [Action(Reader.OPERATOR, wording.ON_SOURCE_FAILED[kind]) for kind in failed_beside(report)]
    if any(map(names_unknown, report.sweeps)):
        todo.append(Action(Reader.EDITOR, wording.ON_UNKNOWN_PMIDS))
    if not todo:
        due = report.verdict.reassess_on
        said = "Nothing to do." + (f" The next re-assessment is due on {spelled_dates.long_date(due)}." if due else "")
        todo.append(Action(Reader.BOARD, said))
    return tuple(todo)


def _on_survivors(told: Iterable[ReportedSignal]) -> Iterator[Action]:
    """What an editor does about cited records that most likely live on under another PMID."""
    merged = [f"PubMed {each.survivor.pmid}" for each in told if each.survivor is not None]
    if merged:
        said = "Compare each cited record that PubMed no longer serves with the one that most likely has its place ("
        said += f"{phrases.listed(merged)}), and confirm it for the reference: at the desk, or with litwatch "
        yield Action(Reader.EDITOR, said + "references confirm.")


def _action_on(kind: ChangeKind, told: Collection[ReportedSignal]) -> str:
    """What to do about a kind of notice; newer versions are named, each the last of its chain."""
    newest = {
        each.notice.newest.pmid: each.notice.newest
        for each in told
        if each.signal.change.kind is kind and not each.signal.taken_back and each.notice and each.notice.newest
    }
    if kind is ChangeKind.CITED_MISSING and all(e.survivor for e in told if e.signal.change.kind is kind):
        return wording.ON_SURVIVORS
    return wording.on_newer_versions(list(newest.values())[:_NAMED], len(newest)) or wording.NOTICE_ACTION[kind]


def _person(report: Report) -> str:
    """The mail address of who is to carry out the board's decision; empty where that is nobody in particular."""
    return report.responsible.address if report.responsible is not None and report.responsible.is_on_list else ""


def _on_responsible(report: Report) -> Iterator[Action]:
    """Who names another person where the responsible one has left, and what a responsible editor is to do.

    A responsible member reads it in the digest, and everybody beside the verdict.
    """
    person = report.responsible
    if person is None:
        return
    if not person.is_on_list:
        said = f"Nobody is responsible for the article any more: {person.address} is no longer on its list. Name "
        yield Action(Reader.EDITOR, said + "somebody else, or say that nobody is (litwatch assign).")
        return
    waits = report.decision is not None and report.decision.text_changed_on is None
    late = is_person_late(report)
    is_recipient = mailbox_key(person.address) in set(map(mailbox_key, report.topic.recipients))
    if not is_recipient and report.verdict.status.asks_for_review and (late or not waits):
        said = f"{person.address} was" if late else f"{person.address} is"
        said += " to carry out the board’s decision" if waits else " to see to the article"
        said += f" by {spelled_dates.long_date(person.due)}" + (", and that day has passed." if late else ".")
        yield Action(Reader.EDITOR, said)


def _on_decision(decision: BoardDecision, person: str) -> Iterator[Action]:
    """What is to be done about a decision of the board: carry it out, then say whether that settles everything.

    ``person`` is the mail address of who is to do it; empty where nobody was named.
    """
    decided, due = spelled_dates.long_date(decision.decided_on), spelled_dates.long_date(decision.due)
    if decision.is_withdrawal:
        begin = f"{person} is to withdraw" if person else "Withdraw"
        said = f"{begin} the article, as the board decided on {decided}, by {due}: take its page away, then its topic "
        yield Action(Reader.EDITOR, said + "file.", on_decision=True)
    elif decision.text_changed_on is None:
        begin = f"{person} is to update" if person else "Update"
        said = (
            f"{begin} the article, as the board decided on {decided}, by {due}. When its text or its date has changed, "
        )
        yield Action(Reader.EDITOR, said + "litwatch asks whether that settles what was open then.", on_decision=True)
    if decision.text_changed_on is not None:
        changed = spelled_dates.long_date(decision.text_changed_on)
        said = (
            f"The text changed on {changed}, after the decision of {decided}. Answer each change that it settles, or "
        )
        yield Action(Reader.BOARD, said + "record a review of the whole article.", on_decision=True)
