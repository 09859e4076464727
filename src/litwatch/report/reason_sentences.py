"""Reasons in sentences: why a rule fired, what would take that away, and why a change is told."""

from __future__ import annotations

from collections.abc import Mapping

from litwatch.decisions.found_papers import read_raise
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.search_signs import clause_of
from litwatch.decisions.triage import Signal
from litwatch.decisions.verdict import Fired, Rule
from litwatch.model.change import ChangeKind
from litwatch.model.judgement import Decision, Effect
from litwatch.model.sweep import SearchSign, SignCode
from litwatch.model.text.phrases import count, in_ranges, listed, numbers
from litwatch.model.text.safe_text import clip
from litwatch.report.wording import design_label, name_notice, words

_ON_PAPERS: Mapping[ReasonCode, tuple[str, str]] = {
    ReasonCode.RETRACTED: (
        "{These} that the article cites {have} been retracted.",
        "The notice is withdrawn, or the board closes it with a reason.",
    ),
    ReasonCode.NEWER_VERSION: (
        "{These} that the article cites {have} a newer or corrected version.",
        "The article cites the newer version, or the board finds that nothing changes.",
    ),
    ReasonCode.REINSTATED: (
        "The retraction of {these} that the article cites has been taken back.",
        "The board confirms its decision about the retraction.",
    ),
    ReasonCode.PARTLY_RETRACTED: (
        "A part of {these} that the article cites has been retracted.",
        "The board finds that the sentences do not depend on that part.",
    ),
    ReasonCode.WITHDRAWN: (
        "{These} that the article cites {have} been withdrawn by the publisher.",
        "The article cites what replaces it, or the board finds that nothing changes.",
    ),
    ReasonCode.CONCERN: (
        "There is an expression of concern about {these} that the article cites.",
        "The journal resolves the concern, or the board closes it with a reason.",
    ),
    ReasonCode.GONE_FROM_PUBMED: (
        "PubMed no longer has {these} that the article cites.",
        "The board has looked at what became of the record, or PubMed has it again.",
    ),
    ReasonCode.OTHER_NOTICE: (
        "An erratum or another notice concerns {these} that the article cites.",
        "The board has looked at the notice.",
    ),
}
"""Reasons about cited papers, each with what would take it away."""

_LEVELS = {1: "1 (guideline)", 2: "2 or better (guideline, systematic review)"} | {
    level: f"{level} or better" for level in range(3, 8)
}

_MOST_CLAUSES = 5
"""So many reasons to look at a strategy are told in one sentence; the others are counted."""

_MOST_PMIDS = 3
"""So many printed PMIDs that PubMed does not have are named; more are counted, with their places."""

_OVERTURNED = {
    Rule.CONTRADICTED: "The article is reviewed, or the member answers differently.",
    Rule.NEW_EVIDENCE: "A member finds that it is not relevant, already covered, or only reinforces the article.",
    Rule.KEPT: "The article is reviewed.",
    Rule.FOUND: "A member answers what befell it, or a review is recorded.",
    Rule.DECIDED: "The text or its date changes and settles what was open, or the article is reviewed as unchanged.",
    Rule.IDENTITY: "The editor answers with litwatch articles same, or litwatch articles new.",
    Rule.CITATIONS: "The article or the topic file is corrected: pin the record, or state that it is not in PubMed.",
    Rule.AGE: "A review is recorded.",
    Rule.NOT_SEARCHED: "A sweep that completes; the next run tries again.",
    Rule.SEARCH: "The strategy is corrected, PubMed answers otherwise, or a review is recorded, “unchanged”.",
    Rule.FINDS_NOTHING: "The strategy is corrected, or finds a paper.",
    Rule.UNREAD: "A member answers about each new record, or a review is recorded.",
    Rule.ALL_READ: "A new record.",
    Rule.CLEAR: "A new record, a notice, or the re-assessment date.",
}

_OVERTURNED_BY_CODE = {
    ReasonCode.UNDATED: "The article is dated, or a review is recorded.",
    ReasonCode.WITHDRAWAL_DECIDED: "The article and its topic file are taken away, or a new review is recorded.",
    ReasonCode.TEXT_CHANGED: "Each change that was open then is answered, or a review is recorded.",
}

_BEFALLEN = {
    ChangeKind.CITED_RETRACTED: "this paper, and it has been retracted.",
    ChangeKind.CITED_RETRACTED_REPUBLISHED: "this paper, and it has been retracted and published again.",
    ChangeKind.CITED_PARTLY_RETRACTED: "this paper, and a part of it has been retracted. PubMed lists that among the "
    "errata.",
    ChangeKind.CITED_WITHDRAWN: "this paper, and its publisher has withdrawn it. That is no retraction: a Cochrane "
    "review is withdrawn when it is out of date.",
    ChangeKind.CITED_REINSTATED: "this paper, which had been retracted, and the retraction has been taken back.",
    ChangeKind.CITED_UPDATED: "this paper, and a newer version of it exists.",
    ChangeKind.CITED_CONCERN: "this paper, and its journal has published an expression of concern about it.",
    ChangeKind.CITED_REPUBLISHED: "this paper, and a corrected version has replaced it.",
    ChangeKind.CITED_ERRATUM: "this paper, and an erratum to it has been published. PubMed lists partial retractions "
    "as errata too.",
    ChangeKind.CITED_MISSING: "this record, and PubMed no longer serves it: it was deleted or merged with another.",
    ChangeKind.NOTICE_WITHDRAWN: "this paper, and PubMed no longer shows a notice about it that it showed before.",
}
"""What has happened to a paper that an article cites, after the words "The article cites"."""

_SINCE_TOLD = {
    ChangeKind.FOUND_RETRACTED: "It has been retracted since.",
    ChangeKind.FOUND_RETRACTED_REPUBLISHED: "It has been retracted and published again since.",
    ChangeKind.FOUND_PARTLY_RETRACTED: "A part of it has been retracted since.",
    ChangeKind.FOUND_WITHDRAWN: "Its publisher has withdrawn it since.",
    ChangeKind.FOUND_CONCERN: "Its journal has published an expression of concern about it since.",
    ChangeKind.FOUND_MISSING: "PubMed no longer serves it: it was deleted or merged with another.",
}
"""What befell a new record after it was told."""

_SIGNAL = {
    ReasonCode.RECORD_DELETED: "NLM's update files say that it was deleted.",
    ReasonCode.RECORD_MERGED: "It was most likely merged: another record has its title or DOI.",
    ReasonCode.NOTICE_TAKEN_BACK: "The notice no longer holds: it was taken back, or a reinstatement followed it. "
    "The board still has to decide what that means.",
    ReasonCode.NOT_DELIVERED: "The record itself has not been delivered yet.",
    ReasonCode.NOTICE_ABOUT_ANOTHER: "It is a notice about another paper on the topic, not a study.",
    ReasonCode.KEPT: "A member has kept it as relevant.",
}
"""Reasons of a signal that need no more than their code."""


def say_reason(fired: Fired) -> str:
    """Why a rule fired, in a sentence or two; days stand in ISO form, for ``dated``. What an older litwatch told of a
    verdict that it stored stays as it was told."""
    if fired.told or not fired.reasons:
        return fired.told
    first = fired.reasons[0]
    if first.code in _ON_PAPERS:
        these = "A paper" if len(fired.pmids) == 1 else f"{len(fired.pmids)} papers"
        have = "has" if len(fired.pmids) == 1 else "have"
        said = _ON_PAPERS[first.code][0].format(These=these, these=these.lower(), have=have)
        return " ".join((said, *(_sentence(reason, len(fired.pmids)) for reason in fired.reasons[1:])))
    if fired.rule is Rule.CITATIONS:
        parts = listed(list(map(_clause, fired.reasons)))
        return f"For an editor: {parts}; notices in PubMed about unidentified references may be missed."
    if fired.rule is Rule.SEARCH:
        told = [_clause(reason) for reason in fired.reasons[:_MOST_CLAUSES]]
        if more := len(fired.reasons) - len(told):
            told.append(f"and {count(more, 'further reason')}")
        return f"For an editor: the search strategy needs a look: {'; '.join(told)}."
    return " ".join(_sentence(reason, len(fired.pmids)) for reason in fired.reasons)


def say_decision_beside(fired: Fired) -> str:
    """The board's decision (rule V13) behind a headline about something that came later.

    Where the text has changed since, the question is about what was decided, and not about what came later.
    """
    by_code = {reason.code: reason for reason in fired.reasons}
    changed = by_code.get(ReasonCode.TEXT_CHANGED)
    if changed is None:
        return say_reason(fired)
    if ReasonCode.WITHDRAWAL_DECIDED in by_code:
        decided = f"to withdraw the article; it still stands, and its text changed on {changed.day}"
    else:
        decided = f"that the article be updated; the text changed on {changed.day}"
    return f"Separately, the board decided on {changed.words[0]} {decided}: does that settle what was decided?"


def say_overturned(fired: Fired) -> str:
    """What would take the reason away, in a sentence."""
    if fired.told or not fired.reasons:
        return fired.told_overturned_by
    code = fired.reasons[0].code
    if code in _OVERTURNED_BY_CODE:
        return _OVERTURNED_BY_CODE[code]
    return _ON_PAPERS[code][1] if code in _ON_PAPERS else _OVERTURNED[fired.rule]


def say_signal(signal: Signal) -> tuple[str, ...]:
    """Why a change is told: a sentence or two for each reason, most important first."""
    return tuple(_say_of_signal(reason, signal) for reason in signal.reasons)


def _say_of_signal(reason: Reason, signal: Signal) -> str:
    match reason.code:
        case ReasonCode.CITES:
            return f"The article cites {_BEFALLEN[signal.change.kind]}"
        case ReasonCode.NO_LONGER_CITES:
            return f"The article cited {_BEFALLEN[signal.change.kind]}"
        case ReasonCode.LIKELY_CITES:
            unsure = "It is not confirmed that this is the paper meant by the reference."
            return f"The article most likely cites {_BEFALLEN[signal.change.kind]} {unsure}"
        case ReasonCode.SENTENCES_DEPEND:
            places = listed(in_ranges(reason.numbers))
            return f"{count(len(reason.numbers), 'sentence depends', 'sentences depend')} on it: {places}."
        case ReasonCode.NOTICE_NAMED:
            return f"The notice was: {name_notice(signal.change)}."
        case ReasonCode.LEVEL:
            return _say_level(signal)
        case ReasonCode.MARKED:
            return f"Caution: {', '.join(map(words, signal.marks))}."
        case ReasonCode.PASSES_FILTER:
            return f"Passes the published filter {listed(reason.words)}."
        case ReasonCode.SHARES_REFERENCES:
            return f"It cites {count(reason.numbers[0], 'paper')} that the article also cites."
        case ReasonCode.CLOSEST_TO:
            return f"Closest to {numbers(reason.numbers)} of the article, by shared {listed(reason.words)}."
        case ReasonCode.MEMBER_FINDS:
            return f"A member finds that it {words(Effect(reason.words[0]))} the article."
        case ReasonCode.RANKED_HIGHER:
            return f"Ranked higher: the board kept {count(reason.numbers[0], 'similar paper')}."
        case ReasonCode.RANKED_LOWER:
            return f"Ranked lower: the board set aside {count(reason.numbers[0], 'similar paper')}."
        case ReasonCode.DISAGREEMENT:
            return "Members disagree: it stays open until they agree, or until somebody settles it with a reason."
        case ReasonCode.ANSWERED:
            return f"{reason.words[0]} answered on {reason.day} {say_answer(reason.words[1])}."
        case ReasonCode.SECOND_READER:
            return f"{reason.words[0]} answered on {reason.day}; a second reader is asked."
        case ReasonCode.SETTLED:
            return (
                f"{reason.words[0]} settled a disagreement on {reason.day}, with the answer"
                f" {say_answer(reason.words[1])}: “{clip(reason.text, 300)}”. Before that:"
            )
        case ReasonCode.OPEN_WHEN_DECIDED | ReasonCode.TEXT_CHANGED:
            return _sentence(reason, 1)
        case ReasonCode.TOLD_BEFORE:
            return _say_since_told(reason, signal)
        case ReasonCode.SURVIVOR:
            return f"It is most likely PubMed {reason.numbers[0]} now: “{clip(reason.text, 300)}”."
        case _:
            return _SIGNAL[reason.code]


def _say_since_told(reason: Reason, signal: Signal) -> str:
    told = f" on {reason.day}" if reason.day is not None else ""
    if signal.change.kind is ChangeKind.FOUND_RAISED:
        then, now = read_raise(signal.change)
        return f"It was level {then} when it was told{told}, and is level {now} now."
    notice = "" if signal.change.kind is ChangeKind.FOUND_MISSING else f" The notice: {name_notice(signal.change)}."
    return f"It was told{told} as new. {_SINCE_TOLD[signal.change.kind]}{notice}"


def say_answer(code: str) -> str:
    """What somebody answered, after "answered": ``that it contradicts the article``, ``that it is not relevant``."""
    if code in {*Effect}:
        return f"that it {words(Effect(code))} the article"
    return "that it can wait" if code == Decision.LATER else f"that it is {words(Decision(code))}"


def _say_level(signal: Signal) -> str:
    if (level := signal.level) is None:
        return "Level not known."
    read_from = f", by its {words(level.basis)}" if level.provisional else ""
    return f"{design_label(level)} (level {level.rank} of 7{read_from})."


def _sentence(reason: Reason, papers: int) -> str:
    records = count(papers, "new record")
    match reason.code:
        case ReasonCode.CONTRADICTED:
            return f"A member finds that {records} {_verb(papers, 'contradicts')} what the article says."
        case ReasonCode.NEW_EVIDENCE:
            have = "has" if papers == 1 else "have"
            return f"{records} of evidence level {_LEVELS[reason.numbers[0]]} {have} appeared on the topic."
        case ReasonCode.KEPT:
            return f"A member has kept {records} as relevant."
        case ReasonCode.FOUND_BEFALLEN:
            have = "has" if papers == 1 else "have"
            return f"{records} that a member kept {have} been retracted, questioned or lost from PubMed since."
        case ReasonCode.UPDATE_DECIDED:
            return f"The board decided on {reason.day} that the article be updated; the text has not changed since."
        case ReasonCode.WITHDRAWAL_DECIDED:
            return f"The board decided on {reason.day} to withdraw the article; it still stands."
        case ReasonCode.DUE:
            return f"Due by {reason.day}."
        case ReasonCode.OVERDUE:
            return f"Due since {reason.day}."
        case ReasonCode.OPEN_WHEN_DECIDED:
            return f"It was open when the board decided on {reason.day}."
        case ReasonCode.TEXT_CHANGED:
            return f"The text changed on {reason.day}, after the decision of {reason.words[0]}. Does this settle it?"
        case ReasonCode.DISAGREEMENT:
            return f"Members disagree about {'it' if papers == 1 else f'{reason.numbers[0]} of them'}."
        case ReasonCode.ANOTHER_ARTICLE:
            return (
                f"For an editor: since {reason.day} the text has another question and other references. Is it the same"
                " article as before, or a new one? Until this is answered, earlier answers and reviews do not count."
            )
        case ReasonCode.UNDATED:
            return "The article shows no date of update or review, so its age is unknown."
        case ReasonCode.LONG_SINCE_REVIEW | ReasonCode.LONG_SINCE_UPDATE:
            what = "reviewed" if reason.code is ReasonCode.LONG_SINCE_REVIEW else "updated"
            ago, after = reason.numbers
            return f"The article was last {what} on {reason.day}, {ago} days ago; it is re-assessed after {after}."
        case ReasonCode.TOPIC_SWEEP_FAILED:
            return f"The topic sweep did not complete: {reason.text}"
        case ReasonCode.CITATION_SWEEP_FAILED:
            return f"The citation sweep did not complete: {reason.text}"
        case ReasonCode.FINDS_NOTHING:
            reviewed = "Reviewed; the" if "reviewed" in reason.words else "The"
            return f"{reviewed} search finds nothing, so that it would show no new paper."
        case ReasonCode.NEW_ON_TOPIC:
            return _say_new_on_topic(reason)
        case ReasonCode.CLEAR:
            return f"Evidence searched{f' to {reason.day}' if reason.day else ''}; nothing asks for a review."
        case _:
            return _clause(reason)


def _say_new_on_topic(reason: Reason) -> str:
    """What is new on a question without an article, and how much of it somebody has read."""
    new, unread = reason.numbers
    since = f" since {reason.day}" if reason.day else ""
    if not new:
        return f"No new record{since} is open."
    if unread == new:
        read = "not read yet" if new == 1 else "none read yet"
    elif unread:
        read = f"{unread} of them not read yet"
    else:
        read = "read" if new == 1 else "all read"
    return f"{count(new, 'new record')}{since}; {read}."


def _clause(reason: Reason) -> str:
    match reason.code:
        case ReasonCode.NOT_IN_PUBMED:
            return _say_absent(reason)
        case ReasonCode.LINT_ERRORS:
            return f"the citation check reports {count(reason.numbers[0], 'error')}"
        case ReasonCode.UNCONFIRMED:
            places = numbers(reason.numbers, ("reference", "references"))
            return f"no PubMed record is confirmed for {places}"
        case ReasonCode.UNLIKE_PIN:
            places = numbers(reason.numbers, ("reference", "references"))
            return f"the record pinned for {places} does not resemble what is printed there"
        case _:
            lost, expected = reason.numbers or (0, 0)
            return clause_of(
                SearchSign(SignCode(reason.code.value), reason.day, lost, expected, reason.text, reason.words)
            )


def _say_absent(reason: Reason) -> str:
    """Printed PMIDs of no record: each by itself, or with more than ``_MOST_PMIDS`` how many and where."""
    printed, *places = reason.numbers
    if len(places) > _MOST_PMIDS:
        which = f"{len(places)} of the {printed} printed PMIDs do not exist"
        if len(places) == printed:
            which = f"none of the {printed} printed PMIDs exists"
        return f"{which} in PubMed: {numbers(places, ('reference', 'references'))}"
    named = [f"{pmid} (reference {place})" for pmid, place in zip(reason.words, places, strict=True)]
    return f"PubMed has no record {listed(named)}" if len(named) == 1 else f"PubMed has no records {listed(named)}"


def _verb(papers: int, one: str) -> str:
    return one if papers == 1 else one.removesuffix("s")
