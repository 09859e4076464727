"""Who gets which mail as the lists are now: a mail may have waited since before its reader left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from litwatch.model.member import Member, find_member, gets
from litwatch.model.message import Message
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.topic import Topic

_OF_MEMBERS = {"digest", "check", "urgent", "errands"}
"""The first word of the scopes of members' mails; mails of older versions do not say what they are about."""


@dataclass(frozen=True, slots=True)
class MailingList:
    """The readers whom topic files and members' file name, and those who have stopped the digest."""

    topics: Mapping[str, Topic]
    """By slug."""
    members: tuple[Member, ...]
    whole: bool
    """Whether every topic file could be read: nobody is taken to have left a list that cannot be seen."""
    stopped: Collection[str]
    """Those who have stopped the digest, by ``mailbox_key``."""

    def objection_to(self, message: Message) -> str | None:
        """Why a digest is not sent any more; None where it is, as any other mail."""
        if message.topics is None and message.scope.partition(" ")[0] not in _OF_MEMBERS:
            return None
        if mailbox_key(message.recipient) in self.stopped:
            return f"{message.recipient} has stopped the digest; not sent."
        about = self.topics.keys() if message.topics is None else set(message.topics)
        if not about <= self.topics.keys() or (message.topics is None and not self.whole):
            return None
        member = find_member(message.recipient, self.members)
        named = [self.topics[slug] for slug in about]
        if message.scope.startswith("errands "):
            key = mailbox_key(message.recipient)
            if any(key in set(map(mailbox_key, topic.editors)) for topic in named):
                return None
        elif any(gets(member, replace(topic, recipients=(*topic.recipients, *topic.escalate_to))) for topic in named):
            return None
        return f"No topic file names {message.recipient} for these articles any more; not sent."
