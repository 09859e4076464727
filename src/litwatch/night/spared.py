"""One article's mistake or surprise must not cost the others their night; what the operator mends ends it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from litwatch.model.errors import EditorError, OperatorError, SourceError
from litwatch.report.contents import FailedTopic
from litwatch.sources.in_flight import ask_in_flight

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Spare:
    """Does a step for one topic; a topic whose step fails is among ``failed``, and the others go on."""

    failed: list[FailedTopic] = field(default_factory=list)

    def __call__(self, slug: str, step: Callable[[], _T]) -> _T | None:
        """What the step returns, or None where it failed. Raises OperatorError."""
        try:
            return step()
        except OperatorError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, ``note`` tells it
            self.note(slug, error)
        return None

    def in_flight(self, steps: Iterable[tuple[str, Callable[[], _T]]]) -> list[_T | None]:
        """The same for many topics' steps, several at a time; their results in order. Raises OperatorError."""

        def ask(slug: str, step: Callable[[], _T]) -> tuple[_T | None]:
            return (self(slug, step),)  # in a tuple: what a step returns may be an error, and that is no failure here

        done = ask_in_flight(partial(ask, slug, step) for slug, step in steps)
        return [each[0] for each in done if not isinstance(each, SourceError)]

    def note(self, slug: str, error: Exception) -> None:
        """Put down why a topic's step failed, once a topic; the log gets what only developers can mend."""
        if any(each.slug == slug for each in self.failed):
            return
        if isinstance(error, EditorError):
            self.failed.append(FailedTopic(slug, str(error)))
            return
        _log.error("%s could not be surveyed", slug, exc_info=error)
        what = f"an error in litwatch itself ({type(error).__name__}); the log has the details for its developers"
        self.failed.append(FailedTopic(slug, what, for_editor=False))
