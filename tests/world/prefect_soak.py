"""Ninety nights under a real Prefect, some of them cut off: ``python -m tests.world.prefect_soak [--nights 90]``.

A site is made by ``litwatch init`` and deployed by its ``deploy.sh``; Prefect's server and worker are the real ones,
and every night is a run of the nightly deployment for a day of its own. On some nights PubMed answers nothing; on some
the worker and the run are killed together, as a power cut does it: nobody helps then but a new worker and Prefect's own
automation. Beside it, the same nights are done in this process without any fault.
It fails where

* a night does not end as it should: completed, failed with its reason, or crashed by the automation alone,
* a later good night does not bring the store to where the undisturbed one is,
* a mail goes out twice, or the undisturbed site tells of a paper of which no mail here does,
* the store's check finds anything, or a run is still running or late at the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path
from random import Random
from typing import Any

import httpx

from litwatch.night.doors import open_store
from litwatch.standin import Corpus, StandIn
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.nights import House

BIN = Path(sys.executable).parent
PATIENCE = 900.0
"""Seconds that a busy machine may take for a step."""
ARTICLES = 6
HEARTBEAT = 30
"""Seconds between two heartbeats of a run: the fewest that Prefect allows."""
SILENCE = 3 * HEARTBEAT
"""A run that sent none for so long is dead."""
CUT, NO_PUBMED = 0.12, 0.12
"""How often a night is cut off, and how often PubMed does not answer."""
ENDS = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def wait_for(what: Callable[[], Any], why: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.3)
    raise AssertionError(f"{why} did not happen within {PATIENCE:.0f} s")


def kill_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass
class PrefectSite:
    """A site as ``litwatch init`` makes it, with Prefect's server and a worker."""

    folder: Path
    environment: dict[str, str]
    server: httpx.Client
    stack: ExitStack
    worker: subprocess.Popen[bytes] | None = None
    found: list[str] = field(default_factory=list)

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        log = self.stack.enter_context((self.folder.parent / f"{name}.log").open("ab"))
        process = subprocess.Popen(
            [str(BIN / words[0]), *words[1:]],
            cwd=self.folder, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.stack.callback(kill_group, process)
        return process

    def run(self, *words: str) -> str:
        done = subprocess.run(
            words, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start_worker(self) -> None:
        self.worker = self.start("worker", "prefect", "worker", "start", "--pool", "litwatch", "--name", "soak")

    def is_healthy(self) -> bool:
        try:
            return self.server.get("health").status_code == 200
        except httpx.HTTPError:
            return False

    def ask(self, day: date) -> str:
        """Ask for the night of a day; the run's id."""
        found = self.server.get("deployments/name/nightly/nightly").raise_for_status().json()
        body = {"parameters": {"today": day.isoformat()}}

        def asked() -> Any:
            answer = self.server.post(f"deployments/{found['id']}/create_flow_run", json=body)
            return answer.json() if answer.status_code < 300 else None  # 503 while the server's database is busy

        return str(wait_for(asked, "the server's answer")["id"])

    def state_of(self, run: str) -> dict[str, Any]:
        return dict(self.server.get(f"flow_runs/{run}").raise_for_status().json()["state"])

    def end_of(self, run: str) -> dict[str, Any]:
        wait_for(lambda: self.state_of(run)["type"] in ENDS, f"the end of run {run}")
        return self.state_of(run)

    def process_of(self, run: str) -> int:
        """The process that does a run; 0 while there is none."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment, status = (process / "environ").read_bytes(), (process / "stat").read_text()
            except OSError:
                continue
            parent = int(status.rpartition(")")[2].split()[1])
            if f"FLOW_RUN_ID={run}".encode() in environment and self.worker and parent == self.worker.pid:
                return int(process.name)
        return 0

    def cut_power(self, run: str, seconds: float) -> None:
        """Kill the worker and the run's process together, so long after the process began; then start a worker."""
        process = int(wait_for(lambda: self.process_of(run), "the run's process"))
        time.sleep(seconds)
        assert self.worker is not None
        for each in (self.worker.pid, process):
            with suppress(ProcessLookupError):  # a short night may be over
                os.kill(each, signal.SIGKILL)
        self.worker.wait()
        self.start_worker()


@contextmanager
def open_site(folder: Path, pubmed: StandIn) -> Iterator[PrefectSite]:
    """A deployed site with a server and a worker, in an empty folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "LITWATCH_"))}
    site = folder / "site"
    environment = kept | {
        "LITWATCH_HOME": str(site),
        "LITWATCH_REHEARSAL": "1",
        "LITWATCH_EUTILS": pubmed.base,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
    }
    subprocess.run([BIN / "litwatch", "init", site, "--email", "tests@example.org"], check=True, env=kept,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    for example in (site / "queries").iterdir():
        example.unlink()
    automations = site / "automations.yaml"
    automations.write_text(automations.read_text().replace("within: 400", f"within: {SILENCE}"))
    with httpx.Client(base_url=environment["PREFECT_API_URL"], timeout=60) as client, ExitStack() as stack:
        opened = PrefectSite(site, environment, client, stack)
        opened.start("server", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        wait_for(opened.is_healthy, "the server's start")
        opened.run("sh", "deploy.sh")
        for schedule in client.get("deployments/name/nightly/nightly").json()["schedules"]:
            opened.run(str(BIN / "prefect"), "deployment", "schedule", "pause", "nightly/nightly", schedule["id"])
        opened.start_worker()
        yield opened


def episodes(house: House) -> Counter[tuple[str, str, int]]:
    """What the store holds open or ended: article, kind and paper of each change."""
    with house_store(house) as con:
        return Counter(con.execute("SELECT topic, kind, pmid FROM episode").fetchall())


def mailed(house: House) -> list[tuple[Any, ...]]:
    """Article and paper of all that the mails told as new."""
    question = "SELECT DISTINCT episode.topic, pmid FROM mail_news JOIN episode ON id = episode"
    with house_store(house) as con:
        return list(con.execute(question).fetchall())


def mail_files(house: House) -> list[Path]:
    return sorted((house.folder / "var" / "mail").glob("*.eml"))


@contextmanager
def house_store(house: House) -> Iterator[Any]:
    with open_store(house.settings())._reading() as con:
        yield con


def soak(folder: Path, nights: int, seed: int) -> list[str]:
    """Do the nights; what is wrong, a line each."""
    found: list[str] = []
    first = DEMONSTRATION_TODAY - timedelta(days=nights - 1)
    with (
        StandIn(Corpus(revisions()), today=first, rate=None) as pubmed,
        StandIn(Corpus(revisions()), today=first, rate=None) as calm,
        open_site(folder, pubmed) as site,
    ):
        here, there = House(site.folder, pubmed), House(folder / "undisturbed", calm)
        there.folder.mkdir()
        for house in (here, there):
            for number in range(ARTICLES):
                house.write_topic(f"sleep-{number}")
        whole = 0
        for number in range(nights):
            day, draw = first + timedelta(days=number), Random(f"{seed} {number}")
            pubmed.today = day
            lot = draw.random() if number < nights - 1 else 1.0
            began = time.monotonic()
            if lot < CUT:
                run = site.ask(day)
                site.cut_power(run, draw.uniform(0, 25))
                what, expected = "power cut", {"CRASHED", "COMPLETED"}
            elif lot < CUT + NO_PUBMED:
                pubmed.faults.set(["unavailable"])
                run = site.ask(day)
                what, expected = "no PubMed", {"FAILED"}
            else:
                run, what, expected = site.ask(day), "good", {"COMPLETED"}
            state = site.end_of(run)
            pubmed.faults.set(())
            there.night(day, as_of=day)
            took = time.monotonic() - began
            print(f"night {number + 1}, {day}: {what}, {state['type']} after {took:.0f} s: "
                  f"{str(state['message'])[:90]}", flush=True)  # fmt: skip
            if state["type"] not in expected:
                found.append(f"night {number + 1} ({what}) ended as {state['type']}: {state['message']}")
            if state["type"] == "FAILED" and "sleep-0" not in str(state["message"]):
                found.append(f"night {number + 1} failed without its reason: {state['message']}")
            if what == "good":
                whole += 1
                if odd := episodes(there) - episodes(here):
                    found.append(f"night {number + 1}: not known here: {sorted(odd)[:5]}")
        if missing := set(mailed(there)) - set(mailed(here)):
            found.append(f"no mail told of {sorted(missing)[:5]}")
        with house_store(here) as con:
            doubtful = con.execute("SELECT scope, state FROM outbox WHERE state <> 'sent'").fetchall()
        found += [f"mail {scope} is {state}" for scope, state in doubtful]
        files = Counter(message_from_bytes(file.read_bytes())["Message-ID"] for file in mail_files(here))
        found += [f"mail {name} went out {times} times" for name, times in files.items() if times > 1]
        checked = site.run(str(BIN / "litwatch"), "store", "check")
        print(checked.strip(), flush=True)
        print(site.run(str(BIN / "litwatch"), "status"), flush=True)
        left = site.server.post("flow_runs/filter", json={"flow_runs": {"state": {"type": {"any_": ["RUNNING"]}}}})
        found += [f"run {run['name']} is still {run['state_type']}" for run in left.json()]
        print(f"{whole} of {nights} nights were left undisturbed; store "
              f"{here.settings().store.stat().st_size / 1e6:.1f} MB", flush=True)  # fmt: skip
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--nights", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("var/prefect-soak"), help="emptied first")
    given = parser.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    broken = soak(given.folder.resolve(), given.nights, given.seed)
    print(f"seed {given.seed}: {given.nights} nights under Prefect, {len(broken)} broken promises")
    print("\n".join(broken))
    sys.exit(1 if broken else 0)
