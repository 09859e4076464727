"""Which clauses PubMed did not understand, by the forms in which recorded answers name what was not found."""

from __future__ import annotations

import pytest

from litwatch.strategy.not_understood import LostClause, ShortenedRun, find_not_understood

BOTH = ('"Insuline Resistanse Syndrome X"[mh]', '"siesta therapie"[tiab]')


@pytest.mark.parametrize(
    ("strategy", "named", "clause", "phrases"),
    [
        ('"insulin"[tiab] AND "siesta therapy"[tiab]', ['"siesta therapy"[tiab]'], '"siesta therapy"[tiab]', None),
        (f'"insulin"[tiab] AND ({" OR ".join(BOTH)})', list(BOTH), f"({' OR '.join(BOTH)})", BOTH),
        ("the[tiab] AND asthma[tiab]", ["the"], "the[tiab]", None),
        ("gyroscopapyrus", ["gyroscopapyrus"], "gyroscopapyrus", None),
        ("qzxwvunonsenseterm", ['"qzxwvunonsenseterm"'], "qzxwvunonsenseterm", None),
        ("asthma[ti] AND siesta therapie", ["siesta", "therapie"], "siesta therapie", None),
        (
            '"BMJ Simulation &amp; Learning"[jour]',
            ['"BMJ Simulation &amp;amp; Learning"[jour]'],
            '"BMJ Simulation &amp; Learning"[jour]',
            None,
        ),
        ('"Body  Battery"[TIAB] AND a1[ti]', ['"body battery"[Title/Abstract]'], '"Body Battery"[TIAB]', None),
        (
            '(a1[ti] OR b1[ti]) AND ((zz[ti]) NOT c1[ti])',
            ["zz"],
            "(zz[ti])",
            ("zz[ti]",),
        ),
        ("a1[ti] OR b1[ti] AND zz[ti]", ["zz"], "a1[ti] OR b1[ti] AND zz[ti]", ("zz[ti]",)),
    ],
)  # fmt: skip
def test_a_clause_of_which_nothing_was_found_is_named(
    strategy: str, named: list[str], clause: str, phrases: tuple[str, ...] | None
) -> None:
    found = find_not_understood(strategy, named)
    assert found.lost == (LostClause(clause, phrases or (clause,)),)
    assert found.alternatives == ()


@pytest.mark.parametrize(
    ("strategy", "named"),
    [
        ('"readiness score"[tiab] OR "body battery"[tiab]', '"body battery"[tiab]'),
        ('a1[ti] AND ("body battery"[mh] OR "body battery"[tiab])', '"body battery"[mh]'),
        ("a1[ti] OR (b1[ti] AND zz[ti])", "zz"),
        ("(zz[ti] AND b1[ti]) OR a1[ti]", "zz"),
    ],
)
def test_one_alternative_that_was_not_found_costs_no_clause(strategy: str, named: str) -> None:
    found = find_not_understood(strategy, [named])
    assert found.lost == ()
    assert len(found.alternatives) == 1


def test_what_only_excludes_and_a_word_of_a_longer_run_cost_no_clause() -> None:
    assert find_not_understood("a1[ti] NOT zz[ti]", ["zz"]).lost == ()
    assert find_not_understood("insulin siesta", ["siesta"]).lost == ()


@pytest.mark.parametrize(
    ("strategy", "named", "run", "words"),
    [
        ("siesta therapy", ["therapy"], "siesta therapy", ("therapy",)),
        ("insulin[ti] AND (nap[ti] OR siesta  therapy)", ["therapy"], "siesta therapy", ("therapy",)),
        ("insulin[ti] NOT siesta therapy", ["therapy"], "siesta therapy", ("therapy",)),
        ("siesta therapy[tiab]", ["therapy"], "siesta therapy[tiab]", ("therapy",)),
        ("midday siesta of therapy", ["midday siesta"], "midday siesta of therapy", ("midday", "siesta")),
        ("Siesta-Therapy", ['"therapy"'], "Siesta-Therapy", ("therapy",)),
    ],
    ids=["alone", "as an alternative", "behind NOT", "tagged", "two words", "hyphen"],
)
def test_a_word_that_pubmed_leaves_out_of_a_run_is_named(
    strategy: str, named: list[str], run: str, words: tuple[str, ...]
) -> None:
    found = find_not_understood(strategy, named)
    assert found.lost == ()
    assert found.shortened == (ShortenedRun(run, words),)


@pytest.mark.parametrize(
    ("strategy", "named"),
    [
        ('"siesta therapy"', ["therapy"]),
        ("siesta of naps", ["of"]),
        ("siesta therapie", ["siesta", "therapie"]),
        ("siesta therapy[ti]", ["therapy[mh]"]),
        ("siesta naps", []),
    ],
    ids=["quoted", "stop word", "all of it", "another field", "all found"],
)
def test_a_run_of_which_all_or_nothing_was_found_is_not_shortened(strategy: str, named: list[str]) -> None:
    assert find_not_understood(strategy, named).shortened == ()


def test_a_strategy_that_cannot_be_read_has_no_clauses() -> None:
    assert find_not_understood("((a", ["a"]).lost == ()
