"""``litwatch audit``: what people have decided, and whether the chain of these events is complete."""

from __future__ import annotations

import re

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.model.identifiers import is_pmid
from litwatch.model.judgement import Judgement
from litwatch.model.judgement_chain import CHAIN_START
from litwatch.model.text.phrases import count, listed
from litwatch.model.text.safe_text import visible
from litwatch.model.topic_edit import TopicEdit
from litwatch.night.doors import open_kept_store
from litwatch.report.edit_sentences import say_edit
from litwatch.report.wording import words
from litwatch.store import Store


@click.group()
def audit() -> None:
    """List what people have decided, and verify the chain."""


@audit.command("verify")
@click.option("--head", metavar="HASH", help="A head noted earlier; it must still be in the chain.")
@AS_JSON
def verify(*, head: str | None, as_json: bool) -> int:
    """Recompute the hash of every event; exit status 1 when one was altered, added or removed.

    If the newest events were removed, only a head noted elsewhere can show it: note the one that this command prints
    and give it with --head next time. Answers still waiting in the inbox are not taken in first.

    \b
    Example:
      litwatch audit verify
      litwatch audit verify --json
    """
    if head is not None and not re.fullmatch(r"[0-9a-f]{64}", head):
        raise click.UsageError("--head must be a hash as this command prints it: 64 characters, 0-9 and a-f")
    settings = settings_from_environment()
    report = Store(settings.store, wait_seconds=settings.store_wait).verify_chain()
    problems = list(report.problems)
    if head is not None and head not in report.hashes and head != CHAIN_START:
        problems.append(f"No event has the hash {head} any more: the end was cut off, or the chain rewritten.")
    if as_json:
        whole = not problems
        print_json(
            {"ok": whole, "events": report.length, "head": report.head, "broken": report.broken, "problems": problems}
        )
    else:
        for problem in problems:
            say(problem, err=True)
        state = "the chain is broken" if problems else "the chain holds"
        say(f"{count(report.length, 'event')}; {state}; head {report.head}")
    return 1 if problems else 0


@audit.command("list")
@click.argument("article", metavar="[ARTICLE]", required=False)
@click.option("--article", "old_article", metavar="ARTICLE", hidden=True, help="The old spelling of the argument.")
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="How many events to show, newest first.",
)
@click.option("--diff", is_flag=True, help="Show the lines of topic files that were changed, and the files' hashes.")
@AS_JSON
def list_events(*, article: str | None, old_article: str | None, limit: int, diff: bool, as_json: bool) -> None:
    """List what people have decided, for one article or for all: who, when, about what, and why.

    \b
    Example:
      litwatch audit list insulin-resistance
      litwatch audit list insulin-resistance --diff
    """
    trail = open_kept_store(settings_from_environment()).audit_trail(topic=article or old_article, limit=limit)
    if as_json:
        print_json(trail)
        return
    for event in trail:
        say(f"{event.seq:5d}  {event.judgement.at:%Y-%m-%d %H:%M}Z  {visible(_describe(event.judgement))}")
        if diff and event.judgement.edit is not None:
            _print_edit(event.judgement.edit)


def _print_edit(edit: TopicEdit) -> None:
    for file in edit.files:
        say(f"       {file.name}: {file.before or 'nothing'} -> {file.after or 'nothing'}")
    for line in edit.diff.splitlines():
        say(f"       {visible(line)}")


def _describe(judgement: Judgement) -> str:
    about = judgement.topic or judgement.member
    if judgement.change is not None:
        number = judgement.change.pmid
        about += (
            f", {f'PMID {number}' if is_pmid(number) else 'a work outside PubMed'} ({words(judgement.change.kind)})"
        )
    if judgement.reference is not None:
        about += f", PMID {judgement.reference.pmid} is “{judgement.reference.text[:80]}”"
    if judgement.lead is not None:
        about += f", “{judgement.lead.title[:80]}”"
    if judgement.edit is not None:
        about += f", {'; '.join(say_edit(judgement.edit))}"
    until = f" until {judgement.until.isoformat()}" if judgement.until else ""
    until += f": {judgement.responsible}" if judgement.responsible else ""
    until += f", due by {judgement.due.isoformat()}" if judgement.due else ""
    until += f", settling the disagreement of {listed(judgement.settles)}" if judgement.settles else ""
    reason = f": {judgement.reason}" if judgement.reason else ""
    return f"{about}: {words(judgement.decision)}{until}, by {judgement.by}{reason}"
