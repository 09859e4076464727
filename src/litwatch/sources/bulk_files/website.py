"""Bulk files over HTTP: the listing page of a folder, and downloads that go on where they broke off.

One exchange at a time with the named host: time-outs, a deadline, limits on every body, no redirect, a bounded number
of tries. A download lies in a folder of ours as ``….part`` until it is whole.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import unquote

import httpx

from litwatch.model.errors import (
    AnswerUnreadable,
    OutputFailed,
    SettingsError,
    SourceRefused,
    SourceUnavailable,
    StoreBusy,
)
from litwatch.model.text.loopback import is_loopback
from litwatch.sources.body_limits import BodyLimits
from litwatch.sources.bulk_files.batches import MD5_FILE_BYTES, parse_md5
from litwatch.sources.bulk_files.file_numbers import BulkName, parse_name

LISTING_BYTES = 10_000_000
"""Of a listing page; NLM's, with some 3,000 lines, has under 1 MB."""
FILE_BYTES = 2_000_000_000
"""Of one packed file; NLM's have 40 to 100 MB."""
TRIES = 6
LONGEST_PAUSE = 60.0
"""Seconds between two tries, whatever Retry-After says."""
SMALL_SECONDS = 120.0
FILE_SECONDS = 3_600.0
"""For one file in all, repeats included; what has come by then is kept for the next run."""
_TIMEOUT = httpx.Timeout(60.0, connect=15.0)
_LINK = re.compile(rb"""href\s*=\s*["']?([^"'\s>]{1,500})""", re.IGNORECASE)

Value = TypeVar("Value")
Attempt = Callable[[httpx.Client, BodyLimits], Value]


class _Again(Exception):
    """An exchange brought nothing usable and may be repeated; never leaves this module."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Website:
    """A folder on a web server that lists its files, such as NLM's ``https://ftp.ncbi.nlm.nih.gov/pubmed/baseline/``."""

    def __init__(
        self,
        address: str,
        *,
        keep: Path,
        user_agent: str,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            url = httpx.URL(address.rstrip("/") + "/")
            url.host.encode("idna")  # what the socket does with a name, where an odd one would end the program
        except (httpx.InvalidURL, UnicodeError):
            url = httpx.URL()
        if not url.host or url.userinfo or url.query or url.fragment:
            raise SettingsError("SOURCE should be the plain http or https address of a folder: no user, password or ?")
        self._url = url
        self._keep = keep
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}
        self._sleep = sleep
        self._monotonic = monotonic

    def names(self) -> tuple[BulkName, ...]:
        """The files on the listing page. Raises SourceUnavailable where it lists none: that is no empty folder."""
        page = self._fetch_small("", LISTING_BYTES)
        links = (unquote(link.decode("ascii", "replace")) for link in _LINK.findall(page))
        found = {name for link in links if (name := parse_name(link.rpartition("/")[2]))}
        if not found:
            raise SourceUnavailable(
                f"{self._url} answered with a page that lists no bulk file (pubmed26n0001.xml.gz or the like);"
                " check the address"
            )
        return tuple(sorted(found))

    def md5_of(self, name: BulkName) -> str:
        """What the ``.md5`` file beside it says."""
        return parse_md5(self._fetch_small(f"{name}.md5", MD5_FILE_BYTES), name)

    @contextmanager
    def on_disk(self, name: BulkName, on_bytes: Callable[[int, int], None]) -> Iterator[Path]:
        """The file downloaded; thrown away when the block is done with it, or finds it unusable."""
        whole = self._keep / str(name)
        try:
            self._keep.mkdir(parents=True, exist_ok=True)
            if not whole.exists():
                self._download(name, whole, on_bytes)
        except OSError as error:
            raise OutputFailed(
                f"{whole} could not be written ({error.strerror or error}); free some space, then start again: the"
                " download goes on from where it broke off"
            ) from error
        try:
            yield whole
        except AnswerUnreadable:
            whole.unlink(missing_ok=True)
            raise
        whole.unlink(missing_ok=True)
        with suppress(OSError):
            self._keep.rmdir()

    def _fetch_small(self, name: str, limit: int) -> bytes:
        def read(client: httpx.Client, limits: BodyLimits) -> bytes:
            with client.stream("GET", self._url.join(name)) as answer:
                self._judge(answer, name)
                return b"".join(limits.read(answer.iter_raw()))

        return self._repeat(name, limit, SMALL_SECONDS, read)

    def _download(self, name: BulkName, whole: Path, on_bytes: Callable[[int, int], None]) -> None:
        part = whole.with_name(whole.name + ".part")
        with part.open("ab") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusy(f"Another run is downloading {part}: wait for it to end, then start again.") from None

            def go_on(client: httpx.Client, limits: BodyLimits) -> float:
                return self._append(client, str(name), stream, limits, on_bytes)

            made = self._repeat(str(name), FILE_BYTES, FILE_SECONDS, go_on)
            stream.flush()
            os.utime(part, (made, made))
            part.replace(whole)

    def _append(
        self,
        client: httpx.Client,
        name: str,
        stream: BinaryIO,
        limits: BodyLimits,
        on_bytes: Callable[[int, int], None],
    ) -> float:
        """Add what is missing of a file; the time of its Last-Modified, 0 where the server gives none."""
        here = stream.seek(0, os.SEEK_END)
        headers = {"Range": f"bytes={here}-"} if here else {}
        with client.stream("GET", self._url.join(name), headers=headers) as answer:
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                stream.truncate(0)
                raise _Again("what was here of it is more than there is")
            self._judge(answer, name)
            if here and not answer.headers.get("Content-Range", "").startswith(f"bytes {here}-"):
                stream.truncate(0)
                here = 0
                if answer.status_code == httpx.codes.PARTIAL_CONTENT:
                    raise _Again("another part of it came than was asked for")
            total = here + int(answer.headers.get("Content-Length", "0"))
            for chunk in answer.iter_raw():
                here += stream.write(chunk)
                limits.check(here)
                on_bytes(here, max(here, total))
            return _moment(answer.headers.get("Last-Modified"))

    def _repeat(self, name: str, most_bytes: int, seconds: float, attempt: Attempt[Value]) -> Value:
        advice = "start again later: it goes on from here"
        limits = BodyLimits(str(self._url.join(name)), most_bytes, seconds, advice, self._monotonic)
        reason = ""
        with httpx.Client(
            headers=self._headers, timeout=_TIMEOUT, follow_redirects=False, trust_env=not is_loopback(self._url.host)
        ) as client:
            for number in range(1, TRIES + 1):
                wait = None
                try:
                    return attempt(client, limits)
                except _Again as again:
                    reason, wait = str(again), again.wait
                except httpx.TransportError as error:
                    reason = f"the connection broke: {type(error).__name__}"
                pause = min(2.0**number if wait is None else wait, LONGEST_PAUSE)
                if number == TRIES or self._monotonic() + pause >= limits.deadline:
                    break
                self._sleep(pause)
        raise SourceUnavailable(f"{limits.name} did not come ({reason}); {advice}")

    def _judge(self, answer: httpx.Response, name: str) -> None:
        status = answer.status_code
        if status in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
            return
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            said = answer.headers.get("Retry-After", "")
            raise _Again(f"status {status}", float(said) if said.isdecimal() else None)
        if answer.is_redirect:
            raise SourceRefused(
                f"{self._url.join(name)} redirects to another address, which is not followed; if that is the right"
                " one, name it as SOURCE"
            )
        raise SourceRefused(f"{self._url.join(name)} answered with status {status}; check the address")


def _moment(last_modified: str | None) -> float:
    try:
        return parsedate_to_datetime(last_modified or "").timestamp()
    except (ValueError, OverflowError):
        return 0.0
