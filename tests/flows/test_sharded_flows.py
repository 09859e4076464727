"""A night by three workers that share nothing but Prefect's server, PostgreSQL and a folder; and what a death costs.

PostgreSQL is Debian's, run as an unprivileged user in the test's folder. Every worker has a folder of its own as its
machine. NCBI's part is played by one stand-in with NCBI's limits, so that its journal has what all machines asked.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from litwatch.night.doors import open_store
from litwatch.standin import Corpus, StandIn
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from litwatch.standin.pace import WITHOUT_KEY
from tests.nights import House

pytestmark = [pytest.mark.flows, pytest.mark.postgres, pytest.mark.slow]

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 600.0
"""Seconds that a busy machine may take for a step; nobody waits for it on a good one."""
ARTICLES = 6
FIRST = DEMONSTRATION_TODAY - timedelta(days=2)


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's programs."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/createdb"))
    found = str(places[-1]) if places else shutil.which("createdb")
    return Path(found).parent if found else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], why: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{why} did not happen within {PATIENCE:.0f} s")


@dataclass
class Cluster:
    """Server, database and workers."""

    folder: Path
    house: House
    environment: dict[str, str]
    server: httpx.Client
    stack: ExitStack
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """A Python process of its own group, with its log in the folder."""
        log = self.stack.enter_context((self.folder / f"{name}.log").open("ab"))
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=PROJECT, env=self.environment | environment,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.stack.callback(kill, process)
        return process

    def start_worker(self, name: str) -> None:
        """A machine with a worker of the pool for shards; it has a folder of its own."""
        self.workers[name] = self.start(
            f"worker-{name}", "-m", "prefect", "worker", "start", "--pool", "litwatch-shards", "--name", name,
            "--limit", "1", LITWATCH_STORE=str(self.folder / "machines" / name / "litwatch.duckdb"),
        )  # fmt: skip

    def start_night(self, day: date) -> subprocess.Popen[bytes]:
        """The nightly flow, in a process of its own, on the machine that has the store."""
        imports = "from datetime import date; from litwatch_flows.nightly import nightly"
        code = f"{imports}; nightly(today=date({day:%Y, %-m, %-d}))"
        return self.start(f"night-{day}", "-c", code)

    def command(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def runs(self, flow: str) -> list[dict[str, Any]]:
        """The runs of a flow, oldest first."""
        body = {"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_ASC"}
        answer = self.server.post("flow_runs/filter", json=body)
        answer.raise_for_status()
        return list(answer.json())

    def running(self, night: subprocess.Popen[bytes], day: date) -> list[dict[str, Any]]:
        assert night.poll() is None, self.log(day)
        return [run for run in self.runs("survey-shard") if run["state_type"] == "RUNNING"]

    def machine_of(self, run: dict[str, Any]) -> tuple[str, int]:
        """The worker that does a run, and the process that it started for it; nothing before there is one."""
        workers = {worker.pid: name for name, worker in self.workers.items()}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment, status = (process / "environ").read_bytes(), (process / "stat").read_text()
            except OSError:
                continue
            parent = int(status.rpartition(")")[2].split()[1])
            if f"FLOW_RUN_ID={run['id']}".encode() in environment and parent in workers:
                return workers[parent], int(process.name)
        return "", 0

    def cut_power(self, run: dict[str, Any]) -> None:
        """Kill the worker that does a run together with the run's process."""
        name, process = wait_for(lambda: (found := self.machine_of(run))[1] and found, "the run's process")
        kill(self.workers.pop(name))
        os.kill(process, signal.SIGKILL)

    def log(self, day: date) -> str:
        return (self.folder / f"night-{day}.log").read_text()


def kill(process: subprocess.Popen[bytes]) -> None:
    """The whole group of a process, at once, as a power cut does."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a new PostgreSQL database for Prefect."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("PostgreSQL's programs (initdb, pg_ctl) are not installed")
    user = ["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []
    folder = Path("/tmp") / f"litwatch-postgres-{os.getpid()}"
    folder.mkdir(mode=0o700)
    if user:
        shutil.chown(folder, "nobody")
    port = free_port()

    def run(*command: object) -> None:
        subprocess.run([*map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    control = [*user, programs / "pg_ctl", "-D", folder / "data"]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        run(*user, programs / "initdb", "-D", folder / "data", "-U", "prefect", "-A", "trust")
        run(*control, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            run(programs / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "prefect", "prefect")
            yield f"postgresql+asyncpg://prefect@127.0.0.1:{port}/prefect"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def pubmed() -> Iterator[StandIn]:
    with StandIn(Corpus(revisions()), today=DEMONSTRATION_TODAY, rate=WITHOUT_KEY) as standin:
        yield standin


def furnish(folder: Path, pubmed: StandIn) -> House:
    folder.mkdir()
    house = House(folder, pubmed)
    for number in range(ARTICLES):
        house.write_topic(f"sleep-{number}")
    open_store(house.settings())
    return house


@pytest.fixture(scope="module")
def cluster(postgres: str, pubmed: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    house = furnish(folder / "house", pubmed)
    settings = house.settings()
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "LITWATCH_"))}
    environment |= {
        "LITWATCH_HOME": str(PROJECT),
        "LITWATCH_REHEARSAL": "1",
        "LITWATCH_QUERIES": str(settings.queries),
        "LITWATCH_REPORTS": str(settings.reports),
        "LITWATCH_STORE": str(settings.store),
        "LITWATCH_MAIL_FOLDER": str(settings.mail_folder),
        "LITWATCH_EMAIL": "tests@example.org",
        "LITWATCH_EUTILS": pubmed.base,
        "LITWATCH_SHARDS": str(folder / "shared"),
        "LITWATCH_SHARD_SIZE": "2",
        "LITWATCH_MACHINES": "3",
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
    }
    with httpx.Client(base_url=environment["PREFECT_API_URL"], timeout=30) as client, ExitStack() as stack:
        cluster = Cluster(folder, house, environment, client, stack)
        server = cluster.start(
            "server", "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port),
            PREFECT_API_DATABASE_CONNECTION_URL=postgres,
        )  # fmt: skip

        def healthy() -> bool:
            assert server.poll() is None, (folder / "server.log").read_text()
            try:
                return client.get("health").status_code == 200
            except httpx.HTTPError:
                return False

        wait_for(healthy, "the server's start")
        client.post("work_pools/", json={"name": "litwatch-shards", "type": "process"}).raise_for_status()
        cluster.command("--no-prompt", "deploy", "--all", "--prefect-file", "prefect.shards.yaml")
        patience = (PROJECT / "automations.yaml").read_text().replace("within: 400", "within: 90")
        (folder / "automations.yaml").write_text(patience)  # heartbeats come every 30 seconds here
        cluster.command("automation", "create", "--from-file", str(folder / "automations.yaml"))
        for name in ("one", "two", "three"):
            cluster.start_worker(name)
        yield cluster


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same site on one machine, with a PubMed of its own that sets no limit."""
    with StandIn(Corpus(revisions()), today=FIRST, rate=None) as standin:
        yield furnish(tmp_path_factory.mktemp("alone") / "house", standin)


def reports_of(house: House, day: date) -> dict[str, Any]:
    found = {}
    for file in sorted((house.folder / "reports").glob(f"*/{day}.json")):
        found[file.parent.name] = json.loads(file.read_text())
    return found


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two reports differ, each with both values; the moments of the searches are the clocks' own."""
    if place.endswith("/searched_at"):
        return []
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [line for key in keys for line in differences(one.get(key), other.get(key), f"{place}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [line for number, (a, b) in pairs for line in differences(a, b, f"{place}/{number}")]
    return [] if one == other else [f"{place}: {one!r} / {other!r}"]


def test_three_workers_do_a_night_as_one_machine_does(cluster: Cluster, alone: House, pubmed: StandIn) -> None:
    cluster.house.pubmed.today = FIRST
    alone.night(FIRST, as_of=FIRST)
    pubmed.journal.clear()
    night = cluster.start_night(FIRST)
    assert night.wait(PATIENCE) == 0, cluster.log(FIRST)
    runs = cluster.runs("survey-shard")
    assert [run["state_type"] for run in runs] == ["COMPLETED"] * 3
    assert {run["name"].split(" shard ")[1] for run in runs} == {"1 of 3", "2 of 3", "3 of 3"}
    assert differences(reports_of(cluster.house, FIRST), reports_of(alone, FIRST)) == []
    assert len(cluster.house.mails()) == len(alone.mails())
    # How fast they came depends on how busy this machine is; tests/sources/entrez/test_rate_limit.py counts the slots.
    assert {entry.status for entry in pubmed.journal} <= {200, 429}
    assert not [*(cluster.folder / "shared").rglob("*.*")], "what a night put into the folder goes when it is over"


def test_a_shard_whose_machine_dies_is_surveyed_again_by_another(
    cluster: Cluster, alone: House, pubmed: StandIn
) -> None:
    day = FIRST + timedelta(days=1)
    pubmed.today = day
    alone.night(day, as_of=day)
    before = len(cluster.runs("survey-shard"))
    night = cluster.start_night(day)
    running = wait_for(lambda: cluster.running(night, day), "a shard's start")
    cluster.cut_power(running[0])
    assert night.wait(PATIENCE) == 0, cluster.log(day)
    states = sorted(run["state_type"] for run in cluster.runs("survey-shard")[before:])
    assert states == ["COMPLETED"] * 3 + ["CRASHED"]
    assert differences(reports_of(cluster.house, day), reports_of(alone, day)) == []
    assert len(cluster.house.mails()) == len(alone.mails())
    cluster.start_worker("four")


def test_a_night_whose_writer_dies_is_merged_by_the_next_run(cluster: Cluster, alone: House, pubmed: StandIn) -> None:
    day = FIRST + timedelta(days=2)
    pubmed.today = day
    alone.night(day, as_of=day)
    before = len(cluster.runs("survey-shard"))
    night = cluster.start_night(day)
    wait_for(lambda: cluster.running(night, day), "a shard's start")
    kill(night)
    shared = cluster.folder / "shared"
    wait_for(lambda: len([*shared.rglob("done.json")]) == 3, "the end of all shards")
    again = cluster.start_night(day)
    assert again.wait(PATIENCE) == 0, cluster.log(day)
    assert len(cluster.runs("survey-shard")[before:]) == 3, "no shard is surveyed twice"
    assert differences(reports_of(cluster.house, day), reports_of(alone, day)) == []
    assert len(cluster.house.mails()) == len(alone.mails())
