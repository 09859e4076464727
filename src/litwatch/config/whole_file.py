"""Files that are there whole or not at all: written beside their place, forced to the disk, then renamed into it."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


def write_whole_file(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write the data as the file's whole content: whoever reads it, even after a power cut, finds the old or the new.

    The folder is made where there is none. A file that exists keeps its permissions; a new one gets those of the
    process's umask, or 0600 where it is ``private`` (its new folder then 0700). Through a symbolic link the file that
    it leads to is written. Raises OSError; then the old file is untouched and nothing is left beside it.

    The order is that of POSIX: the content first (fsync of the file), then the name (rename, fsync of the folder).
    """
    place = Path(os.path.realpath(path))
    place.parent.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
    draft = place.with_name(f".{secrets.token_hex(8)}.part")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600 if private else 0o666)
        with os.fdopen(handle, "wb") as stream:
            if not private:
                with suppress(FileNotFoundError):
                    os.fchmod(handle, stat.S_IMODE(place.stat().st_mode))
            stream.write(data)
            stream.flush()
            os.fsync(handle)
        draft.replace(place)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
