"""The classes of all words of a text at once, as arrays: each word's bytes are compared with those met before.

A word of up to sixteen bytes is two numbers of 64 bits, so that looking it up makes no object of it. Longer words, and
words that are met for the first time, are asked of ``TermClasses`` one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from litwatch.strategy.percolator.key_table import spread
from litwatch.strategy.percolator.term_classes import TermClasses

_HALF = 8
_LONGEST = 2 * _HALF
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_HALF + 1)], np.uint64)
"""For the first so many bytes of a number that is read from memory with its lowest byte first."""
_BITS = 19
"""Half a million places, 10 MB at most: 30,000 records have some 200,000 words, half of them in one record alone."""
_APART = np.uint64(0xC2B2AE3D27D4EB4F)
"""Any odd number: it keeps words apart whose halves are exchanged."""
_BLANK = ord(" ")


class WordTable:
    """Words with their classes, each at the one place that follows from its bytes; the first at a place stays there."""

    def __init__(self, classes: TermClasses, *, bits: int = _BITS) -> None:
        """``bits`` is the length of a place's number, 1 to 63."""
        self._classes, self._bits = classes, bits
        self._first = np.zeros(1 << bits, np.uint64)
        self._second = np.zeros(1 << bits, np.uint64)
        self._class = np.zeros(1 << bits, np.int32)

    def classes_of(self, text: bytes) -> NDArray[np.int32]:
        """The class of each word of a text whose words stand between blanks, in their order."""
        padded = b"".join((b" ", text, b" " * (_LONGEST + 1)))
        filled = np.frombuffer(padded, np.uint8) != _BLANK
        edges = np.flatnonzero(filled[1:] != filled[:-1]) + 1
        begins, ends = edges[::2], edges[1::2]
        lengths = ends - begins
        halves = np.ndarray(len(padded) - _HALF + 1, np.dtype("<u8"), padded, strides=(1,))
        first = halves[begins] & _MASKS[np.minimum(lengths, _HALF)]
        second = halves[begins + _HALF] & _MASKS[np.clip(lengths - _HALF, 0, _HALF)]
        place = spread(first ^ (second * _APART), self._bits)
        found = self._class[place]
        is_known = (self._first[place] == first) & (self._second[place] == second) & (lengths <= _LONGEST)
        strangers = np.flatnonzero(~is_known)
        if len(strangers):
            of, asked = self._classes, zip(begins[strangers].tolist(), ends[strangers].tolist(), strict=True)
            found[strangers] = [of[padded[begin:end]] for begin, end in asked]
            kept = strangers[(lengths[strangers] <= _LONGEST) & (self._first[place[strangers]] == 0)]
            kept = kept[np.unique(place[kept], return_index=True)[1]]  # the first of those with one place
            self._first[place[kept]], self._second[place[kept]] = first[kept], second[kept]
            self._class[place[kept]] = found[kept]
        return found
