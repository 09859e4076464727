"""Missed nights are caught up once: one night searches the days of all that were missed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from litwatch.config.settings import Settings
from litwatch.model.errors import OperatorError
from litwatch.store import Store


def find_later_night(settings: Settings, due: datetime) -> str | None:
    """The night that ended in order and began after another was ``due``, by its run; None where there is none.

    Where the store cannot tell, because it is busy, or of an older litwatch, there is none either: the night itself
    waits for it, migrates it, or tells what is wrong with it.
    """
    with suppress(OperatorError):
        if settings.store.exists():
            night = Store(settings.store, wait_seconds=settings.store_wait).last_night_done()
            return night.id if night is not None and night.started_at > due else None
    return None
