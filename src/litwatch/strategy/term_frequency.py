"""How many new records a month a search term finds, as far as anybody knows.

PubMed's own count is the best; what the records in hand say of it is an estimate; a list of common words is better than
nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from litwatch.model.record import Record
from litwatch.strategy.characters import WILDCARD, normalise
from litwatch.strategy.common_words import ASKING, COMMON, GENERIC, JOINING, METHODS
from litwatch.strategy.expression import terms
from litwatch.strategy.parser import parse
from litwatch.strategy.record_index import RecordIndex

RECORDS_A_MONTH = 140_000
"""New records of PubMed in a month: NLM adds about 1.7 million citations a year (NLM, "MEDLINE PubMed Production
Statistics", fiscal years 2021 to 2023)."""

TOO_COMMON = 1_500.0
"""Records a month above which a word that the question does not have is no help: one in a hundred new records."""

FEWEST_RECORDS = 500
"""Records from which a background says how common a word is; fewer do not hold a word of one record in a hundred."""

DRAWN = 20.0
"""How much oftener two concepts of one question meet in a paper than by chance; a guess, for want of counts."""

_UNKNOWN, _LISTED, _PHRASE_OF_LISTED = 150.0, 4_000.0, 400.0


@dataclass(frozen=True)
class TermFrequency:
    """How common terms are, by PubMed's counts, else by a background of records, else by the list of common words."""

    counted: Mapping[str, float] = field(default_factory=dict)
    """Term as written in a strategy → records a month, counted by PubMed."""
    background: tuple[Record, ...] = ()
    """Records in hand, of any topic; fewer than ``FEWEST_RECORDS`` are not asked."""
    today: date = date(2000, 1, 1)

    @property
    def is_known(self) -> bool:
        """Whether more is known than the list of common words."""
        return bool(self.counted) or self.has_background

    @property
    def has_background(self) -> bool:
        """Whether the background is large enough to be asked."""
        return len(self.background) >= FEWEST_RECORDS

    def per_month(self, term: str) -> float:
        """New records a month that the term finds in PubMed. Raises StrategyError for what cannot be parsed.

        A background knows its own topics too well and others not at all, so a listed word counts as common whatever
        the background says.
        """
        if term in self.counted:
            return self.counted[term]
        listed = max(_by_list(term), self._of_longer(term))
        if not self.has_background:
            return listed
        found = len(self._index.search(parse(term), today=self.today).pmids)
        seen = (found + 0.5) / (len(self.background) + 1) * RECORDS_A_MONTH
        return max(seen, listed) if listed >= _LISTED else seen

    def _of_longer(self, term: str) -> float:
        """The most that a counted phrase with this word finds: the word finds no less."""
        word = _SINGLE.fullmatch(term)
        if word is None:
            return 0.0
        return max((count for phrase, count in self.counted.items() if _has_word(phrase, word[1])), default=0.0)

    def is_too_common(self, term: str) -> bool:
        """Whether the term alone finds more than ``TOO_COMMON`` records a month."""
        return self.per_month(term) > TOO_COMMON

    def per_month_of(self, clauses: Sequence[Sequence[str]]) -> float:
        """New records a month of clauses joined by AND, the alternatives of each by OR.

        Where only single terms are known, alternatives are added up, and clauses are taken to meet ``DRAWN`` times as
        often as by chance.
        """
        if self.has_background:
            return self.per_month(" AND ".join(f"({' OR '.join(clause)})" for clause in clauses))
        found = [self.counted.get(" OR ".join(clause), sum(map(self.per_month, clause))) for clause in clauses]
        shares = [min(1.0, each / RECORDS_A_MONTH) for each in found]
        return min(*shares, math.prod(shares) * DRAWN ** (len(shares) - 1)) * RECORDS_A_MONTH

    @cached_property
    def _index(self) -> RecordIndex:
        return RecordIndex(self.background)


_SINGLE = re.compile(r"(\w+)\[tiab\]")


def _has_word(phrase: str, word: str) -> bool:
    return " OR " not in phrase and word in phrase.partition("[")[0].strip('"').split()


def is_listed(word: str) -> bool:
    """Whether a normalised word is in the list of common words, whatever its number."""
    return word.isdigit() or any(form in _ALL for form in (word, word.removesuffix("s"), word + "s"))


def _by_list(term: str) -> float:
    words = [word for each in _texts(term) for word in normalise(each.replace(WILDCARD, "")).split()]
    if any(not is_listed(word) for word in words):
        return _UNKNOWN
    return _LISTED if len(words) < 2 else _PHRASE_OF_LISTED


def _texts(term: str) -> Iterable[str]:
    return (each.text for each in terms(parse(term)))


_ALL = ASKING | COMMON | GENERIC | JOINING | METHODS
