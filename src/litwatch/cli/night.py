"""``litwatch nightly | check | report | digest``: run the night or check one article, write reports, send digests."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, date, datetime

import click

from litwatch.cli.arguments import (
    ARTICLES,
    AS_JSON,
    AS_OF,
    DRY_RUN,
    NEW_STORE,
    name_of_person,
    no_such_article,
    settings_from_environment,
)
from litwatch.cli.night_summary import hindsight_as_json, print_hindsight, print_summary, summary_as_json
from litwatch.cli.progress import show_steps
from litwatch.cli.screen import print_json, say
from litwatch.config.article_file import open_article
from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_changed_topics, read_topic_files
from litwatch.model.errors import EditorError, OutputFailed
from litwatch.model.message import MessageState
from litwatch.model.text.phrases import count
from litwatch.night.doors import open_doors, open_kept_store, passing_store
from litwatch.night.mail_delivery import run_delivery
from litwatch.night.night_outcome import NightSummary
from litwatch.night.published_index import Watched, publish_index
from litwatch.night.published_reports import publish_reports, recall
from litwatch.night.run_ends import tell_early_end
from litwatch.night.whole_night import find_unread, run_night
from litwatch.reading.as_of import as_known_on, look_back
from litwatch.store import RunState, Store

REVIEW_NEEDED = 10
"""Exit status of ``check --exit-code`` when an article needs a review."""


@click.command()
@DRY_RUN
@AS_OF
@NEW_STORE
@AS_JSON
def nightly(*, dry_run: bool, as_of: datetime | None, new_store: bool, as_json: bool) -> int:
    """Survey every watched article, write reports, send digests.

    Does the same as the scheduled flow, without Prefect. NLM's update files are read first where articles have
    `source: bulk` (docs/bulk.md). Where LITWATCH_SHARDS is set, the articles are surveyed in shards, one after the
    other, and a second night is refused while one is at work (docs/cluster.md). Exit status 1 when any part failed.

    \b
    Example:
      litwatch nightly
    """
    return _run((), "nightly", dry_run=dry_run, as_of=as_of, new_store=new_store, as_json=as_json, send_mail=True)


@click.command()
@click.argument("slugs", metavar="ARTICLE...", nargs=-1, required=True)
@DRY_RUN
@AS_OF
@NEW_STORE
@AS_JSON
@click.option("--send", is_flag=True, help="Also send a digest to the articles' recipients.")
@click.option("--exit-code", is_flag=True, help="Exit with status 10 when a review is needed.")
def check(
    slugs: tuple[str, ...],
    *,
    dry_run: bool,
    as_of: datetime | None,
    new_store: bool,
    as_json: bool,
    send: bool,
    exit_code: bool,
) -> int:
    """Survey one or more articles now and write their reports.

    References that were not found are looked up again at once. Nothing is sent without --send. With --as-of and a past
    date, it shows from the store what was known at the end of that day: PubMed is not searched and nothing is written.
    (With --dry-run, or in a rehearsal, it runs as if that date were today.)

    \b
    Example:
      litwatch check insulin-resistance --dry-run
      litwatch check insulin-resistance --as-of 2026-03-03
      litwatch check insulin-resistance --exit-code || echo "review it"
    """
    if as_of is not None and not dry_run and as_of.date() != datetime.now(UTC).date():
        settings = settings_from_environment()
        if send and not settings.rehearsal:
            raise click.UsageError("--send cannot be used with a past date; leave it out")
        if not settings.rehearsal:
            return _look_back(settings, slugs, as_of.date(), as_json=as_json, exit_code=exit_code)
    return _run(
        slugs,
        "check",
        dry_run=dry_run,
        as_of=as_of,
        new_store=new_store,
        as_json=as_json,
        send_mail=send,
        exit_code=exit_code,
    )


def _look_back(settings: Settings, slugs: tuple[str, ...], day: date, *, as_json: bool, exit_code: bool) -> int:
    topics = {topic.slug: topic for topic in read_topic_files(settings.queries)[0]}
    _refuse_unknown(slugs, list(topics))
    store = open_kept_store(settings)
    nights = [at.date() for slug in slugs if (at := store.last_surveyed(slug)) is not None]
    if day > max([datetime.now(UTC).date(), *nights]):
        raise click.UsageError(f"{day.isoformat()} is in the future; add --dry-run to run as if it were today")
    with as_known_on(store, day) as past:
        found = {slug: look_back(topics[slug], past, day) for slug in dict.fromkeys(slugs)}
    if as_json:
        print_json(hindsight_as_json(day, found))
    else:
        print_hindsight(day, found)
    if None in found.values():
        return 1
    needed = any(each.report.verdict.status.asks_for_review for each in found.values() if each)
    return REVIEW_NEEDED if exit_code and needed else 0


def _run(
    slugs: tuple[str, ...],
    kind: str,
    *,
    dry_run: bool,
    as_of: datetime | None,
    new_store: bool,
    as_json: bool,
    send_mail: bool,
    exit_code: bool = False,
) -> int:
    if dry_run and new_store:
        raise click.UsageError("--dry-run makes no store; leave --new-store out")
    with (
        tell_early_end(kind, os.environ, keep=not dry_run),
        show_steps(quiet=as_json) as on_step,
        ExitStack() as stack,
    ):
        settings = settings_from_environment()
        kept = stack.enter_context(passing_store(settings)) if dry_run else settings
        doors = open_doors(kept, new_store=new_store)
        if kept is not settings:
            say(f"There is no store at {settings.store}: this dry run starts from an empty one.", err=True)
        summary: NightSummary = run_night(
            doors,
            only=slugs,
            kind=kind,
            as_of=as_of.date() if as_of else None,
            send_mail=send_mail,
            dry_run=dry_run,
            on_step=on_step,
        )
    if as_json:
        print_json(summary_as_json(summary))
    else:
        print_summary(summary)
    if not summary.ok:
        return 1
    return REVIEW_NEEDED if exit_code and summary.review_needed else 0


@click.command()
@ARTICLES
def report(slugs: tuple[str, ...]) -> int:
    """Rewrite reports from the store, without searching PubMed.

    All of them, or those of the articles named. Useful after an article's text has changed, or when the disk was full.
    The verdict is that of the last night; answers that were given since count from the next night on.

    \b
    Example:
      litwatch report insulin-resistance
    """
    settings = settings_from_environment()
    store = open_kept_store(settings)
    found = read_changed_topics(settings.queries, known=store.files_read() if slugs else {}, wanted=slugs)
    _refuse_unknown(slugs, list(found.watched))
    began = datetime.now(UTC)
    day = datetime.now(UTC).date()
    missing = False
    for topic in found.topics:
        if slugs and topic.slug not in slugs:
            continue
        try:
            told = recall(topic, open_article(topic), store, day)
        except EditorError as error:
            say(f"{topic.slug}: {error}", err=True)
            missing = True
            continue
        if told is None:
            say(f"{topic.slug}: not surveyed yet; run `litwatch check {topic.slug}`", err=True)
            missing = True
            continue
        published = publish_reports([told], settings=settings, store=store, at=datetime.now(UTC), day=day, anew=True)
        if published.errors:
            raise OutputFailed(published.errors[0])
        for path in published.files[topic.slug]:
            say(path)
    unread = find_unread(found.topics, found.problems, store, unchanged=found.unchanged)
    say(publish_index(Watched.of(found), unread, day, settings=settings, store=store))
    for problem in found.problems:
        say(problem, err=True)
    if not slugs:  # so that `litwatch doctor` knows that files which a night could not write are there
        run = store.start_run("report", began)
        store.finish_run(run, RunState.SUCCEEDED, at=datetime.now(UTC))
    return 1 if missing or found.problems else 0


@click.command()
@click.option("--show", is_flag=True, help="List the outbox without sending anything.")
@click.option("--resend", metavar="MESSAGE-ID", help="Send a message again whose delivery failed or is unknown.")
@click.option("--received", metavar="MESSAGE-ID", help="Mark a message as delivered; the recipient has confirmed it.")
@click.option(
    "--cancel", metavar="MESSAGE-ID", help="Cancel a message that waits or failed; the next digest has its news."
)
@click.option("--by", metavar="NAME", callback=name_of_person, help="Your name; required to change a message's state.")
def digest(*, show: bool, resend: str | None, received: str | None, cancel: str | None, by: str | None) -> int:
    """Send the digests that are waiting in the outbox.

    Use it after the mail server was down. A message whose delivery is unknown is never sent again automatically: find
    it with --show, ask the recipient, then use --received or --resend. --received and --cancel send nothing; --resend
    sends all that waits. What waits for somebody who has left the topic
    files or stopped the digest is called off, and listed as cancelled.

    \b
    Example:
      litwatch digest --show
      litwatch digest
      litwatch digest --received '<20261122.1@example.org>' --by "Dr Example"
    """
    changes = [each for each in (resend, received, cancel) if each is not None]
    if any(not each.strip() for each in changes):
        raise click.UsageError("the MESSAGE-ID is empty; `litwatch digest --show` lists the messages")
    if len(changes) > 1 or bool(changes) != (by is not None):
        raise click.UsageError("--by NAME goes with one of --resend, --received and --cancel, and is required there")
    if show:
        _show_outbox(open_kept_store(settings_from_environment()))
        return 0
    if changes and by is not None:
        how = "resend" if resend is not None else "received" if received is not None else "cancel"
        _settle_message(changes[0], how, by)
        if how != "resend":
            done = "delivered" if how == "received" else "cancelled; the next digest has its news"
            say(f"{changes[0]}: {done}. Recorded for {by}.")
            return 0
    with tell_early_end("digest", os.environ):
        delivery = run_delivery(open_doors(settings_from_environment()))
    say(delivery.sentence)
    if not delivery.ok:
        say(delivery.failure, err=True)
    return 0 if delivery.ok else 1


def _settle_message(message: str, how: str, by: str) -> None:
    """Queue a message again (``resend``), note that it arrived (``received``), or call it off (``cancel``).

    Raises UsageError where there is no such message.
    """
    store = open_kept_store(settings_from_environment())
    try:
        if how == "resend":
            store.requeue(message, by=by)
        elif how == "received":
            store.receive(message, by=by, at=datetime.now(UTC))
        else:
            store.cancel(message, by=by, at=datetime.now(UTC))
    except LookupError as error:
        raise click.UsageError(f"{error}; `litwatch digest --show` lists the messages") from None


_STATES = {state: "waiting" if state is MessageState.QUEUED else state.value for state in MessageState}
"""What the list of messages calls each state; docs/operating.md uses the same words."""


def _show_outbox(store: Store) -> None:
    entries = store.outbox(tuple(MessageState))
    for entry in entries:
        why = f"  ({entry.last_error})" if entry.last_error else ""
        say(
            f"{_STATES[entry.state]:9s} {entry.queued_at:%Y-%m-%d %H:%M}Z {entry.message.recipient}: "
            f"{entry.message.subject}  {entry.message.message_id}{why}"
        )
    say(count(len(entries), "message"))


def _refuse_unknown(slugs: tuple[str, ...], known: list[str]) -> None:
    unknown = sorted(set(slugs) - set(known))
    if unknown:
        raise no_such_article(unknown, known)
