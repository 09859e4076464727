"""``litwatch minutes``: what the board did in a month, on the screen, as a page, or as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from litwatch.cli.arguments import settings_from_environment
from litwatch.cli.screen import say
from litwatch.config.topic_files import read_topic_files
from litwatch.config.whole_file import write_whole_file
from litwatch.model.errors import OutputFailed
from litwatch.model.text.spelled_dates import dated
from litwatch.night.doors import open_kept_store
from litwatch.reading.monthly_minutes import choose_month, read_minutes_view
from litwatch.report.minutes_view import COUNTED, MinutesPart, MinutesView, minutes_csv
from litwatch.report.render import minutes_html

_TO_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--month", metavar="MONTH", help="Month to tell, as 2026-10; without it the last that is over.")
@click.option("--csv", "table", type=_TO_FILE, metavar="FILE", help="Write a table with a row for each article.")
@click.option("--html", "page", type=_TO_FILE, metavar="FILE", help="Write a page, for a browser or the printer.")
def minutes(*, month: str | None, table: Path | None, page: Path | None) -> None:
    """Print what the board did in a month, for its minutes.

    Articles reviewed, decided to be updated or withdrawn, and overdue; answers; notices, and how long they waited;
    articles with nothing new; changes in the list of articles. Days and months are in UTC. Everything is told as it
    stood at the end of the month, or now where the month is not over.

    \b
    Example:
      litwatch minutes
      litwatch minutes --csv minutes.csv --html minutes.html
    """
    settings, now = settings_from_environment(), datetime.now(UTC)
    store = open_kept_store(settings)
    try:
        chosen = choose_month(month, store, now)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    view = read_minutes_view(chosen, store, read_topic_files(settings.queries)[0], now)
    if table is None and page is None:
        _print(view)
    if table is not None:
        _write(table, minutes_csv(view.minutes))
    if page is not None:
        _write(page, minutes_html(view))


def _write(file: Path, text: str) -> None:
    if not file.absolute().parent.is_dir():
        raise OutputFailed(f"{file}: there is no folder {file.absolute().parent}; make it, or choose another file")
    try:
        write_whole_file(file, text.encode())
    except OSError as error:
        raise OutputFailed(f"{file}: {error.strerror or error}; choose another file") from None
    say(f"written: {file}")


def _print(view: MinutesView) -> None:
    say(view.title)
    if view.running:
        say(dated(view.running))
    wide = max(len(figure.label) for figure in view.figures)
    for figure in view.figures:
        say(f"  {figure.label:{wide}}  {figure.value}{f' ({figure.remark})' if figure.remark else ''}")
    for part in view.parts:
        if part.lines:
            _print_part(part)
    say("")
    say(COUNTED)


def _print_part(part: MinutesPart) -> None:
    say("")
    say(part.heading)
    for line in part.lines:
        about = line.slug if not line.text else f"{line.slug}: {line.text}"
        say(f"  {line.day.isoformat() if line.day else ' ' * 10}  {about}" if not part.names else f"  {about}")
    if part.more:
        say(f"  and {part.more:,} more, which --csv names")
