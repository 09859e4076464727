"""Writes docs/reliability.md from a run of these tests: ``python -m tests.faults.table`` (all of them, slow ones
too); or from the JUnit reports of such runs, the later before the earlier.

Each test notes what it injected, where, and what came of it (pytest's record_property). The page has a line for each
fault and a fingerprint of all cases, by which a test sees that the page is of today's cases. It writes no page while a
case is red or missing.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

from litwatch.standin import FAULTS

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "reliability.md"
INTRODUCTION = Path(__file__).with_name("reliability.md")

SECTIONS = {
    "transport": "PubMed: the connection",
    "body": "PubMed: what the answer looks like",
    "meaning": "PubMed: what the answer says",
    "feed": "Feeds",
    "mail": "Mail",
    "store": "Store, clock and editors' files",
    "process": "Process and disk",
    "hostile": "Hostile text",
}
KILLED = re.compile(r"(\d+) of (\d+) killed, (\d+) left (.*)")

Row = dict[str, str]


def run_tests(report: Path) -> None:
    """Run every test of the folder but those of the table itself; pytest's JUnit report goes to ``report``."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "load", "tests/faults"]
    command += ["-o", "junit_family=xunit1", "--ignore=tests/faults/test_table.py", f"--junitxml={report}"]
    subprocess.run(command, cwd=PROJECT, check=False)


def collect_cases() -> set[str]:
    """The names of all cases that there are; those of the table itself are left out."""
    command = [sys.executable, "-m", "pytest", "-q", "--co", "-p", "no:randomly", "-p", "no:xdist", "tests/faults"]
    command += ["--ignore=tests/faults/test_table.py"]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    return {line.removeprefix("tests/faults/").replace(".py::", "::") for line in told.splitlines() if "::" in line}


def read_rows(report: Path) -> dict[str, Row]:
    """What each case of a report noted; empty for those that note nothing. Raises SystemExit where one failed."""
    rows = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            raise SystemExit(f"{name} is red: the page stays as it is")
        if case.find("skipped") is not None:
            raise SystemExit(f"{name} was skipped: the page would claim what was not tried")
        rows[name] = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
    return rows


def fingerprint(cases: Iterable[str]) -> str:
    """The mark in the page that changes with the set of cases."""
    return f"<!-- cases: {hashlib.sha256(chr(10).join(sorted(cases)).encode()).hexdigest()} -->"


def write_page(noted: dict[str, Row]) -> str:
    """The page: how many cases came to what, then a line for each fault, by section; ``noted`` is each case's row."""
    rows = sorted(
        ({**row, "section": _section(name, row)} for name, row in noted.items() if "fault" in row),
        key=lambda row: (list(SECTIONS).index(row["section"]), row["fault"], row["where"]),
    )
    lines = [f"{len(rows)} cases: {_count_outcomes(rows)}. In every one the invariants held.", ""]
    for section, group in groupby(rows, key=lambda row: row["section"]):
        lines += [f"### {SECTIONS[section]}", "", "| fault | where | cases | outcome | what was said |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_line(fault, list(cases)) for fault, cases in groupby(group, key=lambda row: row["fault"])]
        lines.append("")
    return INTRODUCTION.read_text("utf-8") + "\n".join([*lines, fingerprint(noted)]) + "\n"


def _section(name: str, row: Row) -> str:
    if row["fault"] in FAULTS:
        return FAULTS[row["fault"]].kind.value
    module = name.partition("::")[0].split("_")[1]
    return {"pubmed": "transport", "absences": "meaning"}.get(module, module)


def _line(fault: str, rows: list[Row]) -> str:
    where = "; ".join(dict.fromkeys(_place(row["where"]) for row in rows))
    said = [row["said"] for row in rows if row["said"]]
    cells = (fault.removeprefix("feed: ").removeprefix("mail: ").removeprefix("hostile: "),
             where, str(len(rows)), _count_outcomes(rows), _example(said))  # fmt: skip
    return "| " + " | ".join(_short(cell).replace("|", "\\|") for cell in cells) + " |"


def _place(where: str) -> str:
    """A placement without what only numbers it."""
    return re.sub(r", (once|always|part \d+ of \d+|form \d+ of \d+)$", "", where)


def _example(said: list[str]) -> str:
    """One of the sentences, or the sum of what the killed nights came to."""
    kills = [match for text in said if (match := KILLED.fullmatch(text))]
    if kills:
        killed, points, left = (sum(int(match[place]) for match in kills) for place in (1, 2, 3))
        return f"{killed} of {points} killed before their end, {left} left {kills[0][4]}"
    return min(said, key=len, default="")


def _count_outcomes(rows: Collection[Row]) -> str:
    counts = Counter(row["outcome"].partition(",")[0] for row in rows)
    if len(counts) == 1 and len(rows) < 100:
        return next(iter(counts))
    return ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())


_KNOWN = re.compile(
    r"^(?:[\w-]+: )?(?:(?:topic|citation) sweep|feed): (?:The journal: )?"
    r"(?:NCBI gave no usable answer to \w+ \(tries: \d\); the last time: )?"
)
"""How a failure is introduced, which says nothing about this one."""


def _short(text: str, limit: int = 90) -> str:
    text = _KNOWN.sub("", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)
    text = re.sub(r"/\S*/(ward|disk)\S*/", ".../", text)
    text = re.sub(r"\b(?:process|PID) \d+ ?(?:\([^)]*\))?", "process …", text)
    text = "".join(c if c.isprintable() and c not in "<>`" else "·" for c in " ".join(text.split()))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def main(reports: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if not reports:
            reports = [Path(folder) / "report.xml"]
            run_tests(reports[0])
        noted = {name: row for report in reports for name, row in read_rows(report).items()}
    known = collect_cases()
    if missing := sorted(known - set(noted)):
        raise SystemExit(f"{len(missing)} cases were not run, {missing[0]} among them: the page stays as it is")
    PAGE.write_text(write_page({name: row for name, row in noted.items() if name in known}), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(PROJECT)}")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
