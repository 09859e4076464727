"""Laws of identifiers and of the judge that hold for any text."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from unittest import mock

from hypothesis import example, given, settings
from hypothesis import strategies as st

from litwatch.model import identifiers
from litwatch.model.identifiers import Doi, Pmid, parse_doi, parse_pmid
from litwatch.model.record import Author, PublicationType, Record
from litwatch.model.reference import MatchState, Reference, ReferenceKind
from litwatch.references.matching.confidence import SURE, judge
from litwatch.references.matching.titles import Likeness, compare_titles, within
from litwatch.report.match_sentences import say_match
from tests.references.test_matching import record

WORDS = (
    "sleep insulin porters cohort tumour randomised night work liver hormone β-cells hyperglycaemia 2 type II in of "
    "with without ageing São Tomé TNF-α".split()
)

titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
any_text = st.text(max_size=60) | titles
years = st.none() | st.integers(1, 9999)


@st.composite
def references(draw: st.DrawFn) -> Reference:
    return Reference(
        position=draw(st.integers(1, 99)),
        number=None,
        kind=draw(st.sampled_from(ReferenceKind)),
        title=draw(any_text),
        source=draw(any_text | st.just("J Invent Metab Sleep Work")),
        year=draw(years | st.just(2020)),
        authors=tuple(draw(st.lists(any_text | st.just("Wondmaker YT"), max_size=3))),
        pmid=draw(st.none() | st.just(Pmid(99000001))),
        doi=draw(st.none() | st.sampled_from([Doi("10.5555/invented.1"), Doi("10.5555/other")])),
        text=draw(any_text),
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    return record(
        pmid=draw(st.integers(99000001, 99000009)),
        title=draw(any_text),
        vernacular_title=draw(st.none() | any_text),
        published=draw(st.none() | st.just(record().published)),
        authors=tuple(draw(st.lists(st.builds(Author, any_text), max_size=2))),
        publication_types=(PublicationType(draw(st.sampled_from(["D016428", "D016440", "D016425"])), "x"),),
    )


@given(st.integers(1, 999_999_999))
def test_every_pmid_survives_being_printed_and_read(number: int) -> None:
    assert parse_pmid(f"PMID: {number}") == parse_pmid(str(number).zfill(11)) == number


@given(st.text(max_size=40))
def test_a_pmid_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        pmid = parse_pmid(text)
    except ValueError:
        return
    assert 0 < pmid < 10**9
    assert str(pmid) in text


@given(st.from_regex(r"10\.[0-9]{4,9}/[!-~]{1,40}", fullmatch=True))
def test_reading_a_doi_again_changes_nothing(text: str) -> None:
    try:
        doi = parse_doi(text)
    except ValueError:
        return
    if doi.rpartition("/")[2]:
        assert parse_doi(doi) == parse_doi(f"https://doi.org/{doi}") == doi


DOI_PARTS = ("10.1000/ 10.1101/ 10.64898/ 10.1016.5/ 2020 .full .pdf v1 ( ) - _ . pmid PMCID pm1 epub /full html "
             "abstract S1 j.cell 5 / .long 9short full5 é").split()  # fmt: skip


@settings(max_examples=300)
@example(["10.1101/", "2020", ".", "5", "v1"]).via("a version")
@example(["10.1000/", "x.5", ".pdf"]).via("a tail behind a number")
@given(st.lists(st.sampled_from(DOI_PARTS), max_size=6))
def test_a_doi_in_its_usual_form_is_read_as_the_long_way_reads_it(pieces: list[str]) -> None:
    text = "".join(pieces)

    def outcome() -> str | None:
        with suppress(ValueError):
            return parse_doi(text)
        return None

    quickly = outcome()
    with mock.patch.object(identifiers, "_USUAL_DOI", re.compile("(?!)")):
        assert quickly == outcome()


@given(references(), st.lists(records(), max_size=4))
def test_a_match_is_sure_exactly_when_it_is_confirmed(reference: Reference, candidates: list[Record]) -> None:
    match = judge(reference, candidates, "title")
    assert 0.0 <= match.confidence <= 1.0
    assert (match.confidence >= SURE) == (match.state is MatchState.CONFIRMED)
    assert (match.pmid is None) == (match.state is MatchState.NOT_FOUND)
    assert match.pmid not in match.others
    assert say_match(match).endswith(".")


@given(references(), st.lists(records(), max_size=4, unique_by=lambda found: found.pmid), st.randoms())
def test_the_order_and_repetition_of_candidates_count_for_nothing(
    reference: Reference, candidates: list[Record], random: object
) -> None:
    shuffled = [*candidates, *candidates]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judge(reference, shuffled, "title") == judge(reference, candidates, "title")


@given(references(), records())
def test_who_proposed_a_record_counts_for_nothing(reference: Reference, candidate: Record) -> None:
    by_title = judge(reference, [candidate], "title")
    assert replace(judge(reference, [candidate], "ecitmatch"), method="title") == by_title


@given(titles)
def test_a_record_is_confirmed_for_the_reference_printed_from_it(title: str) -> None:
    found = record(title=title)
    printed = Reference(
        position=1, number=1, kind=ReferenceKind.RESEARCH, title=title, source="J Invent Metab Sleep Work", year=2020,
        authors=("Wondmaker YT",), text="Wondmaker YT. J Invent. 2020;13:3611-6.",
    )  # fmt: skip
    assert judge(printed, [found], "title").state is MatchState.CONFIRMED


@given(titles, st.sampled_from(["Retraction: ", "Erratum for: ", "Correction to: ", "Expression of Concern: "]))
def test_no_paper_is_confirmed_for_a_notice_about_it(title: str, beginning: str) -> None:
    printed = Reference(
        position=1, number=1, kind=ReferenceKind.RESEARCH, title=beginning + title, source="J Invent Metab Sleep Work",
        year=2020, authors=("Wondmaker YT",), pmid=Pmid(99000001), doi=Doi("10.5555/invented.1"),
    )  # fmt: skip
    assert judge(printed, [record(title=title)], "pmid").state is not MatchState.CONFIRMED


@given(titles)
def test_case_and_signs_never_count_in_a_title(title: str) -> None:
    assert compare_titles(title, title.upper().replace("-", " - ") + ".").kind is Likeness.SAME
    assert compare_titles(f"[{title}]", title.replace("tumour", "tumor").replace("ised", "ized")).kind is Likeness.SAME


@given(titles, st.integers(0, 9), st.integers(0, 9))
def test_another_number_is_another_title(title: str, one: int, other: int) -> None:
    found = compare_titles(f"{title} phase {one} trial", f"{title} phase {other} trial").kind
    assert (found is Likeness.SAME) == (one == other)
    assert found is not Likeness.MISSPELT


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7), st.integers(0, 3))
@example("ab", "ba", 1)
@example("abcd", "acbd", 1)
def test_edits_are_counted_alike_in_both_directions(a: str, b: str, edits: int) -> None:
    assert within(a, b, edits) == within(b, a, edits)
    assert within(a, a, edits)
    assert not (within(a, b, edits) and abs(len(a) - len(b)) > edits)
    assert within(a, b, max(len(a), len(b)))
