"""NCBI's limit on the rate of requests, counted over a sliding second for each API key or, without one, each address.

Source: NBK25497, "Usage Guidelines and Requirements": 3 a second without a key, 10 with one; further requests get
HTTP 429. Refused requests do not count: of twelve at once the refused ones were all told "count 4, limit 3" (2026).
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

WITHOUT_KEY: Final = 3
WITH_KEY: Final = 10
_WINDOW: Final = 1.0
_CALLERS_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Count:
    """Where a caller stands after a request."""

    used: int
    """Requests answered in the last second, this one included."""
    limit: int

    @property
    def exceeded(self) -> bool:
        """Whether this request is one too many."""
        return self.used > self.limit

    @property
    def remaining(self) -> int:
        """What the caller may still send in this second."""
        return max(0, self.limit - self.used)


class Pace:
    """Counts requests; safe to share between threads."""

    def __init__(self, without_key: int | None = WITHOUT_KEY, with_key: int | None = WITH_KEY) -> None:
        """Limits in requests a second; None or 0 is no limit (the headers then show the whole limit as remaining)."""
        self._limits = (without_key or None, with_key or None)
        self._moments: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def count(self, caller: str, *, keyed: bool, now: float) -> Count:
        """Count one request of ``caller`` at ``now`` (seconds of a steady clock)."""
        limit = self._limits[keyed]
        if limit is None:
            return Count(0, WITH_KEY if keyed else WITHOUT_KEY)
        with self._lock:
            moments = self._moments.setdefault(caller, deque())
            if len(self._moments) > _CALLERS_KEPT:
                del self._moments[next(iter(self._moments))]
            while moments and now - moments[0] >= _WINDOW:
                moments.popleft()
            if len(moments) < limit:
                moments.append(now)
                return Count(len(moments), limit)
            return Count(limit + 1, limit)

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._moments.clear()
