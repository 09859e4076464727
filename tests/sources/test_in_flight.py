"""Requests in flight: results in order, at most so many at once, and no thread left behind whatever ends them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import ContextVar

import pytest

from litwatch.model.errors import OutputFailed, SourceRefused, SourceUnavailable
from litwatch.sources.in_flight import (
    Cancelled,
    ask_beside,
    ask_in_flight,
    ask_until_outage,
    closing_when_cancelled,
    one_after_the_other,
    pause,
)

PATIENCE = 20.0
"""Seconds after which a test that hangs fails; none waits for it."""


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("request")]


def answering(value: int) -> Callable[[], int]:
    return lambda: value


def failing(error: Exception) -> Callable[[], int]:
    def ask() -> int:
        raise error

    return ask


def test_results_come_in_the_order_of_the_asks_whichever_is_answered_first() -> None:
    second_is_answered = threading.Event()

    def first() -> int:
        assert second_is_answered.wait(PATIENCE), "the second ask was not in flight beside the first"
        return 1

    def second() -> int:
        second_is_answered.set()
        return 2

    assert list(ask_in_flight([first, second, answering(3)])) == [1, 2, 3]


def test_no_more_than_so_many_are_in_flight_and_none_is_drawn_before_there_is_room() -> None:
    lock, now, most, drawn = threading.Lock(), 0, 0, 0

    def ask() -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.002)
        with lock:
            now -= 1
        return 0

    def asks() -> Iterator[Callable[[], int]]:
        nonlocal drawn
        for _ in range(30):
            drawn += 1
            yield ask

    with closing(ask_in_flight(asks(), most=3)) as results:
        for taken, _ in enumerate(results, 1):
            assert drawn <= taken + 2
    assert (most, drawn) == (3, 30)


def test_a_source_error_is_a_result_and_the_others_are_asked_all_the_same() -> None:
    down = SourceUnavailable("down")
    assert list(ask_in_flight([answering(1), failing(down), answering(3)])) == [1, down, 3]


@pytest.mark.parametrize("most", [1, 8])
def test_what_the_operator_must_mend_ends_all_and_leaves_no_thread(most: int) -> None:
    with pytest.raises(OutputFailed):
        list(ask_in_flight([answering(1), failing(OutputFailed("no pace file")), *[answering(2)] * 20], most=most))
    assert not threads()


def test_an_interrupt_ends_the_pauses_and_the_waits_for_bytes_of_all_threads() -> None:
    """As a signal in the main thread does, which waits for the first result."""
    closed, waiting, ends = threading.Event(), threading.Barrier(3), []

    def sleeper() -> int:
        waiting.wait(PATIENCE)
        try:
            pause(PATIENCE)
        except Cancelled:
            ends.append("sleeper")
            raise
        return 0

    def reader() -> int:
        with closing_when_cancelled(closed.set):
            waiting.wait(PATIENCE)
            ends.append("reader" if closed.wait(PATIENCE) else "timed out")
        return 0

    def interrupted() -> int:
        waiting.wait(PATIENCE)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(ask_in_flight([interrupted, sleeper, reader, *[answering(1)] * 9], most=3))
    assert sorted(ends) == ["reader", "sleeper"]
    assert not threads()


def test_whoever_stops_taking_results_leaves_no_thread() -> None:
    with closing(ask_in_flight([answering(1), lambda: pause(PATIENCE) or 2, answering(3)])) as results:  # type: ignore[func-returns-value]
        assert next(results) == 1
    assert not threads()


def test_a_flight_within_a_flight_is_cancelled_with_it() -> None:
    inner, ends = threading.Event(), []

    def pausing() -> int:
        inner.set()
        try:
            pause(PATIENCE)
        except Cancelled:
            ends.append("inner")
            raise
        return 0

    def outer() -> int:
        return len(list(ask_in_flight([pausing, answering(1)])))

    def interrupted() -> int:
        assert inner.wait(PATIENCE)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(ask_in_flight([interrupted, outer]))
    assert ends == ["inner"]
    assert not threads()


def test_an_ask_sees_the_context_of_its_caller() -> None:
    who: ContextVar[str] = ContextVar("who")
    who.set("the night")
    assert list(ask_in_flight([who.get, who.get])) == ["the night"] * 2


def test_where_only_pauses_move_the_clock_one_ask_follows_the_other() -> None:
    with one_after_the_other():
        assert list(ask_in_flight([threading.get_ident] * 3)) == [threading.get_ident()] * 3
    assert set(ask_in_flight([threading.get_ident] * 3)) != {threading.get_ident()}


def test_one_ask_alone_needs_no_thread() -> None:
    assert list(ask_in_flight([threading.get_ident])) == [threading.get_ident()]


@pytest.mark.parametrize("most", [1, 4])
def test_after_a_refusal_nothing_more_is_asked_and_the_rest_shares_the_error(most: int) -> None:
    asked = []

    def ask(number: int) -> Callable[[], int]:
        def refused() -> int:
            asked.append(number)
            raise SourceRefused("a wrong key")

        return refused

    results = ask_until_outage([ask(number) for number in range(40)], most=most)
    assert len(results) == 40
    assert {str(result) for result in results} == {"a wrong key"}
    assert len(asked) <= most


def test_two_failures_in_a_row_are_an_outage_and_one_is_not() -> None:
    down = SourceUnavailable("down")
    asks = [failing(down), answering(2), failing(down), failing(down), answering(5)]
    assert ask_until_outage(asks, most=1) == [down, 2, down, down, down]


def test_what_is_asked_beside_something_else_is_asked_at_the_same_time() -> None:
    both = threading.Barrier(2)

    def meet(value: int) -> Callable[[], int]:
        def ask() -> int:
            both.wait(PATIENCE)
            return value

        return ask

    assert ask_beside(meet(1), meet(2)) == (1, 2)
    assert not threads()


def test_an_error_on_either_side_is_raised_and_ends_the_other() -> None:
    with pytest.raises(SourceRefused):
        ask_beside(failing(SourceRefused("no")), answering(2))
    with pytest.raises(OutputFailed):
        ask_beside(lambda: pause(PATIENCE), failing(OutputFailed("full")))
    assert not threads()


def test_with_nothing_in_flight_beside_anything_else_one_follows_the_other() -> None:
    order: list[str] = []
    with one_after_the_other():
        ask_beside(lambda: order.append(threading.current_thread().name), lambda: order.append("then"))
    assert order == ["MainThread", "then"]
