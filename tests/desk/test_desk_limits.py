"""How often one address may ask the desk: a sliding window, counted rightly by many threads at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from litwatch.desk.access import Limiter


def test_a_limiter_counts_in_a_sliding_window_and_forgets_the_quiet() -> None:
    clock = [0.0]
    limiter = Limiter(2, 10, now=lambda: clock[0])
    assert [limiter.admit("a") for _ in range(3)] == [True, True, False]
    assert limiter.admit("b")
    clock[0] = 10.0
    assert limiter.admit("a")
    limiter._KEYS = 3  # type: ignore[misc]
    for key in "cdefgh":
        limiter.admit(key)
    assert len(limiter._seen) == 3


def test_a_limit_holds_however_many_threads_ask_at_once() -> None:
    def now() -> float:
        os.sched_yield()  # lets another thread in between the look and the count
        return 0.0

    limiter = Limiter(100, 10, now=now)
    with ThreadPoolExecutor(8) as threads:
        admitted = list(threads.map(lambda _: limiter.admit("a"), range(400)))
    assert sum(admitted) == 100
