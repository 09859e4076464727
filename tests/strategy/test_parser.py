"""Reading a strategy: what PubMed reads, and the two things that it refuses."""

from __future__ import annotations

import pytest

from litwatch.model.errors import StrategyError
from litwatch.strategy import as_written, parse
from litwatch.strategy.expression import Chain, Group, HistoryReference, Operator, Term, terms
from litwatch.strategy.fields import read_tag


def term(text: str) -> Term:
    found = parse(text)
    assert isinstance(found, Term)
    return found


@pytest.mark.parametrize(
    ("written", "tag", "noexp", "near"),
    [
        ("tiab", "tiab", False, None),
        ("Title/Abstract", "tiab", False, None),
        ("TITLE / ABSTRACT", "tiab", False, None),
        ("Title/Abstract:~3", "tiab", False, 3),
        ("ti", "ti", False, None),
        ("book", "book", False, None),
        ("Editor", "ed", False, None),
        ("Text Word", "tw", False, None),
        ("mh", "mh", False, None),
        ("Mesh", "mh", False, None),
        ("MeSH Terms:noexp", "mh", True, None),
        ("mesh: noexp", "mh", True, None),
        ("majr", "majr", False, None),
        ("MeSH Major Topic", "majr", False, None),
        ("MeSH Subheading", "sh", False, None),
        ("Subheading:noexp", "sh", True, None),
        ("Publication Type", "pt", False, None),
        ("ptyp", "pt", False, None),
        ("sb", "sb", False, None),
        ("filter", "sb", False, None),
        ("subset", "sb", False, None),
        ("pdat", "dp", False, None),
        ("Date - Publication", "dp", False, None),
        ("date-entry", "edat", False, None),
        ("edat", "edat", False, None),
        ("crdt", "crdt", False, None),
        ("mhda", "mhda", False, None),
        ("mdat", "lr", False, None),
        ("1au", "1au", False, None),
        ("auid", "auid", False, None),
        ("ad:~5", "ad", False, 5),
        ("jour", "ta", False, None),
        ("la", "la", False, None),
        ("aid", "aid", False, None),
        ("doi", "doi", False, None),
        ("pmid", "uid", False, None),
        ("nm", "nm", False, None),
        ("rn", "rn", False, None),
        ("si", "si", False, None),
        ("gr", "gr", False, None),
        ("ot", "ot", False, None),
        ("all", "all", False, None),
    ],
)
def test_tags_are_known_by_short_and_long_name_in_any_case(
    written: str, tag: str, noexp: bool, near: int | None
) -> None:
    read = read_tag(written, 0)
    assert read.field is not None
    assert (read.field.tag, read.noexp, read.near, read.ignored) == (tag, noexp, near, None)


@pytest.mark.parametrize(
    ("written", "ignored"), [("mh:~3", "~3"), ("ti:noexp", "noexp"), ("tw:~2", "~2"), ("tiab:near", "near")]
)
def test_a_modifier_that_the_field_does_not_have_is_ignored_but_remembered(written: str, ignored: str) -> None:
    assert read_tag(written, 0).ignored == ignored


def test_an_unknown_tag_has_no_field() -> None:
    assert read_tag("foo", 0).field is None


def test_operators_stay_in_the_order_written_because_pubmed_has_no_precedence() -> None:
    chain = parse("a1 AND b1 OR c1 NOT d1")
    assert isinstance(chain, Chain)
    assert [link.operator for link in chain.links] == [Operator.AND, Operator.OR, Operator.NOT]


def test_terms_side_by_side_are_joined_by_an_implicit_and() -> None:
    chain = parse('obesity[ti] "weight loss" sleep')
    assert isinstance(chain, Chain)
    assert [(link.operator, link.implicit) for link in chain.links] == [(Operator.AND, True)] * 2


def test_lower_case_operators_are_words() -> None:
    assert term("diabetes and obesity").text == "diabetes and obesity"


def test_a_run_of_words_takes_the_tag_behind_it_even_after_a_blank() -> None:
    found = term("sleep apnea [tiab]")
    assert found.text == "sleep apnea"
    assert found.tag is not None
    assert found.tag.field is not None
    assert found.tag.field.tag == "tiab"


def test_positions_point_into_the_text() -> None:
    text = 'obesity[mh] AND ( "weight  loss"[tiab] OR fat )'
    assert [text[one.start : one.end] for one in terms(parse(text))] == ["obesity[mh]", '"weight  loss"[tiab]', "fat"]


def test_brackets_inside_quotation_marks_are_text() -> None:
    found = term('"[18F]FDG"[tiab]')
    assert (found.text, found.quoted) == ("[18F]FDG", True)


def test_curly_quotation_marks_count_as_plain_ones() -> None:
    found = term("\u201cweight loss\u201d[ti]")
    assert (found.text, found.quoted) == ("weight loss", True)


def test_a_tag_on_a_group_is_kept_on_the_group() -> None:
    group = parse("(asthma OR copd)[tiab]")
    assert isinstance(group, Group)
    assert group.tag is not None
    assert all(one.tag is None for one in terms(group))


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("2025/01/01:2025/03/31[edat]", "2025/01/01", "2025/03/31"),
        ("2025/01/01 : 2025/03/31 [edat]", "2025/01/01", "2025/03/31"),
        ('"2025/01/01"[Date - Entry] : "3000"[Date - Entry]', "2025/01/01", "3000"),
        ('"2025/01/01"[edat]:"3000"[edat]', "2025/01/01", "3000"),
        ('"2025":"2026"[dp]', "2025", "2026"),
        ("100:200[uid]", "100", "200"),
    ],
)
def test_ranges_are_one_term(text: str, lower: str, upper: str) -> None:
    found = term(text)
    assert (found.text, found.until) == (lower, upper)
    assert found.tag is not None


@pytest.mark.parametrize(
    ("text", "words", "lower", "upper"),
    [
        ("insulin resistance 2020:2026[dp]", "insulin resistance", "2020", "2026"),
        ("long covid 2023/04/23:2023/04/30[crdt]", "long covid", "2023/04/23", "2023/04/30"),
        ("insulin 2020/01 : 2026/12 [Date - Publication]", "insulin", "2020/01", "2026/12"),
        ("insulin 2020[dp] : 2026[dp]", "insulin", "2020", "2026"),
        ("insulin resistance 2020[dp]", "insulin resistance", "2020", None),
        ("insulin last 30 days[edat]", "insulin", "last 30 days", None),
        ("insulin 100:200[uid]", "insulin", "100", "200"),
        ("insulin 31978945 31978946[pmid]", "insulin", "31978945 31978946", None),
    ],
)
def test_the_tag_of_a_date_or_number_is_not_the_tag_of_the_words_before_it(
    text: str, words: str, lower: str, upper: str | None
) -> None:
    chain = parse(text)
    assert isinstance(chain, Chain)
    assert isinstance(chain.first, Term)
    (link,) = chain.links
    assert isinstance(link.operand, Term)
    assert (chain.first.text, chain.first.tag) == (words, None)
    assert (link.operator, link.implicit, link.operand.text, link.operand.until) == (Operator.AND, True, lower, upper)
    assert as_written(parse(as_written(chain))) == as_written(chain)


@pytest.mark.parametrize("text", ["next year[dp]", "2020:[dp]", "smith 2020[au]", "insulin 2020:2026[ti]"])
def test_words_that_end_with_no_date_keep_the_tag(text: str) -> None:
    assert term(text).tag is not None


def test_a_colon_in_a_title_is_no_range() -> None:
    assert term("sleep:wake[ti]").until is None


def test_history_references_stand_alone() -> None:
    chain = parse("#1 AND asthma[tiab]")
    assert isinstance(chain, Chain)
    assert chain.first == HistoryReference(1, 0, 2)


@pytest.mark.parametrize(
    ("text", "position"), [("((asthma)", "position 1"), ("asthma) OR copd", "position 7"), ("a1 AND (b1", "position 8")]
)
def test_parentheses_that_do_not_pair_are_refused_with_their_position(text: str, position: str) -> None:
    with pytest.raises(StrategyError, match="Search Backend failed") as caught:
        parse(text)
    assert position in str(caught.value)


@pytest.mark.parametrize("text", ["", "   ", "()", "AND", "[tiab]", '""', '"', "( ) OR ()"])
def test_nothing_to_search_for_is_refused(text: str) -> None:
    with pytest.raises(StrategyError, match="empty"):
        parse(text)


@pytest.mark.parametrize("text", ["asthma AND", "OR asthma", "asthma AND OR", 'asthma "', "asthma [", "[mh] asthma"])
def test_what_pubmed_passes_over_is_parsed(text: str) -> None:
    assert as_written(parse(text)) == "asthma"


def test_hostile_depth_and_length_are_refused_without_a_crash() -> None:
    with pytest.raises(StrategyError, match="nest"):
        parse("(" * 5000 + "a" + ")" * 5000)
    with pytest.raises(StrategyError, match="characters"):
        parse("a " * 60_000)


def test_a_chain_of_thousands_of_operators_is_read_and_printed() -> None:
    text = " AND ".join(f"w{number}[ti] OR v{number}[ti]" for number in range(2000))
    assert as_written(parse(text)) == text
