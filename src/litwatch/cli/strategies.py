"""``litwatch topics recall | suggest``: which cited papers a strategy finds, and a first strategy to start from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

from litwatch.articles.model import Article
from litwatch.cli.arguments import ARTICLE, AS_JSON, settings_from_environment
from litwatch.cli.references import find_topic
from litwatch.cli.screen import print_json, say
from litwatch.config.article_file import open_article, read_article_file
from litwatch.config.settings import Settings
from litwatch.config.topic_draft import strategy_lines, yaml_lines
from litwatch.model.errors import UnknownTopic
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import MatchState
from litwatch.model.text.phrases import count
from litwatch.model.topic import QuestionKind, Topic
from litwatch.night.doors import open_entrez, open_kept_store, passing_store
from litwatch.reading.proposed_strategies import ProposedStrategies, propose_strategies
from litwatch.reading.strategy_recall import (
    CitedRecords,
    count_costs,
    read_expected_papers,
    recall_cited,
)
from litwatch.report.basis_json import known_items_json
from litwatch.report.wording import words
from litwatch.sources.protocol import BibliographicDatabase
from litwatch.store import Store
from litwatch.strategy.known_items import KnownItems
from litwatch.strategy.question_concepts import read_question
from litwatch.strategy.suggestion import Suggestion, Suggestions, Width

OFFLINE = click.option("--offline", is_flag=True, help="Do not search PubMed; count in the store's records instead.")

TOO_MANY = 150
"""Records a month from which ``--json`` names the precise strategy as the one to choose: some 40 a week can be read."""


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
    if topic.article is None and not topic.known_papers:
        raise click.UsageError(
            f"{slug} is a question without an article: name papers that the strategy should find as known_papers: in"
            f" {topic.file}"
        )
    store = open_kept_store(settings)
    entrez = None if offline else open_entrez(settings)
    today = _today()
    article, papers = read_expected_papers(topic, open_article(topic), store, entrez, slug=slug)
    known = recall_cited(topic, article, papers, today)
    known = known.with_costs(
        count_costs([one.change.addition for one in known.missed if one.change], store, entrez, today)
    )
    if as_json:
        print_json(
            {"article": slug, "strategy": topic.strategy, "counted_by": _counter(offline)} | known_items_json(known)
        )
        return
    _print_recall(slug, known, papers="cited" if topic.article is not None else "known", offline=offline)


@click.command("suggest")
@click.argument("article", metavar="ARTICLE")
@click.option("--question", metavar="TEXT", help="Go by this question, in English, instead of the article's own.")
@click.option(
    "--only",
    type=click.Choice([width.value for width in Width]),
    help="Print one strategy alone, to be written to a topic file.",
)
@OFFLINE
@AS_JSON
def suggest_command(article: str, *, question: str | None, only: str | None, offline: bool, as_json: bool) -> None:
    """Propose first search strategies for an article.

    ARTICLE is the name of a watched article, or the file of any other. Two strategies are made from the concepts of
    the article's question, each by MeSH headings and words, with the papers that it cites as evidence: a sensitive one
    and a precise one. Each is printed as lines for the topic file, with how many of the cited papers it finds and its
    cost in records per month. PubMed is asked for ten counts at most.

    \b
    Example:
      litwatch topics suggest queries/insulin-resistance.txt
      litwatch topics suggest queries/statins.md --only precise > queries/statins.yaml
      litwatch topics suggest queries/statine.md --question "Do statins prevent liver cancer?"
    """
    settings = _settings()
    topic, read = _open(article)
    if not offline and settings.email is None:
        say("LITWATCH_EMAIL is not set, so PubMed is not asked: as with --offline.", err=True)
        offline = True
    given = question or (topic.title if topic else None)
    store, entrez = open_kept_store(settings), None if offline else open_entrez(settings)
    found = propose(article, read, store, entrez, topic=topic, question=given)
    confirmed, records, made = found.confirmed, found.records, found.made
    chosen = [one for one in made.suggestions.proposals if only in {None, one.width}]
    if not chosen:
        raise click.ClickException("no narrower strategy finds a cited paper, so there is only the sensitive one")
    if as_json:
        print_json(_suggestions_json(found, read, offline=offline))
        return
    listed = len(topic.known_papers) if topic is not None and read.is_absent else len(read.references)
    say_doubts(made.suggestions, listed - len(confirmed), listed)
    papers = "known paper" if read.is_absent else "cited paper"
    for place, one in enumerate(chosen):
        cost = f"{'at least' if offline else 'about'} {made.per_month[one.strategy]:g} records per month"
        say(f"{chr(10) if place else ''}# {one.width}: finds {count(len(one.found), papers)} of {len(records)}; "
            f"{cost}, counted by {_counter(offline)}")  # fmt: skip
        kind = made.suggestions.question.kind
        click.echo(_as_yaml(topic, Path(article), kind, one), nl=False)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for an article, and on which evidence."""

    question: str
    cited: CitedRecords
    confirmed: list[Pmid]
    records: list[Record]
    made: ProposedStrategies

    @property
    def chosen(self) -> Suggestion:
        """The sensitive strategy, or where its records are too many to read, the precise one."""
        proposals = self.made.suggestions.proposals
        return next((one for one in proposals if self.made.per_month[one.strategy] <= TOO_MANY), proposals[-1])


def propose(
    name: str,
    read: Article,
    store: Store,
    entrez: BibliographicDatabase | None,
    *,
    topic: Topic | None = None,
    question: str | None = None,
    by_hand: str = "write a strategy by hand (docs/searching.md)",
) -> Proposed:
    """Strategies for an article that is called by ``name``; ``by_hand`` is what to do where none can be made.

    Raises ClickException where there is nothing to make one from, SourceError and store errors.
    """
    asked = (question or read.question or "").strip()
    _require_concept(asked, name)
    if topic is not None and read.is_absent and not topic.known_papers:
        raise click.ClickException(
            f"{name}: a strategy is made from papers that it should find, and there is no article that cites any;"
            f" name some (known_papers: in the topic file, --known-paper of `litwatch add`), or {by_hand}"
        )
    if not read.references and not read.is_absent:
        raise click.ClickException(
            f"{name}: no reference list was found, and a strategy is made from the papers that the article cites; "
            f"`litwatch articles show {name}` says what is read, or {by_hand}"
        )
    read, cited = read_expected_papers(topic, read, store, entrez, slug=topic.slug if topic else None)
    confirmed = [m.pmid for m in cited.matches if m.state is MatchState.CONFIRMED and m.pmid is not None]
    records = [cited.records[pmid] for pmid in dict.fromkeys(confirmed) if pmid in cited.records]
    if not records:
        remedy = (
            "without PubMed only what a night has stored is known; set LITWATCH_EMAIL and leave out --offline"
            if entrez is None
            else f"use `litwatch references confirm`, or {by_hand}"
        )
        raise click.ClickException(
            f"none of the {len(read.references)} references is confirmed in PubMed, so there is nothing to make a "
            f"strategy from; {remedy}"
        )
    made = propose_strategies(asked, records, store, entrez, _today())
    if not made.suggestions.proposals:
        raise click.ClickException(
            f'no word of the question "{asked}" stands in any cited paper, and these papers have no wording in common; '
            "ask in the words of the field, in English, with --question"
        )
    return Proposed(asked, cited, confirmed, records, made)


def _require_concept(question: str, article: str) -> None:
    if not question:
        raise click.ClickException(
            f"{article}: no question is read in the article; give it with --question, or as title: in the topic file"
        )
    if not read_question(question).concepts:
        raise click.ClickException(
            f'the question "{question}" names nothing to search for; give one that does with --question, for example '
            '"What are the causes of insulin resistance?"'
        )


def say_doubts(made: Suggestions, unresolved: int, references: int) -> None:
    """What was not used of references and question; to standard error, so that a file gets the strategy alone."""
    if unresolved:
        listed = count(references, "reference")
        say(f"{unresolved} of {listed} could not be used: no record is confirmed for them.", err=True)
    if made.from_papers_alone:
        say("No word of the question stands in any cited paper: what follows is made from these papers alone. "
            "PubMed is searched in English; ask with --question.", err=True)  # fmt: skip
    elif made.left_out:
        say(f"Left out, because no cited paper speaks of it: {'; '.join(made.left_out)}", err=True)


def _suggestions_json(found: Proposed, article: Article, *, offline: bool) -> dict[str, object]:
    made = found.made
    return {
        "question": found.question,
        "question_kind": made.suggestions.question.kind,
        "concepts": [{"name": each.name, "terms": each.whole} for each in made.suggestions.concepts],
        "left_out": made.suggestions.left_out,
        "from_papers_alone": made.suggestions.from_papers_alone,
        "references": len(article.references),
        "confirmed": len(found.confirmed),
        "counted_by": _counter(offline),
        "suggestions": [
            {
                "name": one.width,
                "strategy": one.strategy,
                "found": one.found,
                "missed": one.missed,
                "records_per_month": made.per_month[one.strategy],
                "chosen": one is found.chosen,
            }
            for one in made.suggestions.proposals
        ],
    }


def _print_recall(slug: str, known: KnownItems, *, papers: str, offline: bool) -> None:
    if known.recall is None:
        say(f"{slug}: no {papers} paper could be compared with the strategy")
    else:
        say(f"{slug}: the strategy finds {len(known.found)} of {known.judged} {papers} papers ({known.recall:.0%})")
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


def _as_yaml(topic: Topic | None, article: Path, kind: QuestionKind | None, made: Suggestion) -> str:
    """Lines for the topic file: for an article that has none yet, with what else the file needs first."""
    given: dict[str, object] = {} if topic else {"article": article.name}
    if kind and not topic:
        given["question_kind"] = kind.value
    return yaml_lines(given) + strategy_lines(made.strategy)


def _settings() -> Settings:
    """The settings; an article can be looked at before the store is made, so an empty one then serves the command."""
    return click.get_current_context().with_resource(passing_store(settings_from_environment()))


def _today() -> date:
    return datetime.now(UTC).date()
