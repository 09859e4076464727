"""Every fault of the stand-in, at the search, at the fetch and at the resolution of references, for good or once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from litwatch.standin import FAULTS

from .conftest import Prove
from .contract import Outcome
from .ward import EVE, NIGHT, Ward

WHERE = {"search": "esearch", "fetch": "efetch", "resolution": "ecitmatch"}

HARMLESS = {
    "keep-alive-broken", "byte-order-mark", "future-dtd", "duplicate-records", "shuffled-records",
    "phrase-dropped", "phrase-ignored", "translation-changes", "lines-reordered", "lines-missing", "wrong-pmid",
}  # fmt: skip
"""Faults that an answer may suffer and still be the right one, so that even for good they are survived."""

LIES = {"false-zero", "count-shrinks", "result-shifts", "deleted-record", "future-date", "version-2",
        "hostile-title", "notice-without-pmid", "no-records", "omitted-ids"}  # fmt: skip
"""Well-formed answers that say something false; nothing in them, nor in any other answer of that night, shows it."""


@dataclass(frozen=True)
class Case:
    fault: str
    where: str
    once: bool

    @property
    def name(self) -> str:
        return f"{self.fault}-{self.where}-{'once' if self.once else 'always'}"


CASES = [
    Case(fault.name, where, once)
    for fault in FAULTS.values()
    for where, utility in WHERE.items()
    if utility in fault.utilities
    for once in (False, True)
]


def _fast(case: Case) -> bool:
    """Each fault for good where it can hurt most, and a few of the other cases, drawn once and for all."""
    first = "search" if "efetch" not in FAULTS[case.fault].utilities else "fetch"
    if "esearch" not in FAULTS[case.fault].utilities and "efetch" not in FAULTS[case.fault].utilities:
        first = "resolution"
    return (case.where == first and not case.once) or sum(map(ord, case.name)) % 24 == 0


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name, marks=[] if _fast(case) else [pytest.mark.slow]) for case in CASES]
)
def test_nothing_is_lost_after(case: Case, request: pytest.FixtureRequest, proven: Prove) -> None:
    at_first = case.where == "resolution"
    ward: Ward = request.getfixturevalue("new_ward" if at_first else "ward")
    utility = WHERE[case.where]
    proof = proven(
        ward,
        case.fault,
        f"{case.where}, {'once' if case.once else 'always'}",
        day=EVE if at_first else NIGHT,
        inject=lambda: ward.pubmed.faults.on(case.fault, utility=utility, nth=1 if case.once else None),
        mend=ward.pubmed.faults.clear,
        believed=case.fault in LIES,
    )
    if case.fault in HARMLESS:
        assert proof.outcome is Outcome.SURVIVED
    assert any(entry.fault == case.fault for entry in ward.pubmed.journal.entries(utility))
