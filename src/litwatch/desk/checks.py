"""A check that an editor starts: ``litwatch check`` as a process of its own, one at a time on this machine.

The process holds a lock (flock(2)) from before its start to its end, however it ends and whatever becomes of the desk
meanwhile. What it finds is in the store and, through the snapshot, on the desk.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from litwatch.model.errors import OutputFailed

_TAIL = 4000


@dataclass(frozen=True, slots=True)
class RunningCheck:
    """A check under way."""

    topic: str
    since: datetime


class Checks:
    """The checks of one installation, started from any of its desks."""

    def __init__(self, store: Path, environment: Mapping[str, str]) -> None:
        self._lock = store.with_suffix(".check.lock")
        self._log = store.with_suffix(".check.log")
        self._environment = dict(environment)
        self._guard = threading.Lock()

    def start(self, topic: str, at: datetime) -> bool:
        """Start a check of one article; False where one is under way. Raises OutputFailed."""
        with self._guard:
            try:
                handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                raise OutputFailed(f"{self._lock}: {error.strerror}; no check can be started") from None
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.truncate(handle, 0)
                os.pwrite(handle, f"{topic} {at.isoformat()}".encode(), 0)
                with self._log.open("wb") as log:
                    child = subprocess.Popen(  # noqa: S603 - the topic is one of the topic files' names
                        [sys.executable, "-m", "litwatch", "check", "--", topic],
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        env=self._environment,
                        pass_fds=(handle,),
                        start_new_session=True,
                    )
                threading.Thread(target=child.wait, daemon=True).start()
            except BlockingIOError:
                return False
            except OSError as error:
                raise OutputFailed(f"The check could not be started ({error.strerror}).") from None
            finally:
                os.close(handle)  # the child's copy holds the lock on
        return True

    def running(self) -> RunningCheck | None:
        """The check under way, if any."""
        with self._guard:
            try:
                handle = os.open(self._lock, os.O_RDONLY)
            except OSError:
                return None
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                topic, _, since = os.pread(handle, 200, 0).decode("utf-8", "replace").partition(" ")
                with suppress(ValueError):
                    return RunningCheck(topic, datetime.fromisoformat(since))
            finally:
                os.close(handle)
        return None

    def last_words(self) -> str:
        """The end of what the last check printed; empty before the first."""
        with suppress(OSError):
            return self._log.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip()
        return ""
