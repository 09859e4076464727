"""What a change means: evidence level, relevance to the article, priority, each with its reason.

Levels order and mark; they never exclude (rule R-25). This module refuses to name a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from litwatch.diff import Change


class Priority(IntEnum):
    """The AHRQ surveillance programme's scale, lower is more urgent."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3


@dataclass(frozen=True, slots=True)
class Level:
    """An evidence level from publication types: 1 (guideline) to 7 (comment), with its label."""

    rank: int
    label: str
    provisional: bool
    """True where the record is not indexed yet and title words decided."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A change with its meaning."""

    change: Change
    priority: Priority
    level: Level | None
    """None for changes to cited records."""
    reasons: tuple[str, ...]
    """Sentences for a reader, most important first."""
    relevance: float
    """0 to 1: words shared with the article; orders signals of one level, decides nothing."""
    sentences: tuple[int, ...]
    """Numbers of the article's sentences concerned, most concerned first."""
