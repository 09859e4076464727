"""Runs one litwatch command, of whichever checkout PYTHONPATH names, and writes what it cost.

``python -P bench/counted_command.py FIGURES.json check one-article`` writes the processor's seconds, the peak memory
and the longest hold of the store's lock to FIGURES.json. The pause between requests is left out where
COUNTED_NO_PAUSE is set: a stand-in without a rate needs none, and a benchmark would only wait. It imports nothing of
this project but litwatch, so that two checkouts are measured by the same lines.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ENTREZ = {"litwatch.sources.entrez": "rate_limit", "litwatch.entrez": "pacer"}
"""Where the pause between requests is written down: in this checkout, and in those before the house was reordered."""

NO_PAUSE = 0.005
"""Seconds between requests: the pace divides by it, and takes a slot that comes later than half of it for missed."""


class Holds:
    """How long the store's lock was held, by the clock and by the processor: the longest of each."""

    def __init__(self) -> None:
        self._flock = fcntl.flock
        self._since: dict[int, tuple[float, float]] = {}
        self.longest = (0.0, 0.0)
        self.number = 0

    def flock(self, file: int, operation: int) -> None:
        if operation & fcntl.LOCK_UN:
            self._let_go(file)
        self._flock(file, operation)
        name = str(Path(f"/proc/self/fd/{file}").readlink())
        if not operation & fcntl.LOCK_UN and name.endswith(".lock") and not name.endswith(".turn.lock"):
            self._since[file] = (time.perf_counter(), time.process_time())
            self.number += 1

    def _let_go(self, file: int) -> None:
        if (begun := self._since.pop(file, None)) is not None:
            took = time.perf_counter() - begun[0], time.process_time() - begun[1]
            self.longest = max(self.longest[0], took[0]), max(self.longest[1], took[1])


def ask_without_pause() -> None:
    """Let requests follow each other almost at once, in whichever modules hold the pause's length."""
    package = next(name for name in ENTREZ if find_spec(name.rpartition(".")[0]) and find_spec(name))
    import_module(package)
    import_module(f"{package}.{ENTREZ[package]}")
    for name, module in list(sys.modules.items()):
        for gap in ("GAP", "GAP_WITH_KEY"):
            if name.startswith(package) and hasattr(module, gap):
                setattr(module, gap, NO_PAUSE)


def peak_memory() -> float:
    """This process's largest memory in MB; getrusage would begin with that of the process that started this one."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def processor_seconds() -> float:
    """User and system time of this process and of the children it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def run(figures: Path, arguments: list[str]) -> int:
    holds = Holds()
    fcntl.flock = holds.flock  # type: ignore[assignment]
    if os.environ.pop("COUNTED_NO_PAUSE", ""):
        ask_without_pause()
    begun, status = time.perf_counter(), 0
    main: Any = import_module("litwatch.cli").main
    try:
        main(arguments)
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 1
    figures.write_text(
        json.dumps(
            {
                "status": status,
                "processor": processor_seconds(),
                "clock": time.perf_counter() - begun,
                "peak_mb": peak_memory(),
                "holds": holds.number,
                "hold_clock": holds.longest[0],
                "hold_processor": holds.longest[1],
                "checkout": str(import_module("litwatch").__file__),
            }
        )
    )
    return status


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))
