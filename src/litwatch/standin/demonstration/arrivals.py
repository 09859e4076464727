"""New evidence on the example article's question since it was written: reviews, trials, cohorts.

Each bears on a sentence of the article. Some are ahead of print on the demonstration's day, so that only their title
tells what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Notice, RefType
from litwatch.standin.citation_xml import Citation
from litwatch.standin.demonstration.corpus import MEDICINE, METABOLISM, PREPRINTS, mesh_day
from litwatch.standin.demonstration.designs import structured
from litwatch.standin.demonstration.story import paper
from litwatch.standin.life import Revision, ahead_of_print, citation_line, indexed, revision

PREPRINT: Final = 99000918
PUBLISHED_VERSION: Final = 99000919


def _reviews() -> tuple[Citation, ...]:
    kinds = ("Journal Article", "Systematic Review")
    pooled = ("Journal Article", "Meta-Analysis", "Systematic Review")
    return (
        paper(
            99000911,
            "experimental sleep restriction and insulin sensitivity, a systematic review and meta-analysis",
            date(2025, 11, 3),
            pooled,
            structured(
                AIM="To pool trials of short sleep and insulin resistance.",
                METHODS="Randomised trials with clamp or tolerance test; random-effects model; GRADE.",
                RESULTS="19 trials, 402 participants. Insulin sensitivity fell by 18% (95% CI 11 to 25; "
                "I<sup>2</sup>=41%). "
                "Without the largest crossover trial the fall was 9% (95% CI 1 to 17).",
                CONCLUSIONS="Short sleep lowers insulin sensitivity; the size rests on few trials.",
            ),
            ("Sleep Deprivation", "Sleep"),
            cites=(99000004,),
        ),
        paper(
            99000912,
            "antipsychotic medicines and insulin resistance independent of weight, a network meta-analysis",
            date(2026, 3, 9),
            pooled,
            structured(
                BACKGROUND="Which antipsychotic medicines cause insulin resistance without weight gain is uncertain.",
                METHODS="Network meta-analysis of 64 randomised trials, 9,811 participants.",
                RESULTS="Olanzapine raised HOMA-IR by 0.9 (95% CI 0.5 to 1.3) and clozapine by 1.1 (0.4 to 1.8) at "
                "equal "
                "weight; aripiprazole did not.",
                CONCLUSIONS="Olanzapine and clozapine cause insulin resistance apart from weight gain.",
            ),
            ("Antipsychotic Agents/adverse effects", "Schizophrenia"),
            periodical=MEDICINE,
            substances=("Antipsychotic Agents",),
            cites=(99000005,),
        ),
        paper(
            99000913,
            "age as a cause of insulin resistance, a systematic review",
            date(2026, 10, 26),
            kinds,
            structured(
                BACKGROUND="Textbooks name age among the causes of insulin resistance.",
                METHODS="Search of five databases to March 2026; cohorts with measured body composition.",
                RESULTS="27 cohorts, 61,390 participants. After adjustment for fat mass and fitness the effect of age "
                "was "
                "0.02 HOMA-IR units a decade (95% CI -0.05 to 0.09).",
                CONCLUSIONS="Age by itself is unlikely to cause insulin resistance.",
            ),
            ("Aging", "Aged"),
        ),
        paper(
            99000914,
            "glucocorticoid dose and insulin resistance, a systematic review of 38 studies",
            date(2026, 11, 19),
            kinds,
            structured(
                AIM="To find the dose of prednisone from which insulin resistance appears.",
                METHODS="Four databases; two reviewers; dose-response meta-regression.",
                RESULTS="38 studies. Insulin sensitivity fell from 7.5 mg of prednisone a day and by 24% at 20 mg.",
                CONCLUSIONS="Insulin resistance is to be expected from 7.5 mg of prednisone a day.",
            ),
            ("Glucocorticoids/adverse effects", "Prednisone"),
            periodical=MEDICINE,
        ),
    )


def _studies() -> tuple[Citation, ...]:
    trial = ("Journal Article", "Randomized Controlled Trial")
    return (
        paper(
            99000915,
            "visceral fat, limb fat and twenty-year insulin resistance, a cohort study",
            date(2026, 5, 11),
            ("Journal Article", "Observational Study"),
            structured(
                AIM="To follow body fat and insulin sensitivity for twenty years.",
                METHODS="Cohort of 3,907 adults with three body scans.",
                RESULTS="Hazard ratio for insulin resistance per 50 cm<sup>2</sup> of visceral fat 1.61 (95% CI 1.44 "
                "to "
                "1.80); limb fat was protective, 0.82 (0.73 to 0.92).",
                CONCLUSIONS="Where fat is stored matters more for insulin resistance than how much.",
            ),
            ("Obesity, Abdominal", "Cohort Studies"),
            cites=(99000002,),
        ),
        paper(
            99000916,
            "35 g of fibre a day and insulin sensitivity in adults with a low-fibre diet, a randomised trial",
            date(2026, 9, 7),
            trial,
            structured(
                BACKGROUND="A diet low in fibre is named as a cause of insulin resistance on weak grounds.",
                METHODS="412 adults were assigned to 35 g of cereal fibre a day or to their usual diet for 26 weeks.",
                RESULTS="The Matsuda index rose by 0.4 more with fibre (95% CI 0.1 to 0.7; P=0.008).",
                CONCLUSIONS="Fibre improved insulin sensitivity a little.",
            ),
            ("Dietary Fiber", "Diet"),
            periodical=METABOLISM,
            registry="NCT99000916",
        ),
        paper(
            99000917,
            "breaks in sitting and insulin sensitivity in inactive adults, a randomised crossover trial",
            date(2026, 11, 16),
            trial,
            structured(
                BACKGROUND="Sitting lowers insulin sensitivity; short breaks may prevent it.",
                METHODS="46 inactive adults sat for five days with and without a walk every 30 minutes.",
                RESULTS="The clamp-derived M value was 1.1 mg/kg/min higher with breaks (95% CI 0.5 to 1.7).",
                CONCLUSIONS="Breaks in sitting prevented most of the loss of insulin sensitivity.",
            ),
            ("Sedentary Behavior", "Exercise", "Cross-Over Studies"),
            registry="NCT99000917",
            cites=(99000003,),
        ),
        paper(
            99000920,
            "supervised resistance exercise and insulin resistance after 70, a randomised trial",
            date(2026, 11, 21),
            trial,
            structured(
                AIM="To test resistance exercise against insulin resistance in old age.",
                METHODS="238 adults over 70 years were assigned to supervised exercise or stretching for 24 weeks.",
                RESULTS="HOMA-IR fell by 0.5 more with resistance exercise (95% CI 0.2 to 0.8).",
                CONCLUSIONS="Insulin resistance in old age yields to exercise.",
            ),
            ("Exercise", "Aged"),
            registry="NCT99000920",
            cites=(99000003,),
        ),
        paper(
            99000921,
            "night shifts and insulin resistance in nurses, a cohort study",
            date(2026, 11, 24),
            ("Journal Article", "Observational Study"),
            structured(
                AIM="To see whether night work precedes insulin resistance.",
                METHODS="11,206 nurses followed for a median of 9 years.",
                RESULTS="Hazard ratio for insulin resistance with over four nights a month 1.29 (95% CI 1.15 to 1.45).",
                CONCLUSIONS="Night shifts precede insulin resistance, partly through short sleep.",
            ),
            ("Sleep Deprivation", "Circadian Rhythm", "Cohort Studies"),
        ),
    )


def _preprint() -> Iterator[Revision]:
    """A preprint that a journal publishes five months later; each points to the other from then on."""
    abstract = structured(
        AIM="To compare insulin sensitivity before and after a switch to integrase inhibitors.",
        METHODS="144 adults who live with HIV, clamp at 0 and 48 weeks.",
        RESULTS="The M value fell by 0.6 mg/kg/min (95% CI 0.2 to 1.0) and weight rose by 2.9 kg.",
        CONCLUSIONS="Integrase inhibitors may cause insulin resistance through weight gain.",
    )
    title = "integrase inhibitors and insulin resistance in adults who live with HIV, a cohort study"
    mesh = ("HIV Infections", "Anti-HIV Agents/adverse effects")
    early, printed = date(2026, 4, 13), date(2026, 9, 21)
    draft = paper(PREPRINT, title, early, ("Journal Article", "Preprint"), abstract, periodical=PREPRINTS)
    final = paper(PUBLISHED_VERSION, title, printed, ("Journal Article", "Observational Study"), abstract, mesh)
    final = replace(final, notices=(Notice(RefType.UPDATE_OF, citation_line(draft), Pmid(PREPRINT)),))
    link = Notice(RefType.UPDATE_IN, citation_line(final), Pmid(PUBLISHED_VERSION))
    yield revision(ahead_of_print(draft, early), early)
    yield revision(replace(ahead_of_print(draft, printed), notices=(link,)), printed)
    yield revision(ahead_of_print(final, printed), printed)
    yield revision(indexed(final, date(2026, 11, 2)), date(2026, 11, 2))


def _latecomer() -> Iterator[Revision]:
    """A paper of January 2025 that PubMed received in October 2026: its entry date is set back to publication.

    Whoever searches by entry date alone never sees it (NLM Technical Bulletin, 2008 November-December).
    """
    came, printed = date(2026, 10, 5), date(2025, 1, 10)
    citation = paper(
        99000922,
        "growth before birth and insulin resistance at fifty, a cohort study",
        came,
        ("Journal Article", "Observational Study"),
        structured(
            AIM="To follow people born small to the age of fifty.",
            METHODS="1,804 people with birth records; oral glucose tolerance test at fifty.",
            RESULTS="HOMA-IR was 0.3 higher (95% CI 0.1 to 0.5) in those born small for gestational age.",
            CONCLUSIONS="Restricted growth before birth is a lasting cause of insulin resistance.",
        ),
        ("Fetal Growth Retardation", "Cohort Studies"),
        published="2025 Jan",
    )
    citation = replace(citation, entered=printed, electronic=printed, received=None, accepted=None, volume="25")
    yield revision(ahead_of_print(citation, came), came)
    yield revision(indexed(citation, date(2026, 11, 5)), date(2026, 11, 5))


def arrivals() -> Iterator[Revision]:
    """Every revision of the new evidence, in no particular order."""
    yield from _preprint()
    yield from _latecomer()
    for citation in (*_reviews(), *_studies()):
        if citation.created:
            day = mesh_day(citation.created, 5)
            yield revision(ahead_of_print(citation, citation.created), citation.created)
            yield revision(indexed(citation, day), day)
