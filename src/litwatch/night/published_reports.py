"""Reports on disk: ``reports/<slug>/<date>.html|md|json`` for each article and ``reports/index.html`` for all.

Beside them lie what other programs read: ``<slug>/currency.jsonld``, ``changes.atom`` and ``reassess.ics``.

Paths are made from slugs and dates only. A file is written beside its place and renamed, so that a reader never
sees half of one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from litwatch.config.article_file import open_article
from litwatch.config.settings import Settings
from litwatch.config.whole_file import write_whole_file
from litwatch.decisions.verdict_comparison import StandingSince
from litwatch.model.errors import LitwatchError, OutputFailed
from litwatch.model.topic import Topic
from litwatch.reading.stored_report import read_report
from litwatch.report.contents import FailedTopic, IndexEntry, PastReport, Report, index_entry
from litwatch.report.exports import atom_feed, currency_statement, reassess_calendar
from litwatch.report.render import index_html, report_html, report_json, report_markdown
from litwatch.store import Store

LISTED = 12
"""So many earlier reports of an article are on the index page; after two years of nights there are hundreds."""


def publish_report(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write one report in its three forms (their paths), and the statement of currency beside. Raises OutputFailed."""
    stem = folder / report.topic.slug / report.written_on.isoformat()
    forms = {
        ".html": report_html(report).encode(),
        ".md": report_markdown(report).encode(),
        ".json": report_json(report),
    }
    _write(stem.with_name("currency.jsonld"), currency_statement(report).encode())
    return tuple(_write(stem.with_suffix(suffix), data) for suffix, data in forms.items())


def last_files(slug: str, folder: Path) -> tuple[str, ...]:
    """The paths of the article's newest report in its forms; empty where there is none."""
    newest = max(_pages(slug, folder), default=None)
    return tuple(map(str, sorted((folder / slug).glob(f"{newest}.*")))) if newest else ()


def report_address(report: Report, settings: Settings) -> str | None:
    """Where members can open the article's newest page; None where no LITWATCH_REPORTS_URL is set."""
    if settings.reports_url is None:
        return None
    pages = _pages(report.topic.slug, settings.reports)
    return f"{settings.reports_url}{report.topic.slug}/{max(pages, default=report.written_on)}.html"


def publish_index(
    topics: Collection[Topic],
    failed: Collection[FailedTopic],
    fresh: Mapping[str, Report],
    day: date,
    *,
    settings: Settings,
    store: Store,
) -> Path:
    """Write the index page, the feed and the calendar of all topics; the page's path. Raises OutputFailed.

    They tell tonight's reports, and for the other topics what the store remembers.
    """
    folder = settings.reports
    entries, told, unread = [], [], list(failed)
    with store.reading():
        for topic in topics:
            try:
                report = fresh.get(topic.slug) or read_report(topic, open_article(topic), store, day)
            except LitwatchError as error:
                unread.append(FailedTopic(topic.slug, str(error)))
                continue
            if report is not None:
                entries.append(_enter(report, folder, store))
                told.append(report)
            elif topic.slug not in {one.slug for one in unread}:
                unread.append(FailedTopic(topic.slug, "It has not been surveyed yet."))
        since, surveyed = find_since(told, store), find_surveyed(unread, store)
    links = {report.topic.slug: link for report in told if (link := report_address(report, settings))}
    feed = atom_feed(told, unread, links, on=day, home=settings.reports_url, since=since, surveyed=surveyed)
    _write(folder / "changes.atom", feed.encode())
    _write(folder / "reassess.ics", reassess_calendar(told, links, on=day, since=since).encode())
    return _write(folder / "index.html", index_html(entries, unread, on=day).encode())


def find_since(told: Collection[Report], store: Store) -> dict[str, StandingSince]:
    """Since when each article stands as it does, by slug."""
    with store.reading():
        return {report.topic.slug: store.standing_since(report.topic.slug) for report in told}


def find_surveyed(unread: Collection[FailedTopic], store: Store) -> dict[str, datetime]:
    """When each article that could not be read was surveyed last, by slug; without those that never were."""
    with store.reading():
        return {one.slug: at for one in unread if (at := store.last_surveyed(one.slug))}


def _pages(slug: str, folder: Path) -> dict[date, str]:
    """The article's pages by day, each as a link from the index page."""
    pages = {}
    for path in (folder / slug).glob("????-??-??.html"):
        with suppress(ValueError):  # somebody else's file
            pages[date.fromisoformat(path.stem)] = f"{slug}/{path.name}"
    return pages


def _enter(report: Report, folder: Path, store: Store) -> IndexEntry:
    slug = report.topic.slug
    pages = _pages(slug, folder)
    newest = max(pages, default=report.written_on)
    earlier = sorted(pages.keys() - {newest}, reverse=True)
    status = store.statuses(slug, earlier[:LISTED])
    history = tuple(PastReport(day, status[day], pages[day]) for day in earlier[:LISTED] if day in status)
    link = pages.get(newest, f"{slug}/{newest}.html")
    return index_entry(report, link=link, history=history, before_history=len(earlier[LISTED:]))


def _write(path: Path, data: bytes) -> Path:
    try:
        write_whole_file(path, data)
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror or error}; free space or correct its permissions, then run "
                           f"`litwatch report`") from None  # fmt: skip
    return path
