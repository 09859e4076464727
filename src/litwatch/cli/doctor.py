"""``litwatch doctor``: can this installation do its work, and did the last night run?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.config.member_file import read_members
from litwatch.config.settings import CANARY, Settings
from litwatch.config.topic_files import read_topic_files, slug_of
from litwatch.decisions.notice_coverage import GapCode
from litwatch.model.errors import LitwatchError, OutputFailed, SettingsError, StoreBusy, StoreUnusable
from litwatch.model.member import find_silent
from litwatch.model.message import MessageState, find_undelivered
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.text.phrases import count
from litwatch.night.doors import inbox_trouble, open_entrez, open_kept_store
from litwatch.night.doubts import find_lost
from litwatch.reading.cited_paper_states import read_coverage_gaps
from litwatch.references.lint import Severity
from litwatch.report.wording import say_gap, words
from litwatch.store import RunState
from litwatch.strategy import lint_strategy

OVERDUE = timedelta(hours=26)
"""If the last successful night ended longer ago than this, one was missed: a day, and two hours of grace."""
GRACE = timedelta(minutes=10)
"""A night that was started so far ahead of this clock is no sign of a wrong one: clocks are set right by seconds."""


@click.command()
@click.option(
    "--ask-ncbi", is_flag=True, help="Send NCBI one small search, to test the address, the API key and the network."
)
@AS_JSON
def doctor(*, ask_ncbi: bool, as_json: bool) -> int:
    """Check the installation and the last night.

    Looks at settings, topic files, store, mail and desk; exit status 1 when something is wrong. Run it from cron a few
    hours after the night, outside Prefect: it notices a night that did not run at all.

    \b
    Example:
      litwatch doctor
    """
    settings = settings_from_environment()
    checks: dict[str, Callable[[Settings], str]] = {
        "settings": _check_settings,
        "topics": _check_topics,
        **({"NCBI": _check_ncbi} if ask_ncbi else {}),
        "store": _check_store,
        "articles": _check_articles,
        "last night": _check_last_night,
        "outbox": _check_outbox,
        "desk": _check_desk,
        "retractions": _check_retractions,
    }
    found: dict[str, dict[str, object]] = {}
    for name, check in checks.items():
        try:
            found[name] = {"ok": True, "says": check(settings)}
        except (StoreBusy, StoreUnusable, OutputFailed) as error:
            # The checks that follow need the store, too: they would say the same again, or wait as long for its holder.
            found[name] = {"ok": False, "says": str(error)}
            break
        except LitwatchError as error:
            found[name] = {"ok": False, "says": str(error)}
    if as_json:
        print_json(found)
    else:
        for name, result in found.items():
            says = str(result["says"]).replace("\n", "\n             ")
            say(f"{'ok ' if result['ok'] else 'BAD'} {name:10s} {says}")
    return 0 if all(result["ok"] for result in found.values()) else 1


def _check_settings(settings: Settings) -> str:
    email = settings.require_email()
    key = "with an API key, 10 requests a second" if settings.api_key else "without an API key, 3 requests a second"
    mail = f"mail by {settings.smtp_host}" if settings.smtp_host else f"mail as files in {settings.mail_folder}"
    told = (
        f"failures are mailed to {settings.operator}"
        if settings.operator
        else "nobody is told of failures: set LITWATCH_OPERATOR"
    )
    return f"{email} at {settings.eutils} {key}; {mail}; {told}"


def _check_topics(settings: Settings) -> str:
    topics, problems = read_topic_files(settings.queries)
    if problems:
        raise SettingsError("\n".join(problems))
    if not topics:
        raise SettingsError(f"{settings.queries} contains no topic file; queries/insulin-resistance.yaml is an example")
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


def _check_store(settings: Settings) -> str:
    store = open_kept_store(settings)
    problems = store.check().problems
    if problems:
        raise SettingsError("\n".join(problems))
    edition = store.mesh_edition()
    headings = f"MeSH {edition.year}" if edition else "litwatch's own MeSH headings"
    return f"{settings.store}, schema {store.schema_version}, {headings}"


def _check_articles(settings: Settings) -> str:
    topics, problems = read_topic_files(settings.queries)
    named = {topic.slug for topic in topics} | set(map(slug_of, problems))
    store = open_kept_store(settings)
    if lost := find_lost(topics, named, store):
        raise SettingsError("\n".join(f"{each.slug}: {each.reason}" for each in lost))
    return "the topic file of every article that was ever watched is there, or a person has retired it"


def _check_last_night(settings: Settings) -> str:
    now = datetime.now(UTC)
    nights = [run for run in open_kept_store(settings).runs(200) if run.kind == "nightly"]
    if not nights:
        raise SettingsError("no night has run yet; start one with `litwatch nightly`")
    ahead = max((run for run in nights if run.started_at > now + GRACE), key=lambda run: run.number, default=None)
    latest = max((run for run in nights if run.started_at <= now + GRACE), key=lambda run: run.number, default=None)
    if ahead is not None and (latest is None or latest.number < ahead.number):
        raise SettingsError(
            f"{ahead.id} lies in the future: this machine's clock is behind, or was ahead on that night, which is not"
            " the last good night; correct the clock and run `litwatch nightly`"
        )
    if latest is None:
        raise SettingsError("no night has run yet; start one with `litwatch nightly`")
    if latest.state is not RunState.SUCCEEDED:
        raise SettingsError(f"{latest.id} is {latest.state.value}: {latest.error or 'see `litwatch store runs`'}")
    if latest.finished_at is None or now - latest.finished_at > OVERDUE:
        raise SettingsError(
            f"the last successful night, {latest.id}, ended more than 26 hours ago: is the scheduler running?"
        )
    return f"{latest.id} succeeded"


def _check_retractions(settings: Settings) -> str:
    store = open_kept_store(settings)
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


def _check_outbox(settings: Settings) -> str:
    store = open_kept_store(settings)
    troubled = find_undelivered(store.outbox())
    if troubled:
        names = ", ".join(f"{entry.message.recipient} ({entry.state.value})" for entry in troubled)
        raise SettingsError(f"not certainly delivered: {names}; see `litwatch digest --show`")
    waiting = [entry for entry in store.outbox((MessageState.QUEUED,)) if entry.last_error]
    if waiting:
        named = ", ".join(sorted({entry.message.recipient for entry in waiting}))
        raise SettingsError(f"{count(len(waiting), 'message')} to {named} could not be sent: {waiting[-1].last_error}")
    called_off = len(store.outbox((MessageState.CANCELLED,)))
    said = "no message failed, none is in doubt"
    return f"{said}; {called_off} called off (`litwatch digest --show`)" if called_off else said


def _check_desk(settings: Settings) -> str:
    stopped = open_kept_store(settings).stopped_members()
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


def _check_ncbi(settings: Settings) -> str:
    search = open_entrez(settings).search(f"{CANARY}[uid]")
    return f"answered a search for one known record with {search.count} found"
