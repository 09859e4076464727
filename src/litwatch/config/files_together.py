"""Several files changed together, or none of them, and what is to be told of it never lost: a journal of one change.

First the new contents are written beside their places; then the journal's file says which, and holds the note; then
each is renamed into its place; whoever keeps the note for good takes the journal's file away last. A process that dies
on the way leaves one of two states, told apart by what is still beside its place. Where nothing has its place yet,
nothing has happened, and nobody was told so: it is taken back. Where anything has, the rest is carried out, and the
note is handed over again. So a note may come twice and must have a name of its own, and none is lost.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from litwatch.config.whole_file import put_in_place, write_whole_file
from litwatch.model.errors import OutputFailed

_DRAFT = ".litwatch-draft"
_MOST_FORMER = 200
"""So many files of before are kept, the newest."""
_FORMER_BYTES = 500_000_000
"""And of these as many as have so many bytes."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A change that has happened, and whose note is not yet kept for good."""

    entry: Path
    note: str


class FilesTogether:
    """The journal of one installation: a folder of litwatch's own user (mode 0700), with a lock for all that change."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    @property
    def former(self) -> Path:
        """The folder of the contents that were replaced, by their SHA-256; at most 200, the newest."""
        return self.folder / "former"

    @contextmanager
    def alone(self, *, wait_seconds: float = 10.0) -> Iterator[None]:
        """No other process or thread changes files meanwhile (flock(2)). Raises OutputFailed after the wait."""
        handle = self._open_lock()
        try:
            end = time.monotonic() + wait_seconds
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= end:
                        raise OutputFailed(
                            "Another edit of the articles' files is under way; try again in a minute."
                        ) from None
                    time.sleep(0.02)
            yield
        finally:
            os.close(handle)

    def change(self, files: Mapping[Path, bytes | None], note: str) -> Noted:
        """Give each file its new content, in their order, None for none; call it ``alone`` and after ``mend``.

        Raises OutputFailed where nothing was changed.
        """
        steps: list[tuple[Path, Path | None]] = []
        entry = self.folder / f"{secrets.token_hex(16)}.json"
        try:
            for folder in {place.parent for place in files}:
                _remove_strays(folder)
            for named, data in files.items():
                place = named if data is None else Path(os.path.realpath(named))  # through a link, what it leads to
                self._keep_former(place)
                if data is None:
                    steps.append((place, None))
                    continue
                draft = place.with_name(f".{secrets.token_hex(8)}{_DRAFT}")
                steps.append((place, draft))
                _write(draft, data)
            told = [[str(place), draft and str(draft)] for place, draft in steps]
            write_whole_file(entry, orjson.dumps({"steps": told, "note": note}), private=True)
        except OSError as error:
            with suppress(OSError):
                self._take_back(entry, steps)
            raise OutputFailed(f"{_where(error, files)}: {error.strerror or error}; nothing was changed") from None
        try:
            _carry_out(steps)
        except OSError as error:
            if not _has_begun(steps):
                with suppress(OSError):
                    self._take_back(entry, steps)
                raise OutputFailed(f"{_where(error, files)}: {error.strerror or error}; nothing was changed") from None
            raise OutputFailed(
                f"{_where(error, files)}: {error.strerror or error}; the rest of the edit is made by the next command"
            ) from None
        return Noted(entry, note)

    def mend(self) -> tuple[Noted, ...]:
        """End what a process that died has begun: what has happened in part is carried out, the rest taken back.

        Gives the notes that nobody has kept for good yet. Call it ``alone``. Raises OutputFailed.
        """
        found = []
        try:
            for entry in sorted(self.folder.glob("*.json")):
                told = orjson.loads(entry.read_bytes())
                steps = [(Path(place), Path(draft) if draft else None) for place, draft in told["steps"]]
                if _has_begun(steps):
                    _carry_out(steps)
                    found.append(Noted(entry, told["note"]))
                else:
                    self._take_back(entry, steps)
        except (OSError, ValueError, KeyError) as error:
            raise OutputFailed(
                f"{self.folder}: {getattr(error, 'strerror', None) or error}; an edit of an article's files that was"
                " broken off cannot be ended. Correct the permissions"
            ) from None
        return tuple(found)

    @property
    def is_clean(self) -> bool:
        """Whether no change waits to be ended; a look that takes no lock."""
        return next(self.folder.glob("*.json"), None) is None

    def forget(self, noted: Noted) -> None:
        """The note is kept for good. Raises OutputFailed."""
        try:
            noted.entry.unlink(missing_ok=True)
        except OSError as error:
            raise OutputFailed(f"{noted.entry}: {error.strerror}; correct its permissions") from None

    def _open_lock(self) -> int:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OutputFailed(f"{self.folder}: {error.strerror}; nothing was changed") from None

    def _take_back(self, entry: Path, steps: list[tuple[Path, Path | None]]) -> None:
        # The journal first: a draft that is gone would be taken for one that has its place.
        entry.unlink(missing_ok=True)
        for _, draft in steps:
            if draft is not None:
                with suppress(OSError):
                    draft.unlink(missing_ok=True)

    def _keep_former(self, place: Path) -> None:
        if not place.is_file():
            return
        data = place.read_bytes()
        kept = self.former / hashlib.sha256(data).hexdigest()
        write_whole_file(kept, data, private=True)
        found = [(each, each.stat()) for each in self.former.iterdir()]
        left = _FORMER_BYTES
        for number, (old, state) in enumerate(sorted(found, key=lambda one: -one[1].st_mtime_ns)):
            left -= state.st_size
            if number and (number >= _MOST_FORMER or left < 0):
                old.unlink(missing_ok=True)


def _remove_strays(folder: Path) -> None:
    """Remove drafts that no journal knows: whoever changes files is alone, and has ended what was begun."""
    for draft in folder.glob(f".*{_DRAFT}"):
        draft.unlink(missing_ok=True)


def _write(draft: Path, data: bytes) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _has_begun(steps: list[tuple[Path, Path | None]]) -> bool:
    return any(not (draft or place).exists() for place, draft in steps)


def _carry_out(steps: list[tuple[Path, Path | None]]) -> None:
    for place, draft in steps:
        if draft is None:
            place.unlink(missing_ok=True)
        elif draft.exists():
            put_in_place(draft, place)


def _where(error: OSError, files: Mapping[Path, bytes | None]) -> Path | str:
    return error.filename or next(iter(files)).parent
