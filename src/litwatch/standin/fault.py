"""What a fault is: a name, a line that says what goes wrong, and how it bends an answer.

A fault bends either what a utility is about to say (its records, its page) or the finished answer and its delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any, Final

from litwatch.standin.corpus import View
from litwatch.standin.occasion import Occasion
from litwatch.standin.web import Answer

UTILITIES: Final = ("einfo", "esearch", "epost", "esummary", "efetch", "elink", "espell", "egquery", "ecitmatch")

Change = Callable[[Answer, Occasion, Random], Answer]
Bend = Callable[[Any, View, Random], Any]


_ROOTS: Final = {
    "esearch": "eSearchResult", "epost": "ePostResult", "esummary": "eSummaryResult", "elink": "eLinkResult",
    "einfo": "eInfoResult",
}  # fmt: skip


class FaultKind(StrEnum):
    """Where a fault sits."""

    TRANSPORT = "transport"
    BODY = "body"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong."""

    name: str
    kind: FaultKind
    says: str
    """One line for the list."""
    change: Change | None = None
    """Finished answer → answer that goes out."""
    bends: Mapping[str, Bend] = field(default_factory=dict)
    """Kind of value (``hits``, ``page``, ``pmids``, ``records``, ``lines``) → how it is bent."""
    utilities: tuple[str, ...] = UTILITIES
    passing: bool = False
    """Whether it belongs to the share that misbehaves by default."""


def root_of(occasion: Occasion) -> str:
    """The root element of the utility's own error envelope."""
    return _ROOTS.get(occasion.request.utility, "eEfetchResult")


def one_record(change: Callable[[bytes], bytes]) -> Bend:
    """A bend of ``records`` that changes one of them, by chance."""

    def bend(records: list[bytes], _: View, random: Random) -> list[bytes]:
        if not records:
            return records
        place = random.randrange(len(records))
        return [change(record) if number == place else record for number, record in enumerate(records)]

    return bend
