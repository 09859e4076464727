"""Asking NCBI politely: paced, repeated only where that may help, and with an error that a person can act on.

One policy for every E-utility: full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS 2015), at least NCBI's
own Retry-After, at most a minute. This module refuses to know what is asked: the caller's ``read`` judges the body.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from litwatch.entrez.answers import check_status
from litwatch.entrez.pacer import GAP, GAP_WITH_KEY, Pacer
from litwatch.entrez.settings import EntrezSettings
from litwatch.entrez.transport import Transport, Unusable, Utility
from litwatch.errors import SourceRefused, SourceUnavailable, SweepIncomplete

_FIRST_DELAY = 1.0
_LONGEST_DELAY = 60.0
"""Seconds; a longer Retry-After is cut to this, and the tries then end with an error that says so."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Timepiece:
    """Everything that passes or measures time, so that tests need not wait for it."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds, the same clock for every process of the machine."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    """From 0 up to 1."""


class AnswerTooLarge(SourceUnavailable):
    """The answer is beyond the body limit: whoever can, asks for less at a time."""


class Asker:
    """Sends requests to NCBI for everything else in this package."""

    def __init__(self, settings: EntrezSettings, timepiece: Timepiece) -> None:
        self.settings = settings
        self.timepiece = timepiece
        self._transport = Transport(settings, monotonic=timepiece.monotonic)
        gap = GAP_WITH_KEY if settings.api_key else GAP
        self._pacer = Pacer(settings.pace_file, gap, monotonic=timepiece.monotonic, sleep=timepiece.sleep)

    def ask(self, utility: Utility, read: Callable[[bytes], _T], **parameters: str) -> _T:
        """What ``read`` makes of the first usable answer.

        Raises SourceRefused (a person must act), SweepIncomplete (fewer ids than announced, every time),
        AnswerTooLarge, and SourceUnavailable (no usable answer in all tries).
        """
        attempt = 0
        while True:
            attempt += 1
            self._pacer.wait()
            try:
                answer = self._transport.send(utility, parameters)
                return read(check_status(answer, self.timepiece.now()))
            except Unusable as error:
                unusable = error
            except SourceRefused as error:
                raise SourceRefused(f"NCBI refused {utility}: {self.settings.mask(str(error))}") from None
            reason = self.settings.mask(unusable.reason)
            _log.warning("%s, try %d: %s", utility, attempt, reason)
            if unusable.limited:
                self._pacer.hold(min(unusable.wait or _FIRST_DELAY, _LONGEST_DELAY))
            if not unusable.again or attempt >= self.settings.tries:
                kind = (
                    SweepIncomplete if unusable.short else AnswerTooLarge if unusable.too_large else SourceUnavailable
                )
                raise kind(
                    f"NCBI gave no usable answer to {utility} (tries: {attempt}); the last time: {reason}. "
                    "Nothing is lost: the next run asks again."
                ) from None
            self.timepiece.sleep(self._delay(attempt, unusable))

    def _delay(self, attempt: int, unusable: Unusable) -> float:
        jitter = self.timepiece.random() * min(_LONGEST_DELAY, _FIRST_DELAY * 2.0**attempt)
        return max(jitter, min(unusable.wait or 0.0, _LONGEST_DELAY))
