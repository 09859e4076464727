"""``litwatch status``: how the installation stands, in ten lines; ``litwatch doctor`` says what is wrong with it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.config.settings import Settings
from litwatch.decisions.verdict import Status
from litwatch.model.message import MessageState, find_undelivered
from litwatch.model.text.phrases import count
from litwatch.night.doors import open_unchanged_store
from litwatch.night.health import OVERDUE, find_last_night
from litwatch.night.receipts import measure_store
from litwatch.night.scheduler import SchedulerUnwell, ask_scheduler
from litwatch.report.contents import URGENCY
from litwatch.report.wording import words
from litwatch.store import Run, RunState

FIGURES = ("found", "fetched", "new_records", "changed_records", "missing", "truncations", "warnings", "mails_sent")
"""Those of the receipt's figures that fit into a line."""


@dataclass(frozen=True, slots=True)
class PresentState:
    """What ``litwatch status`` prints."""

    last_night: Run | None
    running: str | None
    """The run's id, while a night is under way."""
    next_night: str
    """When it is planned, or by when it is due."""
    verdicts: Mapping[str, int]
    """Watched articles by the status of their last verdict; those without a night yet are not among them."""
    open_reviews: int
    mails_waiting: int
    mails_in_doubt: int
    store_bytes: int
    canary: str
    retention: Mapping[str, int | None]
    """Days, by what is kept; None for ever."""


@click.command("status")
@AS_JSON
def status(*, as_json: bool) -> None:
    """Show in ten lines how the installation stands.

    It changes nothing, searches nothing, and its exit status is 0 whatever it shows: for an alarm, use `litwatch
    doctor`.

    \b
    Example:
      litwatch status
    """
    found = read_present_state(settings_from_environment(), os.environ, datetime.now(UTC))
    if as_json:
        print_json(found)
        return
    for title, line in _lines(found):
        say(f"{title:13s} {line}")


def read_present_state(settings: Settings, environment: Mapping[str, str], now: datetime) -> PresentState:
    """How the installation stands. Raises StoreUnusable and StoreBusy."""
    store = open_unchanged_store(settings)
    with store.reading():
        last, under_way = find_last_night(store.runs(200), now)
        watched = store.watched_articles()
        verdicts = Counter(verdict.status for verdict in store.latest_verdicts(watched).values())
        waiting = len(store.outbox((MessageState.QUEUED,)))
        doubtful = len(find_undelivered(store.outbox()))
    pmid = settings.find_canary()
    seen = last.summary.get("canary") if last is not None else None
    return PresentState(
        last_night=last,
        running=under_way.id if under_way else None,
        next_night=_find_next(last, environment, now),
        verdicts={state.value: verdicts[state] for state in URGENCY if verdicts[state]},
        open_reviews=sum(number for state, number in verdicts.items() if state.asks_for_review),
        mails_waiting=waiting,
        mails_in_doubt=doubtful,
        store_bytes=measure_store(settings.store),
        canary=f"PMID {pmid} {seen or 'not looked for yet'}" if pmid else "off",
        retention={
            "reports": settings.keep_reports,
            "mails": settings.keep_mails,
            "logs": settings.keep_logs,
            "artifacts": settings.keep_artifacts,
        },
    )


def _find_next(last: Run | None, environment: Mapping[str, str], now: datetime) -> str:
    try:
        schedule = ask_scheduler(environment, now)
    except SchedulerUnwell as error:
        return f"not planned: {error}"
    if schedule is not None:
        return f"{schedule.next_night:%Y-%m-%d %H:%M}Z, by Prefect"
    if last is None or last.finished_at is None:
        return "now: no night has ended yet"
    due = last.finished_at + OVERDUE
    return f"due by {due:%Y-%m-%d %H:%M}Z{', which has passed' if due < now else ''}"


def _lines(found: PresentState) -> list[tuple[str, str]]:
    last = found.last_night
    summary = last.summary if last else {}
    told = ", ".join(f"{words(Status(name))} {number}" for name, number in found.verdicts.items()) or "none yet"
    figures = ", ".join(f"{name.replace('_', ' ')} {summary[name]}" for name in FIGURES if name in summary)
    seconds = f", {summary['seconds']} s" if "seconds" in summary else ""
    kept = ", ".join(f"{what} {count(days, 'day')}" for what, days in found.retention.items() if days is not None)
    return [
        ("last night", _say_last(last) + (f"; {found.running} is running" if found.running else "")),
        ("next night", found.next_night),
        ("articles", f"{sum(found.verdicts.values())}: {told}"),
        ("open reviews", str(found.open_reviews)),
        ("mails", f"{found.mails_waiting} waiting, {found.mails_in_doubt} not certainly delivered"),
        ("store", f"{found.store_bytes:,} bytes"),
        ("receipt", figures + seconds if figures else "none: the last night counted nothing"),
        ("canary", found.canary),
        ("versions", ", ".join(f"{name} {summary[name]}" for name in ("litwatch", "duckdb") if name in summary) or "–"),
        ("kept", kept + ("; the rest for ever" if None in found.retention.values() else "") if kept else "for ever"),
    ]


def _say_last(last: Run | None) -> str:
    if last is None:
        return "none yet"
    ended = f"{last.finished_at:%Y-%m-%d %H:%M}Z" if last.finished_at else f"begun {last.started_at:%Y-%m-%d %H:%M}Z"
    if last.state is RunState.SUCCEEDED:
        return f"{ended}, whole"
    first, *more = (last.error or "no reason is known").splitlines() or [""]
    rest = f" (and {count(len(more), 'more line')}: `litwatch store runs`)" if more else ""
    return f"{ended}, {last.state.value}: {first}{rest}"
