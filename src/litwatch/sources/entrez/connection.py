"""HTTP connections to one host, kept for the next request, with a deadline for every read.

A socket's own time-out bounds one read, so a server that sends a byte a minute would hold us for days; here each read
waits no longer than the read time-out and never beyond the request's deadline. Nothing follows a redirect and no
status is turned into an exception. A connection is kept because a new one costs a round trip, and under TLS two more
and most of a request's CPU; each carries one request at a time.
"""

from __future__ import annotations

import base64
import http.client
import io
import select
import socket
import ssl
import threading
import time
import urllib.request
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from litwatch.model.text.loopback import is_loopback
from litwatch.sources.in_flight import closing_when_cancelled

_IDLE = 3.0
"""Seconds for which a connection is kept without a request: servers close idle ones after some seconds, Apache's
default is 5, and a request into a closing connection is lost."""

_HUNG_UP = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ConnectionAbortedError)


class NotConnected(OSError):
    """No connection could be made; the cause says why."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request may take, in seconds."""

    connect: float
    read: float
    """Of silence within an answer."""
    whole: float
    """From the sending to the last byte."""


@dataclass(slots=True)
class _Limit:
    """Until when the reads of a connection may take, on the ``monotonic`` clock."""

    monotonic: Callable[[], float]
    read: float = 0.0
    deadline: float = 0.0


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, limit: _Limit) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._limit = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._limit.deadline - self._limit.monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        self._sock.settimeout(min(self._limit.read, left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Socket:
    """As much of a socket as ``http.client`` uses."""

    def __init__(self, sock: socket.socket, limit: _Limit) -> None:
        self.sock = sock
        self._limit = limit

    def sendall(self, data: bytes) -> None:
        self.sock.settimeout(self._limit.read)
        self.sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self.sock, self._limit))

    def close(self) -> None:
        self.sock.close()


@dataclass(slots=True)
class _Line:
    """A connection that is open."""

    http: http.client.HTTPConnection
    sock: socket.socket
    limit: _Limit
    idle_since: float = 0.0
    """By the machine's own clock, which no test sets."""
    used: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the other side has neither closed it nor sent what nobody asked for."""
        return time.monotonic() - self.idle_since < _IDLE and not select.select([self.sock], [], [], 0)[0]

    def end(self) -> None:
        """Wake whoever waits for its bytes; from any thread."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True)
class _Way:
    """Where to connect and how to address the host there: directly, or through the environment's proxy."""

    secure: bool
    host: str
    port: int | None
    tunnel: tuple[str, int | None] | None = None
    """The host itself, where a proxy passes TLS on to it."""
    prefix: str = ""
    """What stands before the path where a proxy must be told the host."""
    greeting: Mapping[str, str] = field(default_factory=dict)
    """Who we are to the proxy."""


class Connections:
    """The connections to one base address; safe to share among threads."""

    def __init__(self, base_url: str, *, monotonic: Callable[[], float]) -> None:
        self._base = urlsplit(base_url)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: list[_Line] = []
        self._tls: ssl.SSLContext | None = None
        weakref.finalize(self, _close_all, self._kept)

    @contextmanager
    def send(
        self,
        path: str,
        data: bytes,
        headers: Mapping[str, str],
        patience: Patience,
        *,
        when_connected: Callable[[], None],
    ) -> Iterator[http.client.HTTPResponse]:
        """The answer to one POST; its body must be read within the ``with``.

        ``when_connected`` is called, and may wait, directly before each sending: a request arrives when it is sent,
        not when its connection was begun. A kept connection that the other side has closed meanwhile is replaced once.
        Raises NotConnected, other OSErrors and http.client.HTTPException.
        """
        way = self._find_way()
        line = self._take()
        while True:
            if line is None:
                line = self._open(way, patience, when_connected)
            keep = False
            try:
                with closing_when_cancelled(line.end):
                    when_connected()
                    line.limit.read = patience.read
                    line.limit.deadline = self._monotonic() + patience.whole
                    try:
                        line.http.request("POST", way.prefix + path, body=data, headers={**headers, **way.greeting})
                        response = line.http.getresponse()
                    except _HUNG_UP:
                        if line.used:
                            continue
                        raise
                    with response:
                        yield response
                        keep = response.isclosed() and not response.will_close
                    return
            finally:
                if keep:
                    self._keep(line)
                else:
                    line.http.close()
                line = None

    def _take(self) -> _Line | None:
        with self._lock:
            while self._kept:
                line = self._kept.pop()
                if line.is_open:
                    return line
                line.http.close()
        return None

    def _keep(self, line: _Line) -> None:
        line.used, line.idle_since = True, time.monotonic()
        with self._lock:
            self._kept.append(line)

    def _open(self, way: _Way, patience: Patience, when_connected: Callable[[], None]) -> _Line:
        connection: http.client.HTTPConnection
        if way.secure:
            connection = http.client.HTTPSConnection(
                way.host, way.port, timeout=patience.connect, context=self._trust()
            )
        else:
            connection = http.client.HTTPConnection(way.host, way.port, timeout=patience.connect)
        if way.tunnel:
            connection.set_tunnel(*way.tunnel, headers=way.greeting)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            when_connected()  # a host that cannot be reached is not knocked at any faster than one that answers
            raise NotConnected from error
        except BaseException:
            connection.close()
            raise
        sock, limit = connection.sock, _Limit(self._monotonic)
        connection.sock = _Socket(sock, limit)
        connection.auto_open = 0
        return _Line(connection, sock, limit)

    def _trust(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:  # reading the certificates takes longer than a request
                self._tls = ssl.create_default_context()
                self._tls.set_alpn_protocols(["http/1.1"])
            return self._tls

    def _find_way(self) -> _Way:
        """Proxies are the environment's, as everywhere in Python; none stands before the loopback interface."""
        secure, host, port = self._base.scheme == "https", self._base.hostname or "", self._base.port
        proxy = None
        if not is_loopback(host) and not urllib.request.proxy_bypass(self._base.netloc):
            proxy = urllib.request.getproxies().get(self._base.scheme)
        if not proxy:
            return _Way(secure, host, port)
        at = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        greeting = {}
        if at.username is not None:
            name = f"{unquote(at.username)}:{unquote(at.password or '')}".encode()
            greeting = {"Proxy-Authorization": f"Basic {base64.b64encode(name).decode('ascii')}"}
        if secure:
            return _Way(secure, at.hostname or "", at.port or 80, tunnel=(host, port or 443), greeting=greeting)
        prefix = f"{self._base.scheme}://{self._base.netloc}"
        return _Way(at.scheme == "https", at.hostname or "", at.port, prefix=prefix, greeting=greeting)


def _close_all(lines: list[_Line]) -> None:
    while lines:
        lines.pop().http.close()
