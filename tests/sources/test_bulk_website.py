"""Bulk files over HTTP: real HTTP on loopback, and every way in which a server can mislead or stop half-way."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from litwatch.model.errors import (
    AnswerUnreadable,
    OutputFailed,
    SettingsError,
    SourceRefused,
    SourceUnavailable,
    StoreBusy,
)
from litwatch.sources.bulk_files import BulkName
from litwatch.sources.bulk_files.website import FILE_BYTES, LISTING_BYTES, TRIES, Website
from litwatch.standin.cheap_records import cheap_records
from tests.night.bulk_scenes import NOON, Installation

ONE, TWO = BulkName(2026, 1), BulkName(2026, 2)
BODY = gzip.compress(bytes(range(256)) * 2000)
DATED = {"Last-Modified": format_datetime(NOON, usegmt=True)}
Reply = tuple[int, dict[str, str], bytes]


class Server:
    """Answers from a script: for each path the replies in turn, the last one for ever; notes what was asked."""

    def __init__(self) -> None:
        self.script: dict[str, list[Reply]] = {}
        self.asked: list[tuple[str, str | None]] = []
        script, asked = self.script, self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.removeprefix("/pubmed/")
                asked.append((name, self.headers.get("Range")))
                replies = script.get(name, [(404, {}, b"")])
                status, headers, body = replies.pop(0) if len(replies) > 1 else replies[0]
                self.send_response(status)
                for header, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/pubmed"


def run(http: ThreadingHTTPServer) -> Callable[[], None]:
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()

    def stop() -> None:
        http.shutdown()
        http.server_close()

    return stop


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    stop = run(one.http)
    yield one
    stop()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def site(server: Server, tmp_path: Path, pauses: list[float]) -> Website:
    return Website(server.address, keep=tmp_path / "keep", user_agent="litwatch test", sleep=pauses.append)


def fetch(site: Website, name: BulkName = ONE) -> bytes:
    with site.on_disk(name, lambda *_: None) as path:
        return path.read_bytes()


def ranged(start: int, body: bytes = BODY) -> Reply:
    return 206, {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}", **DATED}, body[start:]


def cut(at: int) -> Reply:
    return 200, {"Content-Length": str(len(BODY)), **DATED}, BODY[:at]


def test_a_listing_page_names_its_bulk_files_once_and_in_order(server: Server, site: Website) -> None:
    page = b"""<a href="pubmed26n0002.xml.gz">x</a> <A HREF='./pubmed26n0001.xml.gz'> <a href=pubmed26n0001.xml.gz>
        <a href="pubmed26n0003.xml.gz.md5"> <a href="pubmed26n0004_stats.html"> <a href="../README.txt">
        <a href="https://elsewhere.example/pubmed26n0002.xml.gz">"""
    server.script[""] = [(200, {}, page)]
    assert site.names() == (ONE, TWO)


@pytest.mark.parametrize("page", [b"", b"<html>Please log in</html>", b'<a href="pubmed26n0001.xml">'])
def test_a_page_without_bulk_files_is_an_error_and_no_empty_folder(server: Server, site: Website, page: bytes) -> None:
    server.script[""] = [(200, {}, page)]
    with pytest.raises(SourceUnavailable, match="lists no bulk file"):
        site.names()


def test_a_download_has_nlms_time_and_is_gone_when_it_is_done_with(
    server: Server, site: Website, tmp_path: Path
) -> None:
    server.script[str(ONE)] = [(200, DATED, BODY)]
    told: list[tuple[int, int]] = []
    with site.on_disk(ONE, lambda here, size: told.append((here, size))) as path:
        assert path.read_bytes() == BODY
        assert path.stat().st_mtime == NOON.timestamp()
    assert told[-1] == (len(BODY), len(BODY))
    assert not (tmp_path / "keep").exists()


def test_a_file_without_a_date_counts_as_old(server: Server, site: Website) -> None:
    server.script[str(ONE)] = [(200, {}, BODY)]
    with site.on_disk(ONE, lambda *_: None) as path:
        assert path.stat().st_mtime == 0


def test_a_broken_download_goes_on_where_it_broke_off(server: Server, site: Website, pauses: list[float]) -> None:
    server.script[str(ONE)] = [cut(1000), ranged(1000)]
    assert fetch(site) == BODY
    assert server.asked == [(str(ONE), None), (str(ONE), "bytes=1000-")]
    assert pauses == [2.0]


def test_a_download_that_an_earlier_run_left_goes_on(server: Server, site: Website, tmp_path: Path) -> None:
    (tmp_path / "keep").mkdir()
    (tmp_path / "keep" / f"{ONE}.part").write_bytes(BODY[:700])
    server.script[str(ONE)] = [ranged(700)]
    assert fetch(site) == BODY
    assert server.asked == [(str(ONE), "bytes=700-")]


@pytest.mark.parametrize(
    "replies",
    [[cut(1000), (200, DATED, BODY)], [cut(1000), ranged(500), (200, DATED, BODY)],
     [cut(1000), (416, {}, b""), (200, DATED, BODY)]],
    ids=["ranges ignored", "another range", "range refused"],
)  # fmt: skip
def test_a_server_that_cannot_go_on_is_asked_from_the_start(
    server: Server, site: Website, replies: list[Reply]
) -> None:
    server.script[str(ONE)] = replies
    assert fetch(site) == BODY


def test_a_failing_server_is_asked_a_few_times_and_what_came_is_kept(
    server: Server, site: Website, pauses: list[float], tmp_path: Path
) -> None:
    server.script[str(ONE)] = [
        cut(1000),
        (503, {"Retry-After": "7"}, b""),
        (429, {"Retry-After": "9999"}, b""),
        (500, {}, b""),
    ]
    with pytest.raises(SourceUnavailable, match="status 500"):
        fetch(site)
    assert len(server.asked) == TRIES
    assert pauses == [2.0, 7.0, 60.0, 16.0, 32.0]
    assert (tmp_path / "keep" / f"{ONE}.part").stat().st_size == 1000


@pytest.mark.parametrize(
    ("reply", "words"),
    [((302, {"Location": "http://127.0.0.1:9/"}, b""), "redirects"), ((404, {}, b""), "404"), ((403, {}, b""), "403")],
)
def test_a_refusal_or_redirect_ends_it_at_once(
    server: Server, site: Website, pauses: list[float], reply: Reply, words: str
) -> None:
    server.script[str(ONE)] = server.script[f"{ONE}.md5"] = server.script[""] = [reply]
    for ask in (site.names, lambda: site.md5_of(ONE), lambda: fetch(site)):
        with pytest.raises(SourceRefused, match=words):
            ask()
    assert pauses == []
    assert len(server.asked) == 3


def test_bodies_larger_than_their_limits_are_not_read_on(server: Server, site: Website, tmp_path: Path) -> None:
    server.script[""] = [(200, {}, b"x" * (LISTING_BYTES + 1))]
    with pytest.raises(SourceRefused, match="more than"):
        site.names()
    server.script[f"{ONE}.md5"] = [(200, {}, b"x" * 100_000)]
    with pytest.raises(SourceRefused, match="more than"):
        site.md5_of(ONE)
    (tmp_path / "keep").mkdir()
    with (tmp_path / "keep" / f"{ONE}.part").open("wb") as sparse:
        sparse.truncate(FILE_BYTES)
    server.script[str(ONE)] = [(206, {"Content-Range": f"bytes {FILE_BYTES}-{FILE_BYTES + 9}/*"}, b"x" * 10)]
    with pytest.raises(SourceRefused, match="more than"):
        fetch(site)


def test_a_server_that_takes_too_long_in_all_is_left(server: Server, tmp_path: Path) -> None:
    moments = iter([0.0, 4000.0])
    slow = Website(server.address, keep=tmp_path, user_agent="x", sleep=lambda _: None, monotonic=lambda: next(moments))
    server.script[str(ONE)] = [(200, DATED, BODY)]
    with pytest.raises(SourceUnavailable, match="too slow"):
        fetch(slow)


def test_a_file_found_unusable_is_fetched_afresh_the_next_time(server: Server, site: Website) -> None:
    server.script[str(ONE)] = [(200, DATED, BODY)]
    with pytest.raises(AnswerUnreadable), site.on_disk(ONE, lambda *_: None):
        raise AnswerUnreadable("its sum differs")
    fetch(site)
    assert len(server.asked) == 2


def test_a_file_that_came_whole_is_not_fetched_again_after_a_failure_of_ours(server: Server, site: Website) -> None:
    server.script[str(ONE)] = [(200, DATED, BODY)]
    with pytest.raises(OutputFailed), site.on_disk(ONE, lambda *_: None):
        raise OutputFailed("the disk is full")
    assert fetch(site) == BODY
    assert len(server.asked) == 1


def test_two_runs_do_not_download_into_one_file(server: Server, site: Website) -> None:
    server.script[str(ONE)] = [(200, DATED, BODY)]

    def meanwhile(*_: int) -> None:
        with pytest.raises(StoreBusy, match="Another run is downloading"):
            fetch(site)

    with site.on_disk(ONE, meanwhile) as path:
        assert path.read_bytes() == BODY


def test_a_folder_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    site = Website(server.address, keep=tmp_path / "taken", user_agent="x")
    with pytest.raises(OutputFailed, match=str(ONE)):
        fetch(site)


@pytest.mark.parametrize(
    "address",
    ["http://user:secret@127.0.0.1/x", "https://127.0.0.1/x?key=secret", "http://", "http://-a..b/"],
)
def test_an_address_with_a_password_or_question_is_refused_without_repeating_it(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        Website(address, keep=tmp_path, user_agent="x")
    assert "secret" not in str(refused.value)


def test_a_whole_load_from_a_plain_web_server(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    records = [revision.xml or b"" for revision in cheap_records(60)]
    site.write(1, records[:30])
    site.write(2, records[30:], [99_100_001])

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.folder)))
    stop = run(http)
    try:
        address = f"http://127.0.0.1:{http.server_port}/bulk/"
        assert site.load(where=address, until=1).failure is None
        assert site.load(where=address).failure is None
        assert site.load(where=address).files == ()
        path = site.write(3, records[:1])
        path.with_name(f"{path.name}.md5").write_text("0" * 32)
        told = site.load(where=address).failure
    finally:
        stop()
    assert site.loaded() == ["pubmed26n0001.xml.gz", "pubmed26n0002.xml.gz"]
    assert told
    assert "pubmed26n0003.xml.gz is not the file that NLM published" in told
    assert len(site.store.current_records()) == 60
    assert not list(site.settings.store.parent.glob("*.bulk/*"))
