"""A strategy against a record: every field finds what it should and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.model.errors import StrategyError
from litwatch.model.record import MeshHeading, Record
from litwatch.strategy import matches, parse, translate, why_not
from litwatch.strategy.percolator import Percolator
from litwatch.strategy.record_index import RecordIndex
from tests.strategy.strategy_records import EVERYONE, INDEXED, MOUSE, NOTICE, RETRACTED, TODAY, UNINDEXED, day, paper

NAMES = {"indexed": INDEXED, "unindexed": UNINDEXED, "mouse": MOUSE, "retracted": RETRACTED, "notice": NOTICE}
FINDS = [
    # words and phrases
    ("insulin[ti]", "indexed unindexed retracted notice"),
    ('"insulin resistance"[tiab]', "indexed unindexed"),
    ('"resistance insulin"[tiab]', ""),
    ("insulin-resistance[tiab]", "indexed unindexed"),
    ("wearable*[tiab]", "unindexed"),
    ("wear*les[tiab]", "unindexed"),
    ('"follow up stud*"[tiab]', "indexed"),
    ("rash[ti]", ""),
    ("rash[tiab]", "indexed"),
    ('"rash face"[tiab:~2]', "indexed"),
    ('"rash face"[tiab:~1]', ""),
    ('"face rash"[tiab:~2]', "indexed"),
    ('"gene cohort"[tiab:~5]', ""),
    ("gene panel[ot]", "retracted"),
    ("gene panel[tiab]", "retracted"),
    ('"[18F]FDG"[tiab]', "unindexed"),
    ("asthma[tiab]", "unindexed"),
    ("metformin[tiab]", ""),
    ("metformin[tw]", "mouse"),
    ("humans[tw]", "indexed retracted"),
    ("smith[tw]", ""),
    ("smith[all]", "unindexed"),
    ('"Invented City"[ad]', "unindexed"),
    # MeSH
    ("insulin resistance[mh]", "indexed mouse retracted"),
    ("insulin resistance[mh:noexp]", "indexed retracted"),
    ("insulin sensitivity[mh]", "indexed mouse retracted"),
    ("insulin resistance[majr]", "indexed retracted"),
    ("metabolic syndrome[majr]", ""),
    ('"Insulin Resistance/genetics"[mh]', "retracted"),
    ("insulin resistance/ge[majr]", "retracted"),
    ("insulin resistance/drug therapy[mh]", "mouse"),
    ("insulin resistance/drug therapy[mh:noexp]", ""),
    ("therapy[sh]", "mouse"),
    ("therapy[sh:noexp]", ""),
    ("animals[mh]", "indexed mouse retracted"),
    ("animals[mh] NOT humans[mh]", "mouse"),
    ("metabol*[mh]", ""),
    ("metabol* syndrome[mh]", "mouse"),
    ("insulin *[mh:noexp]", "indexed retracted"),
    # publication types and filters
    ("clinical trial[pt]", "indexed"),
    ("clinical trial[pt:noexp]", ""),
    ("randomized controlled trial[pt]", "indexed"),
    ('"Retraction Notice"[pt]', "notice"),
    ('"Retraction of Publication"[pt]', ""),
    ("hasretractionin", "retracted"),
    ("hasretractionin[sb]", "retracted"),
    ("hasabstract", "indexed unindexed retracted"),
    ("hasabstract[text]", "indexed unindexed retracted"),
    ("publisher[sb]", "unindexed"),
    ("medline[sb] AND hasabstract", "indexed retracted"),
    ("therapy/narrow[filter]", "indexed"),
    ("Humans[filter]", "indexed retracted"),
    ("english[filter]", "indexed unindexed retracted notice"),
    # values
    ("french[la]", "mouse"),
    ("fre[la]", "mouse"),
    ("inv mouse lett[ta]", "mouse"),
    ('"Invented Mouse Letters"[jour]', "mouse"),
    ("1234-5678[ta]", "mouse"),
    ("mouse[ta]", ""),
    ("metformin[nm]", "mouse"),
    ("NCT99999999[si]", "mouse"),
    ("10.5555/invented.99000003[aid]", "mouse"),
    ("10.5555/invented.99000003[doi]", "mouse"),
    ("101[pg] AND 7[vi]", "mouse"),
    # authors
    ("smith[au]", "unindexed"),
    ("smith j[au]", "unindexed"),
    ("smith ja[1au]", "unindexed"),
    ("smith a[au]", ""),
    ('"smith j"[au]', ""),
    ('"smith ja"[au]', "unindexed"),
    ("smith[lastau]", ""),
    ("van der berg e[lastau]", "unindexed"),
    # days
    ("2024[dp]", "indexed"),
    ("2023/12[dp]", "indexed"),
    ("2025/01/01[dp]", "retracted"),
    ("2025/02[dp]", ""),
    ("2025/06/01[edat]", "mouse retracted"),
    ("2025/06/02:2026[edat]", "unindexed notice"),
    ('"2026/01/02"[Date - Entry] : "3000"[Date - Entry]', "unindexed"),
    ('"last 30 days"[edat]', "unindexed"),
    ('"last 2 years"[edat]', "unindexed mouse retracted notice"),
    # numbers
    ("99000003[uid]", "mouse"),
    ("99000002:99000003[pmid]", "unindexed mouse"),
    ("99000003 99000004", "mouse retracted"),
    # mapping
    ("insulin resistance syndrome", "mouse"),
    ("hypoglycemic mice", ""),
    ("asthma[foo]", "unindexed"),
    ('"insulin action"', "retracted notice"),
    # left to right
    ("mice[ti] OR sleep[ti] AND nurses[tiab]", "indexed"),
    ("mice[ti] OR (sleep[ti] AND nurses[tiab])", "indexed mouse"),
    ("insulin[ti] NOT sleep[ti] AND genetics[ti]", "retracted notice"),
]


@pytest.mark.parametrize(("strategy", "names"), FINDS)
def test_a_clause_finds_the_records_that_it_should(strategy: str, names: str) -> None:
    found = {name for name, record in NAMES.items() if matches(parse(strategy), record, today=TODAY)}
    assert found == set(names.split())


@pytest.mark.parametrize("strategy", [strategy for strategy, _ in FINDS])
def test_the_index_finds_what_the_record_by_record_evaluation_finds(strategy: str) -> None:
    corpus = RecordIndex(EVERYONE)
    expression = parse(strategy)
    expected = {one.pmid for one in EVERYONE if matches(expression, one, today=TODAY, lexicon=corpus)}
    assert set(corpus.search(expression, today=TODAY).pmids) == expected


def test_a_percolator_of_all_these_strategies_finds_what_each_should() -> None:
    percolator = Percolator(translate(parse(strategy), today=TODAY).plan for strategy, _ in FINDS)
    matched = percolator.match(tuple(NAMES.values()))
    found = [{list(NAMES)[place] for place in matched.places(number)} for number in range(len(FINDS))]
    assert found == [set(names.split()) for _, names in FINDS]


def test_a_history_reference_needs_a_session() -> None:
    with pytest.raises(StrategyError, match="Unable to obtain query #2"):
        matches(parse("#2"), INDEXED, today=TODAY)


def clauses(strategy: str, record: Record) -> list[str]:
    return [obstacle.clause for obstacle in why_not(parse(strategy), record, today=TODAY)]


def test_why_not_is_empty_for_a_record_that_is_found() -> None:
    assert clauses("insulin[ti] AND sleep[ti]", INDEXED) == []


def test_why_not_names_every_clause_in_the_way() -> None:
    strategy = "insulin[ti] AND mice[ti] AND (rats[ti] OR pigs[ti]) NOT sleep[ti]"
    assert clauses(strategy, INDEXED) == ["mice[ti]", "rats[ti] OR pigs[ti]", "NOT sleep[ti]"]


def test_why_not_forgives_a_clause_that_an_or_made_good() -> None:
    assert clauses("rats[ti] OR insulin[ti] AND mice[ti]", INDEXED) == ["mice[ti]"]


def test_why_not_says_that_a_record_is_not_indexed_yet() -> None:
    (obstacle,) = why_not(parse("insulin[ti] AND insulin resistance[mh]"), UNINDEXED, today=TODAY)
    assert obstacle.clause == "insulin resistance[mh]"
    assert "no MeSH headings yet" in obstacle.reason


def test_why_not_points_at_the_clause_in_the_text() -> None:
    text = "insulin[ti] AND  2020[edat]"
    (obstacle,) = why_not(parse(text), UNINDEXED, today=TODAY)
    assert text[obstacle.start : obstacle.end] == "2020[edat]"
    assert "Date - Entry" in obstacle.reason


def test_a_phrase_does_not_run_from_one_keyword_into_the_next() -> None:
    record = paper(keywords=("insulin", "resistance"))
    assert not matches(parse('"insulin resistance"[tiab]'), record, today=TODAY)


def test_a_heading_is_matched_by_its_id_when_its_label_has_changed() -> None:
    assert matches(parse("randomized controlled trial[pt]"), INDEXED, today=TODAY)


@pytest.mark.parametrize(
    ("strategy", "first"),
    [('"last 1 month"[edat]', date(2026, 2, 28)), ('"last 12 months"[edat]', date(2025, 3, 31)),
     ('"last 1 year"[edat]', date(2025, 3, 31)), ('"last 31 days"[edat]', date(2026, 2, 28))],
)  # fmt: skip
def test_a_span_counts_back_from_the_given_day(strategy: str, first: date) -> None:
    today = date(2026, 3, 31)
    before = first.fromordinal(first.toordinal() - 1)
    assert matches(parse(strategy), paper(entered=first), today=today)
    assert not matches(parse(strategy), paper(entered=before), today=today)


def test_a_span_back_from_today_is_open_for_papers_whose_date_is_still_to_come() -> None:
    record = paper(published=day(2026, 12, 24))
    assert matches(parse('"last 7 days"[dp]'), record, today=TODAY)


def test_a_long_word_of_one_letter_does_not_stall_a_wildcard() -> None:
    record = paper(title="a" * 50_000)
    assert not matches(parse("aaaa*a*a*a*a*a*a*a*b[ti]"), record, today=TODAY)


def test_lone_asterisks_in_a_heading_stand_for_one_or_more_words_each() -> None:
    record = paper(mesh=(MeshHeading("D999999", "Some Words Of A Long Heading", major=False),))
    asked = ("some * long *[mh]", "some * * long *[mh]", "some * heading[mh]", "some * o* a * heading[mh]")
    assert [text for text in asked if not matches(parse(text), record, today=TODAY)] == []
    too_many = ("some * * * * heading * *[mh]", "some words of * * * long *[mh]", "some * heading *[mh]")
    assert [text for text in too_many if matches(parse(text), record, today=TODAY)] == []


def test_a_long_heading_does_not_stall_many_lone_asterisks() -> None:
    record = paper(mesh=(MeshHeading("D999999", "abcd " + "word " * 2_000 + "end", major=False),))
    assert not matches(parse("abcd " + "* " * 30 + "x[mh]"), record, today=TODAY)
    assert not matches(parse("abcd " + "* word " * 30 + "* x[mh]"), record, today=TODAY)
    assert matches(parse("abcd " + "* word " * 30 + "* end[mh]"), record, today=TODAY)
