"""Laws of reading articles: whatever the bytes, an Article or a clear refusal; nothing of a text is lost."""

from __future__ import annotations

import re
import time
from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from litwatch.articles.article_json import as_json
from litwatch.articles.article_reader import read_article
from litwatch.articles.model import Article
from litwatch.model.errors import ArticleUnreadable

NAMES = st.sampled_from(["a.txt", "a.md", "a.html", "a"])
LINES = st.sampled_from(
    [
        "Treatment",
        "Key Factors in Care",
        "From the Guidelines",
        "• Obesity 1, 2",
        "  - nested item 3.",
        "1. First step. 2",
        "Statins lower the risk 1.",
        "Statins lower the risk. 1, 2 They are safe. 3",
        "Values were 5 ± 3 mg [1].",
        "References",
        "Guideline",
        "Research",
        "Journal of Things, 2020",
        "[1] Doe A. Title. J X. 2020;1:2.",
        "[1]: https://example.org/x",
        "Last updated: February 16, 2025View editorial policy",
        "Article Review Status",
        "Submitted",
        "Professional Medical Disclaimer",
        "Have a follow-up question?",
        "Is it safe?",
        "Clinical feature Points",
        "Age 1",
        "Fever 2",
        "17",
        "1.",
        "•",
        "a\tb\tc",
        "",
        "# Heading",
        "**bold**",
        "| a | b |",
        "|---|---|",
        "<p>text<sup>1</sup></p>",
        "¹ Doe",
        "---",
        "question: x",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=25).map("\n".join),
    st.text(alphabet="1 .,-[]()abcA²\n•#*<>|/", max_size=200),
)
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def kept_text(article: Article) -> str:
    """Everything that an article holds of its page."""
    return "\n".join(
        [
            article.question or "",
            article.status.statement or "",
            *(section.heading for section in article.sections),
            *(sentence.text for sentence in article.sentences),
            *(marker.text for sentence in article.sentences for marker in sentence.markers),
            *(f"{reference.label} {reference.text}" for reference in article.references),
            *article.furniture,
        ]
    )


@CALM
@given(st.one_of(st.binary(max_size=300), TEXTS.map(str.encode)), NAMES)
def test_any_bytes_are_an_article_or_refused(data: bytes, name: str) -> None:
    try:
        article = read_article(data, name=name)
    except ArticleUnreadable:
        return
    assert [sentence.number for sentence in article.sentences] == list(range(1, len(article.sentences) + 1))
    assert all(marker.number > 0 for sentence in article.sentences for marker in sentence.markers)
    assert [reference.position for reference in article.references] == list(range(1, len(article.references) + 1))
    assert all(doubt.sentence is None or 1 <= doubt.sentence <= len(article.sentences) for doubt in article.uncertain)
    assert as_json(article)["markers"] == list(article.markers)


@CALM
@example(["Treatment", "Treatment", "Last updated: February 16, 2025View editorial policy", "Treatment"])
@given(
    st.lists(st.one_of(LINES, st.from_regex(r"[A-Za-z0-9 .,;:()\[\]-]{1,60}", fullmatch=True)), min_size=1, max_size=25)
)
def test_no_word_of_a_plain_copy_is_lost(lines: list[str]) -> None:
    source = "\n".join(line for line in lines if not line.startswith(("#", "*", "|", "<", "[1]:", "---")))
    try:
        article = read_article(source.encode(), name="page.txt")
    except ArticleUnreadable:
        return
    # A list's letter or number is its sign, not its text.
    text = re.sub(r"(?m)^\s*(?:[•*+-]\s+)?(?:\(?[a-h]\)|\(?(?:i{1,3}|iv|vi{0,3})[.)]|o)(?=\s)", " ", source)
    text = re.sub(r"(?mi)^(?:clinical )?(?:question|q)\s*:", " ", text)
    wanted = Counter(word for word in re.findall(r"[A-Za-z]{3,}", text))
    assert not wanted - Counter(re.findall(r"[A-Za-z]{3,}", kept_text(article)))


@CALM
@given(
    st.lists(st.sampled_from(["obesity", "age", "low iron", "sleep loss", "stress"]), min_size=2, max_size=6), st.data()
)
def test_planted_markers_are_found_in_every_form(words: list[str], data: st.DataObject) -> None:
    count = len(words)
    form = data.draw(st.sampled_from([" {}.", ". {}", " [{}].", ".[{}]", "<sup>{}</sup>."]))
    numbers = [data.draw(st.lists(st.integers(1, count), min_size=1, max_size=3, unique=True)) for _ in words]
    lines = [
        f"- It is caused by {word} in adults{form.format(', '.join(map(str, group)))}"
        for word, group in zip(words, numbers, strict=True)
    ]
    listed = [f"{n}. Doe A. Paper {chr(64 + n)}. J Invent. 20{n + 10};{n}:1-2." for n in range(1, count + 1)]
    page = "\n".join(["## Causes", "", *lines, "", "## References", "", *listed])
    article = read_article(page.encode(), name="page.md")
    assert [[marker.number for marker in sentence.markers] for sentence in article.sentences] == numbers
    assert [sentence.text for sentence in article.sentences] == [f"It is caused by {word} in adults." for word in words]


def spent(piece: str, times: int, name: str) -> float:
    """Processor seconds for an article made of one piece again and again."""
    source = ("Cause of it. " + piece * times + "\n\nReferences\n\n" + piece * times).encode()
    started = time.process_time()
    with suppress(ArticleUnreadable):
        read_article(source, name=name)
    return time.process_time() - started


PIECES = (
    *(
        "[",
        "[1]",
        "1, ",
        "1-",
        "(",
        "((1",
        "<sup>",
        "<div>",
        "<ul><li>",
        "*a_",
        "[a](",
        "> ",
        "- ",
        "\t",
        ". ",
        "a. 1 ",
    ),
    *(
        "¹",
        "http://",
        "10.1000/",
        "A. ",
        "A.B. ",
        "(2020) ",
        "\u2028",
        "&amp;",
        "|a",
        "---\n",
        "# a\n",
        "• ",
        "Guideline\n",
    ),
    *(
        "“",
        "20",
        "20 ",
        "x, 2020\n",
        "A1",
        "- - ",
        "![",
        "1. a\n",
        "  - a\n",
        "\n[^a]: x",
        "et al ",
        "a\n",
        "A 1\n",
        "Smith A, ",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
@pytest.mark.parametrize("piece", PIECES)
def test_hostile_repetition_costs_no_more_than_its_length(piece: str, name: str) -> None:
    # A linear reader needs a second for 2 × 50,000 characters; each quadratic one that was mended here needed tens.
    assert spent(piece, 50_000 // len(piece), name) < 15


@pytest.mark.parametrize("piece", ["<sup>", "¹", "20 ", "[", "\u2028"])
def test_the_worst_repetitions_stay_cheap(piece: str) -> None:
    assert spent(piece, 20_000 // len(piece), "a.md") < 10
