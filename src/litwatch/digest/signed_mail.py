"""A composed mail with the desk's links in it signed, at the moment at which it leaves.

What waits in the outbox holds no key.
"""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from litwatch.digest.signed_links import sign_all

_HEADER = "List-Unsubscribe"


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
    if (given := message.get(_HEADER)) is not None:
        message.replace_header(_HEADER, sign_all(str(given), desk_url, member, secret, at))
        changed = True
    if not changed:
        return body
    # As in render: the default policy breaks long ids into encoded words; RFC 5322 allows 998 characters.
    message.policy = policy.SMTP.clone(max_line_length=998, utf8=not str(message["To"]).isascii())
    return message.as_bytes()
