"""A whole night: every topic surveyed, kept and published, group by group; then index, digests and mails.

One topic's failure is that topic's outcome; only the store and the settings can end a night early.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

from litwatch.config.article_file import open_article
from litwatch.config.member_file import read_members
from litwatch.config.topic_files import TopicsFound, read_changed_topics, slug_of
from litwatch.decisions.untouched import CarriedTopic
from litwatch.model.errors import OperatorError, OutputFailed, SettingsError, UnknownTopic
from litwatch.model.receipt import Measured
from litwatch.model.topic import Topic, TopicSource
from litwatch.night.bulk_load import source_of
from litwatch.night.canary import look_for_canary
from litwatch.night.doors import Doors, inbox_trouble, publish_snapshot
from litwatch.night.doubts import believes_clock, find_doubts, find_lost, note_height
from litwatch.night.early_end import describe_end
from litwatch.night.mail_delivery import Delivery, deliver
from litwatch.night.night_outcome import NightSummary, TopicOutcome, make_receipt
from litwatch.night.night_steps import PLAIN_STEPS, NightStep, NightSteps
from litwatch.night.published_index import Watched, publish_index
from litwatch.night.published_reports import AT_ONCE, SavedNight, publish_nights
from litwatch.night.queued_digests import queue_digests
from litwatch.night.queued_errands import queue_errands
from litwatch.night.queued_webhook import queue_webhook
from litwatch.night.receipts import leave_receipt, measure
from litwatch.night.retention import prune_quietly
from litwatch.night.retraction_watch import refresh_watch
from litwatch.night.saved_topic import SavedTopic
from litwatch.night.shards import ShardedNight, ShardWorkers, choose_workers, forget_shards, refuse_second_night
from litwatch.night.spared import Spare
from litwatch.night.survey import OnStep
from litwatch.night.told_operator import say_unaddressed, tell_operator
from litwatch.night.topic_group import GROUP, GroupNight
from litwatch.night.untouched_topics import carry_untouched, read_keys
from litwatch.night.update_files import FilePass, FilesAndPubMed, compare_with_search, read_update_files
from litwatch.reading.kept_report import read_reports
from litwatch.reading.known_articles import or_none, read_articles
from litwatch.report.contents import FailedTopic, Report
from litwatch.store import Run, RunState, Store

HELD = 20
"""So many reports are held until the run ends; of more articles, each is read from the store when it is asked for."""


def run_night(
    doors: Doors,
    *,
    only: Collection[str] = (),
    kind: str = "nightly",
    as_of: date | None = None,
    send_mail: bool = True,
    dry_run: bool = False,
    carries: bool = True,
    on_step: OnStep = lambda _slug, _step: None,
    workers: ShardWorkers | None = None,
    steps: NightSteps = PLAIN_STEPS,
) -> NightSummary:
    """Survey the topics (all, or those whose slugs are in ``only``), publish and deliver.

    ``as_of`` surveys as if that day were today: in a dry run, or where the settings call the installation a rehearsal.
    A dry run asks NCBI and decides, and keeps, writes and sends nothing. ``carries``: as of ``save_group``. Where
    the settings name a folder for shards, a nightly run is done in shards, by the ``workers`` or one after the other
    here. ``steps`` does the night's steps where somebody wants to see them. Raises SettingsError, UnknownTopic where a
    named topic does not exist, NightUnderWay where another night in shards is alive, and StoreBusy, StoreUnusable or
    OutputFailed where the store cannot be used; everything else is in the summary.
    """
    started = doors.clock()
    if as_of not in {None, started.date()} and not (dry_run or doors.settings.rehearsal):
        raise SettingsError(
            "a night as of another day would put wrong dates into the store: add --dry-run, or set "
            "LITWATCH_REHEARSAL=1 together with a LITWATCH_STORE of its own"
        )
    now = datetime.combine(as_of, time(23, 59, 59), started.tzinfo) if as_of else started
    # Who asks for a few articles need not wait until thousands of other files are read.
    found = read_changed_topics(
        doors.settings.queries, known=doors.store.files_read() if only and not send_mail else {}, wanted=only
    )
    if not found.watched and not found.problems:
        raise SettingsError(
            f"{doors.settings.queries} contains no topic file; `litwatch add ARTICLE --to ADDRESS` makes one"
        )
    _refuse_unknown(only, found.watched, found.problems, doors.settings.queries)
    begin = _begin(doors, found, kind, started, sends=send_mail, keep=not dry_run)
    run, unread = begin.run, begin.unread
    failed = tuple(topic for topic in unread if not only or topic.slug in only)
    chosen = [topic for topic in found.topics if not only or topic.slug in only]
    if run is None:
        outcomes, more, *_ = _survey_all(chosen, found, doors, None, now, on_step=on_step, rests=kind == "nightly")
        return NightSummary(None, kind, now.date(), outcomes, (*failed, *more), (), None, None)
    try:
        canary = look_for_canary(doors.settings.find_canary(), doors.entrez) if kind == "nightly" else None
        outcomes, more, files, unwritten = _survey_all(
            *(chosen, found, doors, run, now),
            on_step=on_step,
            believed=begin.believed,
            carries=carries,
            rests=kind == "nightly",
            heard=begin.heard,
            workers=choose_workers(workers, doors, kind),
            steps=steps,
        )
        failed = (*failed, *more)
        on_step("", "reports")
        publish = partial(_publish_index, Watched.of(found), (*unread, *more), doors, now.date(), unwritten)
        index, output_errors = steps.do(NightStep.PUBLISH, (), publish)
        delivery: Delivery | None = None
        mistakes: tuple[str, ...] = ()
        if send_mail:
            on_step("", "digests")
            send = partial(
                _send_digests, doors, outcomes, failed, now, chosen=chosen, topics=found.topics, whole=not only
            )
            delivery, mistakes = steps.do(NightStep.DELIVER, (), send)
        summary = NightSummary(
            run,
            kind,
            now.date(),
            outcomes,
            failed,
            output_errors,
            delivery,
            index,
            ended=tuple(f"{each.id}: {each.error or 'no reason is known'}" for each in begin.before),
            doubts=begin.doubts,
            unaddressed=say_unaddressed(chosen, outcomes, doors.store) if send_mail else (),
            operator_told=doors.settings.operator is not None,
            file_troubles=_file_troubles(files),
            differences=_compare(chosen, doors, files),
            canary=canary,
            member_mistakes=mistakes,
            answer_trouble=inbox_trouble(doors.settings),
        )
        if send_mail and (summary.ended or summary.unaddressed or summary.differences or not summary.ok):
            summary = tell_operator(summary, doors, now)
            doors.store.note_mailed([each.id for each in begin.before], at=doors.clock())
    except BaseException as error:
        with suppress(OperatorError):  # the first reason is the one to tell, and tell_early_end keeps it elsewhere
            doors.store.finish_run(run, RunState.FAILED, at=doors.clock(), error=describe_end(error))
        raise
    measured = measure(doors.store.path, started, doors.clock())
    receipt = make_receipt(summary, measured)
    with doors.store.saving():
        note_height(doors.store, whole=send_mail)
        doors.store.finish_run(
            run, RunState(receipt.state), at=measured.ended_at, summary=receipt.as_row(), error=receipt.reason
        )
    forget_shards(doors.settings, kind)
    return _leave(summary, doors, measured, now)


def _leave(summary: NightSummary, doors: Doors, measured: Measured, now: datetime) -> NightSummary:
    """What comes when the night is kept: the desk's copy, the receipt, and the removal of what is too old."""
    run, summary = summary.run, _renew_desk(summary, doors)
    if summary.desk_trouble and run is not None:  # the copy shows the run as ended, so that it is made after its end
        with suppress(OperatorError):  # the same full disk, perhaps: the caller has the reason in the summary
            summary = tell_operator(summary, doors, now)
            late = make_receipt(summary, measured)
            doors.store.correct_end(run, RunState(late.state), summary=late.as_row(), error=late.reason)
    leave_receipt(make_receipt(summary, measured), doors.settings)
    if summary.kind == "nightly":
        prune_quietly(doors.settings, doors.store, measured.ended_at)
    return summary


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What a night finds in the store before it asks anybody."""

    run: str | None
    """None where nothing is kept."""
    unread: tuple[FailedTopic, ...]
    heard: int
    """The last judgement in the store."""
    doubts: tuple[str, ...]
    believed: bool
    before: tuple[Run, ...]
    """Runs that ended early and that nobody has been told of."""


def _begin(doors: Doors, found: TopicsFound, kind: str, started: datetime, *, sends: bool, keep: bool) -> _Beginning:
    """Begin a run, in one transaction; with ``keep`` false nothing is written."""
    store = doors.store
    with store.saving() if keep else store.reading():
        if keep:
            refuse_second_night(doors.settings, kind, store, started)
        unread = find_unread(found.topics, found.problems, store, unchanged=found.unchanged)
        heard = store.last_judgement()
        if not keep:
            return _Beginning(None, unread, heard, (), believed=True, before=())
        doubts, believed = find_doubts(doors, started), believes_clock(doors, started)
        store.note_readers(found.topics)
        run = store.start_run(kind, started)
        return _Beginning(run, unread, heard, doubts, believed=believed, before=store.unmailed_ends() if sends else ())


def _renew_desk(summary: NightSummary, doors: Doors) -> NightSummary:
    """Publish what the desk reads; the summary with what went wrong there, too."""
    if doors.settings.desk_url is None:
        return summary
    try:
        publish_snapshot(doors.store, doors.settings)
    except OperatorError as error:
        said = f"The desk still shows what was known before this run: {error}"
        return replace(summary, desk_trouble=said)
    return summary


def _send_digests(
    doors: Doors,
    outcomes: Collection[TopicOutcome],
    failed: Sequence[FailedTopic],
    now: datetime,
    *,
    chosen: Collection[Topic],
    topics: Collection[Topic],
    whole: bool,
) -> tuple[Delivery, tuple[str, ...]]:
    """What became of the digests about the ``chosen`` of all ``topics``, and the mistakes in the members' file.

    ``whole``: as of ``queue_digests``; false also where who asked named the only article that there is.
    """
    surveyed = {outcome.topic.slug: outcome.topic for outcome in outcomes}
    held = {outcome.topic.slug: outcome.report for outcome in outcomes} if len(outcomes) <= HELD else {}

    def read_kept(slugs: Collection[str]) -> dict[str, Report]:
        articles = read_articles([surveyed[slug] for slug in slugs], doors.store, or_none, keep=False)
        return read_reports(articles, doors.store, now.date())

    members, mistakes = read_members(doors.settings.queries, topics)

    def read(slugs: Collection[str]) -> dict[str, Report]:
        return {slug: held[slug] for slug in slugs} if held else read_kept(slugs)

    queued = queue_digests(doors, chosen, surveyed.values(), failed, now, read=read, members=members, whole=whole)
    queued += queue_webhook(doors, surveyed.values(), now, read=read)
    if whole:
        queued += queue_errands(doors, chosen, surveyed.values(), failed, now, read=read)
    return deliver(doors, queued=len(queued)), mistakes


def find_unread(
    topics: Collection[Topic], problems: Collection[str], store: Store, *, unchanged: Collection[str] = ()
) -> tuple[FailedTopic, ...]:
    """What of the watched articles cannot be read: topic files with mistakes, one each, and files that are gone.

    ``unchanged`` are the slugs of those whose files were not read, because they are as they were when they were good.
    A file that is gone or renamed counts until a person retires its article: nothing else may end the watch.
    """
    broken: dict[str, list[str]] = {}
    for problem in problems:
        broken.setdefault(slug_of(problem), []).append(problem)
    return (
        *(FailedTopic(slug, _sum_up(lines).removeprefix(f"{slug}: ")) for slug, lines in broken.items()),
        *find_lost(topics, {topic.slug for topic in topics}.union(broken, unchanged), store),
    )


def _refuse_unknown(only: Collection[str], slugs: Collection[str], problems: Collection[str], folder: Path) -> None:
    if unknown := sorted(set(only).difference(slugs, map(slug_of, problems))):
        raise UnknownTopic(f"no article named {', '.join(unknown)} in {folder}; `litwatch topics list` shows names")


def _sum_up(lines: Sequence[str]) -> str:
    """The first mistake of a file, and how many more there are; board members need no list of keys."""
    more = f" ({len(lines) - 1} more; `litwatch topics check` lists them)" if len(lines) > 1 else ""
    return f"{lines[0]}{more}"


def _file_troubles(files: FilePass | None) -> tuple[str, ...]:
    if files is None:
        return ()
    return (*([f"NLM's update files: {files.stopped}"] if files.stopped else []), *files.troubles)


def _compare(topics: Collection[Topic], doors: Doors, files: FilePass | None) -> tuple[str, ...]:
    both = [topic for topic in topics if source_of(topic, doors.settings) is TopicSource.BOTH]
    return compare_with_search(both, files, doors.store) if files is not None and both else ()


def _survey_all(
    chosen: Collection[Topic],
    found: TopicsFound,
    doors: Doors,
    run: str | None,
    now: datetime,
    *,
    on_step: OnStep,
    believed: bool = True,
    carries: bool = True,
    rests: bool = True,
    heard: int = 0,
    workers: ShardWorkers | None = None,
    steps: NightSteps = PLAIN_STEPS,
) -> tuple[tuple[TopicOutcome, ...], tuple[FailedTopic, ...], FilePass | None, tuple[str, ...]]:
    """Survey, decide and publish the ``chosen`` of all that were ``found``: first those that are searched in PubMed, in
    shards where there are ``workers``, then those that NLM's update files carry; what became of each, and what could
    not be written.

    ``believed``, ``carries``: as of ``save_group``; ``rests``: as of ``GroupNight``: whoever asks for a check of an
    article has all its references looked up; ``heard``: as of ``publish_nights``. An unreadable article is a failed
    topic; a store error ends the night, and the topics kept until then stay kept.
    """
    keep = run is not None
    watch = None
    if doors.notices is not None:
        on_step("", "the Retraction Watch table")
        watch = refresh_watch(doors.notices, doors.store, now, keep=keep)
    files = read_update_files(
        *(found.topics, doors.settings, doors.store, now),
        clock=doors.clock,
        keep=keep and len(chosen) == len(found.watched),  # a file is matched once, with the strategies of all
        on_step=lambda step: on_step("", step),
    )
    by_files = [topic for topic in chosen if files and source_of(topic, doors.settings) is TopicSource.BULK]
    carried = {topic.slug for topic in by_files}
    by_search = [topic for topic in chosen if topic.slug not in carried]
    spare = Spare()
    steps.expect(len(chosen))
    night = GroupNight(
        doors, run, now, watch, spare, on_step, believed=believed, carries=carries, rests=rests, steps=steps
    )
    sharded = None
    if workers is not None and run is not None:
        sharded = ShardedNight(doors, run, now, watch, spare, on_step, workers, believed=believed)
    outcomes, errors = _survey_topics(by_search, sharded or night, heard)
    if files is not None and by_files:
        more, unwritten = _survey_by_files(by_files, night, files, heard, whole=len(chosen) == len(found.watched))
        outcomes, errors = [*outcomes, *more], [*errors, *unwritten]
    in_order = sorted(outcomes, key=lambda outcome: outcome.topic.slug)
    return tuple(in_order), tuple(spare.failed), files, tuple(errors)


def _survey_by_files(
    topics: Sequence[Topic], night: GroupNight, files: FilePass, heard: int, *, whole: bool
) -> tuple[list[TopicOutcome], list[str]]:
    """The same for topics that the files carry; of a ``whole`` night's, those that no file touches are not opened."""
    doors, keep = night.doors, night.run is not None
    asked = {"Retraction Watch": doors.notices, "Crossref": doors.updates}
    sources = [name for name, source in asked.items() if source is not None]
    keys = read_keys(topics, doors.settings.queries, sources=sources)
    untouched: tuple[SavedTopic, ...] = ()
    # Crossref is asked about a share of all cited works each night, and a table that failed fails every article.
    sound = doors.updates is None and not (night.watch and night.watch.error)
    if night.run is not None and whole and sound and night.believed and night.carries:
        night.on_step("", "articles that the update files do not touch")
        untouched = carry_untouched(topics, keys, files, doors.store, night.now, run=night.run)
    quiet = {each.topic.slug for each in untouched}
    served = FilesAndPubMed(doors.entrez, doors.store, files, doors.clock, keep=keep)
    outcomes, errors = _survey_topics(
        [topic for topic in topics if topic.slug not in quiet],
        replace(night, doors=replace(doors, entrez=served)),
        heard,
        prepare=lambda group: served.prepare({topic.strategy for topic in group}),
        carried=untouched,
    )
    if keep and files.run and not files.stopped:
        spent = {outcome.topic.slug for outcome in outcomes} - quiet
        newest = files.run[-1].name
        doors.store.note_carried({slug: CarriedTopic(keys[slug], newest) for slug in keys.keys() & spent})
    return outcomes, errors


def _survey_topics(
    topics: Sequence[Topic],
    night: GroupNight | ShardedNight,
    heard: int,
    *,
    prepare: Callable[[Sequence[Topic]], None] = lambda _: None,
    carried: Iterable[SavedTopic] = (),
) -> tuple[list[TopicOutcome], list[str]]:
    """Survey topics group by group, or all at once in shards, and publish a few at a time as they are decided.

    ``prepare`` is called with each group before it is surveyed; ``carried`` are others whose night is kept already, as
    it was before.
    """
    doors, keep = night.doors, night.run is not None
    outcomes: list[TopicOutcome] = []
    errors: list[str] = []
    waiting: list[SavedNight] = []

    def publish() -> None:
        done = publish_nights(
            waiting, night.now, settings=doors.settings, store=doors.store, at=doors.clock(), heard=heard
        )
        names = {each.topic.slug for each in waiting}
        outcomes[:] = [
            replace(each, files=done.files.get(each.topic.slug, ())) if each.topic.slug in names else each
            for each in outcomes
        ]
        errors.extend(done.errors)
        waiting.clear()

    def note(saved: SavedTopic) -> None:
        outcome = _outcome(saved, doors.store, night.now.date(), keep=keep, hold=not keep or len(topics) <= HELD)
        outcomes.append(outcome)
        if keep:
            waiting.append(
                SavedNight(saved.topic, saved.verdict, saved.saved.night, outcome.read, saved.report, outcome.as_before)
            )
        if sum(each.report is not None for each in waiting) >= AT_ONCE:
            publish()

    for saved in carried:
        note(saved)
    publish()
    at_once = GROUP if isinstance(night, GroupNight) else max(len(topics), 1)
    for start in range(0, len(topics), at_once):
        prepare(topics[start : start + at_once])
        night.survey(topics[start : start + at_once], note)
        publish()
    return outcomes, errors


def _outcome(saved: SavedTopic, store: Store, day: date, *, keep: bool, hold: bool) -> TopicOutcome:
    topic = saved.topic
    held = saved.report if hold else None

    def read() -> Report:
        found = held or read_reports([(topic, open_article(topic))], store, day).get(topic.slug)
        if found is None:
            raise LookupError(f"{topic.slug} has no report, although tonight's verdict was kept")
        return found

    kept = saved.saved if keep else None
    return TopicOutcome(topic, saved.verdict, saved.sweeps, kept, (), read, as_before=saved.report is None)


def _publish_index(
    watched: Watched, failed: Collection[FailedTopic], doors: Doors, day: date, unwritten: tuple[str, ...]
) -> tuple[str | None, tuple[str, ...]]:
    """Write the pages about all articles; the index page's path, and what could not be written of it or before."""
    try:
        return str(publish_index(watched, failed, day, settings=doors.settings, store=doors.store)), unwritten
    except OutputFailed as error:
        return None, (*unwritten, str(error))
