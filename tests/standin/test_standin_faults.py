"""Every fault, seen from the client's side of the wire, and the plan that chooses them."""

from __future__ import annotations

import gzip
import http.client
import json
import re
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from lxml import etree
from tests.standin.conftest import Asker, Reply

from litwatch.model.errors import SettingsError
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin import FAULTS, StandIn
from litwatch.standin.command import list_faults
from litwatch.standin.faults import Plan

IDS = "99000001,99000002,99000003,99000004,99000005,99000006"
SEARCH = {"db": "pubmed", "term": "99000000:99000009[uid]"}


def fetch(ask: Asker, **more: str) -> Reply:
    return ask("efetch", db="pubmed", id=IDS, retmode="xml", **more)


def broken(ask: Asker) -> type[BaseException]:
    with pytest.raises((http.client.HTTPException, OSError)) as caught:
        fetch(ask)
    return caught.type


# Transport


@pytest.mark.parametrize(
    ("name", "status", "wait"),
    [
        ("rate-limit", 429, "2"),
        ("rate-limit-bare", 429, None),
        ("rate-limit-huge", 429, "86400"),
        ("rate-limit-as-200", 200, None),
    ],
)
def test_a_rate_limit_without_cause(spoiled, name, status, wait):
    reply = fetch(spoiled(name))
    assert (reply.status, reply.headers["Retry-After"]) == (status, wait)
    assert reply.json["error"] == "API rate limit exceeded"


def test_a_rate_limit_with_a_date(spoiled):
    reply = fetch(spoiled("rate-limit-date"))
    at, until = (parsedate_to_datetime(reply.headers[name]) for name in ("Date", "Retry-After"))
    assert (until - at).total_seconds() == 2


def test_a_key_that_was_good_is_called_invalid(spoiled):
    reply = fetch(spoiled("key-invalid"), api_key="sentinel")
    assert (reply.status, reply.json["api-key"]) == (400, "sentinel")


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("server-error", 500, "WWW Error 500 Diagnostic"),
        ("bad-gateway", 502, "502 Bad Gateway"),
        ("unavailable", 503, "503 Service Temporarily Unavailable"),
        ("gateway-timeout", 504, "504 Gateway Time-out"),
        ("address-too-long", 414, "414 Request-URI Too Long"),
        ("captive-portal", 200, "Welcome to GuestNet"),
        ("diagnostic-as-200", 200, "WWW Error 500 Diagnostic"),
    ],
)
def test_pages_in_place_of_an_answer(spoiled, name, status, says):
    reply = fetch(spoiled(name))
    assert (reply.status, reply.headers["Content-Type"]) == (status, "text/html; charset=UTF-8")
    assert says in reply.text


@pytest.mark.parametrize(
    ("name", "status", "target"),
    [
        ("redirect-plain", 307, "http://eutils.ncbi.nlm.nih.gov/"),
        ("redirect-elsewhere", 307, "https://eutils.example.org/entrez/eutils/"),
        ("redirect-inside", 302, "http://127.0.0.1:9/secret"),
        ("redirect-loop", 308, "/entrez/eutils/efetch.fcgi"),
    ],
)
def test_redirects_that_no_client_should_follow(spoiled, name, status, target):
    reply = fetch(spoiled(name))
    assert (reply.status, reply.headers["Location"]) == (status, target)


def test_connections_that_end_before_the_headers(spoiled):
    assert issubclass(broken(spoiled("reset-before-headers")), ConnectionResetError)
    assert issubclass(broken(spoiled("closed-before-headers")), http.client.RemoteDisconnected)


def test_bodies_that_end_early(spoiled):
    assert issubclass(broken(spoiled("truncated-chunks")), http.client.IncompleteRead)
    assert issubclass(broken(spoiled("broken-chunk")), http.client.IncompleteRead)
    assert issubclass(broken(spoiled("length-too-long")), http.client.IncompleteRead)
    assert issubclass(broken(spoiled("reset-mid-body")), (ConnectionResetError, http.client.IncompleteRead))


def test_a_length_that_is_too_short_cuts_the_body(spoiled):
    reply = fetch(spoiled("length-too-short"))
    assert reply.status == 200
    assert not reply.body.endswith(b"</PubmedArticleSet>")


def test_gzip_that_is_none_or_has_no_end(spoiled):
    for name, error in (("gzip-lie", gzip.BadGzipFile), ("truncated-gzip", EOFError)):
        with pytest.raises(error):
            fetch(spoiled(name))


def test_a_slow_drip_is_whole_in_the_end_and_waits_between(spoiled):
    ask = spoiled("slow-drip")
    ask.connection.request("GET", "/entrez/eutils/espell.fcgi?term=sleep")
    response = ask.connection.getresponse()
    assert response.fp.readline() == b"40\r\n"
    ask.connection.close()


def test_silence_before_and_after_the_headers(spoiled):
    ask = spoiled("hang-before-headers")
    ask.connection.timeout = 0.2
    with pytest.raises(TimeoutError):
        fetch(ask)
    ask = spoiled("hang-after-headers")
    ask.connection.timeout = 0.2
    ask.connection.request("GET", "/entrez/eutils/einfo.fcgi")
    response = ask.connection.getresponse()
    assert response.status == 200
    with pytest.raises(TimeoutError):
        response.read()


def test_keep_alive_that_is_not_kept(spoiled):
    ask = spoiled("keep-alive-broken")
    reply = fetch(ask)
    assert reply.headers["Connection"] == "Keep-Alive"
    assert ask.connection.sock.recv(1) == b""


def test_text_and_json_from_the_gateway(spoiled):
    assert fetch(spoiled("unroutable")).text.startswith("Unable to route request! service name:")
    assert fetch(spoiled("json-for-all")).json == {"error": "error forwarding request"}


# Body


def test_bodies_that_say_nothing(spoiled):
    assert fetch(spoiled("empty-body")).body == b""
    for utility, root in (("efetch", "eEfetchResult"), ("esearch", "eSearchResult"), ("elink", "eLinkResult")):
        body = spoiled("prolog-only")(utility, id="99000001", term="sleep").text
        assert body.count("\n") == 2
        assert f"<!DOCTYPE {root} " in body
    whole, half = fetch(spoiled()).body, fetch(spoiled("truncated-body")).body
    assert whole.startswith(half)
    assert len(half) == len(whole) // 2


def test_errors_in_the_envelope(spoiled):
    reply = spoiled("backend-outage")("esearch", **SEARCH)
    assert (reply.status, reply.one("ERROR")) == (200, "Search Backend failed: Database is not supported: pubmed")
    assert fetch(spoiled("error-element")).one("ERROR") == "Error occurred: internal error"
    for name, says in (("summary-unavailable", "cannot get document summary"), ("pubone-down", "PubOne service")):
        reply = fetch(spoiled(name))
        assert (reply.status, reply.xml.tag) == (400, "eFetchResult")
        assert says in reply.one("ERROR")
    commented = fetch(spoiled("error-in-comment"))
    assert commented.xml.tag == "PubmedArticleSet"
    assert "<!-- DocSum Backend failed -->" in commented.text


def test_bodies_of_another_kind(spoiled):
    assert fetch(spoiled("cxx-exception")).text.startswith("NCBI C++ Exception")
    assert "exLinkSrv2" in fetch(spoiled("json-instead-of-xml")).json["ERROR"]
    assert fetch(spoiled("wrong-root")).xml.tag == "eUtilsResult"
    with pytest.raises(json.JSONDecodeError):
        _ = spoiled("invalid-json")("esearch", retmode="json", **SEARCH).json


def test_bytes_that_break_a_parser(spoiled):
    with pytest.raises(UnicodeDecodeError):
        _ = fetch(spoiled("wrong-encoding")).text
    with pytest.raises(etree.XMLSyntaxError):
        _ = fetch(spoiled("control-character")).xml
    marked = fetch(spoiled("byte-order-mark"))
    assert marked.body.startswith(b"\xef\xbb\xbf<?xml")
    assert len(marked.all("PubmedArticle")) == 6


def test_hostile_document_types(spoiled):
    bomb = fetch(spoiled("entity-bomb")).text
    assert bomb.count("<!ENTITY") == 10
    assert "&j;" in bomb
    outside = fetch(spoiled("external-entity")).text
    assert 'SYSTEM "file:///etc/passwd"' in outside
    assert "&file;" in outside


def test_one_bad_record_among_good_ones(spoiled):
    for name in ("malformed-article", "article-without-pmid"):
        parsed = parse_article_set(fetch(spoiled(name)).body)
        assert (len(parsed.records), len(parsed.unreadable)) == (5, 1), name


@pytest.mark.slow
def test_a_record_larger_than_any_client_should_take(spoiled):
    assert len(fetch(spoiled("huge-record")).body) > 60_000_000


def test_next_years_document_type(spoiled):
    reply = fetch(spoiled("future-dtd"))
    assert "pubmed_270101.dtd" in reply.text
    assert reply.xml.find(".//MedlineCitation").get("EvidenceGrade") == "unknown"
    assert len(parse_article_set(reply.body).records) == 6


def test_hostile_titles(spoiled):
    titles = fetch(spoiled("hostile-title")).xml.iterfind(".//ArticleTitle")
    assert all("<script>alert(1)</script> {{7*7}} =HYPERLINK" in (title.text or "") for title in titles)


# Meaning


def pmids(reply: Reply) -> list[str]:
    return [element.text for element in reply.xml.iterfind("PubmedArticle/MedlineCitation/PMID")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("omitted-ids", 5), ("short-page", 3), ("no-records", 0), ("duplicate-records", 12), ("deleted-record", 5)],
)
def test_more_or_fewer_records_than_asked_for(spoiled, name, expected):
    reply = fetch(spoiled(name))
    assert len(pmids(reply)) == expected
    assert set(pmids(reply)) <= set(IDS.split(","))
    assert len(reply.all("DeleteCitation")) == (name == "deleted-record")


def test_records_of_somebody_else(spoiled):
    asked = {"id": "99000001,99000002", "retmode": "xml"}
    assert set(pmids(spoiled("mixed-up")("efetch", **asked))).isdisjoint({"99000001", "99000002"})
    more = pmids(spoiled("unasked-record")("efetch", **asked))
    assert more[:2] == ["99000001", "99000002"]
    assert len(more) >= 2
    shuffled = pmids(fetch(spoiled("shuffled-records")))
    assert shuffled != IDS.split(",")
    assert sorted(shuffled) == sorted(IDS.split(","))


def test_records_that_are_not_what_they_were(spoiled):
    versions = [
        e.get("Version") for e in fetch(spoiled("version-2")).xml.iterfind("PubmedArticle/MedlineCitation/PMID")
    ]
    assert sorted(versions) == ["1"] * 5 + ["2"]
    assert "<Year>2099</Year>" in fetch(spoiled("future-date")).text
    notices = fetch(spoiled("notice-without-pmid")).xml.findall(".//CommentsCorrections")
    assert notices
    assert all(notice.find("PMID") is None for notice in notices)


def test_results_that_shift_shrink_or_vanish(spoiled):
    whole = spoiled()("esearch", **SEARCH).all("Id")
    shifted = spoiled("result-shifts")("esearch", **SEARCH)
    assert whole[3:] == shifted.all("Id")[-3:]
    assert len(shifted.all("Id")) < len(whole)
    assert shifted.one("Count") == str(len(shifted.all("Id")))
    assert spoiled("count-shrinks")("esearch", **SEARCH).one("Count") == "0"
    zero = spoiled("false-zero")("esearch", **SEARCH)
    assert (zero.one("Count"), zero.all("ERROR"), zero.all("QuotedPhraseNotFound")) == ("0", [], [])


def test_pages_that_contradict_themselves(spoiled):
    empty = spoiled("count-without-ids")("esearch", **SEARCH)
    assert (empty.one("Count"), empty.all("Id")) == ("6", [])
    short = spoiled("ids-missing")("esearch", **SEARCH)
    assert (short.one("RetMax"), len(short.all("Id"))) == ("6", 3)
    low = spoiled("count-too-low")("esearch", **SEARCH)
    assert (low.one("Count"), len(low.all("Id"))) == ("5", 6)
    assert spoiled("count-missing")("esearch", **SEARCH).all("Count") == []
    assert "count" not in spoiled("count-missing")("esearch", retmode="json", **SEARCH).json["esearchresult"]


def test_another_understanding_of_the_same_term(spoiled):
    plain = spoiled()("esearch", **SEARCH).one("QueryTranslation")
    changed = spoiled("translation-changes")("esearch", **SEARCH).one("QueryTranslation")
    assert changed != plain
    assert changed.startswith(plain)
    assert spoiled("phrase-dropped")("esearch", **SEARCH).all("QuotedPhraseNotFound")
    assert spoiled("phrase-ignored")("esearch", **SEARCH).all("PhraseIgnored") == ["of"]


def test_a_session_that_is_lost_at_once(spoiled):
    ask = spoiled("history-lost")
    web_env = ask("esearch", term="sleep", usehistory="y").one("WebEnv")
    for utility in ("efetch", "esummary", "elink"):
        assert ask(utility, WebEnv=web_env, query_key=1).one("ERROR") == "Unable to obtain query #1"


def test_citations_matched_to_the_wrong_papers(spoiled):
    asked = "Lancet Inv|2020|394|121||a|\rChest Heart|2019|12|e26||b|\rLancet Inv|2020|395|77||c|"

    def answered(*faults: str) -> list[str]:
        return spoiled(*faults)("ecitmatch", bdata=asked).text.split("\n")[:-1]

    right = answered()
    assert [line.split("|")[-2] for line in right] == ["a", "b", "c"]
    assert answered("lines-missing") == [right[0], right[2]]
    reordered = answered("lines-reordered")
    assert reordered != right
    assert sorted(reordered) == sorted(right)
    wrong = answered("wrong-pmid")
    assert all(re.search(r"\|9900000\d$", line) for line in wrong)
    assert wrong != right


# The plan


def test_every_fault_is_named_here_and_there_are_enough():
    tested = set(re.findall(r'"([a-z0-9-]+)"', Path(__file__).read_text("utf-8")))
    assert set(FAULTS) <= tested
    assert len(FAULTS) >= 40


def test_a_fault_strikes_the_nth_request_of_a_utility(start, asker, corpus):
    standin = start(corpus, faults=["empty-body:efetch:2"])
    ask = asker(standin)
    ask("esearch", term="sleep")
    assert [bool(ask("efetch", id="99000001").body) for _ in range(4)] == [True, False, True, True]
    assert [entry.fault for entry in standin.journal] == [None, None, "empty-body", None, None]


def test_a_fault_strikes_several_times_and_can_be_switched_off(start, asker, corpus):
    standin = start(corpus)
    ask = asker(standin)
    standin.faults.on("empty-body", utility="efetch", nth=2, times=2)
    assert [bool(ask("efetch", id="99000001").body) for _ in range(4)] == [True, False, False, True]
    standin.faults.on("empty-body")
    assert ask("einfo").body == b""
    standin.faults.off("empty-body")
    assert ask("einfo").body


def test_the_default_spoils_about_five_in_a_hundred_and_always_the_same_ones():
    def struck(seed: int) -> list[str | None]:
        plan = Plan(seed)
        return [fault.name if (fault := plan.strike("efetch")[0]) else None for _ in range(4000)]

    first = struck(1)
    assert first == struck(1) != struck(2)
    assert 0.03 < sum(name is not None for name in first) / len(first) < 0.07
    assert {FAULTS[name].passing for name in first if name} == {True}


def test_a_probability_is_kept_by_a_seeded_die():
    plan = Plan(7)
    plan.set(["rate-limit::25%"])
    struck = [plan.strike("esearch")[0] is not None for _ in range(2000)]
    assert 0.2 < sum(struck) / 2000 < 0.3


def test_none_means_none():
    plan = Plan(0)
    plan.set(["none"])
    assert not any(plan.strike("efetch")[0] for _ in range(1000))


def test_a_fault_never_strikes_a_utility_that_cannot_suffer_it(start, asker, corpus):
    ask = asker(start(corpus, faults=["lines-missing"]))
    assert len(pmids(fetch(ask))) == 6


@pytest.mark.parametrize(
    ("specification", "says"),
    [
        ("omited-ids", "near: omitted-ids"),
        ("bogus", "`litwatch standin faults` lists them"),
        ("omitted-ids:esearch", "can strike efetch, not 'esearch'"),
        ("rate-limit:efetch:soon", "the nth request"),
        ("rate-limit:efetch:0", "the nth request"),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused_whole(specification, says):
    plan = Plan(0)
    plan.set(["empty-body"])
    with pytest.raises(SettingsError, match=says):
        plan.set(["rate-limit", specification])
    assert plan.described()["rules"][0]["fault"] == "empty-body"


def test_the_list_of_faults_has_a_line_for_each(corpus):
    listed = list_faults().splitlines()
    assert len(listed) == len(FAULTS) + 1
    assert any(re.match(r"\* rate-limit +transport +429 with Retry-After: 2", line) for line in listed)
    assert StandIn(corpus, today=date(2026, 1, 1)).faults.share == 0
