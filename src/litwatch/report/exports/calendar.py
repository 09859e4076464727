"""The dates on which articles must be re-assessed, as an iCalendar (RFC 5545) that an editor subscribes to.

One all-day event an article, with the same UID for ever, so that a calendar moves it and does not repeat it. One that
is overdue stands on the present day, where it is seen. ``SEQUENCE`` counts the days from 2020 to the day on which the
event moved last, so that it grows whenever the event moves (RFC 5545 3.8.7.4) and stays while it does not.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, timedelta

from litwatch.model.text import spelled_dates
from litwatch.model.text.safe_text import clip, visible
from litwatch.report import wording
from litwatch.report.article_line import ArticleLine

_FIRST_DAY = date(2020, 1, 1)


def reassess_calendar(lines: Iterable[ArticleLine], links: Mapping[str, str], *, on: date) -> str:
    """The calendar as of the day ``on``; ``links`` gives the addresses of reports by slug.

    An article without a date of re-assessment has no event. DTSTAMP is the moment of the survey, so that the same
    store gives the same calendar.
    """
    told = sorted(lines, key=lambda each: each.slug)
    return calendar_of(reassess_event(line, links.get(line.slug), on) for line in told)


def calendar_of(events: Iterable[str]) -> str:
    """The calendar of events in their order; empty ones are articles without a date."""
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//litwatch//re-assess dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:Articles to re-assess",
        "X-WR-CALNAME:Articles to re-assess",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",  # Outlook's name for the same
    ]
    return "".join((*map(_fold, head), *events, _fold("END:VCALENDAR")))


def reassess_event(line: ArticleLine, link: str | None, on: date) -> str:
    """An article's event in the calendar of a day; empty where it has no date."""
    due = line.verdict.reassess_on
    if due is None:
        return ""
    shown = max(due, on)
    moved = on if due < on else max(line.since.due or line.verdict.decided_on, _FIRST_DAY)
    title = f"{'[Demonstration] ' if line.demonstration else ''}Re-assess: {clip(line.title, 200)}"
    told = [
        f"Re-assessment: {wording.due(due, on)}.",
        f"Last reviewed: {spelled_dates.long_date(line.last_reviewed, 'not recorded')}.",
        f"Last updated: {spelled_dates.long_date(line.last_updated)}.",
        f"Verdict: {wording.STATUS_LABEL[line.verdict.status]}.",
    ]
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uuid.uuid5(uuid.NAMESPACE_URL, f'litwatch:reassess:{line.slug}')}",
        f"DTSTAMP:{line.surveyed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"LAST-MODIFIED:{moved:%Y%m%d}T000000Z",
        f"SEQUENCE:{(moved - _FIRST_DAY).days}",
        f"DTSTART;VALUE=DATE:{shown:%Y%m%d}",
        f"DTEND;VALUE=DATE:{shown + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(title)}",
        f"DESCRIPTION:{_text(' '.join(told))}",
        *([f"URL:{link}"] if link else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
    return "".join(map(_fold, lines))


def _text(value: str) -> str:
    """RFC 5545 3.3.11: backslash, semicolon and comma are escaped; a line break cannot be left in a title."""
    return visible(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _fold(line: str) -> str:
    """A line with its end, in parts of at most 75 octets (RFC 5545 3.1), never cut within a character."""
    parts, size, current = [], 0, ""
    for sign in line:
        width = len(sign.encode())
        if size + width > 75:
            parts.append(current)
            current, size = " ", 1
        current += sign
        size += width
    return "\r\n".join([*parts, current, ""])
