"""The profile of an article's references, and the picture that is drawn of it."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.model.identifiers import Pmid
from litwatch.model.record import DatePrecision, PartialDate, Record
from litwatch.model.reference import Match, MatchState
from litwatch.model.topic import QuestionKind
from litwatch.report.profile import Profile, YearCount, draw_profile
from litwatch.report.profile_drawing import BARS_HEIGHT, WIDTH, drawing_of
from tests.factories import PUBLICATION_TYPES, make_article, make_match, make_record, make_reference

DAY = date(2026, 11, 22)


def of_year(pmid: int, year: int, kind: str) -> Record:
    published = PartialDate(str(year), date(year, 1, 1), date(year, 12, 31), DatePrecision.YEAR)
    return make_record(pmid, published=published, publication_types=(PUBLICATION_TYPES[kind],), title="Sleep.")


def draw(*cases: tuple[int | None, Record | None]) -> Profile:
    """The profile of references with a printed year and, where it is confirmed, a record."""
    article = make_article(references=tuple(make_reference(n, year=year) for n, (year, _) in enumerate(cases, 1)))
    matches = [make_match(n, record.pmid if record else None) for n, (_, record) in enumerate(cases, 1)]
    records = {record.pmid: record for _, record in cases if record}
    return draw_profile(article, matches, records, QuestionKind.OTHER, DAY)


def test_ages_levels_and_the_newest_of_each_are_counted() -> None:
    profile = draw(
        (2019, of_year(99000001, 2018, "guideline")),
        (2021, of_year(99000002, 2021, "guideline")),
        (2010, of_year(99000003, 2010, "review")),
        (2010, of_year(99000004, 2010, "trial")),
        (2016, None),
        (None, None),
    )
    assert (profile.references, profile.in_pubmed, profile.elsewhere, profile.undated) == (6, 4, 2, 1)
    assert profile.share_elsewhere == pytest.approx(2 / 6)
    assert profile.years == (YearCount(2010, 2, 0), YearCount(2016, 0, 1), YearCount(2018, 1, 0), YearCount(2021, 1, 0))
    assert profile.median_age == 10
    assert profile.levels == (("Guideline", 2), ("Systematic review or meta-analysis", 1), ("Randomised trial", 1))
    newest = (profile.newest_guideline, profile.newest_review)
    assert [record.pmid for record in newest if record] == [99000002, 99000003]


def test_a_candidate_counts_as_not_in_pubmed_until_someone_confirms_it() -> None:
    article = make_article(references=(make_reference(1, year=2020),))
    unsure = Match(1, MatchState.CANDIDATE, Pmid(99000001), 0.85, "title")
    profile = draw_profile(article, [unsure], {}, QuestionKind.OTHER, DAY)
    assert (profile.in_pubmed, profile.elsewhere) == (0, 1)


def test_an_article_without_references_has_an_empty_profile_and_no_picture() -> None:
    profile = draw()
    assert (profile.references, profile.median_age, profile.share_elsewhere) == (0, None, None)
    assert drawing_of(profile, DAY) is None


@pytest.mark.parametrize("years", [(2026,), (2020, 2026), (1900, 1950, 2026), tuple(range(1990, 2027)), (2027,)])
def test_every_bar_and_piece_lies_inside_the_picture(years: tuple[int, ...]) -> None:
    profile = draw(*((year, of_year(99000001 + n, year, "trial") if n % 2 else None) for n, year in enumerate(years)))
    picture = drawing_of(profile, DAY)
    assert picture
    assert (picture.first, picture.last) == (years[0], max(2026, years[-1]))
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in picture.bars)
    assert max(bar.in_pubmed + bar.elsewhere for bar in picture.bars) == pytest.approx(BARS_HEIGHT, abs=0.2)
    assert all(piece.x >= 0 and piece.x + piece.width <= WIDTH for piece in picture.band)
    assert len(picture.bars) <= 32


def test_the_picture_says_in_words_what_it_shows() -> None:
    picture = drawing_of(draw((2010, of_year(99000001, 2010, "trial")), (2016, None), (None, None)), DAY)
    assert picture
    assert picture.description == (
        "References by year of publication: 2010: 1, 2016: 1. Without a year: 1. "
        "Evidence levels of the 1 in PubMed: randomised trial 1."
    )
