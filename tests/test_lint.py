"""The citation lint: each finding has its code, place and hint, and a pin silences exactly what it settles."""

from __future__ import annotations

import pytest

from litwatch.articles import read_article
from litwatch.articles.model import Article
from litwatch.citations import parse_pmid
from litwatch.lint import Finding, Severity, lint
from litwatch.topics import Pin

HEAD = "Why is it so?\n\nLast updated: 2025-01-02\n\nMain Reasons\n\n"


def article(text: str, *entries: str) -> Article:
    listed = "\n".join(entries)
    return read_article(f"{HEAD}{text}\n\nReferences\n\n{listed}\n".encode(), name="page.txt")


def numbered(*titles: str) -> list[str]:
    return [f"{n}. Doe A. {title}. J Invent. 20{n + 10};{n}:1-2." for n, title in enumerate(titles, start=1)]


def triples(*titles: str) -> list[str]:
    return [f"Research\n\n{title}.\n\nJournal of Invention, 20{n + 10}\n" for n, title in enumerate(titles, start=1)]


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def pin(
    marker: int | None = None, position: int | None = None, pmid: int | None = None, *, absent: bool = False
) -> Pin:
    return Pin(marker, position, parse_pmid(pmid) if pmid else None, None, absent)


def only(code: str, findings: tuple[Finding, ...]) -> Finding:
    (finding,) = [finding for finding in findings if finding.code == code]
    return finding


def test_an_article_whose_citations_agree_has_no_finding() -> None:
    assert lint(article("It is so [1]. It stays so [2].", *numbered("First paper", "Second paper"))) == ()


def test_a_marker_without_reference_is_an_error_at_its_sentence() -> None:
    found = only("L01-marker-without-reference", lint(article("It is so [1]. Not here [2].", *numbered("First paper"))))
    assert (found.severity, found.section, found.sentence) == (Severity.ERROR, "Main Reasons", 2)
    assert "Marker 2" in found.message
    assert found.hint


def test_a_number_that_may_be_no_marker_is_a_warning_only() -> None:
    text = "It is so. 1 It stays so. 1 It ends so. 9"
    found = only("L01-marker-without-reference", lint(article(text, *numbered("First paper", "Second paper"))))
    assert found.severity is Severity.WARNING
    assert "not certain" in found.message


def test_a_reference_that_no_sentence_cites_is_a_warning_at_its_place() -> None:
    found = only("L02-reference-never-cited", lint(article("It is so [1].", *numbered("First paper", "Second paper"))))
    assert (found.severity, found.position) == (Severity.WARNING, 2)


def test_gaps_in_markers_and_in_the_list_are_both_found() -> None:
    entries = [numbered("First paper", "Second paper", "Third paper")[at] for at in (0, 2)]
    gaps = [f.message for f in lint(article("It is so [1]. It stays so [3].", *entries)) if f.code.startswith("L03")]
    assert len(gaps) == 2
    assert all("2" in message for message in gaps)


def test_one_number_for_two_entries_is_an_error() -> None:
    entries = ["1. Doe A. First paper. J Invent. 2011;1:1.", "1. Roe B. Second paper. J Invent. 2012;2:1."]
    assert only("L03-gap-in-numbering", lint(article("It is so [1].", *entries))).severity is Severity.ERROR


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Doe A. One title here. J X. 2011. PMID: 99000001", "Roe B. Another title. J Y. 2012. PMID: 99000001", "PMID"),
        ("Doe A. One title here. J X. 2011. doi:10.1000/A", "Roe B. Another title. J Y. 2012. doi:10.1000/a", "DOI"),
        ("Doe A. One title: here. J X. 2011;1:1.", "Doe A. One  Title – here. J X. 2011;1:1.", "title"),
    ],
)
def test_the_same_paper_twice_is_found_by_pmid_doi_or_title(first: str, second: str, same: str) -> None:
    found = only("L04-duplicate-reference", lint(article("So [1]. And so [2].", f"1. {first}", f"2. {second}")))
    assert (found.position, same in found.message) == (2, True)


def test_two_editions_of_one_guideline_are_no_duplicates() -> None:
    entries = [
        "1. Example Society. Standards of care. J X. 2023;1:1.",
        "2. Example Society. Standards of care. J X. 2024;2:1.",
    ]
    assert codes(lint(article("So [1]. And so [2].", *entries))) == []


def test_markers_out_of_order_are_a_note() -> None:
    found = only(
        "L05-markers-out-of-order", lint(article("So [2]. And so [1].", *numbered("First paper", "Second paper")))
    )
    assert found.severity is Severity.NOTE


def test_an_unnumbered_list_leaves_the_mapping_open_and_names_the_counts() -> None:
    found = only("L06-mapping-uncertain", lint(article("So [1]. And so [2].", *triples("First paper", "Second paper"))))
    assert "cites 1" in found.message
    assert "2 references" in found.message


def test_pins_settle_the_mapping_marker_by_marker() -> None:
    page = article("So [1]. And so [2].", *triples("First paper", "Second paper"))
    half = lint(page, (pin(1, 1),))
    assert "marker 2 means" in only("L06-mapping-uncertain", half).message
    assert lint(page, (pin(1, 1), pin(2, 2))) == ()


@pytest.mark.parametrize("settling", [pin(3, pmid=99000001), pin(3, absent=True), pin(3, 2)])
def test_a_pin_answers_a_marker_that_the_list_leaves_out(settling: Pin) -> None:
    page = article("So [1]. And so [2]. At last [3].", *numbered("First paper", "Second paper"))
    assert codes(lint(page)) == ["L01-marker-without-reference"]
    assert lint(page, (settling,)) == ()


def test_a_pin_to_a_place_that_the_list_does_not_have_settles_nothing() -> None:
    page = article("So [1]. And so [2].", *numbered("First paper"))
    assert codes(lint(page, (pin(2, 9),))) == ["L01-marker-without-reference", "L12-pin-without-target"]


def test_a_pin_silences_only_its_own_marker() -> None:
    page = article("So [1]. And so [2]. At last [3].", *numbered("First paper"))
    found = [f for f in lint(page, (pin(2, pmid=99000001),)) if f.code.startswith("L01")]
    assert [f.sentence for f in found] == [3]


def test_the_site_citing_itself_as_a_guideline_is_an_error() -> None:
    own = "Guideline\n\nGuideline Directed Topic Overview\n\nExample Medical Advisory Board & Editors, 2025\n"
    found = lint(article("It is so [1].", own))
    assert only("L07-self-citation", found).position == 1
    assert "L09-source-cannot-be-checked" in codes(found)


def test_left_over_instructions_are_an_error_at_their_sentence() -> None:
    text = "It is so [1].\n\nConclusion is not allowed, so the response ends here."
    found = only("L08-leftover-text", lint(article(text, *numbered("First paper"))))
    assert (found.severity, found.sentence) == (Severity.ERROR, 2)


def test_a_section_that_rests_on_one_source_nobody_can_check_is_found() -> None:
    page = article("It is so [1].", "1. Some notes from our ward")
    assert {"L09-source-cannot-be-checked", "L10-section-rests-on-uncheckable-source"} <= set(codes(lint(page)))
    settled = lint(page, (pin(position=1, pmid=99000001),))
    assert not {"L09-source-cannot-be-checked", "L10-section-rests-on-uncheckable-source"} & set(codes(settled))


def test_an_article_without_any_marker_is_a_warning() -> None:
    assert "L11-no-markers" in codes(lint(article("It is simply so.", *numbered("First paper"))))


@pytest.mark.realdata
def test_the_seed_shows_its_known_faults(shared: object) -> None:
    from pathlib import Path

    assert isinstance(shared, Path)
    (file,) = (shared / "seed").glob("*.txt")
    found = lint(read_article(file.read_bytes(), name=file.name))
    assert codes(found) == [
        "L01-marker-without-reference",
        "L01-marker-without-reference",
        "L06-mapping-uncertain",
        "L07-self-citation",
        "L08-leftover-text",
        "L09-source-cannot-be-checked",
    ]
    assert "cites 1–6 and the page lists 4 references without numbers" in found[2].message
