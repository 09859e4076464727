"""How a run ends in Prefect's eyes: its state, with the reason as its message, and its artifacts."""

from __future__ import annotations

from typing import Any

from prefect.states import Completed, Failed

from litwatch.config.settings import Settings
from litwatch.model.text.phrases import count
from litwatch.model.text.safe_text import clip
from litwatch.night.night_outcome import NightSummary
from litwatch_flows.artifacts import leave_artifacts

MESSAGE = 1000
"""Characters of a state's message; the artifact says all of it."""


def end_as(summary: NightSummary, settings: Settings) -> Any:
    """Leave the artifacts; the state in which the run ends: failed when any part failed, so that the schedule goes red.

    A flow that returns it gives its caller the summary, or raises FailedRun with the reason.
    """
    leave_artifacts(summary, settings)
    return end_with(summary.failure, _sum_up(summary), summary)


def end_with(failure: str | None, said: str, result: Any = None) -> Any:
    """The state of a run with its reason, or with what it did."""
    if failure is not None:
        return Failed(message=clip(failure, MESSAGE))
    return Completed(message=said, data=result)


def _sum_up(summary: NightSummary) -> str:
    asking = sum(outcome.verdict.status.asks_for_review for outcome in summary.outcomes)
    said = f"{count(len(summary.outcomes), 'article')} surveyed; {asking} ask for a review."
    return f"{said} Digests: {summary.delivery.sentence}." if summary.delivery else said
