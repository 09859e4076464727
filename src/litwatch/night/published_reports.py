"""Reports on disk: ``reports/<slug>/<date>.html|md|json`` for each article, ``currency.jsonld`` and ``changes.atom``.

A report that would tell the same as the article's newest page is not written again: the page stays the newest, and the
index page says when the article was searched last. ``night.published_index`` writes the pages about all articles.

Paths are made from slugs and dates only. A file is written beside its place and renamed, so that a reader never
sees half of one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from litwatch.articles.model import Article
from litwatch.config.settings import Settings
from litwatch.config.whole_file import write_whole_file
from litwatch.decisions.line_currency import LineNow, still_stands
from litwatch.decisions.related_papers_schedule import is_day_of
from litwatch.decisions.verdict import Verdict
from litwatch.decisions.verdict_comparison import StandingSince
from litwatch.model.errors import OutputFailed
from litwatch.model.topic import Topic
from litwatch.reading.kept_report import read_reports
from litwatch.reading.stored_report import with_confirmed
from litwatch.report.article_line import ArticleLine, line_of
from litwatch.report.contents import Report
from litwatch.report.exports import CHANGES, MOST_CHANGES, changes_feed, currency_statement, only_searched_on
from litwatch.report.render import Rendering
from litwatch.store import KeptLine, Store, WrittenPage
from litwatch.store.documents import dump, load

AT_ONCE = 20
"""So many reports are held in memory at a time."""
_FORMS = (".html", ".md", ".json")


@dataclass(frozen=True, slots=True)
class ToldArticle:
    """An article's line, with what it was read from."""

    line: ArticleLine
    night: int
    """The number of the night that it tells of."""
    heard: int
    """The judgements up to this one are told (``Store.last_judgement``)."""
    files: str
    """The state of its files (``Topic.files``)."""
    report: Report | None = None
    """Its report, where that is to be written if it tells anything new."""


@dataclass(frozen=True, slots=True)
class SavedNight:
    """An article whose night is in the store."""

    topic: Topic
    verdict: Verdict
    night: int
    """Its number in the store."""
    read: Callable[[], Report]
    """Reads its report from the store, where that is not held."""
    report: Report | None
    as_before: bool
    """Whether nothing differs from the night before, so that its report would tell nothing new."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of the reports of some articles."""

    files: Mapping[str, tuple[str, ...]]
    """The paths of each article's newest report, by slug: just written, or of an earlier day that tells the same."""
    errors: tuple[str, ...]
    """One sentence for each that could not be written."""


def recall(topic: Topic, article: Article, store: Store, day: date) -> ToldArticle | None:
    """An article as its report of a day tells it, from the store; None before its first night. Raises store errors."""
    slug = topic.slug
    with store.reading():
        # Before the report: where a night comes in between, its line is a night behind, and so read again.
        night, heard = store.last_nights([slug]).get(slug), store.last_judgement()
        since = store.standings_since([slug]).get(slug)
        topic = with_confirmed(topic, article, store)
    report = read_reports([(topic, article)], store, day).get(slug)
    if night is None or report is None:
        return None
    return ToldArticle(line_of(report, since), night, heard, topic.files, report)


def publish_nights(
    nights: Sequence[SavedNight], now: datetime, *, settings: Settings, store: Store, at: datetime, heard: int
) -> Published:
    """Write the reports of a night that tell something new, and keep the articles' lines; a few reports at a time.

    ``now`` is the night's moment, ``at`` the present one; ``heard`` the last judgement that was in the store when the
    night began. Raises store errors.
    """
    if not nights:
        return Published({}, ())
    carried = _carry_lines([each for each in nights if each.as_before], now, settings=settings, store=store)
    done = [ToldArticle(carried[each.topic.slug], each.night, heard, each.topic.files) for each in nights
            if each.topic.slug in carried]  # fmt: skip
    parts = [publish_reports(done, settings=settings, store=store, at=at, day=now.date())]
    others = [each for each in nights if each.topic.slug not in carried]
    for start in range(0, len(others), AT_ONCE):
        some = others[start : start + AT_ONCE]
        since = store.standings_since([each.topic.slug for each in some])
        told = [_tell(each, since.get(each.topic.slug), heard) for each in some]
        parts.append(publish_reports(told, settings=settings, store=store, at=at, day=now.date()))
    files = {slug: paths for part in parts for slug, paths in part.files.items()}
    return Published(files, tuple(error for part in parts for error in part.errors))


def _tell(night: SavedNight, since: StandingSince | None, heard: int) -> ToldArticle:
    report = night.report or night.read()
    return ToldArticle(line_of(report, since), night.night, heard, night.topic.files, report)


def _carry_lines(
    nights: Sequence[SavedNight], now: datetime, *, settings: Settings, store: Store
) -> dict[str, ArticleLine]:
    """The lines of articles of which nothing differs from the night before, brought to tonight.

    An article is left out, and so read anew, where its kept line does not stand or its page is not there.
    """
    own = {each.topic.slug: each for each in nights if list_pages(each.topic.slug, settings.reports)}
    if not own:
        return {}
    with store.reading():
        kept, found = store.line_bases()
        before = store.nights_before({slug: each.night for slug, each in own.items()})
        lines = load_lines(own, store)
    return {
        slug: lines[slug].carried_to(each.verdict, now)
        for slug, each in own.items()
        if slug in kept
        and slug in before
        and still_stands(kept[slug], LineNow(before[slug], found[slug].judged), files=each.topic.files, day=now.date())
    }


def publish_reports(
    told: Sequence[ToldArticle], *, settings: Settings, store: Store, at: datetime, day: date, anew: bool = False
) -> Published:
    """Write the reports that tell something new, or all of them ``anew``, and keep the articles' lines.

    What cannot be written is said, and the rest is written all the same. ``at`` is the present moment, ``day`` that of
    the reports. Raises store errors.
    """
    if not told:
        return Published({}, ())
    slugs = [each.line.slug for each in told if each.report is not None]
    written = store.written_pages(slugs) if slugs and not anew else {}
    files: dict[str, tuple[str, ...]] = {}
    errors: list[str] = []
    pages: list[tuple[str, WrittenPage]] = []
    fresh: list[ArticleLine] = []
    shown: list[str] = []
    for each in told:
        slug = each.line.slug
        try:
            write_statement(each.line, settings.reports, day, anew=anew)
            if each.report is not None:
                page = write_report(each.report, settings.reports, written.get(slug), desk_url=settings.desk_url)
                pages.append((slug, page))
                if page is not written.get(slug) or not (settings.reports / slug / CHANGES).exists():
                    fresh.append(each.line)
                shown += each.report.episodes
        except OutputFailed as error:
            errors.append(str(error))
            continue
        files[slug] = newest_files(slug, settings.reports)
    with store.saving():
        keep_lines(told, store, day=day)
        store.note_pages(pages)
        store.note_told(shown, at=at)
    errors += write_feeds(fresh, settings=settings, store=store)
    return Published(files, tuple(errors))


def write_report(
    report: Report, folder: Path, before: WrittenPage | None = None, *, desk_url: str | None = None
) -> WrittenPage:
    """Write one report in its three forms, unless the newest page, ``before``, tells the same.

    Returns which page is then the newest. Raises OutputFailed.
    """
    slug, rendering = report.topic.slug, Rendering(report, desk_url)
    told = rendering.digest
    if before is not None and before.told == told and max(list_pages(slug, folder), default=None) == before.day:
        return before
    stem = folder / slug / report.written_on.isoformat()
    forms = (rendering.html.encode(), rendering.markdown.encode(), rendering.json)
    for suffix, data in zip(_FORMS, forms, strict=True):
        write_page(stem.with_suffix(suffix), data)
    return WrittenPage(report.written_on, told)


def keep_lines(told: Iterable[ToldArticle], store: Store, *, day: date) -> None:
    """Keep the articles' lines for the pages about all articles. Raises store errors."""
    kept = [KeptLine(each.line.slug, each.night, each.heard, each.files, dump(each.line)) for each in told]
    if kept:
        store.keep_lines(kept, day=day)


def load_lines(slugs: Collection[str], store: Store) -> dict[str, ArticleLine]:
    """The kept lines of these articles, by slug. Raises store errors."""
    return {slug: load(ArticleLine, doc) for slug, doc in store.article_lines(slugs).items()}


def write_statement(line: ArticleLine, folder: Path, day: date, *, anew: bool = False) -> None:
    """Write an article's statement of currency, where it says anything new, or is asked for ``anew``.

    That more days were searched is news on the article's own day of the week only: a statement that is some days behind
    is true all the same, and a site need not publish all its articles again each night. None is written where there is
    no article. Raises OutputFailed.
    """
    if line.verdict.is_of_topic:
        return
    place, before = folder / line.slug / "currency.jsonld", None
    with suppress(OSError, UnicodeDecodeError):
        before = place.read_text("ascii")
    text = currency_statement(line)
    if before != text and (anew or before is None or is_day_of(line.slug, day) or not only_searched_on(before, line)):
        write_page(place, text.encode())


def write_feeds(lines: Collection[ArticleLine], *, settings: Settings, store: Store) -> list[str]:
    """Write the feeds of these articles, where they say anything new; what could not be written, a sentence each.

    Raises store errors.
    """
    errors: list[str] = []
    told = store.told_changes([line.slug for line in lines], most=MOST_CHANGES) if lines else {}
    for line in lines:
        place = settings.reports / line.slug / CHANGES
        text = changes_feed(
            line.slug,
            line.title,
            told[line.slug],
            since=line.surveyed_at,
            home=settings.reports_url,
            page=page_address(line.slug, settings, line.surveyed_at.date()),
        ).encode()
        with suppress(OSError):
            if place.read_bytes() == text:
                continue
        try:
            write_page(place, text)
        except OutputFailed as error:
            errors.append(str(error))
    return errors


def report_address(report: Report, settings: Settings) -> str | None:
    """Where members can open the article's newest page; None where no LITWATCH_REPORTS_URL is set."""
    return page_address(report.topic.slug, settings, report.written_on)


def page_address(slug: str, settings: Settings, otherwise: date) -> str | None:
    """The same by the article's slug; ``otherwise`` is the day of the page where there is none yet."""
    if settings.reports_url is None:
        return None
    return f"{settings.reports_url}{slug}/{max(list_pages(slug, settings.reports), default=otherwise)}.html"


def list_pages(slug: str, folder: Path) -> dict[date, str]:
    """The article's pages by day, each as a link from the index page."""
    pages = {}
    for path in (folder / slug).glob("????-??-??.html"):
        with suppress(ValueError):  # somebody else's file
            pages[date.fromisoformat(path.stem)] = f"{slug}/{path.name}"
    return pages


def newest_files(slug: str, folder: Path) -> tuple[str, ...]:
    """The paths of the article's newest report in its forms, as far as they are there."""
    newest = max(list_pages(slug, folder), default=None)
    if newest is None:
        return ()
    paths = ((folder / slug / newest.isoformat()).with_suffix(suffix) for suffix in _FORMS)
    return tuple(str(path) for path in paths if path.exists())


def write_page(path: Path, data: bytes) -> Path:
    """Write a published file; its path. Raises OutputFailed."""
    try:
        write_whole_file(path, data)
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror or error}; free space or correct its permissions, then run "
                           f"`litwatch report`") from None  # fmt: skip
    return path
