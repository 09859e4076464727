"""A fixed set of numbers, and which of many others are among them: most are not, and that is to be quick."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from litwatch.strategy.percolator.term_classes import Numbers

_MIX = np.uint64(0x9E3779B97F4A7C15)
"""2**64 / the golden ratio: the usual factor to spread numbers by (Knuth, The Art of Computer Programming 3, 6.4)."""
_ROOM = 16
"""Places for each number in the table that is asked first; one in sixteen strangers gets through to the search."""


def spread(numbers: NDArray[np.uint64], bits: int) -> Numbers:
    """A number of so many bits for each, alike for equal ones and far apart for neighbours."""
    return ((numbers * _MIX) >> np.uint64(64 - bits)).astype(np.int64)


class KeyTable:
    """Numbers in order; ``find`` says where others stand among them."""

    def __init__(self, keys: Iterable[int]) -> None:
        self._keys = np.array(sorted(set(keys)), np.int64)
        self._bits = max(1, (len(self._keys) * _ROOM).bit_length())
        self._seen = np.zeros(1 << self._bits, bool)
        self._seen[self._spread(self._keys)] = True

    def find(self, wanted: Numbers) -> tuple[Numbers, Numbers]:
        """The places in ``wanted`` of the numbers that are keys, in order, and for each which key it is."""
        maybe = np.flatnonzero(self._seen[self._spread(wanted)])
        if not len(maybe) or not len(self._keys):
            return maybe[:0], maybe[:0]
        asked = wanted[maybe]
        at = np.minimum(np.searchsorted(self._keys, asked), len(self._keys) - 1)
        here = self._keys[at] == asked
        return maybe[here], at[here]

    def _spread(self, numbers: Numbers) -> Numbers:
        return spread(numbers.astype(np.uint64), self._bits)
