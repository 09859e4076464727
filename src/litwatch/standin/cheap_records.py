"""Records by the hundred thousand, for windows that must really be crossed and for benchmarks.

Each is a whole, valid record with its own PMID, day, title and DOI, made from one pattern at a few microseconds
apiece and yielded one at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Final

from litwatch.model.record import AbstractPart, Author
from litwatch.standin.citation_xml import Citation, Periodical, write_article
from litwatch.standin.life import Revision, publication_types
from litwatch.standin.scenario_form import heading

FIRST_PMID: Final = 99_100_001
_DAYS: Final = 20
_DAY = date(1999, 9, 9)
_PMID = 88888888
_SUBJECTS = ("obesity", "sleep", "exercise", "ageing", "fibre", "prednisone", "olanzapine", "fatty liver")
_PEOPLE = ("adults", "women", "older adults", "shift workers", "adolescents", "inactive adults")
_DESIGNS = ("a cohort study", "a cross-sectional study", "a case-control study", "a survey")


def cheap_records(
    count: int,
    *,
    seed: int = 1,
    first_day: date = date(2026, 11, 1),
    last_day: date = date(2026, 11, 20),
) -> Iterator[Revision]:
    """Yield ``count`` revisions, one a record, with ascending PMIDs and days spread evenly over the range.

    Every title and every heading list names insulin resistance, so that one query finds them all. One seed, the same
    bytes.
    """
    pattern = _pattern()
    rng = Random(seed)  # noqa: S311 - repeatable on purpose, nothing is secret
    span = (last_day - first_day).days + 1
    for number in range(count):
        day = first_day + timedelta(days=number * span // count)
        pmid = FIRST_PMID + number
        words = {
            "pmid": pmid,
            "year": day.year,
            "month": day.month,
            "day": day.day,
            "subject": rng.choice(_SUBJECTS),
            "people": rng.choice(_PEOPLE),
            "design": rng.choice(_DESIGNS),
            "size": rng.randint(40, 9999),
        }
        yield Revision(day, pmid, (pattern % words).encode())


def records_beside(taken: Collection[int], count: int, *, seed: int, last_day: date) -> Iterator[Revision]:
    """Yield ``count`` cheap revisions of the twenty days up to ``last_day`` that use none of the PMIDs ``taken``."""
    in_the_way = sum(pmid >= FIRST_PMID for pmid in taken)
    made = cheap_records(
        count + in_the_way, seed=seed, first_day=last_day - timedelta(days=_DAYS - 1), last_day=last_day
    )
    return islice((revision for revision in made if revision.pmid not in taken), count)


def _pattern() -> str:
    """The record as a ``%`` pattern, made by the writer that makes all others, so that the shape is the same."""
    citation = Citation(
        pmid=_PMID,
        title=f"Demonstration data: SUBJECT and insulin resistance in PEOPLE, DESIGN, number {_PMID}",
        periodical=Periodical("Demonstration Journal of Invented Results", "Demo J Invent Results"),
        published="1999 Sep",
        created=_DAY,
        mesh_dated=_DAY,
        completed=_DAY,
        revised=_DAY,
        status="MEDLINE",
        indexing="Automated",
        volume="1",
        pages="1-9",
        doi=f"10.5555/cheap.{_PMID}",
        types=publication_types("Journal Article"),
        abstract=(AbstractPart(None, None, "SUBJECT and insulin resistance were examined in NUMBER PEOPLE."),),
        authors=(Author("Example", "A B", "AB"),),
        mesh=(heading("Insulin Resistance*"), heading("Humans")),
    )
    pattern = write_article(citation).decode().replace("%", "%%")
    for sentinel, field in (
        (str(_PMID), "%(pmid)d"),
        ("SUBJECT", "%(subject)s"),
        ("PEOPLE", "%(people)s"),
        ("DESIGN", "%(design)s"),
        ("NUMBER", "%(size)d"),
        ("<Month>09</Month><Day>09</Day>", "<Month>%(month)02d</Month><Day>%(day)02d</Day>"),
        ("<Month>9</Month><Day>9</Day>", "<Month>%(month)d</Month><Day>%(day)d</Day>"),
        ("<Year>1999</Year><Month>Sep</Month>", "<Year>%(year)d</Year>"),
        ("<Year>1999</Year>", "<Year>%(year)d</Year>"),
    ):
        pattern = pattern.replace(sentinel, field)
    return pattern
