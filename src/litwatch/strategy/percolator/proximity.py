"""Words within so many places of each other in a batch's texts.

Two words in a window of a few places are what strategies ask for most, and are found for all strategies together. What
has more words is looked at on its own, where two of them are near enough; a wide window always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litwatch.strategy.percolator.key_table import KeyTable
from litwatch.strategy.percolator.term_classes import Numbers, lists_of

GAP = 200_000
"""Places between two texts: more than any window, so that none reaches from one text into the next. A strategy has at
most 100,000 characters, and a proximity of at most 9,999."""


WIDEST_FOR_ALL = 24
"""Places up to which pairs of words are found for all strategies together: one pass through the batch for each."""


class Pairs:
    """Pairs of words in any order, each with the window that both must lie in, for many parts of strategies."""

    def __init__(self, pairs: Iterable[tuple[int, int, int, int]], width: int) -> None:
        """Each pair is two words' numbers, below ``width``, the places of the window, at least 2, and the part."""
        asked: dict[int, set[tuple[int, int]]] = {}
        self.words: set[int] = set()
        for one, two, widest, part in pairs:
            self.words |= {one, two}
            for key in (one * width + two, two * width + one):
                asked.setdefault(key, set()).add((widest, part))
        self._width = width
        self._keys = KeyTable(asked)
        lists = [sorted(asked[key]) for key in sorted(asked)]
        self._parts = lists_of([[part for _, part in one] for one in lists])
        self._windows = lists_of([[widest for widest, _ in one] for one in lists])
        self._widest = int(self._windows.members.max(initial=1))

    def find(self, words: NDArray[np.int32], texts: NDArray[np.int32]) -> Iterator[tuple[Numbers, NDArray[np.int32]]]:
        """The parts found, each with the text, some more than once.

        ``words`` holds a batch's words by number, -1 for those that are in no pair, ``texts`` the text of each.
        """
        for distance in range(1, self._widest):
            first = np.flatnonzero((words[:-distance] >= 0) & (words[distance:] >= 0))
            first = first[texts[first] == texts[first + distance]]
            wanted = words[first].astype(np.int64) * self._width + words[first + distance]
            here, at = self._keys.find(wanted)
            part, owner = self._parts.of(at)
            wide = self._windows.of(at)[0] > distance
            yield part[wide], texts[first[here[owner[wide]]]]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the words stand that any strategy looks for near others, word by word."""

    starts: Numbers
    """The places of word *n* are those from ``starts[n]`` to ``starts[n + 1]``."""
    places: Numbers
    """Each word's places in order, counted through all texts, with a ``GAP`` between two."""
    texts: NDArray[np.int32]
    """The text of each place."""

    @staticmethod
    def of_words(words: NDArray[np.int32], texts: NDArray[np.int32], width: int) -> Places:
        """The places of a batch's words, given by number below ``width``, -1 for those that do not matter."""
        where = np.flatnonzero(words >= 0)
        where = where[np.argsort(words[where], kind="stable")]
        starts = np.searchsorted(words[where], np.arange(width + 1))
        return Places(starts, where + texts[where] * np.int64(GAP), texts[where])

    def texts_near(self, words: Sequence[int], distance: int) -> NDArray[np.int32]:
        """The texts, by number, some more than once, that hold all the words within ``len(words) + distance`` places.

        The words may stand in any order; one that is given twice must stand there twice.
        """
        counts = Counter(words)
        first = min(counts, key=lambda word: int(self.starts[word + 1] - self.starts[word]))
        rarest = self._of(first)
        if not len(rarest):
            return self.texts[:0]
        widest = len(words) + distance
        near = _windows([(self._of(word), count) for word, count in counts.items()], rarest, widest)
        return self.texts[self.starts[first] : self.starts[first + 1]][near]

    def _of(self, word: int) -> Numbers:
        return self.places[self.starts[word] : self.starts[word + 1]]


def _windows(wanted: Sequence[tuple[Numbers, int]], rarest: Numbers, widest: int) -> NDArray[np.bool_]:
    """Which places of the rarest word lie in a window that holds each word as often as it is wanted.

    A window with all the words holds the rarest, so it ends at such a place or at most ``widest - 1`` places later.
    """
    last = rarest[:, None] + np.arange(widest)
    holds = np.ones(last.shape, bool)
    for places, count in wanted:
        inside = np.searchsorted(places, last, "right") - np.searchsorted(places, last - widest, "right")
        holds &= inside >= count
    return np.asarray(holds.any(axis=1), bool)
