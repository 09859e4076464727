"""A record as an article's sentences are compared with it: sentences as terms, findings, and which passage of it
answers a sentence.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache

from litwatch.articles.sentences import sentence_spans
from litwatch.decisions.abstract_sentences import AbstractSentence
from litwatch.decisions.result_passage import NoResult, find_result, findings_of
from litwatch.decisions.studied_people import without_people
from litwatch.model.record import Record
from litwatch.model.text.abbreviations import COMMON, find_abbreviations
from litwatch.model.text.same_things import THING, name_things
from litwatch.model.text.stems import Term, terms_of

Span = tuple[int, int]
"""Start and end in a text, in characters; the end is not included."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a record's abstract, or its title."""

    part: int | None
    """The abstract's part, counted from 0; None for the title."""
    start: int
    end: int
    """Within the part's text."""
    words: tuple[Span, ...]
    """What it shares with the article's sentence, within the part's text, in order."""


_RESULT = 5.0
"""How much more the sentence that states the result is worth, among those that share words with the article's."""

_FINDING = re.compile(r"result|finding|conclu|interpretation|outcome", re.IGNORECASE)
_BEFORE_FINDING = re.compile(r"background|objective|aim|purpose|introduc|method|design|setting|context", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d\s?%|\bCI\b|\bp\s?[<=>]|\b(?:hazard|odds|risk|rate) ratio|\b(?:HR|OR|RR|SMD|MD)\b\s?[=:,(]?\s?\d", re.IGNORECASE
)
_EFFECT = re.compile(
    r"\b(?:increas|decreas|reduc|improv|worsen|lower|rais|rose|fell|higher|lower|associat|predict|prevent|protect|impair|"
    r"caus|led to|superior|inferior)",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"^\W*(?:(?:here,? |therefore,? |thus,? )?we (?:conducted|performed|aimed|sought|investigated|examined|evaluated|"
    r"studied|assessed|hypothesi[sz]ed)|the (?:present )?(?:aim|purpose|objective|goal)|(?:this|the present|our) "
    r"(?:study|review|trial|paper) (?:aim|was (?:conducted|designed|performed)|investigate|examine|assess|evaluate)|"
    r"to (?:determine|assess|investigate|examine|evaluate|study)|whether)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(?:no|not|nor|neither|without|unlikely|failed|did not|lack)\b|n't\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _stems_of(long: str, with_classes: bool) -> tuple[str, ...]:  # noqa: FBT001 - a cache's key
    return tuple(sorted({term.stem for term in name_things(terms_of(long), with_classes=with_classes)}))


class Reader:
    """Reads texts as terms: things by one name, and where an abbreviation stands also the words that explain it.

    ``text`` is where abbreviations are explained; ``with_classes``, a drug counts as its class, too.
    """

    def __init__(self, text: str, *, with_classes: bool) -> None:
        self._with_classes = with_classes
        defined = {**COMMON, **find_abbreviations(text)}
        self._stems = {short: _stems_of(long, with_classes) for short, long in defined.items()}
        names = "|".join(map(re.escape, sorted(defined, key=len, reverse=True)))
        self._pattern = re.compile(rf"\b(?:{names})\b") if names else None

    def terms_of(self, text: str) -> tuple[Term, ...]:
        """The text's telling words, in their order."""
        found = self._name(text)
        if self._pattern is None:
            return found
        shorts = list(self._pattern.finditer(text))
        if not shorts:
            return found
        # "ACE inhibitor" is one thing, and not also the words that "ACE" stands for.
        named = {term.start for term in found if term.stem.startswith(THING)}
        meant = [
            Term(stem, match.start(), match.end())
            for match in shorts
            if match.start() not in named
            for stem in self._stems[match[0]]
        ]
        return tuple(sorted((*found, *meant), key=lambda term: term.start))

    def stems_of(self, text: str) -> frozenset[str]:
        """Their stems alone."""
        return frozenset(term.stem for term in self.terms_of(text))

    def _name(self, text: str) -> tuple[Term, ...]:
        return name_things(terms_of(text), with_classes=self._with_classes)


class ComparedRecord:
    """A record's sentences with their terms."""

    def __init__(self, record: Record) -> None:
        self._reader = Reader(f"{record.title} {record.abstract_text}", with_classes=True)
        self.places: list[tuple[int | None, int, int, tuple[Term, ...]]] = [
            (None, 0, len(record.title), self._reader.terms_of(record.title))
        ]
        self._texts: list[str | None] = [part.text for part in record.abstract]
        self._title = record.title
        self._parts: list[tuple[list[int], tuple[Term, ...]]] = []
        self._labels = [f"{part.label or ''} {part.nlm_category or ''}" for part in record.abstract]
        for number, part in enumerate(record.abstract):
            terms = self._reader.terms_of(part.text)
            begins = [term.start for term in terms]
            self._parts.append((begins, terms))
            for start, end in sentence_spans(part.text):
                own = terms[bisect_left(begins, start) : bisect_left(begins, end)]
                self.places.append((number, start, end, own))
        self.sets = [frozenset(term.stem for term in terms) for *_, terms in self.places]
        self.sets.append(self._reader.stems_of(headings_of(record)))
        self.stems: frozenset[str] = frozenset().union(*self.sets)
        self.weight = self._weigh()
        self._record = record

    @cached_property
    def _told(self) -> tuple[AbstractSentence, ...]:
        return findings_of(self._record)

    @cached_property
    def findings(self) -> tuple[Set[str], ...]:
        """The stems of each sentence that may tell a finding; without an abstract, of the headings."""
        return tuple(map(self._stems_at, self._told)) or (self.sets[-1] if not self._texts else frozenset(),)

    @cached_property
    def findings_alone(self) -> tuple[Set[str], ...]:
        """The same and the title, without the people that it was found in."""
        told = (self._title, *(each.text for each in self._told))
        return tuple(self._reader.stems_of(without_people(text)) for text in told)

    def _stems_at(self, sentence: AbstractSentence) -> frozenset[str]:
        before = self._record.abstract_offset(sentence.abstract_part)
        begins, terms = self._parts[sentence.abstract_part]
        first, last = (bisect_left(begins, each - before) for each in (sentence.start, sentence.end))
        return frozenset(term.stem for term in terms[first:last])

    def _weigh(self) -> dict[str, float]:
        """What the record is about counts fully, what it repeats half, what it mentions once a quarter.

        "Patients had no family history of diabetes" does not make a paper one about family history.
        """
        about = self.sets[0] | self.sets[-1]
        times = Counter(stem for stems in self.sets[1:-1] for stem in stems)
        return {stem: 1.0 if stem in about else 0.5 if times[stem] > 1 else 0.25 for stem in self.stems}

    def choose(self, weights: Mapping[str, float], own: Set[str], telling: Set[str]) -> Passage | None:
        """The sentence that shares most with the article's; the one that states the result, where it shares anything.

        ``weights`` are those of the article's sentence by stem, ``own`` its stems without those of what stands around
        it, ``telling`` the stems that tell the article's sentences from one another.
        """
        needed = own & telling
        best: tuple[float, int] | None = None
        for index, (part, start, end, _) in enumerate(self.places):
            shared = self.sets[index] & weights.keys()
            if shared.isdisjoint(needed):
                continue
            worth = math.fsum(map(weights.__getitem__, shared)) * self._lean(part, start, end)
            worth *= _RESULT if self._is_result(part, start, end) else 1.0
            if best is None or worth > best[0] + 1e-9:
                best = (worth, index)
        if best is None:
            return None
        part, start, end, terms = self.places[best[1]]
        return Passage(part, start, end, spans_of(terms, own, telling))

    @cached_property
    def _result(self) -> tuple[int, int, int] | None:
        """The abstract's part with the result, and where it stands in that part's text."""
        found = find_result(self._record)
        if isinstance(found, NoResult):
            return None
        before = self._record.abstract_offset(found.abstract_part)
        return found.abstract_part, found.start - before, found.end - before

    def _is_result(self, part: int | None, start: int, end: int) -> bool:
        return (
            self._result is not None and self._result[0] == part and start < self._result[2] and end > self._result[1]
        )

    def _lean(self, part: int | None, start: int, end: int) -> float:
        if part is None:
            return 0.6
        text = self._texts[part] or ""
        said = text[start:end]
        lean = 1.0 + 0.2 * bool(_NUMBER.search(said)) + 0.1 * bool(_EFFECT.search(said))
        lean += 0.1 * bool(_NEGATION.search(said)) - 0.4 * bool(_AIM.search(said))
        label = self._labels[part]
        if len(self._texts) == 1 and not label.strip():
            return lean + 0.3 * (start / max(1, len(text)))
        return lean + 0.3 * bool(_FINDING.search(label)) - 0.3 * bool(_BEFORE_FINDING.search(label))


def spans_of(terms: Iterable[Term], shared: Set[str], telling: Set[str]) -> tuple[Span, ...]:
    """Where the shared words stand: the telling ones, and such general ones as stand right beside them."""
    runs: list[list[Term]] = []
    for term in terms:
        if term.stem not in shared:
            continue
        if runs and term.start <= runs[-1][-1].end + 1:
            runs[-1].append(term)
        else:
            runs.append([term])
    kept = [term for run in runs if any(term.stem in telling for term in run) for term in run]
    return tuple(dict.fromkeys((term.start, term.end) for term in kept))


def headings_of(record: Record) -> str:
    """MeSH headings, substances and keywords, a line each."""
    return "\n".join([*(heading.label for heading in record.mesh), *record.substances, *record.keywords])
