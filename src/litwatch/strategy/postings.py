"""Which records hold which word or value, and sets of records as integers."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator

from litwatch.strategy.characters import WILDCARD, value_pattern

_ZERO, _ONE = b"0"[0], b"1"[0]
_TO_FLAGS = bytes.maketrans(b"01", b"\x00\x01")


def bits_of(places: Iterable[int], size: int) -> int:
    """The set of these places, all below ``size``, as an integer; linear in ``size`` plus the number of places."""
    digits = bytearray(b"0") * size
    for place in places:
        digits[place] = _ONE
    digits.reverse()
    return int(digits or b"0", 2)


def flags_of(bits: int, size: int) -> bytes:
    """One byte for each place, 1 where the set has it; ``bits`` must be below 2 ** ``size``."""
    return format(bits, f"0{size}b").encode().translate(_TO_FLAGS)[::-1] if size else b""


class Postings:
    """Places by word, for words that are added once per place."""

    def __init__(self, stop: str | None = None) -> None:
        self._places: dict[str, array[int]] = {}
        self._size = 0
        self._sorted: list[str] | None = None
        self._stop = stop

    def add(self, place: int, words: Collection[str]) -> None:
        """Note that the record at ``place``, higher than any before, holds these words."""
        self._size = place + 1
        places = self._places
        for word in words:
            known = places.get(word)
            if known is None:
                if word != self._stop:
                    places[word] = array("I", (place,))
                    self._sorted = None
            else:
                known.append(place)

    def union(self, words: Iterable[str]) -> int:
        """The records that hold any of the words."""
        digits = bytearray(b"0") * self._size
        for word in words:
            for place in self._places.get(word, ()):
                digits[place] = _ONE
        digits.reverse()
        return int(digits or b"0", 2)

    def all_of(self, words: Iterable[str]) -> int:
        """The records that hold all of the words, at least one; a word may hold ``*``."""
        result = -1
        for word in sorted(words, key=self._frequency):
            result &= self.union(self._covered(word) if WILDCARD in word else (word,))
            if not result:
                break
        return result

    def starting_with(self, stem: str) -> Iterator[str]:
        """The words that begin with ``stem``, in order."""
        if self._sorted is None:
            self._sorted = sorted(self._places)
        words = self._sorted
        for place in range(bisect_left(words, stem), len(words)):
            if not words[place].startswith(stem):
                break
            yield words[place]

    def _covered(self, pattern: str) -> Iterator[str]:
        whole = value_pattern(pattern)
        return (word for word in self.starting_with(pattern.split(WILDCARD, 1)[0]) if whole.fullmatch(word))

    def _frequency(self, word: str) -> int:
        return len(self._places.get(word, ())) if WILDCARD not in word else self._size
