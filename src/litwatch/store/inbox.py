"""Answers that wait for the store: a folder with one file for each event, whole on the disk before it is confirmed.

DuckDB lets one process write, and the night has it; so the desk writes here and nowhere else, and every command takes
in what waits before it works. Two answers at once are two files. What cannot be taken in is set aside with the reason,
so that one bad file holds up nobody.
"""

from __future__ import annotations

import secrets
import time
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
_ASIDE = "refused"


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that was set aside."""

    event: str
    reason: str


class Inbox:
    """The folder of one installation. Nothing in it is read by anybody but litwatch's own user (mode 0700)."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def put(self, judgement: Judgement) -> Judgement:
        """Keep one event for good; it is returned with its name. Raises OutputFailed: then it was not kept."""
        # The second number orders what was given in one instant.
        at = f"{judgement.at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
        name = f"{at}-{time.monotonic_ns():020d}-{secrets.token_hex(8)}"
        named = replace(judgement, event=name)
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

        Raises OutputFailed where the folder cannot be read.
        """
        events, refused = [], []
        for path in self._files():
            try:
                with path.open("rb") as file:
                    data = file.read(LARGEST + 1)
            except FileNotFoundError:
                continue  # taken in by another process since the folder was read
            except OSError as error:
                refused.append(Refused(path.stem, f"It cannot be read: {error.strerror}."))
                continue
            event = _parse(data)
            if event is None or event.event != path.stem:
                refused.append(Refused(path.stem, "It is not an event in the form of this version of litwatch."))
            else:
                events.append(event)
        return tuple(events), tuple(refused)

    def clear(self, events: tuple[Judgement, ...]) -> None:
        """Forget events that the store has. Raises OutputFailed; taking them in again then changes nothing."""
        try:
            for event in events:
                (self.folder / f"{event.event}{_SUFFIX}").unlink(missing_ok=True)
        except OSError as error:
            raise OutputFailed(f"{self.folder}: {error.strerror or error}; correct its permissions") from None

    def withdraw(self, events: tuple[Judgement, ...]) -> bool:
        """Take back events that still wait; whether all of them did. Raises OutputFailed."""
        waited = True
        for event in events:
            try:
                (self.folder / f"{event.event}{_SUFFIX}").unlink()
            except FileNotFoundError:
                waited = False  # a run has taken it in
            except OSError as error:
                raise OutputFailed(f"{self.folder}: {error.strerror or error}; the answer still stands.") from None
        return waited

    def set_aside(self, refused: Refused) -> None:
        """Move one event out of the way, with a file that says why. Raises OutputFailed."""
        aside = self.folder / _ASIDE
        try:
            aside.mkdir(mode=0o700, exist_ok=True)
            (aside / f"{refused.event}.txt").write_text(refused.reason + "\n", encoding="utf-8")
            (self.folder / f"{refused.event}{_SUFFIX}").replace(aside / f"{refused.event}{_SUFFIX}")
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

    def _files(self) -> list[Path]:
        try:
            paths = sorted(self.folder.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OutputFailed(f"{self.folder}: {error.strerror or error}; correct its permissions") from None
        return [path for path in paths if path.suffix == _SUFFIX and not path.name.startswith(".")]


def _parse(data: bytes) -> Judgement | None:
    if len(data) > LARGEST:
        return None
    try:
        return load_judgement(data)
    except ValueError:
        return None
