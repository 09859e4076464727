"""When a reference that was not found is looked up again: when its entry changes, after a week, then once a month.

Most references that PubMed does not have, it never will (books, guidelines, web pages): looked up every night they cost
six requests in seven of a quiet night. Those that it does not have yet come within weeks, and are found without any
request as soon as the store has their record. Until then the last match stands, and with it what the verdict says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from litwatch.model.reference import Match, Reference
from litwatch.references.matching.proposals import is_open, may_be_in_pubmed

AGAIN_AFTER = timedelta(days=7)
"""How long after its first look-up a reference is looked up again, at the earliest: PubMed gets most records within a
week of publication. It happens on one of the seven days from then on."""

ONCE_IN = timedelta(days=28)
"""How often it is looked up from then on, on a day of its own: a site's references are spread over all nights."""

_NOT_BEFORE = timedelta(days=14)
"""How long after one look-up the next of every fourth week comes at the earliest."""


@dataclass(frozen=True, slots=True)
class ReferenceTry:
    """When a reference that was not found was last looked up."""

    position: int
    entry: str
    """What was looked up, as ``entry_of`` tells it."""
    since: date
    """The day on which this entry was first looked up."""
    tried_on: date
    """The day on which it was last."""


def entry_of(reference: Reference) -> str:
    """A short text that is another where anything printed is another by which a reference is looked up."""
    printed = (
        reference.kind, reference.title, reference.source, reference.year, reference.authors, reference.pmid,
        reference.doi, reference.url, reference.text,
    )  # fmt: skip
    return hashlib.sha256(repr(printed).encode()).hexdigest()[:16]


def select_resting(
    slug: str,
    references: Iterable[Reference],
    before: Mapping[int, Match],
    tries: Iterable[ReferenceTry],
    today: date,
) -> frozenset[int]:
    """The positions whose references are not looked up tonight: they were not found, and are not due again.

    ``before`` are the article's last matches by position; one that is not confirmed, and no editor's, may rest.
    """
    last = {each.position: each for each in tries}
    return frozenset(
        reference.position
        for reference in references
        if (match := before.get(reference.position)) is not None
        and is_open(match)
        and (tried := last.get(reference.position)) is not None
        and tried.entry == entry_of(reference)
        and today < due_on(slug, tried)
    )


def due_on(slug: str, tried: ReferenceTry) -> date:
    """The day on which a reference is looked up again."""
    chance = int(hashlib.sha256(f"{slug} {tried.position}".encode()).hexdigest(), 16)
    second = tried.since + AGAIN_AFTER + timedelta(days=chance % AGAIN_AFTER.days)
    if tried.tried_on < second:
        return second
    earliest = tried.tried_on + _NOT_BEFORE
    return earliest + timedelta(days=(chance - earliest.toordinal()) % ONCE_IN.days)


def note_tries(
    references: Iterable[Reference],
    matches: Iterable[Match],
    resting: Collection[int],
    tries: Iterable[ReferenceTry],
    today: date,
) -> tuple[ReferenceTry, ...]:
    """What is to be remembered after the references were looked up on a day, all but the ``resting``."""
    last = {each.position: each for each in tries}
    by_position = {reference.position: reference for reference in references}
    noted = []
    for match in matches:
        reference = by_position[match.position]
        if not is_open(match) or not may_be_in_pubmed(reference):
            continue
        entry, before = entry_of(reference), last.get(match.position)
        if before is None or before.entry != entry:
            noted.append(ReferenceTry(match.position, entry, today, today))
        elif match.position in resting:
            noted.append(before)
        else:
            noted.append(ReferenceTry(match.position, entry, before.since, today))
    return tuple(noted)
