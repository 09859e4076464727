"""How a board member wants the digest: which articles, on which days, how much of it, dates in which language.

What a member leaves unsaid is the most: every article that names the address, every day. A member can put a digest
off and never a retraction: that is told at once (``urgent``). This module refuses to read files (``member_file``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from litwatch.diff import ChangeKind
from litwatch.reports import Report, ReportedSignal
from litwatch.topics import Topic

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ITEMS = 20
"""At most so many new records in one mail, unless the member says otherwise; the rest are counted."""

_AT_ONCE = {ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED}


@dataclass(frozen=True, slots=True)
class Member:
    """One reader of digests."""

    address: str
    topics: tuple[str, ...] | None = None
    """Slugs of the articles that the member wants to read about; None for all that name the address."""
    days: frozenset[int] = frozenset(range(7))
    """Weekdays of the digest, 0 for Monday; never empty."""
    items: int = ITEMS
    dates: str = "en"
    """A key of ``wording.DATE_FORMS``."""


def find_member(address: str, members: Iterable[Member]) -> Member:
    """The member of that address, or one who has said nothing."""
    folded = address.casefold()
    return next((member for member in members if member.address.casefold() == folded), Member(address))


def readers(topics: Iterable[Topic], members: Sequence[Member]) -> tuple[Member, ...]:
    """Everybody whom a topic names, once each, by address."""
    named = {address.casefold(): address for topic in topics for address in topic.recipients}
    return tuple(find_member(named[folded], members) for folded in sorted(named))


def reads(member: Member, topic: Topic) -> bool:
    """Whether the topic names the member and the member wants it."""
    named = member.address.casefold() in {address.casefold() for address in topic.recipients}
    return named and (member.topics is None or topic.slug in member.topics)


def unread(topics: Iterable[Topic], members: Sequence[Member]) -> tuple[str, ...]:
    """Slugs of topics that name people none of whom wants to read them: a retraction would reach nobody."""
    return tuple(
        topic.slug
        for topic in topics
        if topic.recipients and not any(reads(find_member(address, members), topic) for address in topic.recipients)
    )


def is_due(member: Member, today: date, last: date | None) -> bool:
    """Whether the member's digest goes out today; ``last`` is the day of the last one.

    It does on the chosen days, for one who never had any, and where the last chosen day brought none, because
    no night ran.
    """
    latest = today - timedelta(days=next(n for n in range(7) if (today - timedelta(days=n)).weekday() in member.days))
    return last is None or latest == today or last < latest


def urgent(reports: Iterable[Report], last: date | None) -> tuple[Report, ...]:
    """What cannot wait for the next digest: the articles that a retraction since the last one concerns.

    Each is cut down to its notices; the digest tells the rest.
    """
    chosen = []
    for report in reports:
        if any(_is_news(reported, last) for reported in report.signals):
            told = tuple(each for each in report.signals if each.signal.change.kind is not ChangeKind.NEW_RECORD)
            chosen.append(replace(report, signals=told))
    return tuple(chosen)


def retractions(report: Report) -> tuple[str, ...]:
    """The retractions that an urgent mail announces, in words that stay the same from night to night."""
    return tuple(
        sorted(
            f"{each.signal.change.kind.value} {each.signal.change.pmid} {each.signal.change.detail}"
            for each in report.signals
            if each.signal.change.kind in _AT_ONCE
        )
    )


def _is_news(reported: ReportedSignal, last: date | None) -> bool:
    pressing = reported.signal.change.kind in _AT_ONCE and not reported.signal.outlived
    return pressing and (last is None or reported.first_seen > last)
