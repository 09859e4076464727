"""``litwatch leads``: feed entries that name no paper in PubMed; list them, and close those that are dealt with.

A closed lead is no longer shown in report, desk and digest. Closing is an event in the chain and can be undone.
"""

from __future__ import annotations

from datetime import UTC, datetime

import click

from litwatch.cli.arguments import ARTICLE, AS_JSON, BY, settings_from_environment
from litwatch.cli.judgements import REASON, keep, show_at_desk
from litwatch.cli.references import find_topic
from litwatch.cli.screen import print_json, say
from litwatch.config.article_file import open_article
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.lead import Lead
from litwatch.model.text.safe_text import visible
from litwatch.night.doors import open_kept_store
from litwatch.report.nearest_leads import nearest_first
from litwatch.report.wording import words

REOPEN = click.option("--reopen", is_flag=True, help="Show the leads again.")


@click.group()
def leads() -> None:
    """List and close leads: feed entries without a PubMed paper."""


@leads.command("list")
@ARTICLE
@click.option("--closed", "with_closed", is_flag=True, help="Include closed leads.")
@AS_JSON
def list_leads(slug: str, *, with_closed: bool, as_json: bool) -> None:
    """List an article's leads from the last night, best match first.

    Each is listed with the name to close it by.

    \b
    Example:
      litwatch leads list insulin-resistance --closed
    """
    store = open_kept_store(settings_from_environment())
    found = (lead for sweep in store.latest_sweeps(slug) for lead in sweep.leads)
    closed = store.closed_leads(slug)
    shown = [
        (lead, shared)
        for lead, shared in nearest_first(found, open_article(find_topic(slug)))
        if with_closed or lead.name not in closed
    ]
    if as_json:
        print_json([_as_json(lead, shared, closed=lead.name in closed) for lead, shared in shown])
        return
    for lead, _ in shown:
        state = "  (closed)" if lead.name in closed else ""
        say(f"{lead.name}  {visible(lead.title or '(no title)')}{state}\n  {lead.link or lead.doi or 'no address'}")
    if not shown:
        say(f"{slug} has no {'' if with_closed else 'open '}leads")


@leads.command("close")
@ARTICLE
@click.argument("names", metavar="LEAD…", nargs=-1, required=True)
@REOPEN
@BY
@REASON
def close(slug: str, names: tuple[str, ...], *, reopen: bool, by: str, reason: str) -> None:
    """Close leads of an article, so that they are no longer shown.

    LEAD is a name that `litwatch leads list` shows. Each one is recorded as an event; see `litwatch audit list`.

    \b
    Example:
      litwatch leads list insulin-resistance
      litwatch leads close insulin-resistance 2f0a61c9b4 --by "Dr Example" --reason "no new advice in it"
    """
    settings = settings_from_environment()
    store = open_kept_store(settings)
    found = {lead.name: lead for sweep in store.latest_sweeps(slug) for lead in sweep.leads}
    closed = store.closed_leads(slug)
    for name in names:
        if name not in found:
            find_topic(slug)  # a mistyped article is told as one, not as a lead that is not there
            raise click.UsageError(f"{slug} has no lead {name!r}; `litwatch leads list {slug} --closed` names them")
        if (name in closed) is not reopen:
            raise click.UsageError(f"{name} is already {'open' if reopen else 'closed'}")
    decision = Decision.LEAD_REOPENED if reopen else Decision.LEAD_CLOSED
    now = datetime.now(UTC)
    for name in dict.fromkeys(names):
        keep(store, Judgement(slug, decision, by, now, reason, lead=found[name]))
        say(f"{slug}: {words(decision)}: {visible(found[name].title or '(no title)')}")
    show_at_desk(store, settings)


def _as_json(lead: Lead, shared: int, *, closed: bool) -> dict[str, object]:
    return {
        "name": lead.name,
        "title": lead.title,
        "doi": lead.doi,
        "link": lead.link,
        "shared_words": shared,
        "closed": closed,
    }
