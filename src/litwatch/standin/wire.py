"""The stand-in's HTTP server: one thread a connection, NCBI's headers, and every way in which a wire can fail.

Keep-alive that closes after 40 requests or 4 idle seconds, chunks, gzip where the client takes it; limits on what a
client may send. Headers as recorded from the real service in April 2024 (biocommons/eutils' cassettes). It listens on
loopback unless told otherwise.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast
from urllib.parse import urlsplit

from litwatch.model.errors import SettingsError
from litwatch.model.text.loopback import is_loopback
from litwatch.standin.web import HTML, Answer, Part, Request, json_answer, read_parameters

REQUESTS_A_CONNECTION: Final = 40
IDLE_SECONDS: Final = 4
LONGEST_ADDRESS: Final = 8_190
"""Bytes of a request line; Apache's default, and NCBI's 414 stands in front of the utilities like Apache's."""
LARGEST_BODY: Final = 4 << 20
_LINGER_SECONDS: Final = 0.5
_CHUNK: Final = 8_192
_EVERY_ANSWER: Final = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "Referrer-Policy": "origin-when-cross-origin",
    "Content-Security-Policy": "upgrade-insecure-requests",
    "Server": "Finatra",
    "Cache-Control": "private",
    "X-UA-Compatible": "IE=Edge",
    "X-XSS-Protection": "1; mode=block",
}


_FOR_ANY_PAGE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-RateLimit-Limit,X-RateLimit-Remaining",
}
"""NCBI lets every web page read its answers; the journal beside them is nobody else's."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the wire serves: the function that answers, the clock, and the source of NCBI's request identifiers."""

    answer: Callable[[Request], Answer]
    now: Callable[[], datetime]
    identifier: Callable[[int], str]
    """Upper-case hexadecimal digits, as many as asked for."""


class Server(ThreadingHTTPServer):
    """Listens, starts a thread a connection, and ends every connection when it stops."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, site: Site, *, anywhere: bool = False) -> None:
        if not anywhere and not is_loopback(host):
            raise SettingsError(
                f"the stand-in listens on loopback only; {host} was asked for (say so explicitly to allow it)"
            )
        self.site = site
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Exchange)

    def server_bind(self) -> None:
        """Bind without asking a name server who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start the connection's thread, remembering the connection."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close one connection and forget it."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a client that went away; anything else is a fault of ours and is shown."""

        if not isinstance(sys.exception(), (OSError, EOFError)):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stop listening, end every open connection and wait for its thread."""
        self.stopping.set()
        self.shutdown()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class Exchange(BaseHTTPRequestHandler):
    """One connection's requests, one after the other."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    command = ""
    served = 0

    @property
    def listener(self) -> Server:
        """The server this connection came to."""
        return cast("Server", self.server)

    def handle_one_request(self) -> None:
        """Read one request and answer it; every HTTP method goes the same way."""
        try:
            self.raw_requestline = self.rfile.readline(65_537)
        except TimeoutError:
            self.close_connection = True
            return
        if not self.raw_requestline:
            self.close_connection = True
            return
        if len(self.raw_requestline) > LONGEST_ADDRESS:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
            return
        if not self.parse_request():
            return
        self.served += 1
        if self.served >= REQUESTS_A_CONNECTION:
            self.close_connection = True
        request = self._read()
        if request is not None:
            self._carry(self.listener.site.answer(request))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay silent: the journal records requests, and a request line may hold a key."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse what is no HTTP; the base class calls this for a request line or headers that it cannot read."""
        self._refuse(HTTPStatus(code))

    def _read(self) -> Request | None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = b""
        if "transfer-encoding" in headers:
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return None
        length = headers.get("content-length", "0").strip()
        if not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None
        if int(length) > LARGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        if int(length):
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                self.close_connection = True
                return None
        form = headers.get("content-type", "application/x-www-form-urlencoded").startswith(
            "application/x-www-form-urlencoded"
        )
        try:
            parameters = read_parameters(parts.query, body.decode("utf-8", "replace") if form else "")
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None
        return Request(self.command, parts.path, parameters, headers, str(self.client_address[0]), body)

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        if not hasattr(self, "headers"):
            self.request_version, self.headers = "HTTP/1.1", cast("Any", {})
        title = f"{status.value} {status.phrase}"
        page = (
            f'<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>{title}</title>\n</head><body>\n'
            f"<h1>{status.phrase}</h1>\n</body></html>\n"
        )
        self._carry(Answer(page.encode(), HTML, status.value))
        self._linger()

    def _linger(self) -> None:
        """Read what the client still sends: closing on unread bytes would reset the connection under our refusal."""
        left = 16 * LARGEST_BODY
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER_SECONDS)
            while left > 0 and (piece := self.connection.recv(1 << 16)):
                left -= len(piece)

    def _carry(self, answer: Answer) -> None:
        how = answer.delivery
        self._wait(how.hang_before)
        if how.reset_before_headers or how.close_before_headers:
            self._end(reset=how.reset_before_headers)
            return
        modern = self.request_version != "HTTP/1.0"
        bare = answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        packs = (
            not bare
            and "gzip" in self.headers.get("Accept-Encoding", "").lower()
            and "Content-Encoding" not in answer.headers
        )
        body = gzip.compress(answer.body, 1, mtime=0) if packs and not how.claim_gzip else answer.body
        headers = dict(self._headers(answer))
        if packs or how.claim_gzip:
            headers["Content-Encoding"] = "gzip"
        chunked = modern and not bare and how.length_lie is None
        if how.length_lie is not None:
            headers["Content-Length"] = str(max(0, len(body) + how.length_lie))
            self.close_connection = True
        elif chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif not bare:
            self.close_connection = True
        if how.close:
            self.close_connection = True
        promised = how.close or not self.close_connection
        headers["Connection"] = "Keep-Alive" if promised else "close"
        if promised:
            headers["Keep-Alive"] = f"timeout={IDLE_SECONDS}, max={REQUESTS_A_CONNECTION - self.served + 1}"
        phrase = HTTPStatus(answer.status).phrase if answer.status in _STATUSES else ""
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self.wfile.write("\r\n".join(lines).encode("utf-8"))
        self._wait(how.hang_after_headers)
        if self.command == "HEAD" or bare:
            return
        whole = len(body)
        if how.cut_body_at is not None:
            body = body[: int(whole * how.cut_body_at)]
        for piece in _pieces(body, how.drip):
            if how.drip is not None:
                self._wait(how.drip.pause)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if how.broken_chunk:
            self.wfile.write(b"%x\r\n" % (_CHUNK * 2) + b" " * 10)
        if how.cut_body_at is not None or how.broken_chunk:
            self._end(reset=how.reset_at_cut)
        elif chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _headers(self, answer: Answer) -> Iterator[tuple[str, str]]:
        site = self.listener.site
        now = site.now()
        session = f"{site.identifier(16)}_{site.identifier(4)}SID"
        yield "Date", format_datetime(now, usegmt=True)
        yield from _EVERY_ANSWER.items()
        if not answer.private:
            yield from _FOR_ANY_PAGE.items()
        yield "NCBI-PHID", f"{site.identifier(32)}.1.1.m_1"
        yield "NCBI-SID", session
        yield "Content-Type", answer.content_type
        expires = format_datetime(now + timedelta(days=365), usegmt=True)
        yield "Set-Cookie", f"ncbi_sid={session}; domain=.nih.gov; path=/; expires={expires}"
        yield from answer.headers.items()

    def _wait(self, seconds: float) -> None:
        if seconds > 0 and self.listener.stopping.wait(seconds):
            raise ConnectionAbortedError("the stand-in stops")

    def _end(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            # Linger of zero seconds makes close() send RST in place of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                self.wfile.flush()
            self.connection.close()


_STATUSES: Final = frozenset(status.value for status in HTTPStatus)


def _pieces(body: bytes, drip: Part | None) -> Iterator[bytes]:
    size = drip.size if drip is not None else _CHUNK
    for start in range(0, len(body), size):
        yield body[start : start + size]


def asked_host(headers: Mapping[str, str]) -> str:
    """The host of the Host header without its port, for the check against a web page that speaks to loopback."""
    host = headers.get("host", "")
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def not_found() -> Answer:
    """What stands at every other address."""
    return json_answer({"error": "Not found"}, status=404)
