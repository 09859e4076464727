"""A picture of one report in time: the new evidence by month and level.

Only places and sizes are computed here; a template draws them, and prints the same numbers as words and as a table.
The scale begins at 0 and columns are of equal spans, so that heights can be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.model.text import phrases
from litwatch.report.contents import Report, new_evidence

WIDTH, HEIGHT = 360, 132
"""Of a picture, in its own units; a phone shows them one to one."""
_LEFT, _TOP, _FLOOR = 26, 10, 112
MONTHS = 24
"""So many columns at most; what is older stands in one column before them."""

_GROUPS = ((2, "Level 1 or 2"), (4, "Level 3 or 4"), (99, "Level 5 to 7, or not known"))


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a column; ``group`` is the place of its meaning in the picture's legend."""

    x: float
    y: float
    width: float
    height: float
    group: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A word under the columns, at the middle of one, or ending at the picture's edge."""

    x: float
    text: str
    anchor: str
    """``middle`` or ``end``, in SVG's words."""


@dataclass(frozen=True, slots=True)
class Row:
    """One column in numbers, in the order of the legend."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A stacked column chart, ready to draw, with the same in words."""

    summary: str
    legend: tuple[str, ...]
    boxes: tuple[Box, ...]
    ticks: tuple[Tick, ...]
    highest: int
    """Height of the highest column, in records."""
    mark: float | None
    """Where a line stands for the article's last update, if within the picture."""
    rows: tuple[Row, ...]
    """Without those that are all zero."""


def picture_of(report: Report) -> Picture | None:
    """The report's picture; None where no new record is open."""
    dated = [
        (_month(day), _group(signal.signal.level.rank if signal.signal.level else None))
        for signal in new_evidence(report)
        if (day := signal.record.entered or signal.record.created or signal.record.electronic)
    ]
    if not dated:
        return None
    last = max(*(month for month, _ in dated), _month(report.written_on))
    first = max(min(last - 11, *(month for month, _ in dated)), last - MONTHS + 1)
    counts = Counter((max(month, first - 1), group) for month, group in dated)
    months = range(min(month for month, _ in counts) if counts and min(counts)[0] < first else first, last + 1)
    step = (WIDTH - _LEFT) / len(months)
    highest = max(sum(counts[month, group] for group in range(len(_GROUPS))) for month in months)
    unit = (_FLOOR - _TOP) / highest

    def middle(month: int) -> float:
        return _r(_LEFT + (month - months.start + 0.5) * step)

    boxes, rows = [], []
    for month in months:
        own = tuple(counts[month, group] for group in range(len(_GROUPS)))
        for group, number in enumerate(own):
            if number:
                x, y = _LEFT + (month - months.start) * step, _FLOOR - sum(own[: group + 1]) * unit
                boxes.append(Box(_r(x + step * 0.12), _r(y), _r(step * 0.76), _r(number * unit), group))
        if any(own):
            rows.append(Row(f"before {_name(first)}" if month < first else _name(month), own))
    updated = _month(report.article.last_updated) if report.article.last_updated else 0
    return Picture(
        summary=_say(dated),
        legend=tuple(name for _, name in _GROUPS),
        boxes=tuple(boxes),
        ticks=tuple(
            Tick(middle(month), _name(month), "middle") if month < last else Tick(WIDTH, _name(month), "end")
            for month in _ticks(first, last)
        ),
        highest=highest,
        mark=middle(updated) if first <= updated <= last else None,
        rows=tuple(rows),
    )


def _say(dated: Sequence[tuple[int, int]]) -> str:
    """``4 open records: 1 of level 1 or 2 and 3 of level 3 or 4.``"""
    counted = Counter(group for _, group in dated)
    said = [f"{counted[n]} of {name[0].lower()}{name[1:]}" for n, (_, name) in enumerate(_GROUPS) if counted[n]]
    return f"{phrases.count(len(dated), 'open record')}: {phrases.listed(said)}."


def _ticks(first: int, last: int) -> Sequence[int]:
    """At most four columns to name: the last and others at equal distances before it."""
    apart = max(1, -(-(last - first + 1) // 4))
    return list(range(last, first - 1, -apart))[::-1]


def _group(rank: int | None) -> int:
    return next(n for n, (up_to, _) in enumerate(_GROUPS) if (rank or 99) <= up_to)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


def _r(value: float) -> float:
    return round(value, 1)
