"""Reports, index and digests as HTML, Markdown, JSON and mail: the only module that knows the template engine.

Escaping is the engines' default and not the templates' care: whatever a template prints is first rid of control
characters, then escaped for its format; only links that ``safe_text`` builds from a Pmid or a Doi pass as they are.
A page carries its style sheet and a policy that forbids the browser to fetch anything and to run any script but the
index page's own, which it names by its hash; everything can be read without it.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from email.message import EmailMessage
from functools import cache, partial
from importlib.resources import files
from typing import Any

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from litwatch.decisions.triage import Priority
from litwatch.digest import view as digest_view
from litwatch.digest.digest import Digest
from litwatch.digest.mail.letter import Letter, compose
from litwatch.digest.subject_line import subject
from litwatch.digest.view import DETAILS, arrange_digest
from litwatch.model.change import ChangeKind
from litwatch.model.text import phrases, safe_text, spelled_dates
from litwatch.model.text.mail_address import mailbox_key
from litwatch.report import coverage, passages, wording
from litwatch.report.contents import FailedTopic, IndexEntry, Report, ReportedSignal, order_entries
from litwatch.report.report_json import report_json
from litwatch.report.view import SHOWN_IN_FULL, anchor, arrange, notice_label, reasons

__all__ = [
    "desk_page",
    "digest_hash",
    "digest_letter",
    "digest_message",
    "digest_parts",
    "index_html",
    "report_html",
    "report_json",
    "report_markdown",
]

MAIL_BYTES = 100_000
"""A digest's HTML stays below this: Gmail cuts a message at about 102 kB."""


class _Link(str):
    """Text in a target format already, made by this module: the engines let it pass."""

    __slots__ = ()


def _as_text(value: Any) -> Any:
    passes = not isinstance(value, str) or isinstance(value, (_Link, Markup))
    return value if passes else safe_text.visible(value)


def _as_markdown(value: Any) -> Any:
    return _escape(value) if isinstance(value, str) and not isinstance(value, _Link) else value


def _escape(text: str, mark: str = "") -> str:
    """The text escaped and between marks; a blank at its edge, as of the template's own ", ", stays outside them."""
    text = safe_text.visible(text)
    core = safe_text.escape_markdown(text)
    return f"{' ' * text[:1].isspace()}{mark}{core}{mark}{' ' * text[-1:].isspace()}" if core else " " * bool(text)


def _bold(stretches: Iterable[passages.Stretch]) -> _Link:
    """Stretches in Markdown, marked ones bold."""
    return _Link("".join(_escape(stretch.text, "**" * stretch.marked) for stretch in stretches))


def _fold(text: str, bullet: str = "") -> str:
    folded = textwrap.fill(
        safe_text.visible(text),
        width=72,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return _Link(folded)


def _tone(reported: ReportedSignal) -> str:
    """The colour of the status that the verdict's rules give for such a notice."""
    retracted = reported.signal.change.kind in {ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED}
    return "review-now" if retracted and reported.signal.priority is Priority.HIGH else "review-needed"


def _gravest(told: tuple[ReportedSignal, ...]) -> ReportedSignal:
    return min(told, key=lambda reported: (_tone(reported) != "review-now", reported.signal.priority))


_FILTERS: dict[str, Callable[..., Any]] = {
    "abstract": passages.abstract,
    "anchor": anchor,
    "by_age": wording.by_age,
    "byline": wording.byline,
    "capitalise": str.capitalize,
    "clip": safe_text.clip,
    "count": phrases.count,
    "coverage": coverage.say,
    "due": wording.due,
    "gravest": _gravest,
    "key": wording.STATUS_KEY.__getitem__,
    "label": wording.STATUS_LABEL.__getitem__,
    "leads": digest_view.leads,
    "level": wording.level_label,
    "listed_above": wording.listed_above,
    "moment": spelled_dates.long_time,
    "notice_label": notice_label,
    "clear_title": digest_view.clear_title,
    "number": "{:,}".format,
    "numbers": phrases.numbers,
    "reasons": reasons,
    "remainder": digest_view.remainder,
    "report_link": safe_text.relative_link,
    "resting": digest_view.resting,
    "said": passages.said,
    "since": digest_view.since,
    "told_together": wording.told_together,
    "tone": _tone,
    "weblink": safe_text.web_link,
    "why": digest_view.why,
    "words": wording.words,
}


@cache
def _engine(form: str, dates: str = "en") -> Environment:
    """The template engine for ``html``, ``md`` or ``txt``, with dates written as the key of DATE_FORMS says.

    An unknown name in a template is an error, not a blank.
    """
    loader = PackageLoader("litwatch.report")
    shared: dict[str, Any] = {
        "loader": loader,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
    }
    filters = _FILTERS | {
        "dated": partial(spelled_dates.dated, form=dates),
        "day": partial(spelled_dates.long_date, form=dates),
        "searched": partial(digest_view.searched, form=dates),
        "sources": partial(wording.say_sources, form=dates),
        "history": partial(wording.say_history, form=dates),
    }
    if form == "html":
        engine = Environment(autoescape=True, finalize=_as_text, **shared)
        filters |= {"pubmed": safe_text.pubmed_link, "doi": safe_text.doi_link}
    elif form == "md":
        engine = Environment(autoescape=False, finalize=_as_markdown, **shared)  # noqa: S701 - escapes for Markdown
        filters |= {
            "pubmed": lambda pmid: _Link(f"[{int(pmid)}]({safe_text.pubmed_link(pmid)})"),
            "doi": lambda doi: _Link(f"[{safe_text.escape_markdown(doi)}](<{safe_text.doi_link(doi)}>)"),
            "raw": _Link,
            "stretches": _bold,
        }
    else:
        engine = Environment(autoescape=False, finalize=_as_text, **shared)  # noqa: S701 - plain text has no markup
        filters |= {"pubmed": safe_text.pubmed_link, "doi": safe_text.doi_link, "fold": _fold}
    engine.filters.update(filters)
    return engine


def report_html(report: Report) -> str:
    """The report as one HTML file that works from a folder, on a phone, printed, in the light and in the dark."""
    return _report("html", "report.html.j2", report)


def report_markdown(report: Report) -> str:
    """The report in Markdown, with the same content as the HTML."""
    return _report("md", "report.md.j2", report)


def _report(form: str, template: str, report: Report) -> str:
    view = arrange(report)
    return (
        _engine(form)
        .get_template(template)
        .render(
            report=report,
            view=view,
            demonstration=wording.DEMONSTRATION,
            evidence_count=sum(len(group.items) for group in view.groups) + len(view.further),
            shown_in_full=SHOWN_IN_FULL,
            placed=any(reported.signal.bearings for group in view.groups for reported in group.items),
        )
    )


def index_html(entries: Iterable[IndexEntry], failed: Iterable[FailedTopic], *, on: date) -> str:
    """The page of all watched articles, most urgent first; topics that could not be read stand on top by name."""
    queue = order_entries(entries)
    script, hashed = _index_script()
    counted = Counter(entry.status for entry in queue)
    return (
        _engine("html")
        .get_template("index.html.j2")
        .render(
            entries=queue,
            failed=tuple(sorted(failed, key=lambda topic: topic.slug)),
            tally=[(status, counted[status]) for status in wording.STATUS_LABEL],
            written_on=on,
            script=script,
            script_policy=f"script-src 'sha256-{hashed}'; ",
            demonstration=wording.DEMONSTRATION if any(entry.demonstration for entry in queue) else "",
            source_notices=wording.nlm_notices(on),
        )
    )


def desk_page(name: str, values: Mapping[str, object]) -> str:
    """One of the desk's pages as HTML; ``name`` is that of its template."""
    return _engine("html").get_template(f"desk/{name}.html.j2").render(values)


@cache
def _index_script() -> tuple[Markup, str]:
    """The index page's own script, which only narrows the queue, and its hash, by which the policy lets it run."""
    source = files("litwatch.report").joinpath("templates", "index.js").read_text(encoding="utf-8")
    return Markup(source), base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()  # noqa: S704 - our own


def digest_parts(
    digest: Digest,
    links: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    unsubscribe: str | None = None,
) -> tuple[str, str]:
    """A digest as (text, HTML) of equal content; the HTML below 100 kB unless the notices alone are longer.

    ``links`` gives, by the topic's slug, the http(s) address of the article's report, ``answers`` that of the page on
    which this member answers about it; ``unsubscribe`` is that of the page which stops the digest.
    """
    for detail in DETAILS:
        values = {
            "view": arrange_digest(digest, detail),
            "links": dict(links or {}),
            "answers": dict(answers or {}),
            "unsubscribe": unsubscribe,
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
    """SHA-256 (64 hex digits) of what the member would read: equal hashes are the same mail to the same person."""
    return _hash(digest, digest_parts(digest, links, answers, unsubscribe)[0])


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
        thread=digest_view.thread(digest),
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
