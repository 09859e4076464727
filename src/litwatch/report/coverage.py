"""How complete a capped list of new records is: an estimate, in one sentence.

``docs/ranking.md`` says how it is estimated. It is off by 11 to 17 in a hundred on average, so it is printed in tens
and called an estimate; where the answers do not suffice it says so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from litwatch.decisions.ranking import FEWEST_ANSWERS
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


def cover(report: Report, shown: Collection[ReportedSignal], listed: Collection[ReportedSignal]) -> Coverage | None:
    """What ``shown`` holds of ``listed``, both new records of the report; None where nothing is left out."""
    if len(shown) >= len(listed):
        return None
    kept = sum(worth > 0.5 for worth in report.answers)
    sizes = len(shown), len(listed), len(report.answers), kept
    chances = [each.signal.chance for each in listed]
    if len(report.answers) < FEWEST_ANSWERS or not kept or all(chance is None for chance in chances):
        return Coverage(*sizes, None, None)
    everything = kept + sum(chance or 0.0 for chance in chances)
    seen = kept + sum(each.signal.chance or 0.0 for each in shown)
    return Coverage(*sizes, round(kept / everything, 1), round(seen / everything, 1))


def say(coverage: Coverage, how: str = "here") -> str:
    """``25 of 300 new records are shown. So far the board has kept about 40% of what it would keep; …``"""
    cut = f"{coverage.shown:,} of {phrases.count(coverage.listed, 'new record')} {_is(coverage.shown)} shown {how}. "
    if coverage.so_far is None or coverage.with_shown is None:
        return (
            f"{cut}Not enough answers yet to estimate how complete this list is "
            f"({FEWEST_ANSWERS} needed, at least one “relevant”; {coverage.answers} so far"
            f"{', none of them “relevant”' if coverage.answers and not coverage.kept else ''})."
        )
    then = f"; with those shown it would have {_about(coverage.with_shown)}" if coverage.shown else ""
    return (
        f"{cut}So far the board has kept {_about(coverage.so_far)} of what it would keep{then}. "
        f"This is an estimate from {phrases.count(coverage.answers, 'answer')}; its mean error is 15 percentage points."
    )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _about(share: float) -> str:
    if share > 0.9:
        return "more than 90%"
    return f"about {share:.0%}" if share >= 0.1 else "less than 10%"
