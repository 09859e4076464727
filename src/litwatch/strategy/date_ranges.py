"""Dates as PubMed takes them: ``2024``, ``2024/03``, ``2024/03/05``, a range of these, ``last 30 days``.

"Recorded" means ESearch answers of May 2023 in robsimpsondev/pubmedly.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

FAR_FUTURE = date(3000, 1, 1)
"""The upper end that PubMed writes for a range that counts back from today (recorded)."""

_DAY_PATTERN = r"(\d{4})(?:[/.-](\d{1,2})(?:[/.-](\d{1,2}))?)?"
_DAY = re.compile(_DAY_PATTERN)
_LAST_PATTERN = r"last (\d{1,6}) (day|month|year)s?"
_LAST = re.compile(_LAST_PATTERN, re.IGNORECASE)
_DATE_AT_END = re.compile(
    rf"(?:^|(?<= ))(?:{_LAST_PATTERN}|{_DAY_PATTERN}(?: ?: ?{_DAY_PATTERN})?)$", re.ASCII | re.IGNORECASE
)


def slashed(day: date) -> str:
    """``2024/03/05``, as QueryTranslation prints a day."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def is_relative(text: str) -> bool:
    """Whether it counts back from today, like ``last 30 days``."""
    return _LAST.fullmatch(text.strip()) is not None


def counts_back(strategy: str) -> bool:
    """Whether a strategy may name days that move with today; a quoted title that only reads so counts, too."""
    return re.search(_LAST_PATTERN, strategy, re.IGNORECASE) is not None


def shown_relative(first: date) -> str:
    """``"2023/04/29 00:00":"3000/01/01 05:00"``, as QueryTranslation prints a range back from today (recorded)."""
    return f'"{slashed(first)} 00:00":"{slashed(FAR_FUTURE)} 05:00"'


def date_at_end(text: str) -> str:
    """The date or range with which a run of words ends; empty when it ends with none.

    >>> date_at_end("insulin resistance 2020:2026")
    '2020:2026'
    """
    found = _DATE_AT_END.search(text)
    return found[0] if found else ""


def read_range(lower: str, upper: str | None, today: date) -> tuple[date, date] | None:
    """First and last day, both inclusive, of a date or range; None when it is not a date.

    ``lower`` may be ``last n days|months|years``, which counts back from ``today`` and is open upwards: a paper whose
    print date is still to come is found (recorded for days, with ``[pdat]`` and ``[crdt]``; the parameter ``reldate``
    ends at today instead). A day beyond its month's end counts as the last one.
    """
    if upper is None and (relative := _LAST.fullmatch(lower.strip())):
        return _back(today, int(relative[1]), relative[2].lower()), FAR_FUTURE
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
