"""What litwatch decides, as tables that a clinician can read; the tests hold the code to them, and they are printed.

Each row is one situation in a clinician's words with what must follow. ``document`` prints the tables as
``docs/how-litwatch-decides.md``, so that the page a board signs is the page that is tested.
"""

from __future__ import annotations

from typing import NamedTuple

from litwatch.decisions.evidence_level import Design, Mark
from litwatch.model.record import AbstractPart, Record
from tests.spec.cases import NEW, heading, record

ANIMALS, HUMANS = heading("D000818"), heading("D006801")


def told(text: str) -> dict[str, object]:
    """An abstract of one unlabelled part."""
    return {"abstract": (AbstractPart(None, None, text),)}


class ByType(NamedTuple):
    """A publication type from NLM and the design that it stands for."""

    types: tuple[str, ...]
    design: Design


BY_TYPE = (
    ByType(("guideline",), Design.GUIDELINE),
    ByType(("systematic review", "review"), Design.SYSTEMATIC_REVIEW),
    ByType(("meta-analysis",), Design.SYSTEMATIC_REVIEW),
    ByType(("randomised trial",), Design.RANDOMISED),
    ByType(("letter", "randomised trial"), Design.RANDOMISED),
    ByType(("clinical trial",), Design.TRIAL),
    ByType(("observational study",), Design.OBSERVATIONAL),
    ByType(("comparative study",), Design.COMPARATIVE),
    ByType(("comparative study", "review"), Design.REVIEW),
    ByType(("review",), Design.REVIEW),
    ByType(("case report",), Design.CASE_REPORT),
    ByType(("letter",), Design.COMMENT),
    ByType(("editorial",), Design.COMMENT),
    ByType(("journal article",), Design.NOT_STATED),
)

BY_MESH = (
    ("Cohort Studies", "D015331", Design.COHORT),
    ("Follow-Up Studies", "D005500", Design.COHORT),
    ("Retrospective Studies", "D012189", Design.COHORT),
    ("Case-Control Studies", "D016022", Design.CASE_CONTROL),
    ("Cross-Sectional Studies", "D003430", Design.CROSS_SECTIONAL),
    ("Sensitivity and Specificity", "D012680", Design.ACCURACY),
    ("Mendelian Randomization Analysis", "D057182", Design.OBSERVATIONAL),
)

BY_TITLE = (
    ("Sleep loss: a systematic review and meta-analysis", Design.SYSTEMATIC_REVIEW),
    ("A systematic review of randomised trials of sleep", Design.SYSTEMATIC_REVIEW),
    ("Clinical practice guideline for insulin resistance", Design.GUIDELINE),
    ("Example Society guideline on insulin resistance", Design.GUIDELINE),
    ("Adherence to guidelines for insulin resistance", Design.NOT_STATED),
    ("Are we meeting the 2014 Example Society guidelines?", Design.NOT_STATED),
    ("A step by step guide to systematic review", Design.NOT_STATED),
    ("A randomized controlled trial of exercise", Design.RANDOMISED),
    ("Exercise: a non-randomised comparison", Design.NOT_STATED),
    ("Exercise: protocol for a randomised trial", Design.NOT_STATED),
    ("Randomised trial of exercise in rats", Design.NOT_STATED),
    ("Obesity and insulin: a Mendelian randomization study", Design.OBSERVATIONAL),
    ("Sleep and insulin in a birth cohort", Design.COHORT),
    ("Sleep and insulin: a case-control study", Design.CASE_CONTROL),
    ("Insulin signalling", Design.NOT_STATED),
)

BY_ABSTRACT = (
    ("We conducted a systematic review of sleep and insulin.", Design.SYSTEMATIC_REVIEW),
    ("Systematic reviews have shown that sleep matters.", Design.NOT_STATED),
    ("Forty adults were randomly assigned to short or normal sleep.", Design.RANDOMISED),
    ("Randomised trials in adults have shown an effect of sleep.", Design.NOT_STATED),
    ("Forty rats and ten women were randomly assigned to short sleep.", Design.NOT_STATED),
    ("Patients were randomly divided into training and validation sets.", Design.NOT_STATED),
    ("In this prospective cohort study, 900 adults kept a sleep diary.", Design.COHORT),
    ("A guideline for the treatment of insulin resistance is needed.", Design.NOT_STATED),
)


class Marked(NamedTuple):
    """A record and what a reader must know of it before reading on."""

    situation: str
    record: Record
    marks: tuple[Mark, ...]


MARKED = (
    Marked("a preprint", record(NEW, "Sleep", "preprint"), (Mark.PREPRINT,)),
    Marked("a protocol, by its publication type", record(NEW, "Sleep", "protocol"), (Mark.NO_RESULTS,)),
    Marked("a protocol, by its title", record(NEW, "Sleep: a study protocol"), (Mark.NO_RESULTS,)),
    Marked("animals without humans in MeSH", record(NEW, "Sleep in mice", mesh=(ANIMALS,)), (Mark.ANIMALS,)),
    Marked("animals and humans in MeSH", record(NEW, "Sleep in mice and men", mesh=(ANIMALS, HUMANS)), ()),
    Marked("not indexed, animals in the title", record(NEW, "Sleep in mice", **told("Mice slept.")), (Mark.ANIMALS,)),
    Marked(
        "not indexed, animals in the title, people in the abstract",
        record(NEW, "Sleep in mice", **told("Mice slept less, and so did patients.")),
        (),
    ),
    Marked("a retracted paper", record(NEW, "Sleep", "retracted publication"), (Mark.RETRACTED,)),
    Marked(
        "the retraction notice itself",
        record(NEW, "Retraction: Sleep", "retraction notice"),
        (Mark.NOTICE,),
    ),
    Marked(
        "a trial printed as a letter",
        record(NEW, "Sleep", "letter", "randomised trial"),
        (Mark.LETTER,),
    ),
    Marked("an ordinary letter, which its level says already", record(NEW, "Sleep", "letter"), ()),
)
