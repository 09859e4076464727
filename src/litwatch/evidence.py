"""Which evidence level a record has, from NLM's publication types and MeSH, and for a new record from its title.

A level says what design the record reports, never how good it is (rule R-15: no GRADE level is claimed). The
order is UpToDate's stated hierarchy; a question about causes or prognosis puts cohorts beside trials. This module
refuses to exclude anything: levels order and mark (rule R-25).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from litwatch.records import Record
from litwatch.topics import QuestionKind


@dataclass(frozen=True, slots=True)
class Level:
    """An evidence level, 1 (guideline) to 7 (comment), with its label."""

    rank: int
    label: str
    provisional: bool
    """True where NLM has not indexed the record yet and words of its title decided."""


# Label, rank, NLM unique IDs of publication types.
_BY_TYPE: tuple[tuple[str, int, frozenset[str]], ...] = (
    ("Guideline", 1, frozenset({"D017065", "D016431", "D016446", "D016447"})),
    ("Systematic review or meta-analysis", 2, frozenset({"D000078182", "D017418"})),
    ("Randomised trial", 3, frozenset({"D016449", "D065007", "D065008"})),
    ("Clinical trial", 4, frozenset({"D018848", "D016430", "D017426", "D017427", "D017428", "D017429"})),
    ("Observational study", 5, frozenset({"D064888", "D003160", "D016448", "D018486"})),
    ("Comment, letter or editorial", 7, frozenset({"D016420", "D016421", "D016422", "D016433"})),
    ("Review", 6, frozenset({"D016454"})),
    ("Case report", 6, frozenset({"D002363"})),
)
_OBSERVATIONAL_MESH = frozenset({"D015331", "D011446", "D012189", "D008137", "D016022", "D003430", "D005500"})
"""Cohort, prospective, retrospective, longitudinal, case-control, cross-sectional, follow-up studies."""

_PREPRINT, _PROTOCOL = "D000076942", "D000078325"
_ANIMALS, _HUMANS = "D000818", "D006801"

_TITLE_RULES: tuple[tuple[re.Pattern[str], str, int], ...] = (
    (re.compile(r"\bsystematic (?:literature )?review\b|\bmeta-?analys[ie]s\b", re.I), _BY_TYPE[1][0], 2),
    (re.compile(r"\b(?:practice guidelines?|guidelines? (?:for|on)|consensus statement|position statement)\b", re.I),
     _BY_TYPE[0][0], 1),
    (re.compile(r"(?<!mendelian )\brandomi[sz]ed\b", re.I), _BY_TYPE[2][0], 3),
    (re.compile(r"\bcohort\b|\bcase-control\b|\bcross-sectional\b|\blongitudinal\b|\bobservational\b", re.I),
     _BY_TYPE[4][0], 5),
)  # fmt: skip
_NOT_A_GUIDELINE = re.compile(r"\b(?:adherence|implement\w*|apprais\w*|comparison of|protocol|quality of)\b", re.I)


def grade(record: Record, question: QuestionKind) -> Level:
    """The record's evidence level for a question of this kind.

    A publication type from NLM decides; MeSH study designs come next; a record that has neither is graded by its
    title, provisionally. A preprint is never better than level 4, whatever it reports.
    """
    level = _grade_indexed(record) or _grade_by_title(record)
    if level.label == "Observational study" and question in {QuestionKind.ETIOLOGY, QuestionKind.PROGNOSIS}:
        level = Level(3, level.label, level.provisional)
    if record.has_type(_PREPRINT) and level.rank < 4:
        level = Level(4, f"{level.label} (preprint)", level.provisional)
    return level


def _grade_indexed(record: Record) -> Level | None:
    for label, rank, uis in _BY_TYPE:
        if record.has_type(*uis):
            return Level(rank, label, provisional=False)
    if any(heading.ui in _OBSERVATIONAL_MESH for heading in record.mesh):
        return Level(5, "Observational study", provisional=False)
    return None


def _grade_by_title(record: Record) -> Level:
    if _PROTOCOL not in {kind.ui for kind in record.publication_types}:
        for pattern, label, rank in _TITLE_RULES:
            if pattern.search(record.title) and not (rank == 1 and _NOT_A_GUIDELINE.search(record.title)):
                return Level(rank, label, provisional=True)
    return Level(6, "Design not stated", provisional=False)


def mark(record: Record) -> tuple[str, ...]:
    """What a reader must know before reading on: ``preprint``, ``protocol``, ``animals only``, ``retracted`` …"""
    headings = {heading.ui for heading in record.mesh}
    marks = []
    if record.is_retracted:
        marks.append("retracted")
    if record.is_notice:
        marks.append("notice about another paper")
    if record.has_type(_PREPRINT):
        marks.append("preprint")
    if record.has_type(_PROTOCOL) or re.search(r"\b(?:study|trial|review) protocol\b", record.title, re.I):
        marks.append("protocol, no results")
    if _ANIMALS in headings and _HUMANS not in headings:
        marks.append("animals only")
    return tuple(marks)
