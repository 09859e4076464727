"""The stand-in's HTTP: headers, coding, keep-alive, limits, and stopping."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading

import pytest
from tests.standin.conftest import TODAY

from litwatch.model.errors import SettingsError
from litwatch.standin import Corpus, StandIn


def test_an_answer_carries_the_headers_of_the_real_one(ask):
    headers = ask("esearch", term="sleep", packed=True).headers
    assert headers["Server"] == "Finatra"
    assert headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert headers["Transfer-Encoding"] == "chunked"
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Length"] is None
    assert headers["Access-Control-Expose-Headers"] == "X-RateLimit-Limit,X-RateLimit-Remaining"
    assert headers["Set-Cookie"].startswith(f"ncbi_sid={headers['NCBI-SID']}; domain=.nih.gov; path=/; expires=")
    assert headers["Connection"] == "Keep-Alive"
    assert headers["Keep-Alive"] == "timeout=4, max=40"
    assert headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT"


def test_a_client_that_takes_no_gzip_gets_none(ask):
    reply = ask("esearch", term="sleep")
    assert reply.headers["Content-Encoding"] is None
    assert reply.body == ask("esearch", term="sleep", packed=True).body


def test_a_connection_serves_forty_requests_and_then_closes(ask):
    replies = [ask("einfo") for _ in range(40)]
    assert {reply.headers["Connection"] for reply in replies[:39]} == {"Keep-Alive"}
    assert replies[38].headers["Keep-Alive"] == "timeout=4, max=2"
    assert replies[39].headers["Connection"] == "close"
    assert ask("einfo").status == 200  # http.client opened a new connection by itself


def test_an_old_client_gets_a_body_that_ends_with_the_connection(standin):
    with socket.create_connection(("127.0.0.1", int(standin.url.rsplit(":", 1)[1])), 5) as plain:
        plain.sendall(b"GET /entrez/eutils/einfo.fcgi HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: plain.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding" not in head
    assert body.endswith(b"</eInfoResult>\n")


def test_a_long_address_gets_414_and_the_same_by_post_is_answered(ask):
    term = " OR ".join(["sleep[ti]"] * 900)
    assert ask("esearch", get=True, term=term).status == 414
    assert ask("esearch", term=term).one("Count") == "3"


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(standin, asker):
    ask = asker(standin)
    ask.connection.putrequest("POST", "/entrez/eutils/epost.fcgi")
    ask.connection.putheader("Content-Length", str(10 << 20))
    ask.connection.endheaders(b"id=")
    assert ask.read().status == 413


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /entrez/eutils/epost.fcgi HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST /entrez/eutils/epost.fcgi HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"DELETE /entrez/eutils/esearch.fcgi HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /entrez/eutils/nonsense.fcgi HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /entrez/eutils/ecitmatch.fcgi HTTP/1.1\r\nHost: x\r\n\r\n", 404),
    ],
)
def test_what_is_no_request_to_a_utility_is_refused(standin, sent, status):
    with socket.create_connection(("127.0.0.1", int(standin.url.rsplit(":", 1)[1])), 5) as plain:
        plain.sendall(sent)
        assert plain.recv(12) == b"HTTP/1.1 %d" % status


def test_many_threads_get_their_own_answers(standin, asker):
    pmids = [f"9900000{number}" for number in range(1, 7)]
    got: dict[str, list[str]] = {}

    def fetch(pmid: str) -> None:
        ask = asker(standin)
        got[pmid] = [ask("efetch", id=pmid, rettype="uilist", retmode="text").text.strip() for _ in range(10)]

    threads = [threading.Thread(target=fetch, args=(pmid,)) for pmid in pmids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {pmid: [pmid] * 10 for pmid in pmids}
    assert len(standin.journal) == 60
    assert [entry.number for entry in standin.journal] == list(range(1, 61))


def test_stopping_ends_idle_and_hanging_connections(corpus, asker):
    standin = StandIn(corpus, today=TODAY, faults=["hang-after-headers:efetch"]).start()
    idle, hanging = asker(standin), asker(standin)
    idle("einfo")
    hanging.connection.request("GET", "/entrez/eutils/efetch.fcgi?id=99000001")
    response = hanging.connection.getresponse()
    standin.stop()
    standin.stop()
    with pytest.raises((http.client.HTTPException, OSError)):
        response.read()
    assert not [thread for thread in threading.enumerate() if "process_request" in thread.name]


def test_it_listens_on_loopback_only_unless_told(corpus):
    for host in ("0.0.0.0", "192.0.2.1", "example.org", "::"):
        with pytest.raises(SettingsError, match="loopback only"):
            StandIn(corpus, today=TODAY, host=host).start()
    with StandIn(Corpus(), today=TODAY, host="0.0.0.0", anywhere=True) as open_one:
        assert open_one.url.startswith("http://0.0.0.0:")


def test_a_stand_in_that_does_not_run_has_no_address(corpus):
    with pytest.raises(RuntimeError):
        _ = StandIn(corpus, today=TODAY).url


def test_a_gzip_body_is_the_same_every_time(standin, asker):
    ask = asker(standin)
    raw = []
    for _ in range(2):
        ask.connection.request("GET", "/entrez/eutils/einfo.fcgi", headers={"Accept-Encoding": "gzip"})
        raw.append(ask.connection.getresponse().read())
    assert raw[0] == raw[1]
    assert gzip.decompress(raw[0]).startswith(b"<?xml")
