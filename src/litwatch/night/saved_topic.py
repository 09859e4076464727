"""What became of one topic in a night."""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.decisions.verdict import Verdict
from litwatch.model.sweep import Sweep
from litwatch.model.topic import Topic
from litwatch.report.contents import Report
from litwatch.store import NightSaved


@dataclass(frozen=True, slots=True)
class SavedTopic:
    """One topic whose night has been decided, and kept where it was to be kept."""

    topic: Topic
    """With the references that people have confirmed."""
    verdict: Verdict
    saved: NightSaved
    sweeps: tuple[Sweep, ...]
    """Tonight's, closed."""
    report: Report | None
    """None where nothing has changed since the night before, so that the last report stands."""
