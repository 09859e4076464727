"""Known-item recall: whether an article's strategy finds what it cites, why not, and what would let it in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from litwatch.model.errors import StrategyError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import MeshHeading, Record
from litwatch.model.reference import Match, MatchState
from litwatch.strategy import lint_strategy, matches, parse
from litwatch.strategy.known_items import KnownItems, Missed, Why, recall_known_items
from tests.factories import make_match, make_record, make_reference

DAY = date(2026, 11, 22)
STRATEGY = '("insulin resistance"[mh] OR "insulin resistance"[tiab]) AND (sleep[tiab] OR "Sleep"[mh])'


def paper(pmid: int, title: str, *headings: str, **changes: Any) -> Record:
    mesh = tuple(MeshHeading(f"D00{n}", label, major=n == 0) for n, label in enumerate(headings))
    return make_record(pmid, title=title, mesh=mesh, abstract=(), **changes)


def recall(strategy: str, *papers: Record | None, **changes: Any) -> KnownItems:
    references = [make_reference(n) for n in range(1, len(papers) + 1)]
    found = [make_match(n, one.pmid if one else None, **changes) for n, one in enumerate(papers, 1)]
    return recall_known_items(strategy, references, found, {one.pmid: one for one in papers if one}, DAY)


HIT = paper(99000001, "Sleep and insulin resistance in porters.")
STEROIDS = paper(99000002, "Prednisolone and insulin resistance in bakers.", "Insulin Resistance", "Glucocorticoids")


def test_what_is_found_and_what_is_missed_make_the_recall() -> None:
    known = recall(STRATEGY, HIT, STEROIDS, None)
    assert (known.found, known.judged, known.recall) == ((99000001,), 2, 0.5)
    assert [(one.position, one.why) for one in known.missed] == [(2, Why.EXCLUDED), (3, Why.UNRESOLVED)]


def test_a_miss_names_the_clause_in_the_way() -> None:
    (missed,) = recall(STRATEGY, STEROIDS).missed
    assert missed.reasons == ('sleep[tiab] OR "Sleep"[mh]: None of these alternatives matches the record.',)


def improved(missed: Missed) -> str:
    assert missed.change
    return missed.change.strategy


def test_the_proposed_change_lets_the_paper_in_and_nothing_out() -> None:
    (missed,) = recall(STRATEGY, STEROIDS).missed
    changed = improved(missed)
    assert changed == (
        '("insulin resistance"[mh] OR "insulin resistance"[tiab]) AND '
        '(sleep[tiab] OR "Sleep"[mh] OR prednisolone[tiab])'
    )
    assert all(matches(parse(changed), one, today=DAY) for one in (HIT, STEROIDS))
    assert missed.change
    assert missed.change.addition == f"({changed}) NOT ({STRATEGY})"
    assert [problem for problem in lint_strategy(changed) if problem.severity.value == "error"] == []


def test_a_whole_strategy_gets_two_words_together_not_one_alone() -> None:
    stranger = paper(99000003, "Prednisolone and glucose uptake in bakers.")
    (missed,) = recall('"insulin resistance"[mh] OR "insulin resistance"[tiab]', stranger).missed
    assert "(prednisolone[tiab] AND glucose[tiab])" in improved(missed)


def test_a_clause_behind_not_is_taken_out() -> None:
    (missed,) = recall("insulin[tiab] NOT bakers[tiab]", STEROIDS).missed
    assert (improved(missed), missed.why) == ("insulin[tiab]", Why.EXCLUDED)
    assert missed.change
    assert missed.change.says == "take out NOT bakers[tiab]"


def test_a_paper_without_headings_yet_is_not_called_excluded() -> None:
    waiting = paper(99000004, "Prednisolone in bakers.", status="Publisher")
    (missed,) = recall('"insulin resistance"[mh] AND bakers[ti]', waiting).missed
    assert missed.why is Why.NOT_INDEXED
    never = paper(99000004, "Prednisolone in bakers.", status="PubMed-not-MEDLINE")
    assert recall('"insulin resistance"[mh] AND bakers[ti]', never).missed[0].why is Why.EXCLUDED


def test_a_candidate_and_a_record_not_in_hand_are_not_judged() -> None:
    assert recall(STRATEGY, HIT, state=MatchState.CANDIDATE).recall is None
    match = Match(1, MatchState.CONFIRMED, Pmid(99000009), 0.99, "doi")
    known = recall_known_items(STRATEGY, [make_reference(1)], [match], {}, DAY)
    assert [one.why for one in known.missed] == [Why.NOT_HERE]


def test_costs_are_kept_with_the_change_that_they_are_of() -> None:
    known = recall(STRATEGY, HIT, STEROIDS)
    assert known.missed[0].change
    counted = known.with_costs({known.missed[0].change.addition: 14.2, "another": 3})
    assert [one.per_month for one in counted.missed] == [14.2]
    assert known.with_costs({}).missed[0].per_month is None


@pytest.mark.parametrize("strategy", ["", "(sleep[ti]", "#1 AND sleep"])
def test_a_strategy_that_only_pubmed_can_read_is_an_error(strategy: str) -> None:
    with pytest.raises(StrategyError):
        recall(strategy, HIT)
