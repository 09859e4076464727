"""EFetch and EPost as the stand-in answers them."""

from __future__ import annotations

from datetime import date

import pytest
from tests.standin.invented import CITATIONS, invented

from litwatch.standin import Corpus, Revision
from litwatch.standin.citation_xml import write_article

FIRST, SECOND = (write_article(citation) for citation in CITATIONS[:2])
START = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>'
)


def test_records_come_as_the_bytes_they_were_read_in_the_order_asked(ask):
    reply = ask("efetch", db="pubmed", id="99000002,99000001", retmode="xml")
    assert reply.body == START + b"\n" + SECOND + FIRST + b"</PubmedArticleSet>"
    assert reply.headers["Content-Type"] == "text/xml; charset=UTF-8"


def test_an_unknown_pmid_gives_an_empty_set(ask):
    assert ask("efetch", db="pubmed", id="99009999", retmode="xml").body == START + b"</PubmedArticleSet>\n"


def test_unknown_and_deleted_pmids_are_left_out_in_silence(ask):
    reply = ask("efetch", db="pubmed", id="99009999,99000001,99000007", retmode="xml")
    assert reply.body == START + b"\n" + FIRST + b"</PubmedArticleSet>"


def test_a_deleted_record_is_there_on_the_days_before(start, asker, corpus):
    standin = start(corpus, today=date(2025, 5, 31))
    assert asker(standin)("efetch", id="99000007").one("ArticleTitle") == "Here until 2025."


def test_duplicates_and_leading_zeros_are_one(ask):
    reply = ask("efetch", db="pubmed", id=["99000001,099000001", "99000001"], retmode="xml")
    assert reply.body == START + b"\n" + FIRST + b"</PubmedArticleSet>"


def test_identifiers_that_are_none_get_a_400(ask):
    for wrong in ("0", "00000000", "abc", "-1", "٣"):
        reply = ask("efetch", db="pubmed", id=wrong)
        assert (reply.status, reply.one("ERROR")) == (400, "ID list is empty! Possibly it has no correct IDs.")
        assert reply.xml.tag == "eFetchResult"
        assert "<!DOCTYPE eEfetchResult PUBLIC" in reply.text


def test_no_identifier_at_all_gets_an_error_at_200(ask):
    for asked in ({"id": ""}, {}):
        reply = ask("efetch", db="pubmed", **asked)
        assert (reply.status, reply.one("ERROR")) == (200, "Supplied id parameter is empty.")


def test_an_unknown_database_is_an_error_in_its_own_envelope(ask):
    assert ask("efetch", db="nothing", id="1").one("ERROR") == "Invalid db name specified: nothing"


def test_history_pages_are_counted_in_the_posted_list_not_in_what_is_delivered(ask):
    posted = ask("epost", db="pubmed", id="99000001,99009999,99000002")
    session = {"WebEnv": posted.one("WebEnv"), "query_key": posted.one("QueryKey"), "retmode": "xml"}
    assert ask("efetch", retstart=0, retmax=2, **session).body.count(b"<PubmedArticle>") == 1
    assert ask("efetch", retstart=2, retmax=2, **session).body == START + b"\n" + SECOND + b"</PubmedArticleSet>"


def test_a_history_page_across_the_windows_end_is_short_in_silence(start, asker, big_corpus):
    ask = asker(start(big_corpus, today=date(2026, 12, 1)))
    found = ask("esearch", term="insulin resistance[ti]", usehistory="y", retmax=0)
    session = {"WebEnv": found.one("WebEnv"), "query_key": 1, "rettype": "uilist", "retmode": "text"}
    reply = ask("efetch", retstart=9500, retmax=500, **session)
    assert (reply.status, len(reply.text.split())) == (200, 499)
    reply = ask("efetch", retstart=9999, retmax=1, **session)
    assert reply.status == 400
    assert "'retstart' cannot be larger than 9998" in reply.one("ERROR")


def test_text_forms(ask):
    medline = ask("efetch", id="99000003,99009999", rettype="medline", retmode="text")
    assert medline.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert medline.text.startswith("\nPMID- 99000003\nOWN - NLM\nSTAT- MEDLINE\n")
    assert "\nMH  - *Sleep\n" in medline.text
    assert "\nRIN - Chest Heart. 2021;1:1. PMID: 99000004\n" in medline.text
    assert "\nAU  - Ng W Jr\n" in medline.text
    assert "id: 99009999 Error occurred: The following PMID is not available: 99009999\n" in medline.text
    abstract = ask("efetch", id="99000001", rettype="abstract", retmode="text").text
    assert abstract.startswith("1. Lancet Inv. 2020 Oct 9;394(2):121-130. doi: 10.5555/inv.1.\n\nInsulin resistance")
    assert abstract.endswith("DOI: 10.5555/inv.1\nPMCID: PMC9900001\nPMID: 99000001\n")
    assert (
        ask("efetch", id="99000002,99009999,99000001", rettype="uilist", retmode="text").text == "99000002\n99000001\n"
    )


@pytest.mark.parametrize(
    ("asked", "content_type", "starts"),
    [
        ({}, "text/xml", START),
        ({"retmode": "xml"}, "text/xml", START),
        ({"rettype": "abstract"}, "text/xml", START),
        ({"rettype": "abstract", "retmode": "xml"}, "text/xml", START),
        ({"rettype": "abstract", "retmode": "text"}, "text/plain", b"1. Lancet Inv."),
        ({"rettype": "abstract", "retmode": "json"}, "text/plain", b"1. Lancet Inv."),
        ({"rettype": "medline"}, "text/plain", b"\nPMID- 99000001\n"),
        ({"rettype": "medline", "retmode": "xml"}, "text/xml", START),
        ({"rettype": "uilist"}, "text/plain", b"99000001\n"),
        ({"rettype": "uilist", "retmode": "xml"}, "text/xml", b'<?xml version="1.0" ?>\n<IdList>\n<Id>99000001</Id>'),
        ({"retmode": "text"}, "text/plain", b"99000001\n"),
        ({"retmode": "json"}, "text/plain", b"99000001\n"),
        ({"rettype": "full", "retmode": "xml"}, "text/xml", START),
        ({"rettype": "FULL", "retmode": "XML"}, "text/xml", START),
        ({"rettype": "full"}, "text/xml", None),
        ({"rettype": "full", "retmode": "text"}, "text/plain", None),
        ({"rettype": "xml", "retmode": "text"}, "text/xml", START),
        ({"rettype": "docsum"}, "text/xml", START),
    ],
)
def test_rettype_and_retmode_choose_the_form_as_recorded(ask, asked, content_type, starts):
    reply = ask("efetch", id="99000001", **asked)
    assert (reply.status, reply.headers["Content-Type"]) == (200, f"{content_type}; charset=UTF-8")
    assert reply.body == b"" if starts is None else reply.body.startswith(starts)


def test_epost_keeps_sets_in_one_session(ask):
    first = ask("epost", db="pubmed", id="99000001")
    second = ask("epost", db="pubmed", id="99000002", WebEnv=first.one("WebEnv"))
    assert (second.one("WebEnv"), second.one("QueryKey")) == (first.one("WebEnv"), "2")
    reply = ask("efetch", WebEnv=first.one("WebEnv"), query_key=1)
    assert reply.body == START + b"\n" + FIRST + b"</PubmedArticleSet>"


def test_epost_can_say_two_errors_at_once(ask):
    assert ask("epost", db="pubmed", id="abc").all("ERROR") == [
        "Empty ID list; Nothing to store",
        "Some IDs have invalid value and were omitted. Maximum ID value 18446744073709551615",
    ]
    assert ask("epost", db="pubmed", id="").all("ERROR") == ["Empty ID list; Nothing to store"]
    mixed = ask("epost", db="pubmed", id="abc,99000001")
    assert [element.tag for element in mixed.xml] == ["QueryKey", "WebEnv", "ERROR"]


def test_a_record_changes_on_its_day(start, asker):
    early, late = (
        invented(99000010, "Ahead of print.", status="Publisher"),
        invented(99000010, "In print.", status="MEDLINE"),
    )
    revisions = [
        Revision(date(2026, 5, 2), late.pmid, write_article(late)),
        Revision(date(2026, 3, 1), early.pmid, write_article(early)),
    ]
    standin = start(Corpus(revisions), today=date(2026, 2, 28))
    ask = asker(standin)
    seen = []
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 1), date(2026, 5, 2)):
        standin.today = day
        seen.append(ask("efetch", id="99000010").all("ArticleTitle"))
    assert seen == [[], ["Ahead of print."], ["Ahead of print."], ["In print."]]
