"""The pages about all articles: ``reports/index.html``, ``changes.atom`` and ``reassess.ics``.

They are put together from one kept line for each article, and its parts of the three pages as they were last published:
only what is new, or made for another day, is read and made again. The index page names the day of the last search and
is written every night, feed and calendar where they tell anything new. The store is held for one question at a time.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import orjson

from litwatch.config.article_file import open_article
from litwatch.config.settings import Settings
from litwatch.config.topic_files import TopicsFound, read_topic_file
from litwatch.decisions.line_currency import still_stands
from litwatch.decisions.verdict import Status
from litwatch.model.errors import EditorError
from litwatch.model.topic import Topic
from litwatch.night.published_reports import (
    ToldArticle,
    keep_lines,
    list_pages,
    page_address,
    recall,
    write_page,
    write_statement,
)
from litwatch.report.article_line import ArticleLine, PastReport, entry_key, index_entry
from litwatch.report.contents import FailedTopic
from litwatch.report.exports import article_entry, calendar_of, failed_entry, feed_of, reassess_event
from litwatch.report.render import index_line, index_page
from litwatch.store import PublishedLine, Store
from litwatch.store.documents import load

Value = TypeVar("Value")

LISTED = 12
"""So many earlier reports of an article are on the index page; after two years of nights there are hundreds."""
_AT_ONCE = 200
"""So many articles' lines are read from the store, or written to it, at a time: a few hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The articles that the pages tell of."""

    topics: Mapping[str, Topic]
    """Those whose topic files were read, by slug."""
    files: Mapping[str, str]
    """The state of the files of all whose topic file is good, by slug (``Topic.files``)."""

    @classmethod
    def of(cls, found: TopicsFound) -> Watched:
        """Those of a folder of topic files."""
        return cls({topic.slug: topic for topic in found.topics}, found.watched)


def publish_index(
    watched: Watched, failed: Collection[FailedTopic], day: date, *, settings: Settings, store: Store
) -> Path:
    """Write the index page, the feed and the calendar of all topics; the page's path. Raises OutputFailed.

    Raises store errors, too: each question waits for the store by itself.
    """
    unread = list(failed)
    known = refresh_lines(watched, unread, day, settings=settings, store=store)
    lines = _published(known, day, settings=settings, store=store)
    surveyed = find_surveyed(unread, store) if unread else {}
    folder = settings.reports
    in_feed = sorted(lines, key=lambda line: orjson.loads(line.feed_key))
    entries = [
        *(failed_entry(topic, surveyed.get(topic.slug), day) for topic in sorted(unread, key=lambda each: each.slug)),
        *(line.feed_entry for line in in_feed),
    ]
    last = max((line.surveyed_at for line in lines), default=None)
    feed = feed_of(entries, at=last, on=day, home=settings.reports_url)
    _write_news(folder / "changes.atom", feed, _FEED_MADE)
    events = (line.event for line in sorted(lines, key=lambda line: line.topic))
    _write_news(folder / "reassess.ics", calendar_of(events), _EVENT_MADE)
    page = index_page(
        [line.index_line for line in sorted(lines, key=lambda line: orjson.loads(line.index_key))],
        unread,
        on=day,
        counted=Counter(Status(line.status) for line in lines),
        demonstration=any(line.demonstration for line in lines),
    )
    return write_page(folder / "index.html", page.encode())


_FEED_MADE = re.compile(r"^  <updated>[^<]*</updated>$", re.MULTILINE)
"""The feed's own moment; those of its entries are indented further."""
_EVENT_MADE = re.compile(r"^DTSTAMP:\w+\r?$", re.MULTILINE)


def _write_news(path: Path, text: str, made: re.Pattern[str]) -> None:
    """Write a page that programs read, unless the one that stands there tells the same and was only ``made`` earlier.

    RFC 4287 (4.2.15) and RFC 5545 (3.8.7.2) date a feed by its last change of weight and an event by the making of its
    file. Raises OutputFailed.
    """
    with suppress(OSError, UnicodeDecodeError):
        if made.sub("", path.read_bytes().decode()) == made.sub("", text):
            return
    write_page(path, text.encode())


def refresh_lines(
    watched: Watched, unread: list[FailedTopic], day: date, *, settings: Settings, store: Store
) -> tuple[str, ...]:
    """Read anew the lines that no longer say what the article's report would say on the day; the slugs that have one.

    Articles that cannot be read, or were never surveyed, are added to ``unread``. Raises store errors and OutputFailed.
    """
    kept, now = store.line_bases()
    named = {one.slug for one in unread}
    known: list[str] = []
    fresh: list[ToldArticle] = []
    for slug, state in watched.files.items():
        if slug in kept and slug in now and still_stands(kept[slug], now[slug], files=state, day=day):
            known.append(slug)
            continue
        try:
            topic = watched.topics.get(slug) or read_topic_file(settings.queries, slug)
            told = recall(topic, open_article(topic), store, day)
        except EditorError as error:
            unread.append(FailedTopic(slug, str(error)))
            continue
        if told is not None:
            fresh.append(told)
            known.append(slug)
        elif slug not in named:
            unread.append(FailedTopic(slug, "It has not been surveyed yet."))
    for some in _slices(fresh):
        keep_lines(some, store, day=day)
        for told in some:
            write_statement(told.line, settings.reports, day)
    return tuple(known)


def _published(known: Sequence[str], day: date, *, settings: Settings, store: Store) -> list[PublishedLine]:
    """The articles' parts of the three pages of a day."""
    made_by = _made_by(settings.reports_url)
    kept = store.published_lines(day, made_by)
    folders = {slug: _state(settings.reports / slug) for slug in known}
    lines = [kept[slug] for slug in known if slug in kept and kept[slug].pages == folders[slug]]
    done = {line.topic for line in lines}
    for slugs in _slices([slug for slug in known if slug not in done]):
        pages = {slug: list_pages(slug, settings.reports) for slug in slugs}
        earlier = {slug: sorted(own, reverse=True)[1 : LISTED + 1] for slug, own in pages.items()}
        with store.reading():
            documents, statuses = store.article_lines(slugs), store.statuses(earlier)
        made = []
        for slug, document in sorted(documents.items()):
            line, status = load(ArticleLine, document), statuses.get(slug, {})
            newest = max(pages[slug], default=line.surveyed_at.date())
            entry = index_entry(
                line,
                on=day,
                link=f"{slug}/{newest}.html",
                written_on=newest,
                history=tuple(
                    PastReport(past, status[past], pages[slug][past]) for past in earlier[slug] if past in status
                ),
                before_history=max(len(pages[slug]) - 1 - LISTED, 0),
            )
            address = page_address(slug, settings, newest)
            made.append(
                PublishedLine(
                    topic=slug,
                    day=day,
                    made_by=made_by,
                    pages=folders[slug],
                    surveyed_at=line.surveyed_at,
                    status=line.verdict.status.value,
                    demonstration=line.demonstration,
                    index_key=orjson.dumps(entry_key(entry)).decode(),
                    index_line=index_line(entry, on=day),
                    feed_key=orjson.dumps(line.urgency(day)).decode(),
                    feed_entry=article_entry(line, address, day),
                    event=reassess_event(line, address, day),
                )
            )
        store.keep_published(made)
        lines += made
    return lines


def _slices(items: Sequence[Value]) -> Iterator[Sequence[Value]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def find_surveyed(unread: Collection[FailedTopic], store: Store) -> dict[str, datetime]:
    """When each article that could not be read was surveyed last, by slug; without those that never were."""
    with store.reading():
        return {one.slug: at for one in unread if (at := store.last_surveyed(one.slug))}


def _state(folder: Path) -> str:
    """The state of a folder: it differs once a file in it is new, renamed or gone."""
    try:
        found = folder.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns}.{found.st_ino}"


def _made_by(reports_url: str | None) -> str:
    """What the pages are made by: another program, template or address makes others."""
    return hashlib.sha256(f"{_program()} {reports_url}".encode()).hexdigest()[:16]


@cache
def _program() -> str:
    """The state of the files of ``litwatch.report``."""
    found = []
    for folder, _, names in os.walk(str(files("litwatch.report"))):
        for name in names:
            if not name.endswith(".pyc"):
                at = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 - a Path for each costs more than all
                found.append((name, at.st_size, at.st_mtime_ns))
    return hashlib.sha256(repr(sorted(found)).encode()).hexdigest()
