"""``litwatch standin``: a stand-in for PubMed on this machine, for rehearsals and tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from litwatch.cli.arguments import AS_JSON, Day
from litwatch.cli.screen import print_json
from litwatch.standin import Corpus, serve
from litwatch.standin.bulk_files import PER_FILE
from litwatch.standin.command import (
    EXAMPLE_NAMES,
    example_scenario,
    faults_as_json,
    gather,
    list_faults,
    tell_scenario,
    write_bulk,
)
from litwatch.standin.demonstration import DEMONSTRATION_TODAY

_DATE = Day()
_RECORDS = (
    click.option(
        "--corpus",
        "corpora",
        multiple=True,
        type=click.Path(exists=True, path_type=Path),
        metavar="PATH",
        help="PubMed XML (plain or .gz), a scenario (.yaml), a CSV of abstracts, or a folder of them; may be repeated. "
        "Without it, the invented demonstration records.",
    ),
    click.option(
        "--invent",
        default=0,
        type=click.IntRange(0, 500_000),
        metavar="N",
        help="Add N invented records from the last twenty days; 12000 exceed PubMed's limit of 9,999.",
    ),
    click.option(
        "--seed",
        default=0,
        show_default=True,
        help="Seed for faults and invented records, so that a run can be repeated.",
    ),
)


def _takes_records(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_RECORDS):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@_takes_records
@click.option(
    "--port",
    default=8642,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any free port.",
)
@click.option(
    "--today",
    type=_DATE,
    metavar="DATE",
    help=f"Today's date for the stand-in; default: this machine's, or {DEMONSTRATION_TODAY} for the demonstration.",
)
@click.option(
    "--faults",
    multiple=True,
    default=("default",),
    metavar="SPEC",
    help="'default' (five requests in a hundred fail), 'none', or names of faults, which `litwatch standin "
    "faults` lists.",
)
@click.option(
    "--rate", default=3, show_default=True, type=click.IntRange(0), help="Requests per second; 0 for no limit."
)
@click.option("--strict", is_flag=True, help="Reject requests without tool and email, which NCBI requires.")
@click.pass_context
def standin(
    context: click.Context,
    *,
    corpora: tuple[Path, ...],
    invent: int,
    port: int,
    today: datetime | None,
    faults: tuple[str, ...],
    seed: int,
    rate: int,
    strict: bool,
) -> None:
    """Run a stand-in for PubMed on this machine, until interrupted.

    It serves NCBI's E-utilities on 127.0.0.1 from records of your own. docs/standin.md describes what it
    reproduces and how to use it with any client.

    \b
    Example:
      litwatch standin --corpus my-records.xml --port 8642 --faults none
      litwatch standin --invent 12000 --rate 0
      LITWATCH_EUTILS=http://127.0.0.1:8642/entrez/eutils/ litwatch check insulin-resistance --dry-run
    """
    if context.invoked_subcommand is not None:
        _refuse_options_before(context, context.invoked_subcommand)
        return
    day = _day(today, corpora)
    serve(
        Corpus(gather(corpora, invent=invent, seed=seed, last_day=day)),
        today=day,
        port=port,
        faults=faults,
        seed=seed,
        rate=rate or None,
        strict=strict,
        say=click.echo,
        progress=lambda line: click.echo(line, err=True),
    )


@standin.command("faults")
@AS_JSON
def faults_command(*, as_json: bool) -> None:
    """List every fault that the stand-in can simulate.

    \b
    Example:
      litwatch standin faults
    """
    if as_json:
        print_json(faults_as_json())
    else:
        click.echo(list_faults())


@standin.command("scenario")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--example", type=click.Choice(EXAMPLE_NAMES), help="Print an example scenario.")
def scenario(*, file: Path | None, example: str | None) -> None:
    """Check a scenario, or print an example.

    Shows, for each record in FILE, what PubMed shows from which day on. Every mistake is reported at once, with
    its key path; exit status 1 when there is any.

    \b
    Example:
      litwatch standin scenario --example cited-paper > life.yaml
      litwatch standin scenario life.yaml
      litwatch standin --corpus life.yaml --today 2026-03-09
    """
    if (file is None) == (example is None):
        raise click.UsageError("give either a FILE or an --example")
    if example is not None:
        click.echo(example_scenario(example), nl=False)
    elif file is not None:
        click.echo(tell_scenario(file))


@standin.command("bulk")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_takes_records
@click.option("--baseline", type=_DATE, metavar="DATE", help="Date of the baseline; default: the last 15 December.")
@click.option("--until", type=_DATE, metavar="DATE", help="Date of the last update file; default: today.")
@click.option("--per-file", default=PER_FILE, show_default=True, type=click.IntRange(1), help="Records in a full file.")
def bulk(
    folder: Path,
    *,
    corpora: tuple[Path, ...],
    invent: int,
    seed: int,
    baseline: datetime | None,
    until: datetime | None,
    per_file: int,
) -> None:
    """Write bulk files as NLM does, each with its .md5.

        Writes one baseline for its date, then one update file for each later day with changes or deletions.

    \b
    Example:
      litwatch standin bulk nlm/ --corpus life.yaml --until 2026-08-31
      litwatch bulk load nlm/
    """
    last = _day(until, corpora)
    revisions = tuple(gather(corpora, invent=invent, seed=seed, last_day=last))
    start = baseline.date() if baseline else None
    files = write_bulk(revisions, folder, baseline=start, until=last, per_file=per_file)
    for file in files:
        click.echo(f"{file.path.name}  {file.day.isoformat()}  {file.records:>6} records  {file.deleted:>3} deleted")


def _day(told: datetime | None, corpora: tuple[Path, ...]) -> date:
    if told is not None:
        return told.date()
    return date.today() if corpora else DEMONSTRATION_TODAY  # noqa: DTZ011 - this machine's day


def _refuse_options_before(context: click.Context, command: str) -> None:
    """Options of the server before a subcommand's name would be dropped in silence."""
    given = [name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        raise click.UsageError(f"put options after '{command}'; `{command} --help` lists them")
