"""``litwatch benchmark``: rank the topics of a benchmark folder, so that the order can be evaluated elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from litwatch.config.sentence_model_files import find_sentence_model, load_sentence_model
from litwatch.decisions.ranking import MINILM
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
@click.option("--words-only", is_flag=True, help="Leave the installed sentence model out.")
def benchmark(folder: Path, *, out: Path, words_only: bool) -> None:
    """Rank the candidates of every topic in a benchmark folder.

    Writes topic,id,score; a higher score means more relevant. A topic is a folder with article.json (question, cited
    papers) and candidates.jsonl.gz. Labels are never read. A sentence model that is installed (litwatch[semantic])
    has its part, and takes a tenth of a second for each candidate.

    \b
    Example:
      litwatch benchmark benchmark/dev --out run.csv
    """
    place = None if words_only else find_sentence_model()
    model = load_sentence_model(place) if place is not None else None
    if model is not None:
        click.echo(f"with the sentence model {MINILM.name}", err=True)
    write_run(folder, out, lambda topic, size: click.echo(f"{topic}: {size} candidates", err=True), model)
    click.echo(f"wrote {out}")
