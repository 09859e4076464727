"""Values as the store keeps them: JSON text for what is never queried by part, UTC without zone for moments.

The text of a record is byte for byte what ``content_hash`` hashes, so that SQL can check a row by itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, cast

import orjson
from pydantic import TypeAdapter

from litwatch.model.former_phrases import with_codes
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.judgement import Judgement
from litwatch.model.record import Record, record_json

Value = TypeVar("Value")


def dump(value: object) -> str:
    """JSON text of a dataclass, a tuple of them, or plain values."""
    return orjson.dumps(value).decode()


@dataclass(frozen=True, slots=True)
class Document:
    """A record as the store keeps it, in a fraction of the memory that it takes as a Record."""

    pmid: Pmid
    version: int
    entered: date | None
    created: date | None
    mesh_dated: date | None
    revised: date | None
    title: str
    doi: Doi | None
    pmcid: str | None
    text: str
    """``record_json`` of it."""
    content_hash: str
    """SHA-256 of the text's bytes, 64 hex digits."""


def write_down(record: Record) -> Document:
    """The record's document."""
    data = record_json(record)
    return Document(
        *(record.pmid, record.version, record.entered, record.created, record.mesh_dated, record.revised),
        *(record.title, record.doi, record.pmcid),
        *(data.decode(), hashlib.sha256(data).hexdigest()),
    )


def as_document(record: Record | Document) -> Document:
    """The record's document; a document is its own."""
    return record if isinstance(record, Document) else write_down(record)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def prepare_to_load(*kinds: object) -> None:
    """Make ready what ``load`` needs for these kinds: some milliseconds for each, while nobody waits for the store."""
    for kind in kinds:
        _adapter(kind)


def load(kind: type[Value], text: str) -> Value:
    """The value back from its text; ValueError (pydantic's) where the text does not fit the type."""
    return cast("Value", _adapter(cast("Any", kind)).validate_json(text))


def load_judgement(text: str | bytes) -> Judgement:
    """A judgement from its text, of today's form or an earlier one; ValueError where it is none."""
    found = orjson.loads(text)
    if not isinstance(found, dict):
        raise ValueError("a judgement is a JSON object")  # noqa: TRY004 - the text is wrong, not the caller
    # From text again, so that JSON's rules hold: a day is text there, and a list a tuple.
    return load(Judgement, orjson.dumps(with_codes(found)).decode())


def to_utc(moment: datetime) -> datetime:
    """A moment as the store's columns hold it; ValueError without time zone, which would be a guess."""
    if moment.tzinfo is None:
        raise ValueError(f"the time {moment.isoformat()} needs its time zone")
    return moment.astimezone(UTC).replace(tzinfo=None)


def from_utc(moment: datetime) -> datetime:
    """A column's moment with its time zone."""
    return moment.replace(tzinfo=UTC)
