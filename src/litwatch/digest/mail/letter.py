"""A mail as bytes: its headers, its parts, its identity; whatever the text says, it stays one mail to one person.

``digest_mail`` and the operator's notice give it their texts. Addresses are parsed here and nowhere interpreted; an
address that holds a line break, a list or a group is refused, and no header is ever folded into an encoded word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from litwatch.model.errors import DeliveryError, SettingsError
from litwatch.model.text import safe_text

_BARE = re.compile(r"(?P<local>[^\s<>()\[\],;:\\\"@]+)@(?P<domain>[^\s<>()\[\],;:\\\"@]+)")
_NAMED = re.compile(rf"(?P<name>[^<>]*)<{_BARE.pattern}>")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, and to whom."""

    recipient: str
    subject: str
    text: str
    html: str | None
    key: str
    """Hex digits made from the content: the same letter has the same Message-ID."""
    thread: str | None = None
    """A name of ``[a-z0-9.-]`` that all mails of one conversation share; mail programs show them together."""
    list_name: str | None = None
    """A name of ``[a-z]`` for the List-Id (RFC 2919), by which a mail program sorts mails; None for no list's."""
    unsubscribe: str | None = None
    """The https or http address that stops the mails; None for a mail to the sender."""


def compose(letter: Letter, *, sender: str, at: datetime) -> EmailMessage:
    """The letter as a mail; same letter, sender and time give the same bytes.

    ``sender`` is an address, with or without a name; ``at`` needs a zone. Raises SettingsError for a bad sender,
    DeliveryError for a bad recipient.
    """
    if at.tzinfo is None:
        raise ValueError("a mail's date needs a time zone")
    origin, to = _address(sender), _address(letter.recipient)
    if origin is None:
        raise SettingsError(f"The sender {safe_text.clip(safe_text.visible(sender), 80)!r} is not a mail address.")
    if to is None:
        shown = safe_text.clip(safe_text.visible(letter.recipient), 80)
        raise DeliveryError(f"{shown!r} is not a mail address; correct it in the topic files.", permanent=True)
    # Python takes this length for quoted-printable too, where RFC 2045 6.7 allows 76.
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=76))
    message["From"] = origin
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = at
    message["Message-ID"] = f"<{letter.key[:40]}@{origin.domain}>"
    if letter.thread is not None:
        # Nobody ever sent the mail that this names; programs group by it all the same (RFC 5322 3.6.4).
        message["In-Reply-To"] = message["References"] = f"<{letter.thread}@{origin.domain}>"
    if letter.list_name is not None:
        message["List-Id"] = f"<{letter.list_name}.litwatch.{origin.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "en"
    _offer_the_way_out(message, letter, origin)
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        message.set_boundary(f"litwatch-{letter.key[:40]}")
    # The default policy folds headers at 78 and then breaks long ids into encoded words; RFC 5322 allows 998.
    message.policy = policy.SMTP.clone(max_line_length=998, utf8=not to.addr_spec.isascii())
    return message


def _offer_the_way_out(message: EmailMessage, letter: Letter, origin: Address) -> None:
    """List-Unsubscribe (RFC 2369); one click (RFC 8058) only where the address is https, as the RFC demands."""
    link = safe_text.web_link(letter.unsubscribe)
    if link is None:
        message["List-Unsubscribe"] = f"<mailto:{origin.addr_spec}?subject=stop%20the%20digest>"
        return
    message["List-Unsubscribe"] = f"<{link}>"
    if link.lower().startswith("https://"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _address(text: str) -> Address | None:
    """One mail address, with or without a name before it in angle brackets, or None; a list or a group is none."""
    match = _NAMED.fullmatch(text) or _BARE.fullmatch(text)
    if match is None or not text.isprintable():
        return None
    name = (match.groupdict().get("name") or "").strip().strip('"')
    return Address(display_name=name, username=match["local"], domain=match["domain"])
