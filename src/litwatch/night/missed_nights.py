"""Missed nights are caught up once: one night searches the days of all that were missed."""

from __future__ import annotations

from datetime import datetime

from litwatch.config.settings import Settings
from litwatch.store import Store


def find_later_night(settings: Settings, due: datetime) -> str | None:
    """The night that ended in order and began after another was ``due``, by its run; None where there is none.

    Raises store errors.
    """
    if not settings.store.exists():
        return None
    store = Store(settings.store, wait_seconds=settings.store_wait)
    return next((run.id for run in store.last_done(20) if run.kind == "nightly" and run.started_at > due), None)
