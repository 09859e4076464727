"""Counts and lists as English writes them: ``1 article``, ``a, b and c``."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: ``1 article``, ``2,400 records``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def numbers(values: Sequence[int], noun: tuple[str, str] = ("sentence", "sentences")) -> str:
    """``sentence 3`` or ``sentences 3, 5 and 9``; empty for none."""
    return f"{noun[len(values) != 1]} {listed([str(value) for value in values])}" if values else ""
