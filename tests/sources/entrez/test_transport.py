"""The door's manners: what is sent, what is repeated, which answers are believed, and that no secret leaves."""

from __future__ import annotations

import errno
import gzip
import logging
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from litwatch.model.errors import LitwatchError, SettingsError, SourceRefused, SourceUnavailable
from litwatch.sources.entrez import EntrezSettings
from litwatch.sources.entrez.transport import name_trouble
from tests.sources.entrez.scripted_ncbi import EMAIL, GOOD, FakeTime, Reply, ScriptedNcbi, hits, open_entrez

KEY = "0123456789abcdefSENTINELabcdef012345"


# What is sent


def test_parameters_travel_in_the_body_and_never_in_the_address(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [GOOD]
    open_entrez(ncbi, api_key=KEY).search("a short term[ti]")
    (request,) = ncbi.received
    assert (request.method, request.target) == ("POST", "/entrez/eutils/esearch.fcgi")
    assert request.form["term"] == "a short term[ti]"
    assert (request.form["tool"], request.form["email"], request.form["api_key"]) == ("litwatch", EMAIL, KEY)
    assert KEY not in str(request.headers)


def test_the_tool_can_be_renamed_and_no_key_is_sent_where_none_is_set(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [GOOD]
    open_entrez(ncbi, tool="board-watch").search("x")
    assert ncbi.received[0].form["tool"] == "board-watch"
    assert "api_key" not in ncbi.received[0].form


def test_gzip_is_accepted_and_unpacked(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(hits(99000001), zipped=True)]
    assert open_entrez(ncbi).search("x").pmids == (99000001,)
    assert ncbi.received[0].headers["Accept-Encoding"] == "gzip"


def test_a_chunked_answer_labelled_as_text_is_read(ncbi: ScriptedNcbi) -> None:
    body = hits(99000001)
    ncbi.replies = [
        Reply(
            raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        )
    ]
    assert open_entrez(ncbi).search("x").count == 1


def test_threads_share_doors_and_get_each_their_own_answer(ncbi: ScriptedNcbi, tmp_path: Path) -> None:
    ncbi.answering = lambda request: Reply(hits(int(request.form["term"])))
    doors = [open_entrez(ncbi, tool=f"door-{n}", pace_file=tmp_path / "pace") for n in range(2)]
    pmids = range(99000001, 99000041)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda pmid: doors[pmid % 2].search(str(pmid)).pmids, pmids))
    assert found == [(pmid,) for pmid in pmids]
    assert all(request.form["tool"] == f"door-{int(request.form['term']) % 2}" for request in ncbi.received)


def test_one_connection_carries_request_after_request(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(hits(99000001), kept=True)] * 5
    entrez = open_entrez(ncbi)
    assert [entrez.search("x").count for _ in range(5)] == [1] * 5
    assert ncbi.connections == 1


def test_a_kept_connection_that_was_closed_meanwhile_is_replaced_and_takes_no_try(ncbi: ScriptedNcbi) -> None:
    broken = Reply(hits(99000001), kept=True)
    ncbi.replies = [broken, Reply(raw=b""), GOOD]
    entrez = open_entrez(ncbi, tries=1)
    assert [entrez.search("x").count for _ in range(2)] == [1, 1]
    assert ncbi.connections == 2


def test_a_new_connection_that_is_closed_without_an_answer_takes_a_try(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(raw=b""), GOOD]
    with pytest.raises(SourceUnavailable, match="it hung up without an answer"):
        open_entrez(ncbi, tries=1).search("x")


def test_an_answer_that_was_not_read_to_its_end_ends_its_connection(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(hits(99000001, extra=" " * 500_000), kept=True), Reply(hits(99000001), kept=True)]
    entrez = open_entrez(ncbi, max_body=100_000)
    with pytest.raises(SourceUnavailable, match="larger than"):
        entrez.search("x")
    assert entrez.search("x").pmids == (99000001,)
    assert ncbi.connections == 2


def test_a_proxy_of_the_environment_is_told_the_host_and_who_asks(
    monkeypatch: pytest.MonkeyPatch, ncbi: ScriptedNcbi
) -> None:
    monkeypatch.setenv("http_proxy", ncbi.url.replace("http://", "http://reader:secret%21@").partition("/entrez")[0])
    monkeypatch.setenv("no_proxy", "")
    ncbi.replies = [GOOD]
    assert open_entrez(ncbi, base_url="http://eutils.example.invalid/entrez/eutils/").search("x").count == 1
    (request,) = ncbi.received
    assert request.target == "http://eutils.example.invalid/entrez/eutils/esearch.fcgi"
    assert request.headers["Host"] == "eutils.example.invalid"
    assert request.headers["Proxy-Authorization"] == "Basic cmVhZGVyOnNlY3JldCE="


def test_a_proxy_that_refuses_a_tunnel_is_named(monkeypatch: pytest.MonkeyPatch, ncbi: ScriptedNcbi) -> None:
    monkeypatch.setenv("https_proxy", ncbi.url.partition("/entrez")[0])
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(SourceUnavailable, match="the proxy answered with status 501"):
        open_entrez(ncbi, base_url="https://eutils.example.invalid/entrez/eutils/", tries=1).search("x")


# What is repeated


@pytest.mark.parametrize(
    "fault",
    [
        Reply(b'{"error":"API rate limit exceeded","count":"11"}', status=429),
        Reply(b'{"error":"API rate limit exceeded","api-key":"203.0.113.7","count":"4","limit":"3"}'),
        Reply(b"<html><title>WWW Error 500 Diagnostic</title></html>", status=500),
        Reply(b"Unable to route request! service name: /http/service/ratecontrol", status=502),
        Reply(b"", status=503),
        Reply(b"", status=504),
        Reply(
            b"<eFetchResult><ERROR>proxy_stream(): Failed to connect to PubOne service</ERROR></eFetchResult>",
            status=400,
        ),
        Reply(b""),
        Reply(b" \n"),
        Reply(b"", status=204),
        Reply(hits(99000001)[:-9]),
        Reply(b'<?xml version="1.0" ?>\n<!DOCTYPE eSearchResult PUBLIC "x" "https://example.org/x.dtd">'),
        Reply(b"<!DOCTYPE html><html><head><title>Sign in to the hospital's network</title></head></html>"),
        Reply(b"<eSearchResult><ERROR>Search Backend failed: Database is not supported</ERROR></eSearchResult>"),
        Reply(b'{"header":{},"esearchresult":{"ERROR":"Search Backend failed: Exception:\nraw line end"}}'),
        Reply(b'{"header":{"type":"esearch"},"esearchresult":{"count":"1"'),
        Reply(hits(99000001, extra="<!-- DocSum Backend failed -->")),
        Reply(b"NCBI C++ Exception:\n    Error: CTxRawClient::SendRequest() EOF"),
        Reply(hits(99000001).replace(b"<Count>1</Count>", b"")),
        Reply(hits(99000001).replace(b"<IdList>", b"<List>").replace(b"</IdList>", b"</List>")),
        Reply(hits(99000001).replace(b">99000001<", b">not a pmid<")),
        Reply(hits(99000001, translation="a\x0bb")),
        Reply(hits(99000001).replace(b"eSearchResult", b"eLinkResult")),
        Reply(hits(99000001), announced=100_000),
        Reply(hits(99000001), headers={"Content-Encoding": "br"}),
        Reply(b"\x1f\x8b\x08\x00 cut", headers={"Content-Encoding": "gzip"}),
        Reply(gzip.compress(hits(99000001), mtime=0)[:-4], headers={"Content-Encoding": "gzip"}),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n<eSearch"),
        Reply(raw=b"nonsense\r\n\r\n"),
        Reply(raw=b""),
        Reply(reset=True),
    ],
    ids=lambda reply: repr(reply.raw or reply.body)[:50] + str(reply.status),
)  # fmt: skip
def test_a_fault_that_may_pass_is_asked_again_and_then_the_answer_is_complete(ncbi: ScriptedNcbi, fault: Reply) -> None:
    ncbi.replies = [fault, fault, GOOD]
    assert open_entrez(ncbi).search("x").pmids == (99000001,)
    assert len(ncbi.received) == 3


def test_a_fault_that_stays_ends_in_an_error_and_never_in_an_empty_result(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = lambda _: Reply(b"", status=503)
    with pytest.raises(SourceUnavailable, match=r"esearch \(tries: 5\).*HTTP 503"):
        open_entrez(ncbi).search("x")
    assert len(ncbi.received) == 5


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(b'{"error":"API key invalid","api-key":"%s"}' % KEY.encode(), status=400), "LITWATCH_API_KEY"),
        (Reply(b'{"error":"API key invalid","api-key":"%s"}' % KEY.encode()), "LITWATCH_API_KEY"),
        (Reply(b"Bad request", status=400), "HTTP 400: Bad request"),
        (Reply(b"", status=414), "HTTP 414"),
        (Reply(b"<title>Access denied for abuse</title>", status=403), "Access denied"),
        (Reply(b"<eSearchResult><ERROR>Invalid db name specified: x</ERROR></eSearchResult>"), "Invalid db"),
        (Reply(b"<eSearchResult><ERROR>Empty term and query_key - nothing todo</ERROR></eSearchResult>"), "Empty"),
    ],
)
def test_what_ncbi_refuses_is_not_asked_again(ncbi: ScriptedNcbi, reply: Reply, words: str) -> None:
    ncbi.replies = [reply, GOOD]
    with pytest.raises(SourceRefused, match=words):
        open_entrez(ncbi, api_key=KEY).search("x")
    assert len(ncbi.received) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(ncbi: ScriptedNcbi, status: int) -> None:
    ncbi.replies = [Reply(status=status, headers={"Location": ncbi.url + "esearch.fcgi"}), GOOD]
    with pytest.raises(SourceUnavailable, match="redirect"):
        open_entrez(ncbi).search("x")
    assert len(ncbi.received) == 1


def test_a_body_beyond_the_limit_is_refused_by_its_unpacked_size(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(hits(99000001, extra=" " * 5_000_000), zipped=True)]
    with pytest.raises(LitwatchError, match="larger than 100,000 bytes"):
        open_entrez(ncbi, max_body=100_000).search("x")


def test_nobody_listening_is_an_error_with_the_last_reason(ncbi: ScriptedNcbi) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        open_entrez(ncbi, base_url="http://127.0.0.1:9/").search("x")
    assert str(caught.value) == (
        "NCBI (127.0.0.1:9) could not be reached: connection refused (tries: 5); the next run asks again."
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError("timed out"), "no connection within the time-out"),
        (socket.gaierror(-3, "Temporary failure in name resolution"), "its name is not known to the DNS"),
        (ssl.SSLCertVerificationError(1, "[SSL] self-signed certificate"), "its TLS certificate is not trusted"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version"), "no secure (TLS) connection"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "connection reset"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no route to host"),
        (OSError("Tunnel connection failed: 407 Proxy Authentication Required"), "the proxy answered with status 407"),
        (OSError(5, "strange " * 40), "strange strange strange strange strange…"),
        ("unknown url type", "the connection failed"),
    ],
)
def test_trouble_of_the_network_is_told_without_numbers_of_the_system(error: str | OSError, words: str) -> None:
    assert name_trouble(error) == words


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1:9", "a-" * 30 + "b.invalid:8080"])
def test_the_sentence_that_names_the_host_that_did_not_answer_is_short(
    monkeypatch: pytest.MonkeyPatch, ncbi: ScriptedNcbi, host: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(5, "Something that takes many words to say, far too many")

    monkeypatch.setattr(socket, "create_connection", refuse)
    entrez = open_entrez(ncbi, base_url=f"http://{host}/entrez/eutils/", tries=1)
    for _ in range(4):
        with pytest.raises(SourceUnavailable) as caught:
            entrez.search("x")
    said = str(caught.value)
    assert said.startswith(f"NCBI ({host[:20]}")
    assert len(said) <= 160
    assert "Errno" not in said
    assert said.count(". ") == 0


def test_the_port_that_the_address_leaves_out_is_not_made_up() -> None:
    assert EntrezSettings(email=EMAIL).place == "eutils.ncbi.nlm.nih.gov"
    assert EntrezSettings(email=EMAIL, base_url="http://[::1]:8080/e/").place == "[::1]:8080"


def test_a_host_without_tls_is_named_as_such(ncbi: ScriptedNcbi) -> None:
    with pytest.raises(SourceUnavailable, match=r"^NCBI \(127\.0\.0\.1:\d+\) could not be reached: no secure \(TLS\)"):
        open_entrez(ncbi, base_url=ncbi.url.replace("http:", "https:"), tries=1).search("x")


def test_silence_within_an_answer_ends_at_the_read_time_out(ncbi: ScriptedNcbi) -> None:
    ncbi.replies = [Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<eSearch", hang=True)]
    with pytest.raises(SourceUnavailable, match="time-out"):
        open_entrez(ncbi, tries=1, read_timeout=0.05).search("x")


def test_a_drip_that_never_falls_silent_ends_at_the_deadline(ncbi: ScriptedNcbi) -> None:
    class Hurrying(FakeTime):
        """A minute passes between any two looks at the clock."""

        @property
        def present(self) -> float:
            self.ticks = getattr(self, "ticks", 0.0) + 60.0
            return self.ticks

        @present.setter
        def present(self, value: float) -> None:
            pass

    ncbi.replies = [Reply(hits(*range(99000001, 99009999)))]
    with pytest.raises(SourceUnavailable, match="time-out"):
        open_entrez(ncbi, Hurrying(), tries=1, deadline=300.0).search("x")


# Settings and secrets


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"email": ""}, "LITWATCH_EMAIL"),
        ({"email": "nobody"}, "LITWATCH_EMAIL"),
        ({"email": EMAIL, "tool": ""}, "LITWATCH_TOOL"),
        ({"email": EMAIL, "base_url": "file:///etc/"}, "LITWATCH_EUTILS"),
        ({"email": EMAIL, "base_url": "https://user:word@example.org/"}, "LITWATCH_EUTILS"),
        ({"email": EMAIL, "api_key": "two words"}, "LITWATCH_API_KEY"),
        ({"email": EMAIL, "api_key": KEY, "base_url": "http://example.org/"}, "LITWATCH_API_KEY"),
        ({"email": EMAIL, "tries": 0}, "tries"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_is_sent(values: dict[str, object], name: str) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        EntrezSettings(**values)  # type: ignore[arg-type]
    assert KEY not in str(caught.value)


def test_settings_show_no_secret() -> None:
    shown = repr(EntrezSettings(email=EMAIL, api_key=KEY))
    assert KEY not in shown
    assert EMAIL not in shown


@pytest.mark.parametrize("status", [200, 400, 403, 429, 500, 503])
@pytest.mark.parametrize(
    "body",
    [
        '{{"error":"API key invalid","api-key":"{key}"}}',
        '{{"error":"no such key {key} of {mail}"}}',
        "<eSearchResult><ERROR>Search Backend failed: {key} {mail}</ERROR></eSearchResult>",
        "<html><title>{key} {mail}</title></html>",
        "plain {key} text {mail}" + "." * 400,
        "." * 180 + "{key}",
    ],
)
def test_no_secret_reaches_an_error_or_a_log(
    ncbi: ScriptedNcbi, caplog: pytest.LogCaptureFixture, status: int, body: str
) -> None:
    caplog.set_level(logging.DEBUG)
    ncbi.answering = lambda _: Reply(body.format(key=KEY.upper(), mail=EMAIL).encode(), status=status)
    with pytest.raises(LitwatchError) as caught:
        open_entrez(ncbi, api_key=KEY, tries=2).search("x")
    told = [caplog.text, str(caught.value)]
    error: BaseException | None = caught.value
    while error is not None and not error.__suppress_context__:
        error = error.__cause__ or error.__context__
        told.append(repr(error))
    for text in told:
        assert KEY[:12].lower() not in text.lower()
        assert EMAIL not in text
