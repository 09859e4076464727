"""What a Prefect server says of its schedule, asked by its HTTP API: whether nights will be run, when, and by whom.

litwatch needs no Prefect, so this asks with a plain HTTP client and believes nothing that is not there.
Source: Prefect's REST API reference (docs.prefect.io, "REST API").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litwatch.model.errors import OperatorError
from litwatch.model.text.phrases import count

NIGHT = "nightly"
"""The deployment's and the flow's name in prefect.yaml."""
SHARD = "survey-shard"
"""The deployment of prefect.shards.yaml."""
SHARD_POOL = "litwatch-shards"
TAG = "litwatch"
"""The tag of its deployments in prefect.yaml and so of their runs: another team's flow may be called the same."""
PATIENCE = 3.0
"""Seconds for each answer."""
LATE = timedelta(minutes=15)
"""A run that should have begun so long ago waits for a worker that does not come."""


class SchedulerUnwell(OperatorError):
    """Prefect will not run the nights; ``fix`` is a command that mends it."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule that works."""

    next_night: datetime
    workers: int
    """Workers of the pool that sent a heartbeat lately."""
    pool: str

    @property
    def sentence(self) -> str:
        """The schedule in a line."""
        several = "" if self.workers == 1 else "s"
        at = f"{self.next_night:%Y-%m-%d %H:%M}Z"
        return f"next night at {at}; {self.workers} worker{several} online in the pool {self.pool}"


def ask_scheduler(environment: Mapping[str, str], now: datetime) -> Schedule | None:
    """How the nights are scheduled; None where PREFECT_API_URL names no server.

    Raises SchedulerUnwell where the server does not answer, knows no ``nightly``, schedules nothing, or has no worker.
    """
    url = environment.get("PREFECT_API_URL")
    return None if not url else _ask(_Server(url, environment), now)


def _ask(server: _Server, now: datetime) -> Schedule:
    found = server.read("deployments/filter", {"deployments": {"name": {"any_": [NIGHT]}, "tags": {"all_": [TAG]}}})
    if not found:
        raise SchedulerUnwell(
            f"Prefect at {server.url} knows no deployment named {NIGHT} with the tag {TAG}",
            "prefect --no-prompt deploy --all",
        )
    deployment = found[0]
    ways = [each for each in deployment.get("schedules") or [] if each.get("active")]
    if deployment.get("paused") or not ways:
        how = "is paused" if deployment.get("paused") else "has no active schedule"
        raise SchedulerUnwell(
            f"Prefect schedules nothing: the deployment {NIGHT} {how}",
            f"prefect deployment schedule resume --all {NIGHT}/{NIGHT}" if ways else "prefect --no-prompt deploy --all",
        )
    waiting = server.read(
        "flow_runs/filter",
        {
            "deployments": {"id": {"any_": [deployment["id"]]}},
            "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": 20,
        },
    )
    due = [datetime.fromisoformat(run["expected_start_time"]) for run in waiting if run.get("expected_start_time")]
    coming = [at for at in due if at > now - LATE]
    if not coming:
        raise SchedulerUnwell(
            f"Prefect at {server.url} schedules nothing: {NIGHT} has an active schedule and no run is planned. Its"
            " scheduler does not work; its log says why (some versions of SQLAlchemy do this)",
            "prefect server start  # and look for errors of the Scheduler in what it prints",
        )
    pool = str(deployment.get("work_pool_name") or "")
    online = _count_online(server, pool)
    if not online:
        late = len(due) - len(coming)
        waits = f"; {late} night{' waits' if late == 1 else 's wait'} already" if late else ""
        raise SchedulerUnwell(
            f"no worker of the pool {pool or '?'} is online, so that no planned night is run{waits}",
            f"env --default-signal=INT prefect worker start --pool {pool or 'litwatch'}",
        )
    return Schedule(min(coming), online, pool)


def ask_shard_workers(environment: Mapping[str, str]) -> str | None:
    """Who surveys the shards of a night, in a line; None where PREFECT_API_URL names no server.

    Raises SchedulerUnwell where the server does not answer, knows no ``survey-shard``, or has no worker for it: a night
    would wait for one without a word.
    """
    url = environment.get("PREFECT_API_URL")
    if not url:
        return None
    server = _Server(url, environment)
    found = server.read("deployments/filter", {"deployments": {"name": {"any_": [SHARD]}, "tags": {"all_": [TAG]}}})
    if not found:
        raise SchedulerUnwell(
            f"Prefect at {server.url} knows no deployment named {SHARD} with the tag {TAG}: the shards of a night have"
            " nobody to go to",
            f"prefect work-pool create {SHARD_POOL} --type process\n"
            "prefect --no-prompt deploy --all --prefect-file prefect.shards.yaml",
        )
    pool = str(found[0].get("work_pool_name") or SHARD_POOL)
    online = _count_online(server, pool)
    if not online:
        raise SchedulerUnwell(
            f"no worker of the pool {pool} is online, so that a night waits with its shards until one comes",
            f"env --default-signal=INT prefect worker start --pool {pool} --limit 1",
        )
    return f"{count(online, 'worker')} online in the pool {pool}"


def _count_online(server: _Server, pool: str) -> int:
    workers = server.read(f"work_pools/{pool}/workers/filter", {}) if pool else []
    return sum(worker.get("status") == "ONLINE" for worker in workers)


FLOWS = ("nightly", "check-article", "send-digests", "survey-shard")
"""The flows whose runs are litwatch's own."""
_PAGE = 200
"""Rows of one of the server's answers, which is its own limit."""


def forget_runs(environment: Mapping[str, str], before: datetime, *, dry_run: bool = False) -> int:
    """Remove litwatch's runs that ended before that moment, with their artifacts; how many of both that are.

    0 where PREFECT_API_URL names no server. Raises SchedulerUnwell.
    """
    url = environment.get("PREFECT_API_URL")
    if not url:
        return 0
    server = _Server(url, environment)
    seen: set[str] = set()
    removed = 0
    while True:
        old = server.read(
            "flow_runs/filter",
            {
                "flows": {"name": {"any_": list(FLOWS)}},
                "flow_runs": {
                    "tags": {"all_": [TAG]},
                    "end_time": {"before_": before.isoformat()},
                    "state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}},
                },
                "limit": _PAGE,
                "offset": len(seen) if dry_run else 0,
            },
        )
        new = [run for run in old if run["id"] not in seen]
        if not new:  # nothing is left, or nothing that can be removed
            return removed
        seen.update(run["id"] for run in new)
        for run in new:
            made = server.read("artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}})
            removed += 1 + len(made)
            if not dry_run:
                for artifact in made:
                    server.send("DELETE", f"artifacts/{artifact['id']}")
                server.send("DELETE", f"flow_runs/{run['id']}")


class _Server:
    """One Prefect server; every fault is a SchedulerUnwell."""

    def __init__(self, url: str, environment: Mapping[str, str]) -> None:
        self.url = url.rstrip("/")
        key, login = environment.get("PREFECT_API_KEY"), environment.get("PREFECT_API_AUTH_STRING")
        self._login = (login.partition(":")[0], login.partition(":")[2]) if login else None
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def read(self, what: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of one of the server's collections."""
        return list(self.send("POST", what, body))

    def send(self, method: str, what: str, body: Mapping[str, Any] | None = None) -> Any:
        """One request; its answer from JSON, None where it has no body."""
        import httpx  # noqa: PLC0415 - most commands ask no server

        try:
            answer = httpx.request(
                method,
                f"{self.url}/{what}",
                json=body,
                headers=self._headers,
                auth=self._login,
                timeout=PATIENCE,
                follow_redirects=False,
            )
            answer.raise_for_status()
            return answer.json() if answer.content else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            status = f"HTTP {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else ""
            raise SchedulerUnwell(
                f"Prefect's server at {self.url} does not answer ({status or type(error).__name__}): no night is"
                " planned or run while it is away",
                "prefect server start",
            ) from None
