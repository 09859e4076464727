"""The program goes by the windows and limits that were signed, and by no figure that was not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from litwatch.decisions.related_papers_schedule import MOST_FETCHED
from litwatch.references.matching.proposals import LookUp
from litwatch.sources.entrez.efetch import BATCH
from tests.spec.document import LOOK_UPS, SOURCES
from tests.spec.limits import LIMITS, SIGNED_MODULES, Limit
from tests.test_house import SOURCE


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_the_figure_is_the_one_that_was_signed(limit: Limit) -> None:
    assert limit.now == limit.signed, f"{limit.name} was changed: let the board sign tests/spec/limits.py anew"


def test_every_window_and_limit_of_the_nights_is_on_the_page() -> None:
    figures = {
        name
        for module in SIGNED_MODULES
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int | float | timedelta)
    }
    assert figures == {limit.name for limit in LIMITS}


def test_every_rule_that_the_source_cites_is_explained_on_the_page() -> None:
    cited = {rule for path in SOURCE.rglob("*.py") for rule in re.findall(r"\bR-\d\d\b", path.read_text("utf-8"))}
    assert cited <= {rule for rule, _, _ in SOURCES}


def test_the_look_ups_are_printed_in_the_order_in_which_they_are_tried() -> None:
    assert [look_up for look_up, _, _ in LOOK_UPS] == list(LookUp)


def test_a_look_beside_the_searches_is_fetched_in_one_request() -> None:
    assert MOST_FETCHED <= BATCH
