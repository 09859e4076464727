"""Names for processes, so that one that holds the store is not mistaken for a later one of the same number.

It looks only; no process is signalled or stopped.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path


def name_process(pid: int | None = None) -> str | None:
    """``machine/pid/start``, or None where no such process is alive; without a number, of this process.

    Machine is the kernel's boot id, start the clock ticks since boot (proc(5)); where there is no /proc they are
    the host's name and empty. A process that has ended but was not collected by its parent counts as ended.
    """
    number = os.getpid() if pid is None else pid
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"{socket.gethostname()}/{number}/" if _answers(number) else None
    try:
        # The command's name stands in brackets and may itself hold blanks and brackets.
        fields = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    state, start = fields[0], fields[19]
    return None if state in {"Z", "X"} else f"{boot}/{number}/{start}"


def is_alive(name: str) -> bool:
    """Whether the process of that name can be seen alive on this machine."""
    return name_process(int(name.split("/")[1])) == name


def describe_process(pid: int) -> str:
    """Its number and, where /proc lets us read it, its command line, cut to 200 characters."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        line = ""
    shown = "".join(c if c.isprintable() else "?" for c in line)[:200]
    return f"process {pid} ({shown})" if shown else f"process {pid}"


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
