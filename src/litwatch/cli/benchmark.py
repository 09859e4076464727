"""``litwatch benchmark``: rank the topics of a benchmark folder, so that the order can be evaluated elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from litwatch.reading.ranking_benchmark import write_run


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="RUN.csv",
    help="The file to write.",
)
def benchmark(folder: Path, *, out: Path) -> None:
    """Rank the candidates of every topic in a benchmark folder.

    Writes topic,id,score; a higher score means more relevant. A topic is a folder with article.json (question, cited
    papers) and candidates.jsonl.gz. Labels are never read.

    \b
    Example:
      litwatch benchmark benchmark/dev --out run.csv
    """
    write_run(folder, out, lambda topic, size: click.echo(f"{topic}: {size} candidates", err=True))
    click.echo(f"wrote {out}")
