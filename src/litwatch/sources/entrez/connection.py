"""HTTP connections with a deadline for every read.

A socket's own time-out bounds one read, so a server that sends a byte a minute would hold us for days; here each read
waits no longer than the read time-out and never beyond the request's deadline. Nothing follows a redirect and no
status is turned into an exception.
"""

from __future__ import annotations

import http.client
import io
import socket
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one request may take."""

    deadline: float
    """On the ``monotonic`` clock."""
    read_timeout: float
    """Seconds."""
    monotonic: Callable[[], float]


def build_opener(timing: Timing, *, through_proxy: bool) -> urllib.request.OpenerDirector:
    """An opener for http and https only; proxies are the environment's, as everywhere in Python."""
    opener = urllib.request.OpenerDirector()
    # Without HTTPErrorProcessor every status is an answer, and without a redirect handler none is followed.
    opener.add_handler(_HttpHandler(timing))
    opener.add_handler(_HttpsHandler(timing))
    if through_proxy:
        opener.add_handler(urllib.request.ProxyHandler())
    return opener


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, timing: Timing) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._timing = timing

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._timing.deadline - self._timing.monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        self._sock.settimeout(min(self._timing.read_timeout, left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Socket:
    """As much of a socket as ``http.client`` uses."""

    def __init__(self, sock: socket.socket, timing: Timing) -> None:
        self._sock = sock
        self._timing = timing

    def sendall(self, data: bytes) -> None:
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._timing))

    def close(self) -> None:
        self._sock.close()


class _Connection(http.client.HTTPConnection):
    def __init__(self, host: str, *, timing: Timing, **rest: Any) -> None:
        super().__init__(host, **rest)
        self._timing = timing

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._timing.read_timeout)
        self.sock = _Socket(self.sock, self._timing)


class _SecureConnection(_Connection, http.client.HTTPSConnection):
    """Under TLS, which ``HTTPSConnection.connect`` has set up before the reads are timed."""


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, timing: Timing) -> None:
        super().__init__()
        self._connection: Any = partial(_Connection, timing=timing)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, timing: Timing) -> None:
        super().__init__()
        self._connection: Any = partial(_SecureConnection, timing=timing)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)
