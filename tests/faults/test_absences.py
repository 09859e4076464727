"""Papers that PubMed shows late, announces and does not deliver, or has more of than one answer holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from litwatch.model.search import Window
from litwatch.standin import Corpus
from litwatch.standin.cheap_records import FIRST_PMID, cheap_records
from litwatch.standin.faults import Plan
from litwatch.standin.scenario import read_scenario
from tests.faults.conftest import Note, Prove
from tests.faults.contract import Outcome, keep_the_watermark
from tests.faults.reference import Reference, look
from tests.faults.veil import Veil
from tests.faults.ward import CITED, EVE, NIGHT, RECORDS, Ward, open_ward

REVIEW = 99800021
PREDNISONE = CITED[3]


def test_a_paper_that_every_search_leaves_out_for_two_months_is_found_by_the_next(ward: Ward, note: Note) -> None:
    """Each search reaches 100 days back before the watermark, which such nights move as they should."""
    ward.pubmed.faults = Veil(unnamed=[REVIEW])
    for days in (0, 30, 60, 90):
        if days == 90:
            ward.pubmed.faults = Plan(share=0)
        assert REVIEW not in look(ward).news
        before, day = look(ward), NIGHT + timedelta(days=days)
        assert ward.night(day).ok
        keep_the_watermark(ward, before, look(ward), day)
        assert look(ward).watermarks == {"sleep": day}
    assert REVIEW in look(ward).news
    told = "found by the first search that names it"
    note("paper left out of every search", "search, for 60 days", Outcome.BELIEVED.value, told)


def test_a_paper_that_is_announced_once_and_not_delivered_is_asked_for_until_it_comes(
    ward: Ward, proven: Prove
) -> None:
    """No later search names it: only the ledger of the outstanding knows of it."""
    proof = proven(
        ward,
        "announced once, not delivered",
        "search and fetch",
        inject=lambda: setattr(ward.pubmed, "faults", Veil(undelivered=[REVIEW])),
        mend=lambda: setattr(ward.pubmed, "faults", Veil(unnamed=[REVIEW])),
    )
    assert proof.outcome is Outcome.LOUD
    assert str(REVIEW) in proof.said


def test_a_cited_paper_whose_record_alone_cannot_be_read_fails_the_citation_sweep(
    ward: Ward, reference: Reference, proven: Prove
) -> None:
    """No search names it, so that nothing else could tell; and its neighbours in the answer are kept."""

    def mend() -> None:
        ward.pubmed.faults = Plan(share=0)
        assert look(ward).sees_as_much_as(reference.after[NIGHT])

    proof = proven(
        ward,
        "malformed-article",
        "fetch, a cited paper's only",
        inject=lambda: setattr(ward.pubmed, "faults", Veil(garbled=[PREDNISONE])),
        mend=mend,
    )
    assert proof.outcome is Outcome.LOUD
    assert str(PREDNISONE) in proof.said


def test_more_papers_than_one_request_holds_all_come_and_one_that_is_malformed_hides_none(
    tmp_path: Path, note: Note
) -> None:
    count = 450
    many = Corpus([*read_scenario(RECORDS), *cheap_records(count, first_day=EVE, last_day=NIGHT)])
    with open_ward(tmp_path / "ward", corpus=many) as ward:
        ward.pubmed.faults.on("malformed-article", utility="efetch", nth=5)  # the first full request
        summary = ward.night(NIGHT)
        assert summary.ok, summary.failure
        keep_the_watermark(ward, replace(look(ward), watermarks={}), look(ward), NIGHT)
        assert look(ward).news >= set(range(FIRST_PMID, FIRST_PMID + count))
        requests = [(len(entry.ids), entry.fault) for entry in ward.pubmed.journal.entries("efetch")]
    assert (400, "malformed-article") in requests, requests
    told = f"{count} papers in two requests, all kept"
    note("malformed-article", "fetch, one among 400", Outcome.SURVIVED.value, told)


@pytest.mark.parametrize("shifts", [False, True], ids=["", "and changes between its parts"])
def test_a_search_of_more_papers_than_pubmed_shows_comes_whole(shifts: bool, tmp_path: Path, note: Note) -> None:
    """PubMed shows 9,999 of a search, and ends a page there without a word (protocol 1.4)."""
    count, today = 10_050, date(2026, 11, 22)
    corpus = Corpus(cheap_records(count))
    with open_ward(tmp_path / "ward", corpus=corpus, rate_with_key=None) as ward:
        ward.read_timeout, ward.pubmed.today = 30.0, today
        if shifts:
            ward.pubmed.faults.on("result-shifts", utility="esearch", nth=2)
        entrez = ward.doors(datetime.combine(today, time(5, 30), UTC)).entrez
        search = entrez.search('"insulin resistance"[tiab]', Window(date(2026, 10, 1), today))
        asked = len(ward.pubmed.journal)
    assert search.count == len(set(search.pmids)) == count
    assert sum(part.count for part in search.parts) == count
    assert asked == (6 if shifts else 3)
    where = "search, between its parts" if shifts else "search alone"
    note("result-shifts" if shifts else "window crossed", where, Outcome.SURVIVED.value, f"{count:,} papers, all named")
