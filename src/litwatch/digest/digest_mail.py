"""A digest as a mail: text and HTML of equal content, small enough to be shown whole, and its identity.

What it says and in which order is ``view``'s; this module prints it. The HTML's styles stand in its elements, because
mail programs drop style sheets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from functools import cache, partial

import css_inline

from litwatch.digest import view
from litwatch.digest.digest import Digest
from litwatch.digest.mail.letter import Letter, compose
from litwatch.digest.subject_line import subject
from litwatch.digest.view import DETAILS, arrange_digest
from litwatch.model.text.mail_address import mailbox_key
from litwatch.report import wording
from litwatch.report.template_engine import Environment, make_engine

MAIL_BYTES = 100_000
"""A digest's HTML stays below this: Gmail cuts a message at about 102 kB."""


@cache
def _engine(form: str, dates: str) -> Environment:
    engine = make_engine(form, dates, besides="litwatch.digest")
    own = (
        view.asked, view.clear_title, view.leads, view.noticed, view.remainder, view.resting, view.since, view.unnamed,
        view.why,
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
    for detail in DETAILS:
        values = {
            "view": arrange_digest(digest, detail),
            "links": dict(links or {}),
            "answers": dict(answers or {}),
            "unsubscribe": unsubscribe,
            "receipt": view.receipt_line(digest) if receipt else "",
            "demonstration": wording.DEMONSTRATION,
            "source_notices": wording.nlm_notices(digest.day, digest.dates),
        }
        raw = _engine("html", digest.dates).get_template("digest.html.j2").render(values)
        html = css_inline.inline(raw, keep_at_rules=True, load_remote_stylesheets=False)
        if len(html.encode()) < MAIL_BYTES or detail is DETAILS[-1]:
            return _engine("txt", digest.dates).get_template("digest.txt.j2").render(values), html
    raise AssertionError("DETAILS is empty")


def digest_hash(
    digest: Digest,
    links: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
) -> str:
    """SHA-256 (64 hex digits) of what the member would read: equal hashes are the same mail to the same person.

    That a later search of the same day found more or fewer papers is no reason for another mail.
    """
    return _hash(digest, digest_parts(digest, links, answers, unsubscribe, receipt=False)[0])


def _hash(digest: Digest, text: str) -> str:
    return hashlib.sha256("\0".join((mailbox_key(digest.recipient), subject(digest), text)).encode()).hexdigest()


def digest_letter(
    digest: Digest,
    links: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
) -> Letter:
    """What the mail says; its ``key`` is the digest's hash, and so its Message-ID is that of the content.

    A digest that tells of one article belongs to that article's thread, another to the member's own.
    """
    text, html = digest_parts(digest, links, answers, unsubscribe)
    return Letter(
        recipient=digest.recipient,
        subject=subject(digest),
        text=text,
        html=html,
        key=_hash(digest, text),
        thread=view.thread(digest),
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
