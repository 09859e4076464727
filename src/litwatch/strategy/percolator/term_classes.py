"""What each word or value of a record stands for among the terms that strategies look for.

Strategies know few thousand of the words that records hold. All words that stand for the same terms are one *class*, a
small number, so that a record's words become an array. Class 0 holds what no strategy looks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litwatch.strategy.characters import WILDCARD, value_pattern

Numbers = NDArray[np.int64]

MOST_REMEMBERED = 400_000
"""Words or values whose class is remembered, about 40 MB; 30,000 records have some 200,000 words."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of numbers one behind the other: the list of ``n`` is ``members[starts[n]:starts[n + 1]]``."""

    starts: Numbers
    members: Numbers

    @property
    def lengths(self) -> Numbers:
        """How long each list is."""
        return np.diff(self.starts)

    def of(self, numbers: NDArray[np.integer[Any]]) -> tuple[Numbers, Numbers]:
        """The members of the lists of ``numbers``, and for each the place in ``numbers`` that it belongs to."""
        lengths = self.starts[numbers + 1] - self.starts[numbers]
        owners = np.repeat(np.arange(len(numbers)), lengths)
        first = np.repeat(self.starts[numbers] - (np.cumsum(lengths) - lengths), lengths)
        return self.members[first + np.arange(len(owners))], owners


def lists_of(lists: Sequence[Sequence[int]]) -> Lists:
    """The lists packed; list ``n`` is ``lists[n]``."""
    starts = np.zeros(len(lists) + 1, np.int64)
    np.cumsum([len(one) for one in lists], out=starts[1:])
    return Lists(starts, np.array([member for one in lists for member in one], np.int64))


def is_pattern(term: str) -> bool:
    """Whether the term stands for several words or values."""
    return WILDCARD in term


class TermClasses(dict[bytes, int]):
    """Class by word or value, worked out when one is first met.

    A term is a word or value; one with ``*`` is a pattern as ``value_pattern`` reads it.
    """

    def __init__(self, terms: Mapping[str, Sequence[int]], unknown: Sequence[int] = ()) -> None:
        """``terms`` gives the numbers that each term stands for, ``unknown`` those for which any word stands."""
        super().__init__()
        self._always = tuple(unknown)
        self._class: dict[tuple[int, ...], int] = {self._always: 0}
        self._members: list[tuple[int, ...]] = [self._always]
        self._patterns: dict[str, list[tuple[re.Pattern[str], Sequence[int]]]] = {}
        self._exact: dict[bytes, Sequence[int]] = {}
        for term, numbers in terms.items():
            if is_pattern(term):
                stem = term.split(WILDCARD, 1)[0]
                self._patterns.setdefault(stem, []).append((value_pattern(term), numbers))
            else:
                self._exact[term.encode()] = numbers
        self._stems = sorted({len(stem) for stem in self._patterns})
        self._lists: Lists | None = None

    def __missing__(self, term: bytes) -> int:
        number = self._class_of(term)
        self[term] = number
        return number

    def _class_of(self, term: bytes) -> int:
        numbers = self._exact.get(term)
        covered = self._covering(term.decode()) if self._patterns else None
        if not covered:
            return self.class_with(numbers) if numbers else 0
        return self.class_with([*(numbers or ()), *covered])

    def _covering(self, word: str) -> list[int]:
        """The numbers of the patterns that cover the word; only those whose plain beginning it has are tried."""
        found: list[int] = []
        for length in self._stems:
            if length > len(word):
                break
            for pattern, numbers in self._patterns.get(word[:length], ()):
                if pattern.fullmatch(word):
                    found += numbers
        return found

    def class_with(self, numbers: Iterable[int]) -> int:
        """The class whose members are these numbers and those for which any word stands."""
        members = tuple(sorted({*numbers, *self._always}))
        known = self._class.get(members)
        if known is None:
            known = self._class[members] = len(self._members)
            self._members.append(members)
            self._lists = None
        return known

    def add_empty_class(self, term: bytes) -> int:
        """Give a term a class of its own that stands for nothing, not even for what any word stands for."""
        self[term] = number = len(self._members)
        self._members.append(())
        self._lists = None
        return number

    def members(self) -> Lists:
        """The numbers that each class stands for."""
        if self._lists is None:
            self._lists = lists_of(self._members)
        return self._lists

    def forget(self) -> None:
        """Make room: half of what was met is forgotten when there is too much of it, but never the first term."""
        if len(self) > MOST_REMEMBERED:
            for term in [*islice(self, 1, len(self) // 2)]:
                del self[term]
