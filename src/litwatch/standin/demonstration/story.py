"""The demonstration's story: what the example article cites, and what has become of it since 16 February 2025.

Five invented references live on in full view: the guideline is updated, the exercise trial corrected, the review put
under concern, the sleep trial retracted. Two further references are real papers; they appear as bare bibliographic
records, with nothing that is not in their citation: no abstract, no history, no notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from litwatch.model.record import AbstractPart, Author, RefType, RegistryEntry
from litwatch.standin.citation_xml import Citation, Cited, Periodical, Substance
from litwatch.standin.demonstration.corpus import MEDICINE, METABOLISM, PREPRINTS, RESULTS, heading, mesh_day, people
from litwatch.standin.demonstration.designs import MARK, dice, structured
from litwatch.standin.life import Revision, ahead_of_print, announce, answer, indexed, publication_types, revision
from litwatch.standin.vocabulary import MESH

UPDATED_GUIDELINE: Final = 99000901
CORRECTION: Final = 99000903
RETRACTION: Final = 99000904
CONCERN: Final = 99000905
LETTER: Final = 99000906

_COMMENT: Final = RefType.COMMENT_IN
_CONCERN: Final = RefType.EXPRESSION_OF_CONCERN_IN


def paper(  # noqa: PLR0917 - a row of a table
    pmid: int,
    title: str,
    entered: date,
    types: tuple[str, ...],
    abstract: tuple[AbstractPart, ...],
    mesh: tuple[str, ...] = (),
    *,
    periodical: Periodical = RESULTS,
    registry: str | None = None,
    substances: tuple[str, ...] = (),
    cites: tuple[int, ...] = (),
    published: str | None = None,
) -> Citation:
    """An invented paper as it finally stands, that entered PubMed on ``entered``."""
    rng = dice("story", pmid)
    page = rng.randint(1, 800)
    online = periodical is PREPRINTS
    return Citation(
        pmid=pmid,
        title=f"{MARK}{title}",
        periodical=periodical,
        published=published or f"{entered:%Y %b} {entered.day}",
        created=entered,
        types=publication_types(*types),
        received=entered - timedelta(days=150) if abstract and not online else None,
        accepted=entered - timedelta(days=21) if abstract and not online else None,
        electronic=entered - timedelta(days=1),
        model="Electronic" if online else "Print-Electronic",
        volume=None if online else str(entered.year - 2000),
        issue=None if online else str((entered.month + 1) // 2),
        pages=None if online else f"{page}-{page + 9}",
        doi=f"10.5555/demo.{pmid}",
        abstract=abstract,
        authors=people(rng),
        mesh=tuple(
            heading(label, major=place < 2)
            for place, label in enumerate(("Insulin Resistance", *mesh, "Humans") if mesh else ())
        ),
        substances=tuple(Substance(MESH[label], label) for label in substances),
        keywords=("insulin resistance",) if mesh else (),
        registry=(RegistryEntry("ClinicalTrials.gov", registry),) if registry else (),
        references=tuple(Cited(f"Demonstration reference to PMID {cited}.", cited) for cited in cites),
    )


def _cited() -> tuple[tuple[Citation, date], ...]:
    """The five invented references of the example article, as they stood when it was written."""
    papers = (
        paper(
            99000001,
            "guideline for the assessment of insulin resistance in adults",
            date(2022, 3, 14),
            ("Journal Article", "Practice Guideline"),
            structured(
                BACKGROUND="Insulin resistance has several causes that a clinician can ask for.",
                METHODS="A panel of 14 graded the evidence of 88 studies with GRADE.",
                RECOMMENDATIONS="Ask every adult with signs of insulin resistance about weight gain around the "
                "abdomen, "
                "physical inactivity, sleep, family history and medicines such as glucocorticoids and antipsychotics.",
                CONCLUSIONS="The panel will look at this again in 2026.",
            ),
            ("Adult", "Obesity, Abdominal", "Risk Factors"),
            periodical=MEDICINE,
            published="2022 Mar",
        ),
        paper(
            99000002,
            "abdominal fat and ten-year change in insulin sensitivity, a cohort study",
            date(2019, 6, 3),
            ("Journal Article", "Observational Study"),
            structured(
                AIM="To see whether abdominal fat precedes insulin resistance.",
                METHODS="Cohort of 2,418 adults without diabetes, examined twice, ten years apart; visceral fat by "
                "computed "
                "tomography, insulin sensitivity by clamp in 612.",
                RESULTS="Each 50 cm<sup>2</sup> of visceral fat at baseline went along with a fall of the M value by "
                "0.9 "
                "mg/kg/min (95% CI 0.6 to 1.2).",
                CONCLUSIONS="Abdominal fat preceded the loss of insulin sensitivity.",
            ),
            ("Obesity, Abdominal", "Cohort Studies", "Glucose Clamp Technique"),
            published="2019 Jun",
        ),
        paper(
            99000003,
            "supervised exercise and insulin sensitivity in inactive adults, a randomised trial",
            date(2021, 9, 20),
            ("Journal Article", "Randomized Controlled Trial"),
            structured(
                BACKGROUND="Inactivity lowers insulin sensitivity; how much supervised exercise restores it is "
                "uncertain.",
                METHODS="184 inactive adults were assigned to supervised exercise three times a week or to advice for "
                "16 weeks.",
                RESULTS="HOMA-IR fell by 0.7 more with supervised exercise (95% CI 0.3 to 1.1; P<0.001).",
                CONCLUSIONS="Supervised exercise improved insulin sensitivity in inactive adults.",
            ),
            ("Exercise", "Sedentary Behavior", "Treatment Outcome"),
            periodical=METABOLISM,
            registry="NCT99000003",
            published="2021 Sep-Oct",
        ),
        paper(
            99000004,
            "one week of short sleep and insulin sensitivity, a randomised crossover trial",
            date(2020, 2, 10),
            ("Journal Article", "Randomized Controlled Trial"),
            structured(
                BACKGROUND="Habitual short sleep accompanies insulin resistance.",
                METHODS="28 healthy adults slept five or eight hours a night for one week each, in random order.",
                RESULTS="The clamp-derived M value was 1.7 mg/kg/min lower after short sleep (95% CI 1.1 to 2.3).",
                CONCLUSIONS="One week of short sleep caused insulin resistance.",
            ),
            ("Sleep Deprivation", "Cross-Over Studies", "Glucose Clamp Technique"),
            registry="NCT99000004",
            published="2020 Feb",
        ),
        paper(
            99000005,
            "antipsychotic medicines and insulin resistance, a systematic review",
            date(2018, 11, 26),
            ("Journal Article", "Systematic Review"),
            structured(
                BACKGROUND="Antipsychotic medicines may cause insulin resistance apart from weight gain.",
                METHODS="Search of four databases to May 2018; two reviewers.",
                RESULTS="31 studies with 4,902 participants. Olanzapine and clozapine raised HOMA-IR in 9 of 11 "
                "trials.",
                CONCLUSIONS="Olanzapine and clozapine probably cause insulin resistance.",
            ),
            ("Antipsychotic Agents", "Schizophrenia"),
            periodical=MEDICINE,
            substances=("Antipsychotic Agents",),
            published="2018 Nov",
        ),
    )
    return tuple((cited, cited.created) for cited in papers if cited.created)


def _guideline_update() -> Citation:
    return paper(
        UPDATED_GUIDELINE,
        "guideline for the assessment of insulin resistance in adults and its causes, 2026 update",
        date(2026, 6, 15),
        ("Journal Article", "Practice Guideline"),
        structured(
            BACKGROUND="The guideline of 2022 is replaced after 41 new studies on the causes of insulin resistance.",
            METHODS="A panel of 17 graded the evidence with GRADE; evidence was searched to January 2026.",
            RECOMMENDATIONS="New: ask about integrase inhibitors and night shifts; measure the waist rather than "
            "weight "
            "(strong). Changed: age alone is no longer named as a cause once fat mass and fitness are known. "
            "Unchanged: "
            "obesity, physical inactivity, family history, glucocorticoids and antipsychotics.",
            CONCLUSIONS="The recommendation on age reverses that of 2022.",
        ),
        ("Adult", "Risk Factors", "Aging"),
        periodical=MEDICINE,
        cites=(99000001, 99000002, 99000003, 99000005),
    )


def _known_papers() -> Iterator[Revision]:
    """The two real references: citation only. Their history in PubMed is unknown to us and left out."""
    obesity = Citation(
        pmid=33116712,
        title="Obesity, Insulin Resistance, and Type 2 Diabetes: Associations and Therapeutic Implications.",
        periodical=Periodical(
            "Diabetes, metabolic syndrome and obesity : targets and therapy", "Diabetes Metab Syndr Obes"
        ),
        published="2020",
        created=None,
        types=publication_types("Journal Article", "Review"),
        status="PubMed-not-MEDLINE",
        publication_status="epublish",
        model="Electronic-eCollection",
        volume="13",
        pages="3611-3616",
        doi="10.2147/DMSO.S275898",
        authors=(Author("Wondmkun", "Yohannes Tsegyie", "YT"),),
    )
    syndrome = Citation(
        pmid=17469039,
        title="The insulin resistance syndrome: physiological considerations.",
        periodical=Periodical("Diabetes & vascular disease research", "Diab Vasc Dis Res", medium="Print"),
        published="2007 Mar",
        created=None,
        types=publication_types("Journal Article", "Review"),
        status="MEDLINE",
        model="Print",
        volume="4",
        issue="1",
        pages="13-19",
        doi="10.3132/dvdr.2007.001",
        authors=(Author("Kashyap", "Sangeeta R", "SR"), Author("DeFronzo", "Ralph A", "RA")),
    )
    yield revision(syndrome, date(2007, 3, 1))
    yield revision(obesity, date(2020, 10, 9))


def _noticed(cited: Citation, notice: Citation, ref_type: RefType, day: date) -> Iterator[Revision]:
    yield revision(replace(answer(notice, cited, ref_type), status="PubMed-not-MEDLINE", revised=day), day)
    yield revision(announce(cited, notice, ref_type, day), day)


def story() -> Iterator[Revision]:
    """Every revision of the example article's references and of the notices about them, in no particular order."""
    yield from _known_papers()
    finals = []
    for final, entered in _cited():
        day = mesh_day(entered, 9)
        done = indexed(final, day)
        finals.append(done)
        yield revision(ahead_of_print(done, entered), entered)
        yield revision(done, day)
    guideline, cohort, exercise, sleep, antipsychotics = finals
    for pmid, title, day, types, cited, ref_type in (
        (LETTER, "abdominal fat and insulin sensitivity, a letter", date(2019, 10, 7), ("Letter",), cohort, _COMMENT),
        (CORRECTION, f"correction to {_bare(exercise)}", date(2025, 9, 10), (), exercise, RefType.ERRATUM_IN),
        (
            CONCERN,
            f"expression of concern about {_bare(antipsychotics)}",
            date(2026, 8, 12),
            (),
            antipsychotics,
            _CONCERN,
        ),
        (RETRACTION, f"retraction of {_bare(sleep)}", date(2026, 11, 18), (), sleep, RefType.RETRACTION_IN),
    ):
        yield from _noticed(cited, paper(pmid, title, day, types, ()), ref_type, day)
    update, entered, done_on = _guideline_update(), date(2026, 6, 15), date(2026, 7, 20)
    linked = answer(update, guideline, RefType.UPDATE_IN)
    yield revision(ahead_of_print(linked, entered), entered)
    yield revision(indexed(linked, done_on), done_on)
    yield revision(announce(guideline, update, RefType.UPDATE_IN, entered), entered)


def _bare(citation: Citation) -> str:
    return citation.title.removeprefix(MARK)
