"""Secrets taken out of what a server says before anything else sees it: a refusal may quote a mail's signed link.

Servers quote in their own ways: with blanks or line ends inside, percent-encoded, as quoted-printable, as HTML, with
capitals, with brackets around dots. So letters and digits alone are compared, and so is a part of a long secret.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlsplit

SHOWN_INSTEAD = "***"

LONGEST = 4_000
"""Characters of a text that are looked at; the rest is cut off, and so is shown nowhere."""

SHORTEST = 4
"""A shorter text is no secret: to take it out of a message would leave nothing of the message, and hide nothing."""

_PART = 16
"""So many letters and digits in a row of a longer secret count as the secret: no person could guess the rest."""

_LINK = re.compile(r"WyJ[A-Za-z0-9_-]{20,600}(?:\.[A-Za-z0-9_-]{0,43})?")
"""A link's key by its form alone (``digest/signed_links.py``): Base64 of a JSON list of texts, and its signature."""

_PERCENT = r"%(?:25)*[0-9A-Fa-f]{2}"
_QUOTED_PRINTABLE = r"=[0-9A-Fa-f]{2}|=\s"
_ENTITY = r"&#?[0-9A-Za-z]{1,8};"
_READINGS = tuple(
    re.compile(f"{coded}|." if coded else ".", re.DOTALL)
    for coded in (
        "",
        f"{_PERCENT}|{_ENTITY}",
        _QUOTED_PRINTABLE,
        f"{_QUOTED_PRINTABLE}|{_PERCENT}|{_ENTITY}",
    )
)


_PIECE = 8
"""A shorter piece of an address (``ping``, ``create=1``) is an ordinary word, and no secret by itself."""


def secrets_of_address(url: str) -> tuple[str, ...]:
    """What of a secret address must be told to nobody: all but its scheme and host, as a whole and piece by piece.

    >>> secrets_of_address("https://example.org/ping?token=5c2f6e1a-41d0")
    ('ping?token=5c2f6e1a-41d0', '5c2f6e1a-41d0')
    """
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    whole = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
    values = (value for _, value in parse_qsl(parts.query))
    pieces = [each for each in (*login.split(":"), *parts.path.split("/"), *values) if len(each) >= _PIECE]
    return tuple(dict.fromkeys(each for each in (whole, login, *pieces) if each))


def hide_secrets(text: str, secrets: Iterable[str | None]) -> str:
    """At most the first ``LONGEST`` characters of the text, three asterisks for each secret and each link's key.

    A secret counts in its Base64 form, too. None and texts shorter than ``SHORTEST`` are no secrets. Time
    grows linearly with the text.

    >>> hide_secrets("blocked: pass%77ord, p a s s w o r d", ["password"])
    'blocked: ***, ***'
    """
    text = text[:LONGEST]
    windows: dict[int, set[str]] = {}
    for secret in (each for each in secrets if each is not None and len(each) >= SHORTEST):
        for form in (secret, b64encode(secret.encode()).decode()):
            bare = "".join(filter(str.isalnum, form.casefold()))
            size = len(bare) if len(bare) < 2 * _PART else _PART
            if bare:
                windows.setdefault(size, set()).update(bare[n : n + size] for n in range(len(bare) - size + 1))
            elif form in text:
                text = text.replace(form, SHOWN_INSTEAD)
    covered = bytearray(len(text))
    for found in _LINK.finditer(text):
        _cover(covered, *found.span())
    for reading in _READINGS if windows else ():
        bare, places = _read(text, reading)
        for size, parts in windows.items():
            for n in range(len(bare) - size + 1):
                if bare[n : n + size] in parts:
                    _cover(covered, places[n][0], places[n + size - 1][1])
    runs = re.finditer(rb"\x00+|\x01+", covered)
    return "".join(SHOWN_INSTEAD if run[0][0] else text[run.start() : run.end()] for run in runs)


def _read(text: str, reading: re.Pattern[str]) -> tuple[str, list[tuple[int, int]]]:
    """The letters and digits of the text as decoded, in small letters, and where each stands in it."""
    signs: list[str] = []
    places: list[tuple[int, int]] = []
    for found in reading.finditer(text):
        for sign in _decode(found[0]).casefold():
            if sign.isalnum():
                signs.append(sign)
                places.append(found.span())
    return "".join(signs), places


def _decode(token: str) -> str:
    if len(token) == 1:
        return token
    if token[0] == "%":
        return unquote("%" + token[-2:], errors="ignore")
    if token[0] == "=":
        return chr(int(token[1:], 16)) if token[1:].isalnum() else ""
    return html.unescape(token)


def _cover(covered: bytearray, start: int, stop: int) -> None:
    covered[start:stop] = b"\1" * (stop - start)
