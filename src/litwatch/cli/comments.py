"""``litwatch comment``: say something about an article for the other members to read."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from litwatch.cli.arguments import ARTICLE, BY, settings_from_environment
from litwatch.cli.judgements import keep, number_of_paper, open_surveyed, show_at_desk
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import LONGEST_COMMENT, Decision, Judgement
from litwatch.model.text.safe_text import is_blank


@click.command()
@ARTICLE
@click.argument("text")
@click.option("--paper", metavar="PMID|DOI", help="The paper that it is about; leave it out for the whole article.")
@BY
def comment(slug: str, text: str, *, paper: str | None, by: str) -> None:
    """Comment on an article, or on what is open about a paper.

    It closes nothing and is no answer. The desk shows it, and the other members' next digests say that there is one.

    \b
    Example:
      litwatch comment insulin-resistance "Has anybody the full text?" --paper 99000913 --by "Dr Example"
    """
    said = " ".join(text.split())
    if is_blank(said):
        raise click.UsageError("the comment is empty; write what the others should read")
    if len(said) > LONGEST_COMMENT:
        raise click.UsageError(f"the comment must have 1 to {LONGEST_COMMENT:,} characters; it has {len(said):,}")
    pmid = number_of_paper(paper) if paper is not None else None
    settings = settings_from_environment()
    store = open_surveyed(slug, settings)
    now = datetime.now(UTC)
    change = None
    if pmid is not None:
        standing = [item for item in store.open_changes(slug, on=now.date()) if item.change.pmid == pmid]
        standing += store.answered_changes(slug, Pmid(pmid), on=now.date())
        if not standing:
            raise click.UsageError(
                f"{slug} has nothing open about {paper}; leave --paper out to comment on the whole article"
            )
        change = standing[0].change
    keep(store, Judgement(slug, Decision.COMMENT, by, now, said, change))
    click.echo(f"{slug}: comment kept for {by}")
    show_at_desk(store, settings)
