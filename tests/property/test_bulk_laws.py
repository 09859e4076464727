"""Laws of the bulk files: what may be loaded next, and that all topics together find what each finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.night.bulk_sift import Strategies
from litwatch.sources.bulk_files import BulkName, choose, holes
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin import demonstration
from litwatch.strategy import matches, parse
from litwatch.strategy.published_filters import PUBLISHED
from tests.factories import make_topic

TODAY = demonstration.DEMONSTRATION_TODAY
RECORDS = parse_article_set(demonstration.article_set(TODAY)).records[::3]

numbers = st.sets(st.integers(1, 12))


@given(offered=numbers, count=st.integers(0, 6), start=st.integers(1, 4), until=st.none() | st.integers(1, 12))
def test_what_is_chosen_follows_what_is_loaded_without_a_gap(
    offered: set[int], count: int, start: int, until: int | None
) -> None:
    loaded = [BulkName(2026, number) for number in range(start, start + count)]
    waiting = choose([BulkName(2026, number) for number in offered], loaded, until=until)
    chosen = [name.number for name in waiting.files]
    due = start + count if count else 1
    assert chosen == list(range(due, due + len(chosen)))
    assert set(chosen) <= offered
    assert until is None or all(number <= until for number in chosen)
    behind = due + len(chosen)
    later = {number for number in offered if number >= behind and (until is None or number <= until)}
    assert (waiting.missing is not None) == bool(later)
    assert waiting.missing in {None, BulkName(2026, behind)}
    assert behind not in later
    assert not holes([*loaded, *waiting.files])


@given(one=numbers, two=numbers)
def test_years_are_loaded_one_after_the_other_each_from_one(one: set[int], two: set[int]) -> None:
    offered = [BulkName(2026, number) for number in one] + [BulkName(2027, number) for number in two]
    waiting = choose(offered, [])
    assert list(waiting.files) == sorted(waiting.files)
    for year in (2026, 2027):
        chosen = [name.number for name in waiting.files if name.year == year]
        assert chosen == list(range(1, len(chosen) + 1))
    if waiting.missing is None:
        assert sorted(offered) == list(waiting.files)


WORDS = [
    '"Insulin Resistance"[mh]', "insulin[ti]", "sleep*[tiab]", '"insulin sensi*"[tiab]', "insulin resistance",
    "obesity", "randomized controlled trial[pt]", "english[la]", "2026[dp]", '"sleep insulin"[tiab:~3]', "hasabstract",
    "99000004[uid]", "nosuchword[tiab]", "medline[sb]", "example a[au]", "exercis*", "diabet*[mh]",
    "2026/01/01:2026/12/31[crdt]",
]  # fmt: skip
terms = st.sampled_from(WORDS)
strategies = st.recursive(
    terms,
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR", "NOT"]), inner).map(
        lambda p: f"({p[0]}) {p[1]} ({p[2]})"
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(strategies, min_size=1, max_size=3))
def test_many_topics_together_find_exactly_what_each_strategy_matches(texts: list[str]) -> None:
    tried = Strategies([make_topic(strategy=text) for text in texts], today=TODAY)
    expressions = [parse(text) for text in texts]
    matched = tried.match(RECORDS[::4])
    for place, record in enumerate(RECORDS[::4]):
        expected = [matches(expression, record, today=TODAY) for expression in expressions]
        assert [place in matched.places(number) for number in range(len(texts))] == expected
        assert (place in matched.anywhere) == any(expected)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_batch_agrees_with_every_published_filter_record_by_record(name: str) -> None:
    tried = Strategies([make_topic(strategy=PUBLISHED[name])], today=TODAY)
    expression = parse(PUBLISHED[name])
    found = tried.match(RECORDS).places(0)
    assert found == tuple(place for place, one in enumerate(RECORDS) if matches(expression, one, today=TODAY))
