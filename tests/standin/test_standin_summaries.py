"""ESummary, ELink, EInfo and ESpell as the stand-in answers them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from litwatch.standin import read_corpus

V1 = [
    "PubDate", "EPubDate", "Source", "AuthorList", "LastAuthor", "Title", "Volume", "Issue", "Pages", "LangList",
    "NlmUniqueID", "ISSN", "ESSN", "PubTypeList", "RecordStatus", "PubStatus", "ArticleIds", "DOI", "History",
    "References", "HasAbstract", "PmcRefCount", "FullJournalName", "ELocationID", "SO",
]  # fmt: skip
JSON = [
    "uid", "pubdate", "epubdate", "source", "authors", "lastauthor", "title", "sorttitle", "volume", "issue", "pages",
    "lang", "nlmuniqueid", "issn", "essn", "pubtype", "recordstatus", "pubstatus", "articleids", "history",
    "references", "attributes", "pmcrefcount", "fulljournalname", "elocationid", "doctype", "srccontriblist",
    "booktitle", "medium", "edition", "publisherlocation", "publishername", "srcdate", "reportnumber",
    "availablefromurl", "locationlabel", "doccontriblist", "docdate", "bookname", "chapter", "sortpubdate",
    "sortfirstauthor", "vernaculartitle",
]  # fmt: skip


def test_version_1_has_the_items_of_the_real_one_in_their_order(ask):
    document = ask("esummary", db="pubmed", id="99000001").xml.find("DocSum")
    items = {item.get("Name"): item for item in document.iterfind("Item")}
    assert list(items) == V1
    assert items["SO"].text == "2020 Oct 9;394(2):121-130"
    assert items["LangList"][0].text == "English"
    assert [(item.get("Name"), item.text) for item in items["ArticleIds"]] == [
        ("pubmed", "99000001"), ("pmc", "PMC9900001"), ("pmcid", "pmc-id: PMC9900001;"), ("doi", "10.5555/inv.1"),
    ]  # fmt: skip
    assert items["RecordStatus"].text == "PubMed - as supplied by publisher"


def test_json_has_the_members_of_the_real_one_in_their_order(ask):
    result = ask("esummary", db="pubmed", id="99000003,99000005", retmode="json").json["result"]
    assert list(result) == ["uids", "99000003", "99000005"]
    assert list(result["99000003"]) == JSON
    assert result["99000003"]["references"] == [
        {"refsource": "Chest Heart. 2021;1:1.", "reftype": "Retraction in", "pmid": 99000004, "note": ""}
    ]
    assert result["99000003"]["sortpubdate"] == "2019/01/01 00:00"
    assert result["99000005"]["title"] == "Insulin &amp; &lt;i&gt;markup&lt;/i&gt; in a title."


def test_version_2_says_the_same_under_other_names(ask):
    document = ask("esummary", db="pubmed", id="99000001", version="2.0").xml.find(".//DocumentSummary")
    assert document.get("uid") == "99000001"
    assert [element.tag.lower() for element in document] == JSON[1:]
    assert [element.text for element in document.iter("Name")] == ["Solberg KM", "Ng W Jr"]


def test_an_unknown_identifier_is_an_error_in_its_own_place(ask):
    asked = {"db": "pubmed", "id": "99009999,99000001"}
    first = ask("esummary", **asked)
    assert first.all("ERROR") == ["UID=99009999: cannot get document summary"]
    assert first.all("Id") == ["99000001"]
    second = ask("esummary", version="2.0", **asked).xml.find(".//DocumentSummarySet")
    assert second.get("status") == "OK"
    assert second.findtext("DocumentSummary/error") == "cannot get document summary"
    third = ask("esummary", retmode="json", **asked).json["result"]
    assert third["99009999"] == {"uid": "99009999", "error": "cannot get document summary"}
    assert third["uids"] == ["99009999", "99000001"]


def test_json_takes_five_hundred_identifiers_and_no_more(ask):
    ids = [str(99000001 + number) for number in range(501)]
    assert len(ask("esummary", id=",".join(ids[:500]), retmode="json").json["result"]["uids"]) == 500
    said = ask("esummary", id=",".join(ids), retmode="json").json
    assert said == {
        "header": {"type": "esummary", "version": "0.3"},
        "error": "Too many UIDs in request. Maximum number of UIDs is 500 for JSON format output.",
    }
    assert len(ask("esummary", id=",".join(ids)).all("Id")) == 6


def test_a_request_without_identifiers_is_told_so(ask):
    assert ask("esummary", db="pubmed").one("ERROR") == "Neither query_key nor id specified"
    assert ask("esummary", db="pubmed", id="").one("ERROR") == "Empty id list - nothing todo"


def test_one_link_set_for_each_parameter_and_one_for_a_list(ask):
    asked = {"dbfrom": "pubmed", "linkname": "pubmed_pubmed_citedin"}
    apart = ask("elink", id=["99000001", "99000003"], **asked).xml.findall("LinkSet")
    assert [[i.text for i in links.iterfind("IdList/Id")] for links in apart] == [["99000001"], ["99000003"]]
    together = ask("elink", id="99000001,99000003", **asked).xml.findall("LinkSet")
    assert [[i.text for i in links.iterfind("IdList/Id")] for links in together] == [["99000001", "99000003"]]


def test_cited_in_and_references_are_each_others_mirror(ask):
    citing = ask("elink", id="99000001", dbfrom="pubmed", linkname="pubmed_pubmed_citedin").xml
    assert [link.findtext("Id") for link in citing.iter("Link")] == ["99000005", "99000003"]
    cited = ask("elink", id="99000003", dbfrom="pubmed", linkname="pubmed_pubmed_refs").xml
    assert [link.findtext("Id") for link in cited.iter("Link")] == ["99000001"]


def test_references_are_often_empty_and_then_there_is_no_link_set_db(ask):
    (links,) = ask("elink", id="99000001", dbfrom="pubmed", linkname="pubmed_pubmed_refs").xml.findall("LinkSet")
    assert [element.tag for element in links] == ["DbFrom", "IdList"]


def test_similar_articles_start_with_the_article_itself_and_scores_fall(ask):
    plain = ask("elink", id="99000003", dbfrom="pubmed", linkname="pubmed_pubmed").xml
    scored = ask("elink", id="99000003", dbfrom="pubmed", linkname="pubmed_pubmed", cmd="neighbor_score").xml
    assert plain.findall(".//Score") == []
    assert [link.findtext("Id") for link in scored.iter("Link")][:2] == ["99000003", "99000004"]
    scores = [int(link.findtext("Score") or 0) for link in scored.iter("Link")]
    assert scores == sorted(scores, reverse=True)
    said = ask("elink", id="99000003", linkname="pubmed_pubmed", cmd="neighbor_score", retmode="json").json
    assert said["linksets"][0]["linksetdbs"][0]["links"][0] == {"id": "99000003", "score": scores[0]}


def test_links_can_be_kept_in_the_history(ask):
    kept = ask("elink", id="99000001", dbfrom="pubmed", linkname="pubmed_pubmed_citedin", cmd="neighbor_history")
    listed = ask("efetch", WebEnv=kept.one("WebEnv"), query_key=kept.one("QueryKey"), rettype="uilist", retmode="text")
    assert listed.text == "99000005\n99000003\n"


def test_einfo_lists_databases_and_the_date_fields_of_pubmed(ask):
    assert ask("einfo").all("DbName")[0] == "pubmed"
    described = ask("einfo", db="pubmed").xml
    dates = [f.findtext("Name") for f in described.iter("Field") if f.findtext("IsDate") == "Y"]
    assert dates == ["PDAT", "EDAT", "MHDA", "MDAT", "CDAT", "PPDT", "EPDT", "CRDT", "P1DAT"]
    assert described.findtext(".//Count") == "6"
    assert ask("einfo", db="nothing").one("ERROR") == "Invalid db name specified: nothing"
    assert ask("einfo", db="pubmed", retmode="json").json["einforesult"]["dbinfo"][0]["count"] == "6"


@pytest.mark.parametrize(
    ("term", "corrected"), [("insulin resistence", "insulin resistance"), ("sleep", None), ("qqqqqq", None)]
)
def test_espell_corrects_towards_the_words_of_the_corpus(ask, term, corrected):
    reply = ask("espell", db="pubmed", term=term)
    assert reply.xml.findtext("CorrectedQuery") == (corrected or "")
    assert [element.tag for element in reply.xml] == ["Database", "Query", "CorrectedQuery", "SpelledQuery", "ERROR"]


def test_espell_writes_operators_small_in_the_corrected_term_alone(ask):
    reply = ask("espell", term="slepe OR insulim")
    assert "<CorrectedQuery>sleep or insulin</CorrectedQuery>" in reply.text
    assert "<Replaced>sleep</Replaced><Original> OR </Original><Replaced>insulin</Replaced>" in reply.text
    assert "<CorrectedQuery/>" in ask("espell", term="sleep OR insulin").text


def test_einfo_lists_the_links_of_today(ask):
    names = [link.findtext("Name") for link in ask("einfo", db="pubmed").xml.iter("Link")]
    assert [name for name in names if name.startswith("pubmed_pubmed")] == [
        "pubmed_pubmed", "pubmed_pubmed_alsoviewed", "pubmed_pubmed_bookrecords", "pubmed_pubmed_refs",
    ]  # fmt: skip
    described = ask("einfo", db="pubmed", retmode="json").json["einforesult"]["dbinfo"][0]["linklist"]
    assert [link["name"] for link in described] == names
    assert {"pubmed_pmc", "pubmed_gene"} <= set(names)


def test_egquery_counts_pubmeds_records_and_no_others(ask):
    reply = ask("egquery", term="insulin resistance")
    assert (reply.xml.tag, reply.one("Term")) == ("Result", "insulin resistance")
    counts = {item.findtext("DbName"): [each.text for each in item][1:] for item in reply.xml.iter("ResultItem")}
    assert counts["pubmed"] == ["PubMed", "2", "Ok"]
    assert counts["gene"] == ["Gene", "0", "Term or Database is not found"]
    assert ask("egquery", term="((").xml.findtext(".//Count") == "0"


def test_what_is_no_identifier_is_an_error_of_the_answer(ask):
    said = ask("esummary", id="abc", retmode="json").json
    assert said == {
        "header": {"type": "esummary", "version": "0.3"},
        "error": "Invalid uid abc at position= 0",
        "result": {"uids": []},
    }
    mixed = ask("esummary", id="99000001,99x", retmode="json").json
    assert (mixed["error"], mixed["result"]["uids"]) == ("Invalid uid 99x at position= 1", ["99000001"])
    assert ask("esummary", id="99000001,99x").all("ERROR") == ["Invalid uid 99x at position= 1"]
    assert ask("esummary", id="99000001,99x", version="2.0").all("ERROR") == ["Invalid uid 99x at position= 1"]


def test_a_summary_says_how_and_when_the_article_came_out(start, asker):
    forms = Path(__file__).resolve().parents[1] / "data" / "text_forms"
    ask = asker(start(read_corpus(sorted(forms.glob("*.xml"))), today=date(2026, 3, 1)))
    ids = ("99000201", "99000202", "99000206")
    summaries = ask("esummary", id=",".join(ids), retmode="json").json["result"]
    told = {
        one: [summaries[one][name] for name in ("issn", "essn", "pubstatus", "sortpubdate", "pmcrefcount")]
        for one in ids
    }
    assert told == {
        "99000201": ["0000-0043", "0000-0035", "256", "2026/01/01 00:00", 2],
        "99000202": ["", "0000-0051", "258", "2025/12/26 00:00", ""],
        "99000206": ["0000-0019", "", "10", "2026/03/11 00:00", ""],
    }
    pmcid = "pmc-id: PMC99000201;manuscript-id: NIHMS9999901;embargo-date: 2026/07/01;"
    assert pmcid in [each["value"] for each in summaries["99000201"]["articleids"]]
    items = {item.get("Name"): item.text for item in ask("esummary", id="99000201").xml.find("DocSum").iterfind("Item")}
    assert (items["PubStatus"], items["PmcRefCount"]) == ("ppublish+epublish", "2")


@pytest.mark.parametrize(("asked", "names"), [
    ({"db": "pmc"}, ["pubmed_pmc", "pubmed_pmc_local"]),
    ({"db": "pmc", "linkname": "pubmed_pmc"}, ["pubmed_pmc"]),
    ({"db": "all", "linkname": "pubmed_pmc,pubmed_pubmed_citedin"}, ["pubmed_pmc", "pubmed_pubmed_citedin"]),
    ({"db": "gene"}, []),
    ({"linkname": "pubmed_nonsense"}, []),
])  # fmt: skip
def test_a_link_leads_to_what_the_records_know_and_else_to_nothing(ask, asked, names):
    reply = ask("elink", dbfrom="pubmed", id="99000001", **asked)
    assert reply.all("LinkName") == names
    (linkset,) = ask("elink", dbfrom="pubmed", id="99000001", retmode="json", **asked).json["linksets"]
    assert [each["linkname"] for each in linkset.get("linksetdbs", [])] == names
    if names[:1] == ["pubmed_pmc"]:
        assert reply.xml.findtext(".//LinkSetDb/Link/Id") == "9900001"
        assert linkset["linksetdbs"][0]["links"] == ["9900001"]


def test_every_link_of_an_article_and_pmcs_way_back(ask):
    names = ask("elink", dbfrom="pubmed", db="all", id="99000001").all("LinkName")
    assert {"pubmed_pmc", "pubmed_pubmed", "pubmed_pubmed_citedin"} <= set(names)
    assert names == sorted(names)
    back = ask("elink", dbfrom="pmc", db="pubmed", id="9900001")
    assert (back.one("LinkName"), back.xml.findtext(".//Link/Id")) == ("pmc_pubmed", "99000001")
    assert ask("elink", dbfrom="pubmed", db="nothing", id="1").one("ERROR") == "Invalid db name specified: nothing"
    assert ask("elink", dbfrom="all", id="1").one("ERROR") == "Invalid db name specified: all"


def test_a_history_of_links_is_json_where_json_is_asked_for(ask):
    asked = {"dbfrom": "pubmed", "linkname": "pubmed_pubmed_citedin", "cmd": "neighbor_history", "retmode": "json"}
    (linkset,) = ask("elink", id="99000001", **asked).json["linksets"]
    assert list(linkset) == ["dbfrom", "ids", "linksetdbhistories", "webenv"]
    (kept,) = linkset["linksetdbhistories"]
    assert (kept["dbto"], kept["linkname"]) == ("pubmed", "pubmed_pubmed_citedin")
    listed = ask("efetch", WebEnv=linkset["webenv"], query_key=kept["querykey"], rettype="uilist", retmode="text")
    assert listed.text == "99000005\n99000003\n"


def test_checks_say_which_links_there_are(ask):
    listed = ask("elink", dbfrom="pubmed", id="99000001", cmd="acheck")
    infos = {info.findtext("LinkName"): info for info in listed.xml.iter("LinkInfo")}
    assert {"pubmed_pmc", "pubmed_pubmed", "ExternalLink"} <= set(infos)
    assert [each.tag for each in infos["pubmed_pubmed"]] == ["DbTo", "LinkName", "MenuTag", "HtmlTag", "Priority"]
    assert listed.xml.findtext(".//IdLinkSet/Id") == "99000001"
    for command, mark in (("ncheck", "HasNeighbor"), ("lcheck", "HasLinkOut")):
        checked = ask("elink", dbfrom="pubmed", id="99000001,99009999", cmd=command).xml
        assert [(each.text, each.get(mark)) for each in checked.iter("Id")] == [("99000001", "Y"), ("99009999", "N")]
        said = ask("elink", dbfrom="pubmed", id="99000001", cmd=command, retmode="json").json["linksets"][0]
        assert said["idchecklist"]["ids"] == [{"value": "99000001", mark.lower(): "Y"}]
    said = ask("elink", dbfrom="pubmed", id="99000001", cmd="acheck", retmode="json").json["linksets"][0]
    assert [each["linkname"] for each in said["idchecklist"]["idlinksets"][0]["linkinfos"]] == list(infos)


def test_outward_links_lead_to_the_doi_and_to_pmc(ask):
    every = ask("elink", dbfrom="pubmed", id="99000001", cmd="llinks")
    pages = ["https://doi.org/10.5555/inv.1", "https://pmc.ncbi.nlm.nih.gov/articles/PMC9900001/"]
    assert every.all("Url") == pages
    assert [each.tag for each in every.xml.find(".//Provider")] == ["Name", "NameAbbr", "Id"]
    assert ask("elink", dbfrom="pubmed", id="99000001", cmd="prlinks").all("Url") == pages[:1]
    said = ask("elink", dbfrom="pubmed", id="99000001", cmd="llinks", retmode="json").json["linksets"][0]
    assert [each["url"]["value"] for each in said["idurllist"][0]["objurls"]] == pages
    led = ask("elink", dbfrom="pubmed", id="99000001", cmd="prlinks", retmode="ref")
    assert (led.status, led.headers["Location"]) == (302, pages[0])
    assert ask("elink", dbfrom="pubmed", id="99000002", cmd="llinks").all("Url") == []


def test_a_term_limits_the_links_and_puts_the_newest_first(ask):
    asked = {"dbfrom": "pubmed", "id": "99000001", "linkname": "pubmed_pubmed"}
    alone = [link.findtext("Id") for link in ask("elink", **asked).xml.iter("Link")]
    limited = ask("elink", term="insulin[ti]", **asked)
    assert [link.findtext("Id") for link in limited.xml.iter("Link")] == ["99000005", "99000002", "99000001"]
    assert set(alone) > {"99000005", "99000002", "99000001"}
    assert "\n<LinkSet>\n\t<DbFrom>pubmed</DbFrom>\n" in limited.text
