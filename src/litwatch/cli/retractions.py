"""``litwatch retractions``: the Retraction Watch table, the second source on retracted papers."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.decisions.completeness import explain_unread_rows
from litwatch.decisions.notice_coverage import GapCode
from litwatch.model.errors import SettingsError
from litwatch.model.text.phrases import count
from litwatch.model.text.spelled_dates import long_date
from litwatch.night.doors import open_kept_store, watch_reader
from litwatch.night.retraction_watch import load_watch
from litwatch.reading.cited_paper_states import read_coverage_gaps
from litwatch.report.wording import say_gap


@click.group()
def retractions() -> None:
    """Load the Retraction Watch table, and show how old it is."""


@retractions.command("load")
@click.argument("source", required=False)
@click.option("--dry-run", is_flag=True, help="Read and count the table without loading it.")
@click.option("--replace", is_flag=True, help="Load it even if loaded entries are missing from it.")
@AS_JSON
def load(source: str | None, *, dry_run: bool, replace: bool, as_json: bool) -> int:
    """Load the table from a file or an http(s) address.

    Without SOURCE, it comes from LITWATCH_RETRACTION_WATCH. If that is set, every night does the same. Crossref
    updates the file each working day; its address is in docs/integrity.md. Exit status 1 when a row that names a
    paper could not be read, although all other rows are loaded, and when the table cannot be loaded at all.

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
        "unread": table.unread,
        "undated": table.undated,
    }
    unread = explain_unread_rows(table.unreadable, table.unread)
    saved = None
    if not dry_run:
        saved = load_watch(answer, notices.name, open_kept_store(settings), datetime.now(UTC), replace=replace)
    if as_json:
        print_json({**counts, "added": saved.added if saved else None, "gone": saved.gone if saved else None})
        return 1 if unread else 0
    click.echo(
        f"{count(table.rows, 'row')}: {count(len(table.entries), 'entry', 'entries')} about papers; left out:"
        f" {table.without_id:,} without PMID and DOI, {table.about_notices:,} about notices, {table.unreadable:,}"
        " unreadable"
    )
    if table.undated:
        click.echo(f"{count(table.undated, 'entry', 'entries')} without a date that can be read; loaded all the same")
    click.echo(f"loaded: {saved.added:,} new or changed, {saved.gone:,} gone" if saved else "nothing was loaded")
    if saved and settings.retraction_watch is None:
        click.echo(
            "Nights do not read this table. Set LITWATCH_RETRACTION_WATCH (or retraction_watch in litwatch.toml) to its"
            " file or address, and each night tells of what it lists."
        )
    if unread:
        say(unread, err=True)
    return 1 if unread else 0


@retractions.command("status")
@AS_JSON
def status(*, as_json: bool) -> int:
    """Show which table is loaded, up to when it tells, and what of it could not be read.

    Exit status 1 when none is loaded, and when rows that name a paper could not be read.

    \b
    Example:
      litwatch retractions status
    """
    now = datetime.now(UTC)
    store = open_kept_store(settings_from_environment())
    file = store.watch_file()
    unread = explain_unread_rows(file.unreadable, file.unread) if file else None
    if as_json:
        print_json(file)
    elif file is None:
        click.echo("No Retraction Watch table is loaded; use `litwatch retractions load SOURCE`.")
    else:
        click.echo(f"source   {file.source}")
        click.echo(f"entries  {file.entries:,} about papers, of {file.rows:,} rows")
        click.echo(f"loaded   {file.loaded_at:%Y-%m-%d %H:%M}Z; last read {file.read_at:%Y-%m-%d %H:%M}Z")
        click.echo(f"newest   {long_date(file.newest, 'no entry has a date that can be read')}")
        if file.undated:
            click.echo(f"undated  {count(file.undated, 'entry', 'entries')}, counted all the same")
        if unread:
            click.echo(f"unread   {unread}")
        for gap in read_coverage_gaps(store, now.date()):
            if gap.code is not GapCode.UNREAD_ROWS:
                click.echo(f"mind     {say_gap(gap)}")
    return 1 if file is None or unread else 0
