"""The doors of one run, opened from the settings.

A source is imported where it is opened: most commands ask none, and each brings an HTTP client or a parser along.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from litwatch.config.sentence_model_files import find_sentence_model, load_sentence_model
from litwatch.config.settings import Settings
from litwatch.model.errors import OutputFailed, SettingsError, StoreBusy, StoreUnusable
from litwatch.model.text.phrases import count
from litwatch.sources.protocol import BibliographicDatabase, ReadsLeads, ReadsNotices, ReadsUpdates
from litwatch.store import Store
from litwatch.store.ends_beside import EndsBeside
from litwatch.store.inbox import Inbox, Refused
from litwatch.strategy.mesh_tree import MESH_IN_USE

if TYPE_CHECKING:
    from litwatch.decisions.ranking.sentence_model import SentenceModel
    from litwatch.night.topic_edits import TopicEdits
    from litwatch.sources.entrez import EntrezSettings
    from litwatch.sources.entrez.live_checks import LiveCheck


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
    updates: ReadsUpdates | None = None
    """The registry of notices about works, those without a PubMed record included; None where the settings name none.
    """
    load_model: Callable[[], SentenceModel] | None = None
    """Reads the sentence model; None where none is installed."""


_PAGE = re.compile(r"(\d{4}-\d\d-\d\d)\.html")
"""A report that a night has written: ``reports/<article>/2026-03-31.html``."""


def open_doors(
    settings: Settings, *, new_store: bool = False, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Doors:
    """Open the store (migrating it if need be) and the way to NCBI.

    With ``new_store`` there must be no store yet, and one is made. Raises SettingsError as ``open_entrez`` does and
    where a new store was asked for but there is one, StoreUnusable where the store is missing or cannot be used,
    StoreBusy, or OutputFailed where the store's folder cannot be made.
    """
    entrez, read_leads = open_entrez(settings), open_feeds(settings)
    if new_store and settings.store.exists():
        raise SettingsError(f"There is a store at {settings.store} already: leave out --new-store (new_store).")
    store = open_store(settings) if new_store else open_kept_store(settings)
    with suppress(OutputFailed):  # a run without it is better than none
        open_ends(settings.store).reserve()
    notices, updates = watch_reader(settings), open_crossref(settings)
    return Doors(settings, store, entrez, read_leads, clock, notices, updates, open_sentence_model())


def open_shard_doors(
    settings: Settings, store: Store, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Doors:
    """The doors of a shard of a night: the ``store`` is its own; notices were read for all. Raises SettingsError."""
    entrez, updates = open_entrez(settings), open_crossref(settings)
    return Doors(
        settings, store, entrez, open_feeds(settings), clock, updates=updates, load_model=open_sentence_model()
    )


def open_sentence_model() -> Callable[[], SentenceModel] | None:
    """What reads the installed sentence model; None where there is none."""
    folder = find_sentence_model()
    return None if folder is None else partial(load_sentence_model, folder)


def open_feeds(settings: Settings) -> ReadsLeads:
    """The way to the feeds that topic files name."""
    from litwatch.sources.feeds.reader import read_feed  # noqa: PLC0415

    return partial(
        read_feed,
        user_agent=f"{settings.tool} ({settings.email})",
        is_allowed=(lambda _: True) if settings.private_feeds else None,
        memory=settings.store.with_suffix(".feeds"),
    )


def open_entrez(settings: Settings) -> BibliographicDatabase:
    """The way to NCBI alone. Raises SettingsError without an e-mail address (NCBI requires one, NBK25497)."""
    from litwatch.sources.entrez import Entrez  # noqa: PLC0415

    return Entrez(_entrez_settings(settings))


def require_pace(settings: Settings) -> None:
    """Raises SettingsError where more machines share NCBI's rate than it allows requests a second."""
    from litwatch.sources.entrez.rate_limit import gap_between  # noqa: PLC0415

    gap_between(with_key=settings.api_key is not None, machines=settings.machines)


def question_entrez(settings: Settings) -> Iterator[LiveCheck]:
    """Whether NCBI is what litwatch assumes, question by question. Raises SettingsError as ``open_entrez`` does."""
    from litwatch.sources.entrez.live_checks import check_live  # noqa: PLC0415

    return check_live(_entrez_settings(settings))


def _entrez_settings(settings: Settings) -> EntrezSettings:
    from litwatch.sources.entrez import EntrezSettings  # noqa: PLC0415

    return EntrezSettings(
        base_url=settings.eutils,
        tool=settings.tool,
        email=settings.require_email(),
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        machines=settings.machines,
        pace_file=settings.store.with_suffix(".pace"),
    )


def watch_reader(settings: Settings) -> ReadsNotices | None:
    """The way to the Retraction Watch table that the settings name, if they name one."""
    if settings.retraction_watch is None:
        return None
    from litwatch.sources.retraction_watch.download import RetractionWatchSource  # noqa: PLC0415

    agent = f"{settings.tool} ({settings.email})" if settings.email else settings.tool
    return RetractionWatchSource(settings.retraction_watch, agent)


def open_crossref(settings: Settings) -> ReadsUpdates | None:
    """The way to Crossref, if the settings name it. Raises SettingsError without an e-mail address."""
    if settings.crossref is None:
        return None
    from litwatch.sources.crossref.registry import CrossrefSource  # noqa: PLC0415

    return CrossrefSource(settings.crossref, settings.require_email(), settings.tool)


def open_store(settings: Settings) -> Store:
    """The store, made where there is none; what members answered at the desk is taken in first.

    Only what a person has asked for a new store may call it: everything else uses ``open_kept_store``, because a store
    that was lost must not be replaced by an empty one.
    """
    try:
        settings.store.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFailed(f"{settings.store.parent}: {error.strerror}; the store's folder cannot be made") from None
    store = Store(settings.store, wait_seconds=settings.store_wait)
    new = not settings.store.exists()
    store.migrate()
    if new:  # what the one before it held is not missing: a person wanted a new one
        with suppress(OutputFailed):
            open_ends(settings.store).note_height(store.height())
    _take_in_ends(settings, store)
    _take_in(settings, store)
    use_loaded_headings(store)
    return store


def use_loaded_headings(store: Store) -> None:
    """Let strategies be read with the headings that the operator has loaded, or with litwatch's own."""
    edition = store.mesh_edition()
    if edition is None:
        MESH_IN_USE.become((), None)
    elif MESH_IN_USE.edition != (edition.year, edition.loaded_at):
        MESH_IN_USE.become(store.mesh_headings(), (edition.year, edition.loaded_at))


def open_kept_store(settings: Settings) -> Store:
    """The store that earlier runs filled. Raises StoreUnusable where there is none.

    An empty one, made for a lost file or a mistyped LITWATCH_STORE, would forget every answer, tell everything anew
    and answer every question with "nothing".
    """
    if not settings.store.exists():
        raise StoreUnusable(explain_missing_store(settings))
    return open_store(settings)


def open_unchanged_store(settings: Settings) -> Store:
    """The store for a look that changes nothing, not even its schema. Raises StoreUnusable where there is none.

    Where an older litwatch made it, its methods raise StoreUnusable, too.
    """
    if not settings.store.exists():
        raise StoreUnusable(explain_missing_store(settings))
    return Store(settings.store, wait_seconds=settings.store_wait)


def explain_missing_store(settings: Settings) -> str:
    """What to do about a store that is not there: another thing where earlier nights have left their traces."""
    path = settings.store
    missing = f"There is no store at {path}"
    copy, last = open_snapshot(settings).path, last_report_day(settings.reports)
    if copy.exists():
        return (
            f"{missing}, but the desk's copy of it is there: it was lost or moved. Put it back, or copy {copy} in its"
            " place; what has happened since that copy is then fetched again, except for answers that were taken in."
            " If every answer and all that was told shall be forgotten: `litwatch init`."
        )
    if last is not None:
        return (
            f"{missing}, but {settings.reports} contains reports of nights up to {last.isoformat()}: it was lost, or"
            " LITWATCH_STORE is wrong. Put it or your newest backup of it in this place. If every answer and all that"
            " was told shall be forgotten: `litwatch init`."
        )
    return f"{missing}: check LITWATCH_STORE; if this is a new installation, `litwatch init` makes it."


def last_report_day(reports: Path, *, of: str = "*") -> date | None:
    """The newest day of which a night (of one article) has left a report in the folder; None where there is none."""
    days = [match[1] for page in reports.glob(f"{of}/*.html") if (match := _PAGE.fullmatch(page.name))]
    return date.fromisoformat(max(days)) if days else None


@contextmanager
def passing_store(settings: Settings) -> Iterator[Settings]:
    """The settings with an empty store that is thrown away, where there is none: for what keeps nothing anyway."""
    if settings.store.exists():
        yield settings
        return
    with tempfile.TemporaryDirectory() as folder:
        passing = settings.model_copy(update={"store": Path(folder) / settings.store.name})
        open_store(passing)
        yield passing


def open_inbox(settings: Settings) -> Inbox:
    """The folder beside the store in which the desk's answers wait for it."""
    return Inbox(settings.store.with_suffix(".inbox"))


def open_topic_edits(settings: Settings) -> TopicEdits:
    """The way to change the articles' files, with its journal beside the store."""
    from litwatch.night.topic_edits import TopicEdits  # noqa: PLC0415

    return TopicEdits(settings.queries, settings.store.with_suffix(".edits"), open_inbox(settings))


def open_ends(store: Path) -> EndsBeside:
    """The file beside a store that knows of runs which ended when the store could not be told."""
    return EndsBeside(store.with_suffix(".ends"))


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
    if open_topic_edits(settings).is_unfinished:
        return (
            f"An edit of the articles' files was broken off and cannot be ended: check that litwatch may write to"
            f" {settings.queries} and {settings.store.with_suffix('.edits')}"
        )
    if number := len(unreadable) + len(aside):
        return (
            f"{count(number, 'answer')} given at the desk could not be taken in: the folder"
            f" {inbox.folder / 'refused'} contains the reasons; settle each with its sender, then remove it there"
        )
    return None


def _take_in_ends(settings: Settings, store: Store) -> None:
    """Give the store the ends of runs that it could not take when they came."""
    ends = open_ends(settings.store)
    with suppress(OutputFailed, StoreBusy):
        waiting = ends.read()
        for end in waiting:
            store.settle_end(end)
        ends.clear(waiting)


def _take_in(settings: Settings, store: Store) -> None:
    """Move waiting events into the store: kept there first, then cleared here, so that none is lost in between.

    They are marked as taken before that, so that nobody is told "taken back" of what the store has.

    Where that fails the command goes on without them, and ``inbox_trouble`` tells it: an article must not stay
    unsurveyed because an answer cannot be read.
    """
    inbox = open_inbox(settings)
    with suppress(OutputFailed):
        open_topic_edits(settings).mend()
    with suppress(OutputFailed, StoreBusy):
        events, unreadable = inbox.take()
        refused = store.take_in(events) if events else {}
        if events and settings.desk_url is not None:
            publish_snapshot(store, settings)  # before they leave the inbox: the desk always sees one or the other
        inbox.clear(tuple(event for event in events if event.event not in refused))
        for each in (*unreadable, *(Refused(event, why) for event, why in refused.items())):
            inbox.set_aside(each)
