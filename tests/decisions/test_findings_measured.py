"""On real abstracts, labelled by hand before the program first read them, what is shown is right."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

LEAST = {"result": (0.95, 0.6), "design": (0.95, 0.5), "number": (0.95, 0.5), "effect": (0.95, 0.5)}
"""Precision and recall on the set kept for the figures, of what report, desk and mail show."""


@pytest.mark.realdata
@pytest.mark.slow
def test_what_is_shown_of_real_abstracts_is_right(shared: Path, project: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench.findings", shared], cwd=project, capture_output=True, text=True, check=True
    ).stdout
    assert " 0 of them not found or changed" in told
    rates = {
        (kind or "result"): (float(precision), float(recall))
        for kind, precision, recall in re.findall(
            r"(?:result|fact), final +(?:(\w[\w ]*?) +)?precision ([\d.]+) \(.*?recall ([\d.]+) \(", told
        )
    }
    for part, kind in (("fresh", "comparison"), ("pooled", "comparison"), ("final", "all shown")):
        (row,) = re.findall(rf"shown, {part} +{kind} +precision ([\d.]+) \(.*?recall ([\d.]+) \(", told)
        assert float(row[0]) >= 0.95, told
        assert kind == "comparison" or float(row[1]) >= 0.5, told
    for kind, (precision, recall) in LEAST.items():
        assert rates[kind][0] >= precision, told
        assert rates[kind][1] >= recall, told
