"""A corpus that answers strategies fast: postings and bit sets over any number of records.

A set of records is one Python integer, bit *n* for the *n*-th record added, so AND, OR and NOT are one machine-speed
operation each. Each section of the records is indexed when the first strategy asks for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import compress

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.strategy.characters import BREAK, WILDCARD, value_pattern
from litwatch.strategy.expression import Expression, Operator
from litwatch.strategy.fields import BY_TAG
from litwatch.strategy.mesh_tree import MESH_IN_USE
from litwatch.strategy.plan import (
    Days,
    Near,
    Nothing,
    Plan,
    PmidRange,
    Pmids,
    Steps,
    ValuePattern,
    Values,
    Words,
    near_in,
    phrase_in,
)
from litwatch.strategy.postings import Postings, bits_of, flags_of
from litwatch.strategy.searchable import days_of, text_of, values_of
from litwatch.strategy.translation import History, Translation, translate

REMEMBERED = 512
"""Bit sets of words and phrases that are kept for the next search."""

_USUAL_WORDS = BY_TAG["all"].sections
_USUAL_VALUES = ("mh", "majr", "sh", "pt", "sb")
_USUAL_DAYS = ("edat", "crdt", "mhda", "lr")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found and what PubMed would say beside it."""

    pmids: tuple[Pmid, ...]
    """PubMed's order: newest entry date first, then highest PMID."""
    translation: str
    translation_set: tuple[tuple[str, str], ...]
    phrases_not_found: tuple[str, ...]
    phrases_ignored: tuple[str, ...]
    quoted_phrases_not_found: tuple[str, ...]


class RecordIndex:
    """Records by PMID, searchable; also the ``Lexicon`` of its corpus."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._start(())
        self.add(records)

    def _start(self, records: Iterable[Record]) -> None:
        self._records = list(records)
        self._place = {record.pmid: place for place, record in enumerate(self._records)}
        self._living = (1 << len(self._records)) - 1
        self._texts: dict[str, list[str]] = {}
        self._words: dict[str, Postings] = {}
        self._values: dict[str, Postings] = {}
        self._days: dict[str, list[tuple[date, int]]] = {}
        self._order: list[int] | None = None
        self._known: OrderedDict[Plan, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, pmid: object) -> bool:
        return pmid in self._place

    def add(self, records: Iterable[Record]) -> None:
        """Add records; one with a known PMID replaces the record that was there."""
        start = len(self._records)
        arrived = list({record.pmid: record for record in records}.values())
        self.remove(record.pmid for record in arrived)
        self._records.extend(arrived)
        self._place.update((record.pmid, start + offset) for offset, record in enumerate(arrived))
        self._living |= ((1 << len(arrived)) - 1) << start
        for section in self._words:
            self._extend_words(section, start)
        for section in self._values:
            self._extend_values(section, start)
        self._forget()
        if len(self._records) > 64 and len(self._records) > 2 * len(self._place):
            self._start([self._records[place] for place in self._place.values()])

    def remove(self, pmids: Iterable[Pmid]) -> None:
        """Take records out; unknown PMIDs are passed over."""
        for pmid in pmids:
            place = self._place.pop(pmid, None)
            if place is not None:
                self._living &= ~(1 << place)
                self._forget()

    def _forget(self) -> None:
        self._days.clear()
        self._known.clear()
        self._order = None

    def prepare(self) -> None:
        """Build now what most strategies ask for, so that no search pays for it; about 50 µs a record."""
        for section in _USUAL_WORDS:
            self._word_postings(section)
        for section in _USUAL_VALUES:
            self._value_postings(section)
        for field in _USUAL_DAYS:
            self._sorted_days(field)

    def search(self, expression: Expression, *, today: date, history: History | None = None) -> Found:
        """Every record that the strategy finds.

        ``today`` is used by ``"last n days"``; ``history`` answers ``#n`` with the PMIDs of an earlier search.
        Raises StrategyError for a ``#n`` that ``history`` does not know.
        """
        translation = self.translate(expression, today=today, history=history)
        return Found(
            pmids=self._in_order(self._evaluate(translation.plan) & self._living),
            translation=translation.text,
            translation_set=translation.translation_set,
            phrases_not_found=translation.phrases_not_found,
            phrases_ignored=translation.phrases_ignored,
            quoted_phrases_not_found=translation.quoted_phrases_not_found,
        )

    def translate(self, expression: Expression, *, today: date, history: History | None = None) -> Translation:
        """The strategy as this corpus understands it; see ``translation.translate``."""
        return translate(expression, today=today, lexicon=self, history=history)

    def has_words(self, sections: tuple[str, ...], words: str) -> bool:
        """Whether any record holds the normalised word or phrase in one of the sections."""
        return bool(self._evaluate(Words(sections, words)) & self._living)

    def has_value(self, section: str, value: str) -> bool:
        """Whether any record holds the normalised value, ``*`` allowed, in the section."""
        plan: Plan = ValuePattern(section, value) if WILDCARD in value else Values(section, frozenset({value}))
        return bool(self._evaluate(plan) & self._living)

    def is_heading(self, label: str) -> bool:
        """Whether the label is a heading of the tree or of any record."""
        return MESH_IN_USE.find(label) is not None or self.has_value("mh", label)

    def _evaluate(self, plan: Plan) -> int:
        if isinstance(plan, Steps):
            return self._steps(plan)
        known = self._known.get(plan)
        if known is None:
            known = self._look_up(plan)
            self._known[plan] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(plan)
        return known

    def _steps(self, plan: Steps) -> int:
        result = self._evaluate(plan.first)
        for operator, operand in plan.rest:
            if operator is Operator.OR:
                result |= self._evaluate(operand)
            elif result:
                found = self._evaluate(operand)
                result &= found if operator is Operator.AND else ~found
        return result

    def _look_up(self, plan: Plan) -> int:
        match plan:
            case Words():
                return self._in_sections(plan.sections, lambda section: self._phrase(section, plan.words))
            case Near():
                return self._in_sections(plan.sections, lambda section: self._near(section, plan))
            case Values():
                return self._value_postings(plan.section).union(plan.values)
            case ValuePattern():
                return self._value_pattern(plan)
            case Days():
                return self._between(plan)
            case PmidRange():
                inside = (place for pmid, place in self._place.items() if plan.first <= pmid <= plan.last)
                return bits_of(inside, len(self._records))
            case Pmids():
                inside = (self._place[Pmid(pmid)] for pmid in plan.pmids if pmid in self._place)
                return bits_of(inside, len(self._records))
            case Nothing() | Steps():
                return 0

    def _in_sections(self, sections: tuple[str, ...], find: Callable[[str], int]) -> int:
        result = 0
        for section in sections:
            result |= find(section)
        return result

    def _phrase(self, section: str, words: str) -> int:
        postings = self._word_postings(section)
        result = postings.all_of(words.split(" "))
        if " " not in words or not result:
            return result
        return self._verified(section, result, lambda text: phrase_in(words, text))

    def _near(self, section: str, plan: Near) -> int:
        result = self._word_postings(section).all_of(plan.words)
        return self._verified(section, result, lambda text: near_in(plan.words, plan.distance, text))

    def _verified(self, section: str, candidates: int, holds: Callable[[str], bool]) -> int:
        """The candidates whose text really holds the phrase; each of its words is known to occur in them."""
        texts = self._texts[section]
        places = compress(range(len(texts)), flags_of(candidates & self._living, len(texts)))
        return bits_of((place for place in places if holds(texts[place])), len(texts))

    def _value_pattern(self, plan: ValuePattern) -> int:
        postings = self._value_postings(plan.section)
        pattern = value_pattern(plan.pattern)
        stem = plan.pattern.split(WILDCARD, 1)[0]
        return postings.union(value for value in postings.starting_with(stem) if pattern.fullmatch(value))

    def _between(self, plan: Days) -> int:
        days = self._sorted_days(plan.field)
        first = bisect_left(days, (plan.first, -1))
        last = bisect_left(days, (plan.last, len(self._records)))
        return bits_of((place for _, place in days[first:last]), len(self._records))

    def _sorted_days(self, field: str) -> list[tuple[date, int]]:
        days = self._days.get(field)
        if days is None:
            days = sorted(
                (day, place) for place in self._place.values() for day in days_of(self._records[place], field)
            )
            self._days[field] = days
        return days

    def _word_postings(self, section: str) -> Postings:
        if section not in self._words:
            self._words[section] = Postings(stop=BREAK)
            self._texts[section] = []
            self._extend_words(section, 0)
        return self._words[section]

    def _extend_words(self, section: str, start: int) -> None:
        postings = self._words[section]
        texts = [text_of(record, section) for record in self._records[start:]]
        for place, text in enumerate(texts, start):
            postings.add(place, set(text.split()))
        self._texts[section] += texts

    def _value_postings(self, section: str) -> Postings:
        if section not in self._values:
            self._values[section] = Postings()
            self._extend_values(section, 0)
        return self._values[section]

    def _extend_values(self, section: str, start: int) -> None:
        postings = self._values[section]
        for place, record in enumerate(self._records[start:], start):
            postings.add(place, values_of(record, section))

    def _in_order(self, found: int) -> tuple[Pmid, ...]:
        if self._order is None:
            newest = sorted(
                (
                    (record.entered or date.min, pmid, place)
                    for pmid, place in self._place.items()
                    for record in (self._records[place],)
                ),
                reverse=True,
            )
            self._order = [place for _, _, place in newest]
        flags = flags_of(found, len(self._records))
        return tuple(self._records[place].pmid for place in self._order if flags[place])
