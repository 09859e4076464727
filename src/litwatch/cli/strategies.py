"""``litwatch topics recall | suggest``: which cited papers a strategy finds, and a first strategy to start from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click
import yaml

from litwatch.articles.model import Article
from litwatch.cli.arguments import ARTICLE, AS_JSON, settings_from_environment
from litwatch.cli.references import find_topic
from litwatch.cli.screen import print_json, say
from litwatch.config.article_file import open_article, read_article_file
from litwatch.config.settings import Settings
from litwatch.model.errors import UnknownTopic
from litwatch.model.reference import MatchState
from litwatch.model.text.phrases import count
from litwatch.model.topic import Topic
from litwatch.night.doors import open_entrez, open_kept_store, passing_store
from litwatch.reading.strategy_recall import count_costs, read_cited_records, recall_cited
from litwatch.report.basis_json import known_items_json
from litwatch.report.wording import words
from litwatch.strategy.known_items import KnownItems
from litwatch.strategy.suggestion import Suggestion, suggest

OFFLINE = click.option("--offline", is_flag=True, help="Do not search PubMed; count in the store's records instead.")

TOO_MANY = 150
"""Records a month from which the focused strategy is shown as the one to paste: a person screens some 40 a week."""


@click.command("recall")
@ARTICLE
@OFFLINE
@AS_JSON
def recall_command(slug: str, *, offline: bool, as_json: bool) -> None:
    """Check which cited papers the article's search strategy retrieves.

    Shows why it misses others, and what would help. Each proposed change is shown with its cost in records per month,
    counted by PubMed over the last 365 days.

    \b
    Example:
      litwatch topics recall insulin-resistance
    """
    settings = _settings()
    topic = find_topic(slug)
    article = open_article(topic)
    store = open_kept_store(settings)
    entrez = None if offline else open_entrez(settings)
    today = _today()
    known = recall_cited(topic, article, read_cited_records(slug, article, topic.pins, store, entrez), today)
    known = known.with_costs(
        count_costs([one.change.addition for one in known.missed if one.change], store, entrez, today)
    )
    if as_json:
        print_json(
            {"article": slug, "strategy": topic.strategy, "counted_by": _counter(offline)} | known_items_json(known)
        )
        return
    _print_recall(slug, known, offline=offline)


@click.command("suggest")
@click.argument("article", metavar="ARTICLE")
@AS_JSON
def suggest_command(article: str, *, as_json: bool) -> None:
    """Propose a first search strategy for an article.

    ARTICLE is the name of a watched article, or the file of any other. The strategy is made from the article's
    question and from the words and MeSH headings of the papers that it cites. Printed with it: which of these papers
    it finds, its cost in records per month, and the lines to paste into the topic file.

    \b
    Example:
      litwatch topics suggest queries/insulin-resistance.txt
    """
    settings = _settings()
    topic, read = _open(article)
    store, entrez = open_kept_store(settings), open_entrez(settings)
    pins = topic.pins if topic else ()
    cited = read_cited_records(topic.slug if topic else None, read, pins, store, entrez)
    confirmed = [m.pmid for m in cited.matches if m.state is MatchState.CONFIRMED and m.pmid is not None]
    records = [cited.records[pmid] for pmid in dict.fromkeys(confirmed) if pmid in cited.records]
    question = (topic.title if topic else None) or read.question or ""
    made = suggest(question, records, _today())
    unresolved = len(read.references) - len(confirmed)
    if not made:
        raise click.ClickException(
            f"none of the {len(read.references)} references is confirmed in PubMed, so there is nothing to make a "
            "strategy from; use `litwatch references confirm`, or write a strategy by hand (docs/searching.md)"
        )
    costs = count_costs([one.strategy for one in made], store, entrez, _today())
    pasted = next((one for one in made if costs[one.strategy] <= TOO_MANY), made[-1])
    if as_json:
        print_json(
            {
                "question": question,
                "references": len(read.references),
                "confirmed": len(confirmed),
                "suggestions": [
                    {
                        "name": one.name,
                        "strategy": one.strategy,
                        "found": one.found,
                        "missed": one.missed,
                        "records_per_month": costs[one.strategy],
                        "chosen": one is pasted,
                    }
                    for one in made
                ],
            }
        )
        return
    if unresolved:
        listed = count(len(read.references), "reference")
        say(f"{unresolved} of {listed} could not be used: no record is confirmed for them.", err=True)
    for one in made:
        say(f"{one.name}: finds {len(one.found)} of {len(records)} cited papers, about "
                   f"{costs[one.strategy]:g} records per month\n  {one.strategy}")  # fmt: skip
    say(f"\n# to paste into the topic file ({pasted.name}):")
    click.echo(_as_yaml(topic, Path(article), pasted), nl=False)


def _print_recall(slug: str, known: KnownItems, *, offline: bool) -> None:
    if known.recall is None:
        say(f"{slug}: no cited paper could be compared with the strategy")
    else:
        say(f"{slug}: the strategy finds {len(known.found)} of {known.judged} cited papers ({known.recall:.0%})")
    for one in known.missed:
        say(f"\nentry {one.position}: {words(one.why)}{f', PMID {one.pmid}' if one.pmid else ''}: {one.title}")
        for reason in one.reasons:
            say(f"    {reason}")
        if one.change and one.per_month is not None:
            say(f"    proposed: {one.change.says}")
            say(f"    cost: about {one.per_month:g} records per month, counted by {_counter(offline)}")
            say(f"    strategy: {one.change.strategy}")


def _counter(offline: bool) -> str:  # noqa: FBT001 - the flag itself
    return "the evaluator over the store's last 365 days" if offline else "PubMed over the last 365 days"


def _open(name: str) -> tuple[Topic | None, Article]:
    file = Path(name)
    try:
        topic = find_topic(name)
    except UnknownTopic as error:
        if not file.is_file():
            raise UnknownTopic(f"{error}; nor is there such a file") from None
        return None, read_article_file(file)
    return topic, open_article(topic)


def _as_yaml(topic: Topic | None, article: Path, made: Suggestion) -> str:
    given = {} if topic else {"article": article.name}
    return yaml.safe_dump(given | {"strategy": made.strategy}, sort_keys=False, width=110, allow_unicode=True)


def _settings() -> Settings:
    """The settings; an article can be looked at before the store is made, so an empty one then serves the command."""
    return click.get_current_context().with_resource(passing_store(settings_from_environment()))


def _today() -> date:
    return datetime.now(UTC).date()
