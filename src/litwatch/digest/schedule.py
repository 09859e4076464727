"""How a board member wants the digest: which articles, on which days, how much of it, dates in which language.

What a member leaves unsaid is the most: every article that names the address, each day that brings something new.
Where nothing is new the list comes once a week. A member can put a digest off and never a retraction: that is told at
once (``urgent``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta

from litwatch.decisions.reason import ReasonCode
from litwatch.digest.digest import Digest
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


def says_something_new(digest: Digest, last: ListLook) -> bool:
    """Whether the list differs from the last that was sent, so that it cannot wait for a week to pass.

    It does where a change was not told yet, something was not complete today or on that day, a deadline has passed, an
    article asks for something else, the board has decided, the member was named for an article, or members have come to
    disagree. Answers and reviews that only shorten it, and dates that only move, are nothing new.
    """
    marks = frozenset(mark for mark in marks_of(digest) if not mark.startswith(_HEARD))
    told = all(not digest.is_news(each) for report in digest.reports for each in report.signals)
    return not told or fails(marks | last.marks) or not marks <= last.marks


def heard_in(marks: Iterable[str]) -> dict[str, int]:
    """How many comments of others on each article a list with these marks knew, by slug."""
    known = [mark.removeprefix(_HEARD).split(" ") for mark in marks if mark.startswith(_HEARD)]
    return {slug: int(number) for slug, number in known}


def fails(marks: Iterable[str]) -> bool:
    """Whether a list with these marks tells of something that was not complete."""
    return any(mark.startswith(_FAILED) for mark in marks)


def marks_of(digest: Digest) -> frozenset[str]:
    """What a list says beside its changes: what is asked of whom, what is late, disputed, decided or not complete.

    Each is a text that stays the same from night to night.
    """
    marks = {f"{_FAILED}{topic.slug}" for topic in digest.failed}
    for report in digest.reports:
        slug, decision = report.topic.slug, report.decision
        if board_failures(report):
            marks.add(f"{_FAILED}{slug}")
        for fired in report.verdict.fired:
            if report.topic.editors and fired.rule in FOR_EDITORS:
                continue  # told in a mail of their own (digest/errands.py)
            marks |= {f"{slug} {fired.rule} {reason.code}" for reason in fired.reasons} or {f"{slug} {fired.rule}"}
        if others := digest.comments_of_others(report):
            marks.add(f"{_HEARD}{slug} {others}")
        if decision is not None:
            marks.add(f"{slug} {decision.outcome} {decision.decided_on} by {decision.due}")
        if report.responsible is not None and report.responsible.is_member(digest.recipient):
            marks.add(f"{slug} yours until {report.responsible.due}")
        if report.responsible is not None and is_person_late(report):
            marks.add(f"{slug} its person late since {report.responsible.due}")
        marks |= {f"{slug} late {episode}" for each in overdue(report) for episode in each.episodes}
        marks |= {
            f"{slug} disputed {each.signal.change.kind} {each.signal.change.pmid}"
            for each in report.signals
            if any(reason.code is ReasonCode.DISAGREEMENT for reason in each.signal.reasons)
        }
    return frozenset(marks)


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
