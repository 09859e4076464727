"""Two kinds of Atom feed (RFC 4287): what needs an editor, an entry an article; and what was told of one article.

Feed readers announce an id once, and file an entry by its ``updated``. In the first kind an id is therefore made from
how the article stands and since when, not from the words, in which days count on: a quiet night announces nothing, and
an outage with the words of an earlier one is another. ``updated`` is the day on which it came to stand so. Failures are
never left out. In an article's own feed an entry is a change, and its id that of the episode. Each entry links to its
report, or has all of its text as ``content`` (4.1.2).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from xml.etree import ElementTree

from litwatch.decisions.told_change import ToldChange
from litwatch.model.identifiers import is_pmid
from litwatch.model.text import phrases, spelled_dates
from litwatch.model.text.safe_text import clip, end_sentence, pubmed_link, visible
from litwatch.report import wording
from litwatch.report.article_line import ArticleLine, order_lines
from litwatch.report.contents import FailedTopic

_ATOM = "http://www.w3.org/2005/Atom"
CHANGES = "changes.atom"
"""The name of a feed's file: beside the index page, and in each article's folder."""
MOST_CHANGES = 50
"""So many changes stand in an article's feed, the newest; the report has all that is open."""


def atom_feed(
    lines: Iterable[ArticleLine],
    failed: Iterable[FailedTopic],
    links: Mapping[str, str],
    *,
    on: date,
    home: str | None = None,
    surveyed: Mapping[str, datetime] = MappingProxyType({}),
) -> str:
    """The feed of the day ``on``; ``links`` gives the addresses of reports by slug, ``home`` that of the index.

    ``surveyed`` tells when an article that cannot be read now was surveyed last. Failures come first, then the
    articles, the most urgent first.
    """
    told_of = order_lines(lines, on)
    return feed_of(
        [
            *(
                failed_entry(topic, surveyed.get(topic.slug), on)
                for topic in sorted(failed, key=lambda each: each.slug)
            ),
            *(article_entry(line, links.get(line.slug), on) for line in told_of),
        ],
        at=max((line.surveyed_at for line in told_of), default=None),
        on=on,
        home=home,
    )


def feed_of(entries: Iterable[str], *, at: datetime | None, on: date, home: str | None = None) -> str:
    """The feed of entries in their order; ``at`` is the moment of the last survey, None where there was none."""
    links = (home, f"{home}changes.atom") if home else None
    return _feed("litwatch: articles that need a look", f"feed:{home or ''}", at or _midnight(on), links, entries)


def changes_feed(
    slug: str,
    title: str,
    told: Sequence[ToldChange],
    *,
    since: datetime,
    home: str | None = None,
    page: str | None = None,
) -> str:
    """One article's feed: an entry for each change that was told of it, in the order given.

    ``since``: when the article was surveyed, for a feed without entries; ``home``: the address of the folder of all
    reports, ``page``: that of the article's newest report. The same changes give the same bytes.
    """
    links = (page, f"{home}{slug}/{CHANGES}") if home and page else None
    return _feed(
        f"litwatch: {clip(title, 200)}",
        f"feed:{home or ''}:{slug}",
        max((each.began_at for each in told), default=since),
        links,
        [_change_entry(slug, each, page) for each in told],
    )


def _change_entry(slug: str, told: ToldChange, page: str | None) -> str:
    change, number = told.change, told.change.pmid
    happened = wording.NOTICE_LABEL.get(change.kind) or wording.FOUND_LABEL.get(change.kind) or "New record"
    level = f", level {told.level}" if told.level is not None and not change.is_about_cited else ""
    paper = told.title or (f"PubMed {number}" if is_pmid(number) else "a work outside PubMed")
    said = [f"{happened}{level}: {end_sentence(clip(paper, 300))}"]
    said += [f"The article's verdict on that day: {wording.STATUS_LABEL[told.status]}."] if told.status else []
    return _entry(
        f"{happened}{level}: {clip(paper, 200)}",
        " ".join(said),
        told.began_at,
        page,
        key=("change", slug, told.episode),
        related=pubmed_link(number) if is_pmid(number) else None,
    )


def _feed(title: str, name: str, updated: datetime, links: tuple[str, str] | None, entries: Iterable[str]) -> str:
    """A feed; ``name`` gives its id, ``links`` are the addresses of the page that it is about and of the feed."""
    root = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(root, "title", title)
    _add(root, "id", uuid.uuid5(uuid.NAMESPACE_URL, f"litwatch:{name}").urn)
    _add(root, "updated", _moment(updated))
    _add(_add(root, "author"), "name", "litwatch")
    _add(root, "generator", "litwatch")
    if links:
        page, own = links
        _add(root, "link", rel="alternate", type="text/html", href=page)
        _add(root, "link", rel="self", type="application/atom+xml", href=own)
    ElementTree.indent(root)
    head, end, _ = ElementTree.tostring(root, encoding="unicode").rpartition("\n</feed>")
    return "".join(
        ('<?xml version="1.0" encoding="utf-8"?>\n', head, *(f"\n  {entry}" for entry in entries), end, "\n")
    )


def failed_entry(topic: FailedTopic, last: datetime | None, on: date) -> str:
    """The entry of an article that cannot be read; ``last``: when it was surveyed last."""
    told = clip(visible(topic.reason), 1000)
    title = f"Could not be read or searched: {topic.slug}"
    day = on if last is None else min(last.date() + timedelta(days=1), on)
    return _entry(title, told, _midnight(day), None, key=(topic.slug, last, re.sub(r"\d+", "", told)))


def article_entry(line: ArticleLine, link: str | None, on: date) -> str:
    """An article's entry in the feed of a day."""
    open_now = [(kind.value, pmid, detail) for kind, pmid, detail in line.told]
    failing = line.since.failing or sorted(kind.value for kind in line.failing)
    label = wording.STATUS_LABEL[line.verdict.status]
    title = f"{'[Demonstration] ' if line.demonstration else ''}{label}: {clip(line.title, 200)}"
    key = (line.slug, label, line.since.verdict, failing, open_now)
    return _entry(title, _summary(line), _changed(line, on), link, key=key)


def _summary(line: ArticleLine) -> str:
    cited = phrases.count(line.notices, "notice about cited papers", "notices about cited papers")
    counted = [
        *([] if line.verdict.is_of_topic else [cited]),
        phrases.count(line.new_records, "open new record"),
    ]
    said = [line.summary, *(f"Not complete: {failure}" for failure in line.failures)]
    told = [*map(spelled_dates.dated, said), "; ".join(counted) + "."]
    return " ".join(told)


def _changed(line: ArticleLine, on: date) -> datetime:
    """When it came to stand so: the day of its verdict, of its newest signal, or on which a look began to fail."""
    days = [line.since.verdict or line.verdict.decided_on, *(day for _, day in line.since.failing)]
    return _midnight(min(max([*days, *([line.newest] if line.newest else [])]), on))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _entry(
    title: str, told: str, updated: datetime, link: str | None, *, key: object, related: str | None = None
) -> str:
    entry = ElementTree.Element("entry")
    _add(entry, "title", title)
    digest = hashlib.sha256(repr(key).encode("utf-8", "replace")).hexdigest()
    _add(entry, "id", uuid.uuid5(uuid.NAMESPACE_URL, f"litwatch:entry:{digest}").urn)
    _add(entry, "updated", _moment(updated))
    if link:
        _add(entry, "link", rel="alternate", type="text/html", href=link)
    if related:
        _add(entry, "link", rel="related", type="text/html", href=related)
    _add(entry, "summary" if link else "content", told, type="text")
    ElementTree.indent(entry, level=1)
    return ElementTree.tostring(entry, encoding="unicode").rstrip()


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    if text is not None:
        child.text = visible(text)
    return child


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
