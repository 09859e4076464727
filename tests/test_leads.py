"""Entries of feeds that name no paper: kept with the sweep, shown nearest first, never made a record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from litwatch import render
from litwatch.citations import Doi, Pmid
from litwatch.leads import Lead, nearest_first, without_record
from litwatch.reports import Report
from litwatch.sweeps import SweepKind
from litwatch.verdict import Status
from tests.factories import make_article, make_digest, make_record, make_report, make_signal, make_sweep
from tests.store_scenes import made_store, make_night

ALERT = Lead("Safety alert: an insulin pump", None, None, "https://agency.example.org/alert")
NEWS = Lead("Office closed on Monday", None, None, "https://agency.example.org/closed")
UNKNOWN = Lead("A guideline on insulin resistance", None, Doi("10.5555/not.in.pubmed"), None)
FEED = make_sweep(SweepKind.FEED, searches=(), leads=(NEWS, ALERT, UNKNOWN))


def report() -> Report:
    plain = make_report()
    return make_report(sweeps=(*plain.sweeps, FEED))


def test_a_lead_with_a_pmid_or_with_a_doi_that_a_record_carries_is_no_lead_any_more() -> None:
    known = make_record(doi="10.5555/Known")
    found = Lead("found", None, Doi("10.5555/known"), None)
    assert without_record([Lead("a", Pmid(99000001), None, None), found, UNKNOWN, NEWS], [known]) == (UNKNOWN, NEWS)


def test_leads_that_share_words_with_the_article_come_first() -> None:
    assert [lead for lead, _ in nearest_first([NEWS, ALERT, UNKNOWN, NEWS], make_article())] == [UNKNOWN, ALERT, NEWS]


def test_the_page_shows_leads_as_leads_and_folds_the_far_ones() -> None:
    page = html.fromstring(render.report_html(report()))
    (section,) = page.xpath("//section[@id='leads']")
    assert [each.text_content().strip() for each in section.xpath("./ul/li")] == [
        "A guideline on insulin resistance DOI 10.5555/not.in.pubmed",
        "Safety alert: an insulin pump",
    ]
    assert section.xpath("./details//a/@href") == ["https://agency.example.org/closed"]
    assert "1 lead that shares no word" in section.text_content()


def test_markdown_and_json_have_the_same_leads() -> None:
    source = render.report_markdown(report())
    told = json.loads(render.report_json(report()))
    for lead in FEED.leads:
        assert lead.title in source
    assert [each["title"] for each in told["sweeps"][-1]["leads"]] == [lead.title for lead in FEED.leads]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://user:secret@example.org/", "file:///etc/passwd"])
def test_a_leads_link_is_a_plain_web_address_or_none(link: str) -> None:
    bad = Lead('<script>alert(1)</script>"', None, None, link)
    source = render.report_html(make_report(sweeps=(make_sweep(SweepKind.FEED, searches=(), leads=(bad,)),)))
    assert link not in source
    assert "<script>alert" not in source


def test_leads_are_kept_with_their_sweep(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    night = make_night(1)
    store.save_night(replace(night, sweeps=(*night.sweeps, FEED)))
    assert FEED in store.latest_sweeps(night.topic)


def test_the_digest_counts_leads_in_both_parts_whether_the_article_is_clear_or_not() -> None:
    urgent = make_report(Status.REVIEW_NEEDED, make_signal(), sweeps=report().sweeps)
    for part in render.digest_parts(make_digest(urgent)):
        assert "2 leads from feeds without a PubMed record: see the report." in " ".join(part.split())
    for part in render.digest_parts(make_digest(report())):
        assert "(searched to 21 November 2026; 2 leads from feeds)" in " ".join(part.split())
