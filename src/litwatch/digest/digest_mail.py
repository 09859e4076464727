"""A digest as a mail: text and HTML of equal content, small enough to be shown whole, and its identity.

What it says and in which order is ``view``'s; this module prints it. The HTML's styles stand in its elements, because
mail programs drop style sheets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cache, partial
from typing import Any

import css_inline

from litwatch.digest import view
from litwatch.digest.digest import Digest
from litwatch.digest.mail.letter import Letter, compose
from litwatch.digest.view import DETAILS, Detail, DigestView, arrange_digest
from litwatch.model.text.mail_address import mailbox_key
from litwatch.report import wording
from litwatch.report.template_engine import Environment, make_engine

MAIL_BYTES = 100_000
"""A digest's HTML stays below this: Gmail cuts a message at about 102 kB."""


@cache
def _engine(form: str, dates: str) -> Environment:
    engine = make_engine(form, dates, besides="litwatch.digest")
    own = (
        view.asked, view.clear_title, view.door, view.leads, view.noticed, view.remainder, view.resting,
        view.say_comments, view.since, view.unnamed, view.why, view.why_else,
    )  # fmt: skip
    engine.filters.update({each.__name__: each for each in own})
    engine.filters["searched"] = partial(view.searched, form=dates)
    return engine


def digest_parts(
    digest: Digest,
    links: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
    *,
    receipt: bool = True,
) -> tuple[str, str]:
    """A digest as (text, HTML) of equal content; the HTML below 100 kB unless the notices alone are longer.

    ``links`` gives, by the topic's slug, the http(s) address of the article's report, ``answers`` that of the page on
    which this member answers about it; ``unsubscribe`` is that of the page which stops the digest. Without the
    ``receipt`` the foot does not say when was searched and how much was found.
    """
    values, html = _fitting(digest, _Addresses(links or {}, answers or {}, unsubscribe), receipt=receipt)
    return _text(values), html


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Where a digest's links lead."""

    links: Mapping[str, str]
    answers: Mapping[str, str]
    unsubscribe: str | None


def _values(digest: Digest, detail: Detail, addresses: _Addresses, *, receipt: bool) -> dict[str, Any]:
    """What the templates print."""
    return {
        "view": arrange_digest(digest, detail),
        "links": dict(addresses.links),
        "answers": dict(addresses.answers),
        "unsubscribe": addresses.unsubscribe,
        "receipt": view.receipt_line(digest) if receipt else "",
        "demonstration": wording.DEMONSTRATION,
        "source_notices": wording.nlm_notices(digest.day, digest.dates),
    }


def _fitting(digest: Digest, addresses: _Addresses, *, receipt: bool = True) -> tuple[dict[str, Any], str]:
    """The HTML with as much detail as fits, and what it was printed from."""
    for detail in DETAILS:
        values = _values(digest, detail, addresses, receipt=receipt)
        raw = _engine("html", digest.dates).get_template("digest.html.j2").render(values)
        html = css_inline.inline(raw, keep_at_rules=True, load_remote_stylesheets=False)
        if len(html.encode()) < MAIL_BYTES or detail is DETAILS[-1]:
            return values, html
    raise AssertionError("DETAILS is empty")


def _text(values: Mapping[str, Any]) -> str:
    digest: Digest = values["view"].digest
    return _engine("txt", digest.dates).get_template("digest.txt.j2").render(values)


def digest_hash(
    digest: Digest,
    links: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
) -> str:
    """SHA-256 (64 hex digits) of what the member could read, in full: equal hashes tell the same person the same.

    That a later search of the same day found more or fewer papers is no reason for another mail.
    """
    values = _values(digest, DETAILS[0], _Addresses(links or {}, answers or {}, unsubscribe), receipt=False)
    return _hash(values["view"], _text(values))


def _hash(shown: DigestView, text: str) -> str:
    return hashlib.sha256("\0".join((mailbox_key(shown.digest.recipient), shown.subject, text)).encode()).hexdigest()


def digest_letter(
    digest: Digest,
    links: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
) -> Letter:
    """What the mail says; its ``key`` is the digest's hash, and so its Message-ID is that of the content.

    A digest that tells of one article belongs to that article's thread, another to the member's own.
    """
    values, html = _fitting(digest, _Addresses(links or {}, answers or {}, unsubscribe))
    text, shown = _text(values), values["view"]
    return Letter(
        recipient=digest.recipient,
        subject=shown.subject,
        text=text,
        html=html,
        key=_hash(shown, text),
        thread=view.thread(digest),
        list_name="digest",
        unsubscribe=unsubscribe,
    )


def digest_message(
    digest: Digest,
    *,
    sender: str,
    at: datetime,
    links: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
) -> EmailMessage:
    """The digest as a mail of two equal parts, text and HTML; same content, sender and time give the same bytes.

    Raises SettingsError for a bad sender, DeliveryError for a bad recipient.
    """
    return compose(digest_letter(digest, links, answers, unsubscribe), sender=sender, at=at)
