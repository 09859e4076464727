"""The Digest of one board member: which reports it holds, and its subject, the whole of it in one line.

The subject is made of litwatch's own words only, so that no outside text can reach a header.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.text.mail_address import mailbox_key
from litwatch.report.contents import FailedTopic, Report, ReportedSignal, order_reports


class Matter(StrEnum):
    """What a list may say beside its changes; the order is that of a subject line."""

    OWN_DAY_PASSED = "own_day_passed"
    NAMED = "named"
    """The member is the responsible person of an article."""
    DEADLINE_PASSED = "deadline_passed"
    PERSON_LATE = "person_late"
    """The day of another responsible person has passed."""
    DISPUTED = "disputed"
    DECIDED = "decided"
    """The board's decision on an article, with its day."""
    SEARCHED_AGAIN = "searched_again"
    """What was not complete in the last list is complete."""
    ASKED = "asked"
    """Why an article needs a review."""
    NOT_COMPLETE = "not_complete"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that a list says beside its changes."""

    matter: Matter
    slug: str
    text: str
    """What the store keeps of it; it stays the same from night to night."""
    change: tuple[ChangeKind, Pmid] | None = None
    """The notice or the record that it is about."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What one board member is told in one mail."""

    recipient: str
    day: date
    reports: tuple[Report, ...]
    """The member's articles, most urgent first, all-clear ones included."""
    failed: tuple[FailedTopic, ...]
    demonstration: bool
    told: frozenset[str] = frozenset()
    """Ids of the episodes that earlier mails told the member: what else is open is news."""
    known: frozenset[str] = frozenset()
    """Slugs of the articles that earlier mails told the member about. The first mail about an article tells what had
    gathered: the best of it by title, the rest as a number."""
    again: frozenset[str] = frozenset()
    """Slugs of the articles that needed a review on the night before, too."""
    items: int = 20
    """At most so many new records with details, and as many told before; the rest have a line, or are counted."""
    dates: str = "en"
    """A key of ``spelled_dates.DATE_FORMS``."""
    urgent: bool = False
    """Sent at once for a retraction, between two digests; it tells notices only."""
    unchanged_since: date | None = None
    """For a list in which nothing is new, and which comes only once a week: the day of the last one."""

    answered: Mapping[str, tuple[ReportedSignal, ...]] = field(default_factory=dict)
    """By article's slug, the changes that have the member's answer and wait for a second reader. They are left out of
    the reports: nobody is asked twice."""

    heard: Mapping[str, int] | None = None
    """By article's slug, how many comments of others the member's last list knew; None where the mail is no list, and
    tells of none."""

    is_first: bool = False
    """Whether no list has reached the member before, or not surely."""

    new_marks: tuple[Mark, ...] | None = None
    """What the list says beside its changes and the member's last one did not; None where nobody has compared them."""

    @property
    def says_something_new(self) -> bool:
        """Whether the list differs from the member's last one, so that it cannot wait for a week to pass.

        It does where a change was not told yet, and where it has ``new_marks``. Answers and reviews that only shorten
        it, and dates that only move, are nothing new. The subject line tells the same (``subject_line``).
        """
        return bool(self.new_marks) or any(self.is_news(each) for report in self.reports for each in report.signals)

    def comments_of_others(self, report: Report) -> int:
        """How many comments on an article are not the member's own."""
        key = mailbox_key(self.recipient)
        return sum(mailbox_key(each.by) != key for each in report.comments)

    def new_comments(self, report: Report) -> int:
        """How many more they are than in the member's last list.

        A comment that was hidden from a second reader comes late, so neither its day nor its place says which are new.
        """
        if self.heard is None:
            return 0
        return max(0, self.comments_of_others(report) - self.heard.get(report.topic.slug, 0))

    def is_news(self, reported: ReportedSignal) -> bool:
        """Whether the member is told of it for the first time."""
        return any(not self.told.issuperset(each.episodes) for each in (reported, *reported.events))


def compose_digest(recipient: str, day: date, reports: Iterable[Report], failed: Iterable[FailedTopic] = ()) -> Digest:
    """One member's digest from everybody's reports: those that name the member, most urgent first.

    ``failed`` is told to every member it is given for: an article that cannot be read has no recipients to ask.
    """
    own = [r for r in reports if mailbox_key(recipient) in set(map(mailbox_key, r.topic.recipients))]
    unread = tuple(sorted(failed, key=lambda topic: topic.slug))
    answered = {report.topic.slug: left_out for report in own if (left_out := _answered_by(report, recipient))}
    asked = [_leave_out(report, answered.get(report.topic.slug, ())) for report in own]
    demonstration = any(report.demonstration for report in own)
    return Digest(recipient, day, order_reports(asked), unread, demonstration, answered=answered)


def _answered_by(report: Report, recipient: str) -> tuple[ReportedSignal, ...]:
    """The changes that have the member's answer and wait for a second reader."""
    key = mailbox_key(recipient)
    return tuple(each for each in report.signals if key in set(map(mailbox_key, each.answered_by)))


def _leave_out(report: Report, answered: tuple[ReportedSignal, ...]) -> Report:
    """The report without these changes, and without the records that announce them."""
    if not answered:
        return report
    announced = {each.signal.change.notice_pmid for each in answered if each.signal.change.is_about_cited}
    left = tuple(
        each
        for each in report.signals
        if each not in answered and (each.signal.change.is_about_cited or each.signal.change.pmid not in announced)
    )
    return replace(report, signals=left)
