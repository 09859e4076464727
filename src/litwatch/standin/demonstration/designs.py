"""Study designs: (subject, random numbers) → title, abstract and publication types of one invented paper.

Figures are drawn, not computed: a P value agrees with its confidence interval, and nothing more is promised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import erfc, sqrt
from random import Random
from typing import Final

from litwatch.model.record import AbstractPart
from litwatch.standin.demonstration.subjects import Subject

MARK: Final = "Demonstration data: "
"""How the title of every invented record begins."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper before it has authors, dates and a place."""

    title: str
    types: tuple[str, ...]
    abstract: tuple[AbstractPart, ...]
    mesh: tuple[str, ...] = ()
    registered: bool = False


Write = Callable[[Subject, Random], Draft]


def dice(*seeds: object) -> Random:
    """Random numbers of their own for each thing that is drawn, so that a change to one leaves the others alone."""
    return Random("/".join(map(str, seeds)))  # noqa: S311 - repeatable on purpose, nothing is secret


def structured(**parts: str) -> tuple[AbstractPart, ...]:
    """A structured abstract; the keywords are the labels, with NLM's category for each."""
    category = {"AIM": "OBJECTIVE", "DESIGN": "METHODS", "FINDINGS": "RESULTS", "RECOMMENDATIONS": "RESULTS"}
    return tuple(AbstractPart(label, category.get(label, label), text) for label, text in parts.items())


def _plain(*sentences: str) -> tuple[AbstractPart, ...]:
    return (AbstractPart(None, None, " ".join(sentences)),)


def _article(noun: str) -> str:
    return noun[0].upper() + noun[1:]


def _difference(subject: Subject, rng: Random) -> str:
    measure = rng.choice(subject.measures)
    size = rng.uniform(measure.low, measure.high)
    spread = size * rng.uniform(0.25, 1.15)
    unit = "" if measure.unit == "units" else f" {measure.unit}"
    p_value = erfc(1.96 * size / spread / sqrt(2))
    chance = "P<0.001" if p_value < 0.001 else f"P={p_value:.3f}"
    lower, upper = round(size - spread, 1) + 0.0, size + spread
    return f"the difference in {measure.name} was {size:.1f}{unit} (95% CI {lower:.1f} to {upper:.1f}; {chance})"


def _ratio(subject: Subject, rng: Random, name: str = "odds ratio") -> str:
    size = rng.uniform(1.08, 2.7)
    spread = rng.uniform(1.06, 1.6)
    return f"{name} for {rng.choice(subject.events)} {size:.2f} (95% CI {size / spread:.2f} to {size * spread:.2f})"


def _guideline(subject: Subject, rng: Random) -> Draft:
    people = rng.choice(subject.populations)
    title = f"guideline on {subject.name} and {subject.focus} in {people}"
    return Draft(
        title,
        ("Journal Article", "Practice Guideline"),
        structured(
            BACKGROUND=rng.choice(subject.background),
            METHODS=f"A panel of {rng.randint(9, 21)} clinicians, methodologists and patients graded the evidence of "
            f"{rng.randint(24, 160)} studies with GRADE; {rng.randint(2, 5)} rounds led to agreement.",
            RECOMMENDATIONS=f"We recommend asking every patient about {rng.choice(subject.exposures)} (strong, "
            f"moderate "
            f"certainty). We suggest {rng.choice(subject.interventions)} over {rng.choice(subject.comparators)} in "
            f"{people} "
            "(conditional, low certainty).",
            CONCLUSIONS=f"{_article(subject.name)} should be considered whenever {subject.focus} is assessed. The "
            f"panel "
            f"will look at this again in {rng.randint(3, 5)} years.",
        ),
    )


def _systematic_review(subject: Subject, rng: Random) -> Draft:
    studies = rng.randint(11, 64)
    return Draft(
        f"{rng.choice((subject.name, rng.choice(subject.exposures)))} and {subject.focus}, a systematic review",
        ("Journal Article", "Systematic Review"),
        structured(
            BACKGROUND=rng.choice(subject.background),
            METHODS=f"We searched four databases to {rng.choice(('January', 'May', 'September'))} without limit of "
            f"language. "
            "Two reviewers chose studies, extracted data and judged the risk of bias (ROBINS-E, RoB 2). "
            f"PROSPERO CRD{rng.randint(10**11, 10**12 - 1)} is an invented number.",
            RESULTS=f"{studies} studies with {rng.randint(2, 90)},{rng.randint(0, 999):03} participants were included, "
            f"{rng.randint(2, 9)} of them randomised. {_article(rng.choice(subject.exposures))} went along with "
            f"{subject.focus} in {rng.randint(6, 10)} of 10 cohorts. {rng.choice(subject.mechanisms)} Certainty was "
            f"{rng.choice(('low', 'moderate', 'very low'))}.",
            CONCLUSIONS=f"{_article(subject.name)} is a {rng.choice(('likely', 'possible', 'confirmed'))} factor in "
            f"{subject.focus}; trials in {rng.choice(subject.populations)} are missing.",
        ),
    )


def _meta_analysis(subject: Subject, rng: Random) -> Draft:
    studies = rng.randint(8, 47)
    exposure = rng.choice(subject.exposures)
    return Draft(
        f"{exposure} and {subject.focus}, a systematic review and meta-analysis of {studies} studies",
        ("Journal Article", "Meta-Analysis", "Systematic Review"),
        structured(
            AIM=f"To estimate how strongly {exposure} is associated with {subject.focus}.",
            METHODS="Random-effects meta-analysis of cohort studies and trials; heterogeneity by I<sup>2</sup>, "
            "small-study "
            "effects by funnel plot, certainty by GRADE.",
            RESULTS=f"{studies} studies were pooled: {_ratio(subject, rng, 'risk ratio')}, I<sup>2</sup>="
            f"{rng.randint(11, 88)}%. Restricted to low risk of bias, {_difference(subject, rng)}.",
            CONCLUSIONS=f"{_article(exposure)} is associated with {subject.focus}; the size of the effect differs "
            f"between "
            "studies.",
        ),
    )


def _trial(subject: Subject, rng: Random) -> Draft:
    people, treatment = rng.choice(subject.populations), rng.choice(subject.interventions)
    size, control = rng.randint(34, 620), rng.choice(subject.comparators)
    crossover = rng.random() < 0.18
    shape = "a randomised crossover trial" if crossover else "a randomised trial"
    return Draft(
        f"{treatment} and {subject.focus} in {people}, {shape}",
        ("Journal Article", "Randomized Controlled Trial", *(("Multicenter Study",) if size > 300 else ())),
        structured(
            BACKGROUND=rng.choice(subject.background),
            METHODS=f"{size} {people} were randomly assigned to {treatment} or {control}. The primary outcome was "
            f"{rng.choice(subject.measures).name} after {rng.randint(4, 52)} weeks, analysed by intention to treat.",
            RESULTS=f"{rng.randint(81, 98)}% completed the trial. Compared with {control}, "
            f"{_difference(subject, rng)}. "
            f"Serious adverse events occurred in {rng.randint(0, 9)} and {rng.randint(0, 9)} participants.",
            CONCLUSIONS=f"In {people}, {treatment} "
            f"{rng.choice((subject.benefit, subject.benefit, 'did not clearly change'))} {subject.focus}.",
        ),
        ("Cross-Over Studies",) if crossover else ("Treatment Outcome",),
        registered=True,
    )


def _cohort(subject: Subject, rng: Random) -> Draft:
    exposure, people, years = rng.choice(subject.exposures), rng.choice(subject.populations), rng.randint(3, 24)
    return Draft(
        f"{exposure} and {years}-year risk of {rng.choice(subject.events)} in {people}, a cohort study",
        ("Journal Article", "Observational Study") if rng.random() < 0.4 else ("Journal Article",),
        structured(
            AIM=f"To examine whether {exposure} precedes {subject.focus} in {people}.",
            METHODS=f"Prospective cohort of {rng.randint(1, 48)},{rng.randint(0, 999):03} {people}, followed for a "
            f"median of "
            f"{years} years. Models were adjusted for age, sex, smoking and income.",
            RESULTS=f"{_article(exposure)} at baseline: {_ratio(subject, rng, 'hazard ratio')}. Per standard "
            f"deviation, "
            f"{_difference(subject, rng)}.",
            CONCLUSIONS=f"{_article(exposure)} preceded {subject.focus}. {rng.choice(subject.mechanisms)}",
        ),
        ("Cohort Studies", "Prospective Studies", "Risk Factors"),
    )


def _cross_sectional(subject: Subject, rng: Random) -> Draft:
    exposure, people = rng.choice(subject.exposures), rng.choice(subject.populations)
    return Draft(
        f"{exposure} and {subject.focus} in {people}, a cross-sectional study",
        ("Journal Article",),
        _plain(
            rng.choice(subject.background),
            f"We examined {rng.randint(140, 9800)} {people} once.",
            f"For {exposure}, {_difference(subject, rng)}; {_ratio(subject, rng)}.",
            "The design cannot tell cause from effect.",
        ),
        ("Cross-Sectional Studies", "Risk Factors"),
    )


def _case_control(subject: Subject, rng: Random) -> Draft:
    exposure, cases = rng.choice(subject.exposures), rng.randint(80, 900)
    return Draft(
        f"{exposure} with and without {rng.choice(subject.events)} in {rng.choice(subject.populations)}, "
        "a case-control study",
        ("Journal Article", "Observational Study"),
        structured(
            AIM=f"To compare {exposure} between cases and controls.",
            METHODS=f"{cases} cases were matched to {cases * rng.randint(1, 4)} controls by age, sex and clinic.",
            RESULTS=f"{_article(exposure)}: {_ratio(subject, rng)}. {rng.choice(subject.mechanisms)}",
            CONCLUSIONS=f"The association of {exposure} with {subject.focus} was independent of body weight.",
        ),
        ("Case-Control Studies",),
    )


_REVIEWS = ("mechanisms and open questions", "what is known and what is not", "a review", "from bench to clinic")


def _review(subject: Subject, rng: Random) -> Draft:
    return Draft(
        f"{rng.choice(subject.exposures)} and {subject.focus}, {rng.choice(_REVIEWS)}",
        ("Journal Article", "Review"),
        _plain(
            *rng.sample(subject.background, k=len(subject.background)),
            *rng.sample(subject.mechanisms, k=len(subject.mechanisms)),
            f"This review sets out what is known about {rng.choice(subject.exposures)} and what follows for "
            f"{rng.choice(subject.populations)}.",
        ),
    )


def _case_report(subject: Subject, rng: Random) -> Draft:
    exposure = rng.choice(subject.exposures)
    return Draft(
        f"marked change in {subject.focus} with {exposure}, a case report",
        ("Journal Article", "Case Reports"),
        _plain(
            f"A person aged {rng.randint(19, 78)} years presented with {rng.choice(subject.events)} and {exposure}.",
            f"At the first visit {_difference(subject, rng)}, compared with {rng.randint(2, 14)} months earlier.",
            rng.choice(subject.mechanisms),
        ),
    )


def _letter(subject: Subject, rng: Random) -> Draft:
    return Draft(f"{rng.choice(subject.exposures)} and {subject.focus}, a letter", ("Letter",), ())


def _editorial(subject: Subject, rng: Random) -> Draft:
    return Draft(f"what {subject.name} teaches about {rng.choice(subject.events)}", ("Editorial",), ())


def _protocol(subject: Subject, rng: Random) -> Draft:
    treatment, people = rng.choice(subject.interventions), rng.choice(subject.populations)
    return Draft(
        f"{treatment} and {subject.focus} in {people}, protocol of a randomised trial",
        ("Journal Article", "Clinical Trial Protocol"),
        structured(
            BACKGROUND=rng.choice(subject.background),
            METHODS=f"{rng.randint(80, 900)} {people} will be assigned to {treatment} or "
            f"{rng.choice(subject.comparators)}. "
            f"The primary outcome is {rng.choice(subject.measures).name} after one year. There are no results yet.",
        ),
        registered=True,
    )


def _preprint(subject: Subject, rng: Random) -> Draft:
    draft = rng.choice((_cohort, _cross_sectional))(subject, rng)
    return Draft(draft.title + ", preprint", ("Journal Article", "Preprint"), draft.abstract)


def _experiment(subject: Subject, rng: Random) -> Draft:
    exposure, subjects, weeks = rng.choice(subject.exposures), rng.choice(subject.populations), rng.randint(2, 26)
    return Draft(
        f"{exposure} and {subject.focus} in {subjects}, an experiment over {weeks} weeks",
        ("Journal Article",),
        _plain(
            rng.choice(subject.background),
            f"{_article(subjects)} (n={rng.randint(8, 64)}) were exposed to {exposure} or not, and half received "
            f"{rng.choice(subject.interventions)} instead of {rng.choice(subject.comparators)}.",
            f"After {weeks} weeks {_difference(subject, rng)}.",
            rng.choice(subject.mechanisms),
        ),
    )


DESIGNS: Final[Mapping[str, tuple[Write, float]]] = {
    "guideline": (_guideline, 2),
    "systematic review": (_systematic_review, 4),
    "meta-analysis": (_meta_analysis, 3),
    "trial": (_trial, 15),
    "cohort": (_cohort, 20),
    "cross-sectional": (_cross_sectional, 14),
    "case-control": (_case_control, 6),
    "review": (_review, 17),
    "case report": (_case_report, 5),
    "letter": (_letter, 5),
    "editorial": (_editorial, 3),
    "protocol": (_protocol, 3),
    "preprint": (_preprint, 3),
}
"""Each design of studies in people with its share, out of 100."""


def draft(subject: Subject, rng: Random, *, guidelines: bool = True) -> Draft:
    """One paper on the subject; ``guidelines=False`` draws another design than a guideline."""
    if subject.animals_only:
        return _experiment(subject, rng)
    names = [name for name in DESIGNS if guidelines or name != "guideline"]
    name = rng.choices(names, weights=[DESIGNS[name][1] for name in names])[0]
    return DESIGNS[name][0](subject, rng)
