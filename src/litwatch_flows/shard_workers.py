"""A sharded night under Prefect: a task for each shard, with a worker's run behind it, and one that merges.

A shard whose run fails, crashes (its worker died) or takes too long is given to a worker again, under another name of
its attempt, so that only one of them counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from prefect import get_run_logger, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.deployments import run_deployment
from prefect.futures import as_completed
from prefect.states import Cancelled, Cancelling

from litwatch.night.shards import ShardEnd, ShardOrder
from litwatch_flows.visible_steps import time_limit

_T = TypeVar("_T")

DEPLOYMENT = "survey-shard/survey-shard"
TRIES = 3
PENDING_AT_MOST = 600.0
"""Seconds for which a worker may have a run without starting it: one that died then leaves no other sign."""
_EVERY = 2.0
"""Seconds between two looks at a run."""


class ShardLost(Exception):
    """An attempt at a shard did not end as it should; the task tries again."""


@task(
    name="shard",
    task_run_name="shard {order.number} of {order.of}",
    retries=TRIES - 1,
    retry_delay_seconds=[1, 30],
    tags=["litwatch", "shard"],
    cache_policy=NO_CACHE,
)
def send_shard(order: ShardOrder) -> ShardEnd:
    """Have a worker survey the shard. Raises ShardLost."""
    attempt = f"try-{uuid4().hex[:12]}"
    run: Any = run_deployment(
        DEPLOYMENT,
        parameters={
            "folder": order.folder,
            "night": order.night,
            "number": order.number,
            "of": order.of,
            "articles": order.articles,
            "attempt": attempt,
        },
        timeout=0,
        tags=["litwatch", "shard"],
    )
    _wait_for(run.id, time_limit(order.articles))
    return ShardEnd(order.number, attempt)


def _wait_for(run: UUID, limit: float) -> None:
    deadline, pending_since = time.monotonic() + limit, None
    with get_client(sync_client=True) as client:
        while True:
            state = client.read_flow_run(run).state
            if state is None or not state.is_pending():
                pending_since = None
            elif pending_since is None:
                pending_since = time.monotonic()
            elif time.monotonic() - pending_since > PENDING_AT_MOST:
                client.set_flow_run_state(run, Cancelled(), force=True)
                raise ShardLost("its worker took it and did not start it")
            if state is not None and state.is_final():
                if state.is_completed():
                    return
                raise ShardLost(f"its run ended as {state.name}: {state.message or 'no reason is known'}")
            if time.monotonic() > deadline:
                client.set_flow_run_state(run, Cancelling())
                raise ShardLost(f"its run took longer than {limit:.0f} s and was cancelled")
            time.sleep(_EVERY)


@task(name="merge", retries=2, retry_delay_seconds=30, tags=["litwatch", "store"], cache_policy=NO_CACHE)
def merge_night(step: Callable[[], Any]) -> Any:
    """Merge the shards into the store: all of them in one transaction, or none."""
    return step()


class PrefectWorkers:
    """The workers of the pool ``litwatch-shards``; used inside a flow."""

    def survey(self, orders: Sequence[ShardOrder]) -> Sequence[ShardEnd]:
        """Send the shards out and wait for all; one that failed too often ends with its error."""
        progress: Any = create_progress_artifact(progress=0, key="shards", description=f"{len(orders)} shards")
        asked = list(send_shard.map(orders))
        by_run = {future.task_run_id: order for future, order in zip(asked, orders, strict=True)}
        ends = []
        for future in as_completed(asked):
            order = by_run[future.task_run_id]
            try:
                ends.append(future.result())
            except Exception as error:  # noqa: BLE001 - whatever it is, the shard's articles are told as failed
                get_run_logger().error("shard %d of %d: %s", order.number, order.of, error)
                ends.append(ShardEnd(order.number, None, str(error)))
            update_progress_artifact(progress, progress=100 * len(ends) / len(orders))
        return ends

    def merge(self, step: Callable[[], _T]) -> _T:
        """Do the merge as a task."""
        merged: Any = merge_night(step)
        return cast("_T", merged)
