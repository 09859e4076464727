"""Which of an article's sentences a record bears on, and which passage of the record says so.

A sentence and a record meet in words (the title, the abstract, MeSH headings and keywords), in papers that both cite,
and in likeness to the papers that the sentence cites. A word in common is not enough: what the record found must speak
of at least half of what the sentence says. Numbers, effect words and negations decide only which of two
like passages is shown. Whether the record contradicts, reinforces or clarifies the sentence is for a person to decide
(rule R-10).

Weights are added up by ``math.fsum``, which is exact: sets have another order in every process, and so would sentences
that score alike.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from litwatch.articles.model import Article
from litwatch.articles.sentences import sentence_spans
from litwatch.decisions.result_passage import NoResult, find_result, findings_of, tells_a_direction
from litwatch.decisions.stated_facts import without_people
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.text.abbreviations import COMMON, find_abbreviations
from litwatch.model.text.stems import Term, stems_of, terms_of

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


@dataclass(frozen=True, slots=True)
class Bearing:
    """One sentence that a record bears on, and why."""

    sentence: int
    score: float
    """Orders the sentences of one record; it is no probability."""
    words: tuple[Span, ...]
    """What the sentence shares with the record, within the sentence's text, in order."""
    passage: Passage | None
    """None where no sentence of the record shares enough."""
    references: tuple[Pmid, ...]
    """Papers that both the sentence and the record cite."""


AT_MOST = 3
"""So many sentences are named for one record."""

_ENOUGH = 0.155
"""A sentence that scores less is not named unless both cite the same paper: no sentence is better than a wrong one.
Of 1,500 PubMed abstracts drawn at random 9 in 10 stay below it on the example article, of 272 on its topic 1 in 5."""

_RESULT = 5.0
"""How much more the sentence that states the result is worth, among those that share words with the article's."""

_HALF = 0.5
"""The share of a sentence, by the weight of its words, that the title and one finding of the record must hold together.
Measured on 150 pairs labelled by hand (``make bench-findings``)."""
_MOST, _QUARTER, _CLOSE = 0.6, 0.25, 0.17
"""For the sentence that scores best, and at least ``_CLOSE``: the record as a whole holds most of it, and one finding a
quarter."""
_TOGETHER = 2
"""So many of the words that tell the sentence from others must be among them; one is a coincidence."""

_BESIDE = 0.75
"""A further sentence is named if it scores at least this share of the first."""

_BY_PASSAGE, _BY_RECORD, _BY_LIKENESS, _BY_REFERENCE, _BY_RELATION = 0.5, 0.3, 0.2, 0.5, 0.04
_OF_QUESTION, _GENERAL = 0.15, 0.3
"""How much a word of the question counts, and a word that papers of every subject use, both of a word's own weight."""

_GENERAL_STEMS = stems_of(
    "syndrome disease disorder condition treatment therapy therapeutic drug reduced reduction decrease improved"
    " improvement impaired impairment response function control presence change loss action activity mechanism process"
    " metabolic cardiovascular sensitivity adult age aged cell tissue body target serum plasma blood molecular"
    " environmental influence complication disturbance dysfunction regular predisposition history family production"
    " women men group"
)
_LEAD_WEIGHT = 0.35
"""Words of a list's lead-in or heading count so much of the item's own."""

_ENOUGH_TITLES = 20

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


@dataclass(frozen=True, slots=True)
class _Claim:
    """One sentence of the article, ready to be compared."""

    number: int
    terms: tuple[Term, ...]
    own: frozenset[str]
    """The stems of its own words."""
    telling: frozenset[str]
    """Those of them that tell it from other sentences."""
    weights: Mapping[str, float]
    """Stem → weight, the lead-in's words included."""
    total: float
    cited: frozenset[Pmid]
    is_item: bool
    """Whether it is an item that completes the sentence before its list ("The causes include:")."""


class Bearings:
    """An article's sentences, ready to be compared with many records.

    ``sentences_of`` says which sentences cite a paper, ``cited`` holds those of the papers that are known; a record is
    never compared with itself. ``found`` are the topic's new records: a word that many of their titles hold tells
    little about any one of them.
    """

    def __init__(
        self,
        article: Article,
        sentences_of: Mapping[Pmid, tuple[int, ...]],
        cited: Mapping[Pmid, Record],
        found: Iterable[Record] = (),
    ) -> None:
        asked = stems_of(article.question or "")
        sentences = [s for s in article.sentences if s.text not in article.leftovers]
        own = {sentence.number: terms_of(sentence.text) for sentence in sentences}
        spread = Counter(stem for terms in own.values() for stem in {term.stem for term in terms})
        everyday = _count_titles(found)
        self._weight = {
            # A word of the question is in every paper of the topic, so it tells no sentence from another.
            stem: math.log(1 + len(own) / count)
            * (_OF_QUESTION if stem in asked else _GENERAL if stem in _GENERAL_STEMS else everyday.get(stem, 1.0))
            for stem, count in spread.items()
        }
        self._telling = spread.keys() - asked - _GENERAL_STEMS
        self._asked = asked
        cites: dict[int, set[Pmid]] = {}
        for pmid, numbers in sentences_of.items():
            for number in numbers:
                cites.setdefault(number, set()).add(pmid)
        leads, items = _leads(article)
        self._claims = tuple(
            self._claim(number, terms, leads.get(number, ""), frozenset(cites.get(number, ())), is_item=number in items)
            for number, terms in own.items()
        )
        self._average = sum(claim.total for claim in self._claims) / max(1, len(self._claims))
        self._citing = {pmid: len(numbers) for pmid, numbers in sentences_of.items()}
        texts = {pmid: stems_of(_whole(record)) - asked for pmid, record in cited.items()}
        known = Counter(stem for stems in texts.values() for stem in stems)
        self._rare = {stem: math.log(1 + (1 + len(texts)) / count) for stem, count in known.items()}
        self._cited = {pmid: (stems, self._worth(stems)) for pmid, stems in texts.items()}

    def _claim(
        self, number: int, terms: tuple[Term, ...], lead: str, cited: frozenset[Pmid], *, is_item: bool
    ) -> _Claim:
        weights = {term.stem: self._weight[term.stem] for term in terms}
        for stem in stems_of(lead) - weights.keys():
            weights[stem] = _LEAD_WEIGHT * self._weight.get(stem, 0.5)
        own = frozenset(term.stem for term in terms)
        return _Claim(number, terms, own, own & self._telling, weights, math.fsum(weights.values()), cited, is_item)

    def find(self, record: Record, *, at_most: int = AT_MOST) -> tuple[Bearing, ...]:
        """The sentences that the record bears on, most concerned first; none rather than a poor one."""
        compared = _Compared(record)
        ranked = sorted(self.rank(record, compared), key=lambda found: (-found[1], found[0].number))
        met = [
            (claim, score, shared)
            for place, (claim, score, shared) in enumerate(ranked)
            if shared or (score >= _ENOUGH and self._is_met(claim, compared, is_closest=place == 0 and score >= _CLOSE))
        ]
        least = _BESIDE * max((score for _, score, _ in met), default=0.0)
        chosen = [each for each in met if each[2] or each[1] >= least]
        return tuple(
            Bearing(
                claim.number,
                round(score, 3),
                _spans(claim.terms, compared.stems, self._telling),
                compared.choose(claim, self._telling),
                shared,
            )
            for claim, score, shared in chosen[:at_most]
        )

    def _is_met(self, claim: _Claim, compared: _Compared, *, is_closest: bool) -> bool:
        """Whether what the record found speaks of what the sentence says, and not only of one thing in it.

        An item of a list says little by itself: there the finding must name what the question asks about as well, and
        whom it was found in does not count ("in patients with hypertension" is no finding on hypertension).
        """
        own = claim.own - self._asked
        whole = self._sum(own)
        if not whole:
            return False
        met: Iterable[Set[str]]
        if claim.is_item:
            needed = math.ceil(0.6 * len(self._asked))
            met = (finding for finding in compared.findings_alone if len(finding & self._asked) >= needed)
            least, share = min(_TOGETHER, len(claim.telling)), _HALF
        else:
            met = (finding | compared.sets[0] for finding in compared.findings)
            least = _TOGETHER
            share = _QUARTER if is_closest and self._sum(own & compared.stems) >= _MOST * whole else _HALF
        return any(
            len(finding & claim.telling) >= least and self._sum(own & finding) >= share * whole for finding in met
        )

    def _sum(self, stems: Set[str]) -> float:
        return math.fsum(map(self._weight.__getitem__, stems))

    def rank(
        self, record: Record, compared: _Compared | None = None
    ) -> Iterable[tuple[_Claim, float, tuple[Pmid, ...]]]:
        """Every sentence with its score and the papers that it and the record both cite, in reading order."""
        compared = compared or _Compared(record)
        likeness = self._likeness(record, compared)
        # Sentences that name what the question asks about: with a word of the claim beside it they state a relation.
        needed = math.ceil(0.6 * len(self._asked))
        on_question = [stems for stems in compared.sets[:-1] if needed and len(stems & self._asked) >= needed]
        both = [pmid for pmid in record.cites if pmid in self._citing]
        for claim in self._claims:
            shared = tuple(pmid for pmid in both if pmid in claim.cited) if both else ()
            met = {stem: claim.weights[stem] * compared.weight[stem] for stem in claim.weights.keys() & compared.stems}
            # As in BM25: a long sentence needs more, a quarter of it in proportion, and each further word adds less.
            norm = 0.25 * claim.total + 0.75 * self._average
            best = max(math.fsum(map(met.__getitem__, each & met.keys())) for each in compared.sets) if met else 0.0
            whole = math.fsum(met.values())
            near = max((likeness[pmid] for pmid in claim.cited if pmid in likeness), default=0.0)
            states = bool(on_question) and any(not stems.isdisjoint(claim.telling) for stems in on_question)
            linked = min(1.0, sum(2 / (1 + self._citing[pmid]) for pmid in shared)) if shared else 0.0
            score = (
                _BY_PASSAGE * best / (best + norm + 1e-9)
                + _BY_RECORD * whole / (whole + norm + 1e-9)
                + _BY_LIKENESS * near
                + _BY_REFERENCE * linked
                + _BY_RELATION * states
            )
            yield claim, score, shared

    def _likeness(self, record: Record, compared: _Compared) -> dict[Pmid, float]:
        """How much of a cited paper's telling words the record has, from 0 to 1."""
        return {
            pmid: self._worth(stems & compared.stems) / max(1e-9, worth)
            for pmid, (stems, worth) in self._cited.items()
            if pmid != record.pmid
        }

    def _worth(self, stems: Set[str]) -> float:
        return math.fsum(map(self._rare.__getitem__, stems))


class _Shortened:
    """A record's abbreviations: wherever one stands, the words stand that it was explained by."""

    def __init__(self, record: Record) -> None:
        defined = {**COMMON, **find_abbreviations(f"{record.title} {record.abstract_text}")}
        self._stems = {short: sorted(stems_of(long)) for short, long in defined.items()}
        names = "|".join(map(re.escape, sorted(defined, key=len, reverse=True)))
        self._pattern = re.compile(rf"\b(?:{names})\b") if names else None

    def terms_of(self, text: str) -> tuple[Term, ...]:
        found = terms_of(text)
        if self._pattern is None:
            return found
        meant = [
            Term(stem, match.start(), match.end())
            for match in self._pattern.finditer(text)
            for stem in self._stems[match[0]]
        ]
        return tuple(sorted((*found, *meant), key=lambda term: term.start))


class _Compared:
    """A record's sentences with their terms."""

    def __init__(self, record: Record) -> None:
        short = _Shortened(record)
        self.places: list[tuple[int | None, int, int, tuple[Term, ...]]] = [
            (None, 0, len(record.title), short.terms_of(record.title))
        ]
        self._texts: list[str | None] = [part.text for part in record.abstract]
        self._title = record.title
        self._labels = [f"{part.label or ''} {part.nlm_category or ''}" for part in record.abstract]
        for number, part in enumerate(record.abstract):
            terms = short.terms_of(part.text)
            begins = [term.start for term in terms]
            for start, end in sentence_spans(part.text):
                own = terms[bisect_left(begins, start) : bisect_left(begins, end)]
                self.places.append((number, start, end, own))
        self.sets = [frozenset(term.stem for term in terms) for *_, terms in self.places]
        self.sets.append(stems_of(_headings(record)))
        self.stems: frozenset[str] = frozenset().union(*self.sets)
        self.weight = self._weigh()
        self._record, self._short = record, short

    @cached_property
    def _told(self) -> tuple[str, ...]:
        return tuple(each.text for each in findings_of(self._record))

    @cached_property
    def findings(self) -> tuple[Set[str], ...]:
        """The stems of each sentence that may tell a finding; without an abstract, of the headings."""
        return tuple(self._stems(text) for text in self._told) or (self.sets[-1] if not self._texts else frozenset(),)

    @cached_property
    def findings_alone(self) -> tuple[Set[str], ...]:
        """The same and the title, without the people that it was found in."""
        return tuple(self._stems(without_people(text)) for text in (self._title, *self._told))

    def _stems(self, text: str) -> frozenset[str]:
        return frozenset(term.stem for term in self._short.terms_of(text))

    def _weigh(self) -> dict[str, float]:
        """What the record is about counts fully, what it repeats half, what it mentions once a quarter.

        "Patients had no family history of diabetes" does not make a paper one about family history.
        """
        about = self.sets[0] | self.sets[-1]
        times = Counter(stem for stems in self.sets[1:-1] for stem in stems)
        return {stem: 1.0 if stem in about else 0.5 if times[stem] > 1 else 0.25 for stem in self.stems}

    def choose(self, claim: _Claim, telling: Set[str]) -> Passage | None:
        """The sentence that shares most with the claim; the one that states the result, where it shares anything."""
        best: tuple[float, int] | None = None
        for index, (part, start, end, _) in enumerate(self.places):
            shared = self.sets[index] & claim.weights.keys()
            if shared.isdisjoint(claim.telling):
                continue
            worth = math.fsum(map(claim.weights.__getitem__, shared)) * self._lean(part, start, end)
            worth *= _RESULT if self._is_result(part, start, end) else 1.0
            if best is None or worth > best[0] + 1e-9:
                best = (worth, index)
        if best is None:
            return None
        part, start, end, terms = self.places[best[1]]
        return Passage(part, start, end, _spans(terms, claim.own, telling))

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


def _count_titles(found: Iterable[Record]) -> dict[str, float]:
    """Stem → how telling it is among the titles found: 1 in one or two, near 0 in all; empty for a few titles."""
    titles = [stems_of(record.title) for record in found]
    if len(titles) < _ENOUGH_TITLES:
        return {}
    total = len(titles) + 1
    counted = Counter(stem for stems in titles for stem in stems)
    rare = math.log(1 + total / 3)
    return {stem: min(1.0, math.log(1 + total / (count + 1)) / rare) for stem, count in counted.items()}


def _spans(terms: Iterable[Term], shared: Set[str], telling: Set[str]) -> tuple[Span, ...]:
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


def _whole(record: Record) -> str:
    return f"{record.title}\n{record.abstract_text}\n{_headings(record)}"


def _headings(record: Record) -> str:
    return "\n".join([*(heading.label for heading in record.mesh), *record.substances, *record.keywords])


def _leads(article: Article) -> tuple[dict[int, str], frozenset[int]]:
    """For each sentence its section's heading, and for an item of a list the sentence that opens it; and which are
    items that such a sentence opens and that say nothing without it."""
    leads, items = {}, set()
    for section in article.sections:
        opener = ""
        for sentence in section.sentences:
            if sentence.kind.value in {"bullet", "numbered"}:
                leads[sentence.number] = f"{section.heading} {opener}"
                items |= {sentence.number} if opener and not tells_a_direction(sentence.text) else set()
            else:
                leads[sentence.number] = section.heading
                opener = sentence.text if sentence.text.endswith(":") else ""
    return leads, frozenset(items)
