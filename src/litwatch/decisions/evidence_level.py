"""Which evidence level a record has, from NLM's publication types and MeSH, and for a new record from its own words.

A level says what design the record reports, never how good it is (rule R-15: no GRADE level is claimed). The order of
designs depends on the question's kind: see ``ORDER``. Levels order and mark records; they never exclude one (rule
R-25).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from litwatch.articles.sentences import sentence_spans
from litwatch.model.record import Record
from litwatch.model.topic import QuestionKind


class Design(StrEnum):
    """What a paper is, as far as it can be told."""

    GUIDELINE = "guideline"
    SYSTEMATIC_REVIEW = "systematic_review"
    """Or a meta-analysis."""
    RANDOMISED = "randomised_trial"
    TRIAL = "clinical_trial"
    COHORT = "cohort_study"
    CASE_CONTROL = "case_control_study"
    CROSS_SECTIONAL = "cross_sectional_study"
    ACCURACY = "diagnostic_accuracy_study"
    OBSERVATIONAL = "observational_study"
    COMPARATIVE = "comparative_study"
    REVIEW = "review"
    CASE_REPORT = "case_report"
    COMMENT = "comment"
    """Or a letter or an editorial."""
    NOT_STATED = "not_stated"


class Mark(StrEnum):
    """What a member must know of a record before reading on."""

    RETRACTED = "retracted"
    NOTICE = "notice_about_another_paper"
    PREPRINT = "preprint"
    NO_RESULTS = "protocol_without_results"
    LETTER = "published_as_a_letter_or_comment"
    ANIMALS = "animals_only"


class Basis(StrEnum):
    """What a level was read from."""

    TYPE = "publication_type"
    MESH = "mesh"
    TITLE = "title"
    ABSTRACT = "abstract"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Level:
    """An evidence level, 1 (guideline) to 7 (comment), with the design that has it."""

    rank: int
    design: Design
    provisional: bool
    """True where NLM names no design and words of the record's title or abstract decided."""
    basis: Basis = Basis.TYPE
    lowered: bool = False
    """True for a preprint whose design would have a better rank."""


_PLAIN: Mapping[Design, int] = {
    Design.GUIDELINE: 1,
    Design.SYSTEMATIC_REVIEW: 2,
    Design.RANDOMISED: 3,
    Design.TRIAL: 4,
    Design.COHORT: 5,
    Design.CASE_CONTROL: 5,
    Design.CROSS_SECTIONAL: 5,
    Design.ACCURACY: 5,
    Design.OBSERVATIONAL: 5,
    Design.COMPARATIVE: 5,
    Design.REVIEW: 6,
    Design.CASE_REPORT: 6,
    Design.NOT_STATED: 6,
    Design.COMMENT: 7,
}
_OF_CAUSES = {Design.COHORT: 3, Design.CASE_CONTROL: 4, Design.OBSERVATIONAL: 4}

ORDER: Mapping[QuestionKind, Mapping[Design, int]] = MappingProxyType(
    {
        QuestionKind.THERAPY: _PLAIN,
        QuestionKind.OTHER: _PLAIN,
        QuestionKind.ETIOLOGY: {**_PLAIN, **_OF_CAUSES},
        QuestionKind.PROGNOSIS: {**_PLAIN, **_OF_CAUSES, Design.CASE_CONTROL: 5},
        QuestionKind.DIAGNOSIS: {**_PLAIN, Design.ACCURACY: 3, Design.CROSS_SECTIONAL: 4},
    }
)
"""The level of each design by the kind of question: UpToDate's stated hierarchy, and where a trial can seldom answer
(causes, prognosis, tests) the design that does beside it, after the Oxford Centre's levels (OCEBM 2011)."""

_BY_TYPE: tuple[tuple[Design, frozenset[str]], ...] = (
    (Design.GUIDELINE, frozenset({"D017065", "D016431", "D016446", "D016447"})),
    (Design.SYSTEMATIC_REVIEW, frozenset({"D000078182", "D017418"})),
    (Design.RANDOMISED, frozenset({"D016449", "D065007", "D065008"})),
    (Design.TRIAL, frozenset({"D018848", "D016430", "D017426", "D017427", "D017428", "D017429"})),
    (Design.OBSERVATIONAL, frozenset({"D064888", "D018486"})),
    (Design.COMMENT, frozenset({"D016420", "D016421", "D016422", "D016433"})),
    (Design.REVIEW, frozenset({"D016454"})),
    (Design.CASE_REPORT, frozenset({"D002363"})),
    (Design.COMPARATIVE, frozenset({"D003160", "D016448"})),
)
"""NLM unique IDs of publication types, the first that a record has decides. "Comparative" and "Multicenter Study"
come last: NLM gives them to papers of every design."""

_BY_MESH: tuple[tuple[Design, frozenset[str]], ...] = (
    (Design.COHORT, frozenset({"D015331", "D011446", "D012189", "D008137", "D005500"})),
    (Design.CASE_CONTROL, frozenset({"D016022"})),
    (Design.CROSS_SECTIONAL, frozenset({"D003430"})),
    (Design.ACCURACY, frozenset({"D012680", "D012372"})),
    (Design.OBSERVATIONAL, frozenset({"D057182"})),
)
"""Cohort, prospective, retrospective, longitudinal, follow-up; case-control; cross-sectional; sensitivity and
specificity, ROC curve; Mendelian randomisation, which is an observational design (STROBE-MR, JAMA 2021;326:1614)."""

_MAY_BE_NARROWED = frozenset({Design.OBSERVATIONAL, Design.COMPARATIVE})
"""Types that name no design as such: a MeSH study design says more."""

_PREPRINT, _PROTOCOL = "D000076942", "D000078325"
_ANIMALS, _HUMANS = "D000818", "D006801"
_COMMENT_TYPES = dict(_BY_TYPE)[Design.COMMENT]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_IN_TITLE: tuple[tuple[Design, re.Pattern[str]], ...] = (
    (Design.SYSTEMATIC_REVIEW, _words(r"systematic (?:literature )?review|(?:network |umbrella )?meta-?analys[ie]s")),
    (
        Design.GUIDELINE,
        re.compile(
            r"\bpractice guidelines?\b|\b(?:consensus|position) statement\b|(?:^|[.:] )guidelines? (?:for|on)\b|"
            r"\b(?:society|association|college|academy|federation|foundation|institute|committee|task force|"
            r"organi[sz]ation|evidence-based|(?:inter)?national|european|american|british|\d{4})"
            r"[^.:]{0,40} guidelines?\b",
            re.IGNORECASE,
        ),
    ),
    (Design.OBSERVATIONAL, _words(r"mendelian randomi[sz]ation")),
    (Design.RANDOMISED, _words(r"randomi[sz]ed|randomi[sz]ation trial")),
    (Design.CASE_REPORT, _words(r"(?:a )?case report(?:s| and)?|case series")),
    (Design.CASE_CONTROL, _words(r"case[- ]control(?:led)?")),
    (Design.CROSS_SECTIONAL, _words(r"cross[- ]sectional")),
    (Design.COHORT, _words(r"cohorts?|longitudinal|prospective study|follow-up study")),
    (Design.ACCURACY, _words(r"diagnostic (?:test )?accuracy")),
    (Design.OBSERVATIONAL, _words(r"observational")),
    (
        Design.REVIEW,
        _words(r"(?:narrative|scoping|literature|critical|state-of-the-art) review|review of the literature"),
    ),
)
"""Read in this order: "a systematic review of randomized trials" is a review."""

_NOT_A_GUIDELINE = _words(
    r"adherence|implement\w*|apprais\w*|comparison of|compliance|concordance|quality of|systematic review|awareness|"
    r"knowledge|impact of|effect of|according to|evaluation of|understanding|validation of|based on|state of the art"
)
_NOT_A_RESULT = _words(
    r"protocol|guide (?:to|for)|how to|design and rationale|rationale and design|(?:secondary|post[- ]hoc) analys[ie]s|"
    r"quasi-\w+|non-?randomi[sz]ed"
)
_NOT_A_RESULT_OF = frozenset({Design.RANDOMISED, Design.GUIDELINE, Design.SYSTEMATIC_REVIEW})

_IN_ABSTRACT: tuple[tuple[Design, re.Pattern[str]], ...] = (
    (
        Design.SYSTEMATIC_REVIEW,
        _words(
            r"(?:we|authors) (?:performed|conducted|undertook|did) (?:a|this) "
            r"(?:systematic (?:literature )?(?:review|search)|meta-?analysis)|"
            r"th(?:is|e present) (?:systematic review|meta-?analysis)|"
            r"(?:were|was) (?:systematically )?searched (?:\w{1,20} ){0,4}(?:from inception|for (?:relevant|eligible))|"
            r"(?:pubmed|medline|embase|cochrane library|web of science)\b[^.;]{0,120}\b"
            r"were (?:systematically )?searched"
        ),
    ),
    (
        Design.RANDOMISED,
        _words(
            r"(?:patients|participants|subjects|adults|women|men|children|volunteers|individuals|infants)"
            r"[^.;]{0,80}? (?:were|was) (?:then )?(?:randomly (?:assigned|allocated)|randomi[sz]ed)|"
            r"we (?:randomly (?:assigned|allocated)|randomi[sz]ed)|"
            r"(?:this|in a|in this|a) (?:[\w-]{1,30},? ){0,5}randomi[sz]ed,? (?:[\w-]{1,30},? ){0,5}(?:trial|study) "
            r"(?:was|included|enrolled)"
        ),
    ),
    (Design.CASE_CONTROL, _words(r"(?:this|in this|in a|a) (?:[\w-]{1,30},? ){0,4}case[- ]control study")),
    (
        Design.CROSS_SECTIONAL,
        _words(r"(?:this|in this|in a|a) (?:[\w-]{1,30},? ){0,4}cross-sectional (?:[\w-]{1,30} )?(?:study|survey)"),
    ),
    (
        Design.COHORT,
        _words(
            r"(?:this|in this|in a|our|we conducted a) (?:[\w-]{1,30},? ){0,4}(?:cohort|longitudinal)(?: [\w-]{1,30})? "
            r"(?:study|analysis)|"
            r"(?:were|was) followed (?:up )?(?:for|over|until) (?:a (?:mean|median) of )?[\d.]+ (?:years|months)"
        ),
    ),
    (Design.CASE_REPORT, _words(r"(?:we|authors) (?:report|describe|present) (?:a|the|an) (?:rare |unusual )?case")),
)
"""What a paper says of itself. A sentence about other people's trials must not do, so each asks for the paper's own
act or for "this". No word of an abstract makes a guideline."""

_BEAST = _words(
    r"mice|mouse|murine|rats?|rabbits?|zebrafish|drosophila|pigs?|piglets?|swine|porcine|hamsters?|sheep|dogs?|canine|"
    r"cats|feline|horses?|equine|cows?|cattle|bovine|broilers?|macaques?|monkeys?"
)
_PEOPLE = _words(
    r"humans?|patients?|participants?|volunteers?|wom[ae]n|m[ae]n|adults?|child(?:ren)?|infants?|adolescents?|people|"
    r"persons?|individuals?|clinical trials?|cohorts?|neonates?|girls?|boys?|students?|nurses?|workers?"
)


def grade(record: Record, question: QuestionKind) -> Level:
    """The record's evidence level for a question of this kind.

    A publication type from NLM decides; a MeSH study design comes next; for a record that has neither, its title and
    then its abstract decide, provisionally. A preprint is never better than level 4, whatever it reports, and a paper
    that reports no result of its own (a protocol) or was tried on animals is never graded by its words.
    """
    design, basis = _design_of(record)
    level = Level(ORDER[question][design], design, basis in {Basis.TITLE, Basis.ABSTRACT}, basis)
    if record.has_type(_PREPRINT) and level.rank < 4:
        return replace(level, rank=4, lowered=True)
    return level


def _design_of(record: Record) -> tuple[Design, Basis]:
    by_type = next((design for design, uis in _BY_TYPE if record.has_type(*uis)), None)
    if by_type is not None and by_type not in _MAY_BE_NARROWED:
        return by_type, Basis.TYPE
    headings = {heading.ui for heading in record.mesh}
    if by_mesh := next((design for design, uis in _BY_MESH if not uis.isdisjoint(headings)), None):
        return by_mesh, Basis.MESH
    by_words = (None, Basis.NOTHING) if _lacks_results(record) or _is_animal_only(record) else _by_words(record)
    if by_type is not None:
        # The words may say which observational design it is, and never make it more than NLM says.
        narrower = by_words[0] in {Design.COHORT, Design.CASE_CONTROL, Design.CROSS_SECTIONAL, Design.ACCURACY}
        return (by_words[0], by_words[1]) if narrower and by_words[0] else (by_type, Basis.TYPE)
    return (by_words[0], by_words[1]) if by_words[0] else (Design.NOT_STATED, Basis.NOTHING)


def _by_words(record: Record) -> tuple[Design | None, Basis]:
    title = record.title
    for design, pattern in _IN_TITLE:
        if not pattern.search(title):
            continue
        if design is Design.GUIDELINE and (title.rstrip("] .").endswith("?") or _NOT_A_GUIDELINE.search(title)):
            continue
        if design in _NOT_A_RESULT_OF and _NOT_A_RESULT.search(title):
            continue
        return design, Basis.TITLE
    texts = [part.text for part in record.abstract]
    whole = "\n".join(texts).casefold()
    for design, pattern in _IN_ABSTRACT:
        if any(word in whole for word in _FIRST_WORDS[design]) and any(_says(pattern, text) for text in texts):
            return design, Basis.ABSTRACT
    return None, Basis.NOTHING


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """Whether one sentence of the text matches and speaks of no animals."""
    if not pattern.search(text):
        return False
    sentences = (text[start:end] for start, end in sentence_spans(text))
    return any(pattern.search(sentence) and not _BEAST.search(sentence) for sentence in sentences)


_FIRST_WORDS: Mapping[Design, tuple[str, ...]] = {
    Design.SYSTEMATIC_REVIEW: ("systematic", "meta-analysis", "metaanalysis", "searched"),
    Design.RANDOMISED: ("randomi", "randomly"),
    Design.CASE_CONTROL: ("control study",),
    Design.CROSS_SECTIONAL: ("cross-sectional",),
    Design.COHORT: ("cohort", "longitudinal", "followed"),
    Design.CASE_REPORT: (" case",),
}
"""Words without one of which a pattern cannot match; looking for them costs a tenth of the pattern."""


def _lacks_results(record: Record) -> bool:
    """Whether it is a plan of a study, by NLM's type or by its title."""
    return record.has_type(_PROTOCOL) or bool(_PROTOCOL_TITLE.search(record.title))


_PROTOCOL_TITLE = _words(
    r"(?:study|trial|review|research) protocol|protocol (?:for|of) (?:a|an|the)|protocol for|"
    r"(?:rationale and design|design and rationale)|(?:trial|study) design and"
)


def _is_animal_only(record: Record) -> bool:
    """By MeSH; for a record without headings where its title names animals and neither title nor abstract people."""
    headings = {heading.ui for heading in record.mesh}
    if headings:
        return _ANIMALS in headings and _HUMANS not in headings
    named = _BEAST.search(record.title)
    return bool(named and not _PEOPLE.search(record.title) and not _PEOPLE.search(record.abstract_text))


def mark(record: Record) -> tuple[Mark, ...]:
    """What a member must know of the record before reading on."""
    marks = []
    if record.is_retracted:
        marks.append(Mark.RETRACTED)
    if record.is_notice:
        marks.append(Mark.NOTICE)
    if record.has_type(_PREPRINT):
        marks.append(Mark.PREPRINT)
    if _lacks_results(record):
        marks.append(Mark.NO_RESULTS)
    if record.has_type(*_COMMENT_TYPES) and _design_of(record)[0] is not Design.COMMENT:
        marks.append(Mark.LETTER)
    if _is_animal_only(record):
        marks.append(Mark.ANIMALS)
    return tuple(marks)
