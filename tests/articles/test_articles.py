"""Reading an article file: encodings, refusals, question, status, dates, headings, furniture and left-overs."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.articles.article_json import as_json
from litwatch.articles.article_reader import LARGEST, read_article
from litwatch.articles.furniture.leftovers import is_leftover
from litwatch.articles.model import BlockKind, ReviewState
from litwatch.articles.printed_dates import read_date
from litwatch.articles.sentences import sentence_spans
from litwatch.model.errors import ArticleUnreadable
from tests.articles.article_pages import codes, read


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"x" * (LARGEST + 1), "more than"),
        (b"a\0b", "not a text file"),
        (b"\xff\xfea", "UTF-16"),
        (b"caf\x81", "neither UTF-8 nor Windows-1252"),
        (b"word " * 120_000, "one article"),
        (b"References\n\n1. Doe A. Title. J. 2020;1:2.", "no sentence"),
        (b"<h1>Checking your browser</h1><p>Enable JavaScript and cookies to continue</p>", "in place of the article"),
        (b"<title>Access Denied</title><h1>Access Denied</h1><p>You don't have permission.</p>", "in place of the art"),
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


def test_a_label_above_an_entry_is_no_word_of_it() -> None:
    listed = "References\n\nResearch\n\nSleep and insulin.\n\nInv J, 2019\n\nGuideline\n\nAdvice.\n\nA Society, 2020"
    article = read(f"Why is it?\n\nIt is so.\n\n{listed}", "a.txt")
    assert [(ref.label, ref.text) for ref in article.references] == [
        ("Research", "Sleep and insulin. Inv J, 2019"),
        ("Guideline", "Advice. A Society, 2020"),
    ]


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


def test_a_word_processors_bullets_are_bullets() -> None:
    page = "<h1>Why?</h1><p class=MsoListParagraph>·&nbsp;&nbsp;Halve the dose [1].</p><p>Then wait.</p>"
    assert [s.kind for s in read(page, "a.html").sentences] == [BlockKind.BULLET, BlockKind.PARAGRAPH]


def test_a_marker_in_a_heading_is_said() -> None:
    assert "marker-in-heading" in codes(read("# Why?\n\n## Because [1]\n\nIt is so [1].", "a.md"))


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
