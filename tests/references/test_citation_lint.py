"""The citation lint: each finding has its code, place and hint, and a pin silences exactly what it settles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest

from litwatch.articles.article_reader import read_article
from litwatch.articles.model import Article
from litwatch.cli import main
from litwatch.config.article_file import read_article_file
from litwatch.model.identifiers import Pmid, parse_doi, parse_pmid
from litwatch.model.record import Journal, Record
from litwatch.model.reference import Match, MatchCode, MatchReason, MatchState
from litwatch.model.topic import Pin
from litwatch.references.lint import RULES, Finding, Severity, lint
from litwatch.references.lint.sarif import line_of, sarif_log
from tests.factories import make_record

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


ASIDE = (
    "<h1>Why is it so?</h1><p>It is so [1].</p><aside><p>{}</p></aside><h2>References</h2>"
    "<ol><li>Doe A. First paper. J Invent. 2011;1:1-2.</li><li>Roe B. Second paper. J Invent. 2012;2:1-2.</li></ol>"
)


@pytest.mark.parametrize(
    ("name", "page", "line"),
    [
        ("a.html", ASIDE.format("Short nights also harm the bakers [2]."), "Short nights also harm the bakers [2]."),
        ("a.html", ASIDE.format("Short nights also harm them.<sup>2</sup>"), "Short nights also harm them.²"),
        (
            "a.txt",
            f"{HEAD}It is so [1].\n\nReferences\n\n" + "\n".join(numbered("First paper", "Second paper"))
            + "\n\nLeave a comment\n\nWhat of the second paper on this [2]?\n",
            "What of the second paper on this [2]?",
        ),
        (
            "a.md",
            "# Why is it so?\n\nIt is so (Doe, 2011). It was so (Doe, 2011).\n\n## References\n\n"
            "- Doe A. First paper. J Invent. 2011;1:1-2.\n- Roe B. Second paper. J Invent. 2012;2:1-2.\n\n"
            "## Leave a comment\n\nWhat of the second paper (Roe, 2012)?\n",
            "What of the second paper (Roe, 2012)?",
        ),
    ],
)  # fmt: skip
def test_a_reference_that_only_furniture_cites_is_named_with_that_line(name: str, page: str, line: str) -> None:
    findings = lint(read_article(page.encode(), name=name))
    finding = only("L22-cited-only-in-furniture", findings)
    assert (finding.position, finding.severity) == (2, Severity.WARNING)
    assert "(“Second paper”) is cited only in" in finding.message
    assert f"“{line}”" in finding.message
    assert "Cite it in the article's text" in finding.hint
    assert not {"L02-reference-never-cited", "L03-gap-in-numbering"} & set(codes(findings))


@pytest.mark.parametrize(
    "beside",
    [
        "By Jane Doe<sup>1</sup> and Bo Roe<sup>2</sup>",
        "<sup>2</sup> Department of invented medicine, University of nowhere in particular",
        "[2] was said by nobody in particular",
        "Page 1 [2] 3",
        "Three more stories that readers like (2)",
        "Cakes of 2 kg are sold in our shop",
        "It is so in the sidebar, too [1].",
        "Nobody knows why, says the cook [7].",
    ],
)
def test_a_number_beside_the_article_that_cites_nothing_new_is_no_finding(beside: str) -> None:
    findings = lint(read_article(ASIDE.format(beside).encode(), name="a.html"))
    assert codes(findings) == ["L02-reference-never-cited"]


def test_no_page_of_the_golden_pairs_has_a_reference_that_only_furniture_cites() -> None:
    for page in sorted((Path(__file__).parents[1] / "data" / "articles").iterdir()):
        if page.suffix not in (".json", ".bib"):  # what a page is to be read as, and bibliographies
            told = codes(lint(read_article_file(page)))
            assert "L22-cited-only-in-furniture" not in told, page.name


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
def test_the_seed_shows_its_known_faults(shared: Path) -> None:
    (file,) = (shared / "seed").glob("*.txt")
    found = lint(read_article(file.read_bytes(), name=file.name))
    assert codes(found) == [
        "L01-marker-without-reference",
        "L01-marker-without-reference",
        "L06-mapping-uncertain",
        "L07-self-citation",
        "L08-leftover-text",
        "L09-source-cannot-be-checked",
        "L10-section-rests-on-uncheckable-source",
        "L10-section-rests-on-uncheckable-source",
    ]
    assert "cites 1–6 and the page lists 4 references without numbers" in found[2].message


def confirmed(*pmids: int) -> tuple[Match, ...]:
    return tuple(
        Match(position, MatchState.CONFIRMED, Pmid(pmid), 0.99, "title") for position, pmid in enumerate(pmids, start=1)
    )


def known(*records: Record) -> dict[Pmid, Record]:
    return {record.pmid: record for record in records}


def paper(pmid: int = 99000001, **changes: Any) -> Record:
    """A record that agrees with the first entry of ``numbered``, of 2011 in "J Invent"."""
    day = date(2011, 3, 1)
    published = make_record().published
    assert published is not None
    journal = Journal("Journal of Invention", "J Invent", None, None, "1", None, "1-2", None)
    printed = replace(published, raw="2011 Mar", earliest=day, latest=day)
    return make_record(pmid, **{"published": printed, "electronic": None, "journal": journal, **changes})


def test_a_paper_that_pubmed_describes_as_the_list_does_is_no_finding() -> None:
    page = article("It is so [1].", *numbered("First paper"))
    assert lint(page, (), confirmed(99000001), known(paper())) == ()


def test_two_entries_that_are_one_record_are_a_duplicate() -> None:
    entries = ["1. Doe A. First paper. J Invent. 2011;1:1.", "2. Doe A. The first of papers. J Invent. 2011;1:1."]
    found = lint(article("So [1]. And so [2].", *entries), (), confirmed(99000001, 99000001), known(paper()))
    assert "the same PubMed record" in only("L04-duplicate-reference", found).message


@pytest.mark.parametrize(("electronic", "codes_expected"), [(None, ["L15-year-contradicts-pubmed"]),
                                                            (date(2010, 11, 3), [])])  # fmt: skip
def test_a_year_that_is_neither_the_print_nor_the_electronic_one_is_found(
    electronic: date | None, codes_expected: list[str]
) -> None:
    page = article("It is so [1].", "1. Doe A. First paper. J Invent. 2010;1:1-2.")
    assert codes(lint(page, (), confirmed(99000001), known(paper(electronic=electronic)))) == codes_expected


@pytest.mark.parametrize("journal", ["Journal of Invention", "J Invent"])
def test_a_journal_is_itself_in_full_and_abbreviated(journal: str) -> None:
    page = article("It is so [1].", f"Research\n\nFirst paper.\n\n{journal}, 2011\n")
    assert "L16-journal-contradicts-pubmed" not in codes(lint(page, (pin(1, 1),), confirmed(99000001), known(paper())))


def test_another_journal_than_pubmeds_is_found_at_its_entry() -> None:
    page = article("It is so [1].", "Research\n\nFirst paper.\n\nAnnals of Something Else, 2011\n")
    found = only("L16-journal-contradicts-pubmed", lint(page, (pin(1, 1),), confirmed(99000001), known(paper())))
    assert (found.position, "Annals of Something Else" in found.message) == (1, True)


@pytest.mark.parametrize(
    ("printed", "is_wrong"),
    [
        ("PMID: 99000001", False),
        ("PMID: 99000002", True),
        ("doi:10.5555/other", True),
        ("doi:10.5555/mine", False),
        ("doi:10.5555/mine/supplement-2", False),
        ("doi:10.5555/mi", False),
    ],
)
def test_an_identifier_of_another_paper_is_an_error(printed: str, *, is_wrong: bool) -> None:
    page = article("It is so [1].", f"1. Doe A. First paper. J Invent. 2011;1:1-2. {printed}")
    found = lint(page, (), confirmed(99000001), known(paper(doi=parse_doi("10.5555/mine"))))
    assert ("L17-identifier-contradicts-pubmed" in codes(found)) is is_wrong


def unknown(state: MatchState = MatchState.NOT_FOUND, pmid: int = 91000005) -> tuple[Match, ...]:
    reason = MatchReason(MatchCode.NOTHING_FOUND, unknown_pmid=Pmid(pmid))
    return (replace(confirmed(99000001)[0], state=state, method="title", reason=reason),)


def test_a_printed_pmid_that_pubmed_does_not_have_is_named_once_and_is_no_other_papers() -> None:
    page = article("It is so [1].", "1. Doe A. First paper. J Invent. 2011;1:1-2. PMID: 91000005")
    told = only("L19-pmid-unknown-to-pubmed", lint(page, (), unknown()))
    assert (told.severity, told.position) == (Severity.ERROR, 1)
    assert told.message == "PubMed has no record 91000005, which reference 1 (“First paper”) prints."
    found = lint(page, (), unknown(MatchState.CONFIRMED), known(paper()))
    assert "; the entry is PMID 99000001" in only("L19-pmid-unknown-to-pubmed", found).message
    assert "L17-identifier-contradicts-pubmed" not in codes(found)


def test_a_pmid_that_was_corrected_or_that_an_editor_has_settled_is_not_called_unknown() -> None:
    page = article("It is so [1].", "1. Doe A. First paper. J Invent. 2011;1:1-2. PMID: 91000005")
    assert "L19-pmid-unknown-to-pubmed" not in codes(lint(page, (), unknown(pmid=91000006)))
    settled = Pin(None, 1, None, None, not_in_pubmed=True)
    assert "L19-pmid-unknown-to-pubmed" not in codes(lint(page, (settled,), unknown()))


def test_a_candidate_contradicts_nothing() -> None:
    page = article("It is so [1].", "1. Doe A. First paper. J Invent. 1999;1:1-2.")
    candidate = replace(confirmed(99000001)[0], state=MatchState.CANDIDATE)
    assert lint(page, (), (candidate,), known(paper())) == ()


def test_a_confirmed_record_makes_a_bare_title_a_source_that_can_be_checked() -> None:
    page = article("It is so [1].", "1. Some notes from our ward")
    assert "L09-source-cannot-be-checked" in codes(lint(page))
    assert "L09-source-cannot-be-checked" not in codes(lint(page, (), confirmed(99000001), known(paper())))


def test_a_section_on_one_open_marker_is_found_at_its_first_sentence() -> None:
    page = article("It is so [1]. It stays so [1].", *triples("First paper", "Second paper"))
    found = only("L10-section-rests-on-uncheckable-source", lint(page))
    assert (found.section, found.sentence, "marker 1" in found.message) == ("Main Reasons", 1, True)
    assert lint(page, (pin(1, 1),))[0].code == "L02-reference-never-cited"


def test_the_article_citing_itself_is_an_error() -> None:
    page = article("It is so [1].", "1. Why is it so? Our Site. 2024.")
    assert replace(page.references[0], title="Why is it so?") == page.references[0]
    assert only("L07-self-citation", lint(page)).position == 1


def test_a_list_out_of_order_is_a_note_at_the_entry() -> None:
    entries = [numbered("First paper", "Second paper", "Third paper")[at] for at in (0, 2, 1)]
    found = only("L13-list-out-of-order", lint(article("So [1], [2], [3].", *entries)))
    assert (found.severity, found.position) == (Severity.NOTE, 3)


def test_a_range_that_runs_backwards_is_found_and_a_score_is_not() -> None:
    page = article("It is so [2-1]. It fell (9-5). It stays so [1,2].", *numbered("First paper", "Second paper"))
    found = only("L14-range-backwards", lint(page))
    assert (found.sentence, "[2-1]" in found.message) == (1, True)


def test_a_citation_by_author_and_year_among_numbers_is_a_note() -> None:
    page = article("It is so [1]. It stays so (Smith et al., 2020).", *numbered("First paper"))
    assert only("L18-author-year-citation", lint(page)).sentence == 2


@pytest.mark.parametrize("printed", ["[1-3]", "[1–3]", "[1 to 3]", "[1 through 3]", "[1,2,3]", "[1][2][3]", "[1]–[3]",
                                     "[refs 1-3]", "(1-3)", "¹⁻³", "¹,²,³", "^1-3^", "[^1][^2][^3]"])  # fmt: skip
def test_a_range_in_every_usual_form_cites_the_whole_list(printed: str) -> None:
    text = f"It is so {printed}. It stays so {printed}."
    assert lint(article(text, *numbered("First paper", "Second paper", "Third paper"))) == ()


def test_a_page_that_cites_without_a_list_gets_one_finding_and_not_one_for_each_marker() -> None:
    page = read_article(b"Why nap?\n\nNaps help [1]. They last [2, 3]. All agree [5].\n", name="page.txt")
    told = only("L20-list-not-found", lint(page))
    assert told.message.startswith("The text cites 1\N{EN DASH}3 and 5 in 3 sentences")
    assert not {"L01-marker-without-reference", "L06-mapping-uncertain"} & set(codes(lint(page)))


def test_one_marker_without_a_list_is_a_marker_without_reference() -> None:
    page = read_article(b"Why nap?\n\nNaps help [1]. They last.\n", name="page.txt")
    assert codes(lint(page)) == ["L01-marker-without-reference"]


def test_a_page_that_links_to_papers_and_lists_none_is_told_that_they_are_not_watched() -> None:
    text = b"# Why nap?\n\nNaps help ([Doe 2019](https://pubmed.ncbi.nlm.nih.gov/99000001/)).\n"
    told = only("L23-links-without-list", lint(read_article(text, name="page.md")))
    assert (told.severity, told.message[:27]) == (Severity.ERROR, "The text links to 1 paper, ")
    listed = text + b"\n## References\n\n1. Doe A. Naps. J Inv. 2019;1:2.\n"
    assert "L23-links-without-list" not in codes(lint(read_article(listed, name="page.md")))


def test_every_finding_has_a_rule_and_every_rule_stands_in_the_docs(project: Path) -> None:
    page = (project / "docs" / "lint.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `L")]
    assert rows == [f"| `{r.code}` | {r.severity.value} | {r.title} | {r.help} |" for r in RULES]
    assert [rule.code[:3] for rule in RULES] == [f"L{number:02d}" for number in range(1, len(RULES) + 1)]


SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["tool"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "help"],
                                            "properties": {
                                                "help": {"required": ["text"]},
                                                "shortDescription": {"required": ["text"]},
                                                "defaultConfiguration": {
                                                    "properties": {"level": {"enum": ["error", "warning", "note"]}}
                                                },
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["message"],
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"required": ["text"]},
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "type": "object",
                                        "additionalProperties": False,
                                        "properties": {
                                            "physicalLocation": {
                                                "properties": {
                                                    "artifactLocation": {"required": ["uri"]},
                                                    "region": {
                                                        "properties": {"startLine": {"type": "integer", "minimum": 1}}
                                                    },
                                                }
                                            },
                                            "logicalLocations": {"type": "array", "uniqueItems": True},
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
"""What OASIS' sarif-schema-2.1.0 asks of the parts that litwatch writes, in litwatch's own words."""


def test_findings_as_sarif_keep_to_the_schema_and_point_to_the_line() -> None:
    text = f"{HEAD}It is so [1]. Not here [2].\n\nReferences\n\n{numbered('First paper')[0]}\n"
    page = read_article(text.encode(), name="page.txt")
    log = sarif_log(lint(page), page, uri="queries/page.txt", text=text)
    jsonschema.validate(log, SARIF, format_checker=jsonschema.FormatChecker())
    (run,) = log["runs"]
    (result,) = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "L01-marker-without-reference"
    place = result["locations"][0]["physicalLocation"]
    assert text.splitlines()[place["region"]["startLine"] - 1].startswith("It is so [1]. Not here")
    assert place["artifactLocation"]["uri"] == "queries/page.txt"


def test_a_sentence_that_the_file_breaks_or_marks_up_is_found_and_another_is_not() -> None:
    text = "# One\n\nShort **sleep** lowers\ninsulin sensitivity [1].\n"
    assert line_of("Short sleep lowers insulin sensitivity.", text) == 3
    assert line_of("Long sleep raises it.", text) is None


def test_the_command_writes_sarif_and_ends_with_1_for_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my page.txt").write_text(f"{HEAD}It is so [9].\n\nReferences\n\n{numbered('First paper')[0]}\n")
    with pytest.raises(SystemExit) as ended:
        main(["articles", "lint", "my page.txt", "--format", "sarif"])
    assert ended.value.code == 1
    log = orjson.loads(capsys.readouterr().out)
    jsonschema.validate(log, SARIF, format_checker=jsonschema.FormatChecker())
    places = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in log["runs"][0]["results"]}
    assert places == {"my%20page.txt"}
