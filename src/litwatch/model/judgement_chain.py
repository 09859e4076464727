"""The chain of judgements: each event carries the hash of the one before it, so that tampering shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC

import orjson

from litwatch.model.judgement import Judgement


@dataclass(frozen=True, slots=True)
class ChainedJudgement:
    """A judgement at its place in the chain."""

    seq: int
    """1 for the first event of the store, then without gaps."""
    previous: str
    """Hash of the event before it; 64 zeros for the first."""
    hash: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One event as it is stored: its canonical text and the two hashes."""

    seq: int
    previous: str
    hash: str
    text: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking the chain found. Print ``head`` outside the store: a cut-off end shows only against it."""

    length: int
    head: str
    """Hash of the last event; 64 zeros for an empty chain."""
    problems: tuple[str, ...]
    """One sentence for each broken place, in order; empty where the chain holds."""
    broken: tuple[int, ...] = ()
    """Numbers of the events at which the chain is broken, once each."""
    hashes: frozenset[str] = frozenset()
    """Hashes of all its events: a head that was noted earlier is among them, unless the end was cut off since."""


CHAIN_START = "0" * 64
_LATER = frozenset({"due", "settles", "responsible", "edit"})
"""Fields that came after the first events."""


def canonical_text(judgement: Judgement) -> str:
    """The event's JSON text, fields in their order and times in UTC: the bytes that are hashed.

    A field that came after the first events stands in it only where it is given, so that an earlier event has the same
    text in every version.
    """
    utc = replace(
        judgement,
        at=judgement.at.astimezone(UTC),
        seen=judgement.seen.astimezone(UTC) if judgement.seen else None,
    )
    given = {each.name: getattr(utc, each.name) for each in fields(utc)}
    return orjson.dumps(
        {name: value for name, value in given.items() if name not in _LATER or value is not None}
    ).decode()


def chain_hash(previous: str, text: str) -> str:
    """SHA-256 (64 hex digits) over the hash of the event before and this event's canonical text."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def verify_chain(links: Iterable[ChainLink]) -> ChainReport:
    """Recompute every hash of the chain, oldest event first."""
    problems: list[tuple[int, str]] = []
    length, head, hashes = 0, CHAIN_START, set()
    for link in links:
        length += 1
        if link.seq != length:
            problems.append((link.seq, f"Judgement {link.seq} stands where {length} should: one was removed or added."))
        if link.previous != head:
            problems.append((link.seq, f"Judgement {link.seq} does not follow the one before it."))
        if link.hash != chain_hash(link.previous, link.text):
            problems.append((link.seq, f"Judgement {link.seq} was altered after it was recorded."))
        head = link.hash
        hashes.add(head)
    return ChainReport(
        length,
        head,
        tuple(sentence for _, sentence in problems),
        tuple(dict.fromkeys(seq for seq, _ in problems)),
        frozenset(hashes),
    )
