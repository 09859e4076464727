"""The reasons of a verdict in sentences: why a rule fired, and what would take the reason away."""

from __future__ import annotations

from collections.abc import Mapping

from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.search_signs import clause_of
from litwatch.decisions.verdict import Fired, Rule
from litwatch.model.sweep import SearchSign, SignCode
from litwatch.model.text.phrases import count, listed, numbers

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
    ReasonCode.OTHER_NOTICE: (
        "An erratum or another notice concerns {these} that the article cites.",
        "The board has looked at the notice.",
    ),
}
"""Reasons about cited papers, each with what would take it away."""

_LEVELS = {1: "1 (guideline)", 2: "2 or better (guideline, systematic review)"} | {
    level: f"{level} or better" for level in range(3, 8)
}

_OVERTURNED = {
    Rule.CONTRADICTED: "The article is reviewed, or the member answers differently.",
    Rule.NEW_EVIDENCE: "A member finds that it is not relevant, already covered, or only reinforces the article.",
    Rule.KEPT: "The article is reviewed.",
    Rule.CITATIONS: "The article or the topic file is corrected: pin the record, or state that it is not in PubMed.",
    Rule.AGE: "A review is recorded.",
    Rule.NOT_SEARCHED: "A sweep that completes; the next run tries again.",
    Rule.SEARCH: "PubMed answers as before, the strategy is corrected, or a review of the article is recorded.",
    Rule.CLEAR: "A new record, a notice, or the re-assessment date.",
}


def say_reason(fired: Fired) -> str:
    """Why a rule fired, in a sentence or two; days stand in ISO form, for ``dated``. What an older litwatch told of a
    verdict that it stored stays as it was told."""
    if fired.told or not fired.reasons:
        return fired.told
    first = fired.reasons[0]
    if first.code in _ON_PAPERS:
        these = "A paper" if len(fired.pmids) == 1 else f"{len(fired.pmids)} papers"
        have = "has" if len(fired.pmids) == 1 else "have"
        return _ON_PAPERS[first.code][0].format(These=these, these=these.lower(), have=have)
    if fired.rule is Rule.CITATIONS:
        parts = listed(list(map(_clause, fired.reasons)))
        return f"For an editor: {parts}; unidentified references are not monitored."
    if fired.rule is Rule.SEARCH:
        return f"For an editor: the search strategy needs a look: {'; '.join(map(_clause, fired.reasons))}."
    return " ".join(_sentence(reason, len(fired.pmids)) for reason in fired.reasons)


def say_overturned(fired: Fired) -> str:
    """What would take the reason away, in a sentence."""
    if fired.told or not fired.reasons:
        return fired.told_overturned_by
    code = fired.reasons[0].code
    if code is ReasonCode.UNDATED:
        return "The article is dated, or a review is recorded."
    return _ON_PAPERS[code][1] if code in _ON_PAPERS else _OVERTURNED[fired.rule]


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
        case ReasonCode.CLEAR:
            return f"Evidence searched{f' to {reason.day}' if reason.day else ''}; nothing asks for a review."
        case _:
            return _clause(reason)


def _clause(reason: Reason) -> str:
    match reason.code:
        case ReasonCode.LINT_ERRORS:
            return f"the citation lint reports {count(reason.numbers[0], 'error')}"
        case ReasonCode.UNCONFIRMED:
            places = numbers(reason.numbers, ("reference", "references"))
            return f"no PubMed record is confirmed for {places}"
        case ReasonCode.UNLIKE_PIN:
            places = ", ".join(map(str, reason.numbers))
            return f"the record pinned for reference {places} does not resemble what is printed there"
        case _:
            return clause_of(SearchSign(SignCode(reason.code.value), reason.day, *reason.numbers))


def _verb(papers: int, one: str) -> str:
    return one if papers == 1 else one.removesuffix("s")
