"""The demonstration corpus: marked as invented, the same bytes each time, and with the story that the run must tell."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from litwatch.model.record import (
    EXPRESSION_OF_CONCERN,
    PUBLISHED_ERRATUM,
    RETRACTED_PUBLICATION,
    RETRACTION_NOTICE,
    Record,
    RefType,
)
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin import demonstration, life

REAL = {33116712, 17469039}
TODAY = demonstration.DEMONSTRATION_TODAY
UPDATED = date(2025, 2, 16)


@cache
def records(day: date = TODAY) -> dict[int, Record]:
    parsed = parse_article_set(demonstration.article_set(day))
    assert not parsed.unreadable
    return {int(record.pmid): record for record in parsed.records}


def fingerprint(seed: int) -> str:
    return hashlib.sha256(b"".join(r.xml or b"" for r in demonstration.revisions(seed))).hexdigest()


def test_one_seed_gives_the_same_bytes_in_every_process() -> None:
    program = (
        "import hashlib; from litwatch.standin import demonstration as d; "
        "print(hashlib.sha256(b''.join(r.xml or b'' for r in d.revisions(7))).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout.strip() == fingerprint(7)
    assert fingerprint(7) != fingerprint(8)


def test_revisions_are_ordered_by_day_and_pmid_and_number_some_four_hundred_papers() -> None:
    revisions = demonstration.revisions()
    assert list(revisions) == sorted(revisions, key=lambda r: (r.visible_from, r.pmid))
    assert 380 <= len({r.pmid for r in revisions}) <= 460


def test_every_invented_record_says_that_it_is_invented() -> None:
    for pmid, record in records(demonstration.LAST_DAY).items():
        if pmid in REAL:
            continue
        assert record.title.startswith("Demonstration data: "), pmid
        assert (record.journal.title or "").startswith("Demonstration "), pmid
        assert 99_000_001 <= pmid <= 99_099_999
        assert record.doi is None or record.doi.startswith("10.5555/"), pmid
        assert all(cited >= 99_000_001 for cited in record.cites), pmid


def test_the_two_real_references_are_bare_citations_on_every_day_of_their_lives() -> None:
    mine = [r for r in demonstration.revisions() if r.pmid in REAL]
    assert Counter(r.pmid for r in mine) == dict.fromkeys(REAL, 1)
    found = records(demonstration.LAST_DAY)
    for pmid in REAL:
        record = found[pmid]
        assert not record.abstract
        assert not record.notices
        assert not record.mesh
        assert record.created is record.entered is record.revised is None
        assert [kind.label for kind in record.publication_types] == ["Journal Article", "Review"]
    assert found[33116712].doi == "10.2147/dmso.s275898"
    assert found[17469039].journal.pages == "13-19"


@pytest.mark.parametrize(
    ("pmid", "title", "year", "kind"),
    [
        (99000001, "guideline for the assessment of insulin resistance in adults", 2022, "Practice Guideline"),
        (99000002, "abdominal fat and ten-year change in insulin sensitivity, a cohort study", 2019, "Journal Article"),
        (
            99000003,
            "supervised exercise and insulin sensitivity in inactive adults, a randomised trial",
            2021,
            "Randomized Controlled Trial",
        ),
        (
            99000004,
            "one week of short sleep and insulin sensitivity, a randomised crossover trial",
            2020,
            "Randomized Controlled Trial",
        ),
        (99000005, "antipsychotic medicines and insulin resistance, a systematic review", 2018, "Systematic Review"),
    ],
)
def test_the_example_articles_references_are_there_as_it_cites_them(
    pmid: int, title: str, year: int, kind: str
) -> None:
    record = records(UPDATED)[pmid]
    assert record.title == f"Demonstration data: {title}"
    assert record.published is not None
    assert record.published.earliest.year == year
    assert kind in [k.label for k in record.publication_types]
    assert {n.ref_type for n in record.notices} <= {RefType.COMMENT_IN}


@pytest.mark.parametrize(
    ("paper", "ref_type", "notice", "back", "ui", "day"),
    [
        (99000001, RefType.UPDATE_IN, 99000901, RefType.UPDATE_OF, "D017065", date(2026, 6, 15)),
        (99000003, RefType.ERRATUM_IN, 99000903, RefType.ERRATUM_FOR, PUBLISHED_ERRATUM, date(2025, 9, 10)),
        (
            99000005,
            RefType.EXPRESSION_OF_CONCERN_IN,
            99000905,
            RefType.EXPRESSION_OF_CONCERN_FOR,
            EXPRESSION_OF_CONCERN,
            date(2026, 8, 12),
        ),
        (99000004, RefType.RETRACTION_IN, 99000904, RefType.RETRACTION_OF, RETRACTION_NOTICE, date(2026, 11, 18)),
    ],
)
def test_a_notice_and_its_paper_point_to_each_other_from_one_day_on(  # noqa: PLR0917 - a row of a table
    paper: int, ref_type: RefType, notice: int, back: RefType, ui: str, day: date
) -> None:
    before, after = records(day - timedelta(days=1)), records(day)
    assert notice not in before
    assert ref_type not in {n.ref_type for n in before[paper].notices}
    assert [n.pmid for n in after[paper].notices if n.ref_type is ref_type] == [notice]
    assert [n.pmid for n in after[notice].notices if n.ref_type is back] == [paper]
    assert after[paper].revised == day
    assert records()[notice].has_type(ui)


def test_only_the_sleep_trial_is_retracted() -> None:
    assert [pmid for pmid, r in records().items() if r.has_type(RETRACTED_PUBLICATION)] == [99000004]


def test_the_updated_guideline_is_the_only_new_one_since_the_article_was_written() -> None:
    new = [r.pmid for r in records().values() if r.has_type("D017065") and r.created and r.created > UPDATED]
    assert new == [99000901]


def test_new_reviews_trials_and_cohorts_have_appeared_since_the_article_was_written() -> None:
    labels = Counter(
        kind.label
        for record in records().values()
        if record.created and record.created > UPDATED
        for kind in record.publication_types
    )
    assert labels["Systematic Review"] >= 3
    assert labels["Randomized Controlled Trial"] >= 3
    assert labels["Observational Study"] >= 3


def test_something_new_comes_on_the_two_days_around_the_demonstration_and_nothing_on_the_day_after() -> None:
    days = {r.visible_from for r in demonstration.revisions()}
    assert TODAY - timedelta(days=1) in days
    assert TODAY + timedelta(days=1) in days
    assert TODAY + timedelta(days=2) not in days


def test_a_trial_ahead_of_print_has_neither_headings_nor_its_publication_type() -> None:
    trial = records()[99000917]
    assert trial.status == "Publisher"
    assert not trial.mesh
    assert [kind.label for kind in trial.publication_types] == ["Journal Article"]
    assert records(date(2027, 1, 31))[99000917].has_type("D016449")


def test_no_heading_is_given_during_the_year_end_pause() -> None:
    dates = [r.mesh_dated for r in records(date(2027, 6, 1)).values() if r.mesh and r.mesh_dated]
    assert dates
    assert not [d for d in dates if (11, 10) <= (d.month, d.day) < (12, 16)]


def test_some_headings_are_major_by_their_subheading_only() -> None:
    headings = [heading for record in records().values() for heading in record.mesh]
    assert any(heading.is_major and not heading.major for heading in headings)


def test_a_latecomers_entry_date_lies_before_the_article_although_its_create_date_lies_after() -> None:
    late = records()[99000922]
    assert late.entered is not None
    assert late.created is not None
    assert late.entered < UPDATED < late.created
    assert 99000922 not in records(late.created - timedelta(days=1))


def test_about_a_quarter_of_the_records_are_beside_the_question() -> None:
    beside = [r for r in records().values() if not re.search(r"insulin (resist|sensit)", r.title + r.abstract_text)]
    assert 0.12 <= len(beside) / len(records()) <= 0.35


def test_titles_differ_except_between_a_preprint_and_its_published_version() -> None:
    repeated = [title for title, n in Counter(r.title for r in records().values()).items() if n > 1]
    pair = [r.pmid for r in records().values() if r.title in repeated and r.pmid > 99000900]
    assert sorted(pair) == [99000918, 99000919]
    letters = [r for r in records().values() if r.title in repeated and r.pmid <= 99000900]
    assert {kind.label for r in letters for kind in r.publication_types} <= {"Letter", "Editorial", "Comment"}


def test_every_comment_and_the_paper_it_comments_on_name_each_other() -> None:
    found = records()
    comments = [(pmid, n.pmid) for pmid, r in found.items() for n in r.notices if n.ref_type is RefType.COMMENT_ON]
    assert len(comments) > 5
    for comment, paper in comments:
        assert paper is not None
        assert comment in [n.pmid for n in found[paper].notices if n.ref_type is RefType.COMMENT_IN]


def test_a_record_not_yet_visible_is_not_served() -> None:
    revisions = demonstration.revisions()
    assert 99000914 not in life.served(revisions, date(2026, 11, 18))
    assert 99000914 in life.served(revisions, date(2026, 11, 19))


@pytest.mark.realdata
def test_the_whole_corpus_is_valid_against_nlms_own_dtd(shared: Path) -> None:
    text = (shared / "data/eutils_samples/dtd/pubmed_250101.dtd").read_text()
    text = re.sub(r"<!ENTITY % mathml-in-pubmed[^>]*>", "", text)
    dtd = etree.DTD(io.StringIO(text.replace("%mathml-in-pubmed;", "<!ELEMENT mml:math ANY>")))
    for day in (UPDATED, TODAY, date(2027, 3, 1)):
        root = etree.fromstring(demonstration.article_set(day))
        assert dtd.validate(root), dtd.error_log
