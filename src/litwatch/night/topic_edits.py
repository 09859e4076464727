"""The one way in which litwatch changes the articles' files: topic file, text and bibliography, with an event.

The desk, ``litwatch add`` and ``litwatch references confirm`` all come through here, one at a time (a lock beside the
store). A change is refused where a file is no longer as its author saw it. Files and event go together: the event is
noted in the journal of ``config.files_together`` before the first file has its place, and put into the inbox after the
last; a process that dies in between leaves what ``mend`` ends, which every command calls before it works. The event's
name is given before, so that the store takes it once however often it is put.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from litwatch.config.files_together import FilesTogether
from litwatch.config.strict_yaml import MAX_BYTES
from litwatch.config.topic_files import parse_topic, refuse_link_outside
from litwatch.config.topic_keys import set_keys
from litwatch.config.topic_pins import add_pin
from litwatch.model.errors import EditorError, OutputFailed, TopicErrors
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.judgement_chain import canonical_text
from litwatch.model.topic import Pin, Topic
from litwatch.model.topic_edit import TextDifference, describe_edit
from litwatch.store.documents import load_judgement
from litwatch.store.inbox import Inbox, name_event


class ChangedSince(EditorError):
    """Somebody has changed a file since its author of now saw it; ``text`` is what stands there."""

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text


@dataclass(frozen=True, slots=True)
class TopicText:
    """A topic file as it stands."""

    file: Path
    data: bytes
    changed_at: datetime

    @property
    def text(self) -> str:
        """Its text; raises TopicErrors where it is not UTF-8."""
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise TopicErrors((f"{self.file}: not UTF-8 at byte {error.start}; save it as UTF-8",)) from None

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, 64 hex digits."""
        return hashlib.sha256(self.data).hexdigest()


def read_topic_text(file: Path) -> TopicText:
    """The file as it stands. Raises TopicErrors where it is not there, no regular file or too large."""
    try:
        if not file.is_file():
            raise TopicErrors((f"{file}: there is no such file",))
        refuse_link_outside(file)
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        changed_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError as error:
        raise TopicErrors((f"{file}: {error.strerror}; check the file's permissions",)) from None
    if len(data) > MAX_BYTES:
        raise TopicErrors((f"{file}: larger than {MAX_BYTES:,} bytes; a topic file is much smaller",))
    return TopicText(file, data, changed_at)


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, when and why."""

    by: str
    at: datetime
    reason: str = ""


class TopicEdits:
    """Changes of the articles' files of one installation."""

    def __init__(self, queries: Path, journal: Path, inbox: Inbox) -> None:
        self.queries = queries
        self._together = FilesTogether(journal)
        self._inbox = inbox

    def set_keys(self, slug: str, wanted: Mapping[str, object], author: Author, *, opened: str | None = None) -> Topic:
        """Set keys of a topic file (``config.topic_keys``) and return what it then says.

        ``opened`` is the file's digest as its author saw it; None where that does not matter. Raises ChangedSince,
        TopicErrors with every mistake of the new text, and OutputFailed; then nothing was changed.
        """
        file = self.queries / f"{slug}.yaml"
        with self._begun():
            found = read_topic_text(file)
            if not _says_so(found, wanted):
                refuse_changed(found, opened)
            text = set_keys(found.text, wanted, file)
            topic = parse_topic(text.removeprefix("\ufeff"), file)
            if text != found.text:
                self._change({file: text.encode()}, slug, author)
        return topic

    def write(self, slug: str, text: str, author: Author, *, opened: str) -> Topic:
        """Give a topic file another text as a whole, and return what it then says. Raises as ``set_keys`` does."""
        file = self.queries / f"{slug}.yaml"
        with self._begun():
            found = read_topic_text(file)
            if text.encode() != found.data:
                refuse_changed(found, opened)
            topic = parse_topic(text, file)
            if text.encode() != found.data:
                self._change({file: text.encode()}, slug, author)
        return topic

    def pin(self, slug: str, pin: Pin, author: Author) -> None:
        """Add a pin to a topic file. Raises TopicErrors as ``add_pin`` does, and OutputFailed."""
        file = self.queries / f"{slug}.yaml"
        with self._begun():
            text = add_pin(read_topic_text(file).text, pin, file)
            self._change({file: text.encode()}, slug, author)

    def put(
        self,
        slug: str,
        files: Mapping[Path, bytes | None],
        author: Author,
        *,
        expected: Mapping[Path, str | None],
        text: TextDifference | None = None,
    ) -> None:
        """Put files of one article into the folder, in their order, None taking one away.

        ``expected`` says of each how its author saw it: its SHA-256, or None where there was none. Raises ChangedSince
        and OutputFailed; then nothing was changed.
        """
        with self._begun():
            for file, digest in expected.items():
                there = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
                if there != digest:
                    what = "is there meanwhile" if digest is None else "was changed or removed meanwhile"
                    raise ChangedSince(f"{file.name} {what}: open the page again.", "")
            self._change(files, slug, author, text)

    @property
    def is_unfinished(self) -> bool:
        """Whether a change waits to be ended: for a moment, while one is under way; else something is in the way."""
        return not self._together.is_clean

    def mend(self) -> None:
        """End what a process that died has begun, and keep its event. Raises OutputFailed."""
        if not self._together.is_clean:
            with self._together.alone():
                self._mend()

    @contextmanager
    def _begun(self) -> Iterator[None]:
        with self._together.alone():
            self._mend()
            yield

    def _mend(self) -> None:
        for noted in self._together.mend():
            self._inbox.put(load_judgement(noted.note))
            self._together.forget(noted)

    def _change(
        self, files: Mapping[Path, bytes | None], slug: str, author: Author, text: TextDifference | None = None
    ) -> None:
        before = {file.name: file.read_bytes() if file.is_file() else None for file in files}
        after = {file.name: data for file, data in files.items()}
        edit = describe_edit(before, after, f"{slug}.yaml", text)
        event = name_event(Judgement(slug, Decision.TOPIC_EDITED, author.by, author.at, author.reason, edit=edit))
        noted = self._together.change(files, canonical_text(event))
        with suppress(OutputFailed):  # the files are changed, and the journal keeps the event for the next command
            self._inbox.put(event)
            self._together.forget(noted)


def _says_so(found: TopicText, wanted: Mapping[str, object]) -> bool:
    """Whether a file says already what its author wants: the form was sent twice, by a second press of its button."""
    try:
        return set_keys(found.text, wanted, found.file) == found.text
    except TopicErrors:
        return False


def refuse_changed(found: TopicText, opened: str | None) -> None:
    """Raise ChangedSince where the file is another than the one with the digest that its author saw."""
    if opened is not None and found.digest != opened:
        raise ChangedSince(
            f"Somebody changed {found.file.name} at {found.changed_at:%H:%M} UTC on"
            f" {found.changed_at.day} {found.changed_at:%B %Y}. Nothing of yours was saved.",
            found.data.decode("utf-8", "replace"),
        )
