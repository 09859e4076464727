"""The stand-in held against recorded answers of the real one: where they differ, the stand-in is wrong.

Compared is everything but the values: declaration, document type, elements, their order, attributes and blanks.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree
from tests.standin.invented import invented

from litwatch.model.record import PublicationType
from litwatch.standin import Corpus, Revision, read_corpus
from litwatch.standin.citation_xml import Cited, write_article

pytestmark = pytest.mark.realdata

MEASURED = "measured_2026/esearch_json_live_shapes_pubmed-filters.json"
SLEEP = {"db": "pubmed", "term": "sleep[ti]"}


@pytest.fixture(scope="session")
def samples(shared: Path) -> Path:
    return shared / "data" / "eutils_samples"


def skeleton(body: bytes) -> str:
    """An answer without its values: every text becomes an ellipsis, repeats of one piece become one."""
    text = body.decode()
    text = re.sub(r">[^<>\s][^<>]*<", ">…<", text)
    text = re.sub(r"\bName=\"\w+\" Type", "Name=… Type", text) if "<DocSum>" in text and "Author" in text else text
    previous = ""
    while previous != text:
        previous = text
        text = re.sub(r"(\s*<(\w+)>(?:(?!</?\2>).)*?</\2>)(?:\1)+", r"\1", text, flags=re.S)
    return text


def same(reply: Any, samples: Path, name: str) -> None:
    """Assert that an answer and a recorded one have the same skeleton."""
    assert skeleton(reply.body) == skeleton((samples / name).read_bytes())


# Word for word


@pytest.mark.parametrize("name", ["pubmed1.xml", "pubmed2.xml"])
def test_efetch_repeats_a_recorded_answer_byte_for_byte(samples, start, asker, name):
    recorded = (samples / "biopython" / name).read_bytes()
    pmids = re.findall(rb"<MedlineCitation [^>]*><PMID[^>]*>(\d+)<", recorded)
    ask = asker(start(read_corpus([samples / "biopython" / name])))
    assert ask("efetch", db="pubmed", id=b",".join(pmids), retmode="xml").body == recorded


def test_the_list_of_databases_is_the_recorded_one(samples, ask):
    assert ask("einfo").body == (samples / "biopython/einfo1.xml").read_bytes()


def status_in(name: str) -> int:
    """The HTTP status that a sample's file name states; 200 is left out there."""
    return int(found[1]) if (found := re.search(r"http(4\d\d)", name)) else 200


@pytest.mark.parametrize(
    ("name", "utility", "asked"),
    [
        ("efetch_empty_set.xml", "efetch", {"id": "99009999"}),
        ("efetch_id_list_empty_http400.xml", "efetch", {"id": "0"}),
        ("efetch_supplied_id_empty_http200.xml", "efetch", {"id": ""}),
        ("efetch_unable_to_obtain_query.xml", "efetch", {"query_key": "1", "WebEnv": "MCID_x"}),
        ("esearch_invalid_db.json", "esearch", {"db": "nonsense_db", "term": "x", "retmode": "json"}),
        ("esearch_unable_to_obtain_query.json", "esearch", {"query_key": "1", "retmode": "json"}),
    ],
)
def test_errors_are_word_for_word_those_that_were_reported(samples, ask, name, utility, asked):
    reply = ask(utility, **asked)
    assert reply.status == status_in(name)
    assert reply.body == (samples / "error_bodies" / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "fault", "utility"),
    [
        ("efetch_cannot_get_document_summary_http400.xml", "summary-unavailable", "efetch"),
        ("elink_outage.json", "json-instead-of-xml", "elink"),
        ("elink_prolog_only_TRUNCATED.xml", "prolog-only", "elink"),
        ("http_unable_to_route.txt", "unroutable", "esearch"),
        ("http429_rate_limit.json", "rate-limit", "esearch"),
        ("http400_api_key_invalid.json", "key-invalid", "esearch"),
    ],
)
def test_faults_are_word_for_word_those_that_were_reported(samples, spoiled, name, fault, utility):
    reply = spoiled(fault)(utility, id="99000001", term="sleep", api_key="ECHOED_KEY_VALUE")
    recorded = (samples / "error_bodies" / name).read_bytes().replace(b"203.0.113.7", b"ECHOED_KEY_VALUE")
    assert (reply.status, reply.body) == (status_in(name), recorded)


def test_an_outage_has_the_reported_form(samples, start, asker, corpus):
    reply = asker(start(corpus, faults=["backend-outage"]))("esearch", **SLEEP)
    recorded = etree.fromstring((samples / "error_bodies/esearch_db_not_supported_outage.xml").read_bytes())
    assert reply.one("ERROR") == recorded.findtext("ERROR")


def test_beyond_the_window_the_answer_is_word_for_word_the_measured_one(samples, start, asker, big_corpus):
    ask = asker(start(big_corpus, today=date(2026, 12, 1)))
    asked = {"db": "pubmed", "term": "insulin resistance[ti]", "retstart": 9999, "retmax": 1}
    assert ask("esearch", **asked).body == (samples / "error_bodies/esearch_retstart_9999.xml").read_bytes()
    raw = json.loads((samples / MEASURED).read_text("utf-8"))["window_exceeded_RAW_INVALID_JSON"]["_raw"]
    assert ask("esearch", retmode="json", **asked).text == raw
    clamped = ask("esearch", usehistory="y", **(asked | {"retstart": 0, "retmax": 10000}))
    same(clamped, samples, "error_bodies/esearch_retmax_clamped.xml")


# In form


def test_esearch_has_the_recorded_form(samples, ask):
    same(ask("esearch", **SLEEP), samples, "biopython/esearch1.xml")
    asked = {"term": "insulin resistance", "reldate": 60, "datetype": "edat", "usehistory": "y"}
    same(ask("esearch", **asked), samples, "biopython/esearch2.xml")
    same(ask("esearch", term="the[tiab] AND sleep[tiab]"), samples, "error_bodies/esearch_phrase_not_found.xml")
    dropped = ask("esearch", term='"body battery"[tiab] OR sleep[ti]', retmax=0)
    same(dropped, samples, "error_bodies/esearch_quoted_phrase_dropped_with_results.xml")


def test_epost_has_the_recorded_form(samples, ask):
    same(ask("epost", db="pubmed", id="99000001"), samples, "biopython/epost1.xml")
    assert ask("epost", db="nothing").body == (samples / "biopython/epost2.xml").read_bytes()
    assert ask("epost", db="pubmed", id="x").body == (samples / "biopython/epost3.xml").read_bytes()


def test_elink_has_the_recorded_form(samples, start, asker):
    """The recorded article is cited, cites, and is like a review: so is ours."""
    review = invented(99000020, "A review of sleep in nurses.", types=(PublicationType("D016454", "Review"),))
    cited = (Cited("The trial.", pmid=99000021),)
    paper = invented(99000022, "Sleep in nurses: duration.", references=cited)
    citing = invented(99000023, "Letter about nurses.", references=(Cited("The paper.", pmid=99000022),))
    every = (review, invented(99000021, "Sleep in nurses: a trial."), paper, citing)
    ask = asker(start(Corpus(Revision(date.min, each.pmid, write_article(each)) for each in every)))
    same(ask("elink", dbfrom="pubmed", id="99000022", cmd="neighbor"), samples, "biopython/elink1.xml")


def test_einfo_has_the_recorded_form_fields_and_flags(samples, ask):
    ours, recorded = ask("einfo", db="pubmed").body, (samples / "biopython/einfo2.xml").read_bytes()

    def fields(body: bytes) -> list[list[str]]:
        found = etree.fromstring(body).iter("Field")
        return [[child.text or "" for child in field if child.tag != "Description"] for field in found]

    assert fields(ours) == fields(recorded)
    before_links, links = zip(*(body.split(b"</FieldList>") for body in (ours, recorded)), strict=True)
    assert skeleton(before_links[0]) == skeleton(before_links[1])
    assert links[0] == links[1]


def test_espell_has_the_recorded_form(samples, ask):
    ours, recorded = ask("espell", term="slepe"), (samples / "biopython/espell.xml").read_bytes()
    assert skeleton(ours.body) == skeleton(recorded)


def test_esummary_has_the_recorded_items_in_their_order(samples, ask):
    def items(body: bytes) -> list[tuple[str | None, str | None]]:
        document = etree.fromstring(body).find("DocSum")
        return [(item.get("Name"), item.get("Type")) for item in document.iterfind("Item")]

    ours, recorded = ask("esummary", id="99000002").body, (samples / "biopython/esummary1.xml").read_bytes()
    assert items(ours) == items(recorded)
    assert ours.split(b"<DocSum>")[0] == recorded.split(b"<DocSum>")[0]
    assert ask("esummary", db="pubmed").body == (samples / "biopython/esummary8.xml").read_bytes()


def test_esummary_says_of_real_records_what_their_xml_says(samples, start, asker):
    """A record whose summary nobody recorded: at least each part must agree with the record itself."""
    ask = asker(start(read_corpus(sorted((samples / "metapub").glob("pmid_*.xml")))))
    pmid = "23657305"
    record = ask("efetch", id=pmid).xml
    document = ask("esummary", id=pmid, retmode="json").json["result"][pmid]
    assert document["source"] == record.findtext(".//MedlineTA")
    assert document["pages"] == record.findtext(".//MedlinePgn")
    assert len(document["authors"]) == len(record.findall(".//AuthorList/Author"))
    assert len(document["history"]) == len(record.findall(".//History/PubMedPubDate"))


def test_ecitmatch_lines_have_as_many_fields_as_the_recorded_ones(samples, ask):
    """Recorded whole in February 2026; of the outcomes that were only reported, the ambiguous ones."""

    def outcome(line: str) -> tuple[int, str]:
        last = line.rsplit("|", 1)[1]
        return line.count("|"), re.sub(r"\d+", "9", last)

    recorded = (samples / "ecitmatch_2026/citmatch_mixed.txt").read_text("utf-8").splitlines()
    reported = (samples / "error_bodies/ecitmatch_outcomes.txt").read_text("utf-8").splitlines()
    expected = {outcome(line) for line in (*recorded, *(line for line in reported if "AMBIGUOUS" in line))}
    asked = (
        "Lancet Inv|2020|394|121|Solberg KM|k1|", "Not A Journal|2020|1|1|X|k2|", "Chest Heart|||||k5|",
    )  # fmt: skip
    ours = {outcome(line) for line in ask("ecitmatch", bdata="\r".join(asked)).text.split("\n")[:-1]}
    assert ours == expected - {(6, "AMBIGUOUS (9 citations)")}


@pytest.mark.parametrize(
    ("case", "term"),
    [
        ("unknown_field_tag_no_warning", "insulin resistance[foo]"),
        ("stopword_phrase_not_found", "the[tiab] AND sleep[tiab]"),
        ("html_entity_in_query", '"Sleep &amp; Breathing"[jour]'),
        ("legit_zero", '"Sleep"[Mesh] AND 1804[dp]'),
        ("mesh_heading_that_does_not_exist", '"Atherosclerotic Cardiovascular Disease"[Mesh]'),
        ("tag_over_group_ignored_no_warning", "(sleep OR insulin)[tiab]"),
        ("rettype_count_loses_warnings", '"Atherosclerotic Cardiovascular Disease"[Mesh]'),
    ],
)
def test_json_has_the_measured_members(samples, ask, case, term):
    measured = json.loads((samples / MEASURED).read_text("utf-8"))[case]
    ours = ask("esearch", term=term, retmode="json", **measured["params"]).json["esearchresult"]
    recorded = measured["esearchresult"]
    # Most of the notes keep only some of the members, in an order of their own.
    assert set(recorded) <= set(ours)
    if "idlist" in recorded:
        assert list(ours) == list(recorded)
    assert ("errorlist" in ours, "warninglist" in ours) == ("errorlist" in recorded, "warninglist" in recorded)
    for name in ("errorlist", "warninglist"):
        assert list(ours.get(name, {})) == list(recorded.get(name, {}))
        for kind, values in recorded.get(name, {}).items():
            assert len(ours[name][kind]) == len(values), kind


def form(value: str) -> str:
    """A header's value without what changes from one answer to the next."""
    return re.sub(r"[0-9A-F]{4,}|expires=.*|\d+$", "#", value)


@pytest.mark.parametrize("name", ["test_efetch.yaml", "test_einfo_dblist.yaml", "test_esearch.yaml", "test_elink.yaml"])
def test_the_headers_are_the_recorded_ones(samples, ask, name):
    cassette = yaml.safe_load((samples / "biocommons_eutils" / name).read_text("utf-8"))
    recorded = {key.lower(): values[0] for key, values in cassette["interactions"][0]["response"]["headers"].items()}
    ours = {key.lower(): value for key, value in ask("einfo", packed=True).headers.items()}
    assert ours.keys() == recorded.keys()
    changing = {"date", "ncbi-phid", "ncbi-sid", "set-cookie", "x-ratelimit-remaining"}
    assert {k: v for k, v in ours.items() if k not in changing} == {
        k: v for k, v in recorded.items() if k not in changing
    }
    for key in ("ncbi-sid", "set-cookie", "ncbi-phid"):
        assert form(ours[key]) == form(recorded[key])
