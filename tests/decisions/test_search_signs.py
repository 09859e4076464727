"""Which earlier search tonight's is compared with, and when a search that finds too little is not believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from litwatch.decisions.accepted_signs import (
    Acceptance,
    SearchedNight,
    ToldOfSearch,
    choose_earlier_texts,
    choose_past_search,
    select_open,
)
from litwatch.decisions.reason import reason_of
from litwatch.decisions.search_signs import (
    SearchYield,
    Sign,
    clause_of,
    compare_with_past,
    describe_collapse,
    describe_lost,
    find_collapse_after_edit,
    find_lost_clauses,
    finds_nothing,
    is_collapse,
    judge_recall,
    lint_signs,
    select_expected,
    select_lost,
    warnings_about,
)
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.search import Search, Window
from litwatch.model.sweep import SearchPast, SearchSign, SignCode
from litwatch.model.text.safe_text import clip
from litwatch.strategy.known_items import KnownItems, Missed, Why
from tests.factories import make_record

DAY = date(2026, 3, 1)
MOMENT = datetime(2026, 3, 1, 5, 30, tzinfo=UTC)


def searched(translation: str, *warnings: str) -> Search:
    """A search that PubMed understood so."""
    return Search("term", Window(DAY, DAY), 0, (), translation, warnings, MOMENT, ())


NIGHTS = tuple(SearchedNight(number, DAY + timedelta(days=number)) for number in range(1, 6))


@pytest.mark.parametrize(
    ("accepted", "night"),
    [(None, 1), (DAY, 1), (DAY + timedelta(days=1), 1), (DAY + timedelta(days=3), 3), (DAY + timedelta(days=9), 5)],
    ids=["never reviewed", "reviewed before", "on the first day", "in between", "since"],
)
def test_a_search_is_compared_with_the_last_one_that_a_reviewer_took_as_it_was(
    accepted: date | None, night: int
) -> None:
    chosen = choose_past_search(reversed(NIGHTS), Acceptance(day=accepted))
    assert chosen
    assert chosen.night == night


def test_a_first_search_has_none_to_be_compared_with() -> None:
    assert choose_past_search((), Acceptance(day=DAY)) is None


@pytest.mark.parametrize(
    "shape",
    [
        "insulin[tiab] AND {0}:{1}[Date - Entry]",
        "(insulin[tiab]) AND ({0}:{1}[edat] OR {0}:{1}[crdt] OR {0}:{1}[mhda] OR {0}:{1}[lr])",
        '(insulin[tiab]) AND ("{0}"[EDAT] : "{1}"[EDAT])',
        '"{0}"[Date - Entry] : "{1}"[Date - Entry]',
        "insulin[tiab] AND {1}[Date - Modification]",
        "insulin[tiab] AND {0}:{1}[Entrez Date]",
        'insulin[tiab] AND "{0} 00:00":"3000/01/01 05:00"[Date - Publication]',
    ],
)
def test_the_days_of_the_window_are_no_other_meaning_in_whatever_form_pubmed_repeats_them(shape: str) -> None:
    search = searched(shape.format("2025/11/22", "2026/03/02"))
    past = SearchPast(frozenset(), shape.format("2025/11/21", "2026/03/01"), (), MOMENT)
    assert compare_with_past(search, past) == ()
    (sign,) = compare_with_past(replace(search, translation=f"sleep AND {search.translation}"), past)
    assert sign.found.code is SignCode.UNDERSTOOD_OTHERWISE


def test_a_difference_is_told_with_the_day_that_it_is_compared_with_and_what_was_said_then() -> None:
    past = SearchPast(frozenset(), "y" * 1001, ("PhraseNotFound: old 2026/01/02[edat]",), MOMENT)
    new, known = "PhraseNotFound: x", "PhraseNotFound: old 2026/03/02[edat]"
    assert compare_with_past(searched("z", known, new), past) == (
        Sign(
            SearchSign(SignCode.UNDERSTOOD_OTHERWISE, DAY),
            f"PubMed interprets it differently than on 2026-03-01, when the translation was: {clip('y' * 1001, 1000)}",
        ),
        Sign(
            SearchSign(SignCode.NEW_WARNING, DAY, text=new),
            f"PubMed gives a warning that it did not give on 2026-03-01: {new}",
        ),
    )


def dated(pmid: Pmid, **days: date | None) -> Record:
    """A record with these days of an index, and no other."""
    return replace(make_record(pmid), **(dict.fromkeys(("entered", "created", "mesh_dated", "revised")) | days))


def test_a_paper_is_lost_where_neither_pubmed_nor_its_days_give_a_reason() -> None:
    window = Window(DAY, DAY + timedelta(days=30))
    before, after = window.first - timedelta(days=1), window.last + timedelta(days=1)
    unknown, deleted, early, late, first, last, revised = PAPERS[:7]
    records = [
        dated(deleted, entered=window.first),
        dated(early, entered=before),
        dated(late, entered=after),
        dated(first, entered=window.first, revised=after),
        dated(last, mesh_dated=window.last),
        dated(revised, entered=before, created=window.first),
    ]
    known = {record.pmid: record for record in records}
    vanished = {unknown, *known}
    assert select_lost(vanished, known, {deleted}, window) == (unknown, first, last, revised)


def test_of_a_record_with_several_days_one_in_the_window_is_enough_to_expect_it() -> None:
    window = Window(DAY, DAY + timedelta(days=9))
    days = {PAPERS[0]: (DAY - timedelta(days=9), DAY + timedelta(days=5))}
    assert select_expected(PAPERS[:2], days, window) == {PAPERS[0]}


def test_what_a_search_lost_is_told_with_the_first_five_papers_and_what_to_do() -> None:
    five = "99000001, 99000002, 99000003, 99000004, 99000005"
    assert describe_collapse(PAPERS[5::-1], PAPERS[:8]) == Sign(
        SearchSign(SignCode.FINDS_TOO_LITTLE, None, 6, 8),
        "The search cannot be right: it no longer finds 6 of 8 papers that it found before and that PubMed still dates"
        f" in the window, PMID {five} and others. The next run asks again; if it lasts, try the strategy at PubMed and"
        " correct it",
    )
    assert describe_lost(PAPERS[:5]) == (
        "The search no longer finds 5 papers that it found before and that PubMed still dates in the window:"
        f" PMID {five}. What is known of them is kept."
    )
    edited = SearchSign(SignCode.COLLAPSED_AFTER_EDIT, None, 32, 40)
    assert clause_of(edited) == "since it was edited, it finds 8 of 40 papers that it found before"


@pytest.mark.parametrize(("lost", "expected", "collapsed"), [(2, 2, False), (3, 5, True), (3, 6, False), (4, 6, True)])
def test_three_lost_and_more_than_half_is_a_collapse(lost: int, expected: int, collapsed: bool) -> None:
    pmids = [Pmid(99000001 + n) for n in range(expected)]
    assert is_collapse(pmids[:lost], pmids) is collapsed


def test_nothing_is_expected_on_the_first_two_days_of_a_window() -> None:
    days = {Pmid(99000001 + n): (DAY + timedelta(days=n),) for n in range(4)}
    window = Window(DAY, DAY + timedelta(days=2))
    assert select_expected(days, days, window) == {Pmid(99000003)}


# What the strategy's own text, PubMed's answer and the cited papers tell

SIESTA = '"siesta therapy"[tiab]'
PAPERS = tuple(Pmid(99000001 + n) for n in range(40))


def codes(signs: tuple[SearchSign, ...]) -> list[SignCode]:
    return [sign.code for sign in signs]


def test_a_clause_that_pubmed_does_not_know_is_told_on_the_first_night_and_a_lost_alternative_is_a_note() -> None:
    answer = searched("", f"QuotedPhraseNotFound: {SIESTA}")
    (lost,), notes = find_lost_clauses(f"insulin[tiab] AND {SIESTA}", answer)
    assert clause_of(lost.found) == f"PubMed does not find {SIESTA}, which every paper must match"
    assert notes == ()
    none, notes = find_lost_clauses(f"insulin[tiab] AND ({SIESTA} OR nap[tiab])", answer)
    assert none == ()
    assert notes == (f"PubMed does not find {SIESTA}; the other alternatives of its clause are searched.",)


def test_a_lost_clause_names_the_clause_and_its_phrases() -> None:
    answer = searched("", f"QuotedPhraseNotFound: {SIESTA}", "PhraseNotFound: zz")
    (lost,), _ = find_lost_clauses(f"insulin[tiab] AND ({SIESTA} OR zz[ti])", answer)
    assert f"does not find {SIESTA} and zz[ti], so no paper can match the clause ({SIESTA} OR zz[ti])" in lost.note


def test_a_word_left_out_of_a_run_is_told_on_the_first_night_and_is_no_warning_besides() -> None:
    answer = searched('"siesta"[All Fields]', "PhraseNotFound: therapy")
    (sign,), notes = find_lost_clauses("siesta therapy", answer)
    assert sign.found == SearchSign(SignCode.WORD_LEFT_OUT, text="siesta therapy", words=("therapy",))
    assert sign.note == "For an editor: PubMed does not find therapy, and searches siesta therapy without it."
    assert notes == ()
    assert warnings_about([sign], answer.warnings) == answer.warnings
    assert not finds_nothing([sign.found], SearchYield(3, 0, 9), None)


def test_of_two_words_left_out_both_are_named() -> None:
    sign = SearchSign(SignCode.WORD_LEFT_OUT, text="siesta a1 b1", words=("a1", "b1"))
    assert clause_of(sign) == "PubMed does not find a1 and b1, and searches siesta a1 b1 without them"


def test_a_review_closes_a_word_left_out_and_another_word_is_asked_about_anew() -> None:
    sign = SearchSign(SignCode.WORD_LEFT_OUT, text="siesta therapy", words=("therapy",))
    told = [ToldOfSearch(SearchedNight(1, DAY), (reason_of(sign),))]
    assert select_open([sign], told, Acceptance()) == (sign,)
    assert select_open([sign], told, Acceptance(night=1)) == ()
    other = replace(sign, words=("siesta",))
    assert select_open([other], told, Acceptance(night=1)) == (other,)


def test_of_many_lost_phrases_the_first_are_named_and_the_others_counted() -> None:
    words = [f"z{n}" for n in range(9)]
    answer = searched("", *(f"PhraseNotFound: {word}" for word in words))
    (lost,), _ = find_lost_clauses(f"insulin[tiab] AND ({' OR '.join(f'{word}[ti]' for word in words)})", answer)
    assert "z0[ti], z1[ti] and z2[ti] and 6 more, so no paper can match" in lost.note


@pytest.mark.parametrize(("number", "said"), [(3, "z0, z1 and z2,"), (4, "z0, z1 and z2 and 1 more,")])
def test_three_lost_phrases_are_named_and_a_long_clause_is_cut(number: int, said: str) -> None:
    words = tuple(f"z{n}" for n in range(number))
    sign = SearchSign(SignCode.CLAUSE_NOT_UNDERSTOOD, text="x" * 161, words=words)
    assert clause_of(sign) == f"PubMed does not find {said} so no paper can match the clause {clip('x' * 161, 160)}"


def test_a_field_that_pubmed_does_not_know_is_noted_and_loses_no_clause() -> None:
    """PubMed searches such a term without its tag, so papers can match; that the tag is wrong is the linter's error."""
    warnings = ("FieldNotFound: zz", 'QuotedPhraseNotFound: "covid: the"[ti]', "PhraseNotFound: nap")
    lost, notes = find_lost_clauses('a1[zz] AND "covid: the"[ti]', searched("", *warnings))
    assert [sign.found.text for sign in lost] == ['"covid: the"[ti]']
    assert notes == ("PubMed has no field [zz] and searches its terms in All Fields.",)
    assert warnings_about(lost, warnings) == warnings[1:2]
    assert find_lost_clauses("a1[zz] AND nap[ti]", searched("", "PhraseNotFound: zz"))[0] == ()


def test_an_answer_that_repeats_even_the_windows_days_understood_nothing() -> None:
    sent = "(a1[ti]) AND 2026/03/01:2026/03/02[edat]"
    echo = replace(searched(sent), term=sent.upper())
    (lost,), _ = find_lost_clauses("a1[ti]", echo)
    assert lost.found == SearchSign(SignCode.CLAUSE_NOT_UNDERSTOOD, text="a1[ti]")
    assert clause_of(lost.found) == "PubMed understands nothing of it"
    assert find_lost_clauses("a1[ti]", replace(echo, translation='"a1"[Title]')) == ((), ())


def test_what_a_lost_clause_tells_is_no_new_warning_besides() -> None:
    answer = searched("x", f"QuotedPhraseNotFound: {SIESTA}", "PhraseNotFound: zz")
    lost, _ = find_lost_clauses(f"(insulin[tiab] OR zz[ti]) AND {SIESTA}", answer)
    past = SearchPast(frozenset(), "x", (), MOMENT)
    fresh = compare_with_past(answer, past, warnings_about(lost, answer.warnings))
    assert [sign.found.text for sign in fresh] == ["PhraseNotFound: zz"]


def test_a_search_that_has_grown_beyond_one_answer_gives_no_warning_to_anybody() -> None:
    answer = searched("x", "OutputMessage: Restrictions achieved. start and count adjusted to 0, 9999")
    assert compare_with_past(answer, SearchPast(frozenset(), "x", (), MOMENT)) == ()


def test_the_linters_errors_are_signs_and_its_warnings_are_none() -> None:
    (sign,) = lint_signs("(frailty OR sarcopenia)[tiab] AND exercise[tiab]")
    assert (sign.code, sign.text, sign.words) == (SignCode.STRATEGY_ERROR, "[tiab]", ("S03-tag-on-group",))
    assert clause_of(sign) == "it has an error: tag on group (S03) at [tiab]"
    assert lint_signs("asthma[mh]") == ()


def known(found: int, excluded: int, unindexed: int = 0) -> KnownItems:
    """The recall of a strategy that finds and misses so many cited papers."""
    missed = [
        Missed(n, PAPERS[-n], "A title.", Why.EXCLUDED if n <= excluded else Why.NOT_INDEXED, ())
        for n in range(1, excluded + unindexed + 1)
    ]
    return KnownItems(PAPERS[:found], tuple(missed))


@pytest.mark.parametrize(
    ("found", "excluded", "unindexed", "bar", "asks"),
    [
        (1, 4, 0, 0.5, True),
        (1, 2, 0, 0.5, False),
        (2, 2, 0, 0.5, False),
        (2, 3, 0, 0.5, True),
        (2, 1, 9, 0.5, False),
        (0, 9, 0, 0.0, False),
        (3, 1, 0, 0.9, True),
    ],
    ids=["most missed", "too few to judge", "half", "below half", "waiting for headings", "never", "a higher bar"],
)
def test_recall_below_the_bar_is_a_sign(found: int, excluded: int, unindexed: int, bar: float, asks: bool) -> None:
    assert (judge_recall(known(found, excluded, unindexed), bar) is not None) is asks


def test_the_missed_papers_are_named() -> None:
    sign = judge_recall(known(1, 4), 0.5)
    assert sign
    assert clause_of(sign) == (
        "it finds 1 of 5 papers that the article cites; it misses PMID 99000037, 99000038, 99000039, 99000040"
    )
    assert judge_recall(None, 0.5) is None


LOST = SearchSign(SignCode.CLAUSE_NOT_UNDERSTOOD, text="siesta[tiab]", words=("siesta[tiab]",))
WRONG = SearchSign(SignCode.STRATEGY_ERROR, text="[tiab]", words=("S03-tag-on-group",))


@pytest.mark.parametrize(
    ("signs", "found", "cited", "nothing"),
    [
        ((LOST,), SearchYield(9, 0, 30), known(5, 0), True),
        ((), SearchYield(0, 0, 364), None, False),
        ((), SearchYield(0, 0, 365), None, True),
        ((), SearchYield(0, 0, 0), None, False),
        ((), SearchYield(0, 1, 1), None, True),
        ((WRONG,), SearchYield(0, 0, 1), None, True),
        ((WRONG,), SearchYield(1, 0, 1), None, False),
        ((), SearchYield(0, 0, 1), known(0, 4), True),
        ((), SearchYield(0, 0, 1), known(0, 3), False),
        ((), SearchYield(0, 9, 365), known(1, 9), False),
    ],
    ids=[
        "a clause that no paper can match",
        "in vain for less than a year",
        "in vain for a year",
        "not searched yet",
        "another text found a paper",
        "an error",
        "an error, and it finds papers",
        "it misses all cited papers",
        "too few of them to judge",
        "it finds a cited paper",
    ],
)
def test_a_strategy_finds_nothing_where_it_never_did_and_something_says_that_it_should(
    signs: tuple[SearchSign, ...], found: SearchYield, cited: KnownItems | None, *, nothing: bool
) -> None:
    assert finds_nothing(signs, found, cited) is nothing


# An edit after which the strategy finds little


def collapse(found: int, expected: int, *told: SearchSign, earlier: int = 40) -> SearchSign | None:
    past = SearchPast(frozenset(), "", (), None, frozenset(PAPERS[:earlier]), told)
    return find_collapse_after_edit(PAPERS[:found], PAPERS[:expected], past)


def test_an_edit_that_finds_nothing_or_a_fifth_of_what_was_found_before_is_asked_about() -> None:
    assert collapse(0, 40) == SearchSign(SignCode.COLLAPSED_AFTER_EDIT, None, 40, 40)
    assert collapse(8, 40) == SearchSign(SignCode.COLLAPSED_AFTER_EDIT, None, 32, 40)
    assert collapse(9, 40) is None
    assert collapse(0, 1) is not None, "nothing at all is asked about whatever was expected"
    assert collapse(0, 0, earlier=0) is None, "no earlier text, or its loss accepted"


def test_it_stays_while_the_window_cannot_tell_and_ends_when_the_papers_are_found_again() -> None:
    told = SearchSign(SignCode.COLLAPSED_AFTER_EDIT, None, 40, 40)
    assert collapse(0, 0, told) == told
    assert collapse(0, 5, told) == told
    assert collapse(5, 5, told) is None


def test_an_edit_is_held_against_the_text_that_was_accepted_last_and_those_since() -> None:
    others = (SearchedNight(3, DAY), SearchedNight(6, DAY), SearchedNight(8, DAY))
    own = (SearchedNight(9, DAY),)
    assert choose_earlier_texts(own, others, Acceptance()) == others
    assert choose_earlier_texts(own, others, Acceptance(7)) == others[1:]
    assert choose_earlier_texts(own, others, Acceptance(9)) == ()
    assert choose_earlier_texts((SearchedNight(5, DAY), *own), others, Acceptance(5)) == others[1:]


def test_an_edit_is_told_by_the_night_that_shows_as_much_of_it_or_more() -> None:
    told = SearchSign(SignCode.COLLAPSED_AFTER_EDIT, None, 40, 40)
    assert collapse(8, 40, told) == SearchSign(SignCode.COLLAPSED_AFTER_EDIT, None, 32, 40)
    past = SearchPast(frozenset(), "", (), None, frozenset(PAPERS))
    assert find_collapse_after_edit(PAPERS[30:], PAPERS[:2], past) is None, (
        "two of which neither is found may be chance"
    )
    assert find_collapse_after_edit(PAPERS[30:], PAPERS[:3], past) is not None


def test_of_earlier_texts_the_one_accepted_last_counts_unless_the_present_one_was_accepted_since() -> None:
    others = tuple(SearchedNight(number, DAY) for number in (1, 4, 6))
    own = (SearchedNight(3, DAY), SearchedNight(7, DAY))
    assert choose_earlier_texts((), others, Acceptance(6)) == others[2:]
    assert choose_earlier_texts((), others[:1], Acceptance(6)) == others[:1]
    assert choose_earlier_texts(own, others, Acceptance(7)) == ()


# What a review closes


@pytest.mark.parametrize(
    ("sign", "again", "open_again"),
    [
        (
            SearchSign(SignCode.CLAUSE_NOT_UNDERSTOOD, text=SIESTA, words=(SIESTA,)),
            SearchSign(SignCode.CLAUSE_NOT_UNDERSTOOD, text="zz[ti]", words=("zz[ti]",)),
            True,
        ),
        (lint_signs("(a OR b)[ti]")[0], lint_signs("(a OR b)[ti]")[0], False),
        (lint_signs("(a OR b)[ti]")[0], lint_signs("the[ti] OR b[ti]")[0], True),
        (
            SearchSign(SignCode.MISSES_CITED_PAPERS, lost=4, expected=5, words=("1", "2", "3", "4")),
            SearchSign(SignCode.MISSES_CITED_PAPERS, lost=3, expected=5, words=("1", "2", "4")),
            False,
        ),
        (
            SearchSign(SignCode.MISSES_CITED_PAPERS, lost=4, expected=5, words=("1", "2", "3", "4")),
            SearchSign(SignCode.MISSES_CITED_PAPERS, lost=4, expected=5, words=("1", "2", "3", "5")),
            True,
        ),
    ],
    ids=["another phrase", "the same error", "another error", "fewer missed", "another paper missed"],
)
def test_a_review_closes_the_sign_that_it_was_shown_and_no_other(
    sign: SearchSign, again: SearchSign, open_again: bool
) -> None:
    told = (ToldOfSearch(NIGHTS[1], (reason_of(sign),)),)
    assert select_open((sign,), told, Acceptance(NIGHTS[0].night)) == (sign,), "a review before it"
    assert select_open((sign,), told, Acceptance(NIGHTS[1].night)) == ()
    assert select_open((sign,), told, Acceptance(day=NIGHTS[1].day)) == ()
    assert bool(select_open((again,), told, Acceptance(NIGHTS[4].night))) is open_again


def test_a_search_that_lost_what_it_found_is_closed_by_no_review() -> None:
    lost = SearchSign(SignCode.FINDS_TOO_LITTLE, None, 38, 40)
    told = (ToldOfSearch(NIGHTS[1], (reason_of(lost),)),)
    assert select_open((lost,), told, Acceptance(9)) == (lost,)
