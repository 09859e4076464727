"""What is in one bulk file: its MD5 sum first, then its records in batches, in the memory of one batch.

The file that was summed is the file that is read: both go through one handle. A file whose checksum differs from NLM's
is not read, and one that is cut off never ends quietly.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from litwatch.model.errors import AnswerUnreadable, RecordUnreadable, SourceUnavailable
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.sources.bulk_files.file_numbers import BulkName
from litwatch.sources.pubmed_xml import DeletedPmid, iterate_article_set, unpack

BATCH = 2_000
"""Items of one batch: about 40 MB of ordinary records."""

MD5_FILE_BYTES = 4_096
"""An ``.md5`` file is one line."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of a file; tombstones stand behind its records."""

    records: tuple[Record, ...]
    """In the file's order; one PMID may be there twice, and the later one counts."""
    deleted: tuple[Pmid, ...]
    unreadable: tuple[RecordUnreadable, ...]
    position: int
    """Items of the file up to the end of this batch."""
    is_last: bool


def parse_md5(data: bytes, name: BulkName) -> str:
    """The sum in an ``.md5`` file, ``MD5(pubmed26n0001.xml.gz)= 32 hex digits``. Raises AnswerUnreadable."""
    text = data.decode("ascii", "replace").strip()
    match = re.fullmatch(rf"(?:MD5\s*\({re.escape(str(name))}\)\s*=\s*)?([0-9a-f]{{32}})(?:\s+\*?{name})?", text, re.I)
    if match is None:
        raise AnswerUnreadable(f"{name}.md5 does not hold the MD5 sum of {name}; get both files again")
    return match[1].lower()


@contextmanager
def open_checked(path: Path, name: BulkName, md5: str) -> Iterator[BinaryIO]:
    """The file, open at its start and known to have this MD5 sum.

    Raises AnswerUnreadable where the sum differs, SourceUnavailable where the file cannot be read.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceUnavailable(f"{name} cannot be read ({error.strerror}); check {path}") from None
    with stream:
        try:
            found = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        except OSError as error:
            raise SourceUnavailable(f"{name} cannot be read ({error.strerror}); check {path}") from None
        if found != md5:
            raise AnswerUnreadable(
                f"{name} is not the file that NLM published: its MD5 sum is {found}, {name}.md5 says {md5}. Nothing of"
                " it was loaded; get both files again."
            )
        stream.seek(0)
        yield stream


def read_batches(stream: BinaryIO, name: BulkName, *, skip: int = 0, size: int = BATCH) -> Iterator[Batch]:
    """The file's items behind the first ``skip``, in batches; the last one, which may be empty, says so.

    Raises AnswerUnreadable, naming the file, where it is damaged or cut off; the batches before that are whole.
    """
    records: list[Record] = []
    deleted: list[Pmid] = []
    unreadable: list[RecordUnreadable] = []
    position = skip

    def close(*, is_last: bool = False) -> Batch:
        batch = Batch(tuple(records), tuple(deleted), tuple(unreadable), position, is_last)
        for held in (records, deleted, unreadable):
            held.clear()
        return batch

    try:
        with unpack(stream) as unpacked:
            for item in islice(iterate_article_set(unpacked), skip, None):
                # A record behind the tombstones would come before them if both were in one batch.
                if position - skip and ((position - skip) % size == 0 or (deleted and isinstance(item, Record))):
                    yield close()
                position += 1
                match item:
                    case Record():
                        records.append(item)
                    case DeletedPmid():
                        deleted.append(item.pmid)
                    case RecordUnreadable():
                        unreadable.append(item)
    except AnswerUnreadable as error:
        raise AnswerUnreadable(f"{name}: {error}") from None
    except OSError as error:
        raise SourceUnavailable(f"{name} cannot be read to its end ({error.strerror})") from None
    yield close(is_last=True)
