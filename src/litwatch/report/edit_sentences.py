"""What was changed in an article's files, in a line for each."""

from __future__ import annotations

from litwatch.model.text.phrases import count
from litwatch.model.topic_edit import FileEdit, TextDifference, TopicEdit


def say_edit(edit: TopicEdit) -> tuple[str, ...]:
    """A phrase for each file, and one on the text where it was replaced."""
    said = [_say_file(file, edit.diff) for file in edit.files]
    return (*said, *((say_difference(edit.text),) if edit.text is not None else ()))


def say_difference(text: TextDifference) -> str:
    """How a text differs from the one before it.

    >>> say_difference(TextDifference(1, 0, 0, 2))
    'text: 1 sentence added, 2 references removed'
    """
    parts = [
        f"{count(number, what)} {how}"
        for number, what, how in (
            (text.sentences_added, "sentence", "added"),
            (text.sentences_removed, "sentence", "removed"),
            (text.references_added, "reference", "added"),
            (text.references_removed, "reference", "removed"),
        )
        if number
    ]
    return f"text: {', '.join(parts) or 'the same sentences and references'}"


def _say_file(file: FileEdit, diff: str) -> str:
    if file.after is None:
        return f"{file.name} removed"
    if file.before is None:
        return f"{file.name} added ({count(file.bytes_after or 0, 'byte')})"
    if diff.startswith(f"--- {file.name} "):
        lines = diff.splitlines()[2:]
        added, removed = (sum(line.startswith(sign) for line in lines) for sign in "+-")
        return f"{file.name}: {count(added, 'line')} added, {removed:,} removed"
    return f"{file.name} replaced ({count(file.bytes_before or 0, 'byte')} before, {file.bytes_after:,} now)"
