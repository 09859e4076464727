"""One statement for many topics: as many rows as they have, and not as many statements as there are topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Row = TypeVar("Row")

ASKED = "WITH asked AS (SELECT unnest($topics::VARCHAR[]) AS topic, unnest($strategies::VARCHAR[]) AS strategy)"
"""The table ``asked``: each topic with the text of its strategy."""


def asked(strategies: Mapping[str, str]) -> dict[str, object]:
    """The parameters of ``ASKED``."""
    return {"topics": [*strategies], "strategies": [*strategies.values()]}


def gather(topics: Iterable[str], rows: Iterable[tuple[str, Row]]) -> dict[str, tuple[Row, ...]]:
    """The rows of each topic, in their order; a topic without rows has none."""
    found: dict[str, list[Row]] = {topic: [] for topic in topics}
    for topic, row in rows:
        found[topic].append(row)
    return {topic: tuple(own) for topic, own in found.items()}
