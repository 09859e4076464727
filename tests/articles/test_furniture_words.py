"""Furniture by its wording, in each language: known for what it is, shown as left out, and never an article's text."""

from __future__ import annotations

import pytest

from litwatch.articles.furniture.furniture_words import (
    is_authors_label,
    is_chrome,
    is_closing,
    is_contents,
    is_disclaimer,
    is_teaser,
    names_institution,
    without_edit_link,
)
from litwatch.articles.languages import folded, languages
from litwatch.articles.languages.language import Language
from litwatch.references.lint import lint
from tests.articles.article_pages import read
from tests.articles.test_languages import PAGES, each_language


@each_language
def test_every_word_of_a_languages_furniture_is_known_with_and_without_accents_and_capitals(language: Language) -> None:
    words = language.furniture
    month = language.months[2][0]
    for spell in (str, str.upper, folded):
        for line in (*words.buttons, *(f"{start} Naps" for start in words.openings)):
            assert is_chrome(spell(line)), line
        for start in words.notices:
            assert is_chrome(spell(f"{start} 4.0, as every baker knows, and so on and so forth.")), start
        for start in words.bylines:
            assert is_chrome(spell(f"{start} Jane Doe")), start
        for start in words.history:
            assert is_chrome(spell(f"{start}: 3. {month} 2021")), start
        for beside in words.reading_time:
            assert is_chrome(spell(f"{beside}: 5 min")), beside
            assert is_chrome(spell(f"5 {beside}")), beside
        for line in words.teasers:
            assert is_teaser(spell(line)), line
        for line in words.closings:
            assert is_closing(spell(f"{line}:")), line
        for name in words.comments:
            assert is_closing(spell(f"{name} (3)")), name
            assert is_closing(spell(f"12 {name}")), name
        for phrase in words.disclaimers:
            assert is_disclaimer(spell(f"Bla {phrase}, bla.")), phrase
        for line in words.contents:
            assert is_contents(spell(line)), line
        for label in words.authors:
            assert is_authors_label(spell(f"{label}: Jane Doe"), alone=False), label
        assert all(names_institution(spell(f"1 {part}")) for part in words.institutions)
        for link in words.edit_links:
            assert without_edit_link(spell(f"Naps[{link} | {words.edit_links[0]}]")) == spell("Naps"), link


@each_language
def test_a_page_with_furniture_in_a_language_keeps_its_sentences_and_shows_the_rest(
    language: Language,
) -> None:
    question, updated, _, sentence, heading = PAGES[language.name]
    words = language.furniture
    closing = next(line for line in words.closings if line not in languages()[0].furniture.closings[:6])
    article = read(
        f"{words.openings[0]} Naps\n\n{words.buttons[0]}\n\n{question}\n\n{words.bylines[0]} Jane Doe\n\n{updated}\n\n"
        f"5 {words.reading_time[-1]}\n\n{sentence} [1].\n\n{words.teasers[-1]}\n\nCakes\n\n{heading}\n\n"
        f"1. Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.\n\n{closing}\n\nCakes are nice.\n\n"
        f"{words.notices[-1]} 4.0.\n"
    )
    assert article.question == question
    assert [found.text for found in article.sentences] == [f"{sentence}."]
    assert [reference.title for reference in article.references] == ["Naps in bakers"]
    left_out = (
        f"{words.openings[0]} Naps", words.buttons[0], f"{words.bylines[0]} Jane Doe", updated,
        f"5 {words.reading_time[-1]}", words.teasers[-1], "Cakes", closing, "Cakes are nice.",
        f"{words.notices[-1]} 4.0.",
    )  # fmt: skip
    assert set(left_out) <= set(article.furniture)


@each_language
@pytest.mark.parametrize(
    "form",
    [
        ("page.txt", "{q}\n\n{h}{e}\n\nCakes {s} [1].\n\n{r}{e}\n\n1. Doe A. Naps. J Inv. 2019;1:1-2.\n"),
        ("page.md", "# {q}\n\n## {h}{e}\n\nCakes {s} [1].\n\n## {r}{e}\n\n1. Doe A. Naps. J Inv. 2019;1:1-2.\n"),
        (
            "page.html",
            "<h1>{q}</h1><h2>{h}<span>{e}</span></h2><p>Cakes {s} [1].</p>"
            "<h2>{r}<span>{e}</span></h2><ol><li>Doe A. Naps. J Inv. 2019;1:1-2.</li></ol>",
        ),
    ],
    ids=lambda form: form[0],
)
def test_the_edit_link_of_a_wikis_heading_is_no_part_of_it(language: Language, form: tuple[str, str]) -> None:
    name, page = form
    links = language.furniture.edit_links
    edit = f"[{links[0].capitalize()} | {links[1].capitalize()}]"
    said = page.format(q="Do bakers nap?", h="Effects", e=edit, s="help", r=language.references[0])
    article = read(said, name)
    assert [section.heading for section in article.sections if section.heading] == ["Effects"]
    assert [reference.title for reference in article.references] == ["Naps"]


@each_language
def test_a_sentence_that_says_that_its_source_is_missing_is_a_finding(language: Language) -> None:
    for words in language.furniture.source_needed:
        article = read(f"Do bakers nap?\n\nCakes help.[{words}]\n\nReferences\n\n1. Doe A. Naps. J Inv. 2019;1:1-2.\n")
        assert "L08-leftover-text" in {finding.code for finding in lint(article)}, words


@pytest.mark.parametrize(
    "line",
    [
        "Published trials show no benefit.",
        "Publicado en 2019, el ensayo no mostró beneficio.",
        "12 responses to treatment were seen.",
        "Share decisions with the patient.",
        "Received doses differed between groups in 2019 and after.",
        "Drucken und Pressen schaden dem Rücken.",
        "Contact precautions are needed.",
        "Menu planning helps.",
        "More patients recovered.",
        "Imprimir doses errées est rare.",
        "Wichtiger Hinweis",
        "Avvertenza",
        "Anterior",
        "Reacties op het vaccin waren mild.",
        "Répondre aux besoins du patient",
        "Commentaires et réponses des experts divergent.",
    ],
)
def test_what_only_begins_like_furniture_is_the_articles_text(line: str) -> None:
    assert not is_chrome(line)
    assert not is_teaser(line)
    assert not is_closing(line)
    assert not is_contents(line)
