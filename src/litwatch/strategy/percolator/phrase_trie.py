"""Every phrase that any strategy looks for, in one trie, and the places of a batch's words at which they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litwatch.strategy.characters import TEXT_END, WILDCARD, words_of_texts
from litwatch.strategy.percolator.key_table import KeyTable
from litwatch.strategy.percolator.term_classes import Lists, Numbers, TermClasses, lists_of
from litwatch.strategy.percolator.word_table import WordTable

_ONE_WORD = WILDCARD
"""A lone asterisk in a phrase stands for any one word."""

TEXTS_AT_ONCE = 2_000
"""Texts that are taken apart together: what is worked out of them stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class WordStream:
    """The words of a batch's texts, one behind the other, with an end behind each text."""

    classes: NDArray[np.int32]
    texts: NDArray[np.int32]
    """The text that each word, or end, belongs to."""


class PhraseTrie:
    """Phrases by the numbers of their words. A phrase may hold words with ``*``, and lone asterisks."""

    def __init__(self, phrases: Iterable[str], single: Iterable[str] = ()) -> None:
        """``phrases`` are numbered from 0; the words in ``single``, which hold no ``*``, get a number of their own."""
        self._symbols: dict[str, int] = {}
        edges: dict[tuple[int, int], int] = {}
        final = [-1]
        for number, phrase in enumerate(phrases):
            state = 0
            for word in phrase.split(" "):
                symbol = self._symbols.setdefault(word, len(self._symbols))
                state = edges.setdefault((state, symbol), len(final))
                if state == len(final):
                    final.append(-1)
            final[state] = number
        for word in single:
            self.symbol_of(word)
        any_word = self._symbols.get(_ONE_WORD)
        known = {word: (number,) for word, number in self._symbols.items() if word != _ONE_WORD}
        self._classes = TermClasses(known, () if any_word is None else (any_word,))
        self._end = self._classes.add_empty_class(TEXT_END.encode())
        self._words = WordTable(self._classes)
        self._final = np.array(final, np.int64)
        self.width = len(self._symbols)
        starts: list[list[int]] = [[] for _ in self._symbols]
        onward = np.zeros(len(final), bool)
        inner = np.zeros(self.width, bool)
        keys: dict[int, int] = {}
        for (state, symbol), to in edges.items():
            if state == 0:
                starts[symbol].append(to)
            else:
                keys[state * self.width + symbol] = to
                onward[state] = inner[symbol] = True
        self._starts, self._onward, self._inner = lists_of(starts), onward, inner
        self._keys = KeyTable(keys)
        self._to = np.array([keys[key] for key in sorted(keys)], np.int64)

    def symbol_of(self, word: str) -> int:
        """The number of a word that a phrase or ``single`` holds."""
        return self._symbols.setdefault(word, len(self._symbols))

    def read(self, texts: Sequence[str]) -> WordStream:
        """The words of the texts; a text's own ends, beginnings and order stay."""
        self._classes.forget()
        pieces = (texts[first : first + TEXTS_AT_ONCE] for first in range(0, len(texts), TEXTS_AT_ONCE))
        classes = np.concatenate([np.zeros(0, np.int32), *map(self._words.classes_of, map(words_of_texts, pieces))])
        lengths = np.diff(np.flatnonzero(classes == self._end), prepend=-1)
        return WordStream(classes, np.repeat(np.arange(len(lengths), dtype=np.int32), lengths))

    def find(self, stream: WordStream) -> tuple[Numbers, Numbers]:
        """The phrases found, each by its number, and the place in the stream at which each begins; in no order."""
        symbols = self._classes.members()
        states = self._beginnings(symbols)
        begins, inner = states.lengths > 0, self._has_any(symbols, self._inner)
        starts = np.flatnonzero(begins[stream.classes])
        state, owner = states.of(stream.classes[starts])
        starts = starts[owner]
        place = starts
        found: list[tuple[Numbers, Numbers]] = []
        while len(state):
            phrase = self._final[state]
            whole = phrase >= 0
            found.append((phrase[whole], starts[whole]))
            on = self._onward[state]
            state, starts, place = state[on], starts[on], place[on] + 1
            on = inner[stream.classes[place]]
            state, starts, place = state[on], starts[on], place[on]
            symbol, owner = symbols.of(stream.classes[place])
            wanted = state[owner] * self.width + symbol
            here, at = self._keys.find(wanted)
            state, starts, place = self._to[at], starts[owner[here]], place[owner[here]]
        nothing = np.zeros(0, np.int64)
        return (
            np.concatenate([nothing, *(phrase for phrase, _ in found)]),
            np.concatenate([nothing, *(where for _, where in found)]),
        )

    def words(self, stream: WordStream, wanted: Collection[int]) -> NDArray[np.int32]:
        """The number of each word of the stream that is among those wanted, -1 for the others.

        A word has one number of its own; what covers it besides are words with ``*``.
        """
        symbols = self._classes.members()
        asked = np.zeros(self.width + 1, bool)
        asked[[*wanted]] = True
        mine = np.flatnonzero(asked[symbols.members])
        own = np.full(len(symbols.starts) - 1, -1, np.int32)
        own[np.searchsorted(symbols.starts, mine, "right") - 1] = symbols.members[mine]
        return own[stream.classes]

    def _beginnings(self, symbols: Lists) -> Lists:
        """For each class the states that its words lead to from the root."""
        members, owners = self._starts.of(symbols.members)
        of_class = np.repeat(np.arange(len(symbols.starts) - 1), symbols.lengths)[owners]
        return Lists(np.searchsorted(of_class, np.arange(len(symbols.starts))), members)

    def _has_any(self, symbols: Lists, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        counts = np.concatenate([[0], np.cumsum(wanted[symbols.members])])
        return counts[symbols.starts[1:]] > counts[symbols.starts[:-1]]
