"""What can be said of a question that is watched without an article: what is new, and what of it nobody has read.

There is no text that could be out of date, contradicted or badly cited, so the rules about one are not asked. A new
record is read once a member has answered about it; one that is kept as relevant is read, and stays listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from litwatch.decisions.reason import Reason, ReasonCode, reason_of
from litwatch.decisions.triage import Priority, Signal
from litwatch.decisions.verdict import Fired, Rule, Status, Verdict
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Effect
from litwatch.model.sweep import SearchSign

_NEW = {ChangeKind.NEW_RECORD, ChangeKind.FOUND_RAISED}


def decide_on_topic(
    *,
    signals: Sequence[Signal],
    kept: Mapping[Pmid, Effect | None],
    failures: Sequence[Reason],
    since: date | None,
    searched_to: date | None,
    today: date,
    search_signs: Sequence[SearchSign] = (),
    told_of_search: Fired | None = None,
    finds_nothing: Reason | None = None,
) -> Verdict:
    """The verdict on a question without an article, from its open signals and what could not be searched.

    ``since`` is the day from which a record is new: that of the last review, else the topic file's. The other arguments
    are those of ``verdict.decide``. Either ``Rule.UNREAD`` or ``Rule.ALL_READ`` is always told. There is no date of
    re-assessment.
    """
    new = tuple(dict.fromkeys(signal.change.pmid for signal in signals if signal.change.kind in _NEW))
    unread = tuple(pmid for pmid in new if pmid not in kept)
    befallen = tuple(
        dict.fromkeys(
            signal.change.pmid
            for signal in signals
            if signal.change.is_about_found
            and signal.change.kind is not ChangeKind.FOUND_RAISED
            and signal.priority is Priority.MEDIUM
        )
    )
    told = Reason(ReasonCode.NEW_ON_TOPIC, (len(new), len(unread)), day=since)
    found = []
    if befallen:
        found.append(Fired(Rule.FOUND, Status.REVIEW_NEEDED, befallen, (Reason(ReasonCode.FOUND_BEFALLEN),)))
    if unread:
        found.append(Fired(Rule.UNREAD, Status.REVIEW_NEEDED, unread, (told,)))
    if failures:
        found.append(Fired(Rule.NOT_SEARCHED, Status.NOT_SURVEYED, (), tuple(failures)))
    if told_of_search is not None:
        found.append(told_of_search)
    elif search_signs:
        found.append(Fired(Rule.SEARCH, Status.REVIEW_NEEDED, (), tuple(map(reason_of, search_signs))))
    elif finds_nothing is not None:
        found.append(Fired(Rule.FINDS_NOTHING, Status.NO_SIGNAL, (), (finds_nothing,)))
    if not unread:
        found.append(Fired(Rule.ALL_READ, Status.NO_SIGNAL, (), (told,)))
    return Verdict(found[0].status, tuple(found), today, searched_to, None)
