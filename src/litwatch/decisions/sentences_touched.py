"""Which of an article's sentences a record bears on, and which passage of the record says so.

A sentence and a record meet in words (the title, the abstract, MeSH headings and keywords), in papers that both cite,
and in likeness to the papers that the sentence cites. A word in common is not enough: title and one finding of the
record must be like the sentence as a whole, and hold what it speaks about. Whether the record contradicts, reinforces
or clarifies the sentence is for a person to decide (rule R-10).

Weights are added up by ``math.fsum``, which is exact: sets have another order in every process, and so would sentences
that score alike.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from litwatch.articles.model import Article, Sentence
from litwatch.decisions.compared_record import ComparedRecord, Passage, Reader, Span, headings_of, spans_of
from litwatch.decisions.result_passage import tells_a_direction
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.text.same_things import classes_of, name_things
from litwatch.model.text.stems import Term, stems_of, terms_of
from litwatch.strategy.common_words import ASKING, GENERIC, METHODS


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
"""A sentence that scores less is not named unless both cite the same paper.
Of 1,500 PubMed abstracts drawn at random 9 in 10 stay below it on the example article, of 272 on its topic 1 in 5."""
ALIKE = 0.2
"""How like a sentence the title and one finding of a record must be, from 0 to 1: the cosine of their words, each
weighted by how rare it is. No sentence is better than a wrong one: chosen for a precision of 0.8 on 178
labelled records; ``make bench-findings`` prints it, and what it is on others."""
_SUBJECT = 0.5
"""The share of what the sentence speaks about, the words before its verb, that must be among them."""
_BESIDE = 0.85
"""A sentence is named if it is at least so like the record as the one that is most like it."""
_IN_ITEM, _TOGETHER = 0.5, 2
"""The share of an item, by the weight of its words, that one finding must hold, and so many of the words that tell it
from other sentences."""
_READ_AT_ONCE = 60
"""New records whose words are counted to tell the rare ones; they are held in memory until they are compared."""

_BY_PASSAGE, _BY_RECORD, _BY_LIKENESS, _BY_REFERENCE, _BY_RELATION = 0.5, 0.3, 0.2, 0.5, 0.04
_OF_QUESTION, _GENERAL = 0.15, 0.3
"""How much a word of the question counts, and a word that papers of every subject use, both of a word's own weight."""

_GENERAL_STEMS = stems_of(
    "syndrome disease disorder condition treatment therapy therapeutic drug reduced reduction decrease improved"
    " improvement impaired impairment response function control presence change loss action activity mechanism process"
    " metabolic cardiovascular sensitivity adult age aged cell tissue body target serum plasma blood molecular"
    " environmental influence complication disturbance dysfunction regular predisposition history family production"
    " women men group together alone combination"
)
_LISTED_STEMS = _GENERAL_STEMS.union(*map(stems_of, ASKING | GENERIC | METHODS))
_LISTED = 0.6
"""How much a word that asks or names no subject counts beside how rare it is among the article's sentences and the
records. A word that most of them hold, such as those of the question, counts little already."""
_LEAD_WEIGHT = 0.35
"""Words of a list's lead-in or heading count so much of the item's own."""

_ENOUGH_TITLES = 20
_VERB = re.compile(
    r"\b(?:(?:lower|reduce|improve|raise|increase|decrease|prevent|cause|slow|reverse|relieve|lengthen|protect|impair|help"
    r"|lead|lessen|predict|disrupt|take|show|contribute|worsen|resolve|stay|respond|control|end|reach|perform|play|affect"
    r"|need|require|delay|promote|produce|discriminate|cost)s?|is|are|was|were|do|does|did|has|have|had|may|might|can|could"
    r"|must|should|will)\b",
    re.IGNORECASE,
)
"""What stands before the first of these is what a sentence speaks about."""
_OBJECT_ENDS = re.compile(
    r"[,;:]|\b(?:in|after|before|with|without|for|than|as|about|over|when|because|but|while|during|among|at|by|on|to|less"
    r"|more)\b",
    re.IGNORECASE,
)
"""What stands between the verb and the first of these is what it says of it."""
_PROTOCOL = re.compile(r"\bprotocol\b|\brationale and design\b", re.IGNORECASE)
"""In the title of what has no result yet."""


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
    subject: frozenset[str]
    """The stems of what it speaks about."""
    object: frozenset[str]
    """The telling stems of what it says of it; may be empty."""
    drugs: frozenset[str]
    """Those of the subject that are single drugs."""
    classes: frozenset[str]
    """Their classes."""
    is_item: bool
    """Whether it is an item that completes the sentence before its list ("The causes include:")."""


class Bearings:
    """An article's sentences, ready to be compared with many records.

    ``sentences_of`` says which sentences cite a paper, ``cited`` holds those of the papers that are known; a record is
    never compared with itself. ``found`` are the topic's new records, the most urgent first: a word that many of them
    hold tells little about any one of them.
    """

    def __init__(
        self,
        article: Article,
        sentences_of: Mapping[Pmid, tuple[int, ...]],
        cited: Mapping[Pmid, Record],
        found: Iterable[Record] = (),
    ) -> None:
        found = tuple(found)
        sentences = [s for s in article.sentences if s.text not in article.leftovers]
        reader = Reader(" ".join(each.text for each in sentences), with_classes=False)
        asked = reader.stems_of(article.question or "")
        own = {sentence.number: reader.terms_of(sentence.text) for sentence in sentences}
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
            self._claim(
                each,
                own[each.number],
                reader.stems_of(leads.get(each.number, "")),
                frozenset(cites.get(each.number, ())),
                is_item=each.number in items,
            )
            for each in sentences
        )
        self._average = sum(claim.total for claim in self._claims) / max(1, len(self._claims))
        self._citing = {pmid: len(numbers) for pmid, numbers in sentences_of.items()}
        texts = {pmid: _stems_of(record) - asked for pmid, record in cited.items()}
        known = Counter(stem for stems in texts.values() for stem in stems)
        self._rare = {stem: math.log(1 + (1 + len(texts)) / count) for stem, count in known.items()}
        self._cited = {pmid: (stems, self._worth(stems)) for pmid, stems in texts.items()}
        self._read = {record.pmid: (record, ComparedRecord(record)) for record in found[:_READ_AT_ONCE]}
        self._held = Counter(spread)
        for _, compared in self._read.values():
            self._held.update(compared.stems)
        self._texts = len(own) + len(self._read)
        self._squares: dict[str, float] = {}
        self._wholes: dict[int, float] = {}

    def _claim(
        self, sentence: Sentence, terms: tuple[Term, ...], lead: Set[str], cited: frozenset[Pmid], *, is_item: bool
    ) -> _Claim:
        weights = {term.stem: self._weight[term.stem] for term in terms}
        for stem in lead - weights.keys():
            weights[stem] = _LEAD_WEIGHT * self._weight.get(stem, 0.5)
        own = frozenset(term.stem for term in terms)
        subject_ends, (start, end) = _parts_of(sentence.text)
        subject = frozenset(term.stem for term in terms if term.start < subject_ends) or own
        drugs = frozenset(filter(classes_of, subject))
        return _Claim(
            sentence.number,
            terms,
            own,
            telling=own & self._telling,
            weights=weights,
            total=math.fsum(weights.values()),
            cited=cited,
            subject=subject,
            object=frozenset(each.stem for each in terms if start <= each.start < end) & self._telling - _LISTED_STEMS,
            drugs=drugs,
            classes=frozenset().union(*map(classes_of, drugs)),
            is_item=is_item,
        )

    def find(self, record: Record, *, at_most: int = AT_MOST, alike: float = ALIKE) -> tuple[Bearing, ...]:
        """The sentences that the record bears on, most concerned first; none rather than a poor one."""
        compared = self._compare(record)
        ranked = list(self.rank(record, compared))
        # What was found is read only where it can matter: it takes longer than all the rest.
        near = () if _PROTOCOL.search(record.title) else [claim for claim, score, _ in ranked if score >= _ENOUGH]
        likeness = self._liken(near, compared) if near else {}
        least = max(alike, _BESIDE * max(likeness.values(), default=0.0))
        met = [
            (claim, score, shared)
            for claim, score, shared in ranked
            if shared or (likeness.get(claim.number, 0.0) >= least and self._is_about(claim, compared))
        ]
        met.sort(key=lambda each: (not each[2], -likeness.get(each[0].number, 0.0), each[0].number))
        return tuple(
            Bearing(
                claim.number,
                round(score, 3),
                spans_of(claim.terms, compared.stems, self._telling),
                compared.choose(claim.weights, claim.own, self._telling),
                shared,
            )
            for claim, score, shared in met[:at_most]
        )

    def _compare(self, record: Record) -> ComparedRecord:
        """The record with its terms, which are forgotten then: a record is placed once."""
        known, compared = self._read.pop(record.pmid, (None, None))
        return compared if compared is not None and known is record else ComparedRecord(record)

    def liken(self, record: Record) -> dict[int, float]:
        """How like each sentence the record's title and the finding that is most like it are, from 0 to 1."""
        return self._liken(self._claims, self._compare(record))

    def _liken(self, claims: Iterable[_Claim], compared: ComparedRecord) -> dict[int, float]:
        told = [finding | compared.sets[0] for finding in compared.findings]
        sums = [(each, self._square(each)) for each in told]
        return {claim.number: max(self._cosine(claim, each, whole) for each, whole in sums) for claim in claims}

    def _cosine(self, claim: _Claim, told: Set[str], whole: float) -> float:
        shared = claim.weights.keys() & told
        if not shared:
            return 0.0
        if claim.number not in self._wholes:
            self._wholes[claim.number] = self._square(claim.weights.keys())
        return self._square(shared) / math.sqrt(self._wholes[claim.number] * whole)

    def _square(self, stems: Set[str]) -> float:
        """The sum of the squared weights."""
        known = self._squares
        for stem in stems - known.keys():
            of_all = _LISTED if stem in _LISTED_STEMS else 1.0
            known[stem] = (of_all * math.log(1 + self._texts / (1 + self._held[stem]))) ** 2
        return math.fsum(map(known.__getitem__, stems))

    def _is_about(self, claim: _Claim, compared: ComparedRecord) -> bool:
        """Whether title and one finding hold what the sentence speaks about, and any of what it says of it.

        An item of a list says little by itself: there the finding must name what the question asks about as well, and
        whom it was found in does not count ("in patients with hypertension" is no finding on hypertension).
        """
        if not claim.is_item:
            told = [each | compared.sets[0] for each in compared.findings]
            says = not claim.object or any(not claim.object.isdisjoint(each) for each in told)
            return says and any(self._holds_subject(claim, each) for each in told)
        asked = math.ceil(0.6 * len(self._asked))
        least, telling = _IN_ITEM * self._sum(claim.own - self._asked), min(_TOGETHER, len(claim.telling))
        return any(
            len(each & self._asked) >= asked
            and len(each & claim.telling) >= telling
            and self._sum((claim.own - self._asked) & each) >= least
            for each in compared.findings_alone
        )

    def _holds_subject(self, claim: _Claim, told: Set[str]) -> bool:
        """Whether a finding holds a drug that the sentence speaks about, or enough of its subject and no other drug of
        the same class."""
        if len(claim.telling & told) < _TOGETHER:
            return False
        if not claim.drugs.isdisjoint(told):
            return True
        least = _SUBJECT * self._sum(claim.subject)
        return self._sum(claim.subject & told) >= least and not any(claim.classes & classes_of(stem) for stem in told)

    def _sum(self, stems: Set[str]) -> float:
        return math.fsum(map(self._weight.__getitem__, stems))

    def rank(
        self, record: Record, compared: ComparedRecord | None = None
    ) -> Iterable[tuple[_Claim, float, tuple[Pmid, ...]]]:
        """Every sentence with its score and the papers that it and the record both cite, in reading order."""
        compared = compared or self._compare(record)
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

    def _likeness(self, record: Record, compared: ComparedRecord) -> dict[Pmid, float]:
        """How much of a cited paper's telling words the record has, from 0 to 1."""
        return {
            pmid: self._worth(stems & compared.stems) / max(1e-9, worth)
            for pmid, (stems, worth) in self._cited.items()
            if pmid != record.pmid
        }

    def _worth(self, stems: Set[str]) -> float:
        return math.fsum(map(self._rare.__getitem__, stems))


def _count_titles(found: Iterable[Record]) -> dict[str, float]:
    """Stem → how telling it is among the titles found: 1 in one or two, near 0 in all; empty for a few titles."""
    titles = [stems_of(record.title) for record in found]
    if len(titles) < _ENOUGH_TITLES:
        return {}
    total = len(titles) + 1
    counted = Counter(stem for stems in titles for stem in stems)
    rare = math.log(1 + total / 3)
    return {stem: min(1.0, math.log(1 + total / (count + 1)) / rare) for stem, count in counted.items()}


def _stems_of(record: Record) -> frozenset[str]:
    text = f"{record.title}\n{record.abstract_text}\n{headings_of(record)}"
    return frozenset(term.stem for term in name_things(terms_of(text), with_classes=True))


def _parts_of(text: str) -> tuple[int, Span]:
    """Where the words end that a sentence speaks about, and where those stand that it says of them; where no verb is
    recognised, it speaks of all its words."""
    verb = _VERB.search(text, 1)
    if verb is None:
        return len(text), (len(text), len(text))
    ends = _OBJECT_ENDS.search(text, verb.end() + 1)
    return verb.start(), (verb.end(), ends.start() if ends else len(text))


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
