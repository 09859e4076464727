"""Dates as PubMed takes them: ``2024``, ``2024/03``, ``2024/03/05``, a range of these, ``last 30 days``."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

FAR_FUTURE = date(3000, 12, 12)
"""The upper end that PubMed itself writes for an open range."""

_DAY = re.compile(r"(\d{4})(?:[/.-](\d{1,2})(?:[/.-](\d{1,2}))?)?")
_LAST = re.compile(r"last (\d{1,6}) (day|month|year)s?", re.IGNORECASE)


def slashed(day: date) -> str:
    """``2024/03/05``, as QueryTranslation prints a day."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def is_relative(text: str) -> bool:
    """Whether it counts back from today, like ``last 30 days``."""
    return _LAST.fullmatch(text.strip()) is not None


def read_range(lower: str, upper: str | None, today: date) -> tuple[date, date] | None:
    """First and last day, both inclusive, of a date or range; None when it is not a date.

    ``lower`` may be ``last n days|months|years``, which counts back from ``today`` (reldate=60 on 26 November 2025 was
    answered with 2025/09/27:2025/11/26). A day beyond its month's end counts as the last one.
    """
    if upper is None and (relative := _LAST.fullmatch(lower.strip())):
        first = _back(today, int(relative[1]), relative[2].lower())
        return (first, today) if relative[2].lower() == "day" else (first, FAR_FUTURE)
    first_day, last_day = _read_day(lower), _read_day(upper if upper is not None else lower)
    if first_day is None or last_day is None:
        return None
    return first_day[0], last_day[1]


def _read_day(text: str) -> tuple[date, date] | None:
    """The first and last day that a year, month or day covers."""
    found = _DAY.fullmatch(text.strip())
    if found is None or not text.isascii():
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if not year or (month is not None and not 1 <= month <= 12) or day == 0:
        return None
    ends = calendar.monthrange(year, month or 12)[1]
    if day is not None:
        exact = date(year, month or 1, min(day, ends))
        return exact, exact
    return date(year, month or 1, 1), date(year, month or 12, ends)


def _back(today: date, count: int, unit: str) -> date:
    if unit == "day":
        return today - timedelta(days=min(count, (today - date.min).days))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    if months < 12:
        return date.min
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
