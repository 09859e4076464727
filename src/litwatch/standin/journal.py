"""What the stand-in was asked: one entry a request, in order, with the API key masked, for tests to read.

The API key never reaches an entry.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from litwatch.standin.web import Request

MASK: Final = "***"
_KEPT: Final = 100_000
_LONGEST_VALUE: Final = 200_000
_SECRET: Final = frozenset({"api_key"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and what it got."""

    number: int
    """From 1, over all utilities."""
    at: float
    """Seconds of the stand-in's steady clock: differences are spacings, the value itself means nothing."""
    today: str
    """The stand-in's own day, ISO."""
    method: str
    utility: str
    """``esearch``, ``efetch``, … or the path of anything else."""
    parameters: Mapping[str, tuple[str, ...]]
    status: int
    size: int
    """Bytes of the answer's body before coding."""
    fault: str | None
    """Name of the fault that this answer suffered."""

    def get(self, name: str) -> str:
        """The first value of a parameter, or an empty string."""
        return self.parameters.get(name, ("",))[0]

    @property
    def ids(self) -> tuple[str, ...]:
        """The identifiers of the request, one by one."""
        return tuple(part for value in self.parameters.get("id", ()) for part in value.split(",") if part)


class Journal:
    """The last 100,000 requests; safe to share between threads."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._number = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())

    def add(self, request: Request, *, at: float, today: str, status: int, size: int, fault: str | None) -> None:
        """Enter one request with what it got."""
        parameters = {
            name: (MASK,) * len(values)
            if name.lower() in _SECRET
            else tuple(value[:_LONGEST_VALUE] for value in values)
            for name, values in request.parameters.items()
        }
        with self._lock:
            self._number += 1
            utility = request.utility if "/eutils/" in request.path else request.path
            self._entries.append(
                Entry(self._number, at, today, request.method, utility, parameters, status, size, fault)
            )

    def entries(self, utility: str | None = None) -> tuple[Entry, ...]:
        """Every entry in order, or those of one utility."""
        with self._lock:
            return tuple(entry for entry in self._entries if utility in (None, entry.utility))

    def as_json(self) -> list[dict[str, Any]]:
        """Every entry as plain values."""
        return [asdict(entry) for entry in self.entries()]

    def clear(self) -> None:
        """Start again at number 1."""
        with self._lock:
            self._entries.clear()
            self._number = 0
