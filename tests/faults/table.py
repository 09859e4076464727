"""Writes docs/reliability.md from a run of these tests: ``python -m tests.faults.table`` (all of them, slow ones
too); or from the JUnit reports of such runs, the later before the earlier.

Each test notes what it injected, where, and what came of it (pytest's record_property); a row is kept under the test's
own name, so that a test can see that no row outlives its case. This module refuses to write a table with a red case.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "reliability.md"

INTRODUCTION = Path(__file__).with_name("reliability.md")


def run_tests(report: Path) -> None:
    """Run every test of the folder but those of the table itself; pytest's JUnit report goes to ``report``."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "tests/faults"]
    command += ["-o", "junit_family=xunit1", "--ignore=tests/faults/test_table.py", f"--junitxml={report}"]
    subprocess.run(command, cwd=PROJECT, check=False)


def collect_cases() -> set[str]:
    """The names of all cases that there are, as the table writes them."""
    command = [sys.executable, "-m", "pytest", "-q", "--co", "-p", "no:randomly", "-p", "no:xdist", "tests/faults"]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    names = [line.removeprefix("tests/faults/").replace(".py::", "::") for line in told.splitlines() if "::" in line]
    return {_cell(_short(name, 200)) for name in names}


def read_rows(report: Path) -> list[dict[str, str]]:
    """A row each for the tests that noted something. Raises SystemExit where one failed."""
    rows = []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            raise SystemExit(f"{name} is red: the table stays as it is")
        noted = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
        if "fault" in noted:
            rows.append({**noted, "test": name})
    return rows


def write_page(rows: list[dict[str, str]]) -> str:
    """The page: how many cases came to what, then a row for each."""
    counts = Counter(row["outcome"].partition(",")[0] for row in rows)
    total = ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
    lines = [
        f"{len(rows)} cases: {total}. In every one the invariants held.",
        "",
        "| fault | where | outcome | what was said | case |",
        "|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row["test"].partition("::")[0], row["fault"], row["where"])):
        cells = (row["fault"], row["where"], row["outcome"], _short(row["said"]), f"`{_short(row['test'], 200)}`")
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return INTRODUCTION.read_text("utf-8") + "\n".join(lines) + "\n"


def read_cases(page: str) -> set[str]:
    """The names of the cases that a page's table lists."""
    return set(re.findall(r"\| `([^`]+)` \|$", page, re.MULTILINE))


def _short(text: str, limit: int = 160) -> str:
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)
    text = re.sub(r"/\S*/(ward|disk)\S*/", ".../", text)
    text = re.sub(r"\b(?:process|PID) \d+ ?(?:\([^)]*\))?", "process …", text)
    text = "".join(c if c.isprintable() and c not in "<>`" else "·" for c in " ".join(text.split()))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(reports: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if not reports:
            reports = [Path(folder) / "report.xml"]
            run_tests(reports[0])
        rows = {_cell(_short(row["test"], 200)): row for report in reports for row in read_rows(report)}
        known = collect_cases()
        PAGE.write_text(write_page([row for name, row in rows.items() if name in known]), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(PROJECT)}")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
