"""The numbering of NLM's bulk files: which come next, which is missing, which a newer baseline has replaced.

Numbers run from 0001 through the baseline and on through the year's updates; each December they start again under the
next year.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from litwatch.model.errors import SettingsError, SourceRefused

_NAME = re.compile(r"pubmed(\d{2})n(\d{4,5})\.xml\.gz", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class BulkName:
    """One file's name; the order of names is the order of loading."""

    year: int
    """Of the baseline, four digits; the baseline of December 2025 is that of 2026."""
    number: int
    """From 1."""

    def __str__(self) -> str:
        """As NLM writes it: ``pubmed26n0001.xml.gz``."""
        return f"pubmed{self.year % 100:02}n{self.number:04}.xml.gz"


def parse_name(text: str) -> BulkName | None:
    """A file's name read; None for anything that is not a bulk file's."""
    match = _NAME.fullmatch(text)
    name = BulkName(2000 + int(match[1]), int(match[2])) if match else None
    return name if name is not None and name.number and str(name) == text else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a source has for the store."""

    files: tuple[BulkName, ...]
    """To be loaded next, in this order."""
    missing: BulkName | None
    """The file that must come behind them and is not there, although later ones are."""


def choose(
    offered: Iterable[BulkName],
    loaded: Collection[BulkName],
    *,
    first: int | None = None,
    until: int | None = None,
) -> Waiting:
    """The files that may be loaded now: without a gap, from the first that is not loaded, up to number ``until``.

    ``first`` is the number to begin a year with, 1 unless told otherwise. Raises SourceRefused for a file of a year
    that a newer baseline has replaced in the store, SettingsError for a ``first`` where the year has begun already.
    """
    newest = max((name.year for name in loaded), default=0)
    done = _by_year(loaded)
    files: list[BulkName] = []
    for year, numbers in sorted(_by_year(offered).items()):
        due = _first_due(year, done.get(year, set()), first)
        waiting = sorted(number for number in numbers if number >= due)
        if waiting and year < newest:
            raise SourceRefused(
                f"{BulkName(year, waiting[0])} belongs to the baseline of {year}, and files of {newest} are loaded: it"
                " would put old records in the place of new ones. Take the files of older years out of the source."
            )
        first = None if waiting else first
        for number in waiting:
            if until is not None and number > until:
                return Waiting(tuple(files), None)
            if number != due:
                return Waiting(tuple(files), BulkName(year, due))
            files.append(BulkName(year, number))
            due += 1
    return Waiting(tuple(files), None)


def holes(names: Iterable[BulkName]) -> tuple[BulkName, ...]:
    """The numbers that are missing between a year's first and last."""
    return tuple(
        BulkName(year, number)
        for year, numbers in sorted(_by_year(names).items())
        for number in range(min(numbers), max(numbers))
        if number not in numbers
    )


def _first_due(year: int, done: set[int], first: int | None) -> int:
    if not done:
        return first or 1
    due = max(done) + 1
    if first not in {None, due}:
        raise SettingsError(
            f"--from {first}: files of {year} are loaded up to {BulkName(year, due - 1)}, so {BulkName(year, due)}"
            " comes next; leave --from out"
        )
    return due


def _by_year(names: Iterable[BulkName]) -> Mapping[int, set[int]]:
    years: dict[int, set[int]] = {}
    for name in names:
        years.setdefault(name.year, set()).add(name.number)
    return years
