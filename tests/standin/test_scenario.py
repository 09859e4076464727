"""Scenarios: what a file says about a record's life is what the stand-in serves on each day."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from litwatch.model.record import PUBLISHED_ERRATUM, RETRACTED_PUBLICATION, Record, RefType
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin.cheap_records import cheap_records
from litwatch.standin.citation_xml import write_article_set
from litwatch.standin.life import Revision, article_set, served
from litwatch.standin.scenario import EXAMPLES, ScenarioErrors, read_scenario


def example(name: str) -> tuple[Revision, ...]:
    return read_scenario((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))


def on(revisions: tuple[Revision, ...], day: date) -> dict[int, Record]:
    parsed = parse_article_set(article_set(revisions, day))
    assert not parsed.unreadable
    return {int(record.pmid): record for record in parsed.records}


def scenario(record: str, head: str = "") -> tuple[Revision, ...]:
    return read_scenario(f"title: a test\n{head}records:\n  - {record}\n")


def kinds(record: Record) -> set[RefType]:
    return {notice.ref_type for notice in record.notices}


@pytest.mark.parametrize(
    ("day", "retracted", "notices"),
    [
        (date(2026, 3, 8), False, set()),
        (date(2026, 3, 9), False, {RefType.EXPRESSION_OF_CONCERN_IN}),
        (date(2026, 5, 11), False, {RefType.EXPRESSION_OF_CONCERN_IN, RefType.ERRATUM_IN}),
        (date(2026, 6, 15), True, {RefType.EXPRESSION_OF_CONCERN_IN, RefType.ERRATUM_IN, RefType.RETRACTION_IN}),
        (date(2026, 8, 17), False, {RefType.ERRATUM_IN}),
    ],
)
def test_a_cited_paper_lives_through_concern_partial_retraction_retraction_and_reinstatement(
    day: date, retracted: bool, notices: set[RefType]
) -> None:
    paper = on(example("cited-paper"), day)[99500001]
    assert paper.has_type(RETRACTED_PUBLICATION) is retracted
    assert kinds(paper) == notices
    assert paper.mesh_dated == date(2025, 1, 20)


def test_a_partial_retraction_is_announced_as_an_erratum() -> None:
    notice = on(example("cited-paper"), date(2026, 5, 11))[99500003]
    assert notice.has_type(PUBLISHED_ERRATUM)
    assert kinds(notice) == {RefType.ERRATUM_FOR}
    assert notice.title.startswith("Demonstration data: partial retraction of ")


def test_headings_and_study_types_come_with_indexing_and_not_before() -> None:
    year = example("a-year-in-pubmed")
    for day, status in (
        (date(2026, 1, 12), "Publisher"),
        (date(2026, 2, 23), "In-Data-Review"),
        (date(2026, 3, 9), "In-Process"),
    ):
        early = on(year, day)[99510001]
        assert early.status == status
        assert not early.mesh
        assert not early.has_type("D016449")
        assert early.mesh_dated == early.entered
    late = on(year, date(2026, 4, 20))[99510001]
    assert late.status == "MEDLINE"
    assert late.has_type("D016449")
    assert late.mesh_dated == date(2026, 4, 20)


def test_a_back_dated_record_has_an_entry_date_long_before_its_create_date() -> None:
    record = on(example("a-year-in-pubmed"), date(2026, 4, 13))[99510002]
    assert (record.entered, record.created) == (date(2024, 6, 3), date(2026, 4, 13))


def test_a_title_and_a_doi_are_corrected_on_their_day() -> None:
    year = example("a-year-in-pubmed")
    assert on(year, date(2026, 5, 17))[99510003].doi == "10.5555/scenario.wrong"
    after = on(year, date(2026, 5, 18))[99510003]
    assert after.doi == "10.5555/scenario.99510003"
    assert "olanzapine" in after.title


def test_an_abstract_and_a_publication_type_arrive_late() -> None:
    year = example("a-year-in-pubmed")
    assert not on(year, date(2026, 7, 12))[99510004].abstract
    assert on(year, date(2026, 7, 13))[99510004].abstract_text == "Fibre lowered HOMA-IR by 0.3."
    assert not on(year, date(2026, 9, 13))[99510005].has_type("D000078182")
    assert on(year, date(2026, 9, 14))[99510005].has_type("D000078182")


def test_a_retraction_may_name_no_pmid_and_then_makes_no_notice_record() -> None:
    year = example("a-year-in-pubmed")
    paper = on(year, date(2026, 10, 5))[99510006]
    assert [notice.pmid for notice in paper.notices] == [None]
    assert paper.has_type(RETRACTED_PUBLICATION)
    assert 0 not in {r.pmid for r in year}


def test_an_update_that_has_a_life_of_its_own_points_back_to_the_older_version() -> None:
    found = on(example("a-year-in-pubmed"), date(2026, 9, 7))
    assert [(n.ref_type, n.pmid) for n in found[99510008].notices] == [(RefType.UPDATE_OF, 99510007)]
    assert (RefType.UPDATE_IN, 99510008) in [(n.ref_type, n.pmid) for n in found[99510007].notices]


def test_deleted_and_merged_records_are_gone_from_their_day_on() -> None:
    year = example("a-year-in-pubmed")
    assert 99510010 in served(year, date(2026, 4, 26))
    assert 99510010 not in served(year, date(2026, 4, 27))
    assert 99510009 in served(year, date(2026, 2, 15))
    assert 99510009 not in served(year, date(2026, 2, 16))


def test_no_record_is_indexed_during_the_year_end_pause_and_all_are_revised_after_it() -> None:
    year = example("a-year-in-pubmed")
    held = on(year, date(2026, 12, 14))[99510008]
    assert held.status == "Publisher"
    assert held.revised == date(2026, 9, 7)
    after = on(year, date(2026, 12, 15))
    assert after[99510008].mesh_dated == date(2026, 12, 15)
    papers = [record for pmid, record in after.items() if pmid != 99510017]
    assert {record.revised for record in papers} == {date(2026, 12, 15)}
    wave = [r.pmid for r in year if r.visible_from == date(2026, 12, 15)]
    assert len(wave) == len(set(wave)) == 8


def test_a_change_that_is_announced_in_the_pause_is_not_held_with_the_headings() -> None:
    revisions = scenario(
        "{pmid: 99500001, title: x, published: 2026, life: [{day: 2026-11-01, becomes: ahead of print}, "
        "{day: 2026-11-20, becomes: indexed, retracted: 99500002}]}",
        head="year end: {from: 2026-11-14, until: 2026-12-15}\n",
    )
    during = on(revisions, date(2026, 11, 20))[99500001]
    assert during.status == "Publisher"
    assert during.has_type(RETRACTED_PUBLICATION)
    assert on(revisions, date(2026, 12, 15))[99500001].status == "MEDLINE"


def test_markup_and_hostile_words_reach_the_record_as_text() -> None:
    hostile = "<script>alert(1)</script> & {{7*7}} in <i>vivo</i>"
    revisions = scenario(
        f"{{pmid: 99500001, title: '{hostile}', published: 1998 Dec-1999 Jan, "
        "life: [{day: 2026-01-01, becomes: indexed}]}"
    )
    record = on(revisions, date(2026, 1, 1))[99500001]
    assert record.title == "<script>alert(1)</script> & {{7*7}} in vivo"
    assert record.published is not None
    assert record.published.raw == "1998 Dec-1999 Jan"


def test_all_mistakes_are_reported_at_once_each_with_its_key_path() -> None:
    with pytest.raises(ScenarioErrors) as caught:
        read_scenario(
            """
            title: wrong
            colour: blue
            records:
              - {pmid: 33116712, title: x, published: 2020, mesh: ["?"], life: [{day: 2026-01-01, retracted: soon}]}
              - {pmid: 99500001, published: 2020, types: [Poem], life: []}
            """
        )
    paths = [problem.split(":")[0] for problem in caught.value.problems]
    assert sorted(paths) == [
        "colour",
        "records[0].life[0].retracted",
        "records[0].mesh[0]",
        "records[0].pmid",
        "records[1].life",
        "records[1].title",
        "records[1].types[0]",
    ]


@pytest.mark.parametrize(
    ("life", "problem"),
    [
        ("[{day: 2026-01-01}]", "records[0].life[0].becomes: the first day must say what the record is then"),
        (
            "[{day: 2026-03-01, becomes: indexed}, {day: 2026-02-01}]",
            "records[0].life[1].day: 2026-02-01 does not lie after the day before it, 2026-03-01",
        ),
        (
            "[{day: 2026-03-01, becomes: indexed, deleted: true}, {day: 2026-04-01}]",
            "records[0].life[0]: a record that is gone has no further life",
        ),
        (
            "[{day: 2026-03-01, becomes: indexed}, {day: 2026-04-01, merged into: 99500009}]",
            "records[0].life[1].merged into: 99500009 is no record of this scenario",
        ),
        (
            "[{day: 2026-03-01, becomes: indexed, retracted: 99500001}]",
            "records[0].life[0]: the record would be its own notice",
        ),
        (
            "[{day: 2026-03-01, becomes: indexed, partial retraction: 99500001}]",
            "records[0].life[0]: the record would be its own notice",
        ),
        (
            "[{day: 2026-03-01, becomes: indexed, commented: 99500001}]",
            "records[0].life[0]: the record would be its own notice",
        ),
        (
            "[{day: 2026-03-01, becomes: indexed, corrected and republished: 99500001}]",
            "records[0].life[0]: the record would be its own notice",
        ),
        (
            "[{day: 2026-03-01, becomes: indexed, retracted and republished: 99500001}]",
            "records[0].life[0]: the record would be its own notice",
        ),
    ],
)
def test_a_life_that_cannot_be_is_refused(life: str, problem: str) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        scenario(f"{{pmid: 99500001, title: x, published: 2026, life: {life}}}")
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1",
        "a: [",
        "title: x\ntitle: y\nrecords: []",
        "title: x\nrecords:\n - {day: 2026-13-01}",
        "? [a, b]\n: c",
        "[" * 5_000,
        "title: &a [x, x]\nrecords: [*a, *a]",
        "title: x\nrecords: &a [*a]",
        "!!python/object:os.system x",
    ],
)
def test_what_is_no_scenario_at_all_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        read_scenario(text)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (r'title: "a\0b"', r"records[0].title: '\x00' cannot stand in XML"),
        (r'title: x, authors: ["\ud800"]', r"records[0].authors[0]: '\ud800' cannot stand in XML"),
        ("title: x, mesh: [5]", "records[0].mesh[0]: must be text; quotation marks make it so"),
        ("title: x, types: [[1]]", "records[0].types[0]: must be text; quotation marks make it so"),
        ("title: x, colour: blue", "records[0].colour: no such key in a scenario"),
    ],
)
def test_what_a_record_cannot_say_is_refused_with_its_place(words: str, problem: str) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        scenario(f"{{pmid: 99500001, {words}, published: 2026, life: [{{day: 2026-01-01, becomes: indexed}}]}}")
    assert caught.value.problems == (problem,)


def test_a_publication_date_that_yaml_reads_as_a_date_is_printed_as_pubmed_does() -> None:
    revisions = scenario(
        "{pmid: 99500001, title: x, published: 2026-03-02, life: [{day: 2026-01-01, becomes: indexed}]}"
    )
    published = on(revisions, date(2026, 1, 1))[99500001].published
    assert published is not None
    assert published.raw == "2026 Mar 2"


def test_a_repeated_pmid_names_both_places() -> None:
    record = "{pmid: 99500001, title: x, published: 2026, life: [{day: 2026-01-01, becomes: indexed}]}"
    with pytest.raises(ScenarioErrors, match=r"records\[1\]\.pmid: 99500001 is already records\[0\]"):
        scenario(f"{record}\n  - {record}")


@pytest.mark.parametrize("name", ["cited-paper", "a-year-in-pubmed"])
def test_a_scenario_gives_the_same_bytes_each_time(name: str) -> None:
    assert example(name) == example(name)


def test_cheap_records_cross_the_window_of_9999_and_are_each_a_whole_record() -> None:
    revisions = list(cheap_records(12_000, seed=3))
    assert len({r.pmid for r in revisions}) == 12_000
    assert revisions == sorted(revisions, key=lambda r: (r.visible_from, r.pmid))
    sample = parse_article_set(write_article_set([r.xml for r in revisions[::1_000] if r.xml]))
    assert not sample.unreadable
    for record, made in zip(sample.records, revisions[::1_000], strict=True):
        assert record.pmid == made.pmid
        assert record.created == record.entered == record.revised == record.completed == made.visible_from
        assert "insulin resistance" in record.title
        assert "%" not in record.abstract_text
        assert not {"SUBJECT", "PEOPLE", "DESIGN", "NUMBER"} & set(record.title.split())


def test_cheap_records_are_made_one_at_a_time_and_repeatably() -> None:
    endless = cheap_records(10**12, seed=5)
    first = [next(endless) for _ in range(3)]
    again = cheap_records(10**12, seed=5)
    assert first == [next(again) for _ in range(3)]
    assert first != [next(cheap_records(10**12, seed=6)) for _ in range(3)]


@pytest.mark.realdata
def test_scenarios_and_cheap_records_are_valid_against_nlms_own_dtd(shared: Path) -> None:
    text = (shared / "data/eutils_samples/dtd/pubmed_250101.dtd").read_text()
    text = re.sub(r"<!ENTITY % mathml-in-pubmed[^>]*>", "", text)
    dtd = etree.DTD(io.StringIO(text.replace("%mathml-in-pubmed;", "<!ELEMENT mml:math ANY>")))
    stories = (*example("a-year-in-pubmed"), *example("cited-paper"), *cheap_records(50))
    root = etree.fromstring(write_article_set([r.xml for r in stories if r.xml], deleted=[99510010]))
    assert dtd.validate(root), dtd.error_log
