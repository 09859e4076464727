"""A night in shards: each surveyed on a copy of the store, wherever a worker is free, and all merged by one writer.

    plan     a copy of the store and each shard's topic and article files are put into the folder that all machines see
    survey   a worker takes a shard: it copies the store, surveys as on one machine, and puts what it wrote there, as
             Parquet (``store.write_journal``)
    merge    one transaction writes all of it into the store, or nothing
    tell     the reports are read back from the store, and go on as on one machine

A worker that dies leaves nothing that counts: its shard is surveyed again. A writer that dies leaves the folder as it
is: the next run of the same day takes up what is there, surveys what is missing, and merges.
"""

from __future__ import annotations

import hashlib
import platform
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from os import utime
from pathlib import Path
from typing import Protocol, TypeVar

from litwatch import __version__
from litwatch.config.article_file import bibliographies_beside
from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topic_files
from litwatch.decisions.shard_plan import divide, share_of
from litwatch.decisions.update_schedule import A_NIGHT
from litwatch.decisions.verdict import Verdict
from litwatch.model.errors import NightUnderWay, OperatorError, SettingsError, StoreUnusable
from litwatch.model.sweep import Sweep
from litwatch.model.text.phrases import count
from litwatch.model.topic import Pin, Topic
from litwatch.night.doors import Doors, use_loaded_headings
from litwatch.night.retraction_watch import WatchLook
from litwatch.night.saved_topic import SavedTopic
from litwatch.night.spared import Spare
from litwatch.night.survey import OnStep
from litwatch.night.topic_group import GROUP, GroupNight
from litwatch.reading.kept_report import read_reports
from litwatch.reading.known_articles import or_none, read_articles
from litwatch.report.contents import FailedTopic
from litwatch.store import NightSaved, RunState, Store
from litwatch.store.documents import dump, load
from litwatch.store.parquet_tables import read_table, write_table
from litwatch.store.schema import released_migrations
from litwatch.store.shared_folder import SharedFolder
from litwatch.store.write_journal import JOURNALLED, JournalledStore, WriteJournal, replay

_T = TypeVar("_T")
_RECENT = 200
"""Runs among which one that is alive is looked for."""
_NIGHT_AT_MOST = timedelta(hours=20)
"""A night that is at work for so long keeps the next one from its day."""
_READ_AT_ONCE = 20
"""Reports in memory at a time."""
_FILES = {"name": "VARCHAR", "modified": "BIGINT", "content": "BLOB"}


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """What all shards of a night share."""

    run: str
    """The run's id in the store, and the name of the night's folder."""
    now: datetime
    believed: bool
    """Whether the clock can be right."""
    program: str
    """What the copy of the store and the journals depend on (``_program``)."""
    queries: str
    """The folder of the topic files where the night was planned, for messages."""
    watch: WatchLook | None
    """What became of reading the Retraction Watch table."""
    shards: tuple[tuple[str, ...], ...]
    """The slugs of each."""


@dataclass(frozen=True, slots=True)
class ShardOrder:
    """What a worker is told: everything else is in the folder."""

    folder: str
    """As in LITWATCH_SHARDS."""
    night: str
    number: int
    """From 1."""
    of: int
    articles: int


@dataclass(frozen=True, slots=True)
class ShardEnd:
    """How a shard ended."""

    number: int
    attempt: str | None
    """Which of its attempts was whole; None where none was."""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SurveyedTopic:
    """One article of a shard whose night was kept in the shard's copy of the store."""

    slug: str
    pins: tuple[Pin, ...]
    """The topic's, with the references that people have confirmed."""
    verdict: Verdict
    sweeps: tuple[Sweep, ...]
    """Tonight's, without their searches."""
    told: bool
    """Whether there is a report to publish; otherwise the last one stands."""


@dataclass(frozen=True, slots=True)
class ShardDone:
    """What a whole attempt leaves beside its journal, written last."""

    topics: tuple[SurveyedTopic, ...]
    failed: tuple[FailedTopic, ...]
    machine: str
    seconds: float
    """By the clock."""
    cpu_seconds: float


class ShardWorkers(Protocol):
    """Who surveys the shards, and in whose name the merge is done."""

    def survey(self, orders: Sequence[ShardOrder]) -> Sequence[ShardEnd]:
        """Have the shards surveyed; how each ended."""

    def merge(self, step: Callable[[], _T]) -> _T:
        """Do the merge; again where it failed for a reason that may pass."""


@dataclass(frozen=True, slots=True)
class ThisProcess:
    """The shards one after the other, here: the same night without other machines."""

    doors: Doors

    def survey(self, orders: Sequence[ShardOrder]) -> Sequence[ShardEnd]:
        """Survey them; raises OperatorError."""

        def open_here(settings: Settings, store: Store) -> Doors:
            return replace(self.doors, settings=settings, store=store, notices=None)

        return [survey_shard(order, "try-1", self.doors.settings, open_here) for order in orders]

    def merge(self, step: Callable[[], _T]) -> _T:
        """Do it."""
        return step()


@dataclass(frozen=True, slots=True)
class ShardedNight:
    """One night in shards, seen from the process that plans, merges and tells."""

    doors: Doors
    run: str
    now: datetime
    watch: WatchLook | None
    spare: Spare
    on_step: OnStep
    workers: ShardWorkers
    believed: bool = True

    def survey(self, topics: Sequence[Topic], on_saved: Callable[[SavedTopic], None]) -> None:
        """Survey, merge and decide the topics; ``on_saved`` as of ``save_group``, after all are merged.

        What is in the folder stays there until ``forget_shards``. Raises OperatorError.
        """
        folder = open_shard_folder(self.doors.settings)
        plan = self._find_open(folder, topics) or self._plan(folder, topics)
        sizes = [len(slugs) for slugs in plan.shards]
        orders = [
            ShardOrder(folder.address, plan.run, number, len(sizes), size) for number, size in enumerate(sizes, 1)
        ]
        ends = {end.number: end for end in _ends_found(folder, plan)}
        self.on_step("", f"{count(len(sizes), 'shard')} of up to {count(max(sizes, default=0), 'article')}")
        missing = [order for order in orders if order.number not in ends]
        ends |= {end.number: end for end in self.workers.survey(missing)} if missing else {}
        self.on_step("", "merge")
        saved, done = self.workers.merge(lambda: merge_shards(folder, plan, [*ends.values()], self.doors.store))
        self._tell({topic.slug: topic for topic in topics}, plan, ends, saved=saved, done=done, on_saved=on_saved)

    def _find_open(self, folder: SharedFolder, topics: Sequence[Topic]) -> ShardPlan | None:
        """The night of today that was planned and not ended, if it is of these topics; others are removed."""
        found = None
        for night in _nights(folder):
            plan = _read_plan(folder, night) if f"{night}/plan.json" in folder.names(night) else None
            slugs = [slug for shard in plan.shards for slug in shard] if plan else []
            if (
                plan is not None
                and (plan.program, plan.now.date()) == (_program(), self.now.date())
                and slugs == [topic.slug for topic in topics]
            ):
                found = plan
            else:
                folder.remove(night)
        return found

    def _plan(self, folder: SharedFolder, topics: Sequence[Topic]) -> ShardPlan:
        settings = self.doors.settings
        by_slug = {topic.slug: topic for topic in topics}
        shards = divide([*by_slug], settings.shard_size)
        plan = ShardPlan(self.run, self.now, self.believed, _program(), str(settings.queries), self.watch, shards)
        with tempfile.TemporaryDirectory(dir=settings.store.parent) as scratch:
            copy = Path(scratch) / "store.duckdb"
            self.doors.store.snapshot(copy)
            folder.put(copy, f"{self.run}/store.duckdb")
            files = Path(scratch) / "files.parquet"
            write_table(files, _FILES, _pack(_bibliographies(topics)))
            folder.put(files, f"{self.run}/files.parquet")
            for number, slugs in enumerate(shards, 1):
                own = [file for slug in slugs for file in (by_slug[slug].file, by_slug[slug].article) if file]
                write_table(files, _FILES, _pack(own))
                folder.put(files, f"{self.run}/shard-{number:04}/files.parquet")
            text = Path(scratch) / "plan.json"
            text.write_text(dump(plan), encoding="utf-8")
            folder.put(text, f"{self.run}/plan.json")  # last: where it is, everything is
        return plan

    def _tell(
        self,
        topics: Mapping[str, Topic],
        plan: ShardPlan,
        ends: Mapping[int, ShardEnd],
        *,
        saved: Mapping[str, NightSaved],
        done: Mapping[int, ShardDone],
        on_saved: Callable[[SavedTopic], None],
    ) -> None:
        for number, slugs in enumerate(plan.shards, 1):
            if number not in done:
                why = ends[number].error or "no reason is known"
                said = f"its shard was not surveyed: {why}"
                self.spare.failed += [FailedTopic(slug, said, for_editor=False) for slug in slugs]
                continue
            self.spare.failed += done[number].failed
            surveyed = done[number].topics
            for start in range(0, len(surveyed), _READ_AT_ONCE):
                some = surveyed[start : start + _READ_AT_ONCE]
                named = {each.slug: replace(topics[each.slug], pins=each.pins) for each in some}
                self.on_step("", f"reports of shard {number}")
                told = [named[each.slug] for each in some if each.told]
                reports = read_reports(
                    read_articles(told, self.doors.store, or_none, keep=False), self.doors.store, self.now.date()
                )
                for each in some:
                    slug = each.slug
                    on_saved(SavedTopic(named[slug], each.verdict, saved[slug], each.sweeps, reports.get(slug)))


def choose_workers(workers: ShardWorkers | None, doors: Doors, kind: str) -> ShardWorkers | None:
    """Who surveys a run's shards: the ``workers``, or this process; nobody where the run is not divided."""
    return (workers or ThisProcess(doors)) if _is_divided(doors.settings, kind) else None


def _is_divided(settings: Settings, kind: str) -> bool:
    return settings.shards is not None and kind == "nightly"


def refuse_second_night(settings: Settings, kind: str, store: Store, now: datetime) -> None:
    """Raises NightUnderWay where another night in shards is alive: this one would end with the removal of its folder.

    A night whose process is gone does not count; what it left is taken up or removed.
    """
    if not _is_divided(settings, kind):
        return
    for run in store.runs(_RECENT):
        if run.kind == kind and run.state is RunState.RUNNING:
            raise NightUnderWay(
                f"{run.id}, begun at {run.started_at:%Y-%m-%d %H:%M}Z, is at work with the shards in {settings.shards}:"
                " a second night would take them from it. Wait for its end (`litwatch store runs` shows it; doctor's"
                " line `shards` says whether it has workers), or end it: cancel its run on Prefect's page, or, where it"
                " was started by hand, stop its process (`pgrep -af 'litwatch nightly'` finds it)",
                overdue=now - run.started_at > _NIGHT_AT_MOST,
            )


def forget_shards(settings: Settings, kind: str) -> None:
    """Remove what nights have put into the folder: they are over. What cannot be removed goes with the next night."""
    if not _is_divided(settings, kind):
        return
    with suppress(OperatorError):
        folder = open_shard_folder(settings)
        for night in _nights(folder):
            folder.remove(night)


def _nights(folder: SharedFolder) -> list[str]:
    return sorted({name.partition("/")[0] for name in folder.names()})


def survey_shard(
    order: ShardOrder, attempt: str, settings: Settings, open_shard: Callable[[Settings, Store], Doors]
) -> ShardEnd:
    """Survey one shard and put what it wrote into the folder, under the name of the attempt.

    ``open_shard`` opens the sources for the shard's own store. Raises OperatorError; then the attempt does not count.
    """
    began, cpu = time.monotonic(), _cpu()
    folder, place = SharedFolder(order.folder), f"{order.night}/shard-{order.number:04}"
    settings.store.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".shard-", dir=settings.store.parent) as scratch:
        here = Path(scratch)
        plan = _read_plan(folder, order.night)
        if plan.program != _program():
            raise SettingsError(
                f"the night {order.night} was planned by another litwatch than the one on {platform.node()}: install"
                " the same version on every machine"
            )
        folder.get(f"{order.night}/store.duckdb", here / "store.duckdb")
        for files in (f"{order.night}/files.parquet", f"{place}/files.parquet"):
            _unpack(folder.fetch(files, here / "files.parquet"), here / "queries")
        journal = WriteJournal(here / "journal")
        store = JournalledStore(here / "store.duckdb", journal, wait_seconds=settings.store_wait)
        use_loaded_headings(store)
        topics, problems = read_topic_files(here / "queries")
        if problems or tuple(topic.slug for topic in topics) != plan.shards[order.number - 1]:
            raise StoreUnusable(f"{place} holds other topic files than the plan names: {'; '.join(problems)}")
        doors = open_shard(settings.model_copy(update={"queries": here / "queries"}), store)
        surveyed, failed = _survey(topics, doors, plan, order)
        journal.flush()
        failed = [replace(each, reason=each.reason.replace(str(here / "queries"), plan.queries)) for each in failed]
        done = ShardDone(
            tuple(surveyed),
            tuple(failed),
            platform.node(),
            round(time.monotonic() - began, 3),
            round(_cpu() - cpu, 3),
        )
        for file in sorted((here / "journal").glob("*.parquet")):
            folder.put(file, f"{place}/{attempt}/{file.name}")
        (here / "done.json").write_text(dump(done), encoding="utf-8")
        folder.put(here / "done.json", f"{place}/{attempt}/done.json")  # last: where it is, the attempt is whole
    return ShardEnd(order.number, attempt)


def _survey(
    topics: Sequence[Topic], doors: Doors, plan: ShardPlan, order: ShardOrder
) -> tuple[list[SurveyedTopic], list[FailedTopic]]:
    spare = Spare()
    surveyed: list[SurveyedTopic] = []

    def note(topic: SavedTopic) -> None:
        sweeps = tuple(replace(sweep, searches=()) for sweep in topic.sweeps)
        told = topic.report is not None
        surveyed.append(SurveyedTopic(topic.topic.slug, topic.topic.pins, topic.verdict, sweeps, told))

    night = GroupNight(
        doors,
        plan.run,
        plan.now,
        plan.watch,
        spare,
        lambda _slug, _step: None,
        believed=plan.believed,
        crossref_left=share_of(A_NIGHT, order.number, order.of),
    )
    for start in range(0, len(topics), GROUP):
        night.survey(topics[start : start + GROUP], note)
    return surveyed, spare.failed


def merge_shards(
    folder: SharedFolder, plan: ShardPlan, ends: Sequence[ShardEnd], store: Store
) -> tuple[dict[str, NightSaved], dict[int, ShardDone]]:
    """Write what the whole shards wrote into the store, in one transaction, unless that was done before.

    What each article's night saved, and what each shard left, by its number. Raises OperatorError.
    """
    whole = sorted((end.number, end.attempt) for end in ends if end.attempt is not None)
    with tempfile.TemporaryDirectory(dir=store.path.parent) as scratch:
        done, journals = {}, []
        for number, attempt in whole:
            place, here = f"{plan.run}/shard-{number:04}/{attempt}", Path(scratch) / f"{number:04}"
            names = folder.names(place)
            if f"{place}/done.json" not in names:
                raise StoreUnusable(f"{folder.address}/{place} is not whole: nothing was merged; run the night again")
            text = folder.fetch(f"{place}/done.json", here / "done.json").read_text("utf-8")
            done[number] = load(ShardDone, text)
            parquet = [name for name in names if name.endswith(".parquet")]
            journals.append([folder.fetch(name, here / Path(name).name) for name in parquet])
        return replay(store, journals, run=plan.run), done


def _ends_found(folder: SharedFolder, plan: ShardPlan) -> Iterator[ShardEnd]:
    """The shards of a night that are whole in the folder."""
    for name in folder.names(plan.run):
        night, _, rest = name.partition("/")
        parts = rest.split("/")
        if len(parts) == 3 and parts[2] == "done.json" and night == plan.run:
            yield ShardEnd(int(parts[0].removeprefix("shard-")), parts[1])


def _read_plan(folder: SharedFolder, night: str) -> ShardPlan:
    with tempfile.TemporaryDirectory() as scratch:
        text = folder.fetch(f"{night}/plan.json", Path(scratch) / "plan.json").read_text("utf-8")
    try:
        return load(ShardPlan, text)
    except ValueError:
        raise StoreUnusable(
            f"{folder.address}/{night}/plan.json was written by another litwatch: install the same version on every"
            " machine"
        ) from None


def _bibliographies(topics: Sequence[Topic]) -> list[Path]:
    """The files beside the articles that any of them may name; a YAML file beside them is a topic's."""
    folders = {topic.article.parent: topic.article for topic in topics if topic.article is not None}
    found = [file for article in folders.values() for file in bibliographies_beside(article)]
    return [file for file in found if file.suffix.casefold() not in {".yaml", ".yml"}]


def _pack(files: Iterable[Path]) -> list[tuple[str, int, bytes]]:
    """The files by name; one that is missing is missing in the shard, too."""
    by_name = {file.name: file for file in files if file.is_file()}
    return [(name, file.stat().st_mtime_ns, file.read_bytes()) for name, file in sorted(by_name.items())]


def _unpack(packed: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, modified, content in read_table(packed, _FILES):
        file = folder / Path(name).name
        file.write_bytes(content)
        utime(file, ns=(modified, modified))


def open_shard_folder(settings: Settings) -> SharedFolder:
    """The folder of LITWATCH_SHARDS, made where it is missing. Raises SettingsError where it cannot be reached."""
    address = settings.shards
    if address is None:
        raise SettingsError("LITWATCH_SHARDS is not set: name the folder that all machines of the cluster reach")
    try:
        if "://" not in address:
            Path(address).mkdir(mode=0o700, parents=True, exist_ok=True)
        return SharedFolder(address)
    except OperatorError:
        raise
    except Exception as error:  # whatever the library for such an address raises
        reason = str(getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0]
        raise SettingsError(
            f"LITWATCH_SHARDS: {address} cannot be used ({reason}): name a folder that this user can write, or an"
            " address such as s3://bucket/litwatch"
        ) from error


def _program() -> str:
    """What must be the same on all machines: litwatch's version, the store's schema, and what a journal can hold."""
    steps = "".join(step.digest for step in released_migrations())
    return f"{__version__} {hashlib.sha256((steps + ' '.join(JOURNALLED)).encode()).hexdigest()[:12]}"


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
