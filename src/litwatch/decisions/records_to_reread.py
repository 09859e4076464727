"""Which stored records must be fetched again: those that may have changed, or all if asking costs as much.

A record changes after it was found: headings come, dates are corrected, a paper is retracted. Source: rule R-22.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from litwatch.decisions.search_signs import is_collapse, select_expected
from litwatch.model.identifiers import Pmid
from litwatch.model.search import Window


def fit_one_request(in_hand: Collection[Pmid], batch: int) -> bool:
    """Whether one request of ``batch`` PMIDs reads them all again, so that a search for the changed would save none."""
    return len(in_hand) <= batch


def select_unchanged(
    in_hand: Collection[Pmid],
    changed: Collection[Pmid],
    days: Mapping[Pmid, tuple[date, ...]],
    lately: Window,
) -> frozenset[Pmid] | None:
    """Those in hand that need not be read again: neither found among the changed nor dated in the window ``lately``.

    ``changed`` is what the search of that window found, ``days`` the dates by which PubMed finds each record. None
    where the search lacks so many of the records dated in its window that it is not believed; then all are read again.
    """
    dated = select_expected(in_hand, days, lately)
    if is_collapse(dated.difference(changed), dated):
        return None
    return frozenset(in_hand).difference(changed, dated)
