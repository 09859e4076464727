"""The doors of one run, opened from the settings.

A source is imported where it is opened: most commands ask none, and each brings an HTTP client or a parser along.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from litwatch.config.settings import Settings
from litwatch.model.errors import OutputFailed, StoreBusy, StoreUnusable
from litwatch.model.text.phrases import count
from litwatch.sources.protocol import BibliographicDatabase, ReadsLeads, ReadsNotices
from litwatch.store import Store
from litwatch.store.inbox import Inbox, Refused


@dataclass(frozen=True, slots=True)
class Doors:
    """What one run works with: settings, store, sources and the clock."""

    settings: Settings
    store: Store
    entrez: BibliographicDatabase
    read_leads: ReadsLeads
    clock: Callable[[], datetime]
    """The present instant, UTC; the only clock of a run."""
    notices: ReadsNotices | None = None
    """The second source on retractions; None where the settings name none."""


def open_doors(settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Doors:
    """Open the store (creating or migrating it) and the way to NCBI.

    Raises SettingsError as ``open_entrez`` does, StoreUnusable, StoreBusy, or OutputFailed where the
    store's folder cannot be made.
    """
    from litwatch.sources.feeds.reader import read_feed  # noqa: PLC0415

    entrez = open_entrez(settings)
    read_leads = partial(
        read_feed,
        user_agent=f"{settings.tool} ({settings.email})",
        is_allowed=(lambda _: True) if settings.private_feeds else None,
        memory=settings.store.with_suffix(".feeds"),
    )
    return Doors(settings, open_store(settings), entrez, read_leads, clock, watch_reader(settings))


def open_entrez(settings: Settings) -> BibliographicDatabase:
    """The way to NCBI alone. Raises SettingsError without an e-mail address (NCBI requires one, NBK25497)."""
    from litwatch.sources.entrez import Entrez, EntrezSettings  # noqa: PLC0415

    return Entrez(
        EntrezSettings(
            base_url=settings.eutils,
            tool=settings.tool,
            email=settings.require_email(),
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            pace_file=settings.store.with_suffix(".pace"),
        )
    )


def watch_reader(settings: Settings) -> ReadsNotices | None:
    """The way to the Retraction Watch table that the settings name, if they name one."""
    if settings.retraction_watch is None:
        return None
    from litwatch.sources.retraction_watch.download import RetractionWatchSource  # noqa: PLC0415

    agent = f"{settings.tool} ({settings.email})" if settings.email else settings.tool
    return RetractionWatchSource(settings.retraction_watch, agent)


def open_store(settings: Settings) -> Store:
    """The store alone, for commands that ask NCBI nothing; what members answered at the desk is taken in first."""
    try:
        settings.store.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFailed(f"{settings.store.parent}: {error.strerror}; the store's folder cannot be made") from None
    store = Store(settings.store, wait_seconds=settings.store_wait)
    store.migrate()
    _take_in(settings, store)
    return store


def open_kept_store(settings: Settings) -> Store:
    """The store that earlier runs filled, for commands that tell what it holds.

    Raises StoreUnusable where there is none: an empty one, made for a mistyped LITWATCH_STORE, would answer everything
    with "nothing".
    """
    if not settings.store.exists():
        raise StoreUnusable(f"There is no store at {settings.store}: check LITWATCH_STORE; the first night creates it.")
    return open_store(settings)


def open_inbox(settings: Settings) -> Inbox:
    """The folder beside the store in which the desk's answers wait for it."""
    return Inbox(settings.store.with_suffix(".inbox"))


def open_snapshot(settings: Settings) -> Store:
    """The copy of the store that the last night published, for readers that must never wait for a night."""
    return Store(settings.store.with_suffix(".readers.duckdb"), wait_seconds=settings.store_wait)


def publish_snapshot(store: Store, settings: Settings) -> None:
    """Renew that copy. Raises StoreBusy or OutputFailed; the old copy then stays as it is."""
    store.snapshot(open_snapshot(settings).path)


def inbox_trouble(settings: Settings) -> str | None:
    """What a person must do about answers that could not be taken in; None where there are none."""
    inbox = open_inbox(settings)
    try:
        unreadable, aside = inbox.read()[1], inbox.aside()
    except OutputFailed as error:
        return f"Answers given at the desk could not be taken in: {error}"
    if number := len(unreadable) + len(aside):
        return (
            f"{count(number, 'answer')} given at the desk could not be taken in: the folder"
            f" {inbox.folder / 'refused'} contains the reasons; settle each with its sender, then remove it there"
        )
    return None


def _take_in(settings: Settings, store: Store) -> None:
    """Move waiting events into the store: kept there first, then cleared here, so that none is lost in between.

    Where that fails the command goes on without them, and ``inbox_trouble`` tells it: an article must not stay
    unsurveyed because an answer cannot be read.
    """
    inbox = open_inbox(settings)
    with suppress(OutputFailed, StoreBusy):
        events, unreadable = inbox.read()
        refused = store.take_in(events) if events else {}
        if events and settings.desk_url is not None:
            publish_snapshot(store, settings)  # before they leave the inbox: the desk always sees one or the other
        inbox.clear(tuple(event for event in events if event.event not in refused))
        for each in (*unreadable, *(Refused(event, why) for event, why in refused.items())):
            inbox.set_aside(each)
