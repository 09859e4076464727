"""``litwatch bulk``: load NLM's baseline and update files into the store, and show how far they are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.model.text.phrases import count
from litwatch.night.bulk_load import BulkStatus, LoadStep, LoadSummary, bulk_status, load_bulk


@click.group()
def bulk() -> None:
    """Load PubMed's bulk files: the baseline and its updates."""


@bulk.command("load")
@click.argument("source")
@click.option(
    "--all", "everything", is_flag=True, help="Store every record, not only those that concern a watched article."
)
@click.option("--from", "first", type=click.IntRange(1), metavar="N", help="Start with file N instead of 1.")
@click.option("--until", type=click.IntRange(1), metavar="N", help="Stop after file N.")
@click.option("--dry-run", is_flag=True, help="Show which files would be loaded, without loading them.")
@AS_JSON
def load(source: str, *, everything: bool, first: int | None, until: int | None, dry_run: bool, as_json: bool) -> int:
    """Load the files of SOURCE, a folder or an http(s) address that lists one, into the store.

    Files are checked against their MD5 sums and loaded in number order; a missing file ends the run. A record is stored
    if the store has it already, an article cites it, or a search strategy finds it. A run that was stopped continues
    where it was. Exit status 1 when a file, or a record in it, could not be loaded.

    \b
    Example:
      litwatch bulk load https://ftp.ncbi.nlm.nih.gov/pubmed/baseline/
      litwatch bulk load https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/
    """
    settings = settings_from_environment()
    with _show_progress(quiet=as_json or dry_run) as on_step:
        summary = load_bulk(
            settings, source, everything=everything, first=first, until=until, dry_run=dry_run, on_step=on_step
        )
    if as_json:
        print_json(_summary_as_json(summary))
    else:
        _print_summary(summary)
    return 0 if summary.ok else 1


@bulk.command("status")
@click.argument("source", required=False)
@AS_JSON
def status(source: str | None, *, as_json: bool) -> int:
    """Show which files are loaded and, with SOURCE, which are waiting.

    Exit status 1 when one is missing.

    \b
    Example:
      litwatch bulk status /srv/pubmed
    """
    found = bulk_status(settings_from_environment(), source)
    if as_json:
        print_json({**asdict(found), "ok": not _missing(found)})
    else:
        _print_status(found)
    return 1 if _missing(found) else 0


@contextmanager
def _show_progress(*, quiet: bool) -> Iterator[Callable[[LoadStep], None]]:
    """A progress bar on standard error while the work lasts, if that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[more]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("starting", total=None, more="")

        def show(step: LoadStep) -> None:
            progress.update(
                task,
                description=f"{step.doing} {step.name}",
                total=step.files,
                completed=step.place - 1 + (step.done if step.doing == "loading" else 0),
                more=f"file {step.place} of {step.files}, {step.done:.0%}, {step.records:,} records",
            )

        yield show


def _summary_as_json(summary: LoadSummary) -> dict[str, Any]:
    return {"ok": summary.ok, **asdict(summary), "counts": asdict(summary.counts)}


def _print_summary(summary: LoadSummary) -> None:
    for file in summary.files:
        counts = file.counts
        why = "" if file.everything else f" ({counts.known} known, {counts.cited} cited, {counts.matched} matched)"
        say(
            f"{file.name}  {count(counts.records, 'record')}{why}: {counts.new} new, {counts.changed} changed,"
            f" {counts.outdated} outdated, {counts.deleted} deleted"
        )
    done = "would be loaded" if summary.run is None else "waiting"
    if summary.waiting:
        first, last = summary.waiting[0], summary.waiting[-1]
        say(f"{len(summary.waiting)} {done}: {first}" + (f" to {last}" if last != first else ""))
    elif not summary.files and summary.ok:
        say("nothing to load: the store already has every file of the source")
    if summary.failure:
        say(f"failed:\n{summary.failure}", err=True)


def _missing(found: BulkStatus) -> bool:
    return bool(found.gaps or found.missing)


def _print_status(found: BulkStatus) -> None:
    whole = [file for file in found.files if file.loaded_at]
    if whole:
        newest = whole[-1]
        kept = "every record" if newest.everything else "watched records"
        which = newest.name if len(whole) == 1 else f"{whole[0].name} to {newest.name}"
        say(f"loaded   {count(len(whole), 'file')}, {which} ({newest.loaded_at:%Y-%m-%d %H:%M}Z)")
        counts = [file.counts for file in whole]
        say(
            f"records  {sum(one.records for one in counts)} read, {kept} kept: {sum(one.new for one in counts)} new,"
            f" {sum(one.changed for one in counts)} changed, {sum(one.deleted for one in counts)} deleted"
        )
    else:
        say("loaded   nothing yet; use `litwatch bulk load SOURCE`")
    for file in found.files:
        if file.loaded_at is None:
            say(f"begun    {file.name}, {file.position} records read; the next load continues there")
        for problem in file.problems:
            say(f"problem  {file.name}: {problem}")
    for name in (*found.gaps, *filter(None, [found.missing])):
        say(f"missing  {name}")
    if found.waiting is not None:
        first_last = f": {found.waiting[0]} to {found.waiting[-1]}" if found.waiting else ""
        say(f"waiting  {count(len(found.waiting), 'file')}{first_last}")
