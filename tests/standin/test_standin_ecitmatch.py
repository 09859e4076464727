"""ECitMatch as the stand-in answers it: its five outcomes and its faults."""

from __future__ import annotations

from datetime import date

import pytest
from tests.standin.invented import LANCET, invented

from litwatch.standin import Corpus, Revision
from litwatch.standin.citation_xml import write_article


def lines(ask, *asked: str) -> list[str]:
    reply = ask("ecitmatch", db="pubmed", retmode="xml", bdata="\r".join(asked))
    assert reply.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert reply.body.endswith(b"\n") or not reply.body
    assert b"\r" not in reply.body
    return reply.text.split("\n")[:-1]


def test_journal_volume_and_first_page_find_the_paper(ask):
    assert lines(ask, "lancet inv|2020|394|121|Solberg KM|k1|") == ["lancet inv|2020|394|121|Solberg KM|k1|99000001"]


@pytest.mark.parametrize("journal", ["Lancet Inv", "Lancet Inv.", "LANCET (INVENTED)", "0000-0019"])
def test_a_journal_is_known_by_abbreviation_title_and_issn(ask, journal):
    (line,) = lines(ask, f"{journal}|2020|394|121|Solberg KM|k1|")
    assert line.endswith("|99000001")


def test_a_wrong_author_and_year_do_not_stop_it(ask):
    (line,) = lines(ask, "Lancet Inv|1999|394|121|Nobody X|k1|")
    assert line == "Lancet Inv|1999|394|121|Nobody X|k1|99000001"


def test_a_paper_that_is_not_there_comes_back_with_its_author_emptied(ask):
    assert lines(ask, "Lancet Inv|2050|999|1|Solberg KM|k3|") == ["Lancet Inv|2050|999|1||k3|NOT_FOUND"]


def test_an_unknown_journal_is_said_to_be_one(ask):
    assert lines(ask, "Not A Journal|2020|1|1|Solberg KM|k2|") == [
        "Not A Journal|2020|1|1||k2|NOT_FOUND;INVALID_JOURNAL"
    ]


def test_a_few_candidates_are_named(ask):
    assert lines(ask, "Chest Heart|||||k5|") == ["Chest Heart|||||k5|AMBIGUOUS 99000004,99000003"]


def test_many_candidates_are_counted(start, asker):
    many = [invented(99000100 + number, f"Paper {number}.", periodical=LANCET) for number in range(7)]
    ask = asker(start(Corpus(Revision(date.min, each.pmid, write_article(each)) for each in many)))
    assert lines(ask, "Lancet Inv|2020||||k4|") == ["Lancet Inv|2020||||k4|AMBIGUOUS (7 citations)"]


def test_answers_keep_the_order_and_the_keys(ask):
    found = lines(ask, "Chest Heart|2019|12|e26||b|", "Lancet Inv|2020|395|77||a|")
    assert found == ["Chest Heart|2019|12|e26||b|99000003", "Lancet Inv|2020|395|77||a|99000005"]


def test_a_line_without_journal_that_matches_nothing_ends_the_answer(ask):
    found = lines(ask, "Lancet Inv|2020|395|77||a|", "|1850|||Nobody X|b|", "Chest Heart|2019|12|e26||c|")
    assert found == ["Lancet Inv|2020|395|77||a|99000005"]


def test_nothing_asked_nothing_answered(ask):
    assert lines(ask) == []
