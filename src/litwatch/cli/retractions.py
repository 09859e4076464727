"""``litwatch retractions``: the Retraction Watch table, the second source on retracted papers."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json
from litwatch.model.errors import SettingsError
from litwatch.night.doors import open_kept_store, open_store, watch_reader
from litwatch.night.retraction_watch import load_watch


@click.group()
def retractions() -> None:
    """Load the Retraction Watch table, and show how old it is."""


@retractions.command("load")
@click.argument("source", required=False)
@click.option("--dry-run", is_flag=True, help="Read and count the table without loading it.")
@click.option("--replace", is_flag=True, help="Load it even if most of the loaded entries are missing from it.")
@AS_JSON
def load(source: str | None, *, dry_run: bool, replace: bool, as_json: bool) -> int:
    """Load the table from a file or an http(s) address.

    Without SOURCE, it comes from LITWATCH_RETRACTION_WATCH. If that is set, every night does the same. Crossref
    updates the file each working day; its address is in docs/integrity.md.

    \b
    Example:
      litwatch retractions load retraction_watch.csv --dry-run
      litwatch retractions load retraction_watch.csv
    """
    settings = settings_from_environment()
    given = source or settings.retraction_watch
    notices = watch_reader(settings.model_copy(update={"retraction_watch": given}))
    if notices is None:
        raise SettingsError("no table given: name its file or address, or set LITWATCH_RETRACTION_WATCH")
    answer = notices.read()
    table = answer.table
    if table is None:  # an address that says "not changed" unasked
        raise SettingsError(f"{notices.name} did not send the table; download it and give the file")
    counts = {
        "rows": table.rows,
        "entries": len(table.entries),
        "without_id": table.without_id,
        "about_notices": table.about_notices,
        "unreadable": table.unreadable,
    }
    saved = None
    if not dry_run:
        saved = load_watch(answer, notices.name, open_store(settings), datetime.now(UTC), replace=replace)
    if as_json:
        print_json({**counts, "added": saved.added if saved else None, "gone": saved.gone if saved else None})
        return 0
    click.echo(
        f"{table.rows:,} rows: {len(table.entries):,} entries about papers; left out: {table.without_id:,} without PMID"
        f" and DOI, {table.about_notices:,} about notices, {table.unreadable:,} unreadable"
    )
    click.echo(f"loaded: {saved.added:,} new or changed, {saved.gone:,} gone" if saved else "nothing was loaded")
    return 0


@retractions.command("status")
@AS_JSON
def status(*, as_json: bool) -> int:
    """Show which table is loaded and when it was last read.

    Exit status 1 when none is loaded.

    \b
    Example:
      litwatch retractions status
    """
    file = open_kept_store(settings_from_environment()).watch_file()
    if as_json:
        print_json(file)
    elif file is None:
        click.echo("No Retraction Watch table is loaded; use `litwatch retractions load SOURCE`.")
    else:
        click.echo(f"source   {file.source}")
        click.echo(f"entries  {file.entries:,} about papers, of {file.rows:,} rows")
        click.echo(f"loaded   {file.loaded_at:%Y-%m-%d %H:%M}Z; last read {file.read_at:%Y-%m-%d %H:%M}Z")
    return 0 if file is not None else 1
