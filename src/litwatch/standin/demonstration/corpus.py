"""The bulk of the demonstration: some four hundred invented papers, each with its dates, authors and life in PubMed.

Papers enter unindexed and ahead of print; MeSH headings and publication types follow weeks later, and not at all
during NLM's year-end pause (mid-November to mid-December).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Author, MeshHeading, MeshQualifier, Notice, RefType, RegistryEntry
from litwatch.standin.citation_xml import Citation, Cited, Periodical, Substance
from litwatch.standin.demonstration.designs import MARK, Draft, dice, draft
from litwatch.standin.demonstration.distractors import DISTRACTORS
from litwatch.standin.demonstration.subjects import CAUSES, Subject
from litwatch.standin.life import Revision, ahead_of_print, citation_line, indexed, publication_types, revision
from litwatch.standin.vocabulary import MESH, QUALIFIERS

FIRST_PMID: Final = 99000101
RESULTS: Final = Periodical(
    "Demonstration Journal of Invented Results", "Demo J Invent Results", "0000-0019", "99000001"
)
METABOLISM: Final = Periodical(
    "Demonstration Archives of Invented Metabolism", "Demo Arch Invent Metab", None, "99000002"
)
MEDICINE: Final = Periodical("Demonstration Annals of Invented Medicine", "Demo Ann Invent Med", None, "99000003")
PREPRINTS: Final = Periodical("Demonstration Preprint Server of Invented Results", "Demo Prepr", None, "99000004")

_FAMILIES: Final = tuple("Example Sample Specimen Fictive Notional Imagined Pretend Conjured Hypothet Modelled".split())
_PLACES: Final = ("Northvale", "Eastport", "Lower Samplebury", "Exampleton", "Saint Fictitia")
_PER_YEAR: Final = {2015: 16, 2016: 18, 2017: 20, 2018: 24, 2019: 27, 2020: 32, 2021: 36, 2022: 38, 2023: 42, 2024: 48}
_PER_YEAR_NOW: Final = {2025: 52, 2026: 50}
_STORY_BEGINS: Final = date(2025, 2, 16)


@dataclass(frozen=True, slots=True)
class Planned:
    """A paper with a PMID and a day, before it is written out."""

    pmid: int
    day: date
    subject: Subject
    draft: Draft


def heading(term: str, *, major: bool = False) -> MeshHeading:
    """A MeSH heading from ``MESH``, as in ``Obesity`` or ``Obesity/complications``.

    With a subheading, that is what is major and the heading itself is not, as NLM marks it.
    """
    label, slash, name = term.partition("/")
    if not slash:
        return MeshHeading(MESH[label], label, major)
    return MeshHeading(MESH[label], label, False, (MeshQualifier(QUALIFIERS[name], name, major),))


def people(rng: Random, most: int = 7) -> tuple[Author, ...]:
    """Invented authors: Example A, Sample BC, …"""
    authors = []
    for position in range(rng.randint(2, most)):
        initials = "".join(rng.choices("ABCDEFGHKLMNPRSTW", k=rng.randint(1, 2)))
        place = f"Institute of Invented Medicine, {rng.choice(_PLACES)}." if position in (0, 1) else None
        name = Author(rng.choice(_FAMILIES), " ".join(initials), initials, affiliations=(place,) if place else ())
        authors.append(name)
    return tuple(authors)


def mesh_day(entered: date, weeks: int) -> date:
    """The day of indexing, put off to 16 December where it would fall into NLM's year-end pause."""
    day = entered + timedelta(weeks=weeks)
    paused = (day.month, day.day) >= (11, 10) and (day.month, day.day) < (12, 16)
    return date(day.year, 12, 16) if paused else day


def plan(seed: int, last_day: date) -> tuple[Planned, ...]:
    """Which paper enters when, in order of entry; every title is there once."""
    days = dice(seed, "days")
    entries = sorted(
        date(year, 1, 1) + timedelta(days=days.randrange(365))
        for year, count in (_PER_YEAR | _PER_YEAR_NOW).items()
        for _ in range(count)
    )
    titles: set[str] = set()
    planned: list[Planned] = []
    for number, day in enumerate(entry for entry in entries if entry <= last_day):
        rng = dice(seed, "paper", number)
        pool = DISTRACTORS if rng.random() < 0.25 else CAUSES
        subject = rng.choices(pool, weights=[subject.weight for subject in pool])[0]
        paper = draft(subject, rng, guidelines=day < _STORY_BEGINS)
        for _ in range(20):
            if paper.title not in titles:
                break
            paper = draft(subject, rng, guidelines=False)
        else:
            paper = replace(paper, title=f"{paper.title}, report {number}")
        titles.add(paper.title)
        planned.append(Planned(FIRST_PMID + number, day, subject, paper))
    return tuple(planned)


def _write(paper: Planned, earlier: list[Planned], rng: Random) -> Citation:
    subject, sketch, day = paper.subject, paper.draft, paper.day
    comment = "Letter" in sketch.types or "Editorial" in sketch.types
    preprint = "Preprint" in sketch.types
    periodical = PREPRINTS if preprint else rng.choice((RESULTS, RESULTS, METABOLISM, MEDICINE))
    page = rng.randint(1, 990)
    sex = ("Female", "Male") if "Humans" in subject.mesh and "Female" not in subject.mesh else ()
    labels = dict.fromkeys((*subject.mesh, *sketch.mesh, *sex))
    cited = [p for p in earlier if p.subject is subject][-rng.randint(2, 9) :] if not comment else []
    registry = f"NCT99{rng.randint(0, 999999):06}" if sketch.registered else None
    return Citation(
        pmid=paper.pmid,
        title=f"{MARK}{sketch.title}",
        periodical=periodical,
        published=_printed(day, rng),
        created=day,
        types=publication_types(*sketch.types),
        received=None if comment or preprint else day - timedelta(days=rng.randint(70, 260)),
        accepted=None if comment or preprint else day - timedelta(days=rng.randint(8, 40)),
        electronic=None if comment else day - timedelta(days=rng.randint(0, 3)),
        model="Electronic" if preprint else "Print-Electronic",
        volume=None if preprint else str(day.year - 2000),
        issue=None if preprint else str((day.month + 1) // 2),
        pages=None if preprint else rng.choice((f"{page}-{page + rng.randint(2, 14)}", f"e{page}")),
        doi=None if rng.random() < 0.03 else f"10.5555/demo.{paper.pmid}",
        abstract=sketch.abstract,
        copyright="© 2026 The Demonstration Authors." if rng.random() < 0.2 else None,
        authors=people(rng, 2 if comment else 7),
        mesh=tuple(heading(label, major=place < 2) for place, label in enumerate(labels)),
        substances=tuple(Substance(MESH[label], label) for label in subject.substances),
        keywords=subject.keywords if rng.random() < 0.7 else (),
        registry=(RegistryEntry("ClinicalTrials.gov", registry),) if registry else (),
        references=tuple(
            Cited(f"{MARK}{p.draft.title}. {p.day.year}.", p.pmid, f"10.5555/demo.{p.pmid}") for p in cited
        ),
    )


def _printed(day: date, rng: Random) -> str:
    printed = day + timedelta(days=rng.randint(10, 80))
    month = printed.strftime("%b")
    following = (printed.replace(day=1) + timedelta(days=32)).strftime("%b")
    return rng.choices(
        (
            f"{printed.year} {month}",
            f"{printed.year} {month} {printed.day}",
            f"{printed.year}",
            f"{printed.year} {month}-{following}",
        ),
        weights=(6, 4, 1, 1),
    )[0].replace(" Dec-Jan", " Nov-Dec")


def _lives(paper: Planned, citation: Citation, comments: list[Citation], rng: Random) -> Iterator[Revision]:
    state = ahead_of_print(citation, paper.day)
    yield revision(state, paper.day)
    steps: list[tuple[date, Citation | None]] = [(letter.created, letter) for letter in comments if letter.created]
    if "Preprint" not in paper.draft.types:
        steps.append((mesh_day(paper.day, rng.randint(2, 15)), None))
    for day, letter in sorted(steps, key=lambda step: step[0]):
        if letter is None:
            state = indexed(replace(citation, notices=state.notices), day)
        else:
            link = Notice(RefType.COMMENT_IN, citation_line(letter), Pmid(letter.pmid))
            state = replace(state, notices=(*state.notices, link), revised=day)
        yield revision(state, day)


def background(seed: int, last_day: date) -> Iterator[Revision]:
    """The revisions of every invented paper but the story's, in no particular order."""
    planned = plan(seed, last_day)
    written: list[Citation] = []
    comments: dict[int, list[Citation]] = {}
    for number, paper in enumerate(planned):
        rng = dice(seed, "citation", number)
        citation = _write(paper, list(planned[max(0, number - 60) : number]), rng)
        targets = [p for p in planned[max(0, number - 40) : number] if p.subject is paper.subject and p.draft.abstract]
        if "Letter" in paper.draft.types and targets:
            target = targets[-1]
            line = citation_line(written[target.pmid - FIRST_PMID])
            link = Notice(RefType.COMMENT_ON, line, Pmid(target.pmid))
            citation = replace(citation, types=publication_types("Letter", "Comment"), notices=(link,))
            comments.setdefault(target.pmid, []).append(citation)
        written.append(citation)
    for number, paper in enumerate(planned):
        yield from _lives(paper, written[number], comments.get(paper.pmid, []), dice(seed, "life", number))
