"""``litwatch sql``: query the store in SQL, and print the result or write it to a file."""

from __future__ import annotations

import csv
import json
import math
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import click
from rich.cells import cell_len, set_cell_size

from litwatch.cli.arguments import settings_from_environment
from litwatch.cli.screen import say
from litwatch.config.settings import Settings
from litwatch.config.whole_file import draft_of, put_in_place
from litwatch.model.text.phrases import count
from litwatch.model.text.safe_text import visible
from litwatch.night.doors import open_kept_store, open_snapshot
from litwatch.report.exports.citation_files import spreadsheet_cell
from litwatch.store import QueryResult, Store

_SHOWN_ROWS = 100
_WIDEST = 60
"""Characters of a cell in a printed table; the other formats cut nothing."""


@click.command("sql")
@click.argument("query", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    help="How to print or write the result. Without it, the ending of --out FILE decides, else a table is printed.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to FILE, whole or not at all, and replace what is there. Needed for parquet.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    help=f"Print at most this many rows; a table shows {_SHOWN_ROWS} unless told otherwise.",
)
@click.option(
    "--timeout",
    default=20.0,
    show_default=True,
    type=click.FloatRange(0.1, 3600),
    metavar="SECONDS",
    help="Stop the query after this time. A night that starts meanwhile waits for it.",
)
def sql(*, query: str | None, form: str | None, out: Path | None, limit: int | None, timeout: float) -> None:
    """Query the store in SQL, read-only.

    QUERY is one SELECT in DuckDB's dialect; "-" reads it from standard input. Without QUERY, the views and their
    columns are listed. A query can change nothing and reaches no other file. Where the desk runs, the copy of the store
    that the last night published is queried, so that no night waits. Times are UTC.

    In CSV, a text that a spreadsheet would take for a formula begins with an apostrophe.

    \b
    Example:
      litwatch sql
      litwatch sql "SELECT title, journal FROM record ORDER BY first_seen DESC LIMIT 10"
      litwatch sql "SELECT label, count(*) FROM publication_type GROUP BY label" --format csv
      litwatch sql "SELECT * FROM search_log" --format parquet --out searches.parquet
    """
    if form is None:
        ending = out.suffix.lower().removeprefix(".") if out is not None else ""
        form = ending if ending in {"csv", "json", "parquet"} else "table"
    if form == "parquet" and out is None:
        raise click.UsageError("--format parquet needs --out FILE")
    if form == "parquet" and limit is not None:
        raise click.UsageError("--limit is for printing; write LIMIT into the query for parquet")
    store = _store_to_ask(settings_from_environment())
    if query is None:
        _list_views(store)
        return
    text = sys.stdin.read() if query == "-" else query
    if form == "parquet" and out is not None:
        rows = store.ask_into_parquet(text, out, seconds=timeout)
        say(f"{count(rows, 'row')} written to {out}")
        return
    with _written_whole(out) as stream, store.asking(text, seconds=timeout) as result:
        _WRITERS[form](result, stream, limit)


def _store_to_ask(settings: Settings) -> Store:
    """The published copy where the desk keeps one, else the store itself."""
    snapshot = open_snapshot(settings)
    if settings.desk_url is not None and snapshot.path.exists() and snapshot.answers_questions():
        return snapshot
    return open_kept_store(settings)


def _list_views(store: Store) -> None:
    for view in store.views():
        say(f"{view.name}: {view.comment}")
        wide = max(len(column.name) for column in view.columns)
        for column in view.columns:
            say(f"    {column.name:{wide}}  {column.type.lower():9}  {column.comment}")


@contextmanager
def _written_whole(out: Path | None) -> Iterator[TextIO]:
    """Where the answer is collected first: nobody must wait for the store while a pager or a slow disk takes it in."""
    with tempfile.SpooledTemporaryFile(1 << 24, "w+", encoding="utf-8", newline="") as stream:
        yield stream  # type: ignore[misc]
        stream.seek(0)
        if out is None:
            shutil.copyfileobj(stream, sys.stdout)
            return
        with draft_of(out.resolve()) as draft:
            with draft.open("w", encoding="utf-8", newline="") as file:
                shutil.copyfileobj(stream, file)
            put_in_place(draft, out.resolve())


def _write_table(result: QueryResult, stream: TextIO, limit: int | None) -> None:
    most = limit or _SHOWN_ROWS
    rows = [[_shown(value) for value in row] for row in islice(result.rows, most)]
    more = next(result.rows, None) is not None
    header = [_cut(visible(name)) for name in result.columns]
    wide = [max(cell_len(row[place]) for row in (header, *rows)) for place in range(len(header))]
    for line in (header, ["-" * width for width in wide], *rows):
        cells = [set_cell_size(cell, width) for cell, width in zip(line, wide, strict=True)]
        stream.write("  ".join(cells).rstrip() + "\n")
    if more:
        stream.write(f"… and more rows: raise --limit ({most}), or write all of them with --format csv\n")
    else:
        stream.write(f"({count(len(rows), 'row')})\n")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return _cut(visible(str(value)))


def _cut(text: str) -> str:
    """The text, or as much of it as a cell shows, with a sign that something is missing."""
    return text if cell_len(text) <= _WIDEST else set_cell_size(text, _WIDEST - 1).rstrip() + "…"


def _write_csv(result: QueryResult, stream: TextIO, limit: int | None) -> None:
    rows = csv.writer(stream)
    rows.writerow(map(spreadsheet_cell, result.columns))
    for row in islice(result.rows, limit):
        rows.writerow([spreadsheet_cell(value) if isinstance(value, str) else _plain(value) for value in row])


def _write_json(result: QueryResult, stream: TextIO, limit: int | None) -> None:
    names = _one_name_each(result.columns)
    stream.write("[")
    for number, row in enumerate(islice(result.rows, limit)):
        fields = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        stream.write(",\n" if number else "\n")
        json.dump(fields, stream, ensure_ascii=False, allow_nan=False)
    stream.write("\n]\n")


_WRITERS = {"table": _write_table, "csv": _write_csv, "json": _write_json}


def _one_name_each(columns: Sequence[str]) -> list[str]:
    """The columns' names, the second of one name as ``name_1``, as DuckDB does where names must differ."""
    seen: Counter[str] = Counter()
    names = []
    for column in columns:
        names.append(f"{column}_{seen[column]}" if seen[column] else column)
        seen[column] += 1
    return names


def _plain(value: Any) -> Any:
    """A value of DuckDB as JSON has it: times in ISO 8601, what JSON lacks as text, no number as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [_plain(each) for each in value]
    return str(value)
