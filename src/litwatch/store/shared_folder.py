"""A folder that several machines reach: one of the file system, or an address such as ``s3://bucket/litwatch``.

Addresses go through fsspec, which Prefect brings; for S3 it needs the extra ``litwatch[cluster]``. A file is there
whole or not at all: it is renamed into its place, or put there by one request.
"""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from litwatch.config.whole_file import draft_of, put_in_place
from litwatch.model.errors import OutputFailed, SettingsError, StoreUnusable

SETTING = "LITWATCH_SHARDS"


class SharedFolder:
    """Files by name, ``night/shard-001/records.parquet``; the names are litwatch's own.

    Every method raises OutputFailed where a file cannot be written, and StoreUnusable where it cannot be read.
    """

    def __init__(self, address: str) -> None:
        """Raises SettingsError where the address needs a library that is not installed. Nothing is asked yet."""
        self.address = address.rstrip("/")
        self._remote: Any = None
        self._root = self.address
        if "://" not in address:
            self._root = str(Path(address).resolve())
            return
        try:
            import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - only who works on several machines needs it

            self._remote, self._root = fsspec.core.url_to_fs(self.address)
        except (ImportError, ValueError) as error:
            raise SettingsError(
                f'{SETTING}: {self.address} cannot be reached ({error}): pip install "litwatch[cluster]" on this'
                " machine brings what S3 needs"
            ) from None

    def put(self, file: Path, name: str) -> None:
        """Copy a file of this machine into the folder; one of that name is replaced."""
        place = f"{self._root}/{_checked(name)}"
        try:
            if self._remote is not None:
                self._remote.put_file(str(file), place)
                return
            with draft_of(Path(place)) as draft:
                shutil.copyfile(file, draft)
                draft.chmod(0o600)
                put_in_place(draft, Path(place), private=True)
        except Exception as error:
            raise OutputFailed(
                f"{self.address}/{name} could not be written ({_say(error)}): check {SETTING} and its permissions"
            ) from error

    def get(self, name: str, file: Path) -> None:
        """Copy a file of the folder to this machine."""
        place = f"{self._root}/{_checked(name)}"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if self._remote is not None:
                self._remote.get_file(place, str(file))
            else:
                shutil.copyfile(place, file)
        except Exception as error:
            raise StoreUnusable(
                f"{self.address}/{name} cannot be read ({_say(error)}): check that {SETTING} names the same folder on"
                " every machine"
            ) from error

    def fetch(self, name: str, into: Path) -> Path:
        """A path of this machine at which a file of the folder can be read; it is copied there only where it must."""
        if self._remote is None and (place := Path(f"{self._root}/{_checked(name)}")).is_file():
            return place
        self.get(name, into)
        return into

    def names(self, under: str | None = None) -> tuple[str, ...]:
        """The names of all files (under a folder of it), in order; none where there is no such folder."""
        place = self._root if under is None else f"{self._root}/{_checked(under)}"
        try:
            if self._remote is not None:
                self._remote.invalidate_cache()
                found = [PurePosixPath(each) for each in self._remote.find(place)]
                return tuple(sorted(str(each.relative_to(self._root)) for each in found))
            files = (each for each in Path(place).rglob("*") if each.is_file() and not _is_draft(each))
            return tuple(sorted(each.relative_to(self._root).as_posix() for each in files))
        except Exception as error:
            raise StoreUnusable(f"{place} cannot be listed ({_say(error)}): check {SETTING}") from error

    def remove(self, under: str) -> None:
        """Remove a folder of it with all its files."""
        for name in self.names(under):
            place = f"{self._root}/{name}"
            try:
                if self._remote is not None:
                    self._remote.rm_file(place)
                else:
                    Path(place).unlink(missing_ok=True)
            except Exception as error:
                raise OutputFailed(f"{self.address}/{name} could not be removed ({_say(error)})") from error
        if self._remote is None:
            shutil.rmtree(f"{self._root}/{_checked(under)}", ignore_errors=True)


def _checked(name: str) -> str:
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or name.startswith("/"):
        raise ValueError(f"{name!r} is no name of a file in the folder")
    return name


def _is_draft(file: Path) -> bool:
    return any(part.startswith(".") for part in file.parts[-2:])


def _say(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(reason).splitlines()[0]
