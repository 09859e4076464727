"""``litwatch store``: check, copy, export, migrate and shrink the store, and list its runs."""

from __future__ import annotations

from pathlib import Path

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.model.errors import OutputFailed
from litwatch.model.text.phrases import count
from litwatch.night.doors import open_ends, open_kept_store, open_unchanged_store


@click.group()
def store() -> None:
    """Check, copy, export, migrate and shrink the store; list its runs."""


@store.command("runs")
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many runs to show, newest first."
)
@AS_JSON
def runs(*, limit: int, as_json: bool) -> None:
    """List the latest runs and how they ended.

    \b
    Example:
      litwatch store runs
    """
    settings = settings_from_environment()
    try:
        latest = open_kept_store(settings).runs(limit)
    finally:
        # What is left here the store could not take: it cannot be opened, or its disk is still full.
        for end in open_ends(settings.store).read():
            say(f"{end.kind}  {end.ended_at:%Y-%m-%d %H:%M}Z  failed\n    {end.error}", err=True)
    if as_json:
        print_json(latest)
        return
    for run in latest:
        ended = f"{run.finished_at:%Y-%m-%d %H:%M}Z" if run.finished_at else "–"
        told = {name: value for name, value in run.summary.items() if not isinstance(value, dict)}
        figures = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())
        say(f"{run.id}  {run.state.value}  ended {ended}  {figures}")
        if run.error:
            say("    " + run.error.replace("\n", "\n    "))


@store.command("check")
def check() -> int:
    """Verify every record's hash and the chain of judgements.

    Exit status 1 when anything is wrong.

    \b
    Example:
      litwatch store check
    """
    found = open_kept_store(settings_from_environment()).check()
    for problem in found.problems:
        say(problem, err=True)
    say(f"{count(found.chain.length, 'judgement')} in the chain; {count(len(found.problems), 'problem')}")
    return 1 if found.problems else 0


@store.command("migrate")
def migrate() -> None:
    """Bring the store of an older litwatch up to date.

    Every command that writes does so by itself; this one is for an upgrade at a time of your choice. The store is
    copied first; to go back, put that copy in its place and install the older litwatch again.

    \b
    Example:
      litwatch store migrate
    """
    unchanged = open_unchanged_store(settings_from_environment())
    before = unchanged.schema_version
    after = open_kept_store(settings_from_environment()).schema_version
    if before == after:
        say(f"{unchanged.path} is up to date (schema {after})")
    else:
        say(f"{unchanged.path}: schema {before} before, {after} now")
        say(f"the store as it was: {unchanged.copy_of_schema(before)}")


@store.command("snapshot")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def snapshot(target: Path) -> None:
    """Copy the store to the file TARGET.

    For programs that must never wait for the store. The copy appears complete or not at all. An older copy is
    replaced; any other file is left alone.

    \b
    Example:
      litwatch store snapshot var/copy.duckdb
    """
    kept = open_kept_store(settings_from_environment())
    _refuse_other_files(target)
    kept.snapshot(target)
    say(target)


def _refuse_other_files(target: Path) -> None:
    """Raise OutputFailed if TARGET is a file but not a copy of a store: a mistyped path must not destroy it.

    DuckDB's files bear "DUCK" behind the checksum of their first block (duckdb.org, "Storage Versions and Format").
    """
    try:
        with target.open("rb") as file:
            start = file.read(12)
    except OSError:  # there is none yet; or it cannot be read, and the copy says why it cannot be written
        return
    if start and start[8:] != b"DUCK":
        raise OutputFailed(f"{target} exists and is not a copy of a store; choose another file for the snapshot.")


@store.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the views for analysts to FOLDER, and every table to FOLDER/tables, as Parquet.

    The views have plain columns and no JSON.

    \b
    Example:
      litwatch store export var/export
    """
    for table, rows in open_kept_store(settings_from_environment()).export(folder).items():
        say(f"{table:24s} {rows}")


@store.command("vacuum")
@click.option("--dry-run", is_flag=True, help="Show how much space would be freed, without changing the file.")
def vacuum(*, dry_run: bool) -> None:
    """Shrink the store's file to the space that it needs.

    While it runs, it needs free disk space for the new file.

    \b
    Example:
      litwatch store vacuum --dry-run
      litwatch store vacuum
    """
    before, after = open_kept_store(settings_from_environment()).vacuum(dry_run=dry_run)
    say(f"{before:,} bytes now, {after:,} afterwards" if dry_run else f"{before:,} bytes before, {after:,} after")
