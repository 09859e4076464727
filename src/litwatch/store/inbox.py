"""Answers that wait for the store: a folder with one file for each event, whole on the disk before it is confirmed.

DuckDB lets one process write, and the night has it; so the desk puts all that people decide here, and every command
takes in what waits before it works. Two answers at once are two files. What cannot be taken in is set aside with the
reason, so that one bad file holds up nobody.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from litwatch.config.whole_file import write_whole_file
from litwatch.model.errors import OutputFailed
from litwatch.model.judgement import Judgement
from litwatch.model.judgement_chain import canonical_text
from litwatch.store.documents import load_judgement

LARGEST = 500_000
"""Bytes of one event's file, at most: a review names each of the episodes that it is about, some 14,000 at most."""

_SUFFIX = ".json"
_TAKEN = ".taken"
"""Instead of ``_SUFFIX``: a run is taking the event in, or has done so; it can no longer be taken back."""
_ASIDE = "refused"


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that was set aside."""

    event: str
    reason: str


def name_event(judgement: Judgement) -> Judgement:
    """The judgement with the name that it has apart from the store."""
    # The second number orders what was given in one instant.
    at = f"{judgement.at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
    return replace(judgement, event=f"{at}-{time.monotonic_ns():020d}-{secrets.token_hex(8)}")


class Inbox:
    """The folder of one installation. Nothing in it is read by anybody but litwatch's own user (mode 0700)."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def put(self, judgement: Judgement) -> Judgement:
        """Keep one event for good; it is returned with its name. Raises OutputFailed: then it was not kept.

        One that has a name already (``name_event``) keeps it, so that it is the same event however often it is put.
        """
        named = judgement if judgement.event else name_event(judgement)
        name = named.event
        data = canonical_text(named).encode()
        if len(data) > LARGEST:
            raise OutputFailed(f"An answer of {len(data):,} bytes is too long; it was not kept.")
        try:
            write_whole_file(self.folder / f"{name}{_SUFFIX}", data, private=True)
        except OSError as error:
            raise OutputFailed(
                f"{self.folder}: {error.strerror or error}; the answer was not kept. Free space or correct permissions."
            ) from None
        return named

    def read(self) -> tuple[tuple[Judgement, ...], tuple[Refused, ...]]:
        """The events that wait, oldest first, and the files that cannot be one, with the reason.

        What a run is taking in is among them. Raises OutputFailed where the folder cannot be read.
        """
        events, refused = [], []
        for name in self._names():
            try:
                data = self._read_file(name)
            except FileNotFoundError:
                continue  # taken in by another process since the folder was read
            except OSError as error:
                refused.append(Refused(name, f"It cannot be read: {error.strerror}."))
                continue
            event = _parse(data)
            if event is None or event.event != name:
                refused.append(Refused(name, "It is not an event in the form of this version of litwatch."))
            else:
                events.append(event)
        return tuple(events), tuple(refused)

    def take(self) -> tuple[tuple[Judgement, ...], tuple[Refused, ...]]:
        """What ``read`` gives, for the store: none of it can be taken back from now on. Raises OutputFailed."""
        try:
            for name in self._names():
                with suppress(FileNotFoundError):  # taken earlier, or just withdrawn
                    self._waiting(name).rename(self._taken(name))
        except OSError as error:
            raise OutputFailed(f"{self.folder}: {error.strerror or error}; correct its permissions") from None
        events, refused = self.read()
        # What came since waits for the next run: it can still be taken back.
        return (
            tuple(event for event in events if self._taken(event.event).exists()),
            tuple(each for each in refused if self._taken(each.event).exists()),
        )

    def clear(self, events: tuple[Judgement, ...]) -> None:
        """Forget events that the store has. Raises OutputFailed; taking them in again then changes nothing."""
        try:
            for event in events:
                self._taken(event.event).unlink(missing_ok=True)
        except OSError as error:
            raise OutputFailed(f"{self.folder}: {error.strerror or error}; correct its permissions") from None

    def withdraw(self, events: Sequence[Judgement]) -> bool:
        """Take back events that still wait: all of them, or none where a run has taken one. Raises OutputFailed.

        Whether they were taken back. Each is renamed first, so that a run at the same time finds it whole or not.
        """
        hidden: list[str] = []
        try:
            for event in events:
                self._waiting(event.event).rename(self._hidden(event.event))
                hidden.append(event.event)
        except OSError as error:
            try:
                for name in hidden:
                    self._hidden(name).rename(self._waiting(name))
            except OSError as second:
                raise OutputFailed(
                    f"{self.folder}: {second.strerror or second}; a part of the answer is lost."
                ) from None
            if isinstance(error, FileNotFoundError):
                return False
            raise OutputFailed(f"{self.folder}: {error.strerror or error}; the answer still stands.") from None
        for name in hidden:
            with suppress(OSError):  # nobody reads it under this name
                self._hidden(name).unlink()
        return True

    def set_aside(self, refused: Refused) -> None:
        """Move one event out of the way, with a file that says why. Raises OutputFailed."""
        aside = self.folder / _ASIDE
        try:
            aside.mkdir(mode=0o700, exist_ok=True)
            (aside / f"{refused.event}.txt").write_text(refused.reason + "\n", encoding="utf-8")
            self._taken(refused.event).replace(aside / f"{refused.event}{_SUFFIX}")
        except FileNotFoundError:
            return  # another process has just done the same
        except OSError as error:
            raise OutputFailed(f"{aside}: {error.strerror or error}; correct its permissions") from None

    def aside(self) -> tuple[Refused, ...]:
        """The events that were set aside, until a person removes them from the folder ``refused``.

        Raises OutputFailed where it cannot be read.
        """
        aside = self.folder / _ASIDE
        try:
            notes = sorted(aside.glob("*.txt"))
            return tuple(Refused(note.stem, note.read_text("utf-8", "replace").strip()) for note in notes)
        except OSError as error:
            raise OutputFailed(f"{aside}: {error.strerror or error}; correct its permissions") from None

    def _names(self) -> list[str]:
        """The events' names, oldest first; a file's name is its event's."""
        try:
            paths = list(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OutputFailed(f"{self.folder}: {error.strerror or error}; correct its permissions") from None
        return sorted({path.stem for path in paths if path.suffix in {_SUFFIX, _TAKEN} and path.name[0] != "."})

    def _read_file(self, name: str) -> bytes:
        """At most ``LARGEST`` bytes and one more; a run may rename the file meanwhile. Raises OSError."""
        try:
            return _read_start(self._waiting(name))
        except FileNotFoundError:
            return _read_start(self._taken(name))

    def _waiting(self, name: str) -> Path:
        return self.folder / f"{name}{_SUFFIX}"

    def _taken(self, name: str) -> Path:
        return self.folder / f"{name}{_TAKEN}"

    def _hidden(self, name: str) -> Path:
        return self.folder / f".{name}.withdrawn"


def _read_start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _parse(data: bytes) -> Judgement | None:
    if len(data) > LARGEST:
        return None
    try:
        return load_judgement(data)
    except ValueError:
        return None
