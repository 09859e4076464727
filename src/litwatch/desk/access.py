"""Who is using the desk: links and sessions, checked against today's lists of recipients, and counted.

A link's signature says what was granted once; whether it still holds is asked each time: a member must still be on the
article's list, and no link may be older than its owner's last revocation. Nothing is stored: there are no accounts and
no passwords.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from litwatch.digest.signed_links import Grant, LinkRefused, Purpose, is_sealed, open_link, seal, sign
from litwatch.model.text.mail_address import mailbox_key


class Role(StrEnum):
    """What a person may do."""

    BOARD = "board"
    """Read and answer about one article."""
    EDITOR = "editor"
    """Read everything, answer about every article, start a check."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person at the desk, for one request."""

    role: Role
    member: str
    topic: str
    """For BOARD: the one article."""
    token: str = field(repr=False)
    """The link or session that was shown; forms are sealed with it."""
    until: datetime


@dataclass(frozen=True, slots=True)
class Access:
    """Opens links and sessions with the installation's secret."""

    secret: str = field(repr=False)
    clock: Callable[[], datetime]
    recipients: Callable[[str], frozenset[str]]
    """The mailbox keys of an article's list as it stands; empty for an article that is not watched."""
    revoked: Callable[[], Mapping[str, datetime]]
    """Up to when the links of an address are void, by mailbox key."""

    def open_answer(self, token: str) -> Visitor:
        """The member behind an answer link. Raises LinkRefused."""
        grant = self._open(token, Purpose.ANSWER)
        if mailbox_key(grant.member) not in self.recipients(grant.topic):
            raise LinkRefused("This address is no longer on the article's list, or the article is no longer watched.")
        return Visitor(Role.BOARD, grant.member, grant.topic, token, grant.expires)

    def open_session(self, token: str) -> Visitor:
        """The editor behind a session. Raises LinkRefused."""
        grant = self._open(token, Purpose.SESSION)
        return Visitor(Role.EDITOR, grant.member, "", token, grant.expires)

    def open_sign_in(self, token: str) -> Grant:
        """The editor whom a sign-in link was made for. Raises LinkRefused."""
        return self._open(token, Purpose.SIGN_IN)

    def open_unsubscribe(self, token: str) -> Grant:
        """The member who may stop the digest. Raises LinkRefused; leaving a list must not need being on it."""
        return open_link(token, Purpose.UNSUBSCRIBE, self.secret, self.clock())

    def begin_session(self, editor: Grant) -> str:
        """A session for the editor: the cookie's value."""
        return sign(Grant(Purpose.SESSION, editor.member), self.secret, self.clock())

    def seal(self, token: str) -> str:
        """What a form carries, so that no other site can send one in a member's name."""
        return seal(token, "form", self.secret)

    def is_own_form(self, given: str, token: str) -> bool:
        """Whether a form was made by the desk for this very link or session."""
        return is_sealed(given, token, "form", self.secret)

    def _open(self, token: str, purpose: Purpose) -> Grant:
        grant = open_link(token, purpose, self.secret, self.clock())
        voided = self.revoked().get(mailbox_key(grant.member))
        if voided is not None and grant.issued <= voided:
            raise LinkRefused("This link was revoked.")
        return grant


class Limiter:
    """At most ``limit`` events of one key in any ``seconds``; it forgets the keys that were quiet longest.

    Safe for several threads: each request is answered in one.
    """

    _KEYS = 10_000

    def __init__(self, limit: int, seconds: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._seconds, self._now = limit, seconds, now
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._guard = threading.Lock()

    def admit(self, key: str) -> bool:
        """Count one event, unless the limit is reached."""
        with self._guard:
            if self._is_full(key):
                return False
            self._seen.setdefault(key, deque()).append(self._now())
            self._seen.move_to_end(key)
            while len(self._seen) > self._KEYS:
                self._seen.popitem(last=False)
            return True

    def is_full(self, key: str) -> bool:
        """Whether the limit is reached; nothing is counted."""
        with self._guard:
            return self._is_full(key)

    def _is_full(self, key: str) -> bool:
        times = self._seen.get(key)
        if times is None:
            return False
        while times and times[0] <= self._now() - self._seconds:
            times.popleft()
        return len(times) >= self._limit
