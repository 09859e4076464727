"""Everything that one night brought about one article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litwatch.decisions.reference_schedule import ReferenceTry
from litwatch.decisions.related_papers import RelatedPapers
from litwatch.decisions.verdict import Verdict
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match
from litwatch.model.sweep import Outstanding, Sweep, SweepKind
from litwatch.store.article_texts import ReadArticle
from litwatch.store.documents import Document


@dataclass(frozen=True, slots=True)
class TopicNight:
    """Everything one night brought about one topic; the store writes it in one transaction."""

    topic: str
    run: str
    """Identifier of the run that it belongs to."""
    surveyed_at: datetime
    """UTC."""
    sweeps: tuple[Sweep, ...]
    records: tuple[Record | Document, ...]
    """As delivered, without repeats; the store keeps those that differ from what it has."""
    sightings: tuple[tuple[Pmid, SweepKind], ...]
    matches: tuple[Match, ...]
    outstanding: tuple[Outstanding, ...] = ()
    """What is still outstanding after this night, and what it ended."""
    related: RelatedPapers | None = None
    """The look beside the searches, tonight's or the last that is still good."""
    lost: tuple[Pmid, ...] = ()
    """New records told before that PubMed left out."""
    read: ReadArticle | None = None
    """The article as it was read tonight."""
    tries: tuple[ReferenceTry, ...] | None = None
    """When references that were not found were last looked up; None where what is remembered of it stands."""


@dataclass(frozen=True, slots=True)
class CarriedNight:
    """A night on which nothing of a topic differed: what was searched, and its verdict, carried on."""

    topic: str
    run: str
    surveyed_at: datetime
    """UTC."""
    sweeps: tuple[Sweep, ...]
    verdict: Verdict
    related: RelatedPapers | None = None
    """The look beside the searches, where tonight's found the same again."""
