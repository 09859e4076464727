"""The steps of a night, so that whoever runs it can show them, limit their time and try the harmless ones again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar

_T = TypeVar("_T")


class NightStep(StrEnum):
    """A step. Search, fetch and decide come once for each batch of articles."""

    SEARCH = "search"
    FETCH = "fetch"
    DECIDE = "decide"
    """Save what was found, decide, and publish what changed, a few articles in a transaction."""
    PUBLISH = "publish"
    """The pages about all articles."""
    DELIVER = "deliver"
    """Digests are composed, queued and handed over."""

    @property
    def is_repeatable(self) -> bool:
        """Whether the step may be done again after it broke off: it keeps nothing that doing it twice would double."""
        return self in {NightStep.SEARCH, NightStep.FETCH, NightStep.PUBLISH}


class NightSteps(Protocol):
    """Does the steps of one night."""

    def expect(self, articles: int) -> None:
        """Be told of how many articles are to be surveyed, before the first step."""

    def do(self, step: NightStep, articles: Sequence[str], work: Callable[[], _T]) -> _T:
        """Do the work of a step about these articles (none: about all) and give its result.

        Raises what the work raises.
        """


class PlainSteps:
    """Steps that are done and not shown."""

    def expect(self, articles: int) -> None:
        """As of ``NightSteps``."""

    def do(self, step: NightStep, articles: Sequence[str], work: Callable[[], _T]) -> _T:  # noqa: ARG002
        """As of ``NightSteps``."""
        return work()


PLAIN_STEPS = PlainSteps()
