"""One file with all that cannot be fetched again, made while nights run, and the way back from it.

A backup is a tar file: ``manifest.json`` (versions and a SHA-256 for each file), ``store.duckdb``, ``queries/`` and the
answers that waited (``inbox/``). What was waiting to be mailed is of unknown delivery in the copy: it may have been
sent after the backup was made, and a restored store must not mail it again.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import orjson

from litwatch import __version__
from litwatch.config.settings import Settings
from litwatch.config.whole_file import draft_of, put_in_place, write_whole_file
from litwatch.model.errors import OutputFailed, SettingsError, StoreBusy, StoreUnusable
from litwatch.night.doors import open_inbox, open_kept_store
from litwatch.store import RunState, Store

MANIFEST, STORE = "manifest.json", "store.duckdb"
FOLDERS = ("queries", "inbox")
_MAGIC = b"DUCK"
"""Behind the checksum of a DuckDB file's first block (duckdb.org, "Storage Versions and Format")."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    store: Path
    moved: Path | None
    """Where the store that was in its place lies now."""
    files: tuple[Path, ...]
    """Topic files, articles and waiting answers that were put back."""
    left: tuple[Path, ...]
    """Those that were there, differ, and stay as they are."""
    doubtful: int
    """Mails that waited when the backup was made; whether they were sent since, only their readers know."""


def make_backup(settings: Settings, target: Path, at: datetime) -> Path:
    """Write a backup to the file, or as ``litwatch-<time>.tar`` into the folder; only this user may read it.

    Raises StoreBusy, StoreUnusable, SettingsError where the target can be neither, and OutputFailed where it exists or
    cannot be written; nothing half-written stays.
    """
    if not target.is_dir() and target.suffix != ".tar":
        raise SettingsError(f"{target} is no folder: make it first, or name a new file that ends in .tar.")
    place = target / f"litwatch-{at:%Y%m%dT%H%M%SZ}.tar" if target.is_dir() else target
    if place.exists():
        raise OutputFailed(f"{place} exists already: name another file for the backup.")
    store = open_kept_store(settings)
    with draft_of(place) as draft:
        copies = _copy_files(settings, draft.parent)  # before the store: an answer may be taken in at any time
        copy = draft.with_name(STORE)
        store.snapshot(copy)
        Store(copy).doubt_waiting_mails(at, "It waited when a backup was made, and may have been sent since.")
        files = {STORE: copy, **copies}
        manifest = {
            "litwatch": __version__,
            "schema": store.schema_version,
            "made_at": at.isoformat(),
            "files": {name: _digest(path) for name, path in files.items()},
        }
        draft.touch(0o600)
        with tarfile.open(draft, "w") as tar:
            _add(tar, MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2), at)
            for name, path in files.items():
                tar.add(path, name, recursive=False, filter=_anonymous)
        put_in_place(draft, place, private=True)
    return place


def restore_backup(settings: Settings, source: Path, at: datetime, *, replace: bool = False) -> Restored:
    """Put the store of a backup (or of a snapshot alone) in the place that the settings name, and the files beside it.

    A store that is there is moved aside, and only where ``replace`` says so. Topic files and articles that are there
    stay. Raises SettingsError, StoreBusy where the store is in use or a run is under way, StoreUnusable where the
    backup is damaged or of a newer litwatch, OutputFailed.
    """
    if settings.store.exists() and not replace:
        raise SettingsError(
            f"There is a store at {settings.store}: with --replace it is moved aside and the backup put in its place."
        )
    _refuse_during_run(settings)
    home = settings.store.resolve().parent  # the store may be a link to another disk
    try:
        home.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".restore-", dir=home) as folder:
            unpacked = Path(folder)
            _unpack(source, unpacked)
            doubtful = _make_ready(unpacked / STORE, source, at)
            moved = _put_store(settings, unpacked / STORE, at)
            placed, left = _put_files(settings, unpacked, moved)
    except OSError as error:
        raise OutputFailed(f"{error.filename or settings.store}: {error.strerror or error}") from None
    return Restored(settings.store, moved, placed, left, doubtful)


def _refuse_during_run(settings: Settings) -> None:
    """A run opens the store for a moment at a time, and would go on in another one. Raises StoreBusy."""
    if not settings.store.exists():
        return
    with suppress(StoreUnusable):  # damaged or of another version: that may be why it is replaced
        for run in Store(settings.store, wait_seconds=settings.store_wait).runs():
            if run.state is RunState.RUNNING:
                raise StoreBusy(f"The run {run.id} ({run.kind}) is under way: wait for its end, then restore again.")


def _copy_files(settings: Settings, target: Path) -> dict[str, Path]:
    """Copies of the other files, by their names in the backup; links and what is hidden are left out.

    Copies, because a file may be edited between its digest and its way into the backup.
    """
    copies = {}
    for name, folder in zip(FOLDERS, (settings.queries, open_inbox(settings).folder), strict=True):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in inside.parts):
                continue
            copy = target / name / inside
            copy.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # an answer that was taken in meanwhile is in the store
                shutil.copy2(path, copy)
                copies[f"{name}/{inside.as_posix()}"] = copy
    return copies


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(tar: tarfile.TarFile, name: str, data: bytes, at: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(data), int(at.timestamp()), 0o600
    tar.addfile(entry, io.BytesIO(data))


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the user's name and number, which mean nothing elsewhere."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _unpack(source: Path, folder: Path) -> None:
    """Write what the backup holds, each file compared with its digest; a snapshot alone is a store and no more."""
    with source.open("rb") as file:
        if file.read(12)[8:] == _MAGIC:
            shutil.copyfile(source, folder / STORE)
            return
    try:
        with tarfile.open(source, "r:") as tar:
            first = tar.next()
            data = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
            manifest = orjson.loads(data.read(10_000_000)) if data is not None else {}
            promised = dict(manifest["files"])
            for entry, name in _entries(tar):
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                body = tar.extractfile(entry)
                if body is None or name not in promised:
                    raise StoreUnusable(f"{source} holds {name}, which its manifest does not name: it was altered.")
                with body, place.open("wb") as out:
                    shutil.copyfileobj(body, out, 1 << 20)
                if _digest(place) != promised.pop(name):
                    raise StoreUnusable(f"{source} is damaged: {name} is not as it was when the backup was made.")
    except (tarfile.TarError, KeyError, TypeError, ValueError):
        raise StoreUnusable(f"{source} is neither a backup of litwatch nor a snapshot of a store.") from None
    if promised:
        raise StoreUnusable(f"{source} is damaged: {min(promised)} is missing.")


def _entries(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, str]]:
    """The files after the manifest; a name that leads elsewhere is refused."""
    while (entry := tar.next()) is not None:
        path = PurePosixPath(entry.name)
        inside = entry.name == STORE or path.parts[0] in FOLDERS
        if not entry.isfile() or not inside or path.is_absolute() or ".." in path.parts:
            raise StoreUnusable(f"The backup holds {entry.name!r}, which no backup has: it was altered.")
        yield entry, path.as_posix()


def _make_ready(copy: Path, source: Path, at: datetime) -> int:
    """Check the store and doubt what it would mail; how many mails that are."""
    copy.chmod(0o600)
    store = Store(copy)
    if store.schema_version < store.newest_schema:
        store.migrate()
    if problems := store.check().problems:
        raise StoreUnusable(f"The store in {source} is damaged and was not restored: {problems[0]}")
    store.doubt_waiting_mails(at, f"It waited when {source.name} was made, and may have been sent since.")
    return store.count_doubtful_mails()


def _put_store(settings: Settings, copy: Path, at: datetime) -> Path | None:
    """Put the store in its place; where the one that was there lies now. Where that fails, it is back in its place."""
    place = settings.store.resolve()
    aside = place.with_name(f"{place.stem}.replaced-{at:%Y%m%dT%H%M%SZ}{place.suffix}")
    moves = [(place, aside), (place.with_name(f"{place.name}.wal"), aside.with_name(f"{aside.name}.wal"))]
    with Store(place, wait_seconds=settings.store_wait).alone():
        moved = [(old, new) for old, new in moves if old.exists()]
        try:
            for old, new in moved:
                old.replace(new)
            put_in_place(copy, place, private=True)
        except OSError:
            for old, new in moved:
                if new.exists():
                    new.replace(old)
            raise
    return aside if (place, aside) in moved else None


def _put_files(settings: Settings, unpacked: Path, moved: Path | None) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    try:
        return _put_missing_files(settings, unpacked)
    except (OSError, OutputFailed) as error:
        before = f" The store that was there before is {moved}." if moved else ""
        raise OutputFailed(f"The store was restored, and not every file beside it: {error}{before}") from None


def _put_missing_files(settings: Settings, unpacked: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    placed, left = [], []
    homes = dict(zip(FOLDERS, (settings.queries, open_inbox(settings).folder), strict=True))
    for name, home in homes.items():
        for path in sorted((unpacked / name).rglob("*")):
            if not path.is_file():
                continue
            target = home / path.relative_to(unpacked / name)
            if not target.exists():
                write_whole_file(target, path.read_bytes(), private=name == "inbox")
                placed.append(target)
            elif target.read_bytes() != path.read_bytes():
                left.append(target)
    return tuple(placed), tuple(left)
