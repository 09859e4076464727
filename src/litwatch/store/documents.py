"""Values as the store keeps them: JSON text for what is never queried by part, UTC without zone for moments.

The text is ``orjson``'s, byte for byte what ``content_hash`` hashes, so that SQL can check a row by itself.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

import orjson
from pydantic import TypeAdapter

Value = TypeVar("Value")


def dump(value: object) -> str:
    """JSON text of a dataclass, a tuple of them, or plain values."""
    return orjson.dumps(value).decode()


def dump_with_hash(value: object) -> tuple[str, str]:
    """``dump``, and the SHA-256 of its bytes (64 hex digits): for a record, its ``content_hash``."""
    data = orjson.dumps(value)
    return data.decode(), hashlib.sha256(data).hexdigest()


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def load(kind: type[Value], text: str) -> Value:
    """The value back from its text; ValueError (pydantic's) where the text does not fit the type."""
    return cast("Value", _adapter(cast("Any", kind)).validate_json(text))


def to_utc(moment: datetime) -> datetime:
    """A moment as the store's columns hold it; ValueError without time zone, which would be a guess."""
    if moment.tzinfo is None:
        raise ValueError(f"the time {moment.isoformat()} needs its time zone")
    return moment.astimezone(UTC).replace(tzinfo=None)


def from_utc(moment: datetime) -> datetime:
    """A column's moment with its time zone."""
    return moment.replace(tzinfo=UTC)
