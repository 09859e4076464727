"""The nightly flow: every watched article surveyed, reports written, digests handed over.

The work is ``litwatch.night``'s and the audit trail is in the store; this file gives it a schedule, a log and
artifacts that an editor can read in Prefect's UI. Prefect must not retry it: the night has retries of its own. Where
LITWATCH_SHARDS names a folder, the articles are surveyed by the workers of other machines
(``litwatch_flows.shard_workers``).
"""

from __future__ import annotations

import os
from datetime import date

from prefect import flow

from litwatch.config.settings import read_settings
from litwatch.model.errors import LitwatchError
from litwatch.night.doors import open_doors
from litwatch.night.run_ends import tell_early_end
from litwatch.night.whole_night import NightSummary, run_night
from litwatch_flows.artifacts import leave_artifacts, tell_log
from litwatch_flows.shard_workers import PrefectWorkers


class NightFailed(Exception):
    """A part of the night failed; the run must end as failed, although the rest was done."""


@flow(name="nightly", log_prints=False, validate_parameters=True)
def nightly(today: date | None = None, new_store: bool = False) -> NightSummary:  # noqa: FBT001
    """Survey every watched article, write the reports and send the digests.

    Args:
        today: The day to survey as of; leave it empty for today. Another day is for rehearsals only.
        new_store: Make the store first, on the very first night; `litwatch init` does the same.
    """
    with tell_early_end("nightly", os.environ):
        doors = open_doors(read_settings(os.environ), new_store=new_store)
        workers = PrefectWorkers() if doors.settings.shards else None
        summary = run_night(doors, as_of=today, on_step=tell_log, workers=workers)
    return finish(summary)


def finish(summary: NightSummary) -> NightSummary:
    """Leave artifacts; raise NightFailed when any part failed, so that the schedule goes red."""
    leave_artifacts(summary)
    if not summary.ok:
        raise NightFailed(summary.failure or "see the run's artifact")
    return summary


if __name__ == "__main__":
    try:
        nightly()
    except (LitwatchError, NightFailed) as error:
        raise SystemExit(f"nightly: {error}") from None
