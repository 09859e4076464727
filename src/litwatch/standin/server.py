"""The stand-in itself: a PubMed on this machine's loopback, with a clock that can be set and faults that can be chosen.

``with StandIn(corpus, today=…) as standin:`` starts it on a free port; ``standin.url`` is what to put in place of
``https://eutils.ncbi.nlm.nih.gov``. Everything may be changed while it runs, from any thread. It listens on loopback
unless told otherwise.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

from litwatch.standin import control, wire
from litwatch.standin.corpus import Corpus
from litwatch.standin.ecitmatch import ecitmatch
from litwatch.standin.efetch import efetch, epost
from litwatch.standin.egquery import egquery
from litwatch.standin.einfo import einfo, espell
from litwatch.standin.elink import elink
from litwatch.standin.esearch import esearch
from litwatch.standin.esummary import esummary
from litwatch.standin.fault import Fault
from litwatch.standin.faults import Plan
from litwatch.standin.faults_wire import key_invalid, rate_limited
from litwatch.standin.history import LIFETIME, History
from litwatch.standin.journal import Journal
from litwatch.standin.occasion import Occasion
from litwatch.standin.pace import WITH_KEY, WITHOUT_KEY, Count, Pace
from litwatch.standin.web import Answer, Request, json_answer

Utility = Callable[[Occasion], Answer]

_EUTILS: Final = "/entrez/eutils"
_UTILITIES: Final[Mapping[str, Utility]] = MappingProxyType(
    {
        f"{_EUTILS}/einfo.fcgi": einfo,
        f"{_EUTILS}/esearch.fcgi": esearch,
        f"{_EUTILS}/epost.fcgi": epost,
        f"{_EUTILS}/esummary.fcgi": esummary,
        f"{_EUTILS}/efetch.fcgi": efetch,
        f"{_EUTILS}/elink.fcgi": elink,
        f"{_EUTILS}/espell.fcgi": espell,
        f"{_EUTILS}/egquery.fcgi": egquery,
        f"{_EUTILS}/ecitmatch.cgi": ecitmatch,
    }
)


class StandIn:
    """One running stand-in."""

    def __init__(
        self,
        corpus: Corpus,
        *,
        today: date,
        faults: Collection[str] | None = None,
        seed: int = 0,
        rate: int | None = WITHOUT_KEY,
        rate_with_key: int | None = WITH_KEY,
        keys: Collection[str] | None = None,
        strict: bool = False,
        history_lifetime: timedelta = LIFETIME,
        routes: Mapping[str, Utility] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        anywhere: bool = False,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare a stand-in; nothing listens before ``start`` or ``with``.

        ``faults``: specifications as ``Plan.set`` reads them; None or empty means none at all. ``rate`` and
        ``rate_with_key``: requests a second, None or 0 for no limit, and no limit without a
        key is none with one. ``keys``: the API keys that are valid; None takes any
        but an empty one. ``strict``: refuse requests without tool and email. ``routes``: further addresses, by the
        beginning of their path. ``port`` 0 takes a free one. ``steady``: the clock of the rate limit, in seconds.
        Raises SettingsError for an unknown fault.
        """
        self.corpus = corpus
        self.journal = Journal()
        self.faults = Plan(seed)
        self.faults.set(faults or ())
        self.strict = strict
        self.keys = None if keys is None else frozenset(keys)
        self.pace = Pace(rate, rate_with_key if rate else None)
        self._routes = dict(routes or {})
        self._steady = steady
        self._host, self._port, self._anywhere = host, port, anywhere
        self._lock = threading.Lock()
        self._now = datetime.combine(today, clock_time(12), UTC)
        self._history = History(seed, history_lifetime)
        self._names = random.Random(seed)  # noqa: S311 - names, not secrets
        self._server: wire.Server | None = None
        self._thread: threading.Thread | None = None

    # Starting and stopping

    def start(self) -> Self:
        """Listen, in a thread of its own.

        Raises SettingsError for an address beyond loopback and OSError for a taken port.
        """
        site = wire.Site(self.answer, lambda: self.now, self._identifier)
        self._server = wire.Server(self._host, self._port, site, anywhere=self._anywhere)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="stand-in")
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and end every connection; a second call does nothing."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None:
            server.stop()
        if thread is not None:
            thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Scheme, host and port, to stand in place of ``https://eutils.ncbi.nlm.nih.gov``."""
        if self._server is None:
            raise RuntimeError("the stand-in is not running")
        host = self._server.server_name
        return f"http://{f'[{host}]' if ':' in host else host}:{self._server.server_port}"

    @property
    def base(self) -> str:
        """The address under which the utilities stand, with a slash at its end."""
        return f"{self.url}{_EUTILS}/"

    # Its clock

    @property
    def now(self) -> datetime:
        """The stand-in's moment, UTC; it stands still until it is moved."""
        with self._lock:
            return self._now

    @property
    def today(self) -> date:
        """The stand-in's day."""
        return self.now.date()

    @today.setter
    def today(self, day: date) -> None:
        with self._lock:
            self._now = datetime.combine(day, clock_time(12), UTC)

    def advance(self, time_passed: timedelta) -> None:
        """Let time pass; a negative span turns the clock back."""
        with self._lock:
            self._now += time_passed

    def reset(self) -> None:
        """Forget every request, every session and every caller's pace. Clock and faults stay."""
        self.journal.clear()
        self._history.clear()
        self.pace.clear()

    # Answering

    def answer(self, request: Request) -> Answer:
        """Answer one request, as the wire does for each that arrives."""
        if request.path.startswith("/standin"):
            return control.answer(self, request)
        utility = _UTILITIES.get(request.path) or self._route(request.path)
        if utility is None or request.method not in ("GET", "POST", "HEAD"):
            return wire.not_found()
        at = self._steady()
        fault: Fault | None = None
        if request.path in _UTILITIES:
            count = self._count(request, at)
            answer = self._refused(request, count)
            if answer is None:
                answer, fault = self._served(request, utility)
            answer = replace(answer, headers={**_paced(count), **answer.headers})
        else:
            answer = utility(self._occasion(request, None, self._names))
        self.journal.add(
            request,
            at=at,
            today=self.today.isoformat(),
            status=answer.status,
            size=len(answer.body),
            fault=fault.name if fault else None,
        )
        return answer

    def _served(self, request: Request, utility: Utility) -> tuple[Answer, Fault | None]:
        fault, chance = self.faults.strike(request.utility)
        occasion = self._occasion(request, fault, chance)
        answer = utility(occasion)
        if fault is not None and fault.change is not None:
            answer = fault.change(answer, occasion, chance)
        return answer, fault

    def _occasion(self, request: Request, fault: Fault | None, chance: random.Random) -> Occasion:
        now = self.now
        view = self.corpus.at(now.date())

        def bend(kind: str, value: Any) -> Any:
            change = fault.bends.get(kind) if fault is not None else None
            return value if change is None else change(value, view, chance)

        return Occasion(request, view, now.date(), now, self._history, bend)

    def _route(self, path: str) -> Utility | None:
        fitting = [start for start in self._routes if path.startswith(start)]
        return self._routes[max(fitting, key=len)] if fitting else None

    def _count(self, request: Request, at: float) -> Count:
        key = request.get("api_key")
        return self.pace.count(key or request.address, keyed=bool(key), now=at)

    def _refused(self, request: Request, count: Count) -> Answer | None:
        occasion = self._occasion(request, None, self._names)
        key = request.get("api_key")
        if "api_key" in request.parameters and (not key or (self.keys is not None and key not in self.keys)):
            return key_invalid(occasion)
        if count.exceeded:
            return rate_limited(occasion, count.used, count.limit)
        if self.strict and not (request.get("tool") and re.fullmatch(r"[^@\s]+@[^@\s]+", request.get("email"))):
            missing = [name for name in ("tool", "email") if not request.get(name)] or ["email"]
            return json_answer({"error": f"strict mode: {' and '.join(missing)} missing or no address"}, status=400)
        return None

    def _identifier(self, digits: int) -> str:
        with self._lock:
            return f"{self._names.getrandbits(4 * digits):0{digits}X}"


def _paced(count: Count) -> dict[str, str]:
    return {"X-RateLimit-Limit": str(count.limit), "X-RateLimit-Remaining": str(count.remaining)}
