"""A channel's webhook on loopback: it keeps what is posted and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.local_server import serving

SECRET = "T0123ABCD-B0456EFGH-w3bh00kSecr3tOfThisTest"


class Channel(ThreadingHTTPServer):
    """The webhook of one channel."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.heard: list[tuple[str, Mapping[str, str], bytes]] = []
        self.answers: list[tuple[int, str] | str] = []
        """What to answer, in order; then 200: a status with a text, or ``hang``, ``cut`` or ``endless``."""
        self.ended = threading.Event()

    @property
    def path(self) -> str:
        """The path of its address, which is the secret."""
        return f"/services/{SECRET}"

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}{self.path}"


class _Answer(BaseHTTPRequestHandler):
    server: Channel

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))
        answer = self.server.answers.pop(0) if self.server.answers else (200, "ok")
        if answer == "hang":
            self.server.ended.wait(10)
        elif answer == "endless":
            self.send_response(500)
            self.end_headers()
            try:
                while not self.server.ended.is_set():
                    self.wfile.write(b"x" * 65_536)
            except OSError:
                pass
        elif isinstance(answer, tuple):
            status, text = answer
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.end_headers()
            self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@contextmanager
def open_channel() -> Iterator[Channel]:
    """A webhook until the block ends."""
    server = Channel()
    with serving(server):
        try:
            yield server
        finally:
            server.ended.set()
