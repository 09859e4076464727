"""The nightly flow: every watched article surveyed, reports written, digests handed over.

The work is ``litwatch.night``'s and the audit trail is in the store; this file gives it a schedule, steps that can be
seen, a log and artifacts that an editor can read in Prefect's UI. Prefect must not retry it: the night has retries of
its own. Where LITWATCH_SHARDS names a folder, the articles are surveyed by the workers of other machines
(``litwatch_flows.shard_workers``).
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from typing import Any

from prefect import flow
from prefect.exceptions import FailedRun
from prefect.runtime import flow_run
from prefect.states import Completed

from litwatch.config.settings import read_settings
from litwatch.model.errors import LitwatchError
from litwatch.night.doors import open_doors
from litwatch.night.missed_nights import find_later_night
from litwatch.night.night_outcome import NightSummary
from litwatch.night.run_ends import tell_early_end
from litwatch.night.whole_night import run_night
from litwatch_flows.article_form import offer_articles
from litwatch_flows.artifacts import tell_log
from litwatch_flows.run_states import end_as
from litwatch_flows.shard_workers import PrefectWorkers
from litwatch_flows.visible_steps import VisibleSteps, log_in_run


def _name_run() -> str:
    day = flow_run.parameters.get("today") or flow_run.scheduled_start_time.astimezone().date()
    return f"nightly {day}"


def _find_later_night() -> str | None:
    with suppress(LitwatchError):  # what is wrong with the settings is told by the night
        return find_later_night(read_settings(os.environ), flow_run.scheduled_start_time)
    return None


@flow(name="nightly", flow_run_name=_name_run, log_prints=False, validate_parameters=True)
def nightly(today: date | None = None, new_store: bool = False) -> NightSummary:  # noqa: FBT001
    """Survey every watched article, write the reports and send the digests.

    A scheduled run that comes late, after a night that began later has done its work, is skipped.

    Args:
        today: The day to survey as of; leave it empty for today. Another day is for rehearsals only.
        new_store: Make the store first, on the very first night; `litwatch init` does the same.
    """
    if today is None and (later := _find_later_night()) is not None:
        said = f"Skipped: {later} began after this night was due, and has done its work."
        skipped: Any = Completed(name="Skipped", message=said)
        return skipped  # type: ignore[no-any-return]
    with log_in_run(), tell_early_end("nightly", os.environ):
        settings = read_settings(os.environ)
        doors = open_doors(settings, new_store=new_store)
        workers = PrefectWorkers() if settings.shards else None
        summary = run_night(doors, as_of=today, on_step=tell_log, workers=workers, steps=VisibleSteps())
        offer_articles(settings)
    return end_as(summary, settings)  # type: ignore[no-any-return]


if __name__ == "__main__":
    try:
        nightly()
    except (LitwatchError, FailedRun) as error:
        raise SystemExit(f"nightly: {error}") from None
