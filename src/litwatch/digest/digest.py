"""The Digest of one board member: which reports it holds, and its subject, the whole of it in one line.

The subject is made of litwatch's own words only, so that no outside text can reach a header.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from litwatch.model.text.mail_address import mailbox_key
from litwatch.report.contents import FailedTopic, Report, ReportedSignal, order_reports


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
