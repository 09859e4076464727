"""The addresses under /standin/, further routes, and the command."""

from __future__ import annotations

import http.client
import json
import threading
from datetime import date
from typing import Any

import pytest
from tests.standin.conftest import TODAY, Reply
from tests.standin.invented import CITATIONS

from litwatch.model.errors import SettingsError
from litwatch.standin import Corpus, Revision, serve
from litwatch.standin.citation_xml import write_article, write_article_set
from litwatch.standin.web import TEXT, Answer


@pytest.fixture
def order(standin):
    """POST JSON to a control address."""
    connection = http.client.HTTPConnection(standin.url.removeprefix("http://"), timeout=60)

    def send(path: str, value: Any, **headers: str) -> Reply:
        settled = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): said for name, said in headers.items()
        }
        connection.request("POST", path, json.dumps(value), settled)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())

    yield send
    connection.close()


def test_the_day_is_set_from_outside(standin, ask, order):
    assert ask("/standin/", get=True).json["today"] == "2026-03-01"
    assert order("/standin/today", {"today": "2026-12-31"}).json["today"] == "2026-12-31"
    assert order("/standin/today", {"advance_hours": 13}).json["today"] == "2027-01-01"
    assert standin.today == date(2027, 1, 1)
    assert ask("/standin", get=True).json["records"] == 6


def test_the_journal_is_read_from_outside(ask):
    ask("esearch", term="sleep", api_key="SENTINEL")
    ask("efetch", id="99000001")
    everything = ask("/standin/journal", get=True)
    assert [entry["utility"] for entry in everything.json] == ["esearch", "efetch"]
    assert "SENTINEL" not in everything.text
    assert [entry["parameters"] for entry in ask("/standin/journal", get=True, utility="efetch").json] == [
        {"id": ["99000001"]}
    ]


def test_reading_the_journal_neither_counts_nor_is_entered(start, asker, corpus):
    standin = start(corpus, rate=1, steady=lambda: 1.0)
    ask = asker(standin)
    assert [ask("/standin/journal", get=True).status for _ in range(5)] == [200] * 5
    assert ask("einfo").status == 200
    assert len(standin.journal) == 1


def test_faults_are_chosen_and_listed_from_outside(ask, order):
    assert order("/standin/faults", {"faults": ["empty-body:efetch:1"]}).json["faults"]["rules"][0]["nth"] == 1
    assert ask("efetch", id="99000001").body == b""
    assert ask("efetch", id="99000001").body
    listed = {fault["name"]: fault for fault in ask("/standin/faults", get=True).json}
    assert (listed["empty-body"]["kind"], listed["empty-body"]["says"]) == ("body", "status 200 and no body at all")
    assert listed["history-lost"]["utilities"] == ["esearch", "esummary", "efetch", "elink"]
    assert order("/standin/faults", {"faults": ["nonsense"]}).status == 400


def test_reset_forgets_requests_and_sessions(standin, ask, order):
    web_env = ask("esearch", term="sleep", usehistory="y").one("WebEnv")
    assert order("/standin/reset", {}).json["requests"] == 0
    assert ask("efetch", WebEnv=web_env, query_key=1).one("ERROR") == "Unable to obtain query #1"
    assert [entry.number for entry in standin.journal] == [1]


@pytest.mark.parametrize("body", [{"today": "tomorrow"}, {"today": 5}, {"advance_hours": "x"}, {"advance_hours": 1e30}])
def test_nonsense_changes_nothing(standin, order, body):
    assert order("/standin/today", body).status == 400
    assert standin.today == TODAY


def test_a_web_page_cannot_turn_the_controls(order):
    assert order("/standin/today", {"today": "2030-01-01"}, Host="evil.example").status == 403
    assert order("/standin/today", {"today": "2030-01-01"}, Content_Type="text/plain").status == 415
    assert order("/standin/elsewhere", {}).status == 404


def test_a_web_page_cannot_read_the_controls(ask, order):
    answers = [ask(path, get=True) for path in ("/standin/", "/standin/journal", "/standin/faults", "/standin/nothing")]
    answers.append(order("/standin/today", {"today": "2030-01-01"}, Host="evil.example"))
    assert [answer.headers["Access-Control-Allow-Origin"] for answer in answers] == [None] * 5
    assert ask("einfo").headers["Access-Control-Allow-Origin"] == "*"


def test_further_routes_see_the_day_and_the_corpus(start, asker, corpus):
    def feed(occasion):
        return Answer(f"{occasion.today} {len(occasion.view)} {occasion.request.get('limit')}".encode(), TEXT)

    standin = start(corpus, routes={"/rss/search/": feed})
    assert asker(standin)("/rss/search/abc/", get=True, limit="15").text == "2026-03-01 6 15"
    assert asker(standin)("/rss/other/", get=True).status == 404
    assert standin.journal.entries("/rss/search/abc/")[0].status == 200


def test_the_command_serves_files_until_it_is_told_to_stop(tmp_path):
    (tmp_path / "set.xml").write_bytes(write_article_set([write_article(citation) for citation in CITATIONS]))
    said: list[str] = []
    until, listening = threading.Event(), threading.Event()

    def say(line: str) -> None:
        said.append(line)
        listening.set()

    server = threading.Thread(
        target=serve, args=([tmp_path],), kwargs={"today": TODAY, "faults": ["none"], "say": say, "until": until}
    )
    server.start()
    assert listening.wait(30)
    base = said[0].rsplit(" ", 1)[1]
    connection = http.client.HTTPConnection(base.split("/")[2], timeout=30)
    connection.request("GET", "/entrez/eutils/esearch.fcgi?term=sleep&retmode=json")
    assert json.loads(connection.getresponse().read())["esearchresult"]["count"] == "3"
    connection.close()
    until.set()
    server.join()
    assert said[0].startswith("PubMed stand-in: 6 records on 2026-03-01, at http://127.0.0.1:")
    assert said[1] == "Stopped after 1 requests."


def test_the_command_refuses_a_wrong_fault_before_it_listens():
    with pytest.raises(SettingsError, match="no fault is called"):
        serve(Corpus([Revision(date.min, 1, None)]), today=TODAY, faults=["no-such-thing"])
