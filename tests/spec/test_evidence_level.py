"""The evidence level of a record: what decides it, and how the question's kind orders the designs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from litwatch.decisions.evidence_level import ORDER, Basis, Design, grade, mark
from litwatch.model.record import PublicationType
from litwatch.model.topic import QuestionKind
from tests.spec.cases import NEW, heading, record
from tests.spec.tables import BY_ABSTRACT, BY_MESH, BY_TITLE, BY_TYPE, MARKED, Marked, told

THERAPY, CAUSES = QuestionKind.THERAPY, QuestionKind.ETIOLOGY


@pytest.mark.parametrize(("types", "design"), BY_TYPE)
def test_a_publication_type_from_nlm_names_the_design(types: tuple[str, ...], design: Design) -> None:
    level = grade(record(NEW, "Sleep", *types), THERAPY)
    assert (level.design, level.rank) == (design, ORDER[THERAPY][design])
    assert not level.provisional


@pytest.mark.parametrize(("label", "ui", "design"), BY_MESH)
def test_a_mesh_heading_names_the_design_where_no_type_does(label: str, ui: str, design: Design) -> None:
    level = grade(record(NEW, "Sleep", mesh=(heading(ui, label),)), THERAPY)
    assert (level.design, level.basis, level.provisional) == (design, Basis.MESH, False)
    trial = grade(record(NEW, "Sleep", "randomised trial", mesh=(heading(ui, label),)), THERAPY)
    assert trial.design is Design.RANDOMISED, "a follow-up within a trial does not make it a cohort"


@pytest.mark.parametrize(("title", "design"), BY_TITLE)
def test_a_record_that_nlm_has_not_typed_is_graded_by_its_title_and_says_so(title: str, design: Design) -> None:
    level = grade(record(NEW, title), THERAPY)
    assert (level.design, level.rank) == (design, ORDER[THERAPY][design])
    assert level.provisional is (design is not Design.NOT_STATED), "no word of the title decided"
    assert level.basis is (Basis.NOTHING if design is Design.NOT_STATED else Basis.TITLE)


@pytest.mark.parametrize(("sentence", "design"), BY_ABSTRACT)
def test_an_abstract_counts_only_for_what_it_says_of_its_own_study(sentence: str, design: Design) -> None:
    level = grade(record(NEW, "Sleep and insulin", **told(f"Sleep matters. {sentence} Insulin fell.")), THERAPY)
    assert level.design is design
    assert level.provisional is (design is not Design.NOT_STATED)


def test_nlms_type_outranks_the_title_and_words_only_narrow_it() -> None:
    assert grade(record(NEW, "A systematic review of guidelines", "editorial"), THERAPY).rank == 7
    assert grade(record(NEW, "A randomised trial", "observational study"), THERAPY).design is Design.OBSERVATIONAL
    assert grade(record(NEW, "A birth cohort", "observational study"), THERAPY).design is Design.COHORT


@pytest.mark.parametrize(
    ("kind", "beside", "design"),
    [
        (QuestionKind.ETIOLOGY, Design.RANDOMISED, Design.COHORT),
        (QuestionKind.PROGNOSIS, Design.RANDOMISED, Design.COHORT),
        (QuestionKind.DIAGNOSIS, Design.RANDOMISED, Design.ACCURACY),
    ],
)
def test_the_design_that_answers_the_question_stands_beside_trials(
    kind: QuestionKind, beside: Design, design: Design
) -> None:
    assert ORDER[kind][design] == ORDER[kind][beside]
    assert ORDER[THERAPY][design] > ORDER[THERAPY][beside]


def test_every_kind_of_question_places_every_design_between_one_and_seven() -> None:
    for kind in QuestionKind:
        assert set(ORDER[kind]) == set(Design)
        assert all(1 <= rank <= 7 for rank in ORDER[kind].values())
        assert ORDER[kind][Design.GUIDELINE] < ORDER[kind][Design.SYSTEMATIC_REVIEW] < ORDER[kind][Design.RANDOMISED]


def test_a_preprint_is_never_better_than_level_four() -> None:
    for types in (("guideline",), ("systematic review",), ("randomised trial",)):
        level = grade(record(NEW, "Sleep", "preprint", *types), THERAPY)
        assert (level.rank, level.lowered) == (4, True)
    cohort = record(NEW, "A birth cohort", "preprint")
    assert grade(cohort, CAUSES).rank == 4


@pytest.mark.parametrize("case", MARKED, ids=lambda case: case.situation)
def test_what_a_reader_must_know_before_reading_on_is_marked(case: Marked) -> None:
    assert mark(case.record) == case.marks


@pytest.mark.realdata
def test_words_seldom_call_a_paper_better_than_nlm_does(shared: Path) -> None:
    """Of real records that NLM has typed or indexed: their words alone, against NLM's own design."""
    from tests.real_records import read_real_records

    better, agreed, said = [], 0, 0
    for known in read_real_records(shared):
        by_nlm = grade(known, THERAPY)
        if by_nlm.basis not in {Basis.TYPE, Basis.MESH}:
            continue
        bare = replace(known, publication_types=(PublicationType("D016428", "Journal Article"),), mesh=())
        by_words = grade(bare, THERAPY)
        if by_words.basis is Basis.NOTHING:
            continue
        said += 1
        agreed += by_words.design is by_nlm.design
        if by_words.rank < by_nlm.rank and by_words.rank <= 3:
            better.append(int(known.pmid))
    print(f"words named a design for {said} records, NLM's own for {agreed}; better than NLM's for {better}")
    assert said >= 15
    assert len(better) <= said // 10
