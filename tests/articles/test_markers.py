"""Which numbers are citation markers: each example stands in an article that cites in a usual form."""

from __future__ import annotations

import pytest

from litwatch.articles.article_reader import read_article
from litwatch.articles.model import Sentence

REFERENCES = "\n\nReferences\n\n" + "\n".join(f"{n}. Doe A. Paper {n}. J Invent. 2019;{n}:2-3." for n in range(1, 9))
BEFORE_STOP = "Alpha is caused by beta 1. Gamma follows delta 2, 3.\n\n"
AFTER_STOP = "Alpha is caused by beta. 1 Gamma follows delta. 2, 3 Epsilon is common. 4\n\n"
BRACKETS = "Alpha is caused by beta [1]. Gamma follows delta [2, 3]. Epsilon is common [4].\n\n"


def read(lead: str, text: str) -> tuple[list[Sentence], bool]:
    """The sentences of a text below its lead, and whether any of them is said to be uncertain."""
    count = len(read_article((lead + REFERENCES).encode(), name="page.txt").sentences)
    article = read_article((lead + text + REFERENCES).encode(), name="page.txt")
    return list(article.sentences[count:]), any((u.sentence or 0) > count for u in article.uncertain)


@pytest.mark.parametrize(
    ("text", "numbers", "kept"),
    [
        ("The dose is 5 mg twice a day 1.", [1], "The dose is 5 mg twice a day."),
        ("Treat for 7 days 2.", [2], "Treat for 7 days."),
        ("It helps within 24 hours 1, 2.", [1, 2], "It helps within 24 hours."),
        ("It affects women with type 2 diabetes 4.", [4], "It affects women with type 2 diabetes."),
        ("HbA1c fell by 1.5, and IL-6 rose 2.", [2], "HbA1c fell by 1.5, and IL-6 rose."),
        ("SGLT 2 inhibitors help 3, 4.", [3, 4], "SGLT 2 inhibitors help."),
        ("A CHA2DS2-VASc score of 2 is enough 1.", [1], "A CHA2DS2-VASc score of 2 is enough."),
        ("Obesity is a risk factor 1.", [1], "Obesity is a risk factor."),
        ("It was first seen in 2019 3.", [3], "It was first seen in 2019."),
        ("It lowers mortality by 20% 1.", [1], "It lowers mortality by 20%."),
        ("Pressure stayed below 140/90 mmHg 5.", [5], "Pressure stayed below 140/90 mmHg."),
        ("It is common in sleep apnoea (OSA) 5, 2.", [5, 2], "It is common in sleep apnoea (OSA)."),
        ("There are 3 causes: fat 1, genes 2, and sleep 3.", [1, 2, 3], "There are 3 causes: fat, genes, and sleep."),
        ("Use it once daily 1; avoid it in pregnancy 2.", [1, 2], "Use it once daily; avoid it in pregnancy."),
        ("Up to 1,200 mg is common 4.", [4], "Up to 1,200 mg is common."),
        ("Seen in 5 of 100 patients 2-4.", [2, 3, 4], "Seen in 5 of 100 patients."),
        ("Omega 3 fatty acids (omega-3) help 2.", [2], "Omega 3 fatty acids (omega-3) help."),
        ("It rises with age 1.", [1], "It rises with age."),
        ("This is a class 1 recommendation 2.", [2], "This is a class 1 recommendation."),
        ("Phase 2 trials (class I) 3.", [3], "Phase 2 trials (class I)."),
    ],
)
def test_bare_numbers_before_the_stop_are_markers(text: str, numbers: list[int], kept: str) -> None:
    (sentence,), doubtful = read(BEFORE_STOP, text)
    assert [marker.number for marker in sentence.markers] == numbers
    assert all(marker.sure for marker in sentence.markers)
    assert sentence.text == kept
    assert not doubtful


@pytest.mark.parametrize(
    "text",
    [
        "Take 2 tablets daily.",
        "Mean age was 65 ± 8.",
        "The ratio was 3:1.",
        "The cut-off is 7.",
        "Pressure rose from 3 to 5.",
        "Give it on days 1, 3 and 5.",
        "It occurs in 1 in 5 adults.",
        "It lowers mortality by 20 %.",
        "It is rare (see Fig. 2).",
        "As shown in Table 2.",
        "Levels of IL 6 and GLP 1 rose.",
        "Two trials of 10 000 units failed.",
        "The odds ratio was 2.5 (95% CI 1-4).",
        "Approx. 5 of them were given 5 mg/kg.",
        "Women aged 18 or older were included on March 3, 2020.",
        "See https://example.org/a/2 for it.",
        "Serum Na+ was 3 mmol/L.",
    ],
)
@pytest.mark.parametrize("lead", [BEFORE_STOP, AFTER_STOP, BRACKETS])
def test_amounts_and_names_are_never_markers(lead: str, text: str) -> None:
    sentences, doubtful = read(lead, text)
    assert not [marker for sentence in sentences for marker in sentence.markers]
    assert " ".join(sentence.text for sentence in sentences) == text
    assert not doubtful


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Use the lowest effective dose 1.", [1]),
        ("It is seen in patients with CKD 3.", [3]),
        ("Metformin 1 is the first choice.", [1]),
        ("It was seen in older patients 1, 2 should they ask.", [1, 2]),
        ("Sleep apnoea (OSA)5 is common.", [5]),
        ("Start it on day 3.", []),
        ("The risk rises with a CHA2DS2-VASc 2.", []),
        ("It was found in the general population 85.", []),
    ],
)
def test_what_could_be_either_is_said(text: str, taken: list[int]) -> None:
    (sentence,), doubtful = read(BEFORE_STOP, text)
    assert [marker.number for marker in sentence.markers] == taken
    assert not any(marker.sure for marker in sentence.markers)
    assert doubtful


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Give 5 mg. 2 patients died. 3", [("Give 5 mg.", []), ("2 patients died.", [3])]),
        ("Aim below 7. 1 Then wait. 2", [("Aim below 7.", [1]), ("Then wait.", [2])]),
        ("It helps women (OR 2.1). 4", [("It helps women (OR 2.1).", [4])]),
        ("Use it for pain. 5 IU daily is enough. 2", [("Use it for pain.", []), ("5 IU daily is enough.", [2])]),
        ("Is it safe? 2 Yes. 3, 1", [("Is it safe?", [2]), ("Yes.", [3, 1])]),
        ("It helps.1 It is safe.2,3", [("It helps.", [1]), ("It is safe.", [2, 3])]),
    ],
)
def test_numbers_after_the_stop_belong_to_the_sentence_before(
    text: str, sentences: list[tuple[str, list[int]]]
) -> None:
    found, _ = read(AFTER_STOP, text)
    assert [(s.text, [marker.number for marker in s.markers]) for s in found] == sentences


def test_in_an_article_with_brackets_a_bare_number_stays_text() -> None:
    (first, second), doubtful = read(BRACKETS, "Aim for a score near type 2. It helps [1-3], [5][7].")
    assert first.text == "Aim for a score near type 2."
    assert [marker.number for marker in second.markers] == [1, 2, 3, 5, 7]
    assert not doubtful


def test_in_an_article_with_brackets_a_bare_number_at_a_clauses_end_is_left_and_said() -> None:
    (sentence,), doubtful = read(
        "It is caused by beta [1]. It follows delta [2].\n\n", "It was seen in older patients 3."
    )
    assert sentence.markers == ()
    assert sentence.text == "It was seen in older patients 3."
    assert doubtful


def test_a_marker_between_word_and_stop_ends_its_sentence_even_after_an_initial() -> None:
    found, _ = read(BEFORE_STOP, "It was described by Z 1. The area is large 2.")
    assert [(s.text, [m.number for m in s.markers]) for s in found] == [
        ("It was described by Z.", [1]),
        ("The area is large.", [2]),
    ]


def test_a_range_in_brackets_after_a_value_is_no_marker() -> None:
    (sentence,), doubtful = read(BRACKETS, "The median was 65 [60-70] years.")
    assert sentence.markers == ()
    assert doubtful


def test_a_range_too_wide_or_backwards_is_no_marker() -> None:
    (sentence,), _ = read(BRACKETS, "It spans the values [1-300] and [5-3] and [0] there.")
    assert sentence.markers == ()


def test_marker_text_is_the_printed_group() -> None:
    (sentence,), _ = read(BRACKETS, "It helps [1, 3–5].")
    assert [(marker.number, marker.text) for marker in sentence.markers] == [(n, "[1, 3–5]") for n in (1, 3, 4, 5)]


@pytest.mark.parametrize(
    "text", ["The area is 5 m².", "Cells were 10⁹/L.", "Use ¹⁸F-FDG here.", "Ca²⁺ was low.", "R² was 0.8."]
)
def test_exponents_isotopes_and_charges_are_no_markers(text: str) -> None:
    (sentence,), _ = read("It is caused by beta.¹ It follows delta.²,³\n\n", text)
    assert sentence.markers == ()
    assert sentence.text == text


def test_two_raised_digits_are_one_number_where_the_list_is_long_enough() -> None:
    listed = "\n".join(f"{n}. Doe A. Paper. J Invent. 2019;{n}:2." for n in range(1, 31))
    article = read_article(f"It helps.²³ It is safe.¹\n\nReferences\n\n{listed}".encode(), name="page.txt")
    assert article.markers == (1, 23)


def test_without_list_and_without_other_markers_a_bare_number_is_not_sure() -> None:
    article = read_article(b"Heel pain responds to stretching of the calf. 1", name="page.txt")
    assert [marker.sure for marker in article.sentences[0].markers] == [False]


RAISED = "".join(f"<li>Doe A. Paper {n}. J Invent. 2019;{n}:2-3.</li>" for n in range(1, 10))


def raised(text: str) -> tuple[list[tuple[int, bool]], str, set[int | None]]:
    """Markers, text and the doubtful sentences of a table cell in a page that cites by superscripts."""
    page = f"<h1>Why?</h1><p>It is so.<sup>2</sup></p><table><tr><td>{text}</td></tr></table>"
    article = read_article(f"{page}<h2>References</h2><ol>{RAISED}</ol>".encode(), name="page.html")
    (cell,) = article.sentences[1:]
    return [(m.number, m.sure) for m in cell.markers], cell.text, {u.sentence for u in article.uncertain}


@pytest.mark.parametrize("text", ["&lt;1.4", "below 30", "below 10", "5 m"])
def test_a_superscript_after_a_number_is_taken_and_said(text: str) -> None:
    number = 7 if text.endswith("m") else 1
    markers, kept, doubtful = raised(f"{text}<sup>{number}</sup>")
    assert (markers, kept) == ([(number, False)], text.replace("&lt;", "<"))
    assert 2 in doubtful


@pytest.mark.parametrize(
    "text",
    ["10<sup>9</sup>/L", "5 m<sup>2</sup>", "3 cm<sup>3</sup>", "10<sup>-3</sup>", "Ca<sup>2+</sup>", "R<sup>2</sup>"],
)
def test_powers_units_and_charges_in_a_cell_are_no_markers(text: str) -> None:
    markers, _, doubtful = raised(text)
    assert markers == []
    assert 2 not in doubtful


@pytest.mark.parametrize("text", ["vitamin D<sup>3</sup>", "hepatitis B<sup>4</sup>", "K+<sup>9</sup>"])
def test_a_superscript_after_a_name_that_ends_in_a_letter_is_a_marker(text: str) -> None:
    assert len(raised(text)[0]) == 1


def test_a_span_raised_by_its_style_is_a_superscript() -> None:
    assert raised('below 30<span style="vertical-align: super">1</span>')[:2] == ([(1, False)], "below 30")


@pytest.mark.parametrize("symbol", ["K+", "CD4+", "HER2-"])
def test_a_bare_number_after_a_symbol_is_taken_and_said(symbol: str) -> None:
    sentences, doubtful = read(BEFORE_STOP, f"It lowers {symbol} 8. Reticulocytes rise 3.")
    assert [[(m.number, m.sure) for m in s.markers] for s in sentences][-1] == [(3, True)]
    assert [m.number for m in sentences[0].markers] == [8]
    assert doubtful


@pytest.mark.parametrize("text", ["It fell ↓ 8.", "It raises K+ 4 and lowers fat."])
def test_a_number_left_in_the_text_after_a_symbol_is_said(text: str) -> None:
    (sentence,), doubtful = read(BEFORE_STOP, text)
    assert sentence.text == text
    assert doubtful


def test_a_marker_directly_after_a_units_power_leaves_the_unit_whole() -> None:
    assert raised("1.73 m<sup>2</sup><sup>4</sup>")[:2] == ([(4, True)], "1.73 m²")
    assert raised("it rises<sup>1</sup><sup>,</sup><sup>3</sup>")[:2] == ([(1, True), (3, True)], "it rises")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Naps help [1, p. 23].", [1]),
        ("Naps help [see 4].", [4]),
        ("Naps help [e.g., 4, 5].", [4, 5]),
        ("Naps help [cf. 3].", [3]),
        ("Naps help [#4].", [4]),
        ("Naps help [references 3-5].", [3, 4, 5]),
        ("Naps help [1, 2, and 3].", [1, 2, 3]),
        ("Naps help [[2]].", [2]),
    ],
)
def test_words_and_places_within_the_brackets_do_not_hide_a_marker(text: str, numbers: list[int]) -> None:
    (sentence,), _ = read(BRACKETS, text)
    assert ([marker.number for marker in sentence.markers], sentence.text) == (numbers, "Naps help.")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Naps help bakers.5, 4 They sleep.3 They wake.2", [[5, 4], [3], [2]]),
        ("Naps help bakers,5 millers,4 and cooks.3 They sleep.2", [[5, 4, 3], [2]]),
    ],
)
def test_flattened_superscripts_with_blanks_and_behind_commas_are_markers(text: str, numbers: list[list[int]]) -> None:
    article = read_article((text + REFERENCES).encode(), name="page.txt")
    assert [[marker.number for marker in sentence.markers] for sentence in article.sentences] == numbers
