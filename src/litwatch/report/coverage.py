"""How complete a capped list of new records is: an estimate, in one sentence.

``docs/ranking.md`` says how it is estimated. It is printed in tens, as a range where that is wide, and called an
estimate; where the answers do not suffice it says so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from litwatch.decisions.ranking import DOUBT, FEWEST_ANSWERS
from litwatch.model.text import phrases
from litwatch.report.contents import Report, ReportedSignal


@dataclass(frozen=True, slots=True)
class Coverage:
    """A list of new records that is cut, and what it is estimated to hold of what the board would keep."""

    shown: int
    listed: int
    """Shown or not."""
    answers: int
    kept: int
    """Answers that kept their record."""
    so_far: float | None
    """0 to 1, in tenths: kept already. None where the answers do not suffice."""
    with_shown: float | None
    """The same, with what the shown records are expected to add."""
    so_far_range: tuple[float, float] | None = None
    """Where it lies four times in five, in tenths."""
    with_shown_range: tuple[float, float] | None = None


def cover(report: Report, shown: Collection[ReportedSignal], listed: Collection[ReportedSignal]) -> Coverage | None:
    """What ``shown`` holds of ``listed``, both new records of the report; None where nothing is left out."""
    if len(shown) >= len(listed):
        return None
    kept = sum(worth > 0.5 for worth in report.answers)
    sizes = len(shown), len(listed), len(report.answers), kept
    chances = [each.signal.chance for each in listed]
    if len(report.answers) < FEWEST_ANSWERS or not kept or all(chance is None for chance in chances):
        return Coverage(*sizes, None, None)
    expected = sum(chance or 0.0 for chance in chances)
    among_shown = sum(each.signal.chance or 0.0 for each in shown)

    def share(added: float, times: float) -> float:
        return round((kept + added * times) / (kept + expected * times), 1)

    def span(added: float) -> tuple[float, float]:
        ends = share(added, DOUBT), share(added, 1 / DOUBT)
        return min(ends), max(ends)

    figures = share(0.0, 1.0), share(among_shown, 1.0)
    return Coverage(*sizes, *figures, so_far_range=span(0.0), with_shown_range=span(among_shown))


def say(coverage: Coverage, how: str = "here") -> str:
    """``25 of 300 new records are shown. So far the board has kept between 20% and 50% of what it would keep; …``"""
    cut = f"{coverage.shown:,} of {phrases.count(coverage.listed, 'new record')} {_is(coverage.shown)} shown {how}. "
    if coverage.so_far is None or coverage.with_shown is None:
        return (
            f"{cut}Not enough answers yet to estimate how complete this list is "
            f"({FEWEST_ANSWERS} needed, at least one “relevant”; {coverage.answers} so far"
            f"{', none of them “relevant”' if coverage.answers and not coverage.kept else ''})."
        )
    kept = _about(coverage.so_far, coverage.so_far_range)
    shown = _about(coverage.with_shown, coverage.with_shown_range)
    then = f"; with those shown it would have {shown}" if coverage.shown else ""
    return (
        f"{cut}So far the board has kept {kept} of what it would keep{then}. This is an estimate from "
        f"{phrases.count(coverage.answers, 'answer')}; in trials, four of five were right."
    )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


WIDE = 0.15
"""From two tens on, a range is told in place of a figure."""


def _about(share: float, span: tuple[float, float] | None) -> str:
    if span is not None and span[1] - span[0] > WIDE:
        low, high = span
        if low < 0.1:
            return f"less than {high:.0%}"
        return f"more than {low:.0%}" if high > 0.9 else f"between {low:.0%} and {high:.0%}"
    if share > 0.9:
        return "more than 90%"
    return f"about {share:.0%}" if share >= 0.1 else "less than 10%"
