"""A change as a report told it: what a feed says of one article, entry by entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litwatch.decisions.verdict import Status
from litwatch.model.change import Change


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One episode that a published report has shown, open or closed since."""

    episode: str
    """Its id, which stays for ever."""
    change: Change
    began_at: datetime
    """The night that saw it first."""
    title: str
    """The title of the paper that it is about; empty where the store has no record of it."""
    level: int | None
    """For a new record, the evidence level at which it was told first."""
    status: Status | None
    """The article's verdict on that day; None where none is kept."""
