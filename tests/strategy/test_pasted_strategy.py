"""Strategies pasted from other databases: each form is an error, with a proposal where PubMed has a counterpart."""

from __future__ import annotations

import pytest

from litwatch.references.lint import Severity
from litwatch.strategy import explain, lint_strategy
from litwatch.strategy.pasted_strategy import propose_translation


def errors(strategy: str) -> set[str]:
    return {one.code for one in lint_strategy(strategy) if one.severity is Severity.ERROR}


PASTED = [
    # Ovid
    ("exp Insulin Resistance/", '"Insulin Resistance"[mh]'),
    ("Obesity/", '"Obesity"[mh:noexp]'),
    ('exp "Diabetes Mellitus, Type 2"/', '"Diabetes Mellitus, Type 2"[mh]'),
    ("*Obesity/dt [Drug Therapy]", '"Obesity/drug therapy"[majr:noexp]'),
    ("exp Obesity/dt, th", '("Obesity/drug therapy"[mh] OR "Obesity/therapy"[mh])'),
    ("insulin.ti,ab.", "insulin[tiab]"),
    ("(diabetes and obesity).mp.", "diabetes[tw] AND obesity[tw]"),
    ("insulin resistance.ti.", '"insulin resistance"[ti]'),
    ("insulin adj3 resistance", '"insulin resistance"[tiab:~2]'),
    ("(insulin adj resistance).ti.", '"insulin resistance"[ti:~0]'),
    ("(tumo?r or cancer) adj2 lung", '("tumor lung"[tiab:~1] OR "tumour lung"[tiab:~1] OR "cancer lung"[tiab:~1])'),
    ("insulin adj3 resist$", "(insulin[tiab] AND resist*[tiab])"),
    ("exp Obesity/ or (obes$ or overweight).tw.", '"Obesity"[mh] OR (obes*[tw] OR overweight[tw])'),
    ("randomi?ed.ti.", "(randomised[ti] OR randomized[ti])"),
    ("1. exp Obesity/\n2. naps.ti.\n3. 1 or 2", '("Obesity"[mh]) OR (naps[ti])'),
    ("1 exp Obesity/\n2 naps.ti.\n3 or/1-2", '("Obesity"[mh]) OR (naps[ti])'),
    # Embase
    ("'insulin resistance'/exp", '"insulin resistance"[mh]'),
    ("'obesity'/de OR obes*:ti,ab", '"obesity"[mh:noexp] OR obes*[tiab]'),
    ("'obesity'/exp/mj", '"obesity"[majr]'),
    ("insulin NEAR/3 resistance", '"insulin resistance"[tiab:~3]'),
    # Cochrane Library
    ('[mh ^"Insulin Resistance"]', '"Insulin Resistance"[mh:noexp]'),
    ('[mh "Obesity"/DT]', '"Obesity/drug therapy"[mh]'),
    ("MeSH descriptor: [Obesity] explode all trees", '"Obesity"[mh]'),
    ("MeSH descriptor: [Obesity] this term only", '"Obesity"[mh:noexp]'),
    ('"insulin resistance":ti,ab,kw', '"insulin resistance"[tiab]'),
    # CINAHL, ProQuest, Scopus, Web of Science
    ('(MH "Insulin Resistance+") OR TI "naps"', '"Insulin Resistance"[mh] OR naps[ti]'),
    ('MM "Obesity"', '"Obesity"[majr:noexp]'),
    ("naps N3 sleep", '"naps sleep"[tiab:~3]'),
    ('MESH.EXACT.EXPLODE("Obesity") AND ti(naps)', '"Obesity"[mh] AND naps[ti]'),
    ("TITLE-ABS-KEY(insulin W/3 resistance)", '"insulin resistance"[tiab:~3]'),
    ("TS=(insulin NEAR/2 (resistance OR sensitivity))",
     '("insulin resistance"[tiab:~2] OR "insulin sensitivity"[tiab:~2])'),
    ("exp Obesity/ad", '"Obesity/administration & dosage"[mh]'),
    ("naps.m_titl.", "naps[ti]"),
    ('(MH "Obesity+/DT")', '"Obesity/drug therapy"[mh]'),
    ('DE "Obesity" AND PT trial', "Obesity[mh:noexp] AND trial[pt]"),
    ('SU.EXACT("Obesity")', '"Obesity"[mh:noexp]'),
    ("ALL=(naps) AND AU=(Doe J)", 'naps[all] AND "Doe J"[au]'),
    ("title-abs-key({sleep loss})", '"sleep loss"[tiab]'),
    ("AUTH(doe) AND INDEXTERMS(sleep)", "doe[au] AND sleep[mh]"),
    ('mesh:"Obesity" AND TITLE:naps', "Obesity[mh] AND naps[ti]"),
    ("ti:naps AND ab:(sleep OR rest)", "naps[ti] AND (sleep[tiab] OR rest[tiab])"),
    ('( TITLE-ABS-KEY ( "sleep loss" ) AND TITLE ( naps ) )', '"sleep loss"[tiab] AND naps[ti]'),
    ("TI(naps) OR AB(sleep) OR SU(rest)", "naps[ti] OR sleep[tiab] OR rest[mh]"),
    ("(sleep next loss):ti,ab,kw", '"sleep loss"[tiab:~0]'),
    ("exp Obesity/ or naps.mp. [mp=title, abstract, original title]", '"Obesity"[mh] OR naps[tw]'),
    # nothing in PubMed
    ("naps.ab. /freq=2", None),
    ("'obesity'/exp/dm_dt", None),
    ("naps.ti. and 2020:2026.(sa_year).", None),
    ("remove duplicates from 5", None),
    ("naps AND PUBYEAR > 2010", None),
    ('TITLE(naps) AND LIMIT-TO(DOCTYPE,"ar")', None),
    ("TS=(naps) AND PY=(2010-2020)", None),
    ("'obesity'/syn AND [2010-2020]/py", None),
    ("1 or 2", None),
    ("S1 AND S2", None),
    ("exp Obesity/ and 7", None),
    ('limit 4 to yr="2020 -Current"', None),
    ("'obesity'/exp AND [humans]/lim", None),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "proposal"), PASTED)
def test_pasted_syntax_is_an_error_with_a_proposal_where_there_is_one(pasted: str, proposal: str | None) -> None:
    assert "S32-other-database" in errors(pasted)
    found = propose_translation(pasted)
    assert found is None if proposal is None else found is not None and found.strip("()") == proposal.strip("()")
    if proposal:
        assert errors(proposal) == set()


@pytest.mark.parametrize(
    "strategy",
    [
        '"naps"[tiab] OR "siesta"[mh]',
        "'insulin resistance'[tiab]",
        "obesity/genetics[mh]",
        '"Insulin Resistance/drug therapy"[Mesh:NoExp]',
        "and/or[ti] OR TNF/IL-6[tiab] OR HIV/AIDS[tiab]",
        '"Use of exp Obesity/ and adj3.ti,ab."[ti]',
        "near miss[tiab] OR next generation[tiab] OR omega N3 fatty acids[tiab]",
        "AB antigens[tiab] OR vitamin W[tiab] OR e.coli[tiab]",
        '"hip pain"[tiab : ~2]',
        "2020:2026[dp] AND 100:200[uid]",
        '"Does it work?"[ti] OR what is insulin resistance?[ti]',
    ],
)
def test_pubmeds_own_syntax_is_nobody_elses(strategy: str) -> None:
    assert not errors(strategy) & {"S31-foreign-wildcard", "S32-other-database"}
    assert propose_translation(strategy) is None


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("wom?n", "(woman[tiab] OR women[tiab])"),
        ("wom#n", "(woman[tiab] OR women[tiab])"),
        ("behavio?r*", "(behavior*[tiab] OR behaviour*[tiab])"),
        ("organi?ation", "(organisation[tiab] OR organization[tiab])"),
        ("p?ediatric", "(pediatric[tiab] OR paediatric[tiab] OR poediatric[tiab])"),
        ("diabet$", "diabet*[tiab]"),
        ("diabet$3", "diabet*[tiab]"),
        ("diabet*3", "diabet*[tiab]"),
        ("diabet?", "diabet[tiab]"),
    ],
)
def test_wildcards_that_pubmed_does_not_have_are_errors_with_the_spellings(word: str, hint: str) -> None:
    (problem,) = (one for one in lint_strategy(f"{word}[tiab]") if one.code == "S31-foreign-wildcard")
    assert problem.severity is Severity.ERROR
    assert f"Write {hint}," in problem.hint


def test_each_foreign_piece_is_named_with_its_place() -> None:
    found = [one for one in lint_strategy("exp Obesity/ or obes$.ti,ab.") if one.code == "S32-other-database"]
    assert [(one.position, one.excerpt) for one in found] == [(1, "exp Obesity/"), (22, ".ti,ab.")]
    assert 'Write "Obesity"[mh].' in found[0].hint


def test_the_check_prints_the_whole_proposal_even_of_a_strategy_that_pubmed_cannot_run() -> None:
    assert explain("(exp Obesity/ or naps.ti.").proposal is None
    text = explain("exp Obesity/ or naps.ti.").text
    assert 'Proposed in PubMed\'s syntax; check it before you use it:\n"Obesity"[mh] OR naps[ti]' in text
    assert "Proposed" not in explain("naps[ti]").text


def test_hostile_pasted_text_takes_no_time() -> None:
    for text in ("exp " * 2_000, "a " * 9_000 + "/", "x adj3 " * 1_000, "(" * 90 + "a.ti." + ")" * 90, "'a'/" * 900,
                 "a?b" * 9_000, "TI " * 2_000, "[mh " * 2_000, "1 or " * 900, "a" * 90_000 + ".ti.",
                 '"a"b.ti. ' * 2_200, "{a}" * 6_000, "TITLE ( " * 2_400, ":ti x next " * 1_800):  # fmt: skip
        lint_strategy(text)
        propose_translation(text)
