"""A real HTTP server on loopback that answers E-utilities requests from a script; for the tests of ``sources.entrez``.

It keeps every request that it got.
"""

from __future__ import annotations

import gzip
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from litwatch.sources.entrez import Entrez, EntrezSettings, Timepiece

EMAIL = "sentinel-mail@example.org"


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    form: dict[str, str]

    @property
    def utility(self) -> str:
        return urlsplit(self.target).path.rpartition("/")[2]


@dataclass(frozen=True)
class Reply:
    """One answer; ``raw`` is written instead of everything else.

    ``reset`` tears the connection down, ``kept`` keeps it for the next request.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    zipped: bool = False
    announced: int | None = None
    raw: bytes | None = None
    reset: bool = False
    hang: bool = False
    kept: bool = False


Answering = Callable[[Received], Reply]


class ScriptedNcbi(ThreadingHTTPServer):
    """Answers with the next of ``replies``, or with what ``answering`` says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: list[Reply] = []
        self.answering: Answering | None = None
        self.received: list[Received] = []
        self.connections = 0
        self.release = threading.Event()
        self.lock = threading.Lock()
        self.folder = TemporaryDirectory()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/entrez/eutils/"

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def next_reply(self, request: Received) -> Reply:
        with self.lock:
            self.received.append(request)
            if self.answering is not None:
                return self.answering(request)
            return self.replies.pop(0) if self.replies else Reply(b"the script has ended", status=418)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of many scripts."""


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedNcbi
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._answer({name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()})

    def _answer(self, form: dict[str, str]) -> None:
        reply = self.server.next_reply(Received(self.command, self.path, dict(self.headers.items()), form))
        self.close_connection = not reply.kept
        if reply.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        if reply.raw is not None:
            self.wfile.write(reply.raw)
        else:
            body = gzip.compress(reply.body) if reply.zipped else reply.body
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.zipped:
                self.send_header("Content-Encoding", "gzip")
            if not reply.kept:
                self.send_header("Connection", "close")
            self.send_header("Content-Length", str(len(body) if reply.announced is None else reply.announced))
            self.end_headers()
            self.wfile.write(body)
        self.wfile.flush()
        if reply.hang:
            self.server.release.wait(10)


@contextmanager
def serve() -> Iterator[ScriptedNcbi]:
    """Run a scripted server for the length of a test."""
    server = ScriptedNcbi()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.shutdown()
        server.server_close()
        server.folder.cleanup()
        thread.join()


class FakeTime:
    """A clock that only sleeping moves, and a record of every sleep; shared by any number of threads."""

    def __init__(self) -> None:
        self.present = 1000.0
        self.wall = datetime(2026, 3, 3, 2, 30, tzinfo=UTC)
        self.slept: list[float] = []
        self.chance = 0.5

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.present += seconds

    def timepiece(self) -> Timepiece:
        return Timepiece(
            monotonic=lambda: self.present, now=lambda: self.wall, sleep=self.sleep, random=lambda: self.chance
        )


def open_entrez(server: ScriptedNcbi, time: FakeTime | None = None, **settings: Any) -> Entrez:
    """The door, aimed at a scripted server and never really sleeping."""
    values = {"email": EMAIL, "base_url": server.url, "pace_file": Path(server.folder.name) / "pace", **settings}
    return Entrez(EntrezSettings(**values), timepiece=(time or FakeTime()).timepiece())


def hits(*pmids: int, count: int | None = None, translation: str = "x[All Fields]", extra: str = "") -> bytes:
    """An ESearch answer in NCBI's order of elements."""
    ids = "".join(f"<Id>{pmid}</Id>\n" for pmid in pmids)
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
        '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
        f"<eSearchResult><Count>{len(pmids) if count is None else count}</Count><RetMax>{len(pmids)}</RetMax>"
        f"<RetStart>0</RetStart><IdList>\n{ids}</IdList><TranslationSet/>"
        f"<QueryTranslation>{translation}</QueryTranslation>{extra}</eSearchResult>\n"
    ).encode()


GOOD = Reply(hits(99000001))
"""A search that finds one paper."""


def citation(pmid: int, title: str = "Sleep loss and insulin", *, version: int = 1, more: str = "") -> str:
    """One PubmedArticle with as little in it as NLM's DTD lets stand; ``more`` goes after the title."""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="{version}">{pmid}</PMID>'
        '<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><Volume>7</Volume><PubDate>'
        "<Year>2020</Year></PubDate></JournalIssue><Title>Journal of invented medicine</Title>"
        "<ISOAbbreviation>J Invent Med</ISOAbbreviation></Journal>"
        f"<ArticleTitle>{title}</ArticleTitle>{more}<Language>eng</Language>"
        '<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>'
        "</Article><MedlineJournalInfo><MedlineTA>J Invent Med</MedlineTA></MedlineJournalInfo></MedlineCitation>"
        f'<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></PubmedData>'
        "</PubmedArticle>"
    )


def article_set(*citations: str) -> bytes:
    """An EFetch answer around citations."""
    return (
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
        f"<PubmedArticleSet>{''.join(citations)}</PubmedArticleSet>"
    ).encode()
