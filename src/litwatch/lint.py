"""Citation lint: what is wrong with an article's markers and reference list, each finding with a place and a hint.

This module refuses to mend anything and to look anything up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an error misleads a reader, a warning may, a note is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding."""

    code: str
    """Stable: ``L01-marker-without-reference``, …"""
    severity: Severity
    message: str
    hint: str
    section: str | None = None
    """The section's heading."""
    sentence: int | None = None
    """The sentence's number."""
    position: int | None = None
    """The reference's 1-based place in the list."""
