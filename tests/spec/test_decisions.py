"""Every row of the decision table, and that the page which the board signs says what the program does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from litwatch.decisions.ageing import expected_outdated
from litwatch.decisions.verdict import RULES, Status
from litwatch.report.reason_sentences import say_overturned, say_reason
from tests.spec.cases import TODAY, UPDATED, verdict_on
from tests.spec.decisions import CASES, Case
from tests.spec.document import PAGE, compose


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.situation)
def test_the_decision(case: Case) -> None:
    decided = case.decide()
    assert decided.status is case.status
    assert tuple(fired.rule for fired in decided.fired) == case.rules


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.situation)
def test_every_verdict_carries_its_reason_evidence_and_what_would_overturn_it(case: Case) -> None:
    decided = case.decide()
    assert decided.decided_on == TODAY
    assert decided.searched_to == TODAY
    for fired in decided.fired:
        assert say_reason(fired).endswith((".", "?"))
        assert say_overturned(fired).endswith(".")
        if fired.rule != "V13":  # it names what was open when the board decided, which may be nothing
            assert bool(fired.pmids) is (fired.rule in {"V1", "V2", "V3", "V5", "V6", "V11", "V14", "V16"})


def test_the_rules_are_asked_in_the_order_that_the_page_prints_and_each_has_a_case() -> None:
    order = [rule.rule for rule in RULES]
    assert {rule for case in CASES for rule in case.rules} == set(order)
    statuses = {rule.rule: rule.status for rule in RULES}
    for case in CASES:
        fired = [each for each in case.decide().fired if not each.is_beside_decision]
        assert [each.rule for each in fired] == sorted((each.rule for each in fired), key=order.index)
        assert all(each.status is statuses[each.rule] for each in fired)


def test_what_was_open_when_the_board_decided_stands_behind_the_decision_and_asks_for_nothing_more_urgent() -> None:
    for case in CASES:
        fired = case.decide().fired
        beside = [place for place, each in enumerate(fired) if each.is_beside_decision]
        assert all(fired[place].status is Status.REVIEW_NEEDED for place in beside)
        assert all("V13" in {each.rule for each in fired[:place]} for place in beside)


def test_a_guideline_makes_three_years_the_latest_re_assessment_and_never_a_later_one() -> None:
    assert verdict_on(cites_guideline=True).reassess_on == UPDATED + timedelta(days=365)


def test_age_orders_the_work_by_the_published_curve() -> None:
    day = TODAY
    shares = [expected_outdated(day - timedelta(days=round(365.25 * years)), day) for years in (0, 1, 2, 5.5)]
    assert [round(share or 0, 2) for share in shares] == [0.07, 0.15, 0.23, 0.50]
    assert expected_outdated(None, day) is None
    later = expected_outdated(day - timedelta(days=3650), day)
    assert later is not None
    assert 0.5 < later < 1
    assert (expected_outdated(day - timedelta(days=730), day, 2.7) or 0) > 0.5


def test_age_alone_before_its_day_is_no_verdict() -> None:
    assert verdict_on(last_updated=TODAY - timedelta(days=364)).status is Status.NO_SIGNAL


def test_the_page_that_a_board_signs_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == compose(), "renew it with `python -m tests.spec.document`"
