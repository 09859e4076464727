"""What a person has changed in an article's files: the topic file line by line, and the text by its size and hash."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST_DIFF = 60_000
"""Characters of a diff that are kept; the hashes of the files stand beside it in any case."""
_MOST_LINES = 5_000
"""Lines of a topic file up to which two of them are compared; comparing takes the square of it at worst."""


@dataclass(frozen=True, slots=True)
class FileEdit:
    """One file before and after; None where there was or is none."""

    name: str
    before: str | None
    """SHA-256 of its bytes, 64 hex digits."""
    bytes_before: int | None
    after: str | None
    bytes_after: int | None


@dataclass(frozen=True, slots=True)
class TextDifference:
    """How an article's text differs from the one before it."""

    sentences_added: int
    sentences_removed: int
    references_added: int
    references_removed: int


@dataclass(frozen=True, slots=True)
class TopicEdit:
    """One change of an article's files, made as a whole."""

    diff: str
    """The unified diff of the topic file, one that is made or removed included; empty where it stayed as it was."""
    files: tuple[FileEdit, ...]
    text: TextDifference | None = None
    """Where the article's text was replaced by one that could be compared."""


def describe_edit(
    before: Mapping[str, bytes | None],
    after: Mapping[str, bytes | None],
    topic_file: str,
    text: TextDifference | None = None,
) -> TopicEdit:
    """The change from one state of some files to another, by their names; None stands for a file that is not there."""
    changed = [name for name in after if before.get(name) != after[name]]
    files = tuple(
        FileEdit(name, _digest(before.get(name)), _size(before.get(name)), _digest(after[name]), _size(after[name]))
        for name in changed
    )
    diff = _diff(before.get(topic_file), after[topic_file], topic_file) if topic_file in changed else ""
    return TopicEdit(diff, files, text)


def _diff(before: bytes | None, after: bytes | None, name: str) -> str:
    old, new = (data.decode("utf-8", "replace").splitlines() if data else [] for data in (before, after))
    if max(len(old), len(new)) > _MOST_LINES:
        return f"{name}: {len(old):,} lines before, {len(new):,} after; too many to be compared here"
    lines = difflib.unified_diff(
        old,
        new,
        "nothing" if before is None else f"{name} before",
        "nothing" if after is None else f"{name} after",
        n=2,
        lineterm="",
    )
    text = "\n".join(lines)
    if len(text) <= _LONGEST_DIFF:
        return text
    kept = text[:_LONGEST_DIFF].rpartition("\n")[0]
    return f"{kept}\n… and {text.count(chr(10)) - kept.count(chr(10)):,} more lines"


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _size(data: bytes | None) -> int | None:
    return None if data is None else len(data)
