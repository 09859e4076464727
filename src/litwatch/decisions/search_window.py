"""From which day the next search of a topic starts, and how far the past searches reach.

Everything here is computed from plain rows (``SweptWindow``): the store says which windows were searched, this module
says what they cover. The board signs the figures: they are printed in ``docs/how-litwatch-decides.md``.
Background: ``docs/decisions/retrieval.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from litwatch.model.search import Window

LOOK_BACK = timedelta(days=100)
"""How far each search looks back before the watermark: records become findable long after the dates that they carry,
by their headings or by NLM's late word (rule R-22). PubCrawler has looked back as far, and shown each record once,
since 2004 (Hokamp & Wolfe 2004)."""

OVERLAP = timedelta(days=30)
"""How far before the article's date a record is still news to it, because records become findable days after the date
that they carry; and how far before the watermark a change may lie and still be read again. ReCiter settled on
re-reading 30 days after losing papers with less (wcmc-its/ReCiter#689–#738)."""

FIRST_LOOK = timedelta(days=365)
"""How far the first search looks back for an article that shows no date: as long as a review is good for, unless its
topic file sets ``reassess_after_days`` (rules R-07, R-08)."""


@dataclass(frozen=True, slots=True)
class SweptWindow:
    """One topic sweep of the past, complete or failed, with one text of the search strategy."""

    night: int
    """Nights count upwards."""
    window: Window
    """The days that it set out to search."""
    swept_on: date
    complete: bool

    @property
    def last(self) -> date:
        """The last day that it can have covered: days after the sweep are never covered, whatever its window says."""
        return min(self.window.last, self.swept_on)


@dataclass(frozen=True, slots=True)
class Windows:
    """The days of one night's search, and since when what it finds is news."""

    whole: Window
    lately: Window
    """Of these, changes are read again."""
    since: date
    """A record of this day or later is news to the article."""
    reached: date | None
    """The watermark; None where nothing is covered yet."""


def find_baseline(last_updated: date | None, last_reviewed: date | None, today: date) -> date:
    """The day from which a record is news to the article: its last update or review, whichever is later.

    Days after ``today`` are ignored; without any, the day FIRST_LOOK before today.
    """
    known = [day for day in (last_updated, last_reviewed) if day is not None and day <= today]
    return max(known, default=today - FIRST_LOOK)


def find_watermark(swept: Iterable[SweptWindow], since: date | None = None) -> date | None:
    """The last day to which complete sweeps reach without a gap from ``since``; None where they do not reach it.

    ``since`` is the day from which the article needs to be searched; by default the first day that any of the sweeps
    set out to cover, so that a failed window holds the watermark until its days are covered. A stretch that ends on
    the day before ``since`` counts: nothing after it is uncovered yet. ``swept`` holds sweeps with one text of the
    strategy: another text has covered nothing.
    """
    possible = [each for each in swept if each.window.first <= each.last]
    if since is None:
        since = min((each.window.first for each in possible), default=None)
    if since is None:
        return None
    one_day = timedelta(days=1)
    reached, covered = since - one_day, False
    for each in sorted((one for one in possible if one.complete), key=lambda one: one.window.first):
        if each.window.first > reached + one_day:
            break
        if each.last >= reached:
            reached, covered = each.last, True
    return reached if covered else None


def find_searched_once(swept: Iterable[SweptWindow]) -> date | None:
    """The first day of the newest complete window where no earlier one covered it up to its last LOOK_BACK.

    A false answer cannot be told from a true one, so what was searched only once rests on a single answer. None where
    the newest window was searched before, or there is none.
    """
    complete = [each for each in swept if each.complete and each.window.first <= each.last]
    newest = max(complete, key=lambda each: each.night, default=None)
    if newest is None:
        return None
    repeated = any(
        older.night < newest.night
        and older.window.first <= newest.window.first
        and older.last >= newest.last - LOOK_BACK
        for older in complete
    )
    return None if repeated else newest.window.first


def plan_windows(swept: Iterable[SweptWindow], baseline: date, today: date) -> Windows:
    """The days to search: at first all that may hold news, then those from LOOK_BACK before the watermark.

    ``baseline`` is the article's last update or review (``find_baseline``), ``swept`` what was searched before with
    the strategy's present text. A record whose every date lies before what is news can be none, so no window begins
    earlier.
    """
    swept = tuple(swept)
    covered, ever = find_watermark(swept, baseline), find_watermark(swept)
    # A clock that went back must not make a window that ends before it begins.
    reached = min(covered or baseline, ever or covered or baseline, today)
    # Days that failed nights left uncovered count even if the article was updated since: nobody saw what they brought.
    since = min(baseline, reached) - OVERLAP
    first = max(since, reached - LOOK_BACK)
    # A long window, such as the first, is searched on two nights: one false answer must not lose what lies in it.
    once = find_searched_once(swept)
    # What was covered by a clock that was ahead is not told as a day that has not come yet.
    told = min(covered, today) if covered else None
    return Windows(Window(min(first, once) if once else first, today), Window(reached - OVERLAP, today), since, told)


def searched_to(windows: Windows, swept: Window, *, complete: bool, believed: bool = True) -> date | None:
    """How far the evidence is searched after a night: to the last day that was ``swept`` if its sweep was ``complete``,
    else as before. NLM's update files end before tonight; what a search of PubMed has reached since does not go back.

    Where the clock is not ``believed``, because it leapt ahead, no day of it is told: the next night knows better.
    """
    if not complete or not believed:
        return windows.reached
    return max(swept.last, windows.reached or swept.last)


def news_since_when_late(since: date, announced_on: date) -> date:
    """From which day on a record that came late is news: as on the night that first went without it.

    ``since`` is tonight's day (``Windows.since``), ``announced_on`` the day of that night. The article may have been
    updated in between, which must not turn the record into an old one.
    """
    return min(since, announced_on - LOOK_BACK)


def awaited_leads_since(today: date) -> date:
    """Leads that feeds named on this day or later are still looked up in PubMed: publishers are days ahead of it."""
    return today - OVERLAP
