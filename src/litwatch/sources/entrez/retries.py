"""Asking NCBI politely: paced, repeated only where that may help, and with an error that a person can act on.

One policy for every E-utility: full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS 2015), at least NCBI's
own Retry-After, at most a minute. Patience ends where NCBI is plainly down: many articles must not each wait for it.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from litwatch.model.errors import SourceRefused, SourceUnavailable, SweepIncomplete
from litwatch.model.text.safe_text import clip, visible
from litwatch.sources.entrez.rate_limit import Pacer, gap_between
from litwatch.sources.entrez.replies import check_status
from litwatch.sources.entrez.settings import EntrezSettings
from litwatch.sources.entrez.transport import Transport, Unusable, Utility
from litwatch.sources.in_flight import end_if_cancelled, pause

_FIRST_DELAY = 1.0
_LONGEST_DELAY = 60.0
"""Seconds; a longer Retry-After is cut to this, and the tries then end with an error that says so."""

_DOWN_AFTER = 3
"""Asks in a row that brought nothing in all their tries; from then on each ask has one try, until one succeeds."""

_LONGEST_MESSAGE = 160
"""Characters of the sentence that says that NCBI could not be reached; it stands in mails and tables."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Timepiece:
    """Everything that passes or measures time, so that tests need not wait for it."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds, the same clock for every process of the machine."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = pause
    random: Callable[[], float] = random.random
    """From 0 up to 1."""


class AnswerTooLarge(SourceUnavailable):
    """The answer is beyond the body limit: whoever can, asks for less at a time."""


class Asker:
    """Sends requests to NCBI for everything else in this package."""

    def __init__(self, settings: EntrezSettings, timepiece: Timepiece) -> None:
        self.settings = settings
        self.timepiece = timepiece
        gap = gap_between(with_key=settings.api_key is not None, machines=settings.machines)
        self._pacer = Pacer(settings.pace_file, gap, monotonic=timepiece.monotonic, sleep=timepiece.sleep)
        self._transport = Transport(settings, when_connected=self._pacer.wait, monotonic=timepiece.monotonic)
        self._lock = threading.Lock()
        self._fruitless = 0
        """Asks in a row, of all threads, that had every try and brought nothing."""

    def ask(self, utility: Utility, read: Callable[[bytes], _T], **parameters: str | list[str]) -> _T:
        """What ``read`` makes of the first usable answer.

        Raises SourceRefused (a person must act), SweepIncomplete (fewer ids than announced, every time),
        AnswerTooLarge, and SourceUnavailable (no usable answer in all tries, or in the only one while NCBI is down).
        """
        attempt = 0
        while True:
            attempt += 1
            end_if_cancelled()
            try:
                answer = self._transport.send(utility, parameters)
                found = read(check_status(answer, self.timepiece.now()))
            except Unusable as error:
                unusable = error
            except SourceRefused as error:
                raise SourceRefused(f"NCBI refused {utility}: {self.settings.mask(str(error))}") from None
            else:
                with self._lock:
                    self._fruitless = 0
                return found
            reason = self.settings.mask(unusable.reason)
            _log.warning("%s, try %d: %s", utility, attempt, reason)
            if unusable.limited:
                self._pacer.hold(min(unusable.wait or _FIRST_DELAY, _LONGEST_DELAY))
            with self._lock:
                down = self._fruitless >= _DOWN_AFTER
                last = down or not unusable.again or attempt >= self.settings.tries
                if last and unusable.again and not unusable.short:
                    self._fruitless += 1
            if last:
                kind = (
                    SweepIncomplete if unusable.short else AnswerTooLarge if unusable.too_large else SourceUnavailable
                )
                raise kind(self._say(utility, unusable, attempt, down=down)) from None
            self.timepiece.sleep(self._delay(attempt, unusable))

    def _say(self, utility: Utility, unusable: Unusable, attempt: int, *, down: bool) -> str:
        reason = self.settings.mask(unusable.reason)
        tries = f"tries: {attempt}{', after earlier failures' if down else ''}"
        if unusable.unreached:
            rest = f") could not be reached: {reason} ({tries}); the next run asks again."
            place = self.settings.mask(visible(self.settings.place))
            return f"NCBI ({clip(place, _LONGEST_MESSAGE - len(rest) - len('NCBI ('))}{rest}"
        return (
            f"NCBI gave no usable answer to {utility} ({tries}); the last time: {reason}. "
            "Nothing is lost: the next run asks again."
        )

    def _delay(self, attempt: int, unusable: Unusable) -> float:
        jitter = self.timepiece.random() * min(_LONGEST_DELAY, _FIRST_DELAY * 2.0**attempt)
        return max(jitter, min(unusable.wait or 0.0, _LONGEST_DELAY))
