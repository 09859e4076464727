"""What to do: signals and sweep outcomes → a verdict with every rule that fired.

The first rule that fires names the status; all that fired are listed. A sweep that did not complete is
``NOT_SURVEYED`` or is said beside a worse verdict; it is never "no signal". This module refuses to promise
that an article is right: a machine cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from litwatch.citations import Pmid


class Status(StrEnum):
    """What the board should do with an article."""

    REVIEW_NOW = "review now"
    REVIEW_NEEDED = "review needed"
    NO_SIGNAL = "no signal"
    NOT_SURVEYED = "not surveyed"


@dataclass(frozen=True, slots=True)
class Fired:
    """One rule that fired."""

    rule: str
    """Stable id: ``V1`` … ``V9``."""
    status: Status
    reason: str
    """One sentence for the board."""
    pmids: tuple[Pmid, ...]
    overturned_by: str
    """What would take the reason away."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of one night on one article."""

    status: Status
    fired: tuple[Fired, ...]
    """In the rules' order; the first names the status."""
    decided_on: date
    searched_to: date | None
    """Last day that completed topic sweeps cover; None before the first."""
    reassess_on: date | None
