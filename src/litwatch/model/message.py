"""A message as composed and what became of it; the store keeps them so that none is sent twice or lost unmarked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from litwatch.model.text.mail_address import mailbox_key


class MessageState(StrEnum):
    """A message's fate so far."""

    QUEUED = "queued"
    SENDING = "sending"
    """Claimed by a process that has not yet said how it went."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """Perhaps delivered: the connection or the process died after the message was handed over. Shown to people."""
    FAILED = "failed"
    """Refused for good by the mail server."""
    CANCELLED = "cancelled"
    """Called off before it was sent: its reader has left or stopped the digest, or a person said so."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person; (recipient, scope, content_hash) is its identity: it is queued once for ever."""

    message_id: str
    """Its Message-ID header; unique, and best derived from the identity so that composing twice gives it twice."""
    recipient: str
    scope: str
    """What it is: ``digest 2026-11-22``."""
    content_hash: str
    """SHA-256 over what the member is told, without headers that differ on each composing."""
    subject: str
    body: bytes
    """The whole message as it goes over the wire."""
    topics: tuple[str, ...] | None = None
    """The slugs of the articles that it is about; None for a mail that is about none."""
    news: tuple[tuple[str, str], ...] = ()
    """What it tells its reader for the first time, as article's slug and episode's id; kept when queued and not read
    back."""
    day: date | None = None
    """The day whose news that is; None where there is none."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A message with its fate."""

    message: Message
    state: MessageState
    attempts: int
    queued_at: datetime
    claimed_at: datetime | None
    settled_at: datetime | None
    last_error: str | None
    requeued_by: str | None
    """The person who had a message of unknown or failed fate sent again."""
    received_by: str | None
    """The person who said that a message of unknown fate arrived."""


def find_undelivered(entries: Iterable[OutboxEntry]) -> tuple[OutboxEntry, ...]:
    """The messages that did not certainly arrive and need a person, in the order given.

    One that was refused does not, once a later one of its kind was sent to the same mailbox: a digest tells again what
    a refused one did not. One of unknown fate does until somebody has asked its reader.
    """
    entries = tuple(entries)
    reached: dict[tuple[str, str], datetime] = {}
    for entry in entries:
        if entry.state is MessageState.SENT:
            reached[_line(entry)] = max(entry.queued_at, reached.get(_line(entry), entry.queued_at))
    return tuple(
        entry
        for entry in entries
        if entry.state is MessageState.UNKNOWN
        or (
            entry.state is MessageState.FAILED
            and not (_line(entry) in reached and reached[_line(entry)] > entry.queued_at)
        )
    )


def _line(entry: OutboxEntry) -> tuple[str, str]:
    """The mailbox, and the kind of message: the first word of its scope."""
    return mailbox_key(entry.message.recipient), entry.message.scope.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class ToldByMail:
    """What one reader's earlier mails told of what is open."""

    topics: frozenset[str] = frozenset()
    """Articles about which some mail told something."""
    sent: frozenset[str] = frozenset()
    """Ids of the episodes that a mail told which was taken over by the mail server."""
    perhaps: frozenset[str] = frozenset()
    """Those of mails of unknown fate, and of mails that wait."""
    refused: frozenset[str] = frozenset()
    """Those of mails that were refused or called off, whatever was sent before or since."""


@dataclass(frozen=True, slots=True)
class SentList:
    """A member's last digest that was neither refused nor called off."""

    day: date
    is_certain: bool
    """Whether the mail server took it over."""


@dataclass(frozen=True, slots=True)
class ListLook:
    """What a night found when it looked at a member's list, so that the next one can tell what is new."""

    looked_on: date | None = None
    """The last day on which the list was due and held nothing new; kept for members who have chosen days."""
    sent_on: date | None = None
    """The day of the list that was sent last."""
    marks: frozenset[str] = frozenset()
    """What that list said beside its changes (``digest.schedule.marks_of``)."""
    listed: str = ""
    """A digest of the decisions on which the list rested: while it stays the same, the list holds nothing new. Empty
    where the next night must look again."""
    pressed: str = ""
    """The same for what cannot wait for the next list."""
