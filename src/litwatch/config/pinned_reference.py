"""An editor's word on which record a reference is, written into the topic file, where the next night reads it.

Whether the editor is right is judged by the next night, which compares the pinned record with what is printed and says
what differs.
"""

from __future__ import annotations

from pathlib import Path

from litwatch.config.topic_pins import add_pin
from litwatch.config.whole_file import write_whole_file
from litwatch.model.errors import OutputFailed
from litwatch.model.topic import Pin, Topic


def pin_reference(topic: Topic, pin: Pin, *, dry_run: bool = False) -> str:
    """Add the pin to the topic's file and give the file's new text; a dry run writes nothing.

    Raises TopicErrors where the file cannot be added to by program, OutputFailed where it cannot be written.
    """
    file: Path = topic.file
    try:
        text = add_pin(file.read_bytes().decode("utf-8-sig"), pin, file)
        if not dry_run:
            write_whole_file(file, text.encode())
    except OSError as error:
        raise OutputFailed(f"{file}: {error.strerror or error}; correct its permissions and confirm again") from None
    return text
