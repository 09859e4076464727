"""A board member: which articles, on which days, how much of it, dates in which language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from litwatch.model.text.mail_address import distinct_mailboxes, mailbox_key
from litwatch.model.topic import Topic

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Unchanged(StrEnum):
    """How often a member gets a list in which nothing is new."""

    WEEKLY = "weekly"
    DAILY = "daily"
    """On each of the member's days."""


ITEMS = 20
"""At most so many new records with details in one mail, unless the member says otherwise; the others have a line."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the board, and how they want their digests."""

    address: str
    topics: tuple[str, ...] | None = None
    """Slugs of the articles that the member wants to read about; None for all that name the address."""
    days: frozenset[int] = frozenset(range(7))
    """Weekdays of the digest, 0 for Monday; never empty."""
    items: int = ITEMS
    dates: str = "en"
    """A key of ``wording.DATE_FORMS``."""
    unchanged: Unchanged = Unchanged.WEEKLY


def find_member(address: str, members: Iterable[Member]) -> Member:
    """The member of that address, or one who has said nothing."""
    key = mailbox_key(address)
    return next((member for member in members if mailbox_key(member.address) == key), Member(address))


def members_of(topics: Iterable[Topic], members: Sequence[Member], readers: Iterable[str] = ()) -> tuple[Member, ...]:
    """Everybody whom a topic names, once each, by address; and the ``readers`` of topics that cannot be read."""
    named = distinct_mailboxes((*(address for topic in topics for address in topic.recipients), *readers))
    return tuple(find_member(address, members) for address in sorted(named, key=mailbox_key))


def gets(member: Member, topic: Topic) -> bool:
    """Whether the topic names the member and the member wants it."""
    named = mailbox_key(member.address) in set(map(mailbox_key, topic.recipients))
    return named and wants(member, topic.slug)


def wants(member: Member, slug: str) -> bool:
    """Whether the member wants the article, if it names the member."""
    return member.topics is None or slug in member.topics


def editors_told(topic: Topic, stopped: Collection[str]) -> tuple[str, ...]:
    """The topic's editors who get their errands; ``stopped``: mailbox keys of those who have stopped all mails."""
    return tuple(address for address in topic.editors if mailbox_key(address) not in stopped)


class Silence(StrEnum):
    """Why nobody gets the digest of an article."""

    NO_RECIPIENTS = "no_recipients"
    """Its topic file names none."""
    STOPPED = "stopped"
    """All whom it names have stopped the digest."""


def find_silent(topics: Iterable[Topic], stopped: Collection[str]) -> dict[str, Silence]:
    """The topics of which nobody would be told even of a retraction, by slug; ``stopped`` holds ``mailbox_key`` s."""
    silent = {}
    for topic in topics:
        if not topic.recipients:
            silent[topic.slug] = Silence.NO_RECIPIENTS
        elif {mailbox_key(address) for address in topic.recipients} <= set(stopped):
            silent[topic.slug] = Silence.STOPPED
    return silent


def unread(topics: Iterable[Topic], members: Sequence[Member]) -> tuple[str, ...]:
    """Slugs of topics that name people none of whom wants to read them: a retraction would reach nobody."""
    return tuple(
        topic.slug
        for topic in topics
        if topic.recipients and not any(gets(find_member(address, members), topic) for address in topic.recipients)
    )
