"""The seam: Biopython builds every E-utilities request, and what stands here sends it.

``Bio.Entrez`` knows one host, no time-out, follows redirects with the key in hand, repeats a 429 at once and paces only
one thread. What it opens its requests with is replaced by one HTTP exchange with the configured host by POST, with
time-outs, a deadline, a body limit and no redirect; its own repeats and pauses stand there too, and are gone with it.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from email.message import Message
from typing import Any, Literal
from urllib.parse import urlsplit

import Bio
from Bio import Entrez

from litwatch.model.text.safe_text import clip, visible
from litwatch.sources.entrez.connection import Connections, NotConnected, Patience
from litwatch.sources.entrez.settings import EntrezSettings

Utility = Literal["esearch", "efetch", "ecitmatch", "elink", "einfo", "espell", "esummary"]
"""The functions of Bio.Entrez that litwatch uses; the last three only to try NCBI (``live_checks``)."""

_CHUNK = 1 << 16


class Unusable(Exception):
    """An exchange brought nothing usable; never leaves this package.

    ``again`` says whether repeating may help, ``wait`` is NCBI's own Retry-After in seconds, ``limited`` that the rate
    limit was the reason, ``too_large`` that the body limit was, ``short`` that fewer ids came than were announced,
    ``unreached`` that the network and not NCBI's answer was.
    """

    def __init__(
        self,
        reason: str,
        *,
        again: bool = True,
        wait: float | None = None,
        limited: bool = False,
        too_large: bool = False,
        short: bool = False,
        unreached: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.wait = wait
        self.limited = limited
        self.too_large = too_large
        self.short = short
        self.unreached = unreached


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status, headers, and the body after decompression."""

    status: int
    headers: Message
    body: bytes


class Transport:
    """HTTP exchanges with the host that the settings name, each in its own thread."""

    def __init__(
        self,
        settings: EntrezSettings,
        *,
        when_connected: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``when_connected`` is called, and may wait, directly before a request is sent."""
        self._settings = settings
        self._when_connected = when_connected
        self._patience = Patience(settings.connect_timeout, settings.read_timeout, settings.deadline)
        self._path = urlsplit(settings.base_url).path.rstrip("/") + "/"
        self._headers = {
            "Accept-Encoding": "gzip",
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": f"{settings.tool} (Biopython {Bio.__version__})",
        }
        self._connections = Connections(settings.base_url, monotonic=monotonic)

    def send(self, utility: Utility, parameters: Mapping[str, str | list[str]]) -> Answer:
        """Have Biopython build and send one request; a list is sent as one parameter for each of its values.

        Raises Unusable when no complete answer came.
        """
        who = {"tool": self._settings.tool, "email": self._settings.email, "api_key": self._settings.api_key}
        token = _CURRENT.set(self)
        try:
            answer: Answer = getattr(Entrez, utility)(**who, **parameters)
        finally:
            _CURRENT.reset(token)
        return answer

    def exchange(self, built: Any) -> Answer:
        """Send Biopython's request to our host by POST, whatever Biopython chose, and read the whole answer."""
        address = urlsplit(built.full_url)
        path = self._path + address.path.rpartition("/")[2]
        data = built.data if built.data is not None else address.query.encode("ascii")
        try:
            with self._connections.send(
                path, data, self._headers, self._patience, when_connected=self._when_connected
            ) as response:
                body = self._read(response)
                return Answer(response.status, response.headers, self._settings.scrub(body))
        except NotConnected as error:
            raise Unusable(name_trouble(error.__cause__ or error), unreached=True) from error
        except TimeoutError as error:
            raise Unusable("no answer within the time-out", unreached=True) from error
        except OSError as error:
            raise Unusable(name_trouble(error), unreached=True) from error
        except (http.client.HTTPException, zlib.error, ValueError) as error:
            raise Unusable("the answer broke off or was garbled") from error

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """The decompressed body, counted while it grows, so that a small bomb cannot become a large one."""
        coding = (response.headers.get("Content-Encoding") or "identity").lower()
        if coding not in {"identity", "gzip", "x-gzip"}:
            raise Unusable(f"the answer has the unknown content coding {coding[:20]!r}")
        limit = self._settings.max_body
        body = bytearray()
        unzip = None if coding == "identity" else _Gunzip()
        while chunk := response.read(_CHUNK):
            body += unzip.feed(chunk, limit + 1 - len(body)) if unzip else chunk
            if len(body) > limit:
                raise Unusable(f"the answer is larger than {limit:,} bytes", again=False, too_large=True)
        if response.length:
            raise Unusable("the answer ended before its announced length")
        if unzip and not unzip.complete:
            raise Unusable("the compressed answer is cut off")
        return bytes(body)


def name_trouble(error: str | BaseException) -> str:
    """Why the network brought nothing, for readers who know no error numbers; at most 45 characters."""
    tunnel = re.search(r"Tunnel connection failed: ([0-9]{3})", str(error))
    if tunnel:
        return f"the proxy answered with status {tunnel[1]}"
    for kind, words in _TROUBLES:
        if isinstance(error, kind):
            return words
    said = error.strerror if isinstance(error, OSError) else None
    return clip(visible(said.lower()), 45) if said else "the connection failed"


_TROUBLES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "no connection within the time-out"),
    (ConnectionRefusedError, "connection refused"),
    (http.client.RemoteDisconnected, "it hung up without an answer"),
    (ConnectionResetError, "connection reset"),
    (BrokenPipeError, "connection closed"),
    (ssl.SSLCertVerificationError, "its TLS certificate is not trusted"),
    (ssl.SSLError, "no secure (TLS) connection"),
    (socket.gaierror, "its name is not known to the DNS"),
)
"""The first that fits; every other error of the system is told in the system's own words."""


class _Gunzip:
    """Decompresses a stream of gzip members, never producing more than it is allowed to."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    @property
    def complete(self) -> bool:
        return self._member.eof

    def feed(self, chunk: bytes, room: int) -> bytes:
        out = bytearray()
        while chunk and len(out) < room:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=31)
            out += self._member.decompress(chunk, room - len(out))
            chunk = self._member.unconsumed_tail or self._member.unused_data
        return bytes(out)


_CURRENT: ContextVar[Transport] = ContextVar("litwatch_transport")
"""The transport whose ``send`` is on this thread's stack: Biopython opens all requests with one function."""


def _open_for_biopython(request: Any) -> Answer:
    return _CURRENT.get().exchange(request)


Entrez._open = _open_for_biopython
