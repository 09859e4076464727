"""How far a store's sweeps reach: what the store asks, put to the decision."""

from __future__ import annotations

from datetime import date

from litwatch.decisions.search_window import find_watermark
from litwatch.model.sweep import SweepKind
from litwatch.store import Store


def watermark(store: Store, topic: str, *, strategy: str | None = None, since: date | None = None) -> date | None:
    """The watermark for one text of the strategy, by default the one swept last."""
    if strategy is None:
        swept = [sweep.strategy for sweep in store.latest_sweeps(topic) if sweep.kind is SweepKind.TOPIC]
        strategy = swept[0] if swept else ""
    return find_watermark(store.swept_windows(topic, strategy), since)
