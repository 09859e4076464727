"""NCBI's history server: sets of UIDs under a WebEnv and a query key, forgotten when nobody has used them for a while.

WebEnv has today's form, ``MCID_`` and 24 hexadecimal digits. NLM states no lifetime; eight hours is one of the figures
that public code assumes, and a client must not depend on any.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

LIFETIME: Final = timedelta(hours=8)
_SESSIONS_KEPT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One query of a session."""

    key: int
    pmids: tuple[int, ...]
    """In the order of the search, or as posted."""
    translation: str


@dataclass(slots=True)
class _Session:
    used: datetime
    queries: dict[int, Kept] = field(default_factory=dict)


class History:
    """Every session; safe to share between threads."""

    def __init__(self, seed: int, lifetime: timedelta = LIFETIME) -> None:
        self.lifetime = lifetime
        self._random = random.Random(seed)  # noqa: S311 - names, not secrets
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.Lock()

    def keep(self, web_env: str, pmids: tuple[int, ...], translation: str, *, now: datetime) -> tuple[str, int]:
        """Keep a set under ``web_env``, or under a new one where it is empty or forgotten; returns (WebEnv, key)."""
        with self._lock:
            session = self._alive(web_env, now)
            if session is None:
                web_env = f"MCID_{self._random.getrandbits(96):024x}"
                session = self._sessions[web_env] = _Session(now)
                if len(self._sessions) > _SESSIONS_KEPT:
                    del self._sessions[next(iter(self._sessions))]
            key = len(session.queries) + 1
            session.queries[key] = Kept(key, pmids, translation)
            return web_env, key

    def recall(self, web_env: str, key: str, *, now: datetime) -> Kept | None:
        """The set under a key, or None where NCBI would say "Unable to obtain query"."""
        with self._lock:
            session = self._alive(web_env, now)
            if session is None or not (key.isascii() and key.isdigit() and len(key) < 10):
                return None
            return session.queries.get(int(key))

    def clear(self) -> None:
        """Forget every session."""
        with self._lock:
            self._sessions.clear()

    def _alive(self, web_env: str, now: datetime) -> _Session | None:
        session = self._sessions.get(web_env)
        if session is None:
            return None
        if now - session.used > self.lifetime:
            del self._sessions[web_env]
            return None
        session.used = max(session.used, now)
        return session
