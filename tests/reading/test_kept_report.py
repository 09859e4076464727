"""A kept report leaves nothing of a report out: what it does not hold is read anew, or keeps it from being kept."""

from __future__ import annotations

from dataclasses import fields

from litwatch.reading.kept_report import KeptReport, KeptSignal
from litwatch.report.contents import Report, ReportedSignal

READ_ANEW = {
    "topic", "article", "verdict", "sweeps", "written_on", "surveyed_at", "basis", "coverage_gaps", "embedded",
}  # fmt: skip
"""Of the day, or from the files."""
NEVER_KEPT = {"survivor", "events"}
"""A report with a signal that has one of these is not kept."""


def names_of(kind: type) -> set[str]:
    return {each.name for each in fields(kind)}


def test_each_part_of_a_report_is_kept_or_read_anew() -> None:
    assert names_of(Report) - names_of(KeptReport) == READ_ANEW
    assert names_of(KeptReport) - names_of(Report) == {"others"}


def test_each_part_of_a_signal_is_kept_but_its_record() -> None:
    assert names_of(ReportedSignal) - names_of(KeptSignal) == {"record"} | NEVER_KEPT
    assert names_of(KeptSignal) - names_of(ReportedSignal) == {"pmid"}
