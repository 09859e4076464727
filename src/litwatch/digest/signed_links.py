"""Links that open the desk without a password: what one allows, its signature, its end.

A digest is composed with unsigned links, which are not valid yet, and signed as it leaves (``sign_all``): so no key
lies in the store, and the same digest composed twice is the same text. An unsigned link is marked for the secret that
it is to be signed with: one of another secret would lead to a desk that does not know it.

Form: ``<claims>.<signature>``, claims as URL-safe Base64 of a JSON list, signature HMAC-SHA-256 (RFC 2104). A good link
is not a permission: a member who has left the topic's list is turned away at the desk.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum

import orjson

from litwatch.model.text.mail_address import mailbox_key


class Purpose(StrEnum):
    """What a link is for; one that was made for one purpose opens no other."""

    ANSWER = "answer"
    """A board member answers about one article."""
    SIGN_IN = "sign-in"
    """An editor begins a session."""
    SESSION = "session"
    """An editor's session, in a cookie."""
    UNSUBSCRIBE = "unsubscribe"
    """A member stops the digest."""


LIFETIME = {
    Purpose.ANSWER: timedelta(days=60),
    Purpose.SIGN_IN: timedelta(days=30),
    Purpose.SESSION: timedelta(hours=12),
    Purpose.UNSUBSCRIBE: timedelta(days=400),
}
"""How long after its signing a link opens the desk."""

LONGEST_VOID = max(life for purpose, life in LIFETIME.items() if purpose is not Purpose.UNSUBSCRIBE)
"""How long a revocation must be remembered; the links that it voids have ended by themselves then."""

SHORTEST_SECRET = 32
"""Characters of the signing secret, at least."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_BLANK = "_" * 32
"""What an unsigned link's signature begins with; the mark of its secret follows, as long as a signature together."""
_NO_MARK = "_" * 11
"""In mails that older versions composed, for whatever secret there is."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,600}\.[A-Za-z0-9_-]{43}")
_UNSIGNED_TOKEN = rf"(?P<claims>[A-Za-z0-9_-]{{1,600}})\.{_BLANK}(?P<mark>[A-Za-z0-9_-]{{11}})(?![A-Za-z0-9_-])"
_MAILED = {Purpose.ANSWER, Purpose.UNSUBSCRIBE}
"""What a mail's links may be for; the others are made for an editor at a terminal."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link allows, to whom, and from when till when."""

    purpose: Purpose
    member: str
    """Mail address."""
    topic: str = ""
    """For ANSWER: the article's slug."""
    issued: datetime = _EPOCH
    expires: datetime = _EPOCH


_UNSUBSCRIBE = "List-Unsubscribe"


class LinkRefused(Exception):
    """The link opens nothing; the message says why in words that may be shown to whoever holds it."""


def unsigned(grant: Grant, secret: str | None) -> str:
    """The grant as a link's text that opens nothing yet; as long as the signed one.

    ``secret`` is the one that shall sign it; None leaves that open.
    """
    return _unsigned(grant, _mark(secret) if secret is not None else _NO_MARK)


def _unsigned(grant: Grant, mark: str) -> str:
    return f"{_claims(replace(grant, issued=_EPOCH, expires=_EPOCH))}.{_BLANK}{mark}"


def _mark(secret: str) -> str:
    """66 bits that tell a secret from another and give nothing of it away: a signature over no grant's claims."""
    return seal("", "unsigned link", secret)[: len(_NO_MARK)]


def sign(grant: Grant, secret: str, at: datetime) -> str:
    """The grant as a link's text that holds from ``at`` for its purpose's lifetime."""
    claims = _claims(replace(grant, issued=at, expires=at + LIFETIME[grant.purpose]))
    return f"{claims}.{_signature(claims, secret)}"


def sign_all(text: str, desk_url: str, member: str, secret: str, at: datetime) -> str:
    """The text with every unsigned link to the desk signed that grants this member something and is for the secret.

    A title from outside may hold what looks like a link: one that leads elsewhere, is for somebody else or for
    another purpose than a mail's, or cannot be read stays as it is.
    """

    marks = {_NO_MARK, _mark(secret)}

    def sign_one(match: re.Match[str]) -> str:
        try:
            grant = _read(match["claims"])
        except (ValueError, TypeError, OverflowError, OSError):
            return match[0]
        link = f"{desk_url}{grant.purpose.value}/{_unsigned(grant, match['mark'])}"
        if match["mark"] not in marks:
            return match[0]
        if grant.purpose not in _MAILED or mailbox_key(grant.member) != mailbox_key(member) or link != match[0]:
            return match[0]
        return f"{desk_url}{grant.purpose.value}/{sign(grant, secret, at)}"

    return re.sub(f"{re.escape(desk_url)}[a-z-]+/{_UNSIGNED_TOKEN}", sign_one, text)


def sign_mail(body: bytes, desk_url: str, member: str, secret: str, at: datetime) -> bytes:
    """The message (RFC 5322 bytes) to ``member`` with the desk's links in its texts and List-Unsubscribe signed.

    Everything else stays as it is, the Message-ID and the parts' boundary included.
    """
    message = message_from_bytes(body, policy=policy.SMTP.clone(max_line_length=76))
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes; mypy cannot know
    changed = False
    for part in message.walk():
        if part.get_content_maintype() != "text":
            continue
        text = part.get_content()
        signed = sign_all(text, desk_url, member, secret, at)
        if signed != text:
            part.set_content(signed, subtype=part.get_content_subtype(), cte="quoted-printable")
            changed = True
    if (given := message.get(_UNSUBSCRIBE)) is not None:
        message.replace_header(_UNSUBSCRIBE, sign_all(str(given), desk_url, member, secret, at))
        changed = True
    if not changed:
        return body
    # As in mail/letter: the default policy breaks long ids into encoded words; RFC 5322 allows 998 characters.
    message.policy = policy.SMTP.clone(max_line_length=998, utf8=not str(message["To"]).isascii())
    return message.as_bytes()


def unsigned_for(body: bytes) -> str | None:
    """The desk whose links in a message still are unsigned, and so open nothing; None where there is none.

    Asked of List-Unsubscribe, which no text from outside reaches: what only looks like a link stops no mail.
    """
    given = str(message_from_bytes(body, policy=policy.SMTP).get(_UNSUBSCRIBE, ""))
    found = re.fullmatch(f"<(?P<desk>.+/){Purpose.UNSUBSCRIBE.value}/{_UNSIGNED_TOKEN}>", given)
    return found["desk"] if found else None


def keys_in(body: bytes, desk_url: str) -> frozenset[str]:
    """The signed links' keys in a message (RFC 5322 bytes) that lead to the desk: what nobody else may see."""
    message = message_from_bytes(body, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101 - as in sign_mail
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    texts.append(str(message.get(_UNSUBSCRIBE, "")))
    link = re.compile(f"{re.escape(desk_url)}[a-z-]+/({_TOKEN.pattern})")
    return frozenset(found[1] for text in texts for found in link.finditer(text))


def open_link(token: str, purpose: Purpose, secret: str, now: datetime) -> Grant:
    """What the link grants. Raises LinkRefused unless it is whole, signed with the secret, and for this purpose."""
    claims, _, signature = token.partition(".")
    if _TOKEN.fullmatch(token) is None or not hmac.compare_digest(signature, _signature(claims, secret)):
        raise LinkRefused("This is not a link of litwatch, or a part of it is missing.")
    grant = _read(claims)
    if grant.purpose is not purpose:
        raise LinkRefused("This link was made for another page.")
    if not grant.issued <= now < grant.expires:
        fresh = "Ask the operator for a new one." if purpose is Purpose.SIGN_IN else "Your next digest has a new one."
        raise LinkRefused(f"This link has expired. {fresh}")
    return grant


def seal(text: str, purpose: str, secret: str) -> str:
    """A value that only this installation can make from the text: proof that a form came from its own page."""
    return _signature(f"{purpose}\n{text}", secret)


def is_sealed(given: str, text: str, purpose: str, secret: str) -> bool:
    """Whether ``given`` is the seal of the text, in a time that does not tell how much of it is right."""
    return hmac.compare_digest(given.encode(), seal(text, purpose, secret).encode())


def answer_link(desk_url: str, member: str, topic: str, secret: str | None) -> str:
    """The address at which a member answers about an article, ``unsigned``; ``desk_url`` ends with a slash."""
    return f"{desk_url}answer/{unsigned(Grant(Purpose.ANSWER, member, topic), secret)}"


def unsubscribe_link(desk_url: str, member: str, secret: str | None) -> str:
    """The address at which a member stops the digest, also with one click (RFC 8058); ``unsigned``."""
    return f"{desk_url}unsubscribe/{unsigned(Grant(Purpose.UNSUBSCRIBE, member), secret)}"


def _claims(grant: Grant) -> str:
    times = [f"{int(moment.timestamp()):010d}" for moment in (grant.issued, grant.expires)]
    return _encode(orjson.dumps([grant.purpose.value, grant.member, grant.topic, *times]))


def _read(claims: str) -> Grant:
    padded = claims + "=" * (-len(claims) % 4)
    purpose, member, topic, issued, expires = orjson.loads(base64.urlsafe_b64decode(padded))
    moments = [datetime.fromtimestamp(int(second), UTC) for second in (issued, expires)]
    return Grant(Purpose(purpose), member, topic, *moments)


def _signature(text: str, secret: str) -> str:
    return _encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
