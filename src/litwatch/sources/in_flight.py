"""Several requests in flight: callables run in threads, their results come in the order in which they were given.

A source that answers after half a second is otherwise asked twice a second, whatever its limit. How often it is asked
is the source's own matter (``entrez.rate_limit``); how many wait for their answers at once is decided here.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import ContextVar, copy_context
from itertools import chain, islice
from typing import TypeVar

from litwatch.decisions.completeness import is_outage
from litwatch.model.errors import SourceError, SourceRefused

IN_FLIGHT = 8
"""Requests that wait for their answers at once. NCBI allows 10 a second with a key, so that 8 suffice for answers that
take 0.8 s; each costs a thread and a connection."""

_T = TypeVar("_T")
_R = TypeVar("_R")


class Cancelled(BaseException):
    """Raised in a request's own thread when nobody waits for its answer any more."""


class _Flight:
    """What is needed to end the requests of one call early."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._lock = threading.Lock()
        self._closers: dict[object, Callable[[], object]] = {}

    def add(self, closer: Callable[[], object]) -> object:
        key = object()
        with self._lock:
            self._closers[key] = closer
        if self.cancelled.is_set():
            closer()
        return key

    def remove(self, key: object) -> None:
        with self._lock:
            self._closers.pop(key, None)

    def cancel(self) -> None:
        self.cancelled.set()
        with self._lock:
            closers = list(self._closers.values())
        for closer in closers:
            closer()


_FLIGHT: ContextVar[_Flight | None] = ContextVar("litwatch_flight", default=None)
_MOST: ContextVar[int] = ContextVar("litwatch_most_in_flight", default=IN_FLIGHT)


@contextmanager
def one_after_the_other() -> Iterator[None]:
    """Have nothing in flight beside anything else: for a clock that only pauses move, and that one thread's pause would
    move while another's request is on its way.
    """
    token = _MOST.set(1)
    try:
        yield
    finally:
        _MOST.reset(token)


def ask_in_flight(
    asks: Iterable[Callable[[], _T]], *, most: int = IN_FLIGHT
) -> Generator[_T | SourceError, None, None]:
    """What each of ``asks`` returns, in their order, ``most`` of them at a time; a SourceError is a result.

    ``asks`` is drawn from as results are taken, so that no more than ``most`` results wait, and whoever makes the asks
    can end them by what came before. Any other error is raised in its turn. Whatever ends this early, an interrupt too,
    ends what is in flight: no thread is left behind. Close the iterator where not all of it is taken.
    """
    most = min(most, _MOST.get())
    coming = iter(asks)
    ahead = list(islice(coming, 2)) if most > 1 else []
    if len(ahead) < 2:
        for ask in chain(ahead, coming):
            yield _outcome(ask)
        return
    yield from _fly(chain(ahead, coming), most)


def ask_until_outage(asks: Iterable[Callable[[], _T]], *, most: int = IN_FLIGHT) -> list[_T | SourceError]:
    """As ``ask_in_flight``, all results; after a refusal or in an outage the rest is not asked and shares the error."""
    waiting = list(asks)
    results: list[_T | SourceError] = []
    failures, end = 0, None

    def until_outage() -> Iterator[Callable[[], _T]]:
        for ask in waiting:
            if end is not None:
                return
            yield ask

    with closing(ask_in_flight(until_outage(), most=most)) as outcomes:
        for result in outcomes:
            results.append(result)
            failures = failures + 1 if isinstance(result, SourceError) else 0
            if isinstance(result, SourceError) and is_outage(failures, refused=isinstance(result, SourceRefused)):
                end = end or result
    if end is not None:
        results += [end] * (len(waiting) - len(results))
    return results


def ask_beside(ask: Callable[[], _T], meanwhile: Callable[[], _R]) -> tuple[_T, _R]:
    """What ``ask`` returns, and what ``meanwhile`` does in this thread while that is asked.

    Raises what either raises; then the requests of ``ask`` are ended, too.
    """
    if _MOST.get() == 1:
        return ask(), meanwhile()
    flight = _Flight()
    pool = ThreadPoolExecutor(1, thread_name_prefix="request")
    with closing_when_cancelled(flight.cancel):
        try:
            waiting = pool.submit(copy_context().run, _run, flight, ask)
            done = meanwhile()
            answer = waiting.result()
        except BaseException:
            flight.cancel()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    if isinstance(answer, SourceError):
        raise answer
    return answer, done


def pause(seconds: float) -> None:
    """Sleep, and end with the flight that this thread belongs to. Raises Cancelled."""
    flight = _FLIGHT.get()
    if flight is None:
        time.sleep(seconds)
    elif flight.cancelled.wait(seconds):
        raise Cancelled


def end_if_cancelled() -> None:
    """Raise Cancelled where nobody waits for this thread's answer any more."""
    flight = _FLIGHT.get()
    if flight is not None and flight.cancelled.is_set():
        raise Cancelled


@contextmanager
def closing_when_cancelled(close: Callable[[], object]) -> Iterator[None]:
    """Have ``close`` called, from another thread, if the flight is cancelled meanwhile: it ends a wait for bytes."""
    flight = _FLIGHT.get()
    if flight is None:
        yield
        return
    key = flight.add(close)
    try:
        yield
    finally:
        flight.remove(key)


def _fly(asks: Iterator[Callable[[], _T]], most: int) -> Generator[_T | SourceError, None, None]:
    flight = _Flight()
    waiting: deque[Future[_T | SourceError]] = deque()
    pool = ThreadPoolExecutor(most, thread_name_prefix="request")
    with closing_when_cancelled(flight.cancel):
        try:
            while True:
                while len(waiting) < most and (ask := next(asks, None)) is not None:
                    waiting.append(pool.submit(copy_context().run, _run, flight, ask))
                if not waiting:
                    break
                yield waiting.popleft().result()
        except BaseException:
            flight.cancel()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _run(flight: _Flight, ask: Callable[[], _T]) -> _T | SourceError:
    _FLIGHT.set(flight)
    end_if_cancelled()
    return _outcome(ask)


def _outcome(ask: Callable[[], _T]) -> _T | SourceError:
    try:
        return ask()
    except SourceError as error:
        return error
