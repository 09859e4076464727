"""Searches that are complete or fail: windows, the ceiling of 9,999, counts that change, warnings."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from Bio import Entrez as Biopython

from litwatch.model.errors import SourceUnavailable, SweepIncomplete
from litwatch.model.search import Window
from litwatch.sources.entrez.esearch import CEILING, write_term
from tests.sources.entrez.scripted_ncbi import Received, Reply, ScriptedNcbi, hits, open_entrez

WINDOW = Window(date(2026, 3, 1), date(2026, 3, 3))


class Index:
    """As much of PubMed's index as ESearch shows: newest first, PMID ranges, the ceiling."""

    def __init__(self, pmids: range | list[int]) -> None:
        self.pmids = sorted(pmids, reverse=True)

    def __call__(self, request: Received) -> Reply:
        found = self.pmids
        for low, high in re.findall(r"(\d+):(\d+)\[uid\]", request.form["term"]):
            found = [pmid for pmid in found if int(low) <= pmid <= int(high)]
        return Reply(hits(*found[: min(int(request.form["retmax"]), CEILING)], count=len(found)), zipped=True)


def test_one_request_asks_all_four_dates_of_the_window(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(hits(99000002, 99000001, translation="asthma[All Fields]"))]
    search = open_entrez(ncbi).search('"asthma"[mh] OR asthma[tiab]', WINDOW)
    (request,) = ncbi.received
    assert request.form["term"] == (
        '("asthma"[mh] OR asthma[tiab]) AND (2026/03/01:2026/03/03[edat] OR 2026/03/01:2026/03/03[crdt] '
        "OR 2026/03/01:2026/03/03[mhda] OR 2026/03/01:2026/03/03[lr])"
    )
    assert request.form["retmax"] == "9999"
    assert search.term == request.form["term"]
    assert (search.count, search.pmids, search.window) == (2, (99000002, 99000001), WINDOW)
    assert search.translation == "asthma[All Fields]"
    assert search.parts == ()


def test_without_a_window_the_strategy_is_sent_as_it_stands() -> None:
    assert write_term("a OR b", None) == "a OR b"


def test_zero_hits_are_an_answer(ncbi: ScriptedNcbi) -> None:
    nothing = "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"
    ncbi.replies = [Reply(hits(extra=nothing).replace(b"<IdList>\n</IdList>", b"<IdList/>"))]
    search = open_entrez(ncbi).search("x")
    assert (search.count, search.pmids, search.warnings) == (0, (), ())
    assert len(ncbi.received) == 1


def test_warnings_are_kept_with_their_kind(ncbi: ScriptedNcbi) -> None:
    lists = (
        "<ErrorList><PhraseNotFound>the</PhraseNotFound><FieldNotFound>foo</FieldNotFound></ErrorList><WarningList>"
        '<PhraseIgnored>of</PhraseIgnored><QuotedPhraseNotFound>"body battery"[tiab]</QuotedPhraseNotFound>'
        "<OutputMessage>No items found.</OutputMessage></WarningList>"
    )
    ncbi.replies = [Reply(hits(99000001, extra=lists))]
    assert open_entrez(ncbi).search("x").warnings == (
        "PhraseNotFound: the",
        "FieldNotFound: foo",
        "PhraseIgnored: of",
        'QuotedPhraseNotFound: "body battery"[tiab]',
    )


def test_pmids_that_are_repeated_count_once_and_then_fall_short(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = lambda _: Reply(hits(99000001, 99000001, count=2))
    with pytest.raises(SweepIncomplete, match="2 records were announced and 1 PMIDs came"):
        open_entrez(ncbi).search("x")


@pytest.mark.parametrize("came", [(), (99000001,), (99000001, 99000002, 99000003)])
def test_a_count_that_the_list_does_not_keep_fails_after_all_tries(ncbi: ScriptedNcbi, came: tuple[int, ...]) -> None:
    ncbi.answering = lambda _: Reply(hits(*came, count=2))
    with pytest.raises(SweepIncomplete):
        open_entrez(ncbi).search("x")
    assert len(ncbi.received) == 5


def test_counts_are_compared_as_numbers(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Index(range(99_000_000, 99_000_000 + 9_999))
    assert len(open_entrez(ncbi).search("x").pmids) == 9_999
    assert len(ncbi.received) == 1


@pytest.mark.parametrize(
    "pmids",
    [
        range(30_000_000, 30_010_000),
        range(1, 45_000),
        [*range(1, 5_000), *range(40_000_000, 40_007_000)],
        [*range(10, 100_000, 9), 123_456_789],
    ],
    ids=["one too many", "many", "old and new", "spread"],
)
def test_a_result_beyond_the_ceiling_comes_complete_in_disjoint_parts(
    ncbi: ScriptedNcbi, pmids: range | list[int]
) -> None:
    ncbi.answering = Index(pmids)
    search = open_entrez(ncbi).search("x", WINDOW)
    assert set(search.pmids) == set(pmids)
    assert len(search.pmids) == search.count == len(pmids)
    assert sum(part.count for part in search.parts) == search.count
    assert all(part.count <= CEILING for part in search.parts)
    sent = [request.form["term"] for request in ncbi.received]
    assert {part.term for part in search.parts} <= set(sent)
    assert all(part.term.startswith(f"({search.term}) AND ") for part in search.parts)
    assert len(sent) <= 6 + len(pmids) // 1_000


def test_a_record_that_arrives_while_parts_are_searched_is_searched_for_again(ncbi: ScriptedNcbi) -> None:
    index = Index(range(30_000_000, 30_012_000))

    def answer(request: Received) -> Reply:
        if len(ncbi.received) == 2:
            index.pmids = [40_000_000, *index.pmids, 17]
        return index(request)

    ncbi.answering = answer
    search = open_entrez(ncbi).search("x")
    assert search.count == len(set(search.pmids)) == 12_002


def test_a_result_that_never_stands_still_is_incomplete(ncbi: ScriptedNcbi) -> None:
    index = Index(range(30_000_000, 30_012_000))

    def answer(request: Received) -> Reply:
        reply = index(request)
        index.pmids.pop()
        return reply

    ncbi.answering = answer
    with pytest.raises(SweepIncomplete, match="parts hold"):
        open_entrez(ncbi).search("x")


def test_a_server_that_ignores_ranges_is_found_out(ncbi: ScriptedNcbi) -> None:
    whole = Reply(hits(*range(30_000_000, 30_009_999), count=20_000), zipped=True)
    ncbi.answering = lambda _: whole
    with pytest.raises(SweepIncomplete, match="outside of it"):
        open_entrez(ncbi).search("x")


def test_an_outage_within_the_parts_fails_the_whole(ncbi: ScriptedNcbi) -> None:
    index = Index(range(30_000_000, 30_012_000))
    ncbi.answering = lambda request: index(request) if len(ncbi.received) < 3 else Reply(status=502)
    with pytest.raises(SourceUnavailable):
        open_entrez(ncbi).search("x")


def test_hostile_text_in_a_translation_stays_text(ncbi: ScriptedNcbi) -> None:
    bomb = b'<!DOCTYPE eSearchResult [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    body = hits(99000001, translation="&lt;script&gt;")
    ncbi.replies = [Reply(re.sub(rb"<!DOCTYPE[^>]*>", bomb, body))]
    assert open_entrez(ncbi).search("x").translation == "<script>"


@pytest.mark.realdata
def test_real_answers_are_read_as_biopython_reads_them(ncbi: ScriptedNcbi, shared: Path) -> None:
    folder = shared / "data" / "eutils_samples" / "biopython"
    compared = 0
    for path in sorted(folder.glob("esearch*.xml")):
        body = path.read_bytes()
        oracle = Biopython.read(BytesIO(body))
        if int(oracle["Count"]) != len(oracle["IdList"]):
            continue
        ncbi.replies = [Reply(body)]
        search = open_entrez(ncbi).search("x")
        assert [str(pmid) for pmid in search.pmids] == list(oracle["IdList"])
        assert search.translation == oracle["QueryTranslation"]
        compared += 1
    assert compared


@pytest.mark.realdata
@pytest.mark.parametrize(
    "name",
    [
        "esearch_db_not_supported_outage.xml",
        "esearch_retstart_9999.xml",
        "esearch_retstart_9999_INVALID.json",
        "esearch_unable_to_obtain_query.json",
        "elink_outage.json",
        "elink_prolog_only_TRUNCATED.xml",
        "efetch_empty_set.xml",
        "http_unable_to_route.txt",
    ],
)
def test_real_error_bodies_are_never_results(ncbi: ScriptedNcbi, shared: Path, name: str) -> None:
    body = (shared / "data" / "eutils_samples" / "error_bodies" / name).read_bytes()
    ncbi.replies = [Reply(body), Reply(hits(99000001))]
    assert open_entrez(ncbi).search("x").pmids == (99000001,)
