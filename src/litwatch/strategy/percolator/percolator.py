"""Strategies kept, records passing: each batch of records once against all of them.

Every distinct part of any strategy is evaluated once a batch. Words and phrases are found for all strategies together
in the batch's words as arrays (``phrase_trie``), whole values by looking each one up (``term_classes``). What is left
are sets of records, one integer each with bit *n* for the *n*-th record, joined by AND, OR and NOT as written.
``plan.holds`` says what a plan means; this must find the same, and a property of the tests holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from litwatch.model.record import Record
from litwatch.strategy.expression import Operator
from litwatch.strategy.percolator.phrase_trie import PhraseTrie, WordStream
from litwatch.strategy.percolator.proximity import WIDEST_FOR_ALL, Pairs, Places
from litwatch.strategy.percolator.term_classes import Lists, Numbers, TermClasses, lists_of
from litwatch.strategy.plan import Days, Near, Nothing, Plan, PmidRange, Pmids, Steps, ValuePattern, Values, Words
from litwatch.strategy.searchable import days_of, texts_of, values_of

T = TypeVar("T")

_FEW = 4
"""Records of a set up to which shifting bits is quicker than packing an array."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Which strategies find which records of a batch."""

    sets: tuple[int, ...]
    """For each strategy the records that it finds, bit *n* for the *n*-th of the batch."""

    def places(self, strategy: int) -> tuple[int, ...]:
        """The places in the batch, in order, of what the strategy with this number finds."""
        return places_of(self.sets[strategy])

    def touched(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Each strategy that finds anything, by number, with the places of what it finds."""
        return ((number, places_of(found)) for number, found in enumerate(self.sets) if found)

    @property
    def anywhere(self) -> frozenset[int]:
        """The places of the records that any strategy finds."""
        together = 0
        for found in self.sets:
            together |= found
        return frozenset(places_of(together))


def places_of(bits: int) -> tuple[int, ...]:
    """The places of the bits that are set, in order."""
    data = np.frombuffer(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), np.uint8)
    return tuple(np.flatnonzero(np.unpackbits(data, bitorder="little")).tolist())


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One phrase in any of the sections; found with all others at once."""

    words: str
    sections: tuple[str, ...]


_Atom = _Phrase | Values | ValuePattern
"""Parts that are found for all strategies at once."""
_Leaf = _Atom | Near | Days | PmidRange | Pmids | Nothing
_Join = tuple[int, tuple[tuple[Operator, int], ...]]
"""Steps, with their operands as numbers of parts."""


class Percolator:
    """Strategies, by number in the order given, ready to be tried on batches of records."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        self._parts: list[_Leaf | _Join] = []
        self._numbers: dict[_Leaf | _Join, int] = {}
        self._roots = [self._take(plan) for plan in plans]
        phrases = self._of(_Phrase)
        nears = self._of(Near)
        by_words = _grouped((phrase.words, number) for number, phrase in phrases)
        self._trie = PhraseTrie(by_words, (word for _, near in nears for word in near.words))
        self._pairs = Pairs(
            (self._pair_of(near, number) for number, near in nears if _is_narrow(near)), self._trie.width
        )
        self._apart = {
            self._trie.symbol_of(word)
            for _, near in nears
            if len(near.words) > 2 or not _is_narrow(near)
            for word in near.words
        }
        self._phrases = lists_of([*by_words.values()])
        read = [*(phrase.sections for _, phrase in phrases), *(near.sections for _, near in nears)]
        self._sections = sorted({section for sections in read for section in sections})
        self._masks = np.zeros(len(self._parts), np.int64)
        for number, sections in (*((n, one.sections) for n, one in phrases), *((n, one.sections) for n, one in nears)):
            self._masks[number] = self._mask(sections)
        self._values = {
            section: TermClasses(_grouped(pairs))
            for section, pairs in _grouped(
                (one.section, (value, number))
                for number, one in self._of(Values) + self._of(ValuePattern)
                for value in (one.values if isinstance(one, Values) else (one.pattern,))
            ).items()
        }

    def __len__(self) -> int:
        return len(self._roots)

    def match(self, records: Sequence[Record]) -> Matched:
        """Try every strategy on every record.

        A batch of some thousand records keeps what is done once a batch small; memory grows with the batch, by about
        2 kB a record.
        """
        batch = _Batch(records, self)
        return Matched(tuple(map(batch.evaluate, self._roots)))

    def _take(self, plan: Plan) -> int:
        """The number of a plan's part; equal parts have one number."""
        part: _Leaf | _Join
        match plan:
            case Steps():
                part = (self._take(plan.first), tuple((operator, self._take(one)) for operator, one in plan.rest))
            case Words():
                part = _Phrase(plan.words, plan.sections)
            case Near() if len(plan.words) == 1:
                part = _Phrase(plan.words[0], plan.sections)
            case _:
                part = plan
        number = self._numbers.setdefault(part, len(self._parts))
        if number == len(self._parts):
            self._parts.append(part)
        return number

    def _of(self, kind: type[T]) -> list[tuple[int, T]]:
        return [(number, part) for number, part in enumerate(self._parts) if isinstance(part, kind)]

    def _pair_of(self, near: Near, number: int) -> tuple[int, int, int, int]:
        """The two longest of the words, which are the rarest more often than not."""
        one, two, *_ = (self._trie.symbol_of(word) for word in sorted(near.words, key=len, reverse=True))
        return one, two, len(near.words) + near.distance, number

    def _mask(self, sections: Iterable[str]) -> int:
        return sum(1 << self._sections.index(section) for section in dict.fromkeys(sections))


class _Batch:
    """A batch of records against the parts of all strategies; a part is evaluated when a strategy asks for it."""

    def __init__(self, records: Sequence[Record], given: Percolator) -> None:
        self._records = records
        self._given = given
        self._known: dict[int, int] = {}
        self._days: dict[str, tuple[NDArray[np.int64], Numbers]] = {}
        self._places: Places | None = None
        self._read_words()
        found = np.concatenate([self._phrases_found(), *self._pairs_found(), *self._values_found()])
        found.sort()
        part = found // max(1, len(records))
        self._found = Lists(np.searchsorted(part, np.arange(len(given._parts) + 1)), found - part * len(records))

    def evaluate(self, number: int) -> int:
        """The records that the part with this number finds."""
        known = self._known.get(number)
        if known is None:
            part = self._given._parts[number]
            if isinstance(part, tuple):
                known = self._join(part)
            elif isinstance(part, _Phrase | Values | ValuePattern):
                known = self._bits(self._found_of(number))
            elif isinstance(part, Near):
                known = self._near(part, self._found_of(number))
            else:
                known = self._look_up(part)
            self._known[number] = known
        return known

    def _join(self, part: _Join) -> int:
        first, rest = part
        result = self.evaluate(first)
        for operator, operand in rest:
            if operator is Operator.OR:
                result |= self.evaluate(operand)
            elif result:
                found = self.evaluate(operand)
                result &= found if operator is Operator.AND else ~found
        return result

    def _found_of(self, number: int) -> Numbers:
        return self._found.members[self._found.starts[number] : self._found.starts[number + 1]]

    def _near(self, part: Near, with_two: Numbers) -> int:
        """``with_two`` are the records in which two of the words are near each other, if those are looked for."""
        if _is_narrow(part) and (len(part.words) == 2 or not len(with_two)):
            return self._bits(with_two)
        if self._places is None:
            words = self._given._trie.words(self._stream, self._given._apart)
            self._places = Places.of_words(words, self._stream.texts, self._given._trie.width)
        texts = self._places.texts_near([self._given._trie.symbol_of(word) for word in part.words], part.distance)
        return self._bits(self._owner[texts[(self._section[texts] & self._given._mask(part.sections)) != 0]])

    def _look_up(self, part: Days | PmidRange | Pmids | Nothing) -> int:
        match part:
            case Days():
                days, owners = self._days_in(part.field)
                within = (days >= part.first.toordinal()) & (days <= part.last.toordinal())
                return self._bits(owners[within])
            case PmidRange():
                pmids = np.array([record.pmid for record in self._records], np.int64)
                return self._bits(np.flatnonzero((pmids >= part.first) & (pmids <= part.last)))
            case Pmids():
                return sum(1 << place for place, one in enumerate(self._records) if one.pmid in part.pmids)
            case Nothing():
                return 0

    def _bits(self, places: Numbers) -> int:
        if len(places) <= _FEW:
            bits = 0
            for place in places.tolist():
                bits |= 1 << place
            return bits
        flags = np.zeros(len(self._records), np.uint8)
        flags[places] = 1
        return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")

    def _read_words(self) -> None:
        texts: list[str] = []
        counts: list[int] = []
        for name in self._given._sections:
            for record in self._records:
                before = len(texts)
                texts.extend(filter(None, texts_of(record, name)))
                counts.append(len(texts) - before)
        number, places = len(self._given._sections), len(self._records)
        self._owner = np.repeat(np.tile(np.arange(places), number), counts)
        self._section = np.repeat(np.repeat(1 << np.arange(number), places), counts)
        self._stream: WordStream = self._given._trie.read(texts)

    def _phrases_found(self) -> Numbers:
        """Each part that is a phrase with each record that holds it, as part × records + place."""
        phrase, where = self._given._trie.find(self._stream)
        part, hit = self._given._phrases.of(phrase)
        return self._in_sections(part, self._stream.texts[where[hit]])

    def _pairs_found(self) -> Iterator[Numbers]:
        """The same for words near each other."""
        if self._given._pairs.words:
            words = self._given._trie.words(self._stream, self._given._pairs.words)
            for part, text in self._given._pairs.find(words, self._stream.texts):
                yield self._in_sections(part, text)

    def _in_sections(self, part: Numbers, text: NDArray[np.int32]) -> Numbers:
        inside = (self._given._masks[part] & self._section[text]) != 0
        found: Numbers = part[inside] * len(self._records) + self._owner[text[inside]]
        return found

    def _values_found(self) -> Iterator[Numbers]:
        """The same for each section's values."""
        for section, classes in self._given._values.items():
            classes.forget()
            values = [values_of(record, section) for record in self._records]
            number = np.fromiter((classes[one.encode()] for found in values for one in found), np.int64)
            owner = np.repeat(np.arange(len(values)), [len(found) for found in values])
            part, hit = classes.members().of(number)
            found: Numbers = part * len(self._records) + owner[hit]
            yield found

    def _days_in(self, field: str) -> tuple[NDArray[np.int64], Numbers]:
        known = self._days.get(field)
        if known is None:
            pairs = [(day.toordinal(), place) for place, one in enumerate(self._records) for day in days_of(one, field)]
            table = np.array(pairs, np.int64).reshape(-1, 2)
            known = self._days[field] = (table[:, 0], table[:, 1])
        return known


def _is_narrow(near: Near) -> bool:
    return len(near.words) + near.distance <= WIDEST_FOR_ALL


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for key, member in pairs:
        groups.setdefault(key, []).append(member)
    return groups
