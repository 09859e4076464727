"""Every lint rule sees its mistake, and stays silent on the same strategy written well."""

from __future__ import annotations

import pytest

from litwatch.references.lint import Severity
from litwatch.strategy import explain, lint_strategy
from litwatch.strategy.published_filters import PUBLISHED


def codes(strategy: str) -> set[str]:
    return {problem.code for problem in lint_strategy(strategy)}


GOOD = '("insulin resistance"[mh] OR "insulin resistance"[tiab]) NOT (animals[mh] NOT humans[mh])'

RULES = [
    ("S01-unreadable", "((asthma[tiab]", "((asthma[tiab]))"),
    ("S02-unknown-tag", "asthma[foo]", "asthma[tiab]"),
    ("S03-tag-on-group", "(asthma OR copd)[tiab]", "(asthma[tiab] OR copd[tiab])"),
    ("S04-ignored-modifier", "asthma[mh:~3]", "asthma[mh:noexp]"),
    ("S04-ignored-modifier", "asthma[ti:noexp]", "asthma[ti]"),
    ("S04-ignored-modifier", '"insulin action"[tw:~3]', '"insulin action"[tiab:~3]'),
    ("S05-lower-case-operator", "asthma or copd[tiab]", "asthma[tiab] OR copd[tiab]"),
    ("S05-lower-case-operator", "asthma not copd[tiab]", '"asthma not copd"[tiab]'),
    ("S05-lower-case-operator", "asthma and copd", "sensitivity and specificity[mh]"),
    ("S05-lower-case-operator", '"sleep loss"[tiab] or "naps"[tiab]', '"sleep loss"[tiab] OR "naps"[tiab]'),
    ("S05-lower-case-operator", "asthma[tiab] Not copd[tiab]", "asthma[tiab] NOT copd[tiab]"),
    ("S06-mixed-operators", "a1[ti] OR b1[ti] AND c1[ti]", "(a1[ti] OR b1[ti]) AND c1[ti]"),
    ("S06-mixed-operators", "a1[ti] OR b1[ti] c1[ti]", "a1[ti] b1[ti] c1[ti]"),
    ("S07-short-wildcard", "ins*[tiab]", "insu*[tiab]"),
    ("S08-typographic-asterisk", "intervent\u2217[ti]", "intervent*[ti]"),
    ("S28-invisible-character", "asthma[ti] OR\u200b copd[ti]", "asthma[ti] OR copd[ti]"),
    ("S28-invisible-character", '"insulin resis\u00adtance"[tiab]', '"insulin resistance"[tiab]'),
    ("S28-invisible-character", "\ufeffasthma[ti]", "asthma[ti]"),
    ("S28-invisible-character", "asthma[ti] \u202eOR copd[ti]", "asthma[ti] OR copd[ti]"),
    ("S28-invisible-character", "asthma[ti] \u3164 OR copd[ti]", "asthma[ti] OR caf\u00e9[ti]"),
    ("S29-full-width-sign", "\uff08asthma[ti] OR copd[ti]\uff09", "(asthma[ti] OR copd[ti])"),
    ("S29-full-width-sign", "asthma\uff3bti\uff3d", "asthma[ti]"),
    ("S29-full-width-sign", "asthma[ti] \uff2f\uff32 copd[ti]", "asthma[ti] OR copd[ti]"),
    ("S30-look-alike-letter", "asthma[ti] \u041eR copd[ti]", "asthma[ti] OR TNF\u03b1[ti]"),
    ("S09-unbalanced-quotes", 'asthma[ti] OR "weight loss[ti]', 'asthma[ti] OR "weight loss"[ti]'),
    ("S10-humans-only", "asthma[tiab] AND humans[mh]", "asthma[tiab] NOT (animals[mh] NOT humans[mh])"),
    ("S10-humans-only", "Humans[filter] AND asthma[tiab]", "asthma[tiab]"),
    ("S11-mesh-only", "asthma[mh]", "asthma[mh] OR asthma[tiab]"),
    ("S11-mesh-only", "asthma[tiab] AND clinical trial[pt]", "asthma[tiab] AND (clinical trial[pt] OR trial[tiab])"),
    ("S11-mesh-only", "(asthma[mh] AND sleep[mh]) OR drug therapy[sh]", "(asthma[mh] AND sleep[mh]) OR sleep[ti]"),
    ("S12-retired-publication-type", '"Retraction of Publication"[pt]', '"Retraction Notice"[pt]'),
    ("S13-date-clause", "asthma[tiab] AND 2024:3000[dp]", "asthma[tiab]"),
    ("S14-html-entity", '"B &amp; C"[ta]', '"B & C"[ta]'),
    ("S15-quoted-wildcard", '"weight los*"[tiab]', "weight[tiab] AND los[tiab]"),
    ("S16-unknown-heading", '"insulin resistence"[mh]', '"insulin resistance"[mh]'),
    ("S17-not-hides-notices", "a1[ti] NOT published erratum[pt]", "a1[ti] NOT case reports[pt]"),
    ("S17-not-hides-notices", "a1[ti] NOT (b1[ti] OR hasretractionin)", "a1[ti] NOT (b1[ti] OR hasabstract)"),
    ("S17-not-hides-notices", "a1[ti] NOT (comment[pt] OR letter[pt])", "a1[ti] NOT comment[ti]"),
    ("S18-stop-word", "the[tiab] AND asthma[tiab]", "asthma[tiab]"),
    ("S19-duplicate-term", "asthma[ti] OR Asthma[Title]", "asthma[ti] OR asthma[tiab]"),
    ("S20-proximity", "weight loss[tiab:~3]", '"weight loss"[tiab:~3]'),
    ("S20-proximity", '"weight los*"[tiab:~3]', '"weight loss"[tiab:~3]'),
    ("S20-proximity", '"hip AND pain"[tiab:~3]', '"hip and pain"[tiab:~3]'),
    ("S20-proximity", '"weight"[tiab:~3]', '"weight loss"[tiab:~0]'),
    ("S21-history-reference", "#1 AND asthma[tiab]", "asthma[tiab]"),
    ("S22-dangling-operator", "asthma[ti] AND", "asthma[ti]"),
    ("S22-dangling-operator", "asthma[ti] AND OR copd[ti]", "asthma[ti] OR copd[ti]"),
    ("S22-dangling-operator", "(OR asthma[ti])", "(asthma[ti])"),
    ("S23-unknown-filter", "nosuchthing[sb]", "systematic[sb]"),
    ("S24-tag-before-term", "[ti] asthma", "asthma[ti]"),
    ("S25-unreadable-date", "a1[ti] AND 2024-13[dp]", "a1[ti] AND 2024/12[dp]"),
    ("S26-truncated-heading", "obes*[mh]", "obes*[mh:noexp]"),
    ("S02-unknown-tag", "asthma[ab]", "asthma[tiab]"),
    ("S02-unknown-tag", "2020[year]", '"GeneReviews"[book] OR smith a[ed]'),
    ("S11-mesh-only", "asthma[ti] AND randomizedcontrolledtrial[Filter]", "asthma[ti] AND systematicreview[Filter]"),
    ("S11-mesh-only", "asthma[ti] AND alladult[Filter]", "asthma[ti] AND english[Filter]"),
    ("S11-mesh-only", "asthma[ti] AND 80andover[filter]", "asthma[ti] AND free full text[sb]"),
    ("S22-dangling-operator", "asthma[ti] AND NOT copd[ti]", "asthma[ti] NOT copd[ti]"),
    ("S23-unknown-filter", "alladults[Filter]", "alladult[Filter] OR y_5[Filter] OR all[sb] OR ffrft[Filter]"),
    ("S28-invisible-character", "asthma[ti]\u00a0OR copd[ti]", "asthma[ti] OR\ncopd[ti]"),
    ("S29-full-width-sign", "\uff02sleep loss\uff02[ti]", "\u201csleep loss\u201d[ti]"),
    ("S29-full-width-sign", "asthma\u3010ti\u3011", "asthma[ti]"),
    ("S33-quoted-operator", '"asthma OR copd"[tiab]', '"signs AND symptoms"[tiab] OR "asthma or copd"[tiab]'),
    ("S34-phrase-index", '"body battery"[tiab]', '"body battery"[tiab:~0] OR "insulin resistance"[tiab]'),
    ("S27-untagged-term", "asthma", "asthma[tiab]"),
    ("S05-lower-case-operator", "asthma or copd[mh]", "wounds and injuries[mh] OR administration and dosage[sh]"),
    ("S08-typographic-asterisk", "intervent\u22c6[ti]", "intervent*[ti]"),
    ("S25-unreadable-date", "a1[ti] AND 2026:2020[dp]", "a1[ti] AND 2020:2026[dp]"),
    ("S25-unreadable-date", "a1[ti] AND 2020 to 2026[dp]", "a1[ti] AND 2020:2026[dp] AND 1990 to 2000[ti]"),
    ("S31-foreign-wildcard", "diabet%[tiab]", "50%[tiab] OR p%[tiab]"),
    ("S35-sign-for-operator", "a1[ti] & b1[ti]", '"B & C"[ta] OR R&D[ti]'),
    ("S35-sign-for-operator", '"a1" | "b1"', "a1[ti] OR b1[ti]"),
    ("S35-sign-for-operator", "a1[ti], b1[ti]", "a1, b1[ti]"),
    ("S35-sign-for-operator", "a1[ti] -b1[ti]", '"IL-2"[ti] OR 1,25-d[ti]'),
    ("S35-sign-for-operator", "a1[ti] and/or b1[ti]", "a1[ti] OR and/or[ti] OR b1[ti] same day surgery[ti]"),
    ("S35-sign-for-operator", '"2020"[dp] - "2021"[dp]', '"2020"[dp] : "2021"[dp]'),
    ("S36-nested-quotes", '"hip "knee" pain"[ti]', '("hip pain"[ti])OR("knee pain"[ti])'),
    ("S36-nested-quotes", '"Obesity"/therapy[mh]', '"Obesity/therapy"[mh]'),
    ("S36-nested-quotes", '"hip pain"~2', '"hip pain"[ti:~2]'),
    ("S37-empty-parentheses", "a1[ti] AND () AND b1[ti]", "a1[ti] AND (b1[ti])"),
    ("S37-empty-parentheses", 'a1[ti] OR ""', 'a1[ti] OR "b1"'),
    ("S38-unknown-subheading", '"Obesity/theraphy"[mh]', '"Obesity/therapy"[mh] OR "Obesity/adverse effects"[majr]'),
    ("S38-unknown-subheading", "complicatoins[sh]", "ae[sh] OR administration and dosage[sh] OR ultrasonography[sh]"),
    ("S39-damaged-character", "in\ufb02ammation[ti]", "inflammation[ti]"),
    ("S39-damaged-character", "\u00e2\u20ac\u0153hip pain\u00e2\u20ac[ti]", "Fran\u00e7ois \u00c2ge \u00c3o[ti]"),
    ("S39-damaged-character", "caf\ufffd[ti]", "caf\u00e9[ti]"),
    ("S40-tag-in-parentheses", '"hip pain"(tiab)', "(hip)[ti] OR hip (title) OR CD4(T)"),
    ("S32-other-database", "'obesity'/exp", "11061-68-0[EC/RN Number] OR obesity[mh noexp]"),
]


@pytest.mark.parametrize(("code", "bad", "good"), RULES)
def test_a_rule_sees_its_mistake_and_is_silent_without_it(code: str, bad: str, good: str) -> None:
    assert code in codes(bad)
    assert code not in codes(good)


@pytest.mark.parametrize(
    ("code", "bad"), [(code, bad) for code, bad, _ in RULES if code[:3] in {"S35", "S36", "S37", "S39", "S40"}]
)
def test_what_pubmed_would_search_otherwise_than_it_is_written_is_an_error(code: str, bad: str) -> None:
    assert Severity.ERROR in {one.severity for one in lint_strategy(bad) if one.code == code}


def test_a_well_written_strategy_has_no_problems() -> None:
    assert lint_strategy(GOOD) == ()


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_filters_have_no_errors(name: str) -> None:
    assert [one for one in lint_strategy(PUBLISHED[name]) if one.severity is Severity.ERROR] == []


def test_a_problem_names_place_and_text() -> None:
    (problem,) = (one for one in lint_strategy("copd[tiab] OR asthma[foo]") if one.code == "S02-unknown-tag")
    assert (problem.position, problem.excerpt, problem.severity) == (15, "asthma[foo]", Severity.ERROR)


@pytest.mark.parametrize(
    ("strategy", "severity"),
    [
        ('"sleep loss"[tiab] or "naps"[tiab]', Severity.ERROR),
        ("asthma[tiab] Not copd[tiab]", Severity.ERROR),
        ("asthma[tiab] and copd[tiab]", Severity.ERROR),
        ("asthma or copd", Severity.ERROR),
        ("(asthma[tiab]) or (copd[tiab])", Severity.ERROR),
        ("quality and safety[tiab]", Severity.NOTE),
    ],
)
def test_an_operator_in_small_letters_between_terms_is_an_error(strategy: str, severity: Severity) -> None:
    assert {one.severity for one in lint_strategy(strategy) if one.code == "S05-lower-case-operator"} == {severity}
    assert "S18-stop-word" not in codes(strategy)


def test_what_no_screen_shows_is_named_by_its_number() -> None:
    (problem,) = (one for one in lint_strategy("asthma[ti] OR\u200b copd[ti]") if one.code.startswith("S28"))
    assert (problem.severity, problem.excerpt, problem.position) == (Severity.ERROR, "U+200B", 14)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("ab", "tiab"), ("issn", "ta"), ("year", "dp"), ("2au", "au"), ("kw", "ot"), ("mp", "tw"), ("orcid", "auid")],
)
def test_a_tag_of_another_database_is_answered_with_pubmeds(wrong: str, right: str) -> None:
    (problem,) = (one for one in lint_strategy(f"asthma[{wrong}]") if one.code == "S02-unknown-tag")
    assert problem.hint.startswith(f"Did you mean [{right}]")


def test_a_not_behind_an_and_is_said_to_be_dropped() -> None:
    (problem,) = (one for one in lint_strategy("asthma[ti] AND NOT copd[ti]") if one.code == "S22-dangling-operator")
    assert (problem.message, problem.hint) == (
        "PubMed keeps the first of two operators, AND, and drops NOT.",
        "Write NOT alone.",
    )


def test_a_misspelt_tag_is_answered_with_the_nearest_one() -> None:
    (problem,) = (one for one in lint_strategy("asthma[titel]") if one.code == "S02-unknown-tag")
    assert "[ti] (Title)" in problem.hint


def test_problems_come_in_the_order_of_the_text() -> None:
    positions = [one.position for one in lint_strategy("asthma[foo] OR (a OR b)[ti] OR the[ti] OR ins*[tiab]")]
    assert positions == sorted(positions)
    assert len(positions) >= 4


def test_each_clause_that_only_indexing_can_meet_is_named() -> None:
    found = [one.excerpt for one in lint_strategy("asthma[mh] AND sleep[tiab] AND (obesity[mh] OR pain[majr])")]
    assert found == ["asthma[mh]", "(obesity[mh] OR pain[majr])"]


def test_an_unreadable_strategy_is_a_problem_and_no_crash() -> None:
    found = explain("((asthma[tiab]")
    assert (found.tree, found.translation) == ("", "")
    assert [one.code for one in found.problems] == ["S01-unreadable"]


def test_an_explanation_prints_steps_translation_and_problems() -> None:
    assert explain("obesity[mh] OR asthma[foo] NOT (rats[ti] OR mice[ti])").text.splitlines() == [
        "obesity[mh] — MeSH Terms, with 3 narrower and what else PubMed has below it",
        "OR asthma[foo] — unknown tag, searched as untagged: mapped by PubMed",
        "NOT",
        "  rats[ti] — Title",
        "  OR mice[ti] — Title",
        "PubMed would search:",
        '("obesity"[MeSH Terms] OR ("asthma"[MeSH Terms] OR "asthma"[All Fields] OR "asthmas"[All Fields]'
        ' OR "asthma s"[All Fields])) NOT ("rats"[Title] OR "mice"[Title])',
        "error S02-unknown-tag at 16: PubMed has no field [foo] and searches the term in All Fields; only its XML says"
        " so. Use a tag such as [tiab], [mh] or [pt].",
    ]


def test_an_explanation_of_a_good_strategy_says_so() -> None:
    assert explain(GOOD).text.endswith("No problems found.")


def test_hostile_text_is_linted_without_a_crash() -> None:
    for text in (
        "(" * 10_000,
        '"' * 9_999,
        "*" * 5_000,
        "[" * 3_000 + "]" * 3_000,
        "\x00\u202e=HYPERLINK(",
        "a1 OR " * 4_000,
    ):
        assert isinstance(lint_strategy(text), tuple)
        assert explain(text).problems
