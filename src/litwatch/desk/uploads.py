"""Uploaded articles that wait for an editor's word, in a folder beside the store and not among the topic files.

Each has a folder of its own with a random name, which only the session that sent it may open. Nothing in it is read by
a night. One that is a day old is thrown away, and so is an editor's oldest beyond three.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from litwatch.config.whole_file import write_whole_file
from litwatch.model.errors import OutputFailed

KEPT = timedelta(days=1)
MOST_OF_ONE = 3
MOST = 12
"""Of all editors together: some 300 million bytes."""
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded article."""

    name: str
    """32 random hex digits."""
    session: str
    """SHA-256 of the session that sent it."""
    at: datetime
    topic: str
    """The article whose text it is to replace; empty for a new one."""
    original: str
    """The file's name as the editor has it; shown, and never a path."""
    file: str
    """The article's file name in the folder."""
    beside: tuple[str, ...]
    """The uploaded files beside it."""
    found: dict[str, str]
    """SHA-256 of the files that it is to replace, by name, as they were."""


_FORM = TypeAdapter(Upload)


class Uploads:
    """The waiting uploads of one installation; safe for several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._guard = threading.Lock()

    def keep(self, upload: Upload, files: Mapping[str, bytes]) -> None:
        """Keep an upload with its files. Raises OutputFailed; then nothing of it stays."""
        place = self.files_of(upload)
        try:
            with self._guard:
                self._sweep(upload)
                place.mkdir(mode=0o700, parents=True)
                for name, data in files.items():
                    write_whole_file(place / name, data, private=True)
                write_whole_file(place.parent / "upload.json", orjson.dumps(upload), private=True)
        except OSError as error:
            shutil.rmtree(place.parent, ignore_errors=True)
            raise OutputFailed(f"{self.folder}: {error.strerror or error}; the upload was not kept") from None

    def open(self, name: str, token: str, now: datetime) -> Upload | None:
        """The upload of that name, if the session with the token sent it within a day."""
        if not _NAME.fullmatch(name):
            return None
        try:
            upload = _FORM.validate_json((self.folder / name / "upload.json").read_bytes())
        except (OSError, ValidationError):
            return None
        ours = secrets.compare_digest(upload.session, session_of(token)) and upload.name == name
        return upload if ours and now - upload.at <= KEPT else None

    def files_of(self, upload: Upload) -> Path:
        """The folder with the article and the files beside it."""
        return self.folder / upload.name / "files"

    def throw_away(self, upload: Upload) -> None:
        """Forget an upload."""
        shutil.rmtree(self.folder / upload.name, ignore_errors=True)

    def sweep(self, now: datetime) -> None:
        """Throw away what is older than a day, and what a broken-off upload has left."""
        for place, upload in self._all():
            left = upload.at if upload is not None else _changed_at(place, now)
            if now - left > KEPT:
                shutil.rmtree(place, ignore_errors=True)

    def _sweep(self, new: Upload) -> None:
        self.sweep(new.at)
        waiting = sorted((each for _, each in self._all() if each is not None), key=lambda each: each.at)
        own = [each for each in waiting if each.session == new.session]
        for each in own[: max(0, len(own) - MOST_OF_ONE + 1)]:
            self.throw_away(each)
            waiting.remove(each)
        if len(waiting) >= MOST:
            raise OutputFailed(f"{len(waiting)} uploads wait already; throw one of yours away, or try again tomorrow")

    def _all(self) -> list[tuple[Path, Upload | None]]:
        found: list[tuple[Path, Upload | None]] = []
        for place in self.folder.glob("*/"):
            if _NAME.fullmatch(place.name):
                try:
                    found.append((place, _FORM.validate_json((place / "upload.json").read_bytes())))
                except (OSError, ValidationError):
                    found.append((place, None))
        return found


def session_of(token: str) -> str:
    """What an upload keeps of the session that sent it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _changed_at(place: Path, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(place.stat().st_mtime, now.tzinfo)
    except OSError:
        return now
