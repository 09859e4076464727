"""A night's steps as Prefect's tasks, with names, tags, time limits and a progress bar; and litwatch's log in its run.

A task runs in the flow's own process and thread, because the store has one writer. Harmless steps are tried once more.
Saving and sending are not: the next night does what this one left undone (docs/reliability.md).
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from prefect import get_run_logger, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE

from litwatch.config.settings import secrets_in
from litwatch.model.text.hidden_secrets import hide_secrets
from litwatch.model.text.phrases import count
from litwatch.night.log_lines import listening
from litwatch.night.night_steps import NightStep

_T = TypeVar("_T")

SECONDS_AN_ARTICLE, SECONDS_AT_LEAST = 60, 1800
"""A first look at an article takes some ten requests and a second of work, and NCBI may answer slowly for an hour."""


def time_limit(articles: int) -> int:
    """Seconds that a step, or a shard, of so many articles may take."""
    return SECONDS_AT_LEAST + SECONDS_AN_ARTICLE * articles


@task(cache_policy=NO_CACHE, persist_result=False)
def _do(work: Callable[[], None]) -> None:
    work()


class VisibleSteps:
    """The steps of the night that a flow's run is doing; used inside a flow."""

    def __init__(self) -> None:
        self._articles = 0
        self._decided = 0
        self._progress: Any = None

    def expect(self, articles: int) -> None:
        """As of ``NightSteps``."""
        self._articles = articles
        self._progress = create_progress_artifact(
            progress=0, key="progress", description=f"Of {count(articles, 'article')}, decided so far"
        )

    def do(self, step: NightStep, articles: Sequence[str], work: Callable[[], _T]) -> _T:
        """As of ``NightSteps``."""
        done: list[_T] = []
        name = f"{step}: {_say(articles)}" if articles else str(step)
        cast("Any", _do).with_options(
            name=str(step),
            task_run_name=name,
            tags=["litwatch", str(step)],
            retries=1 if step.is_repeatable else 0,
            retry_delay_seconds=30,
            timeout_seconds=time_limit(len(articles) or self._articles),
        )(lambda: done.append(work()))
        if step is NightStep.DECIDE:
            self._decided += len(articles)
            update_progress_artifact(self._progress, progress=100 * self._decided / max(self._articles, 1))
        return done[-1]


def _say(articles: Sequence[str]) -> str:
    return articles[0] if len(articles) == 1 else f"{articles[0]} to {articles[-1]} ({len(articles)})"


class _RunLog(logging.Handler):
    """Hands litwatch's log lines to the log of a run, from whichever thread they come.

    Prefect keeps them in its database and shows them to others, so that they hold no secrets; of an error the place in
    the code and what it says.
    """

    def __init__(self, run: Any, secrets: tuple[str, ...]) -> None:
        super().__init__(logging.INFO)
        self._run, self._secrets = run, secrets

    def emit(self, record: logging.LogRecord) -> None:
        """Hand over one line."""
        said = hide_secrets(record.getMessage(), self._secrets)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            said = f"{said}\n{frames}{hide_secrets(repr(error), self._secrets)}"
        self._run.log(record.levelno, "%s", said)


@contextmanager
def log_in_run(run: Any = None) -> Iterator[None]:
    """For the time being, what litwatch logs stands in the flow run's log.

    ``run`` is that log; None is the one of the run that is under way. Prefect prints that log; its root logger would
    print each line once more, with the secrets.
    """
    litwatch = logging.getLogger("litwatch")
    propagate, litwatch.propagate = litwatch.propagate, False
    try:
        with listening(_RunLog(run or get_run_logger(), secrets_in(os.environ))):
            yield
    finally:
        litwatch.propagate = propagate
