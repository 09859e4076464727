"""Ends of runs that the store could not take, in a small file beside it; the next command that opens the store does.

The disk may be full when a run ends, and the store damaged or missing. So the file is made with room to spare while
all is well, and its lines are written into that room: that takes no further block of the disk. It also knows what the
operator was told today, so that a job that fails every minute sends one mail and not a thousand; and how much the store
held, so that an older copy in its place is noticed.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from litwatch.model.errors import OutputFailed
from litwatch.model.text.safe_text import clip
from litwatch.store.runs import Height, RunEnd

ROOM = 16_384
"""Bytes of the file; where they do not suffice the oldest lines give way."""
_LONGEST = 1_000
"""Characters of one reason."""


class EndsBeside:
    """The file of one installation (mode 0600). Every method raises OutputFailed where it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def reserve(self) -> None:
        """Make the file with its room, where there is none."""
        if not self.path.exists():
            self._change(lambda lines: lines)

    def put(self, end: RunEnd) -> None:
        """Keep how a run ended until the store can take it."""
        line = _as_line(replace(end, error=clip(end.error, _LONGEST)))
        self._change(lambda lines: [*lines, line])

    def read(self) -> tuple[RunEnd, ...]:
        """The ends that wait, oldest first."""
        if not self.path.exists():
            return ()
        with self._held(os.O_RDONLY) as file:
            return tuple(end for line in _lines(file) if (end := _as_end(line)) is not None)

    def clear(self, ends: tuple[RunEnd, ...]) -> None:
        """Forget ends that the store has."""
        if ends:
            taken = [_as_line(end) for end in ends]
            self._change(lambda lines: [line for line in lines if line not in taken])

    def was_told(self, trouble: str, day: date) -> bool:
        """Whether the operator was mailed about this trouble (any text that names it) on that day."""
        if not self.path.exists():
            return False
        with self._held(os.O_RDONLY) as file:
            return {"told": trouble, "on": day.isoformat()} in _lines(file)

    def note_told(self, trouble: str, day: date) -> None:
        """Keep that the operator was mailed about it; what was told on other days is forgotten."""
        on = day.isoformat()
        self._change(
            lambda lines: [
                *(line for line in lines if "told" not in line or line.get("on") == on),
                {"told": trouble, "on": on},
            ]
        )

    def height(self) -> Height | None:
        """How much the store held when that was noted last; None where it never was."""
        if not self.path.exists():
            return None
        with self._held(os.O_RDONLY) as file:
            found = [line["height"] for line in _lines(file) if isinstance(line.get("height"), list)]
        return Height(*found[-1]) if found and len(found[-1]) == 2 else None

    def note_height(self, height: Height) -> None:
        """Keep how much the store holds now."""
        self._change(lambda lines: [{"height": list(height)}, *(line for line in lines if "height" not in line)])

    def _change(self, edit: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
        """Write the lines anew, in place: a new file would need room that may not be there."""
        with self._held(os.O_RDWR | os.O_CREAT) as file:
            written = [orjson.dumps(line) + b"\n" for line in edit(_lines(file))]
            while sum(map(len, written)) > ROOM:
                del written[1 if written[0].startswith(b'{"height"') else 0]
            data = b"".join(written)
            os.pwrite(file, data + b"\n" * (ROOM - len(data)), 0)
            os.fsync(file)

    @contextmanager
    def _held(self, flags: int) -> Iterator[int]:
        """The file, held by this process alone."""
        try:
            if flags & os.O_CREAT:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, flags | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield file
            finally:
                os.close(file)
        except OSError as error:
            raise OutputFailed(f"{self.path}: {error.strerror or error}; free space or correct permissions") from None


def _lines(file: int) -> list[dict[str, Any]]:
    """What can be read: a line that a crash cut off is passed over."""
    found = []
    for line in os.pread(file, 2 * ROOM, 0).rstrip(b"\n").splitlines():  # without the room, which is line ends
        try:
            value = orjson.loads(line) if line.strip() else None
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def _as_line(end: RunEnd) -> dict[str, Any]:
    return {
        "kind": end.kind,
        "process": end.process,
        "started_at": end.started_at.isoformat(),
        "ended_at": end.ended_at.isoformat(),
        "error": end.error,
        "mailed": end.mailed,
        "summary": dict(end.summary),
    }


def _as_end(line: dict[str, Any]) -> RunEnd | None:
    try:
        return RunEnd(
            str(line["kind"]),
            str(line["process"]),
            datetime.fromisoformat(line["started_at"]),
            datetime.fromisoformat(line["ended_at"]),
            str(line["error"]),
            mailed=bool(line["mailed"]),
            summary=dict(line.get("summary") or {}),
        )
    except (KeyError, TypeError, ValueError):
        return None
