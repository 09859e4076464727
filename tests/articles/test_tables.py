"""Tables of an article file: told from text and from the page's head, also where a copy has flattened them."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.articles.model import BlockKind, ReviewState
from tests.articles.article_pages import read


def test_a_line_of_digits_below_a_sentence_is_its_marker_and_in_a_table_its_value() -> None:
    article = read("Main Topic\n\nIt was shown in two large trials.\n1\n,\n2\n\nOther Topic\n\nIt is so. 1")
    assert [marker.number for marker in article.sentences[0].markers] == [1, 2]


def test_tabs_make_table_rows() -> None:
    article = read("Doses in Brief\n\nDrug\tDose\nAlpha\t5 mg\nBeta\t2\n\nThat is all.")
    assert [(s.kind, s.text) for s in article.sentences][:3] == [
        (BlockKind.TABLE, "Drug | Dose"),
        (BlockKind.TABLE, "Alpha | 5 mg"),
        (BlockKind.TABLE, "Beta | 2"),
    ]
    assert article.markers == ()


def test_a_cells_own_marker_in_a_table_without_scores_is_taken_but_not_sure() -> None:
    article = read("Why?\n\nIt is so 1.\n\nMain Options\n\nAge\tPlan\nYoung\tObserve 1\nOld\tTreat 2\n\nThat is all 2.")
    rows = [sentence for sentence in article.sentences if sentence.kind is BlockKind.TABLE]
    assert [[(m.number, m.sure) for m in row.markers] for row in rows] == [[], [(1, False)], [(2, False)]]


def test_a_table_in_the_pages_head_tells_status_and_date() -> None:
    article = read("# Why?\n\n| Status | Approved |\n|--|--|\n| Updated | 2025-01-01 |\n\nIt is so.", "a.md")
    assert (article.status.state, article.last_updated) == (ReviewState.APPROVED, date(2025, 1, 1))
    assert [sentence.text for sentence in article.sentences] == ["It is so."]


def test_a_clinical_table_near_the_top_is_not_the_pages_status() -> None:
    article = read("# Why?\n\n| Status | Dose |\n|--|--|\n| Ill | 5 mg |\n\nIt is so.", "a.md")
    assert [sentence.text for sentence in article.sentences] == ["Status | Dose", "Ill | 5 mg", "It is so."]


SCORE = "Clinical feature Points\nFever above 38 1\nNo cough 1\nSwollen glands 1"


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (f"Why?\n\nDirect Answer\n\nIt is so 1.\n\n{SCORE}\n\nIt ends 2.", "a.txt"),
        (f"# Why?\n\n## Answer\n\nIt is so [1].\n\n{SCORE}\n\nIt ends [2].", "a.md"),
        (
            "<h1>Why?</h1><h2>Answer</h2><p>It is so [1].</p><p>" + SCORE.replace("\n", "</p><p>") + "</p><p>Yes.",
            "a.html",
        ),
    ],
)
def test_a_flattened_score_table_is_a_table_with_its_header_in_every_form(page: str, name: str) -> None:
    article = read(page, name)
    assert [s.text for s in article.sentences if s.kind is BlockKind.TABLE] == SCORE.split("\n")


def test_the_interpretation_of_a_score_is_part_of_its_table() -> None:
    rows = [
        "Feature 1 point 2 points 3 points",
        "Bilirubin <2 2–3 >3",
        "Albumin >3.5 2.8–3.5 <2.8",
        "Ascites None Slight Moderate",
        "Score interpretation: 5-6 class A, 7-9 class B, 10-15 class C",
    ]
    article = read("Why?\n\nDirect Answer\n\nIt is so.\n\nInvented Score\n\n" + "\n".join(rows) + "\n\nThat is all.")
    assert [s.text for s in article.sentences if s.kind is BlockKind.TABLE] == rows
    assert [section.heading for section in article.sections] == ["Direct Answer", "Invented Score"]


def test_a_heading_close_below_a_table_is_no_row() -> None:
    article = read(
        f"Why?\n\nDirect Answer\nIt is so.\nInvented Score\n{SCORE}\nNext Steps to Take\nIt goes on from here."
    )
    assert article.sections[-1].heading == "Next Steps to Take"
