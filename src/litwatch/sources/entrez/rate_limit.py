"""The one rate limiter for NCBI: evenly spaced slots, shared by all threads and, through a file, by all processes.

NCBI allows 3 requests a second, 10 with an API key, counted together for all that share an address or key (NBK25497).
The next free slot stands in a small file under ``flock``; retries draw slots like first tries do. A slot is drawn when
the connection stands, so that a request arrives when it was paced; one whose thread woke too late for it is given up.
Time is the machine's monotonic clock, which no change of the wall clock moves. It does not reach across machines:
several of them behind one address or key have each a share of the rate (``gap_between``).
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

from litwatch.model.errors import OutputFailed, SettingsError

GAP = 0.35
"""Seconds between requests without a key; 1/3 s was measured to let 4 through in one second."""
GAP_WITH_KEY = 0.11
"""Seconds between requests with a key; 0.1 s was measured to let 11 through in one second."""

_LATE = 0.4
"""Of the time by which the gaps of a full second exceed it, the part by which a thread may be late for its slot: with
several requests in flight, one that is sent late would stand too close to those behind it. The rest of that time is
left for the way to the network."""

_MOST_SLOTS = 20
"""Slots that one request gives up at most; a clock that jumps on must not hold it for ever."""


def gap_between(*, with_key: bool, machines: int = 1) -> float:
    """Seconds between this machine's requests where so many machines share one address or key.

    Each machine gets a whole number of requests in any second, so that all together never send more than NCBI allows,
    however their clocks stand. Raises SettingsError for more machines than requests.

    >>> gap_between(with_key=False), round(gap_between(with_key=True, machines=3), 3)
    (0.35, 0.367)
    """
    allowed, gap = (10, GAP_WITH_KEY) if with_key else (3, GAP)
    if machines > allowed:
        more = "" if with_key else ", or 10 with LITWATCH_API_KEY"
        raise SettingsError(
            f"LITWATCH_MACHINES is {machines}, but NCBI allows {allowed} requests a second, so at most {allowed}"
            f" machines can share them{more}"
        )
    return gap * allowed / (allowed // machines)


_HORIZON = 600.0
"""Seconds; a free slot further ahead than this is left over from before the machine's last start."""

_SLOT = struct.Struct("<d")


class _Memory:
    """The next free slot of this process, for whoever names no file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0.0

    def change(self, step: Callable[[float], float]) -> None:
        with self._lock:
            self._next = step(self._next)


class _File:
    """The next free slot of this machine. flock excludes threads too, because each call opens the file anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def change(self, step: Callable[[float], float]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                raw = os.pread(handle, _SLOT.size, 0)
                slot = _SLOT.unpack(raw)[0] if len(raw) == _SLOT.size else 0.0
                os.pwrite(handle, _SLOT.pack(step(slot)), 0)
            finally:
                os.close(handle)
        except OSError as error:
            raise OutputFailed(
                f"{self._path}: the pace file cannot be written ({error.strerror}); "
                "nothing is asked of NCBI without it, so make its folder writable"
            ) from error


_THIS_PROCESS = _Memory()


class Pacer:
    """Lets one request through every ``gap`` seconds, whoever asks."""

    def __init__(
        self,
        path: Path | None,
        gap: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._slots = _THIS_PROCESS if path is None else _File(path)
        self._gap = gap
        self._late = _LATE * ((int(1 / gap) + 1) * gap - 1)
        self._monotonic = monotonic
        self._sleep = sleep

    def wait(self) -> None:
        """Take the next free slot and sleep until it comes. Raises OutputFailed when the file cannot be written."""
        for _ in range(_MOST_SLOTS):
            slot = self._draw()
            if self._monotonic() - slot <= self._late:
                return

    def _draw(self) -> float:
        now = mine = self._monotonic()

        def take(free: float) -> float:
            nonlocal mine
            mine = max(now, free) if now - _HORIZON < free < now + _HORIZON else now
            return mine + self._gap

        self._slots.change(take)
        if mine > now:
            self._sleep(mine - now)
        return mine

    def hold(self, seconds: float) -> None:
        """Leave no slot free for so many seconds: NCBI said 429 to one of us, and counts all of us together."""
        until = self._monotonic() + min(seconds, _HORIZON / 2)
        self._slots.change(lambda free: max(free, until) if free < until + _HORIZON else until)
