"""The flows under a real Prefect server with a real worker: schedules, an ad-hoc run, artifacts, failures.

One server and one worker serve the module. They keep their files in the test's folder, and the server listens on a
free port of loopback. A command of Prefect's costs a process that takes seconds to start: deploying, asking for a run
and the worker are commands here, as docs/operating.md gives them; the rest is asked of the server itself.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from litwatch.night.doors import open_store
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from litwatch.store import RunState, Store
from tests.nights import House, open_house

pytestmark = pytest.mark.flows

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds that a slow machine may take to start a server or to end a run; nobody waits for it on a good one."""
UNUSED = (
    "PREFECT_SERVER_UI_ENABLED",
    *(
        f"PREFECT_SERVER_SERVICES_{name}_ENABLED"
        for name in (
            "CANCELLATION_CLEANUP", "EVENT_PERSISTER", "FOREMAN", "LATE_RUNS", "PAUSE_EXPIRATIONS", "REPOSSESSOR",
            "TRIGGERS",
        )
    ),
)  # fmt: skip
"""Parts of the server that no test asks anything of, and that cost it as much as all it is asked."""


@dataclass
class Prefect:
    """A running Prefect server with its worker, and how to talk to it."""

    environment: dict[str, str]
    house: House
    server: httpx.Client

    def command(self, *arguments: str) -> None:
        """One ``prefect …`` command that must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def read(self, what: str, **body: Any) -> list[dict[str, Any]]:
        """Rows of one of the server's collections."""
        return list(self._json("POST", f"{what}/filter", body))

    def ask(self, deployment: str, **parameters: Any) -> httpx.Response:
        """The server's answer to who asks for a run; while its database is busy it answers 503."""
        (found,) = self.read("deployments", deployments={"name": {"any_": [deployment]}})

        def answered() -> httpx.Response | None:
            answer = self.server.post(f"deployments/{found['id']}/create_flow_run", json={"parameters": parameters})
            return answer if answer.status_code < 500 else None

        asked: httpx.Response = wait_for(answered, "the server's answer")
        assert asked.status_code < 400, asked.text
        return asked

    def command_run(self, deployment: str, *parameters: str) -> dict[str, Any]:
        """Ask for a run by command, and give the run as the server has it at its end."""
        given = [word for parameter in parameters for word in ("--param", parameter)]
        self.command("deployment", "run", f"{deployment}/{deployment}", *given)
        # The scheduler adds the schedule's own runs at any moment; the one that was asked for is not among them.
        runs = [run for run in self.read("flow_runs") if not run["auto_scheduled"]]
        return self.end_of(max(runs, key=lambda run: str(run["created"]))["id"])

    def end_of(self, run: str) -> dict[str, Any]:
        """The run as the server has it once the worker has taken it and it has ended."""

        def ended() -> dict[str, Any] | None:
            found = dict(self._json("GET", f"flow_runs/{run}"))
            return found if found["state_type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} else None

        return dict(wait_for(ended, "the run's end"))

    def _json(self, method: str, what: str, body: object = None) -> Any:
        answer = self.server.request(method, what, json=body)
        answer.raise_for_status()
        return answer.json()


def wait_for(what: Callable[[], Any], why: str) -> Any:
    """Ask again until there is an answer; fail loudly when there is none in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{why} did not happen within {PATIENCE:.0f} s")


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    folder = tmp_path_factory.mktemp("prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open_house(folder) as house:
        settings = house.settings()
        open_store(settings)
        url = f"http://127.0.0.1:{port}/api"
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "LITWATCH_"))
        }
        environment |= {
            "LITWATCH_HOME": str(PROJECT),
            "LITWATCH_REHEARSAL": "1",
            "LITWATCH_QUERIES": str(settings.queries),
            "LITWATCH_REPORTS": str(settings.reports),
            "LITWATCH_STORE": str(settings.store),
            "LITWATCH_MAIL_FOLDER": str(settings.mail_folder),
            "LITWATCH_EMAIL": "tests@example.org",
            "LITWATCH_EUTILS": house.pubmed.base,
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_API_URL": url,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            **dict.fromkeys(UNUSED, "false"),
            "DO_NOT_TRACK": "1",
            "PYTHONWARNINGS": "ignore",
            "NO_COLOR": "1",
        }
        with httpx.Client(base_url=url, timeout=30) as client, ExitStack() as started:

            def start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
                log = started.enter_context((folder / f"{name}.log").open("wb"))
                process = started.enter_context(
                    subprocess.Popen(
                        [sys.executable, "-m", "prefect", *arguments],
                        cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                    )
                )  # fmt: skip
                started.callback(os.killpg, process.pid, signal.SIGKILL)
                return process

            server = start("server", "server", "start", "--host", "127.0.0.1", "--port", str(port))

            def healthy() -> bool:
                assert server.poll() is None, (folder / "server.log").read_text()
                try:
                    return client.get("health").status_code == 200
                except httpx.HTTPError:
                    return False

            wait_for(healthy, "the server's start")
            client.post("work_pools/", json={"name": "litwatch", "type": "process"}).raise_for_status()
            running = Prefect(environment, house, client)
            running.command("--no-prompt", "deploy", "--all")
            start("worker", "worker", "start", "--pool", "litwatch", "--name", "tests")
            yield running


def test_a_deployed_schedule_creates_its_runs(prefect: Prefect) -> None:
    def scheduled() -> list[dict[str, Any]]:
        return prefect.read("flow_runs", flows={"name": {"any_": ["nightly"]}},
                            flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}})  # fmt: skip

    runs = wait_for(scheduled, "the scheduler's first run")
    assert all(run["auto_scheduled"] for run in runs)


def test_every_flow_is_deployed_and_only_the_nightly_has_a_schedule(prefect: Prefect) -> None:
    found = {d["name"]: len(d["schedules"]) for d in prefect.read("deployments")}
    assert found == {"nightly": 1, "check-article": 0, "send-digests": 0}


def test_the_ad_hoc_flow_has_a_form_that_a_person_can_fill_in(prefect: Prefect) -> None:
    (deployment,) = [d for d in prefect.read("deployments") if d["name"] == "check-article"]
    form = deployment["parameter_openapi_schema"]
    assert form["required"] == ["article"]
    # Another test of this module adds naps and takes it away again; the form is renewed by the next night.
    assert {"sleep"} <= set(form["properties"]["article"]["enum"]) <= {"naps", "sleep"}, "the articles that there are"
    assert form["properties"]["article"]["description"]
    assert form["properties"]["send_digest"]["type"] == "boolean"


def test_an_ad_hoc_run_ends_and_leaves_a_report_to_read(prefect: Prefect) -> None:
    mails = prefect.house.mails()
    run = prefect.command_run("check-article", "article=sleep", f"today={DEMONSTRATION_TODAY}")
    assert run["state_type"] == "COMPLETED", run["state"]
    artifacts = {a["key"]: a for a in prefect.read("artifacts", artifacts={"flow_run_id": {"any_": [run["id"]]}})}
    assert set(artifacts) == {"check", "progress", "report-sleep"}
    assert artifacts["progress"]["data"] == 100
    assert "retracted" in str(artifacts["report-sleep"]["data"]).lower()
    assert prefect.house.mails() == mails, "an ad-hoc run sends nothing unless asked"
    assert run["name"] == "check sleep"
    assert "1 article surveyed" in run["state"]["message"]

    def steps() -> bool:
        found = prefect.read("task_runs", flow_runs={"id": {"any_": [run["id"]]}})
        return {each["name"] for each in found} == {"search: sleep", "fetch: sleep", "decide: sleep", "publish"}

    assert wait_for(steps, "the record of the night's steps")


def test_a_nightly_run_that_could_not_search_ends_as_failed_and_says_why(prefect: Prefect) -> None:
    """An article that came after the deployment is offered by the form all the same.

    A redirect is one of the faults that no further try could mend, so nobody waits for tries.
    """
    prefect.house.pubmed.faults.set(["redirect-elsewhere"])
    prefect.house.write_topic("naps")
    try:
        asked = prefect.ask("nightly", today=DEMONSTRATION_TODAY.isoformat())
        run = prefect.end_of(asked.json()["id"])
    finally:
        prefect.house.pubmed.faults.set(())
        (prefect.house.folder / "queries" / "naps.yaml").unlink()
    assert run["state_type"] == "FAILED"
    assert "sleep: " in run["state"]["message"]
    assert "Traceback" not in run["state"]["message"]
    assert run["name"] == f"nightly {DEMONSTRATION_TODAY}"
    lines = [each["message"] for each in prefect.read("logs", logs={"flow_run_id": {"any_": [run["id"]]}})]
    assert any("HTTP 307" in line for line in lines), "litwatch's own warnings stand in the run's log"
    (deployment,) = [d for d in prefect.read("deployments") if d["name"] == "check-article"]
    assert deployment["parameter_openapi_schema"]["properties"]["article"]["enum"] == ["naps", "sleep"]


def test_who_asks_for_an_article_that_does_not_exist_is_told_in_a_sentence(prefect: Prefect) -> None:
    asked = prefect.ask("check-article", article="Slep")
    run = prefect.end_of(asked.json()["id"])
    assert run["state_type"] == "FAILED"
    assert run["state"]["message"] == "There is no article named 'Slep'. Did you mean sleep?"


@pytest.mark.slow
def test_a_night_that_comes_late_is_skipped_once_a_later_one_has_done_its_work(prefect: Prefect) -> None:
    """The worker was away for two nights: the second one is done, and the first has nothing left to do."""
    (deployment,) = prefect.read("deployments", deployments={"name": {"any_": ["nightly"]}})
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": yesterday}}
    settings = prefect.house.settings()
    store = Store(settings.store)
    store.finish_run(store.start_run("nightly", datetime.now(UTC)), RunState.SUCCEEDED, at=datetime.now(UTC))
    asked = prefect.server.post(f"deployments/{deployment['id']}/create_flow_run", json={"state": state})
    run = prefect.end_of(asked.json()["id"])
    assert (run["state_type"], run["state"]["name"]) == ("COMPLETED", "Skipped")
    assert "began after this night was due" in run["state"]["message"]


@pytest.mark.parametrize("file", ["prefect.yaml", "prefect.shards.yaml"])
def test_the_deployments_name_flows_that_exist_and_that_older_deployments_find(file: str) -> None:
    written = yaml.safe_load((PROJECT / file).read_text())
    for deployment in written["deployments"]:
        module, _, name = deployment["entrypoint"].rpartition(".")
        assert f"def {name}(" in (PROJECT / "src" / f"{module.replace('.', '/')}.py").read_text()
        assert f"import {name}" in (PROJECT / "flows" / f"{module.rpartition('.')[2]}.py").read_text()
