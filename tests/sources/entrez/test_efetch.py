"""Fetching: every PMID that was asked for is delivered, missing or unreadable, and nothing else comes along."""

from __future__ import annotations

from pathlib import Path

import pytest

from litwatch.decisions.completeness import CONTROLS
from litwatch.model.errors import SourceRefused, SourceUnavailable
from litwatch.model.identifiers import Pmid
from tests.sources.entrez.scripted_ncbi import Received, Reply, ScriptedNcbi, article_set, citation, hits, open_entrez

MALFORMED = citation(99000003).replace("</ArticleTitle>", "")
NAMELESS = citation(99000003).replace('<PMID Version="1">99000003</PMID>', "")


def pmids(*numbers: int) -> list[Pmid]:
    return [Pmid(number) for number in numbers]


def asked(request: Received) -> list[int]:
    return [int(number) for number in request.form["id"].split(",")]


class Shelf:
    """Delivers what it has of what is asked, and leaves the rest out, as EFetch does."""

    def __init__(self, *citations_by_pmid: int, **odd: str) -> None:
        self.has = {number: citation(number) for number in citations_by_pmid}
        self.has.update({int(name.removeprefix("pmid")): text for name, text in odd.items()})

    def __call__(self, request: Received) -> Reply:
        if request.utility == "esearch.fcgi":
            return Reply(hits(*list(self.has)[: int(request.form["retmax"])], count=len(self.has)))
        return Reply(article_set(*(self.has[number] for number in asked(request) if number in self.has)))


def test_records_come_in_the_order_asked_for_without_repeats(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(article_set(citation(99000001), citation(99000002), citation(99000001)))]
    fetched = open_entrez(ncbi).fetch(pmids(99000002, 99000001, 99000002))
    assert [record.pmid for record in fetched.records] == [99000002, 99000001]
    assert (fetched.missing, fetched.unreadable) == (frozenset(), ())
    assert ncbi.received[0].form["id"] == "99000002,99000001"
    assert ncbi.received[0].form["retmode"] == "xml"


def test_nothing_is_asked_for_nothing(ncbi: ScriptedNcbi) -> None:
    assert open_entrez(ncbi).fetch([]).records == ()
    assert ncbi.received == []


def test_many_records_come_in_batches_of_400_and_progress_is_told(ncbi: ScriptedNcbi) -> None:
    wanted = range(99000001, 99001202)
    ncbi.answering = Shelf(*wanted)
    told: list[tuple[int, int]] = []
    fetched = open_entrez(ncbi).fetch(pmids(*wanted), on_progress=lambda done, of: told.append((done, of)))
    assert [record.pmid for record in fetched.records] == list(wanted)
    assert sorted(len(asked(request)) for request in ncbi.received) == [1, 400, 400, 400]
    assert told == [(400, 1201), (800, 1201), (1200, 1201), (1201, 1201)]


def test_what_was_left_out_is_asked_for_again_before_it_is_missing(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [
        Reply(article_set(citation(99000001))),
        Reply(article_set(citation(99000001), citation(99000002))),
        Reply(article_set(citation(99000001))),
    ]
    fetched = open_entrez(ncbi).fetch(pmids(99000001, 99000002, 99000003))
    assert [record.pmid for record in fetched.records] == [99000001, 99000002]
    assert fetched.missing == {99000003}
    assert [asked(request)[-2:] for request in ncbi.received[1:]] == [[99000002, 99000003], [99000002, 99000003]]


def test_a_deleted_pmid_is_missing_and_not_delivered(ncbi: ScriptedNcbi) -> None:
    gone = "<DeleteCitation><PMID>99000002</PMID></DeleteCitation>"
    ncbi.replies = [Reply(article_set(citation(99000001), gone)), Reply(article_set(citation(99000001), gone))]
    fetched = open_entrez(ncbi).fetch(pmids(99000001, 99000002))
    assert fetched.missing == {99000002}


def test_an_answer_cut_short_again_and_again_is_completed_piece_by_piece(ncbi: ScriptedNcbi) -> None:
    wanted = range(99000001, 99000101)
    ncbi.answering = lambda request: Reply(article_set(*map(citation, asked(request)[:30])))
    fetched = open_entrez(ncbi).fetch(pmids(*wanted))
    assert len(fetched.records) == 100
    assert len(ncbi.received) == 4


INVENTED = pmids(*range(91000001, 91000451))


def test_any_number_of_invented_pmids_are_missing_while_pubmed_answers_and_what_it_has_is_kept(
    ncbi: ScriptedNcbi,
) -> None:
    ncbi.answering = Shelf(99000001, 99000002)
    fetched = open_entrez(ncbi).fetch([*INVENTED, *pmids(99000001, 99000002)])
    assert [record.pmid for record in fetched.records] == [99000001, 99000002]
    assert (fetched.missing, fetched.unanswered) == (frozenset(INVENTED), frozenset())
    assert [request.utility for request in ncbi.received] == ["efetch.fcgi"] * 4


def test_a_control_record_is_searched_for_only_until_pubmed_has_delivered_one(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Shelf(99000001)
    entrez = open_entrez(ncbi)
    assert entrez.fetch(INVENTED[:12]).missing == frozenset(INVENTED[:12])
    assert entrez.fetch(INVENTED[12:24]).missing == frozenset(INVENTED[12:24])
    assert [request.utility for request in ncbi.received].count("esearch.fcgi") == 1


@pytest.mark.parametrize("wanted", [1, 9, 12])
def test_an_empty_set_is_an_outage_where_it_leaves_out_a_record_that_pubmed_has(
    ncbi: ScriptedNcbi, wanted: int
) -> None:
    ncbi.answering = lambda request: Reply(hits(99000777) if "esearch" in request.target else article_set())
    with pytest.raises(SourceUnavailable, match="leaves out PMID 99000777, which PubMed has"):
        open_entrez(ncbi).fetch(INVENTED[:wanted])


def test_what_came_before_an_outage_is_kept_and_the_rest_is_unanswered_and_not_missing(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(article_set(citation(99000001)))]
    entrez = open_entrez(ncbi)
    ncbi.answering = lambda _: ncbi.replies.pop() if ncbi.replies else Reply(article_set())
    fetched = entrez.fetch([Pmid(99000001), *INVENTED[:12]])
    assert [record.pmid for record in fetched.records] == [99000001]
    assert (fetched.missing, fetched.unanswered) == (frozenset(), frozenset(INVENTED[:12]))
    with pytest.raises(SourceUnavailable, match="leaves out PMID 99000001, which PubMed has"):
        fetched.whole()


def test_a_control_record_is_none_of_those_in_question(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Shelf(99000001, 99000002)
    entrez = open_entrez(ncbi)
    entrez.fetch(pmids(99000001, 99000002))
    ncbi.answering = Shelf(99000002)
    assert entrez.fetch(pmids(99000001)).missing == {99000001}
    assert asked(ncbi.received[-1]) == [99000002, 99000001]
    assert len(asked(ncbi.received[-1])) <= CONTROLS + 1


def test_a_record_that_nobody_asked_for_refuses_the_answer(ncbi: ScriptedNcbi) -> None:
    mixed_up = Reply(article_set(citation(99000001), citation(99000777)))
    ncbi.replies = [mixed_up, Reply(article_set(citation(99000001)))]
    fetched = open_entrez(ncbi).fetch(pmids(99000001))
    assert [record.pmid for record in fetched.records] == [99000001]
    assert len(ncbi.received) == 2
    ncbi.answering = lambda _: mixed_up
    with pytest.raises(SourceUnavailable, match="PMID 99000777, which nobody asked for"):
        open_entrez(ncbi).fetch(pmids(99000001))


def test_a_malformed_record_is_named_and_takes_no_neighbour_along(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Shelf(99000001, 99000002, 99000004, pmid99000003=MALFORMED)
    fetched = open_entrez(ncbi).fetch(pmids(99000001, 99000002, 99000003, 99000004))
    assert [record.pmid for record in fetched.records] == [99000001, 99000002, 99000004]
    assert [pmid for pmid, _ in fetched.unreadable] == [99000003]
    assert fetched.missing == frozenset()


def test_a_record_damaged_on_its_way_is_asked_for_again(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(article_set(citation(99000001), MALFORMED)), Reply(article_set(citation(99000003)))]
    fetched = open_entrez(ncbi).fetch(pmids(99000001, 99000003))
    assert [record.pmid for record in fetched.records] == [99000001, 99000003]
    assert (fetched.missing, fetched.unreadable) == (frozenset(), ())
    assert asked(ncbi.received[1]) == [99000001, 99000003]


def test_a_record_without_a_readable_pmid_is_found_out_by_asking_for_fewer(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Shelf(99000001, 99000002, 99000004, pmid99000003=NAMELESS)
    fetched = open_entrez(ncbi).fetch(pmids(99000001, 99000002, 99000003, 99000004, 99000005))
    assert [record.pmid for record in fetched.records] == [99000001, 99000002, 99000004]
    assert [pmid for pmid, _ in fetched.unreadable] == [99000003]
    assert fetched.missing == {99000005}


def test_the_newest_version_of_a_record_counts(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(article_set(citation(99000001, version=2), citation(99000001, version=1)))]
    (record,) = open_entrez(ncbi).fetch(pmids(99000001)).records
    assert record.version == 2


def test_a_batch_beyond_the_body_limit_is_asked_for_in_halves(ncbi: ScriptedNcbi) -> None:
    heavy = citation(99000003, "long " * 10_000)
    ncbi.answering = Shelf(99000001, 99000002, 99000004, pmid99000003=heavy)
    fetched = open_entrez(ncbi, max_body=5_000).fetch(pmids(99000001, 99000002, 99000003, 99000004))
    assert [record.pmid for record in fetched.records] == [99000001, 99000002, 99000004]
    ((pmid, reason),) = fetched.unreadable
    assert pmid == 99000003
    assert "larger than 5,000 bytes" in reason


@pytest.mark.parametrize(
    "fault",
    [
        article_set(citation(99000001)).replace(b"</PubmedArticleSet>", b""),
        article_set(citation(99000001))[:-300],
        b"",
        b"<html><body>busy</body></html>",
        b'{"error":"API rate limit exceeded"}',
        b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>",
        article_set("<!-- DocSum Backend failed -->"),
        b'<?xml version="1.0" ?>',
        b"id: 99000001 Error occurred: The following PMID is not available",
    ],
)
def test_an_answer_that_is_no_whole_article_set_is_asked_for_again(ncbi: ScriptedNcbi, fault: bytes) -> None:
    ncbi.replies = [Reply(fault), Reply(article_set(citation(99000001)))]
    assert len(open_entrez(ncbi).fetch(pmids(99000001)).records) == 1
    assert len(ncbi.received) == 2


def test_a_record_may_speak_of_errors_and_exceptions(ncbi: ScriptedNcbi) -> None:
    title = "NCBI C++ Exception: why &lt;ERROR&gt; handling in &lt;!-- comments failed --&gt; matters"
    ncbi.replies = [Reply(article_set(citation(99000001, title)))]
    (record,) = open_entrez(ncbi).fetch(pmids(99000001)).records
    assert record.title.startswith("NCBI C++ Exception: why <ERROR> handling")


def test_a_malformed_id_is_refused_and_said(ncbi: ScriptedNcbi) -> None:
    body = b"<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>"
    ncbi.replies = [Reply(body, status=400)]
    with pytest.raises(SourceRefused, match="ID list is empty"):
        open_entrez(ncbi).fetch(pmids(0))


@pytest.mark.realdata
def test_real_records_pass_the_door_unharmed(ncbi: ScriptedNcbi, shared: Path) -> None:
    body = (shared / "data" / "pubmed_xml" / "asreview+asreview" / "pubmed.xml").read_bytes()
    ncbi.answering = lambda _: Reply(body)
    from litwatch.sources.pubmed_xml import parse_article_set

    expected = parse_article_set(body).records
    fetched = open_entrez(ncbi).fetch([record.pmid for record in expected])
    assert fetched.records == expected
