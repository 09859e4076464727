"""The lock beside the store: one writer or several readers, among processes and threads alike.

DuckDB's own lock is not enough: version 2.0.0 reads the file's headers before it takes its lock, so a process that
opens while another commits may work on from the headers before that commit, and the commit is lost without an
error (597 of 600 rows were there after four processes had committed 150 each). Everything that opens the store
therefore holds this lock around opening, transaction and closing. It is an flock(2): it ends with its process.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

_PAUSE = 0.01


def take_lock(path: Path, *, shared: bool, deadline: float) -> int | None:
    """Take the lock file at ``path``, made if need be; what ``release_lock`` wants.

    Raises TimeoutError after ``deadline`` (time.monotonic), another OSError where a writer cannot make the file. A
    reader who cannot goes without: a store in a folder that nobody may write, such as a published snapshot, is still.
    """
    file = _open(path, shared=shared)
    if file is None:
        return None
    try:
        while True:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise TimeoutError from None
                time.sleep(_PAUSE)
            else:
                return file
    except BaseException:
        os.close(file)
        raise


def release_lock(file: int | None) -> None:
    """Let go of what ``take_lock`` gave."""
    if file is not None:
        fcntl.flock(file, fcntl.LOCK_UN)  # closing is not enough where a forked child holds a copy of the descriptor
        os.close(file)


def find_holders(path: Path) -> tuple[int, ...]:
    """Numbers of the processes that hold the lock file, as far as /proc/locks tells (proc(5)); maybe none."""
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except OSError:
        return ()
    rows = [fields for line in lines if len(fields := line.split()) >= 8 and fields[1] == "FLOCK"]
    return tuple(sorted({int(fields[4]) for fields in rows if fields[5].endswith(f":{inode}")}))


def _open(path: Path, *, shared: bool) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:
        if not shared:
            raise
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return None
