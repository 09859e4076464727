"""Where bulk files come from: a folder of this machine, or a web address that lists one.

A file's time of modification counts as the time at which NLM made it: ``wget -N``, ``rsync -t`` and ``website`` keep
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from litwatch.model.errors import SettingsError, SourceUnavailable
from litwatch.sources.bulk_files.batches import MD5_FILE_BYTES, parse_md5
from litwatch.sources.bulk_files.file_numbers import BulkName, parse_name

OnBytes = Callable[[int, int], None]
"""Told (bytes here, bytes in all) while a file arrives."""


class Source(Protocol):
    """Something that holds bulk files. Every method raises SourceError, and OutputFailed where a disk is full."""

    def names(self) -> tuple[BulkName, ...]:
        """The bulk files that are there, in order."""

    def md5_of(self, name: BulkName) -> str:
        """What the ``.md5`` file beside it says."""

    @contextmanager
    def on_disk(self, name: BulkName, on_bytes: OnBytes) -> Iterator[Path]:
        """The file on this machine; what was fetched for the purpose is gone afterwards, unless the block raises."""


class Folder:
    """A folder of this machine; see ``Source``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> tuple[BulkName, ...]:
        """The bulk files that are there, in order. Raises SourceUnavailable where there are none."""
        try:
            found = sorted(name for item in self.path.iterdir() if (name := parse_name(item.name)))
        except OSError as error:
            raise SourceUnavailable(
                f"{self.path} cannot be read ({error.strerror}); name a folder or address"
            ) from None
        if not found:
            raise SourceUnavailable(
                f"{self.path} holds no bulk file (pubmed26n0001.xml.gz or the like); name the folder that does"
            )
        return tuple(found)

    def md5_of(self, name: BulkName) -> str:
        """What the ``.md5`` file beside it says."""
        path = self.path / f"{name}.md5"
        try:
            with path.open("rb") as stream:
                return parse_md5(stream.read(MD5_FILE_BYTES), name)
        except OSError as error:
            raise SourceUnavailable(
                f"{path} cannot be read ({error.strerror}): without it {name} cannot be checked and is not loaded;"
                " put it beside the file"
            ) from None

    @contextmanager
    def on_disk(self, name: BulkName, on_bytes: OnBytes) -> Iterator[Path]:  # noqa: ARG002 - nothing arrives
        """The file where it lies; it is left there."""
        yield self.path / str(name)


def open_source(where: str, *, keep: Path, user_agent: str) -> Source:
    """The source that the operator named: http and https are web addresses, all else is a folder.

    ``keep`` is the folder in which downloads are kept until they are loaded. Raises SettingsError for an address
    with a password, a query or a fragment, and for one of another sort.
    """
    if where.lower().startswith(("http://", "https://")):
        from litwatch.sources.bulk_files.website import Website  # noqa: PLC0415 - brings an HTTP client

        return Website(where, keep=keep, user_agent=user_agent)
    if "://" in where:
        raise SettingsError(
            f"{where.partition('://')[0]} addresses are not read: name an http or https one, or a folder"
        )
    return Folder(Path(where))
