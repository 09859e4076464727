"""NLM's bulk files into the store: next file → MD5 sum → batches → what litwatch watches → one transaction each.

Only records and their fates are brought up to date; sightings, changes and verdicts stay the night's work, which
compares with what each topic saw last. A file that fails ends the run, because later files build on it. Whatever is
missing, damaged or unreadable is in the summary and in the store.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime

from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topic_files, read_topics
from litwatch.model.errors import LitwatchError, RecordUnreadable, SettingsError, SourceError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.text.phrases import count
from litwatch.model.topic import Topic, TopicSource
from litwatch.night.bulk_sift import Cited, Strategies, papers_noticed, read_cited, sift
from litwatch.night.doors import open_kept_store
from litwatch.sources.bulk_files import (
    BATCH,
    Batch,
    BulkName,
    Source,
    Waiting,
    choose,
    holes,
    open_checked,
    open_source,
    read_batches,
)
from litwatch.store import BulkCounts, BulkFile, Document, RunState, Store, write_down
from litwatch.strategy.own_reading import find_for_pubmed_alone


@dataclass(frozen=True, slots=True)
class LoadStep:
    """How far a load is."""

    name: str
    place: int
    """Of this file among the files of this run, from 1."""
    files: int
    doing: str
    done: float
    """Part of the file, 0 to 1."""
    records: int
    """Read in this run so far."""


OnLoadStep = Callable[[LoadStep], None]

TRANSACTION = 10_000
"""Items of a file that are written at once, about 50 MB: DuckDB packs what each transaction adds, and packs small
pieces together again later."""

PROBLEMS_KEPT = 100
"""Sentences about unreadable records that the store keeps of one file; the rest are counted."""


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did."""

    run: str | None
    """Its id in the store; None for a dry run."""
    files: tuple[BulkFile, ...]
    """Loaded whole by this run, in order."""
    waiting: tuple[str, ...]
    """Names of the files that the source has for the store and that are not loaded, in order."""
    failure: str | None
    """What a person must look at; None when everything that was asked for is loaded."""
    stopped: str | None = None
    """The part of it that kept later files from being loaded."""

    @property
    def counts(self) -> BulkCounts:
        """The files' counts in all."""
        return sum((file.counts for file in self.files), BulkCounts())

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class BulkStatus:
    """How far the bulk files are loaded."""

    files: tuple[BulkFile, ...]
    """Loaded, or begun, in order."""
    gaps: tuple[str, ...]
    """Names missing among those loaded."""
    waiting: tuple[str, ...] | None
    """What a source has for the store; None where no source was named."""
    missing: str | None
    """The file that must come next and that the source lacks, although it has later ones."""


def load_bulk(
    settings: Settings,
    where: str,
    *,
    everything: bool = False,
    first: int | None = None,
    until: int | None = None,
    dry_run: bool = False,
    watch: Watch | None = None,
    from_newest: bool = False,
    transaction_size: int = TRANSACTION,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    on_step: OnLoadStep = lambda _: None,
) -> LoadSummary:
    """Load the files that a folder or an address has for the store, in number order.

    ``everything`` keeps every record and not only those that litwatch watches; ``first`` begins a year with another
    number than 1; ``until`` is the last number to load. A dry run only says which files wait.
    ``watch`` says what litwatch watches, in place of what the topic files say. ``from_newest`` begins with the newest
    file where none of its year is loaded.
    ``transaction_size`` is the number of items written in one transaction.

    Raises SettingsError, TopicErrors, ArticleUnreadable, SourceError (before the first file), StoreBusy, StoreUnusable
    and OutputFailed. A file that fails later is in the summary, and those before it stay loaded.
    """
    source = open_bulk_source(settings, where)
    missing = dry_run and not settings.store.exists()  # nothing is kept: no reason to ask for a store
    begun = {} if missing else _begun(open_kept_store(settings))
    plan = _plan(source, begun, first, until, from_newest=from_newest)
    _refuse_other_scope(begun.values(), plan.files, everything=everything)
    names = [str(name) for name in plan.files]
    gap = _explain_gap(plan, where)
    if dry_run:
        return LoadSummary(None, (), tuple(names), gap, gap)
    store = open_kept_store(settings)
    worker = _Loader(
        store=store,
        source=source,
        watch=watch or _read_watch(settings, store, clock(), everything=everything),
        clock=clock,
        on_step=on_step,
        files=len(plan.files),
        transaction_size=transaction_size,
    )
    run = store.start_run("bulk", clock())
    error = None
    try:
        for name in plan.files:
            try:
                worker.load(name, begun.get(name))
            except SourceError as failed:
                error = str(failed)
                break
    except BaseException as failed:
        reason = str(failed) if isinstance(failed, LitwatchError) else f"{type(failed).__name__} ended the run"
        with suppress(LitwatchError):  # where the store is full or busy, the first reason is the one to tell
            store.finish_run(run, RunState.FAILED, at=clock(), summary=_receipt(worker.loaded), error=reason)
        raise
    lines = [line for line in (error or gap, *_explain_problems(worker.loaded)) if line]
    waiting = tuple(names[len(worker.loaded) :])
    summary = LoadSummary(run, tuple(worker.loaded), waiting, "\n".join(lines) or None, error or gap)
    state = RunState.SUCCEEDED if summary.ok else RunState.INCOMPLETE
    store.finish_run(run, state, at=clock(), summary=_receipt(worker.loaded), error=summary.failure)
    return summary


def _begun(store: Store) -> dict[BulkName, BulkFile]:
    """The files that the store has, wholly or in part."""
    return {BulkName(file.year, file.number): file for file in store.bulk_files()}


def bulk_status(settings: Settings, where: str | None = None) -> BulkStatus:
    """How far the bulk files are loaded and, where a source is named, what it has. Raises as ``load_bulk`` does."""
    files = open_kept_store(settings).bulk_files() if settings.store.exists() else ()
    gaps = tuple(map(str, holes(BulkName(file.year, file.number) for file in files)))
    if where is None:
        return BulkStatus(files, gaps, None, None)
    begun = {BulkName(file.year, file.number): file for file in files}
    plan = _plan(open_bulk_source(settings, where), begun, None, None)
    return BulkStatus(files, gaps, tuple(map(str, plan.files)), str(plan.missing) if plan.missing else None)


@dataclass(frozen=True, slots=True)
class Watch:
    """What litwatch watches, as the run found it."""

    cited: Cited
    strategies: Strategies
    everything: bool = False
    """Whether every record is kept."""

    def sift(self, batch: Batch, waiting: Iterable[Pmid], store: Store) -> _Kept:
        """The records and tombstones of a batch that matter, and why; what waits to be written is known as well."""
        if self.everything and not self.strategies.followed:
            return _Kept(batch.records, batch.deleted, BulkCounts(), ())
        noticed = (pmid for record in batch.records for pmid in papers_noticed(record))
        known = store.known([*(record.pmid for record in batch.records), *batch.deleted, *noticed])
        known.update(waiting)
        sifted = sift(batch.records, known, self.cited, self.strategies)
        if self.everything:
            return _Kept(batch.records, batch.deleted, BulkCounts(), sifted.matches)
        gone = tuple(pmid for pmid in batch.deleted if pmid in known or pmid in self.cited.pmids)
        counts = BulkCounts(known=sifted.known, cited=sifted.cited, matched=sifted.matched, linked=sifted.linked)
        return _Kept(sifted.records, gone, counts, sifted.matches)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a batch, and which followed strategies find which of its records."""

    records: tuple[Record, ...]
    deleted: tuple[Pmid, ...]
    counts: BulkCounts
    matches: tuple[tuple[str, Pmid], ...]


@dataclass(slots=True)
class _Read:
    """What was read of a file since the last transaction."""

    documents: list[Document] = field(default_factory=list)
    deleted: list[Pmid] = field(default_factory=list)
    counts: BulkCounts = field(default_factory=BulkCounts)
    matches: list[tuple[str, Pmid]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Loader:
    """Loads one file after the other."""

    store: Store
    source: Source
    watch: Watch
    clock: Callable[[], datetime]
    on_step: OnLoadStep
    files: int
    transaction_size: int
    loaded: list[BulkFile] = field(default_factory=list)
    records: int = 0

    def load(self, name: BulkName, before: BulkFile | None) -> None:
        """Load one file, behind the last batch of an earlier run if that read the same file."""
        md5 = self.source.md5_of(name)
        with (
            self.source.on_disk(name, lambda here, size: self._tell(name, "downloading", here, size)) as path,
            open_checked(path, name, md5) as stream,
        ):
            status = os.fstat(stream.fileno())
            file = before if before is not None and before.md5 == md5 else self._begin(name, md5, status.st_mtime)
            read = _Read()
            for batch in read_batches(stream, name, skip=file.position, size=min(BATCH, self.transaction_size)):
                self._take_in(read, batch)
                if batch.position - file.position >= self.transaction_size or batch.deleted or batch.is_last:
                    file = self._save(file, read, batch)
                    read = _Read()
                self.records += len(batch.records)
                self._tell(name, "loading", stream.tell(), status.st_size)
                del batch  # else its records stay in memory while the next are read
        self.loaded.append(file)

    def _begin(self, name: BulkName, md5: str, modified: float) -> BulkFile:
        now = self.clock()
        return BulkFile(
            str(name), name.year, name.number, md5, self.watch.everything,
            made_at=min(datetime.fromtimestamp(modified, UTC), now), started_at=now,
        )  # fmt: skip

    def _take_in(self, read: _Read, batch: Batch) -> None:
        kept = self.watch.sift(batch, (document.pmid for document in read.documents), self.store)
        read.documents += map(write_down, kept.records)
        read.deleted += kept.deleted
        read.matches += kept.matches
        read.counts += kept.counts + BulkCounts(records=len(batch.records), unreadable=len(batch.unreadable))
        read.problems += map(_sentence, batch.unreadable[: PROBLEMS_KEPT - len(read.problems)])

    def _save(self, file: BulkFile, read: _Read, last: Batch) -> BulkFile:
        return self.store.save_bulk_batch(
            file,
            position=last.position,
            documents=read.documents,
            deleted=read.deleted,
            counts=read.counts,
            problems=read.problems[: max(0, PROBLEMS_KEPT - len(file.problems))],
            is_last=last.is_last,
            at=self.clock(),
            strategies=self.watch.strategies.followed,
            matches=read.matches,
        )

    def _tell(self, name: BulkName, doing: str, here: int, size: int) -> None:
        done = min(1.0, here / size) if size else 0.0
        self.on_step(LoadStep(str(name), len(self.loaded) + 1, self.files, doing, done, self.records))


def open_bulk_source(settings: Settings, where: str) -> Source:
    """The folder or address of bulk files. Raises SettingsError for an address of another sort."""
    agent = f"{settings.tool} ({settings.email})" if settings.email else settings.tool
    return open_source(where, keep=settings.store.with_suffix(".bulk"), user_agent=agent)


def _plan(
    source: Source,
    begun: Mapping[BulkName, BulkFile],
    first: int | None,
    until: int | None,
    *,
    from_newest: bool = False,
) -> Waiting:
    """What comes next. The newest loaded file comes again where NLM has replaced it by another since."""
    offered = source.names()
    loaded = sorted(name for name, file in begun.items() if file.loaded_at is not None)
    newest = max(offered, default=None)
    if from_newest and newest is not None and all(name.year < newest.year for name in begun):
        offered = tuple(name for name in offered if name.year == newest.year)
        first = min(offered).number if loaded else newest.number
    if loaded and loaded[-1] in offered and source.md5_of(loaded[-1]) != begun[loaded[-1]].md5:
        loaded.pop()
    return choose(offered, loaded, first=first, until=until)


def _refuse_other_scope(begun: Iterable[BulkFile], files: Sequence[BulkName], *, everything: bool) -> None:
    years = {name.year for name in files}
    for file in begun:
        if file.year in years and file.everything is not everything:
            did, do = ("with", "with it") if file.everything else ("without", "without it")
            raise SettingsError(
                f"{file.name} was loaded {did} --all; mixing the two would leave holes that nobody sees. Go on {do}, or"
                " choose anew in a new store or with the next baseline."
            )


def _read_watch(settings: Settings, store: Store, now: datetime, *, everything: bool) -> Watch:
    """What the topic files say. Raises TopicErrors, ArticleUnreadable and SettingsError."""
    if everything:
        topics: tuple[Topic, ...] = read_topic_files(settings.queries)[0]
        followed = tuple(topic for topic in topics if is_read_from_files(topic, settings, now.date()))
        texts = {topic.strategy for topic in followed}
        return Watch(Cited(frozenset(), frozenset()), Strategies(followed, today=now.date(), followed=texts), True)
    topics = read_topics(settings.queries)
    if not topics:
        raise SettingsError(f"{settings.queries} holds no topic, so no record would be stored: write one, or use --all")
    texts = {topic.strategy for topic in topics if is_read_from_files(topic, settings, now.date())}
    return Watch(read_cited(topics, store), Strategies(topics, today=now.date(), followed=texts))


def source_of(topic: Topic, settings: Settings) -> TopicSource:
    """How the topic's new records are found: as its file says, or else the settings."""
    return topic.source or settings.source


def is_read_from_files(topic: Topic, settings: Settings, today: date) -> bool:
    """Whether the files are matched against the topic's strategy: wanted, and possible without PubMed."""
    wanted = source_of(topic, settings) is not TopicSource.ENTREZ
    return wanted and not find_for_pubmed_alone(topic.strategy, today=today)


def _explain_gap(plan: Waiting, where: str) -> str | None:
    if plan.missing is None:
        return None
    told = (
        f"{plan.missing} is missing from {where}, although later files are there: without it, records would be missed"
        " unnoticed. Files before it are loaded, later ones are not; add it, then start again."
    )
    if plan.missing.number == 1:
        told += " NLM keeps the baseline in a separate folder; --from N starts after it."
    return told


def _explain_problems(loaded: Iterable[BulkFile]) -> Iterable[str]:
    for file in loaded:
        if number := file.counts.unreadable:
            one = number == 1
            yield (
                f"{file.name}: {count(number, 'record')} could not be read and {'is' if one else 'are'} left"
                f" out ({file.problems[0]}{'' if one else '; and others'}); report it to litwatch's developers"
            )


def _sentence(unreadable: RecordUnreadable) -> str:
    return " ".join(str(unreadable).split())[:300]


def _receipt(loaded: Sequence[BulkFile]) -> dict[str, object]:
    """The run in numbers, for its row in the store."""
    counts = sum((file.counts for file in loaded), BulkCounts())
    return {"files": len(loaded), **asdict(counts)}
