"""A form with files (multipart/form-data, RFC 7578) that lies on the disk, as its fields and the places of its files.

The body is bounded and complete when it comes here, so reading it is a search for its delimiters; numbers and lengths
of parts are limited. A file's name is a person's word for it and never becomes a path.
"""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from pathlib import Path

MOST_PARTS = 12
LONGEST_HEAD = 4_000
"""Bytes of a part's header lines."""
LONGEST_FIELD = 20_000
"""Bytes of a field that is no file."""
_BOUNDARY = re.compile(
    r"multipart/form-data\s*;.*?\bboundary=(?:\"([^\"\r\n]{1,70})\"|([^\s;,\"]{1,70}))", re.IGNORECASE
)
_NAMED = re.compile(r"content-disposition:\s*form-data\s*;([^\r\n]*)", re.IGNORECASE)
_PARAMETER = re.compile(r";?\s*(name|filename)=\"([^\"\r\n]*)\"", re.IGNORECASE)


class FormUnreadable(Exception):
    """It is no such form, or not a whole one; the message tells the person what to do."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """One file of a form, by its place in the body."""

    field: str
    name: str
    """As the browser sent it."""
    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        """Whether no file was chosen."""
        return self.start == self.end and not self.name


@dataclass(frozen=True, slots=True)
class FormParts:
    """A form's fields and files."""

    body: Path
    fields: dict[str, str]
    files: tuple[FilePart, ...]

    def file(self, field: str) -> FilePart | None:
        """The file that was chosen for a field; None where none was."""
        return next((each for each in self.files if each.field == field and not each.is_empty), None)

    def bytes_of(self, part: FilePart) -> bytes:
        """The file's content."""
        with self.body.open("rb") as stream:
            stream.seek(part.start)
            return stream.read(part.end - part.start)


def read_form_parts(body: Path, content_type: str) -> FormParts:
    """The parts of a body. Raises FormUnreadable, and OSError where it cannot be read."""
    found = _BOUNDARY.match(content_type[:1000])
    if found is None:
        raise FormUnreadable("It is no form with a file. Open the page again, and send the form from there.")
    delimiter = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    if body.stat().st_size < len(delimiter):
        raise FormUnreadable("It did not arrive complete. Please send it again.")
    fields: dict[str, str] = {}
    files: list[FilePart] = []
    parts = 0
    with body.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = data.find(delimiter)
        if place < 0:
            raise FormUnreadable("It could not be read. Open the page again, and send the form from there.")
        place += len(delimiter)
        while data[place : place + 2] != b"--":
            head_end = data.find(b"\r\n\r\n", place, place + LONGEST_HEAD)
            end = data.find(b"\r\n" + delimiter, head_end + 2) if head_end >= 0 else -1
            if end < 0:
                raise FormUnreadable("It did not arrive complete. Please send it again.")
            parts += 1
            if parts > MOST_PARTS:
                raise FormUnreadable("It has more parts than the page's form. Open the page again.")
            start = head_end + 4
            end = max(end, start)
            field, name = _names(data[place:head_end])
            if name is not None:
                files.append(FilePart(field, name, start, end))
            elif end - start > LONGEST_FIELD:
                raise FormUnreadable(f"A field is longer than {LONGEST_FIELD:,} bytes. Please shorten it.")
            else:
                fields[field] = data[start:end].decode("utf-8", "replace")
            place = data.find(delimiter, end) + len(delimiter)
    return FormParts(body, fields, tuple(files))


def _names(head: bytes) -> tuple[str, str | None]:
    """The field's name, and for a file its own."""
    named = _NAMED.search(head.decode("utf-8", "replace"))
    given = {key.lower(): value for key, value in _PARAMETER.findall(named[1])} if named else {}
    if "name" not in given:
        raise FormUnreadable("It could not be read. Open the page again, and send the form from there.")
    return given["name"], given.get("filename")
