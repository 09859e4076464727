"""Pages in other languages than English: each file of ``articles/languages`` is whole, and its words are understood."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

import litwatch.articles.languages as package
from litwatch.articles.languages import folded, languages
from litwatch.articles.languages.language import Language
from litwatch.articles.model import ReviewState
from litwatch.articles.printed_dates import printed_update, read_date
from litwatch.articles.reference_list.reference_region import is_reference_heading
from litwatch.articles.status import labelled_status, state_of, step_of
from litwatch.references.lint import lint
from tests.articles.article_pages import codes, read

each_language = pytest.mark.parametrize("language", languages(), ids=lambda language: language.name)

PAGES = {
    "English": (
        "Do bakers need naps?",
        "Last updated: 4 May 2024",
        "Status: Under review",
        "Short nights harm",
        "References",
    ),
    "German": (
        "Brauchen Bäcker Mittagsschlaf?",
        "Stand: 4. Mai 2024",
        "Status: In Prüfung",
        "Kurze Nächte schaden",
        "Literatur",
    ),
    "French": (
        "La sieste aide-t-elle les boulangers ?",
        "Dernière mise à jour : le 4 mai 2024",
        "Statut : En cours de relecture",
        "Les nuits courtes nuisent",
        "Références",
    ),
    "Spanish": (
        "¿Necesitan siesta los panaderos?",
        "Última actualización: 4 de mayo de 2024",
        "Estado: En revisión",
        "Las noches cortas dañan",
        "Referencias",
    ),
    "Italian": (
        "I fornai hanno bisogno di un pisolino?",
        "Ultimo aggiornamento: 4 maggio 2024",
        "Stato: In revisione",
        "Le notti corte nuocciono",
        "Bibliografia",
    ),
    "Dutch": (
        "Hebben bakkers een dutje nodig?",
        "Laatst bijgewerkt op 4 mei 2024",
        "Status: In beoordeling",
        "Korte nachten schaden",
        "Literatuur",
    ),
    "Portuguese": (
        "Os padeiros precisam de sesta?",
        "Última atualização: 4 de maio de 2024",
        "Estado: Em revisão",
        "As noites curtas fazem mal",
        "Referências",
    ),
}
"""Question, date, status, sentence and heading of one page in each language."""


@each_language
def test_a_language_is_whole(language: Language) -> None:
    for field in fields(language):
        assert getattr(language, field.name), f"{language.name} has no {field.name}"
    for field in fields(language.furniture):
        assert getattr(language.furniture, field.name), f"{language.name} has no words for {field.name}"
    assert len(language.months) == 12
    assert all(language.months)
    assert language.name in PAGES, "tests/articles/test_languages.py needs a page in this language"


def test_every_file_of_the_package_is_a_language() -> None:
    files = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__", "language"}
    assert files == {language.name.casefold() for language in languages()}


def test_no_month_means_another_one_in_another_language() -> None:
    means: dict[str, set[int]] = {}
    for language in languages():
        for number, names in enumerate(language.months, start=1):
            for name in names:
                means.setdefault(folded(name), set()).add(number)
    assert {name for name, numbers in means.items() if len(numbers) > 1} == set()


@each_language
def test_every_word_of_a_language_is_understood_with_and_without_accents(language: Language) -> None:
    for heading in (*language.references, *language.sources):
        assert is_reference_heading(heading), heading
        assert is_reference_heading(f"5. {folded(heading).upper()}:"), heading
    for number, names in enumerate(language.months, start=1):
        for name in names:
            for spelled in (name, folded(name), f"{name.upper()}."):
                assert read_date(f"4. {spelled} 2024") == date(2024, number, 4), spelled
    for words in language.updated:
        assert printed_update(f"{words}: 2024-05-04") == ("2024-05-04", False), words
        assert printed_update(f"{words} {language.before_date[0]} 4 {language.months[4][0]} 2024") is not None, words
    for words in language.reviewed:
        assert printed_update(f"{words}: 2024-05-04") == ("2024-05-04", True), words
    for words in language.pending:
        assert state_of(words) is ReviewState.PENDING, words
    for words in language.status:
        assert labelled_status(f"{words} : {language.steps[1][0]}") == language.steps[1][0], words
    states = (ReviewState.SUBMITTED, ReviewState.UNDER_REVIEW, ReviewState.APPROVED)
    for said, state in zip(language.steps, states, strict=True):
        assert all(state_of(words) is state and step_of(f"[x] {words}") is not None for words in said)


@each_language
def test_a_page_in_a_language_reads_like_one_in_english(language: Language) -> None:
    question, updated, status, sentence, heading = PAGES[language.name]
    [lead_in, *_] = language.lead_ins
    article = read(
        f"{question}\n\n{updated}\n\n{status}\n\n{sentence} [1]. {sentence} ({lead_in} Müller, p. 2).\n\n{heading}\n\n"
        "1. Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.\n2. Poe C. Naps in porters. J Inv. 2020;2:3-4.\n"
    )
    assert (article.question, article.last_updated) == (question, date(2024, 5, 4))
    assert article.status.state is ReviewState.UNDER_REVIEW
    assert [sentence.text for sentence in article.sentences] == [
        f"{sentence}.",
        f"{sentence} ({lead_in} Müller, p. 2).",
    ]
    assert [reference.title for reference in article.references] == ["Naps in bakers", "Naps in porters"]
    assert not {"no-date", "no-status", "references-without-heading"} & set(codes(article))


@each_language
def test_two_authors_and_their_colleagues_are_joined_in_the_languages_words(language: Language) -> None:
    both = [f"({language.lead_ins[0]} Doe {word} Roe, 2019)" for word in language.conjunctions]
    many = [f"(Doe {words} 2019)" for words in language.others]
    article = read(
        "# Naps?\n\n" + "\n\n".join(f"Naps {said}." for said in (*both, *many)) + f"\n\n## {language.references[0]}\n\n"
        "- Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.\n- Poe C. Naps in porters. J Inv. 2020;2:3-4.\n",
        "page.md",
    )
    assert [[marker.number for marker in sentence.markers] for sentence in article.sentences] == [[1]] * (
        len(both) + len(many)
    )


def test_a_page_in_a_language_that_is_not_known_says_which_headings_were_looked_for() -> None:
    article = read("Czy piekarze drzemią?\n\nTak [1]. Nie [2].\n\nPiśmiennictwo\n\nBrak.\n")
    [told] = [doubt.message for doubt in article.uncertain if doubt.code == "no-references"]
    for language in languages():
        assert f"“{language.references[0]}” ({language.name})" in told
    [found] = [finding for finding in lint(article) if finding.code == "L20-list-not-found"]
    assert "“Literatur” (German)" in found.hint


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Diese Seite wurde zuletzt am 4. Mai 2024 um 10:12 Uhr bearbeitet.", date(2024, 5, 4)),
        ("La dernière modification de cette page a été faite le 1er août 2023 à 9:00.", date(2023, 8, 1)),
        ("Esta página se editó por última vez el 15 sep 2022 a las 14:31.", date(2022, 9, 15)),
        ("Stand: 16.02.2025", date(2025, 2, 16)),
    ],
)
def test_a_wikis_line_of_its_last_edit_is_its_date(line: str, day: date) -> None:
    said = printed_update(line)
    assert said is not None
    assert read_date(said[0]) == day


@pytest.mark.parametrize(
    "line", ["Stand: die Lage ist ernst", "Note 3 patients", "État de choc: 3 cas", "Aktualisiert 3 Patienten"]
)
def test_a_sentence_that_begins_alike_is_no_date(line: str) -> None:
    assert printed_update(line) is None


def test_text_on_sources_is_no_reference_list() -> None:
    article = read(
        "# Vitamin D?\n\nEs hilft [1].\n\n## Quellen\n\nFisch ist eine Quelle. Sonne ist eine andere. Pilze auch.\n\n"
        "## Literatur\n\n1. Doe A. Fisch. J Inv. 2019;1:1-2.\n",
        "page.md",
    )
    assert len(article.references) == 1
    assert "Fisch ist eine Quelle." in [sentence.text for sentence in article.sentences]
