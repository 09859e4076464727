"""A record that PubMed no longer serves, and another that may be the same paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from litwatch.decisions.merged_records import find_merged
from litwatch.model.identifiers import Doi
from tests.factories import FIRST_PMID, make_record

LOST = make_record(FIRST_PMID, title="Naps and insulin.", doi=Doi("10.5555/naps"))
OTHER = make_record(FIRST_PMID + 1, title="Bees of the Tyrol.", doi=Doi("10.5555/bees"))


@pytest.mark.parametrize(
    ("changes", "merged"),
    [
        ({}, False),
        ({"doi": LOST.doi}, True),
        ({"title": "NAPS and insulin."}, True),
        ({"title": "NAPS and insulin.", "journal": replace(OTHER.journal, title="Another journal")}, False),
        ({"pmid": LOST.pmid, "doi": LOST.doi}, False),
    ],
    ids=["another paper", "the same DOI", "the same title", "the same title elsewhere", "itself"],
)
def test_a_lost_record_is_merged_where_another_bears_its_doi_or_its_title_in_the_same_journal(
    changes: dict[str, object],
    merged: bool,
) -> None:
    assert find_merged([LOST], [replace(OTHER, **changes)]) == ({LOST.pmid} if merged else set())  # type: ignore[arg-type]


def test_two_records_without_a_doi_are_not_the_same_for_that() -> None:
    assert find_merged([replace(LOST, doi=None)], [replace(OTHER, doi=None)]) == set()
