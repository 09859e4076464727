"""A month of the calendar, in UTC as every moment in the store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from litwatch.model.text.spelled_dates import DATE_FORMS

_WRITTEN = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of a year. Months compare in the order of time."""

    year: int
    number: int
    """1 to 12."""

    @classmethod
    def of(cls, when: date | datetime) -> Self:
        """The month of a day, or of a moment with time zone as UTC counts it."""
        day = when.astimezone(UTC).date() if isinstance(when, datetime) else when
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> Self:
        """The month that a text such as ``2026-10`` names. Raises ValueError with what to write instead."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text.strip()[:40]!r} is not a month; write it as 2026-10")
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def next(self) -> Self:
        """The month after it."""
        return type(self)(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def before(self) -> Self:
        """The month before it."""
        return type(self).of(self.first - timedelta(days=1))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def name(self) -> str:
        """``October 2026``."""
        return f"{DATE_FORMS['en'][1].split()[self.number - 1]} {self.year}"

    def __contains__(self, when: date | datetime) -> bool:
        return type(self).of(when) == self

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"
