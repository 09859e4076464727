"""The article that the project began with, read from its plain copy, as Markdown and as a saved page."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from pathlib import Path

import pytest

from litwatch.articles.article_reader import read_article
from litwatch.articles.model import Article, BlockKind, ReviewState
from litwatch.model.reference import ReferenceKind

pytestmark = pytest.mark.realdata

PARTS = ("From the Guidelines", "From the Research")


@pytest.fixture(scope="module")
def seed(shared: Path) -> str:
    (file,) = (shared / "seed").glob("*.txt")
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def article(seed: str) -> Article:
    return read_article(seed.encode(), name="seed.txt")


def cut(seed: str) -> tuple[str, list[str], list[list[str]]]:
    """Question, the answer's lines, and the references' (kind, title, source) lines."""
    lines = [line.strip() for line in seed.splitlines() if line.strip()]
    start, middle = lines.index(PARTS[0]), lines.index("References")
    end = lines.index("Professional Medical Disclaimer")
    listed = lines[middle + 1 : end]
    return lines[0], lines[start:middle], [listed[at : at + 3] for at in range(0, len(listed), 3)]


def is_heading(line: str) -> bool:
    return not line.startswith("•") and not line.endswith((".", ":"))


def as_markdown(seed: str) -> str:
    question, answer, references = cut(seed)
    out = ["---", f"question: {question}", "last_updated: 2025-02-16", "status: pending human review", "---", ""]
    for line in answer:
        if line.startswith("•"):
            out.append("- " + line[1:].strip())
        elif is_heading(line):
            out += ["", ("## " if line in PARTS else "### ") + line, ""]
        else:
            out += ["", line, ""]
    out += ["", "## References", ""]
    for kind, title, source in references:
        out += [f"**{kind}**", "", title, "", source, ""]
    return "\n".join(out)


def as_html(seed: str) -> str:
    question, answer, references = cut(seed)
    out = [f"<html><head><title>{escape(question)}</title></head><body><h1>{escape(question)}</h1>"]
    out.append("<div>Educational purpose only • Exercise caution as content is pending human review</div>")
    out.append("<div>Last updated: February 16, 2025<a>View editorial policy</a></div>")
    for line in answer:
        if line.startswith("•"):
            out.append(f"<ul><li>{escape(line[1:].strip())}</li></ul>")
        elif is_heading(line):
            level = 2 if line in PARTS else 3
            out.append(f"<h{level}>{escape(line)}</h{level}>")
        else:
            out.append(f"<p>{escape(line)}</p>")
    out.append("<h2>References</h2>")
    out += ["<div>" + "".join(f"<p>{escape(line)}</p>" for line in entry) + "</div>" for entry in references]
    return "\n".join([*out, "</body></html>"])


def test_seed_shows_its_question_date_and_status(article: Article) -> None:
    assert article.question == "What are the causes of insulin resistance?"
    assert article.last_updated == date(2025, 2, 16)
    assert article.status.state is ReviewState.PENDING
    assert article.status.steps == ("Submitted", "Under Review", "Approved")


def test_seed_has_its_sections_sentences_and_bullets(article: Article) -> None:
    assert [section.heading for section in article.sections if section.level == 1] == list(PARTS)
    assert len(article.sections) == 8
    assert len(article.sentences) == 33
    assert sum(sentence.kind is BlockKind.BULLET for sentence in article.sentences) == 27
    assert article.leftovers == ("Conclusion is not allowed, so the response ends here.",)


def test_seed_markers_are_all_found_and_sure(article: Article) -> None:
    assert article.markers == (1, 2, 3, 4, 5, 6)
    assert all(marker.sure for sentence in article.sentences for marker in sentence.markers)
    diabetes = next(sentence for sentence in article.sentences if sentence.text == "Type 2 diabetes")
    assert [marker.number for marker in diabetes.markers] == [5, 4, 6, 3]


def test_seed_references_are_four_without_numbers(article: Article) -> None:
    kinds = [reference.kind for reference in article.references]
    assert kinds == [ReferenceKind.GUIDELINE, *[ReferenceKind.RESEARCH] * 3]
    assert [reference.year for reference in article.references] == [2025, 2020, 2007, 2019]
    assert article.references[3].source == "Diabetes & vascular disease research"
    for reference in article.references:
        assert reference.text.startswith(reference.title), "the page's label is no word of the entry"
    assert [reference.label for reference in article.references] == ["Guideline", *["Research"] * 3]
    assert not article.references_numbered
    assert {"mapping-uncertain", "markers-exceed-references"} <= {doubt.code for doubt in article.uncertain}


def test_no_word_of_the_seed_is_lost(seed: str, article: Article) -> None:
    kept = " ".join(
        [
            article.question or "",
            *(section.heading for section in article.sections),
            *(sentence.text for sentence in article.sentences),
            *(marker.text for sentence in article.sentences for marker in sentence.markers),
            *(f"{reference.label} {reference.text}" for reference in article.references),
            *article.furniture,
        ]
    )
    assert sorted(re.findall(r"[^\W\d_]+", seed)) == sorted(re.findall(r"[^\W\d_]+", kept))


@pytest.mark.parametrize(("form", "name"), [(as_markdown, "seed.md"), (as_html, "seed.html")])
def test_all_forms_of_the_seed_read_alike(seed: str, article: Article, form: object, name: str) -> None:
    assert callable(form)
    other = read_article(form(seed).encode(), name=name)
    assert other.question == article.question
    assert other.last_updated == article.last_updated
    assert other.status.state is article.status.state
    assert other.sections == article.sections
    assert other.references == article.references
    assert other.leftovers == article.leftovers
