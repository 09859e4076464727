"""Invented records for the strategy tests: each is found by some clauses and missed by others."""

from __future__ import annotations

from datetime import date
from typing import Any

from litwatch.model.record import (
    AbstractPart,
    Author,
    DatePrecision,
    Journal,
    MeshHeading,
    MeshQualifier,
    Notice,
    PartialDate,
    PublicationType,
    Record,
    RefType,
    RegistryEntry,
)
from tests.factories import FIRST_PMID, make_record

TODAY = date(2026, 11, 22)
HUMANS = MeshHeading("D006801", "Humans", major=False)
MICE = MeshHeading("D051379", "Mice", major=False)
ANIMALS = MeshHeading("D000818", "Animals", major=False)
INSULIN_RESISTANCE = MeshHeading("D007333", "Insulin Resistance", major=True)
RESISTANCE_GENETICS = MeshHeading(
    "D007333", "Insulin Resistance", major=False, qualifiers=(MeshQualifier("Q000235", "genetics", major=True),)
)
METABOLIC_SYNDROME = MeshHeading(
    "D024821", "Metabolic Syndrome", major=False, qualifiers=(MeshQualifier("Q000188", "drug therapy", major=False),)
)


def paper(offset: int = 0, title: str = "Invented", abstract: str = "", **changes: Any) -> Record:
    """A record whose abstract is one unlabelled part, or missing."""
    parts = (AbstractPart(None, None, abstract),) if abstract else ()
    return make_record(FIRST_PMID + offset, **({"title": title, "abstract": parts} | changes))


def day(year: int, month: int = 1, of_month: int = 1) -> PartialDate:
    """A publication date known to the day."""
    exact = date(year, month, of_month)
    return PartialDate(exact.isoformat(), exact, exact, DatePrecision.DAY)


INDEXED = paper(
    0,
    "Short sleep and insulin resistance in adults",
    "A cohort of 12 nurses. Rash on the face was rare. Follow-up studies are wanted.",
    mesh=(INSULIN_RESISTANCE, HUMANS),
    published=day(2024, 3, 5),
    electronic=date(2023, 12, 30),
    entered=date(2024, 3, 1),
    publication_types=(PublicationType("D016428", "Journal Article"), PublicationType("D016449", "RCT, as once named")),
)
UNINDEXED = paper(
    1,
    "Insulin-resistance after shift work: the asthma's shadow",
    "Wearables and [18F]FDG were used.",
    status="Publisher",
    mesh=(),
    entered=date(2026, 11, 1),
    authors=(Author("Smith", "John Arthur", "JA"), Author("van der Berg", "Eva", "E", affiliations=("Invented City",))),
)
MOUSE = paper(
    2,
    "Metabolic syndrome in mice",
    "",
    mesh=(METABOLIC_SYNDROME, MICE, ANIMALS),
    entered=date(2025, 6, 1),
    languages=("fre",),
    journal=Journal("Invented Mouse Letters", "Inv Mouse Lett", "1234-5678", "9999999", "7", "1", "101-9", "France"),
    substances=("Metformin",),
    registry=(RegistryEntry("ClinicalTrials.gov", "NCT99999999"),),
)
RETRACTED = paper(
    3,
    "Genetics of insulin action",
    "Obesity matters.",
    mesh=(RESISTANCE_GENETICS, HUMANS),
    entered=date(2025, 6, 1),
    published=PartialDate("2025", date(2025, 1, 1), date(2025, 12, 31), DatePrecision.YEAR),
    electronic=None,
    publication_types=(PublicationType("D016441", "Retracted Publication"),),
    notices=(Notice(RefType.RETRACTION_IN, "Inv J Metab. 2026;5:1", None),),
    keywords=("gene panel", "cohort design"),
)
NOTICE = paper(
    4,
    "Retraction: Genetics of insulin action",
    "",
    entered=date(2026, 1, 1),
    publication_types=(PublicationType("D016440", "Retraction of Publication"),),
)
EVERYONE = (INDEXED, UNINDEXED, MOUSE, RETRACTED, NOTICE)
