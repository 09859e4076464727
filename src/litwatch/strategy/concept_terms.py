"""By which headings and words PubMed is asked for a concept, with the cited papers as evidence of what belongs to it.

The question's own words come first. The cited papers add their MeSH headings, abbreviations and further wordings of the
same, and, where one of them speaks of the concept in other words altogether, those that it shares with other cited
papers and with little else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.severity import Severity
from litwatch.model.text.abbreviations import find_abbreviations
from litwatch.strategy.characters import STOP_WORDS, normalise
from litwatch.strategy.common_words import ASKING, GENERIC, JOINING, METHODS
from litwatch.strategy.known_items import subject_headings, title_phrases, title_words
from litwatch.strategy.linting import lint_strategy
from litwatch.strategy.mesh_tree import MESH_IN_USE
from litwatch.strategy.parser import parse
from litwatch.strategy.question_concepts import Concept
from litwatch.strategy.record_index import RecordIndex
from litwatch.strategy.term_frequency import RECORDS_A_MONTH, TermFrequency, is_listed
from litwatch.strategy.word_forms import key_of, phrase_terms, plain_terms, spellings_of, word_terms

MOST_FURTHER = 6
"""Wordings that the cited papers add to one concept; more would fit them and nothing that is to come."""

MANY_PAPERS = 4
"""Cited papers from which a wording must let in two of them to be believed."""

NAMED_BY, MOST_OF = 1 / 3, 0.75
"""Where fewer than a third of the cited papers name a concept, three quarters of those on the question's other concepts
must have a wording before it stands for this one: "hepatocellular carcinoma" where the question has "liver cancer"."""

_MOST_HEADINGS = 5
_LONGEST_TEXT = 20_000
_QUALITY = re.compile(r"(?:ed|ing|al|ive|ous|ary|ly|ic|able)$")
"""Endings of words that qualify another, and alone tell nothing: the "forced" of a forced swim test."""

_PLAIN_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,'.+-]{1,98}[A-Za-z0-9.+]")
_NEAR = 3
"""Words that may stand between those of a noun phrase: "cancer of the liver"."""

_SAME = {
    key_of(word): key_of(other)
    for word, other in (pair.split("=") for pair in """neoplasm=cancer tumor=cancer hepatic=liver renal=kidney
    cardiac=heart pulmonary=lung antagonist=blocker agent=drug medication=drug gastric=stomach""".split())
}  # fmt: skip
"""Where MeSH or medical English has another word for a common one; only for seeing that two phrases say the same."""


@dataclass(frozen=True, slots=True)
class ConceptTerms:
    """The alternatives by which one concept is searched."""

    name: str
    """The concept as the question has it."""
    core: tuple[str, ...]
    """Headings, then the question's own phrases; each term a clause of PubMed's syntax."""
    broad: tuple[str, ...] = ()
    """Parts of these phrases, without which cited papers would be missed."""
    further: tuple[str, ...] = ()
    """Wordings that only the cited papers have."""

    @property
    def own(self) -> tuple[str, ...]:
        """What the question itself gives."""
        return self.core + self.broad

    @property
    def whole(self) -> tuple[str, ...]:
        """All alternatives."""
        return self.own + self.further

    @property
    def written(self) -> str:
        """The concept as a strategy of its own, as its count is asked for."""
        return " OR ".join(without_covered(self.whole))


class CitedPapers:
    """What a few records say, term by term."""

    def __init__(self, records: Iterable[Record], today: date) -> None:
        self.records = tuple(records)
        self._today = today
        self._index = RecordIndex(self.records)
        self._found: dict[str, frozenset[Pmid]] = {}

    def find(self, *terms: str) -> frozenset[Pmid]:
        """The papers that any of the terms finds; a clause or whole strategy counts as a term."""
        for term in terms:
            if term not in self._found:
                self._found[term] = frozenset(self._index.search(parse(term), today=self._today).pmids)
        return frozenset().union(*(self._found[term] for term in terms))

    @cached_property
    def every(self) -> frozenset[Pmid]:
        """All of them."""
        return frozenset(record.pmid for record in self.records)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Their MeSH headings on what they are about as NLM writes them now, those of most papers first."""
        counted: dict[str, int] = {}
        for record in self.records:
            for heading in subject_headings(record):
                known = MESH_IN_USE.find(MESH_IN_USE.current_label(heading.ui, heading.label))
                label = known.label if known else heading.label
                if _PLAIN_LABEL.fullmatch(label):
                    counted[label] = counted.get(label, 0) + 1
        return tuple(sorted(counted, key=lambda label: -counted[label]))

    @cached_property
    def abbreviations(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Short form and words of the long form, as the abstracts define them."""
        found: dict[str, tuple[str, ...]] = {}
        for record in self.records:
            for short, long in find_abbreviations(f"{record.title}. {record.abstract_text[:_LONGEST_TEXT]}").items():
                words = tuple(normalise(long).split())
                if short.isalnum() and len(short) > 2 and 1 < len(words) < 7:
                    found.setdefault(short, words)
        return tuple(found.items())

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of their titles and abstracts."""
        texts = (f"{record.title} {record.abstract_text[:_LONGEST_TEXT]}" for record in self.records)
        return frozenset(word for text in texts for word in normalise(text).split())

    def forms_of(self, word: str) -> list[str]:
        """The papers' words of the same stem."""
        own = key_of(word)
        return [other for other in self.words if other[:3] == word[:3] and key_of(other) == own]

    @cached_property
    def wordings(self) -> tuple[tuple[str, ...], ...]:
        """What the papers themselves call their subject, each as the terms that ask for it; no common words."""
        return self._word_it(_tells)

    @cached_property
    def subjects(self) -> tuple[tuple[str, ...], ...]:
        """The same with phrases and headings of common words: "insulin resistance"."""
        return self._word_it(_may_tell)

    def _word_it(self, tells: Callable[[Sequence[str]], bool]) -> tuple[tuple[str, ...], ...]:
        found: dict[tuple[str, ...], None] = {}
        for label in self.headings:
            if tells(normalise(label).split()):
                spoken = [term for term in _spoken(label, self) if self.find(term)]
                found[(f'"{label}"[mh]', *spoken)] = None
        for record in self.records:
            phrases = [*title_phrases(record), *(normalise(keyword) for keyword in record.keywords)]
            for words in (phrase.split() for phrase in phrases):
                if 1 < len(words) < 5 and tells(words):
                    found[tuple(phrase_terms(words, self.words))] = None
            for word in (*title_words(record), *(each for each in phrases if " " not in each)):
                if len(word) > 3 and _tells([word]) and not _QUALITY.search(word):
                    found[tuple(plain_terms(word, self.words))] = None
        return tuple(terms for terms in found if all(map(is_sound, terms)))


def write_own(concept: Concept, papers: CitedPapers, frequency: TermFrequency) -> ConceptTerms:
    """The concept by its own words, and by what the cited papers have that says the same."""
    headings: list[str] = []
    texts: list[str] = []
    broad: list[str] = []
    for phrase in concept.phrases:
        labels = _headings_of(phrase, papers)
        spoken = [term for label in labels for term in (*_spoken(label, papers), *_entries(label)) if papers.find(term)]
        near = [*_near(phrase, papers), *spoken]
        headings += [f'"{label}"[mh]' for label in labels]
        texts += near
        broad += _parts_of(phrase, [*headings, *near], papers, frequency)
    core = _sound([*headings, *texts])
    return ConceptTerms(concept.name, core, tuple(term for term in _sound(broad) if term not in core))


def add_further(
    own: ConceptTerms,
    others: Sequence[ConceptTerms],
    papers: CitedPapers,
    frequency: TermFrequency,
) -> ConceptTerms:
    """The concept with wordings for cited papers that it does not find though they are on the question.

    These are the papers that meet all ``others``. Each wording must let in two of them (one, where fewer than four
    papers are cited) and be rare in PubMed; that which lets in most and finds least besides is taken first. For a
    concept of which no cited paper speaks, the first wording must let in most of them: it is then what they call it.
    """
    # A new paper has no headings, so the words alone must find what the headings find today.
    left = papers.every - papers.find(*_in_words(own.own))
    for other in others:
        left &= papers.find(*other.own)
    fewest = 2 if len(papers.every) >= MANY_PAPERS else 1
    if others and len(papers.find(*own.own)) < NAMED_BY * len(papers.every):
        fewest = max(fewest, math.ceil(MOST_OF * len(left)), math.ceil(NAMED_BY * len(papers.every)))
    taken = {key for other in others for key in _meaning(normalise(other.name).split())}
    offered = [
        (terms, papers.find(*_in_words(terms)), sum(frequency.per_month(term) for term in terms))
        for terms in (papers.wordings if own.own else papers.subjects)
        if not any(frequency.is_too_common(term) for term in terms)
        and not taken & _meaning(_words_of(terms[0]))
        and not _is_of_another_kind(own.name, terms)
    ]
    further: list[str] = []
    for _ in range(MOST_FURTHER):
        offered = [one for one in offered if len(one[1] & left) >= fewest]
        if not offered:
            break
        terms, found, _ = max(
            offered, key=lambda one: len(one[1] & left) * math.log10(RECORDS_A_MONTH / max(one[2], 0.1))
        )
        further += terms
        left -= found
        fewest = min(fewest, 2)
    return replace(own, further=tuple(term for term in dict.fromkeys(further) if term not in own.own))


_REMEDY = re.compile(
    r"(?:inhibitor|blocker|agonist|antagonist|drug|agent|medication|medicine|statin|antibiotic|vaccine|steroid"
    r"|therap(?:y|ie)|pril|sartan|olol|dipine|formin|gliptin|gliflozin|azole|cillin|mycin|mab|tinib|parin|prazole|setron)s?$"
)
_ILLNESS = re.compile(
    r"(?:itis|osis|[ae]?emia|pathy|oma|algia|rrh(?:o)?ea|fibrillation|infarction|disease|disorder|syndrome|failure|cancer"
    r"|insufficiency|deficiency|incontinence|hypertension|angina|arrhythmia|depression|anxiety|infection|fracture|pain)s?$"
)
"""Endings of English words for remedies and for illnesses."""


def _is_of_another_kind(name: str, terms: Sequence[str]) -> bool:
    """Whether a wording is plainly an illness and the concept a remedy, or the other way round."""
    said = [" ".join(_words_of(term)) for term in terms]
    remedy, illness = (any(kind.search(part) for part in name.split(" or ")) for kind in (_REMEDY, _ILLNESS))
    if remedy == illness:
        return False
    return any((_ILLNESS if remedy else _REMEDY).search(each) for each in said)


def _in_words(terms: Iterable[str]) -> list[str]:
    return [term for term in terms if "[mh]" not in term]


def is_sound(term: str) -> bool:
    """Whether the linter has nothing against the term.

    A heading needs words beside it (S11), which it gets. That one of NLM's own record only resembles one of litwatch's
    small tree (a note of S16) is nothing against it; that the headings loaded from NLM lack it is.
    """
    return all(
        problem.code.startswith("S11") or (problem.code.startswith("S16") and problem.severity is Severity.NOTE)
        for problem in lint_strategy(term)
    )


def without_covered(terms: Sequence[str]) -> tuple[str, ...]:
    """The alternatives without those that another one finds anyway.

    ``hypertension`` and ``"arterial hypertension"`` beside ``hypertens*``; a phrase beside its words near each other.
    """
    terms = tuple({term.lower(): term for term in reversed(terms)}.values())[::-1]
    stems = tuple(term.partition("*")[0] for term in terms if _TRUNCATED.fullmatch(term))
    runs = {term: _words_of(term) for term in terms if _RUN.fullmatch(term)}
    kept = []
    for term in terms:
        words = runs.get(term, [])
        by_word = stems and any(word.startswith(stems) for word in words)
        by_run = any(
            _holds(words, run) or (set(words) == set(run) and _distance(term) < _distance(other))
            for other, run in runs.items()
            if other != term
        )
        if not (by_word or by_run):
            kept.append(term)
    return tuple(kept)


def _distance(term: str) -> int:
    """Words that may stand between those of a run."""
    return int(term.rpartition("~")[2].rstrip("]")) if "~" in term else -1


def _holds(words: list[str], run: list[str]) -> bool:
    """Whether a shorter run stands in the words."""
    size = len(run)
    return size < len(words) and any(words[n : n + size] == run for n in range(len(words) - size + 1))


_RUN = re.compile(r'(?:"[\w ]+"|\w+)\[tiab(?::~\d+)?\]')
_TRUNCATED = re.compile(r"\w+\*\[tiab\]")


def _words_of(term: str) -> list[str]:
    return normalise(term.partition("[")[0]).split()


def _sound(terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(term for term in dict.fromkeys(terms) if is_sound(term))


def _near(phrase: tuple[str, ...], papers: CitedPapers) -> Iterator[str]:
    """The phrase as it stands, its parts that are as telling, and what else says the same."""
    content = _content(phrase)
    if len(phrase) == 1:
        yield from _word(phrase[0], papers)
    else:
        yield from phrase_terms(phrase, papers.words)
        yield from _possessive(phrase, papers)
        made = phrase_terms(phrase, papers.words)
        for part in _shorter(phrase):
            terms = phrase_terms(part, papers.words)
            if len(papers.find(*terms)) > 1 and papers.find(*terms) - papers.find(*made):
                yield from terms
                made += terms
        if 1 < len(content) <= _FEW:
            yield from (f'"{spelt}"[tiab:~{_NEAR}]' for spelt in spellings_of(" ".join(content)))
        yield from _rewordings(content, papers)
    yield from _abbreviated(phrase, content, papers)


def _parts_of(phrase: tuple[str, ...], made: list[str], papers: CitedPapers, frequency: TermFrequency) -> Iterator[str]:
    """Where a cited paper needs it: a word that is rare enough alone, else all words anywhere."""
    content = _content(phrase)
    if len(phrase) == 1:
        return
    for word in content:
        terms = _word(word, papers)
        rare = len(word) >= _LONG and not is_listed(word) and not any(map(frequency.is_too_common, terms))
        if rare and papers.find(*terms) - papers.find(*made):
            yield from terms
            made = [*made, *terms]
    if 1 < len(content) <= _FEW:
        everywhere = " AND ".join(_either(_word(word, papers)) for word in content)
        if papers.find(everywhere) - papers.find(*made):
            yield f"({everywhere})"


_TAILS = frozenset({"like", "related", "based", "induced", "associated"})
"""Second halves of compounds: "depressive-like"."""

_FEW, _LONG = 3, 5
"""Words of a phrase that may be looked for apart; letters of a word that may stand alone."""


def _either(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def _word(word: str, papers: CitedPapers) -> list[str]:
    return word_terms(word, papers.forms_of(word))


def _content(phrase: Sequence[str]) -> list[str]:
    """Its words that name the subject: without general ones, unless only a common word would be left."""
    words = [word for word in phrase if word not in STOP_WORDS | _TAILS and word != "s"]
    kept = [word for word in words if word not in GENERIC]
    if not kept or (len(kept) == 1 and is_listed(kept[0])):
        return words or list(phrase)
    return kept


def _possessive(phrase: tuple[str, ...], papers: CitedPapers) -> Iterator[str]:
    """``Wilson's disease`` beside ``Wilson disease``, where a paper has it so: PubMed reads the s as a word."""
    *first, name, last = phrase
    spoken = f'"{" ".join([*first, name, last])}"[tiab:~1]'
    if papers.find(spoken) - papers.find(*phrase_terms(phrase)):
        yield spoken


def _shorter(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Shorter runs of its words, the longest first, that are still about as much."""
    for length in range(len(phrase) - 1, 1, -1):
        for start in range(len(phrase) - length + 1):
            part = phrase[start : start + length]
            telling = [word for word in _content(part) if not word.isdigit() and word not in GENERIC]
            common = length < _FEW and all(map(is_listed, telling))
            if len(telling) > 1 and not common and part[0] not in STOP_WORDS and part[-1] not in STOP_WORDS:
                yield part


def _meaning(words: Iterable[str]) -> frozenset[str]:
    keys = (key_of(word) for word in words)
    return frozenset(_SAME.get(key, key) for key in keys)


def _rewordings(content: list[str], papers: CitedPapers) -> Iterator[str]:
    """What titles say with other words for the same: ``hepatic cancer``."""
    wanted = _meaning(content)
    for record in papers.records:
        for phrase in title_phrases(record):
            if _meaning(phrase.split()) == wanted:
                yield from phrase_terms(phrase.split(), papers.words)


def _abbreviated(phrase: tuple[str, ...], content: list[str], papers: CitedPapers) -> Iterator[str]:
    """The abbreviation of the phrase, or the phrase with its abbreviation written out, where abstracts define it."""
    wanted = _meaning(content)
    for short, long in papers.abbreviations:
        lower = short.lower()
        if lower in phrase:
            place = phrase.index(lower)
            yield from phrase_terms((*phrase[:place], *long, *phrase[place + 1 :]), papers.words)
        elif len(wanted) > 1 and wanted <= _meaning(_content(long)) and len(long) <= len(phrase) + 2:
            yield from phrase_terms(long, papers.words)
            yield f"{short}[tiab]"


def _headings_of(phrase: tuple[str, ...], papers: CitedPapers) -> list[str]:
    known = [MESH_IN_USE.find(" ".join(form)) for form in (phrase, tuple(_content(phrase)))]
    found = [heading.label for heading in known if heading is not None]
    content = _content(phrase)
    found += [label for label in papers.headings if _says_the_same(label, content)]
    return list(dict.fromkeys(found))[:_MOST_HEADINGS]


def _says_the_same(label: str, content: list[str]) -> bool:
    """Whether a heading is the concept or a part of it that is still a subject: two words of it, or its only one."""
    wanted = _meaning(content)
    words = normalise(label).split()
    joined = normalise(label.replace("-", "")).split()
    has = _meaning(_content(words)) | _meaning(_content(joined))
    common = wanted & has
    if len(wanted) == 1:
        return common == wanted and len(_content(words)) <= 2
    return len(common) > 1 and (common == wanted or len(_content(words)) <= len(common) + 1)


def _spoken(label: str, papers: CitedPapers) -> list[str]:
    """``Diabetes Mellitus, Type 2`` as authors write it: ``type 2 diabetes mellitus``."""
    words = normalise(" ".join(reversed(label.split(", ")))).split()
    return phrase_terms(words, papers.words) if len(words) > 1 else [f"{words[0]}[tiab]"] if words else []


def _entries(label: str) -> list[str]:
    """What else the shipped part of MeSH has for a heading: "insulin sensitivity"."""
    known = MESH_IN_USE.find(label)
    entries = [normalise(entry).split() for entry in known.entry_terms] if known else []
    return [term for words in entries for term in (phrase_terms(words) if len(words) > 1 else word_terms(words[0]))]


def _tells(words: Sequence[str]) -> bool:
    """Whether a wording can be a subject of its own: no word on methods, and not only common ones."""
    return _may_tell(words) and not all(map(is_listed, words))


def _may_tell(words: Sequence[str]) -> bool:
    return not any(word in _EMPTY or word.isdigit() for word in words)


_EMPTY = METHODS | ASKING | JOINING | STOP_WORDS
