"""What counts as one mail address, in every file, setting and message alike. Lists, names and comments are rejected."""

from __future__ import annotations

import re

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
