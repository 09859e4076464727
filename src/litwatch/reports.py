"""What people are shown: the Report of one article, the Index of all, the Digest of one board member.

These are plain values that the templates print; a figure that is not in the store cannot get here. This module
refuses to render (``render``) and to send (``mail``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from litwatch.articles.model import Article
from litwatch.citations import Match
from litwatch.lint import Finding
from litwatch.records import Record
from litwatch.sweeps import Sweep
from litwatch.topics import Topic
from litwatch.triage import Signal
from litwatch.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ReportedSignal:
    """A signal with what a reader needs to judge it."""

    signal: Signal
    record: Record
    """The record concerned, as last observed."""
    first_seen: date
    """The day on which litwatch first reported the change."""


@dataclass(frozen=True, slots=True)
class Report:
    """One article's state on one day."""

    topic: Topic
    article: Article
    verdict: Verdict
    last_reviewed: date | None
    signals: tuple[ReportedSignal, ...]
    """All that are open, notices about cited papers first, then by priority, level and relevance."""
    matches: tuple[Match, ...]
    cited: tuple[Record, ...]
    """The records behind confirmed matches, as last observed."""
    findings: tuple[Finding, ...]
    sweeps: tuple[Sweep, ...]
    """The latest of each kind, failed ones included."""
    written_on: date
    surveyed_at: datetime
    demonstration: bool
    """True when any record comes from the invented demonstration corpus."""


@dataclass(frozen=True, slots=True)
class FailedTopic:
    """A topic that could not be surveyed or even read."""

    slug: str
    reason: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What one board member is told in one mail."""

    recipient: str
    day: date
    reports: tuple[Report, ...]
    """The member's articles, most urgent first, all-clear ones included."""
    failed: tuple[FailedTopic, ...]
    demonstration: bool
