"""Which strategies litwatch can match as PubMed does, so that update files can carry their topics."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.strategy.own_reading import find_for_pubmed_alone
from litwatch.strategy.published_filters import PUBLISHED

TODAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    "strategy",
    [
        '"Insulin Resistance"[mh] OR "insulin resistance"[tiab] OR insulin resist*[ti]',
        '"sleep insulin"[tiab:~3] AND 2020:2026[dp] NOT "Case Reports"[pt]',
        '("last 60 days"[dp] AND humans[mh]) OR "insulin resistance"',
        '"insulin resistance"[ti] OR 12345678',
        *PUBLISHED.values(),
    ],
)
def test_what_litwatch_matches_as_pubmed_does(strategy: str) -> None:
    assert find_for_pubmed_alone(strategy, today=TODAY) == ()


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ("insulin resistance AND sleep[tiab]", "insulin resistance: PubMed maps words without a tag"),
        ('"Nothing Of The Kind"[mh:noexp]', "litwatch's own small list has no such heading"),
        ('"Nothing Of The Kind/etiology"[majr]', "litwatch mesh load"),
        ("U01[gr] AND sleep[ti]", "do not have Grants and Funding"),
        ("sleep[ti] AND free full text[sb]", "whether the paper is free"),
        ("sleep[ti] AND unheardof[filter]", "unheardof: litwatch does not know"),
        ("#1 AND sleep[ti]", "earlier search of the same session"),
        ("(sleep[ti]", "parenthes"),
    ],
)
def test_what_only_pubmed_can_search_for_is_named(strategy: str, said: str) -> None:
    assert said in "; ".join(find_for_pubmed_alone(strategy, today=TODAY))
