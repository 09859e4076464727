"""Two pictures of one report in time: new evidence by month and level, and how old the cited papers are.

Only places and sizes are computed here; a template draws them, and prints the same numbers as words and as a table.
The scale begins at 0 and columns are of equal spans, so that heights can be compared. This module refuses to draw
where there is nothing to show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch import wording
from litwatch.reports import Report, new_evidence

WIDTH, HEIGHT = 360, 132
"""Of a picture, in its own units; a phone shows them one to one."""
_LEFT, _TOP, _FLOOR = 26, 10, 112
MONTHS, YEARS = 24, 30
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

    key: str
    title: str
    summary: str
    legend: tuple[str, ...]
    span: str
    """What a column is: ``Month`` or ``Year``."""
    boxes: tuple[Box, ...]
    ticks: tuple[Tick, ...]
    highest: int
    """Height of the highest column, in papers."""
    mark: float | None
    """Where a line stands for the article's last update, if within the picture."""
    rows: tuple[Row, ...]
    """Without those that are all zero."""


def pictures(report: Report) -> tuple[Picture, ...]:
    """The report's pictures; none where there is neither a new record nor a dated reference."""
    made = (_evidence(report), _citations(report))
    return tuple(picture for picture in made if picture is not None)


def _evidence(report: Report) -> Picture | None:
    dated = [
        (_month(day), _group(signal.signal.level.rank if signal.signal.level else None))
        for signal in new_evidence(report)
        if (day := signal.record.entered or signal.record.created or signal.record.electronic)
    ]
    if not dated:
        return None
    last = max(*(month for month, _ in dated), _month(report.written_on))
    first = max(min(last - 11, *(month for month, _ in dated)), last - MONTHS + 1)
    updated = report.article.last_updated
    counted = [sum(group == n for _, group in dated) for n in range(len(_GROUPS))]
    said = wording.listed(
        [
            f"{number} of {name[0].lower()}{name[1:]}"
            for number, (_, name) in zip(counted, _GROUPS, strict=True)
            if number
        ]
    )
    return _draw(
        key="evidence-by-month",
        title="New evidence by the month in which PubMed got it",
        summary=f"{wording.count(len(dated), 'open record')}: {said}.",
        legend=tuple(name for _, name in _GROUPS),
        span="Month",
        dated=dated,
        first=first,
        last=last,
        name=_month_name,
        mark=_month(updated) if updated else None,
    )


def _citations(report: Report) -> Picture | None:
    records = {record.pmid: record for record in report.cited}
    retracted = {pmid for pmid, record in records.items() if record.is_retracted}
    matched = {match.position: match.pmid for match in report.matches}
    dated = []
    for reference in report.article.references:
        pmid = matched.get(reference.position)
        record = records.get(pmid) if pmid else None
        year = record.published.earliest.year if record and record.published else reference.year
        if year is not None:
            dated.append((year, int(pmid in retracted)))
    if not dated:
        return None
    years = sorted(year for year, _ in dated)
    updated = report.article.last_updated
    last = max(years[-1], updated.year if updated else 0)
    age = report.written_on.year - years[len(years) // 2]
    without = len(report.article.references) - len(dated)
    more = f" {wording.count(without, 'entry', 'entries')} without a year." if without else ""
    return _draw(
        key="citations-by-year",
        title="Cited papers by year of publication",
        summary=f"{wording.count(len(dated), 'cited paper')} of {years[0]} to {years[-1]}, half of them "
        f"{wording.count(age, 'year')} old or older.{more}",
        legend=("Cited paper", "Retracted"),
        span="Year",
        dated=dated,
        first=max(years[0], last - YEARS + 1),
        last=last,
        name=str,
        mark=updated.year if updated else None,
    )


def _draw(
    *,
    key: str,
    title: str,
    summary: str,
    legend: tuple[str, ...],
    span: str,
    dated: Iterable[tuple[int, int]],
    first: int,
    last: int,
    name: Callable[[int], str],
    mark: int | None,
) -> Picture:
    counts: Counter[tuple[int, int]] = Counter((max(place, first - 1), group) for place, group in dated)
    start = first - 1 if any(place < first for place, _ in counts) else first
    step = (WIDTH - _LEFT) / max(last - start + 1, 8)
    heights = [sum(counts[place, group] for group in range(len(legend))) for place in range(start, last + 1)]
    highest = max(heights)
    unit = (_FLOOR - _TOP) / highest
    boxes, rows = [], []
    for place in range(start, last + 1):
        stacked = 0
        for group in range(len(legend)):
            number = counts[place, group]
            if number:
                x, y = _LEFT + (place - start) * step, _FLOOR - (stacked + number) * unit
                boxes.append(Box(_r(x + step * 0.12), _r(y), _r(step * 0.76), _r(number * unit), group))
            stacked += number
        if stacked:
            label = f"before {name(first)}" if place < first else name(place)
            rows.append(Row(label, tuple(counts[place, group] for group in range(len(legend)))))

    def middle(place: int) -> float:
        return _r(_LEFT + (place - start + 0.5) * step)

    return Picture(
        key=key,
        title=title,
        summary=summary,
        legend=legend,
        span=span,
        boxes=tuple(boxes),
        ticks=tuple(
            Tick(middle(place), name(place), "middle")
            if middle(place) < WIDTH - 20
            else Tick(WIDTH, name(place), "end")
            for place in _ticks(first, last)
        ),
        highest=highest,
        mark=middle(mark) if mark is not None and first <= mark <= last else None,
        rows=tuple(rows),
    )


def _ticks(first: int, last: int) -> Sequence[int]:
    """At most four columns to name: the last and others at equal distances before it."""
    apart = max(1, -(-(last - first + 1) // 4))
    return list(range(last, first - 1, -apart))[::-1]


def _group(rank: int | None) -> int:
    return next(n for n, (up_to, _) in enumerate(_GROUPS) if (rank or 99) <= up_to)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_name(place: int) -> str:
    return f"{place // 12}-{place % 12 + 1:02}"


def _r(value: float) -> float:
    return round(value, 1)
