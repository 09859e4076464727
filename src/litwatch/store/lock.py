"""The lock beside the store: one writer or several readers, among processes and threads alike.

DuckDB's own lock is not enough: version 2.0.0 reads the file's headers before it takes its lock, so a process that
opens while another commits may work on from the headers before that commit, and the commit is lost without an
error (597 of 600 rows were there after four processes had committed 150 each). Everything that opens the store
therefore holds this lock around opening, transaction and closing. It is an flock(2): it ends with its process.

Readers that follow each other without a pause would keep a writer out for ever. So everybody passes a turnstile first,
a second file: a writer holds it while it waits, and whoever comes later waits behind it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
        with _turnstile(path, shared=shared, deadline=deadline):
            if not shared:
                _wait_for(file, shared=False, deadline=deadline)
        if shared:  # one that has passed may wait, but lets the next writer through behind it
            _wait_for(file, shared=True, deadline=deadline)
    except BaseException:
        os.close(file)
        raise
    return file


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


@contextmanager
def _turnstile(path: Path, *, shared: bool, deadline: float) -> Iterator[None]:
    """Hold the place of the next in turn."""
    turn = _open(path.with_suffix(".turn.lock"), shared=shared)
    if turn is None:
        yield
        return
    try:
        _wait_for(turn, shared=shared, deadline=deadline)
        yield
    finally:
        release_lock(turn)


def _wait_for(file: int, *, shared: bool, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError from None
            time.sleep(_PAUSE)
        else:
            return


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
