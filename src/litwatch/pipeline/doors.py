"""The doors of one run, opened from the settings. This module refuses to do anything with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from litwatch.entrez import Entrez, EntrezSettings
from litwatch.errors import OutputFailed, SettingsError
from litwatch.feeds import read_feed
from litwatch.pipeline.leads import ReadLeads
from litwatch.settings import Settings
from litwatch.store import Store


@dataclass(frozen=True, slots=True)
class Doors:
    """What a run needs of the world."""

    settings: Settings
    store: Store
    entrez: Entrez
    read_leads: ReadLeads
    clock: Callable[[], datetime]
    """The present instant, UTC; the only clock of a run."""


def open_doors(settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Doors:
    """Open the store (creating or migrating it) and the way to NCBI.

    Raises SettingsError without an e-mail address (NCBI requires one, NBK25497), StoreUnusable, StoreBusy, or
    OutputFailed where the store's folder cannot be made.
    """
    if settings.email is None:
        raise SettingsError("LITWATCH_EMAIL is not set: NCBI requires your mail address with every request")
    read_leads = partial(
        read_feed,
        user_agent=f"{settings.tool} ({settings.email})",
        is_allowed=(lambda _: True) if settings.private_feeds else None,
    )
    return Doors(settings, open_store(settings), _entrez(settings, settings.email), read_leads, clock)


def open_store(settings: Settings) -> Store:
    """The store alone, for commands that ask NCBI nothing."""
    try:
        settings.store.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFailed(f"{settings.store.parent}: {error.strerror}; the store's folder cannot be made") from None
    store = Store(settings.store, wait_seconds=settings.store_wait)
    store.migrate()
    return store


def _entrez(settings: Settings, email: str) -> Entrez:
    return Entrez(
        EntrezSettings(
            base_url=settings.eutils,
            tool=settings.tool,
            email=email,
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            pace_file=settings.store.with_suffix(".pace"),
        )
    )
