"""What PubMed makes of a strategy: QueryTranslation, mappings, and what it reports as not found."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.model.errors import StrategyError
from litwatch.strategy import parse, translate
from litwatch.strategy.record_index import RecordIndex
from litwatch.strategy.translation import Translation
from tests.strategy.strategy_records import TODAY, day, paper

CORPUS = RecordIndex(
    [
        paper(0, "Asthma and sleep", "Readiness score of a ring. Quality of life."),
        paper(1, "Weight loss", "A ring measured sleep."),
    ]
)


def said(strategy: str) -> Translation:
    return CORPUS.translate(parse(strategy), today=TODAY)


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        ("sleep[tiab]", '"sleep"[Title/Abstract]'),
        ("Ring[ti] OR ring[tw]", '"ring"[Text Word]'),
        ("(sleep[tiab])", '"sleep"[Title/Abstract]'),
        ("sleep[tiab] ring[tiab]", '"sleep"[Title/Abstract] AND "ring"[Title/Abstract]'),
        ("asthma[ti] AND sleep[ti] OR ring[tw]", '("asthma"[Title] AND "sleep"[Title]) OR "ring"[Text Word]'),
        ("asthma[ti] AND (sleep[ti] OR ring[tw])", '"asthma"[Title] AND ("sleep"[Title] OR "ring"[Text Word])'),
        ('"ring sleep"[tiab:~2]', '"ring sleep"[Title/Abstract:~2]'),
        ("slee*[tiab]", '"slee*"[Title/Abstract]'),
        ("2024[dp]", "2024/01/01:2024/12/31[Date - Publication]"),
        ("2024/02[edat]", "2024/02/01:2024/02/29[Date - Entry]"),
        ('"2024/02"[crdt] : "3000"[crdt]', "2024/02/01:3000/12/31[Date - Create]"),
        ('"last 30 days"[edat]', '"2026/10/23 00:00":"3000/01/01 05:00"[Date - Entry]'),
        ('"last 2 years"[dp]', '"2024/11/22 00:00":"3000/01/01 05:00"[Date - Publication]'),
        (
            "sleep[ti] OR ring weight 2020:2026[dp]",
            '("sleep"[Title] OR ("ring"[All Fields] AND "weight"[All Fields]))'
            " AND 2020/01/01:2026/12/31[Date - Publication]",
        ),
        ("100:200[uid]", "100:200[UID]"),
        ("Systematic[sb]", '"systematic"[Filter]'),
        ("english[la]", '"english"[Language]'),
    ],
)
def test_the_translation_has_pubmeds_form(strategy: str, text: str) -> None:
    assert said(strategy).text == text


def test_a_mapped_word_is_parenthesised_beside_another_clause_and_spells_its_possessive_twice() -> None:
    found = said("asthma AND 2026[dp]")
    assert found.text == (
        '("asthma"[MeSH Terms] OR "asthma"[All Fields] OR "asthmas"[All Fields] OR "asthma s"[All Fields])'
        " AND 2026/01/01:2026/12/31[Date - Publication]"
    )
    assert found.translation_set == (
        (
            "asthma",
            '"asthma"[MeSH Terms] OR "asthma"[All Fields] OR "asthmas"[All Fields] OR "asthma\'s"[All Fields]',
        ),
    )


def test_an_entry_term_of_two_words_is_mapped_to_its_heading_its_words_and_itself() -> None:
    assert said("heart attack").text == (
        '"myocardial infarction"[MeSH Terms] OR ("myocardial"[All Fields] AND "infarction"[All Fields])'
        ' OR "myocardial infarction"[All Fields] OR ("heart"[All Fields] AND "attack"[All Fields])'
        ' OR "heart attack"[All Fields]'
    )


def test_a_wildcard_switches_mapping_off_for_its_run() -> None:
    assert said("asthma slee*").text == '"asthma"[All Fields] AND "slee*"[All Fields]'
    assert said("asthma slee*").translation_set == ()


def test_a_heading_that_only_the_corpus_knows_is_mapped_too() -> None:
    from litwatch.model.record import MeshHeading

    corpus = RecordIndex([paper(mesh=(MeshHeading("D999999", "Invented Disorder", major=False),))])
    text = corpus.translate(parse("invented disorder"), today=TODAY).text
    assert text.startswith('"invented disorder"[MeSH Terms] OR ')


def test_a_quoted_phrase_that_no_record_holds_vanishes_from_an_or() -> None:
    found = said('"readiness score"[tiab] OR "body battery"[tiab] OR ring[tiab]')
    assert found.text == '"readiness score"[Title/Abstract] OR "ring"[Title/Abstract]'
    assert found.quoted_phrases_not_found == ('"body battery"[tiab]',)
    assert found.phrases_not_found == ()


@pytest.mark.parametrize(
    ("strategy", "quoted", "unquoted"),
    [
        ('"Invented Deficiency Disease"[Mesh]', ('"Invented Deficiency Disease"[Mesh]',), ()),
        ('"body battery"[tiab] AND sleep[tiab]', ('"body battery"[tiab]',), ()),
        ('sleep[tiab] AND "body battery"[tiab]', ('"body battery"[tiab]',), ()),
        ('sleep[tiab] AND "body battery"[tiab] NOT ring[tiab]', ('"body battery"[tiab]',), ()),
        ("the[tiab] AND sleep[tiab]", (), ("the",)),
        ("qqqq", ('"qqqq"',), ()),
        ("(qqqq)", ('"qqqq"',), ()),
        ("qqqq AND sleep[ti]", (), ("qqqq",)),
        ("of", (), ("of",)),
        ('"A &amp; B"[jour]', ('"A &amp;amp; B"[jour]',), ()),
        ("foo[dp]", (), ("foo",)),
        ("nosuchfilter[sb]", (), ("nosuchfilter",)),
    ],
)
def test_when_nothing_is_left_the_strategy_is_echoed(
    strategy: str, quoted: tuple[str, ...], unquoted: tuple[str, ...]
) -> None:
    found = said(strategy)
    assert found.text == strategy
    assert found.quoted_phrases_not_found == quoted
    assert found.phrases_not_found == unquoted
    assert CORPUS.search(parse(strategy), today=TODAY).pmids == ()


def test_not_of_something_unknown_excludes_nothing() -> None:
    assert said('sleep[ti] NOT "body battery"[tiab]').text == '"sleep"[Title]'


def test_an_unknown_word_of_a_run_is_dropped_and_named() -> None:
    found = said("qqqq sleep")
    assert found.text.startswith('"sleep"[MeSH Terms] OR ')
    assert found.phrases_not_found == ("qqqq",)
    assert len(CORPUS.search(parse("qqqq sleep"), today=TODAY).pmids) == 2


def test_an_unquoted_run_that_is_no_phrase_is_searched_word_by_word() -> None:
    assert said("sleep ring[tiab]").text == '"sleep"[Title/Abstract] AND "ring"[Title/Abstract]'
    assert said("quality of life[tiab]").text == '"quality of life"[Title/Abstract]'
    assert said("life of sleep[tiab]").phrases_ignored == ("of",)


def test_lower_case_operators_are_passed_over() -> None:
    assert said("ring or weight").text == '"ring"[All Fields] AND "weight"[All Fields]'
    assert said("ring or weight").phrases_ignored == ("or",)


@pytest.mark.parametrize(
    ("typed", "to", "text"),
    [
        (
            "double-blind method",
            '"double-blind method"[MeSH Terms] OR ("double-blind"[All Fields] AND "method"[All Fields])'
            ' OR "double-blind method"[All Fields]'
            ' OR ("double"[All Fields] AND "blind"[All Fields] AND "method"[All Fields])'
            ' OR "double blind method"[All Fields]',
            '"double blind method"[MeSH Terms] OR ("double blind"[All Fields] AND "method"[All Fields])'
            ' OR "double blind method"[All Fields]'
            ' OR ("double"[All Fields] AND "blind"[All Fields] AND "method"[All Fields])'
            ' OR "double blind method"[All Fields]',
        ),
        (
            "nafld",
            '"non-alcoholic fatty liver disease"[MeSH Terms] OR ("non-alcoholic"[All Fields] AND "fatty"[All Fields]'
            ' AND "liver"[All Fields] AND "disease"[All Fields]) OR "non-alcoholic fatty liver disease"[All Fields]',
            '"non alcoholic fatty liver disease"[MeSH Terms] OR ("non alcoholic"[All Fields] AND "fatty"[All Fields]'
            ' AND "liver"[All Fields] AND "disease"[All Fields]) OR "non alcoholic fatty liver disease"[All Fields]',
        ),
    ],
)
def test_a_headings_hyphens_stay_in_what_is_mapped_and_vanish_from_the_translation(
    typed: str, to: str, text: str
) -> None:
    found = said(typed)
    assert found.translation_set[0][1].startswith(to)
    assert found.text.startswith(text)


def test_a_tagged_headings_hyphens_vanish_from_the_translation_too() -> None:
    assert said("Double-Blind Method[mh]").text == '"double blind method"[MeSH Terms]'
    assert said("Double-Blind Method[mh]").translation_set[0][1] == '"double-blind method"[MeSH Terms]'
    assert said('"Double-Blind Method"[mh:noexp]').text == '"Double Blind Method"[MeSH Terms:noexp]'


def test_of_two_operators_in_a_row_the_first_counts() -> None:
    """Measured at PubMed: ``X AND NOT systematic[sb]`` finds the 313 records of ``X AND systematic[sb]``."""
    assert said("sleep[ti] AND NOT ring[tiab]").text == '"sleep"[Title] AND "ring"[Title/Abstract]'


def test_filters_of_everything_and_of_free_papers_are_known() -> None:
    corpus = RecordIndex([paper(0, "Sleep"), paper(1, "Naps", pmcid="PMC1234567")])
    found = {name: corpus.search(parse(name), today=TODAY) for name in ("all[sb]", "all[filter]", "free full text[sb]")}
    assert [len(one.pmids) for one in found.values()] == [2, 2, 1]
    assert found["free full text[sb]"].translation == '"loattrfree full text"[Filter]'


def test_a_filter_of_the_last_years_counts_back_from_the_day_of_the_search() -> None:
    days = (day(2021, 11, 22), day(2021, 11, 21))
    corpus = RecordIndex(paper(place, published=one, electronic=None) for place, one in enumerate(days))
    assert len(corpus.search(parse("y_5[Filter]"), today=TODAY).pmids) == 1


def test_a_heading_is_reported_as_mapped_when_it_is_not_quoted() -> None:
    assert said("heart attack[mh]").translation_set == (("heart attack[mh]", '"myocardial infarction"[MeSH Terms]'),)
    assert said('"Asthma"[mh]').translation_set == ()


def test_history_references_are_answered_by_the_session() -> None:
    corpus_pmids = CORPUS.search(parse("sleep"), today=TODAY).pmids
    found = CORPUS.search(parse("#1 AND asthma[ti]"), today=TODAY, history={1: corpus_pmids}.get)
    assert len(found.pmids) == 1
    assert found.translation == '#1 AND "asthma"[Title]'
    with pytest.raises(StrategyError, match="#2"):
        CORPUS.search(parse("#2"), today=TODAY, history={1: corpus_pmids}.get)


def test_without_a_day_a_relative_date_is_shown_as_written() -> None:
    assert translate(parse('"last 30 days"[edat]'), today=None).text == '"last 30 days"[edat]'


def test_an_or_after_an_emptied_and_begins_anew() -> None:
    assert said('sleep[tiab] AND "body battery"[tiab] OR ring[tiab]').text == '"ring"[Title/Abstract]'


def test_impossible_days_fall_on_the_last_of_their_month() -> None:
    assert translate(parse("2026/01/31[edat]"), today=date.min).text == "2026/01/31[Date - Entry]"
    assert translate(parse("2026/02/31[edat]"), today=date.min).text == "2026/02/28[Date - Entry]"


def test_a_single_day_is_printed_alone() -> None:
    assert translate(parse("2024-11-09[dp]"), today=date.min).text == "2024/11/09[Date - Publication]"
    assert translate(parse("2024/11/09:2024/11/09[dp]"), today=date.min).text == "2024/11/09[Date - Publication]"
