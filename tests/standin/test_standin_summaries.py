"""ESummary, ELink, EInfo and ESpell as the stand-in answers them."""

from __future__ import annotations

import pytest

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
