"""``litwatch standin``: a PubMed on this machine, to rehearse and to test against."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from litwatch.standin import Corpus, serve
from litwatch.standin.command import list_faults
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions


@click.group(invoke_without_command=True)
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="PubMed XML (plain or .gz), a CSV of abstracts, or a folder of them; may be repeated. "
    "Without it, the invented demonstration records.",
)
@click.option("--port", default=8642, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The stand-in's day.")
@click.option(
    "--faults",
    multiple=True,
    default=("default",),
    metavar="SPEC",
    help="'default' spoils five requests in a hundred, 'none' spoils none; or name faults, as `litwatch standin "
    "faults` lists them.",
)
@click.option("--seed", default=0, show_default=True, help="Makes chance repeatable.")
@click.option("--rate", default=3, show_default=True, type=click.IntRange(0), help="Requests a second; 0 for no limit.")
@click.option("--strict", is_flag=True, help="Refuse requests without tool and email, as NCBI asks for.")
@click.pass_context
def standin(
    context: click.Context,
    *,
    corpora: tuple[Path, ...],
    port: int,
    today: datetime | None,
    faults: tuple[str, ...],
    seed: int,
    rate: int,
    strict: bool,
) -> None:
    """Serve NCBI's E-utilities on 127.0.0.1 from records of your own, until interrupted.

    docs/standin.md tells what it reproduces, and how to aim any client at it.

    \b
    Example:
      litwatch standin --corpus my-records.xml --port 8642 --faults none
      LITWATCH_EUTILS=http://127.0.0.1:8642/entrez/eutils/ litwatch nightly
    """
    if context.invoked_subcommand is not None:
        return
    day = today.date() if today else (date.today() if corpora else DEMONSTRATION_TODAY)  # noqa: DTZ011 - this machine's day
    serve(
        list(corpora) if corpora else Corpus(revisions()),
        today=day,
        port=port,
        faults=faults,
        seed=seed,
        rate=rate or None,
        strict=strict,
        say=click.echo,
    )


@standin.command("faults")
def faults_command() -> None:
    """List every fault that the stand-in can commit.

    \b
    Example:
      litwatch standin faults
    """
    click.echo(list_faults())
