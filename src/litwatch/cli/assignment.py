"""``litwatch assign``: name who is responsible for an article, and until when."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from litwatch.cli.arguments import ARTICLE, BY, Day, mail_address, settings_from_environment
from litwatch.cli.judgements import (
    REASON,
    check_future,
    days_to_carry_out,
    keep,
    open_surveyed,
    person_of,
    show_at_desk,
)
from litwatch.decisions.responsible_person import find_responsible
from litwatch.model.judgement import Decision, Judgement


@click.command()
@ARTICLE
@click.option(
    "--to",
    "address",
    metavar="ADDRESS",
    callback=mail_address,
    help="The mail address of the person: one of the article's recipients or editors.",
)
@click.option("--nobody", is_flag=True, help="Nobody is responsible any more.")
@click.option(
    "--due",
    type=Day(),
    metavar="DATE",
    help="With --to: the date by which it should be done, within twelve months.",
)
@BY
@REASON
def assign(slug: str, address: str | None, *, nobody: bool, due: datetime | None, by: str, reason: str) -> None:
    """Name who is responsible for an article, and until when.

    The report, the desk and the digests say it, and the person's digest puts their own articles first. When the day has
    passed and the article still asks for something, the person is told, and those whom the topic file names for what is
    overdue (escalate_to). Without --due, the person has until the board's decision is due, else the number of days in
    the topic file (thresholds, carry_out_within_days). A review with the outcome "unchanged" ends it.

    \b
    Example:
      litwatch assign insulin-resistance --to board@example.org --by "Dr Example"
      litwatch assign insulin-resistance --nobody --by "Dr Example"
    """
    if nobody == (address is not None):
        raise click.UsageError("say who is responsible with --to ADDRESS, or that nobody is with --nobody")
    if due is not None and nobody:
        raise click.UsageError("--due can be used only with --to")
    settings = settings_from_environment()
    person = person_of(slug, address, settings) if address is not None else None
    store = open_surveyed(slug, settings)
    now = datetime.now(UTC)
    check_future("--due", due, now)
    days = days_to_carry_out(slug, settings)
    said = [chained.judgement for chained in store.judgements(slug)]
    if person is None:
        standing = find_responsible(said, (), carry_out_within_days=days)
        if standing is None:
            raise click.UsageError(f"nobody is responsible for {slug}")
        keep(store, Judgement(slug, Decision.RESPONSIBLE_ENDED, by, now, reason))
        click.echo(f"{slug}: {standing.address} is no longer responsible")
    else:
        until = due.date() if due is not None else None
        event = Judgement(slug, Decision.RESPONSIBLE_NAMED, by, now, reason, due=until, responsible=person)
        keep(store, event)
        named = find_responsible([*said, event], (), carry_out_within_days=days)
        click.echo(f"{slug}: {person} is responsible" + (f", until {named.due}" if named is not None else ""))
    show_at_desk(store, settings)
