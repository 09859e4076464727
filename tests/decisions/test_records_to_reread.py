"""Which records in hand are fetched again, and that a second answer which contradicts the first is not believed."""

from __future__ import annotations

from datetime import date, timedelta

from litwatch.decisions.records_to_reread import fit_one_request, select_unchanged
from litwatch.model.identifiers import Pmid
from litwatch.model.search import Window

TODAY = date(2026, 3, 31)
LATELY = Window(TODAY - timedelta(days=30), TODAY)
OLD = [Pmid(99000001 + n) for n in range(3)]
DATED = [Pmid(99000011 + n) for n in range(6)]
DAYS = dict.fromkeys(OLD, (date(2025, 1, 1),)) | dict.fromkeys(DATED, (TODAY,))


def test_all_are_read_again_while_one_request_holds_them() -> None:
    assert fit_one_request(range(200), 200)  # type: ignore[arg-type]
    assert not fit_one_request(range(201), 200)  # type: ignore[arg-type]


def test_spared_is_what_was_neither_found_among_the_changed_nor_dated_lately() -> None:
    assert select_unchanged(DAYS, [*DATED, OLD[0]], DAYS, LATELY) == set(OLD[1:])
    assert select_unchanged(DAYS, DATED[3:], DAYS, LATELY) == set(OLD), "half of them lost may be chance"


def test_nothing_is_spared_where_the_search_for_changes_lacks_most_of_what_is_dated_lately() -> None:
    assert select_unchanged(DAYS, DATED[4:], DAYS, LATELY) is None
