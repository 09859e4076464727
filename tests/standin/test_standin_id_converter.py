"""PMC's ID converter: what it knows, what it does not, and the batches that it refuses whole."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from litwatch.standin.feed_routes import SOURCES

PATH = "/tools/idconv/api/v1/articles/"
ARTICLE = {"doi": "10.5555/inv.1", "pmcid": "PMC9900001", "pmid": 99000001}


@pytest.fixture
def convert(start, asker, corpus):
    ask = asker(start(corpus, routes=SOURCES))
    return lambda ids, **more: ask(PATH, get=True, ids=ids, format="json", **more)


@pytest.mark.parametrize(
    ("asked", "more"),
    [
        ("PMC9900001", {}),
        ("pmc9900001", {}),
        ("99000001", {}),
        ("10.5555/INV.1", {}),
        ("9900001", {"idtype": "pmcid"}),
    ],
)
def test_each_identifier_leads_to_the_others(convert, asked, more):
    reply = convert(asked, **more)
    assert (reply.status, reply.json["status"]) == (200, "ok")
    assert reply.json["records"] == [ARTICLE | {"requested-id": asked}]


def test_the_answer_has_the_members_of_the_recorded_one_in_their_order(convert):
    reply = convert("10.5555/none", tool="x", email="you@example.org")
    assert list(reply.json) == ["status", "response-date", "request", "records"]
    asked = {"ids": "10.5555/none", "format": "json", "tool": "x", "email": "you@example.org"}
    assert list(reply.json["request"].items()) == [
        ("warnings", []),
        ("format", "json"),
        ("ids", ["10.5555/none"]),
        ("email", "you@example.org"),
        ("tool", "x"),
        ("echo", urlencode(asked)),
        ("versions", "no"),
        ("showaiid", "no"),
        ("idtype", "doi"),
    ]
    assert list(reply.json["records"][0].items()) == [
        ("doi", "10.5555/none"),
        ("requested-id", "10.5555/none"),
        ("status", "error"),
        ("errmsg", "Identifier not found in PMC"),
    ]
    assert list(convert("99000001").json["records"][0]) == ["doi", "pmcid", "pmid", "requested-id"]
    echoed = convert("99000001", versions="yes", showaiid="yes").json["request"]
    assert (echoed["versions"], echoed["showaiid"]) == ("yes", "yes")


def test_an_article_of_pubmed_that_pmc_does_not_hold_is_not_found(convert):
    records = convert("99000001,99000002,99000001").json["records"]
    assert [(record["requested-id"], record.get("errmsg")) for record in records] == [
        ("99000001", None),
        ("99000002", "Identifier not found in PMC"),
    ]


@pytest.mark.parametrize(
    ("ids", "more"),
    [
        ("PMC9900001,9900001", {"idtype": "pmcid"}),
        ("99000001,PMC9900001", {}),
        ("99000001,what", {}),
        ("99000001", {"idtype": "doi"}),
        ("", {}),
        (",".join(str(99000001 + number) for number in range(201)), {}),
        ("99000001", {"format": "csv"}),
    ],
)
def test_mixed_unknown_and_too_many_identifiers_fail_together(start, asker, corpus, ids, more):
    reply = asker(start(corpus, routes=SOURCES))(PATH, **{"ids": ids, "format": "json"} | more)
    assert (reply.status, reply.json["status"]) == (400, "error")
    assert "records" not in reply.json


@pytest.mark.parametrize("path", [PATH, "/pmc/utils/idconv/v1.0/"])
def test_either_address_answers_in_xml_unless_json_is_asked_for(start, asker, corpus, path):
    ask = asker(start(corpus, routes=SOURCES))
    first, second = ask(path, get=True, ids="99000001,99000002", tool="a&b").xml.findall("record")
    assert dict(first.attrib) == {
        "requested-id": "99000001", "pmcid": "PMC9900001", "pmid": "99000001", "doi": "10.5555/inv.1",
    }  # fmt: skip
    assert (second.get("status"), second.findtext("errmsg")) == ("error", "Identifier not found in PMC")
    assert ask(path, get=True, ids="99000001", format="json").json["records"] == [
        ARTICLE | {"requested-id": "99000001"}
    ]
    refused = ask(path, get=True, ids="99000001,what")
    assert (refused.status, refused.xml.get("status")) == (400, "error")
