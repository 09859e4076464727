"""Nights as real processes: ``python -m tests.faults.night_process`` imports once, then forks a child for each night.

One JSON line in, one out: {"folder", "eutils", "days": [[iso day, kind], …], "kill_after": seconds or null, "limit"}
→ {"elapsed", "statuses"}. The children of one line run side by side; ``kill_after`` seconds after the start they get
SIGKILL, which no process can survive or notice. ``limit`` is RLIMIT_FSIZE in bytes, a disk that is full.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from litwatch.config.settings import Settings
from litwatch.model.errors import LitwatchError
from litwatch.night.doors import Doors, open_store
from litwatch.night.whole_night import run_night
from litwatch.sources.entrez import Entrez, EntrezSettings, Timepiece

GOOD, INCOMPLETE, REFUSED = 0, 1, 2


def spend(folder: Path, eutils: str, day: date, kind: str, smtp: int | None) -> int:
    """One night; its exit status."""
    settings = Settings(
        queries=folder / "queries",
        reports=folder / "reports",
        store=folder / "var" / "litwatch.duckdb",
        mail_folder=folder / "mail",
        store_wait=60.0,
        email="ward@example.org",
        eutils=eutils,
        sender="ward@example.org",
        **({"smtp_host": "127.0.0.1", "smtp_port": smtp, "smtp_security": "none"} if smtp else {}),
    )
    at = datetime.combine(day, clock_time(5, 30), UTC)
    entrez = Entrez(
        EntrezSettings(email="ward@example.org", base_url=eutils, tries=3, pace_file=folder / "var" / "litwatch.pace"),
        timepiece=Timepiece(now=lambda: at, sleep=lambda _: None),
    )
    try:
        doors = Doors(settings, open_store(settings), entrez, lambda _: (), lambda: at)
        only = ("sleep",) if kind == "check" else ()
        summary = run_night(doors, kind=kind, only=only, send_mail=kind == "nightly")
    except LitwatchError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return REFUSED
    if not summary.ok:
        print(summary.failure, file=sys.stderr)
    return GOOD if summary.ok else INCOMPLETE


def _fork(order: dict[str, Any], day: str, kind: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 99
    try:
        if order.get("limit"):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], order["limit"]))
        status = spend(Path(order["folder"]), order["eutils"], date.fromisoformat(day), kind, order.get("smtp"))
    finally:
        os._exit(status)


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        started = time.monotonic()
        pids = [_fork(order, *night) for night in order["days"]]
        statuses = {}
        while len(statuses) < len(pids):
            if order.get("kill_after") is not None and time.monotonic() - started >= order["kill_after"]:
                for pid in set(pids) - set(statuses):
                    os.kill(pid, signal.SIGKILL)
                order["kill_after"] = None
            for pid in set(pids) - set(statuses):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    statuses[pid] = os.waitstatus_to_exitcode(status)
            time.sleep(0.001)
        told = {"elapsed": time.monotonic() - started, "statuses": [statuses[pid] for pid in pids]}
        print(json.dumps(told), flush=True)


class Nursery:
    """The forking process, from the side of the tests."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.night_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        self.log = log

    def run(self, folder: Path, eutils: str, *days: tuple[date, str], **how: Any) -> tuple[float, list[int]]:
        """Elapsed seconds and each night's exit status, negative for a signal."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"folder": str(folder), "eutils": eutils, "days": [[d.isoformat(), kind] for d, kind in days], **how}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return told["elapsed"], told["statuses"]

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._log.close()


if __name__ == "__main__":
    main()
