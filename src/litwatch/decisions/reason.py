"""Why a rule fired, as a code with what it needs to be told; ``report/reason_sentences.py`` has the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from litwatch.model.sweep import SearchSign, Sweep, SweepKind, SweepState


class ReasonCode(StrEnum):
    """What made a rule fire. ``numbers``, ``day`` and ``text`` are those of ``Reason``."""

    RETRACTED = "retracted"
    NEWER_VERSION = "newer_version"
    REINSTATED = "reinstated"
    PARTLY_RETRACTED = "partly_retracted"
    WITHDRAWN = "withdrawn"
    CONCERN = "concern"
    OTHER_NOTICE = "other_notice"
    CONTRADICTED = "contradicted"
    NEW_EVIDENCE = "new_evidence"
    """``numbers``: the evidence level, 1 to 7, that the topic asks for."""
    KEPT = "kept"
    LINT_ERRORS = "lint_errors"
    """``numbers``: how many."""
    UNCONFIRMED = "unconfirmed"
    """``numbers``: the places of the references in the list."""
    UNLIKE_PIN = "unlike_pin"
    """``numbers``: the places of the references in the list."""
    UNDATED = "undated"
    LONG_SINCE_REVIEW = "long_since_review"
    """``day`` of the review; ``numbers``: the days since, and after how many the article is re-assessed."""
    LONG_SINCE_UPDATE = "long_since_update"
    """The same for an article that was never reviewed."""
    TOPIC_SWEEP_FAILED = "topic_sweep_failed"
    """``text``: the error."""
    CITATION_SWEEP_FAILED = "citation_sweep_failed"
    UNDERSTOOD_OTHERWISE = "understood_otherwise"
    """This and the next two are those of ``SignCode``; ``day``: the day of the search that it is compared with."""
    NEW_WARNING = "new_warning"
    FINDS_TOO_LITTLE = "finds_too_little"
    """``numbers``: papers lost, papers that must be found."""
    CLEAR = "clear"
    """``day``: to which everything is searched."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, without words of ours."""

    code: ReasonCode
    numbers: tuple[int, ...] = ()
    day: date | None = None
    text: str = ""
    """What came from outside: an error as its source told it."""


_FAILED = {
    SweepKind.TOPIC: ReasonCode.TOPIC_SWEEP_FAILED,
    SweepKind.CITATION: ReasonCode.CITATION_SWEEP_FAILED,
}


def find_failures(sweeps: Iterable[Sweep]) -> tuple[Reason, ...]:
    """The topic and citation sweeps that did not complete.

    A feed or a second source is a hint beside these: that it failed is told in the report, but the article was surveyed
    without it.
    """
    failed = [each for each in sweeps if each.state is SweepState.FAILED]
    return tuple(Reason(_FAILED[each.kind], text=each.error or "") for each in failed if each.kind in _FAILED)


def reason_of(sign: SearchSign) -> Reason:
    """A sign that the search strategy needs a look, as a reason."""
    numbers = (sign.lost, sign.expected) if sign.expected else ()
    return Reason(ReasonCode(sign.code.value), numbers, sign.since)
