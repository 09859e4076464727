"""No source may fill the memory or hold up a night."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from litwatch.model.errors import SourceRefused, SourceUnavailable
from litwatch.sources.body_limits import BodyLimits


def endless(taken: list[int]) -> Iterator[bytes]:
    while True:
        taken.append(1)
        yield b"x" * 10


def test_what_stays_within_the_limits_passes_as_it_came() -> None:
    limits = BodyLimits("the feed", 4, 60, monotonic=lambda: 0.0)
    assert list(limits.read([b"ab", b"", b"cd"])) == [b"ab", b"", b"cd"]


def test_a_body_without_end_is_given_up_at_the_first_chunk_too_many_and_a_person_must_look() -> None:
    taken: list[int] = []
    with pytest.raises(SourceRefused, match=r"^the feed sent more than 25 bytes; check the address$"):
        list(BodyLimits("the feed", 25, 60, monotonic=lambda: 0.0).read(endless(taken)))
    assert len(taken) == 3


def test_a_body_that_drips_is_given_up_when_its_time_is_over_counted_from_the_first_request() -> None:
    clock = iter([100.0, 130.0, 160.0, 160.5])
    taken: list[int] = []
    limits = BodyLimits("the table", 999, 60, "come again", lambda: next(clock))
    with pytest.raises(SourceUnavailable, match="the table was too slow, and not whole after 60 seconds; come again"):
        list(limits.read(endless(taken)))
    assert len(taken) == 3
