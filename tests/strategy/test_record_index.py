"""The index of a corpus: order, replacement, removal, and the size that one night's corpus may have."""

from __future__ import annotations

from datetime import date

from litwatch.model.identifiers import Pmid
from litwatch.strategy import parse
from litwatch.strategy.record_index import RecordIndex
from tests.strategy.strategy_records import TODAY, paper

FIRST = 99000001


def found(index: RecordIndex, strategy: str) -> list[int]:
    return [pmid - FIRST for pmid in index.search(parse(strategy), today=TODAY).pmids]


def test_newest_entry_comes_first_and_then_the_highest_pmid() -> None:
    index = RecordIndex(
        [
            paper(0, "sleep", entered=date(2026, 1, 1)),
            paper(1, "sleep", entered=date(2026, 3, 1)),
            paper(2, "sleep", entered=date(2026, 1, 1)),
            paper(3, "sleep", entered=None),
        ]
    )
    assert found(index, "sleep[ti]") == [1, 2, 0, 3]


def test_a_record_that_comes_again_replaces_the_one_before() -> None:
    index = RecordIndex([paper(0, "sleep"), paper(1, "sleep")])
    assert found(index, "sleep[ti]") == [1, 0]
    index.add([paper(0, "insomnia", entered=date(2026, 12, 1))])
    assert found(index, "sleep[ti]") == [1]
    assert found(index, "insomnia[ti] OR sleep[ti]") == [0, 1]
    assert len(index) == 2


def test_the_last_of_two_records_with_one_pmid_in_one_call_counts() -> None:
    index = RecordIndex([paper(0, "sleep"), paper(0, "insomnia")])
    assert (found(index, "sleep[ti]"), found(index, "insomnia[ti]"), len(index)) == ([], [0], 1)


def test_a_removed_record_is_found_by_nothing_not_even_by_not() -> None:
    index = RecordIndex([paper(0, "sleep"), paper(1, "insomnia"), paper(2, "rest")])
    index.remove([Pmid(FIRST), Pmid(12345)])
    assert found(index, "(sleep[ti] OR insomnia[ti] OR rest[ti]) NOT asthma[ti]") == [2, 1]
    assert Pmid(FIRST) not in index


def test_a_phrase_is_forgotten_with_the_last_record_that_held_it() -> None:
    index = RecordIndex([paper(0, "body battery"), paper(1, "sleep")])
    assert index.search(parse('"body battery"[ti]'), today=TODAY).quoted_phrases_not_found == ()
    index.remove([Pmid(FIRST)])
    assert index.search(parse('"body battery"[ti]'), today=TODAY).quoted_phrases_not_found == ('"body battery"[ti]',)


def test_many_replacements_leave_an_index_that_still_answers_rightly() -> None:
    index = RecordIndex(paper(number, f"word{number % 7}") for number in range(70))
    for turn in range(5):
        assert len(found(index, "word3[ti]")) == 10
        index.add(paper(number, f"word{(number + turn + 1) % 7}") for number in range(70))
    assert sorted(found(index, "word5[ti]")) == list(range(0, 70, 7))


def test_an_empty_corpus_finds_nothing_and_says_what_is_missing() -> None:
    answer = RecordIndex().search(parse('"weight loss"[ti] OR 2026[dp]'), today=TODAY)
    assert answer.pmids == ()
    assert answer.quoted_phrases_not_found == ('"weight loss"[ti]',)


def test_a_prepared_index_answers_as_an_unprepared_one() -> None:
    records = [paper(number, f"sleep study {number % 3}") for number in range(30)]
    prepared = RecordIndex(records)
    prepared.prepare()
    for strategy in ('"sleep study 1"[tiab]', "sleep NOT 2[ti]", "2026[edat]", "stud*[ti]"):
        assert found(prepared, strategy) == found(RecordIndex(records), strategy)


def test_ten_thousand_records_and_more_are_all_found_in_order() -> None:
    index = RecordIndex(paper(number, "insulin resistance") for number in range(12_000))
    assert found(index, '"insulin resistance"[tiab] NOT copd[tiab]') == list(range(11_999, -1, -1))
