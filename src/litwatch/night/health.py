"""Can this installation do its work, and did the last night? One check each; ``litwatch doctor`` prints them.

No check changes anything, the store's schema included. A check returns what is well in a sentence and raises an
OperatorError for what is not; an ``Ailing`` one knows a command that mends it.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from litwatch.config.member_file import read_members
from litwatch.config.settings import Settings
from litwatch.config.topic_files import MEMBERS, read_topic_files, slug_of
from litwatch.decisions.notice_coverage import GapCode
from litwatch.digest.mail.smtp import try_login
from litwatch.model.canary_record import CANARY
from litwatch.model.errors import DeliveryError, LitwatchError, SettingsError, StoreUnusable
from litwatch.model.member import find_silent
from litwatch.model.message import MessageState, find_undelivered
from litwatch.model.sweep import SweepState
from litwatch.model.text.loopback import is_loopback
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.text.phrases import count
from litwatch.model.webhook_form import WebhookForm
from litwatch.night.doors import (
    inbox_trouble,
    open_ends,
    open_entrez,
    open_inbox,
    open_snapshot,
    open_unchanged_store,
    use_loaded_headings,
)
from litwatch.night.doubts import find_lost
from litwatch.night.mail_delivery import mail_settings
from litwatch.night.receipts import measure_store
from litwatch.night.scheduler import ask_scheduler
from litwatch.night.shared_work import check_shards, check_update_files, require_share
from litwatch.reading.cited_paper_states import read_coverage_gaps
from litwatch.references.lint import Severity
from litwatch.report.wording import say_gap, words
from litwatch.store import Run, RunState, Store
from litwatch.strategy import lint_strategy

OVERDUE = timedelta(hours=26)
"""If the last successful night ended longer ago than this, one was missed: a day, and two hours of grace."""
GRACE = timedelta(minutes=10)
"""A night that was started so far ahead of this clock is no sign of a wrong one: clocks are set right by seconds."""
ROOM = 200_000_000
"""Bytes that should be free beside twice the store: a copy, and a new file while it is shrunk."""
_OF_MICROSOFT = (".logic.azure.com", ".powerplatform.com", ".powerautomate.com")
"""How hosts of workflows end."""
_KEY = re.compile(r"[0-9a-f]{36}", re.IGNORECASE)
"""The form of the API keys that NCBI gives out."""

Check = Callable[[Settings], str]


class Ailing(SettingsError):
    """What is wrong, and a command that mends it."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class OldStore(StoreUnusable):
    """An older litwatch made the store, and no check migrates it."""

    fix = "litwatch store migrate"


def list_checks(environment: Mapping[str, str], *, ask_ncbi: bool) -> dict[str, Check]:
    """The checks by name, in the order in which a person mends things."""
    return {
        "settings": check_settings,
        "topics": check_topics,
        **({"NCBI": check_ncbi} if ask_ncbi else {}),
        "disk": check_disk,
        "permissions": check_permissions,
        "mail server": check_mail_server,
        "webhook": check_webhook,
        "scheduler": lambda _: check_scheduler(environment),
        "update files": lambda settings: check_update_files(settings, asks_network=ask_ncbi),
        "shards": lambda settings: check_shards(settings, environment),
        "store": check_store,
        "clock": check_clock,
        "articles": check_articles,
        "last night": check_last_night,
        "outbox": check_outbox,
        "desk": check_desk,
        "retractions": check_retractions,
    }


FIXES = {
    "settings": "export LITWATCH_EMAIL=you@example.org",
    "topics": "litwatch topics check",
    "NCBI": "litwatch doctor --ncbi",
    "disk": "litwatch store vacuum --dry-run",
    "store": "litwatch store check",
    "clock": "timedatectl status",
    "articles": "litwatch topics check",
    "last night": "litwatch nightly",
    "outbox": "litwatch digest --show",
    "desk": "litwatch desk",
    "retractions": "litwatch retractions status",
    "webhook": "litwatch webhook --test",
}
"""A command for what a check names, where it knows no better one."""


def check_settings(settings: Settings) -> str:
    """What the installation is set to."""
    email = settings.require_email()
    require_share(settings)
    key = "without an API key, 3 requests a second"
    if settings.api_key:
        key = "with an API key, 10 requests a second"
        if not _KEY.fullmatch(settings.api_key.get_secret_value()):
            key += (
                " (it is not of the form of NCBI's keys, 36 hexadecimal digits; `litwatch doctor --network` tries it)"
            )
    mail = f"mail by {settings.smtp_host}" if settings.smtp_host else f"mail as files in {settings.mail_folder}"
    told = (
        f"failures are mailed to {settings.operator}"
        if settings.operator
        else "nobody is told of failures: set LITWATCH_OPERATOR"
    )
    shared = f", shared by {settings.machines} machines" if settings.machines > 1 else ""
    watched = "a dead man's switch is pinged" if settings.ping_url else "no dead man's switch (LITWATCH_PING_URL)"
    return f"{email} at {settings.eutils} {key}{shared}; {mail}; {told}; {watched}"


def check_topics(settings: Settings) -> str:
    """Whether every topic file and the members' file can be read, and every article has a reader."""
    topics, problems = read_topic_files(settings.queries)
    if problems:
        raise SettingsError("\n".join(problems))
    if not topics:
        raise SettingsError(f"{settings.queries} contains no topic file; `litwatch add ARTICLE --to ADDRESS` makes one")
    members, mistakes = read_members(settings.queries, topics)
    strategies = [
        f"{topic.file}: strategy: {one.message} {one.hint}"
        for topic in topics
        for one in lint_strategy(topic.strategy)
        if one.severity is Severity.ERROR  # PubMed passes it over in silence, so that no night can tell
    ]
    alone = [f"{slug}: {words(why)}" for slug, why in find_silent(topics, ()).items()]
    if mistakes or strategies or alone:
        raise SettingsError("\n".join((*mistakes, *strategies, *alone)))
    return f"{len(topics)} in {settings.queries}" + (f", {len(members)} members with preferences" if members else "")


def check_ncbi(settings: Settings) -> str:
    """Whether NCBI answers one small search."""
    search = open_entrez(settings).search(f"{CANARY}[uid]")
    return f"answered a search for one known record with {search.count} found"


def check_disk(settings: Settings) -> str:
    """Whether there is room for a copy of the store, where it and the reports lie."""
    size = measure_store(settings.store)
    needed = 2 * size + ROOM
    told, short = [], []
    for folder in dict.fromkeys(map(_existing, (settings.store.parent, settings.reports))):
        free = shutil.disk_usage(folder).free
        told.append(f"{_bytes(free)} free at {folder}")
        if free < needed:
            short.append(f"only {_bytes(free)} are free at {folder}, and {_bytes(needed)} should be")
    if short:
        raise Ailing("; ".join(short), f"df -h {settings.store.parent}; litwatch prune --dry-run")
    return f"{'; '.join(told)}; the store has {_bytes(size)}"


def check_permissions(settings: Settings) -> str:
    """Whether this user can write what a night writes, and who can read the store."""
    folders = [settings.store.parent, settings.reports, *([] if settings.smtp_host else [settings.mail_folder])]
    folders += [path.parent for path in (settings.metrics_file,) if path is not None]
    folders += [path for path in (settings.log_folder,) if path is not None]
    places = [*map(_existing, folders), *(path for path in (settings.store,) if path.exists())]
    for place in places:
        if place != settings.store and not place.is_dir():
            raise Ailing(f"{place} is a file where a folder should be", f"ls -l {place}")
        if not os.access(place, os.W_OK | (os.X_OK if place.is_dir() else 0)):
            raise Ailing(f"{place} cannot be written by this user", f"sudo chown -R $(id -un) {place}")
    said = "everything that a night writes can be written"
    if settings.store.exists() and settings.store.stat().st_mode & stat.S_IROTH:  # which a person may have allowed
        said += f"; everybody on this machine may read {settings.store}, mails and answers included (chmod o= ends it)"
    return said


def check_mail_server(settings: Settings) -> str:
    """Whether the mail server lets this installation in; no mail is sent."""
    if settings.smtp_host is None:
        return f"none is set; mails are written to {settings.mail_folder}"
    try:
        try_login(mail_settings(settings, settings.smtp_host, timeout=10.0))
    except DeliveryError as error:
        said = (
            str(error)
            .replace("before the message was handed over ", "")
            .removesuffix(" The next delivery tries again.")
        )
        raise Ailing(said, f"nc -vz {settings.smtp_host} {settings.smtp_port}") from None
    login = f"the login of {settings.smtp_user} was accepted" if settings.smtp_user else "no login is set"
    return f"{settings.smtp_host}:{settings.smtp_port} answers; {login}"


def check_webhook(settings: Settings) -> str:
    """Whether the webhook's address can be that of its form; nothing is posted."""
    if settings.webhook_url is None or settings.webhook_form is None:
        return "none is set; retractions are told by mail alone"
    host = urlsplit(settings.webhook_url.get_secret_value()).hostname or ""
    if host == "outlook.office.com" or host.endswith(".webhook.office.com"):
        raise Ailing(
            f"{host} is the address of a connector, which Microsoft has retired: make a workflow in Teams that posts to"
            " a channel when a webhook request is received, and set its address",
            "litwatch webhook --test",
        )
    if (host == "hooks.slack.com") == (settings.webhook_form is WebhookForm.TEAMS) and not is_loopback(host):
        other = "slack" if host == "hooks.slack.com" else "teams"
        if other == "slack" or host.endswith(_OF_MICROSOFT):
            raise Ailing(
                f"the webhook at {host} takes the form {other}, but LITWATCH_WEBHOOK_FORM is"
                f" {settings.webhook_form.value}",
                f"export LITWATCH_WEBHOOK_FORM={other}",
            )
    return (
        f"retractions are posted to {host} in the form of {settings.webhook_form.value}; `litwatch webhook --test`"
        " posts a trial"
    )


def check_scheduler(environment: Mapping[str, str]) -> str:
    """Whether Prefect's server, where PREFECT_API_URL names one, plans nights and has a worker for them."""
    schedule = ask_scheduler(environment, datetime.now(UTC))
    return schedule.sentence if schedule else "PREFECT_API_URL is not set, so that no Prefect was asked"


def check_store(settings: Settings) -> str:
    """Whether the store is whole."""
    store = open_unchanged_store(settings)
    if store.schema_version < store.newest_schema:
        raise OldStore(
            f"an older litwatch made the store {settings.store} (schema {store.schema_version}; this one has"
            f" {store.newest_schema}). Nothing was changed: the next night, or `litwatch store migrate`, copies it and"
            " then brings it up to date"
        )
    problems = store.check().problems
    if problems:
        raise SettingsError("\n".join(problems))
    use_loaded_headings(store)
    edition = store.mesh_edition()
    headings = f"MeSH {edition.year}" if edition else "litwatch's own MeSH headings"
    return f"{settings.store}, schema {store.schema_version}, {headings}"


def check_clock(settings: Settings) -> str:
    """Whether the last run lies in the past."""
    now = datetime.now(UTC)
    runs = open_unchanged_store(settings).runs(200)
    newest = max(runs, key=lambda run: run.number, default=None)
    if newest is not None and newest.started_at > now + GRACE:
        raise SettingsError(
            f"{newest.id} lies in the future: this machine's clock says {now:%Y-%m-%d %H:%M}Z, and it is behind, or was"
            " ahead at that run"
        )
    return f"{now:%Y-%m-%d %H:%M}Z, after the last run"


def check_articles(settings: Settings) -> str:
    """Whether the topic file of every watched article is there."""
    topics, problems = read_topic_files(settings.queries)
    named = {topic.slug for topic in topics} | set(map(slug_of, problems))
    if lost := find_lost(topics, named, open_unchanged_store(settings)):
        raise SettingsError("\n".join(f"{each.slug}: {each.reason}" for each in lost))
    return "the topic file of every article that was ever watched is there, or a person has retired it"


def find_last_night(runs: Sequence[Run], now: datetime) -> tuple[Run | None, Run | None]:
    """The last night that has ended, in the order in which they were kept, and the one that runs now, if one does."""
    nights = sorted((run for run in runs if run.kind == "nightly"), key=lambda run: run.number, reverse=True)
    present = [run for run in nights if run.started_at <= now + GRACE]
    under_way = next((run for run in present if run.state is RunState.RUNNING), None)
    return next((run for run in present if run.state is not RunState.RUNNING), None), under_way


def check_last_night(settings: Settings) -> str:
    """Whether the last night was whole, or what failed has been mended since, and whether it is recent."""
    now, store = datetime.now(UTC), open_unchanged_store(settings)
    runs = store.runs(200)
    nights = [run for run in runs if run.kind == "nightly"]
    latest, under_way = find_last_night(runs, now)
    newest = max(nights, key=lambda run: run.number, default=None)
    if newest is not None and newest.started_at > now + GRACE:
        raise SettingsError(
            f"{newest.id} lies in the future: this machine's clock is behind, or was ahead on that night, which is not"
            " the last good night; correct the clock and run `litwatch nightly`"
        )
    if under_way is not None and now - under_way.started_at > OVERDUE:
        raise Ailing(
            f"{under_way.id} has been running for more than 26 hours; see what it waits for", "litwatch store runs"
        )
    now_runs = f"; {under_way.id} is running" if under_way else ""
    beside = [end for end in open_ends(settings.store).read() if end.kind == "nightly"]
    if beside and (latest is None or latest.finished_at is None or beside[-1].ended_at > latest.finished_at):
        raise SettingsError(f"the last night failed on {beside[-1].ended_at:%Y-%m-%d %H:%M}Z: {beside[-1].error}")
    if latest is None:
        if under_way is not None:
            return f"the first one, {under_way.id}, is running"
        raise SettingsError("no night has run yet; start one with `litwatch nightly`")
    said = f"{latest.id} succeeded"
    if latest.state is RunState.INCOMPLETE and "faults" in latest.summary:
        if stands := find_standing_faults(latest, runs, store, settings):
            fixes = dict.fromkeys(fix for _, fix in stands)
            raise Ailing(
                f"{latest.id} is incomplete: {latest.error}\nnot mended since: {', '.join(name for name, _ in stands)}",
                "\n".join(fixes),
            )
        said = f"{latest.id} was incomplete, and what failed has been mended since"
    elif latest.state is not RunState.SUCCEEDED and under_way is None:
        raise SettingsError(f"{latest.id} is {latest.state.value}: {latest.error or 'see `litwatch store runs`'}")
    elif latest.state is not RunState.SUCCEEDED:
        return f"{latest.id} is {latest.state.value}{now_runs}"
    if under_way is None and (latest.finished_at is None or now - latest.finished_at > OVERDUE):
        raise SettingsError(
            f"the last successful night, {latest.id}, ended more than 26 hours ago: is the scheduler running?"
        )
    return said + now_runs


def find_standing_faults(
    night: Run, runs: Sequence[Run], store: Store, settings: Settings
) -> tuple[tuple[str, str], ...]:
    """What failed on a night and has not been mended since, each with a command that mends it.

    An article: until a later look at it was whole, or it is watched no more. Files: until `litwatch report` wrote
    them. Mails: while one waits or is in doubt. Members and answers: while their file or folder is as bad. The desk:
    until its copy is renewed. Readers and clock have checks of their own. The rest ends with the next night.
    """
    faults = night.summary.get("faults")
    kinds: Mapping[str, Sequence[str]] = faults if isinstance(faults, dict) else {}
    stands: list[tuple[str, str]] = []
    if slugs := [str(slug) for slug in kinds.get("articles", ())]:
        with store.reading():
            watched = {*store.watched_articles(), *(topic.slug for topic in read_topic_files(settings.queries)[0])}
            sweeps = store.latest_sweeps_of(slugs)
            stands += [
                (slug, f"litwatch check {slug}")
                for slug in slugs
                if slug in watched
                and (
                    (at := store.last_surveyed(slug)) is None
                    or at <= night.started_at
                    or any(sweep.state is SweepState.FAILED for sweep in sweeps[slug])
                )
            ]
        broken = {slug_of(problem) for problem in read_topic_files(settings.queries)[1]}
        stands += [(slug, "litwatch topics check") for slug in slugs if slug in broken and slug not in watched]
    written = any(
        run.kind == "report" and run.state is RunState.SUCCEEDED and run.number > night.number for run in runs
    )
    if "files" in kinds and not written:
        stands.append(("files that could not be written", "litwatch report"))
    if "mails" in kinds and _find_stuck(store):
        stands.append(("mails that were not delivered", "litwatch digest"))
    if "members" in kinds and read_members(settings.queries, read_topic_files(settings.queries)[0])[1]:
        stands.append((f"mistakes in {settings.queries / MEMBERS}", "litwatch members check"))
    if "answers" in kinds and inbox_trouble(settings):
        stands.append(("answers that could not be taken in", f"ls -l {open_inbox(settings).folder / 'refused'}"))
    if "desk" in kinds and not _is_newer(open_snapshot(settings).path, night.finished_at):
        stands.append(("the desk's copy of the store", "litwatch nightly"))
    for kind, name in (("update_files", "NLM's update files"), ("canary", "the canary")):
        if kind in kinds:
            stands.append((name, "litwatch nightly"))
    return tuple(stands)


def _is_newer(file: Path, than: datetime | None) -> bool:
    return file.exists() and (than is None or datetime.fromtimestamp(file.stat().st_mtime, UTC) > than)


def _find_stuck(store: Store) -> bool:
    waiting = any(entry.last_error for entry in store.outbox((MessageState.QUEUED,)))
    return waiting or bool(find_undelivered(store.outbox()))


def check_retractions(settings: Settings) -> str:
    """Whether the second source on retractions is recent and whole, where there is one."""
    store = open_unchanged_store(settings)
    file = store.watch_file()
    gaps = {gap.code: say_gap(gap) for gap in read_coverage_gaps(store, datetime.now(UTC).date())}
    if file is None and settings.retraction_watch is None:
        said = gaps[GapCode.NO_TABLE]
        return f"Retraction Watch is not configured; PubMed only (set LITWATCH_RETRACTION_WATCH). {said}"
    if grave := [gaps[code] for code in (GapCode.OLD_TABLE, GapCode.UNREAD_ROWS) if code in gaps]:
        raise SettingsError(" ".join([*grave, "See `litwatch retractions status`."]))
    if file is not None and settings.retraction_watch is None:
        return (
            "Retraction Watch is not configured (set LITWATCH_RETRACTION_WATCH);"
            f" the table loaded on {file.loaded_at:%Y-%m-%d} stays in force"
        )
    if file is None or datetime.now(UTC) - file.read_at > OVERDUE:
        since = f"was last read on {file.read_at:%Y-%m-%d}" if file else "was never read"
        raise SettingsError(f"the Retraction Watch table {since}; `litwatch nightly` reads it")
    return f"{file.entries:,} entries of {file.source}, read on {file.read_at:%Y-%m-%d}"


def check_outbox(settings: Settings) -> str:
    """Whether every mail was delivered."""
    store = open_unchanged_store(settings)
    troubled = find_undelivered(store.outbox())
    if troubled:
        names = ", ".join(f"{entry.message.recipient} ({entry.state.value})" for entry in troubled)
        raise SettingsError(f"not certainly delivered: {names}; see `litwatch digest --show`")
    waiting = [entry for entry in store.outbox((MessageState.QUEUED,)) if entry.last_error]
    if waiting:
        named = ", ".join(sorted({entry.message.recipient for entry in waiting}))
        raise Ailing(
            f"{count(len(waiting), 'message')} to {named} could not be sent: {waiting[-1].last_error}",
            "litwatch digest",
        )
    called_off = len(store.outbox((MessageState.CANCELLED,)))
    said = "no message failed, none is in doubt"
    return f"{said}; {called_off} called off (`litwatch digest --show`)" if called_off else said


def check_desk(settings: Settings) -> str:
    """Whether answers given at the desk were taken in, and every article has a reader left."""
    stopped = open_unchanged_store(settings).stopped_members()
    if trouble := inbox_trouble(settings):
        raise SettingsError(trouble)
    topics, _ = read_topic_files(settings.queries)
    deaf = [t.slug for t in topics if t.recipients and stopped.issuperset(map(mailbox_key, t.recipients))]
    if deaf:
        raise SettingsError(
            f"every recipient of {', '.join(deaf)} has stopped the digest, so nobody gets it; add another recipient"
        )
    if settings.desk_url is None:
        return "not set up; digests have no links for answering"
    return f"{settings.desk_url}; no answer is waiting"


def fix_of(name: str, error: LitwatchError) -> str | None:
    """A command, or several lines of them, that mends what a check has found."""
    return getattr(error, "fix", None) or FIXES.get(name)


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path


def _bytes(number: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} bytes"
