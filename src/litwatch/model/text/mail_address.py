"""One mail address: what counts as one in every file, setting and message, and when two spellings are the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")


def check_mail_address(text: str) -> str:
    """The text, if it is one bare address such as ``board@example.org`` (RFC 5321 dot-string, no quoting).

    Raises ValueError otherwise. An encoded word (``=?utf-8?…?=``) is refused: mail programs would decode it.
    """
    local, at, domain = text.rpartition("@")
    good = at and len(text) <= 254 and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not good or "=?" in text:
        raise ValueError("it should be one mail address, such as board@example.org")
    return text


def is_mail_address(text: str) -> bool:
    """Whether the text is one bare address."""
    try:
        check_mail_address(text)
    except ValueError:
        return False
    return True


def mailbox_key(address: str) -> str:
    """The text that all spellings of one address share, for comparing and for looking up; never for sending.

    Capitals do not count, before the @ either: RFC 5321 2.4 allows a server to tell them apart and advises against it.
    Composed and decomposed letters are the same (RFC 6532 3.1 asks for NFC). ``ß`` and ``ss`` stay two, as they are in
    domain names (RFC 5892), which is why this is not ``str.casefold``.
    """
    return unicodedata.normalize("NFC", address).lower()


def distinct_mailboxes(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses without repeats, each as it is spelled first, in order."""
    first: dict[str, str] = {}
    for address in addresses:
        first.setdefault(mailbox_key(address), address)
    return tuple(first.values())
