"""How much of an answer is read, and for how long: no source may fill the memory or hold up a night."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from litwatch.model.errors import SourceRefused, SourceUnavailable


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The limits of one answer, redirects and repeats included; the time runs from here."""

    name: str
    """What is read, for messages; never an address that may hold a secret."""
    most_bytes: int
    """After decompression, where there is one."""
    seconds: float
    again: str = "the next run asks again"
    monotonic: Callable[[], float] = time.monotonic
    deadline: float = field(init=False)
    """In ``monotonic``'s seconds."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "deadline", self.monotonic() + self.seconds)

    def read(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks as they come; raises as ``check``."""
        size = 0
        for chunk in chunks:
            size += len(chunk)
            self.check(size)
            yield chunk

    def check(self, size: int) -> None:
        """Raise SourceRefused beyond the bytes (a person must look), SourceUnavailable beyond the time."""
        if size > self.most_bytes:
            raise SourceRefused(f"{self.name} sent more than {self.most_bytes:,} bytes; check the address")
        if self.monotonic() > self.deadline:
            raise SourceUnavailable(
                f"{self.name} was too slow, and not whole after {self.seconds:,.0f} seconds; {self.again}"
            )
