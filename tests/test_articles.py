"""Reading an article file: encodings, refusals, question, status, dates, headings, furniture and left-overs."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.articles import LARGEST, as_json, read_article
from litwatch.articles.dates import read_date
from litwatch.articles.leftovers import is_leftover
from litwatch.articles.model import Article, BlockKind, ReviewState
from litwatch.articles.sentences import sentence_spans
from litwatch.errors import ArticleUnreadable


def read(text: str, name: str = "page.txt") -> Article:
    return read_article(text.encode(), name=name)


def codes(article: Article) -> list[str]:
    return [doubt.code for doubt in article.uncertain]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"x" * (LARGEST + 1), "more than"),
        (b"a\0b", "no text file"),
        (b"\xff\xfea", "UTF-16"),
        (b"caf\x81", "neither UTF-8 nor Windows-1252"),
        (b"word " * 120_000, "one article"),
        (b"References\n\n1. Doe A. Title. J. 2020;1:2.", "no sentence"),
    ],
)
def test_what_is_no_article_is_refused_with_its_name_and_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(ArticleUnreadable, match=rf"^page\.txt: .*{words}"):
        read_article(data, name="page.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_article_reads_alike_in_every_unicode_encoding(encoding: str) -> None:
    article = read_article(
        "Is it naïve? Or not?\n\nLast updated: 2025-01-02\n\nIt is – sometimes.".encode(encoding), name="a.txt"
    )
    assert article.sentences[0].text == "It is – sometimes."
    assert "encoding-guessed" not in codes(article)


def test_windows_text_is_read_and_said() -> None:
    article = read_article("It costs 5 € – or more.".encode("cp1252"), name="a.txt")
    assert article.sentences[0].text == "It costs 5 € – or more."
    assert "encoding-guessed" in codes(article)


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("February 16, 2025View editorial policy", date(2025, 2, 16)),
        ("Feb. 6 2025", date(2025, 2, 6)),
        ("16 February 2025", date(2025, 2, 16)),
        ("1st of March, 2024", date(2024, 3, 1)),
        ("2025-02-16T08:00:00Z", date(2025, 2, 16)),
        ("16.02.2025", date(2025, 2, 16)),
        ("02/16/2025", date(2025, 2, 16)),
        ("16/02/2025", date(2025, 2, 16)),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_read_in_the_usual_forms(printed: object, day: date | None) -> None:
    assert read_date(printed) == day


@pytest.mark.parametrize("printed", ["03/04/2025", "February 2025", "February 30, 2025", "recently"])
def test_a_date_that_names_no_single_day_is_not_guessed(printed: str) -> None:
    with pytest.raises(ValueError, match=r"YYYY-MM-DD|calendar"):
        read_date(printed)


def test_two_dates_of_the_last_update_are_both_said() -> None:
    article = read("Why is it?\n\nLast updated: 2025-01-01\n\nIt is so.\n\nUpdated: May 1, 2025", "a.txt")
    assert article.last_updated == date(2025, 1, 1)
    assert "date-conflict" in codes(article)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("Educational purpose only • Exercise caution as content is pending human review", ReviewState.PENDING),
        ("Status: Approved", ReviewState.APPROVED),
        ("Status: Approved (version 2).", ReviewState.APPROVED),
        ("Status: Approved, 3 March 2025", ReviewState.APPROVED),
        ("Status: Approved\nReviewed by: Dr. Doe", ReviewState.APPROVED),
        ("**Status**: Approved", ReviewState.APPROVED),
        ("Status — Approved", ReviewState.APPROVED),
        ("Last updated: 2025-01-01 · Status: Approved", ReviewState.APPROVED),
        ("Status: Approved · Last updated: 2025-01-01", ReviewState.APPROVED),
        ("Last updated: 2025-01-01 | Status: Approved", ReviewState.APPROVED),
        ("Status: Approved, content is pending human review", ReviewState.PENDING),
        ("Status: Approval withdrawn", ReviewState.UNKNOWN),
        ("Review status: Under review", ReviewState.UNDER_REVIEW),
        ("This article has been reviewed and approved by Dr. Doe.", ReviewState.APPROVED),
        ("This article is not yet approved.", ReviewState.PENDING),
        ("Article Review Status\nSubmitted\nUnder Review\nApproved", ReviewState.UNKNOWN),
        ("Article Review Status\n[x] Submitted\n[x] Under Review\n[ ] Approved", ReviewState.UNDER_REVIEW),
        ("SubmittedUnder ReviewApproved", ReviewState.UNKNOWN),
    ],
)
def test_the_state_is_what_the_page_claims_and_not_the_steps_that_it_shows(line: str, state: ReviewState) -> None:
    for name in ("page.txt", "page.md"):
        head = "# " if name.endswith(".md") else ""
        article = read(f"{head}Why is the sky blue?\n\n{line}\n\nLight is scattered by the air.", name)
        assert article.status.state is state
        assert [sentence.text for sentence in article.sentences] == ["Light is scattered by the air."]


def test_a_page_that_claims_two_states_keeps_the_cautious_one_and_says_so() -> None:
    article = read("---\nstatus: approved\n---\n\n# Why?\n\nThis article is pending human review.\n\nIt is so.", "a.md")
    assert article.status.state is ReviewState.PENDING
    assert "status-conflict" in codes(article)


def test_a_heading_directly_above_another_stays_a_heading_one_level_higher() -> None:
    article = read("Why?\n\nMain Topic\n\nDirect Answer\n\nIt is so.\n\nNext Steps\n\nFirst Line\n\nIt goes on.")
    assert [(s.level, s.heading) for s in article.sections] == [
        (1, "Main Topic"),
        (2, "Direct Answer"),
        (2, "Next Steps"),
        (3, "First Line"),
    ]


def test_a_paragraph_glued_to_the_last_bullet_is_a_paragraph() -> None:
    article = read("Key Points\n\n• First point.\n• Second point.\nThe rest is text.")
    assert [sentence.kind for sentence in article.sentences] == [
        BlockKind.BULLET,
        BlockKind.BULLET,
        BlockKind.PARAGRAPH,
    ]


def test_items_that_lost_their_bullets_are_no_headings() -> None:
    article = read(
        "Causes of It\n\nObesity\n\nSmoking\n\nLack of sleep\n\nStress at work\n\nOld age\n\nThese are common."
    )
    assert [section.heading for section in article.sections] == ["Causes of It"]
    assert [sentence.text for sentence in article.sentences][:2] == ["Obesity", "Smoking"]


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


def test_furniture_below_the_article_is_not_text() -> None:
    article = read(
        "Why?\n\nIt is so.\n\nRelated Questions\n\nWhat else is so?\n\nHave a follow-up question?\n\nAsk us."
    )
    assert [sentence.text for sentence in article.sentences] == ["It is so."]
    assert "What else is so?" in article.furniture


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("Conclusion is not allowed, so the response ends here.", True),
        ("Therefore the answer ends here.", True),
        ("As an AI language model, I cannot give advice.", True),
        ("Certainly! Here is the revised answer.", True),
        ("Word count: 350.", True),
        ("Alcohol is not allowed during treatment.", False),
        ("The inflammatory response ends after 3 days.", False),
        ("Patients cannot provide consent in coma.", False),
        ("The immune response is limited to the skin.", False),
    ],
)
def test_left_over_instructions_are_told_from_medicine(sentence: str, left: bool) -> None:
    assert is_leftover(sentence) is left


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. J. Smith saw e.g. Mr. Doe. He left.", 2),
        ("Use vitamin D. The dose is 5 mg.", 2),
        ("E. coli grew at approx. 37.5 °C vs. 36 °C.", 1),
        ("Really? Yes! He said so…", 3),
        ("It was 3.5 mg b.i.d. Then it stopped.", 2),
        ("Smith et al. found it (see Fig. 2). It is new.", 2),
        ("Doses rose. mTOR fell.", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    spans = sentence_spans(text)
    assert len(spans) == count
    assert " ".join(text[start:end] for start, end in spans) == text


def test_front_matter_that_cannot_be_read_is_kept_and_said() -> None:
    article = read("---\nquestion: [broken\n---\n\n# Why?\n\nIt is so.", "a.md")
    assert article.question == "Why?"
    assert "front-matter-unreadable" in codes(article)


def test_front_matter_with_aliases_is_not_expanded() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    article = read(f"---\n{bomb}---\n\n# Why?\n\nIt is so.", "a.md")
    assert "front-matter-unreadable" in codes(article)


def test_named_footnotes_are_numbered_by_their_order_and_said() -> None:
    notes = "[^doe]: Doe A. Yes. J X. 2020;1:2.\n[^roe]: Roe B. Never. J X. 2021;1:2."
    article = read(f"# Why?\n\nIt is so.[^doe] It is not.[^roe]\n\n{notes}", "a.md")
    assert [[m.number for m in s.markers] for s in article.sentences] == [[1], [2]]
    assert [reference.title for reference in article.references] == ["Yes", "Never"]
    assert "named-footnotes" in codes(article)


def test_scripts_styles_and_hidden_parts_of_a_page_are_not_text() -> None:
    hidden = "<script>evil()</script><p hidden>not 1.</p><p style='display:none'>nor</p>"
    page = f"<html><body><h1>Why?</h1>{hidden}<p>It is so.</p></body></html>"
    assert [sentence.text for sentence in read(page, "a.html").sentences] == ["It is so."]


def test_external_entities_are_not_read() -> None:
    page = "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><html><body><p>It is &x; so.</p></body></html>"
    assert "root:" not in str(as_json(read(page, "a.html")))


def test_the_reader_is_chosen_by_content_where_the_name_says_nothing() -> None:
    assert read("<html><body><h1>Why?</h1><p>It is <b>so</b>.</p></body></html>", "page").question == "Why?"
    assert read("# Why?\n\n## Because\n\nIt is so.", "page").sections[0].heading == "Because"
    assert read("Why?\n\nIt is so.", "page").question == "Why?"


def test_a_browsers_copy_in_a_markdown_file_is_read_as_a_copy() -> None:
    article = read("Why?\n\nKey Points\n\n  • First\n  • Second\n\nIt is so.", "a.md")
    assert [section.heading for section in article.sections] == ["Key Points"]
    assert [sentence.text for sentence in article.sentences] == ["First", "Second", "It is so."]


def test_a_list_of_sources_in_one_paragraph_is_a_reference_list() -> None:
    article = read(
        "Why?\n\nIt is so [1]. It is not [2].\n\nSources: 1. Doe A. One. J X. 2020;1:1. 2. Roe B. Two. J X. 2021;2:2."
    )
    assert [(reference.number, reference.title) for reference in article.references] == [(1, "One"), (2, "Two")]
    assert [sentence.text for sentence in article.sentences] == ["It is so.", "It is not."]


def test_a_word_processors_bullets_are_bullets() -> None:
    page = "<h1>Why?</h1><p class=MsoListParagraph>·&nbsp;&nbsp;Halve the dose [1].</p><p>Then wait.</p>"
    assert [s.kind for s in read(page, "a.html").sentences] == [BlockKind.BULLET, BlockKind.PARAGRAPH]


def test_a_cells_own_marker_in_a_table_without_scores_is_taken_but_not_sure() -> None:
    article = read("Why?\n\nIt is so 1.\n\nMain Options\n\nAge\tPlan\nYoung\tObserve 1\nOld\tTreat 2\n\nThat is all 2.")
    rows = [sentence for sentence in article.sentences if sentence.kind is BlockKind.TABLE]
    assert [[(m.number, m.sure) for m in row.markers] for row in rows] == [[], [(1, False)], [(2, False)]]


def test_a_marker_in_a_heading_is_said() -> None:
    assert "marker-in-heading" in codes(read("# Why?\n\n## Because [1]\n\nIt is so [1].", "a.md"))


def test_a_reference_list_without_heading_is_taken_and_said() -> None:
    article = read("Why?\n\nIt is so [1, 2].\n\n1. Doe A. One. J X. 2020;1:1.\n2. Roe B. Two. J X. 2021;2:2.")
    assert len(article.references) == 2
    assert "references-without-heading" in codes(article)


def test_two_entries_with_one_number_are_said() -> None:
    article = read(
        "Why?\n\nIt is so [1].\n\nReferences\n\n1. Doe A. One. J X. 2020;1:1.\n1. Roe B. Two. J X. 2021;2:2."
    )
    assert "reference-number-repeated" in codes(article)


def test_references_in_a_pages_footer_are_found_and_its_navigation_is_not_text() -> None:
    page = (
        "<html><body><header><p>Example Clinic</p></header><nav><p>Menu of topics</p></nav>"
        "<h1>Why?</h1><p>It is so [1].</p>"
        "<footer><h2>References</h2><ol><li>Doe A. One. J X. 2020;1:1.</li></ol></footer></body></html>"
    )
    article = read(page, "a.html")
    assert [reference.title for reference in article.references] == ["One"]
    assert [sentence.text for sentence in article.sentences] == ["It is so."]
    assert article.furniture[:2] == ("Example Clinic", "Menu of topics")


@pytest.mark.parametrize(
    ("entry", "authors", "title", "source", "year"),
    [
        (
            "Doe AB, Roe C, et al. One thing. J Invent. 2020 Mar;1(2):3-4.",
            ("Doe AB", "Roe C"),
            "One thing",
            "J Invent",
            2020,
        ),
        (
            "Doe, A. B., & Roe, C. (2019). One thing: is it? J Invent, 3, 5–9.",
            ("Doe, A. B.", "Roe, C."),
            "One thing: is it?",
            "J Invent",
            2019,
        ),
        ("Doe A, “One thing,” J Invent, vol. 3, no. 2, pp. 1-9, 2017.", ("Doe A",), "One thing", "J Invent", 2017),
        (
            "Example Heart Association. One standard. J Invent. 2024;4:1.",
            ("Example Heart Association",),
            "One standard",
            "J Invent",
            2024,
        ),
        ("One thing without authors. J Invent, 2018", (), "One thing without authors", "J Invent", 2018),
        ("2019 guideline on one thing. J Invent. 2020;1:1.", (), "2019 guideline on one thing", "J Invent", 2020),
    ],
)
def test_reference_entries_are_read_in_the_usual_styles(
    entry: str, authors: tuple[str, ...], title: str, source: str, year: int
) -> None:
    (reference,) = read(f"Why?\n\nIt is so [1].\n\nReferences\n\n1. {entry}").references
    assert (reference.authors, reference.title, reference.source, reference.year) == (authors, title, source, year)
    assert reference.text == entry


def test_titles_and_sources_on_alternate_lines_are_one_entry_each() -> None:
    article = read(
        "Why?\n\nIt is so [1].\n\nReferences\n\nOne thing\n\nJ Invent, 2020\n\nTwo things\n\nJ Made Up, 2021"
    )
    assert [(r.title, r.source, r.year) for r in article.references] == [
        ("One thing", "J Invent", 2020),
        ("Two things", "J Made Up", 2021),
    ]


def test_a_part_of_the_answer_below_a_reference_list_is_text_again() -> None:
    first = "Why?\n\nFrom the Guidelines\n\nIt is so 1.\n\nReferences\n\nResearch\n\nOne thing.\n\nJ Invent, 2020"
    article = read(f"{first}\n\nFrom the Research\n\nIt was shown in adults 1.")
    assert [sentence.text for sentence in article.sentences] == ["It is so.", "It was shown in adults."]
    assert len(article.references) == 1


def test_lines_broken_at_a_fixed_width_are_joined() -> None:
    lines = [
        "Bed rest for more than two days delays the recovery from back",
        "pain, and the guidelines of the Example Society for Invented",
        "Medicine of 2020 therefore advise all patients to stay as active",
        "as pain allows.",
    ]
    assert [s.text for s in read("Why?\n\n" + "\n".join(lines)).sentences] == [" ".join(lines)]


def test_bullets_below_a_numbered_item_are_nested_also_without_indent() -> None:
    article = read("Why?\n\nKey Points\n\n1. First.\n• one\n• two\n2. Second.")
    assert [(s.kind, s.depth) for s in article.sentences] == [
        (BlockKind.NUMBERED, 0),
        (BlockKind.BULLET, 1),
        (BlockKind.BULLET, 1),
        (BlockKind.NUMBERED, 0),
    ]


def test_definitions_inside_a_code_block_are_no_references_and_those_after_it_are() -> None:
    article = read(
        "# Why?\n\nIt is so [1].\n\n```\n[1]: https://example.org/no\n```\n\n[1]: https://example.org/yes", "a.md"
    )
    assert [reference.url for reference in article.references] == ["https://example.org/yes"]


@pytest.mark.parametrize(
    ("printed", "read_as"),
    [
        ((1, 2, 3, 4, 5, 7), [1, 2, 3, 4, 5, 7]),
        ((1, 3, 5), [1, 3, 5]),
        ((7,), [7]),
        ((1, 1, 1), [1, 2, 3]),  # Markdown's own way to let the list count
    ],
)
def test_a_markdown_reference_list_keeps_the_numbers_that_it_prints(
    printed: tuple[int, ...], read_as: list[int]
) -> None:
    listed = "\n".join(f"{number}. Doe A. Paper. J X. 2020;1:2." for number in printed)
    article = read(f"# Why?\n\nIt is so [1].\n\n## References\n\n{listed}", "a.md")
    assert [reference.number for reference in article.references] == read_as


@pytest.mark.parametrize(
    ("opening", "items", "numbers"),
    [
        ("<ol>", ("<li>", "<li value=7>", "<li>"), [1, 7, 8]),
        ("<ol start=5>", ("<li>", '<li value=" 7 ">'), [5, 7]),
        ("<ol reversed>", ("<li>", "<li>"), [2, 1]),
        ("<ol>", ("<li>[2] ", "<li>[4] "), [2, 4]),
    ],
)
def test_a_saved_pages_reference_list_keeps_the_numbers_that_it_shows(
    opening: str, items: tuple[str, ...], numbers: list[int]
) -> None:
    listed = "".join(f"{item}Doe A. Paper. J X. 2020;1:2.</li>" for item in items)
    article = read(f"<h1>Why?</h1><p>It is so [1].</p><h2>References</h2>{opening}{listed}</ol>", "a.html")
    assert [reference.number for reference in article.references] == numbers
    assert {reference.title for reference in article.references} == {"Paper"}


def test_a_paragraph_with_markers_is_no_heading() -> None:
    page = "<p>Why?</p><p>Yes.<sup>1</sup> See also<sup>3</sup></p><p>Good Points</p><p>It is long known.</p>"
    article = read(page, "a.html")
    assert [section.heading for section in article.sections] == [""]
    assert article.markers == (1, 3)
    assert read("Why?\n\nLong Known Facts [2]\n\nIt is so [1].").markers == (1, 2)


def test_a_heading_by_its_role_is_a_heading() -> None:
    page = "<h1>Why?</h1><div role=heading aria-level=3>The cause</div><p>It is so.</p>"
    assert [section.heading for section in read(page, "a.html").sections] == ["The cause"]


def test_a_status_line_among_others_is_read_and_one_that_nobody_knows_is_said() -> None:
    head = "# Why?\n\nAuthor: J. Doe\nStatus: {}\n\nIt is so."
    assert read(head.format("Approved"), "a.md").status.state is ReviewState.APPROVED
    assert "status-unclear" in codes(read(head.format("peer-checked"), "a.md"))


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


@pytest.mark.parametrize(
    ("entry", "authors", "title", "source"),
    [
        ("Varga I, Okoro C (2019) 'Naps of porters in Brno', Journal of Naps, vol. 7, no. 1, pp. 39-9.",
         ("Varga I", "Okoro C"), "Naps of porters in Brno", "Journal of Naps"),
        ("'Naps of porters in Brno' (2019), Journal of Naps, vol. 7, no. 1, pp. 39-9.",
         (), "Naps of porters in Brno", "Journal of Naps"),
        ("Naps of porters in Brno. (2019). Journal of Naps, 7(1), 39–9.",
         (), "Naps of porters in Brno", "Journal of Naps"),
        ('Varga I, et al. "Naps of porters in Brno." Journal of Naps 7, no. 1 (2019): 39-9.',
         ("Varga I",), "Naps of porters in Brno", "Journal of Naps"),
        ("I. S. Varga, C. van der Okoro, M. N. Glenn Lind. Naps of porters in Brno. Journal of Naps 7, 39–9 (2019).",
         ("I. S. Varga", "C. van der Okoro", "M. N. Glenn Lind"), "Naps of porters in Brno", "Journal of Naps"),
        ("Varga, Ilona, Okoro, Chidi B. Naps of porters in Brno. J Naps. 2019;7(1):39-9.",
         ("Varga", "Ilona", "Okoro", "Chidi B"), "Naps of porters in Brno", "J Naps"),
        ("Varga, Ilona, Okoro, Chidi (2019). Naps of porters in Brno. Journal of Naps, 7(1), 39–9.",
         ("Varga", "Ilona", "Okoro", "Chidi"), "Naps of porters in Brno", "Journal of Naps"),
        ('Reply to Varga, "naps of porters": a letter. Journal of Naps, 2019',
         (), 'Reply to Varga, "naps of porters": a letter', "Journal of Naps"),
        ("Varga I, Okoro C. mTOR in porters of Brno. Journal of Naps. 2019;7(1):39-9.",
         ("Varga I", "Okoro C"), "mTOR in porters of Brno", "Journal of Naps"),
    ],
)  # fmt: skip
def test_an_entry_is_read_in_the_usual_styles(entry: str, authors: tuple[str, ...], title: str, source: str) -> None:
    page = f"# Why nap?\n\nNaps help [1].\n\n## References\n\n1. {entry}\n"
    (reference,) = read_article(page.encode(), name="naps.md").references
    assert (reference.authors, reference.title, reference.year) == (authors, title, 2019)
    assert reference.source.startswith(source)
