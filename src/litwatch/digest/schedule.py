"""How a board member wants the digest: which articles, on which days, how much of it, dates in which language.

What a member leaves unsaid is the most: every article that names the address, each day that brings something new.
Where nothing is new the list comes once a week. A member can put a digest off and never a retraction: that is told at
once (``urgent``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from litwatch.decisions.reason import ReasonCode
from litwatch.digest.digest import Digest, Mark, Matter
from litwatch.model.change import ChangeKind
from litwatch.model.member import Member, Unchanged
from litwatch.model.message import ListLook, ToldByMail
from litwatch.report.contents import FOR_EDITORS, Report, ReportedSignal, board_failures, is_person_late, overdue

REPEATED_AFTER = timedelta(days=7)
"""A list in which nothing is new comes once a week: seldom enough to be read, often enough to show that all is well."""
_FAILED = "not complete: "
_HEARD = "comments to "
AT_ONCE = frozenset({ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED})
"""What cannot wait for the next digest."""


def is_due(member: Member, today: date, last: date | None) -> bool:
    """Whether the member's digest goes out today; ``last`` is the day of the last one.

    It does on the chosen days, for one who never had any, and where the last chosen day brought none, because
    no night ran.
    """
    latest = today - timedelta(days=next(n for n in range(7) if (today - timedelta(days=n)).weekday() in member.days))
    return last is None or latest == today or last < latest


def is_repeated(member: Member, today: date, sent_on: date | None) -> bool:
    """Whether the member's list goes out today although nothing in it is new; ``sent_on`` is the last one's day.

    It does where more than a week would have passed on the member's next day.
    """
    if member.unchanged is Unchanged.DAILY or sent_on is None:
        return True
    coming = next(day for n in range(1, 8) if (day := today + timedelta(days=n)).weekday() in member.days)
    return coming - sent_on > REPEATED_AFTER


def compare(digest: Digest, last: ListLook) -> Digest:
    """The list with what it says beside its changes and the ``last`` one that was sent did not.

    New is an article that asks for something else, a passed deadline or day, a disagreement, the board's decision and
    that the member was named. What is not complete is new on every day, and so is its end.
    """
    marks = find_marks(digest)
    now = {mark.text for mark in marks}
    new = [
        mark
        for mark in marks
        if mark.matter is Matter.NOT_COMPLETE or (mark.matter is not Matter.COMMENTED and mark.text not in last.marks)
    ]
    ended = sorted(mark for mark in last.marks if fails([mark]) and mark not in now)
    new += [Mark(Matter.SEARCHED_AGAIN, mark.removeprefix(_FAILED), mark) for mark in ended]
    return replace(digest, new_marks=tuple(new))


def heard_in(marks: Iterable[str]) -> dict[str, int]:
    """How many comments of others on each article a list with these marks knew, by slug."""
    known = [mark.removeprefix(_HEARD).split(" ") for mark in marks if mark.startswith(_HEARD)]
    return {slug: int(number) for slug, number in known}


def fails(marks: Iterable[str]) -> bool:
    """Whether a list with these marks tells of something that was not complete."""
    return any(mark.startswith(_FAILED) for mark in marks)


def marks_of(digest: Digest) -> frozenset[str]:
    """What the store keeps of a list, to compare the next one with it: the texts of its marks."""
    return frozenset(mark.text for mark in find_marks(digest))


def find_marks(digest: Digest) -> tuple[Mark, ...]:
    """What a list says beside its changes: what is asked of whom, what is late, disputed, decided or not complete."""
    failed = {topic.slug: Mark(Matter.NOT_COMPLETE, topic.slug, f"{_FAILED}{topic.slug}") for topic in digest.failed}
    return (*failed.values(), *(mark for report in digest.reports for mark in _marks_on(report, digest)))


def _marks_on(report: Report, digest: Digest) -> Iterator[Mark]:
    slug, decision, person = report.topic.slug, report.decision, report.responsible
    if board_failures(report):
        yield Mark(Matter.NOT_COMPLETE, slug, f"{_FAILED}{slug}")
    for fired in report.verdict.fired:
        if report.topic.editors and fired.rule in FOR_EDITORS:
            continue  # told in a mail of their own (digest/errands.py)
        for said in {f"{slug} {fired.rule} {reason.code}" for reason in fired.reasons} or {f"{slug} {fired.rule}"}:
            yield Mark(Matter.ASKED, slug, said)
    if others := digest.comments_of_others(report):
        yield Mark(Matter.COMMENTED, slug, f"{_HEARD}{slug} {others}")
    if decision is not None:
        yield Mark(Matter.DECIDED, slug, f"{slug} {decision.outcome} {decision.decided_on} by {decision.due}")
    is_own = person is not None and person.is_member(digest.recipient)
    if person is not None and is_own:
        yield Mark(Matter.NAMED, slug, f"{slug} yours until {person.due}")
    if person is not None and is_person_late(report):
        matter = Matter.OWN_DAY_PASSED if is_own else Matter.PERSON_LATE
        yield Mark(matter, slug, f"{slug} its person late since {person.due}")
    for each in overdue(report):
        change = each.signal.change.kind, each.signal.change.pmid
        for episode in each.episodes:
            yield Mark(Matter.DEADLINE_PASSED, slug, f"{slug} late {episode}", change)
    for each in report.signals:
        kind, pmid = each.signal.change.kind, each.signal.change.pmid
        if any(reason.code is ReasonCode.DISAGREEMENT for reason in each.signal.reasons):
            yield Mark(Matter.DISPUTED, slug, f"{slug} disputed {kind} {pmid}", (kind, pmid))


def urgent(reports: Iterable[Report], sent: Collection[str]) -> tuple[Report, ...]:
    """What cannot wait for the next digest: the articles with a retraction that no mail has surely told the member.

    ``sent`` holds the ids of the episodes in mails that were taken over for the member. Each report is cut down to its
    notices; the digest tells the rest.
    """
    chosen = []
    for report in reports:
        if find_pressing(report, sent):
            told = tuple(each for each in report.signals if each.signal.change.is_about_cited)
            chosen.append(replace(report, signals=told))
    return tuple(chosen)


def find_pressing(report: Report, told: Collection[str]) -> tuple[ReportedSignal, ...]:
    """The retractions of a report that stand and were not told; ``told`` holds the ids of episodes that were."""
    return tuple(
        each
        for each in report.signals
        if each.signal.change.kind in AT_ONCE
        and not each.signal.outlived
        and not frozenset(each.episodes).issubset(told)
    )


def told_before(reports: Iterable[Report], mails: ToldByMail) -> frozenset[str]:
    """The ids of the open episodes that are no news to the member.

    A mail that waits, or whose fate is unknown, has told a new record, so that none is told twice for its sake. For a
    notice about a cited paper, only a mail that was surely taken over counts.
    """
    notices = {
        episode
        for report in reports
        for each in report.signals
        if each.signal.change.is_about_cited
        for episode in each.episodes
    }
    return mails.sent | (mails.perhaps - notices)


def retractions(report: Report) -> tuple[str, ...]:
    """The retractions that an urgent mail announces, each by a text that stays the same from night to night.

    The newest episode is part of it: a retraction that was closed and comes back is announced again.
    """
    return tuple(
        sorted(
            " ".join((each.signal.change.kind, str(each.signal.change.pmid), each.signal.change.detail, *newest))
            for each in report.signals
            if each.signal.change.kind in AT_ONCE
            for newest in [each.episodes[-1:]]
        )
    )
