"""``litwatch add``: from an article's file to its first report, in one command."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import click

from litwatch.articles.model import Article
from litwatch.cli.arguments import ARTICLE_FILE, BY_WHOM, Day, mail_address, settings_from_environment
from litwatch.cli.night_summary import print_summary
from litwatch.cli.progress import show_steps
from litwatch.cli.screen import say
from litwatch.cli.strategies import propose, say_doubts
from litwatch.config.article_file import open_article, read_article_and_beside
from litwatch.config.settings import Settings
from litwatch.config.topic_draft import (
    TopicDraft,
    files_of,
    question_text,
    refuse_other_files,
    refuse_taken,
    slug_for,
    topic_text,
    try_topic,
)
from litwatch.decisions.search_window import FIRST_LOOK
from litwatch.model.identifiers import Pmid
from litwatch.model.text.phrases import count
from litwatch.model.topic import Topic
from litwatch.night.doors import open_doors, open_entrez, open_kept_store, open_topic_edits, passing_store
from litwatch.night.night_outcome import NightSummary
from litwatch.night.run_ends import tell_early_end
from litwatch.night.topic_edits import Author
from litwatch.night.whole_night import run_night
from litwatch.reading.strategy_recall import count_costs, read_expected_papers, recall_cited
from litwatch.references.lint import Severity, lint
from litwatch.report.wording import words
from litwatch.strategy import explain
from litwatch.strategy.question_concepts import read_question

_FINDINGS_SHOWN = 5
_BY_HAND = "give one with --strategy (docs/searching.md)"


@click.command()
@click.argument("file", metavar="[ARTICLE]", type=ARTICLE_FILE, required=False)
@click.option(
    "--to", "recipients", metavar="ADDRESS", multiple=True, required=True, callback=mail_address,
    help="Someone who gets the digest; may be given several times.",
)  # fmt: skip
@click.option("--name", "slug", metavar="ARTICLE", help="The article's name in commands, if not made from the file's.")
@click.option(
    "--question", metavar="TEXT",
    help="The article's question, in English, if the page does not say it; without ARTICLE, what is watched.",
)  # fmt: skip
@click.option("--strategy", metavar="TEXT", help="The PubMed search strategy, if you have one.")
@click.option(
    "--since", type=Day(), metavar="DATE",
    help="Without ARTICLE: the day from which a record is new; otherwise one year ago.",
)  # fmt: skip
@click.option(
    "--known-paper", "known_papers", metavar="PMID", multiple=True, type=click.IntRange(1, 999_999_999),
    help="Without ARTICLE: a paper that the strategy should find; may be given several times.",
)  # fmt: skip
@BY_WHOM
@click.option("--dry-run", is_flag=True, help="Show the topic file and write nothing.")
@click.option("--open/--no-open", "opens", default=True, help="Open the report when it is written (on a desktop).")
def add(
    file: Path | None,
    *,
    recipients: tuple[str, ...],
    slug: str | None,
    question: str | None,
    strategy: str | None,
    since: datetime | None,
    known_papers: tuple[int, ...],
    by: str,
    dry_run: bool,
    opens: bool,
) -> int:
    """Begin to watch an article: from its file to its first report.

    ARTICLE is the article's saved page, in any form that `litwatch articles show` reads. It is read and checked; a
    search strategy is proposed from its question and the papers that it cites, with what it finds of them and its
    load; the article is copied to the folder of topic files with a topic file beside it; PubMed is searched, and the
    report is opened. Nothing is mailed. Where a step fails, nothing is written.

    Without ARTICLE, a question is watched that no article answers yet: give --question, and --strategy or papers from
    which one is proposed (--known-paper).

    \b
    Example:
      litwatch add insulin-resistance.docx --to board@example.org
      litwatch add insulin-resistance.docx --to board@example.org --dry-run
      litwatch add --question "Does short sleep cause insulin resistance?" --known-paper 99000004 --to you@example.org
    """
    settings = settings_from_environment()
    settings.require_email()
    if file is None:
        if question is None or not question.strip():
            raise click.UsageError("give ARTICLE, or --question for a question that no article answers yet")
        known = tuple(map(Pmid, known_papers))
        today = datetime.now(UTC).date()
        first = since.date() if since else today - FIRST_LOOK
        if first > today:
            raise click.UsageError(f"--since {first}: that day is still to come")
        return _add_question(
            settings, question, slug, recipients, strategy, first, known, by=by, dry_run=dry_run, opens=opens
        )
    if since is not None or known_papers:
        raise click.UsageError("--since and --known-paper are for a question without ARTICLE; leave them out")
    slug = slug_for(file.stem) if slug is None else slug
    refuse_taken(slug, file, settings.queries)
    if not dry_run:
        open_kept_store(settings)  # what is missing is said before PubMed is asked for anything
    article, beside = read_article_and_beside(file)
    refuse_other_files(beside, file, settings.queries)
    _say_article(article)
    _say_findings(article, file)
    with ExitStack() as stack:
        kept = stack.enter_context(passing_store(settings)) if dry_run else settings
        text = _propose(slug, file, article, kept, recipients, question=question, strategy=strategy)
        draft = stack.enter_context(try_topic(slug, file, text, settings.queries))
        if strategy is not None:
            _judge_own(draft, kept)
        _keep_or_show(draft, text, settings, by, keep=not dry_run)
    return 0 if dry_run else _look(slug, settings, opens=opens)


def _add_question(  # noqa: PLR0917
    settings: Settings,
    question: str,
    slug: str | None,
    recipients: Sequence[str],
    strategy: str | None,
    since: date,
    known_papers: tuple[Pmid, ...],
    *,
    by: str,
    dry_run: bool,
    opens: bool,
) -> int:
    """Begin to watch a question without an article."""
    if strategy is None and not known_papers:
        raise click.UsageError(
            "without ARTICLE, give --strategy (docs/searching.md), or papers that it should find (--known-paper)"
        )
    slug = slug_for(question)[:60].rstrip("-") if slug is None else slug
    refuse_taken(slug, None, settings.queries)
    if not dry_run:
        open_kept_store(settings)
    kind, remarks = read_question(question).kind, list[str]()
    with ExitStack() as stack:
        kept = stack.enter_context(passing_store(settings)) if dry_run else settings
        if strategy is None:
            # The papers themselves stand in the strategy's place until one is proposed.
            papers = " OR ".join(f"{pmid}[uid]" for pmid in known_papers)
            first = question_text(question, papers, recipients, since=since, known_papers=known_papers)
            topic = stack.enter_context(try_topic(slug, None, first, settings.queries)).topic
            strategy, remarks = _propose_from(topic, slug, kept)
        text = question_text(
            question, strategy, recipients, since=since, known_papers=known_papers, kind=kind, remarks=remarks
        )
        draft = stack.enter_context(try_topic(slug, None, text, settings.queries))
        _judge_own(draft, kept)
        _keep_or_show(draft, text, settings, by, keep=not dry_run)
    return 0 if dry_run else _look(slug, settings, opens=opens)


def _keep_or_show(draft: TopicDraft, text: str, settings: Settings, by: str, *, keep: bool) -> None:
    """Write the draft's files and name them, or show the topic file that would be written."""
    if keep:
        files = files_of(draft)
        author = Author(by, datetime.now(UTC), "added")
        open_topic_edits(settings).put(draft.slug, files, author, expected=dict.fromkeys(files))
        for path in files:
            say(f"made          {path}")
        return
    say(f"\nTo be written to {draft.file}:\n")
    click.echo(text, nl=False)


def _propose_from(topic: Topic, slug: str, settings: Settings) -> tuple[str, list[str]]:
    """The strategy that is proposed from a topic's known papers, with remarks for its file."""
    store, entrez = open_kept_store(settings), open_entrez(settings)
    found = propose(slug, open_article(topic), store, entrez, topic=topic, by_hand=_BY_HAND)
    one = found.chosen
    told = (
        f"{one.width}: finds {len(one.found)} of {count(len(found.records), 'known paper')};"
        f" about {found.made.per_month[one.strategy]:g} records a month"
    )
    say(f"strategy      {told}")
    say(f"              {one.strategy}")
    return one.strategy, [f"Proposed by litwatch, {told}. Others: `litwatch topics suggest {slug}`."]


def _say_article(article: Article) -> None:
    say(f"read as       {words(article.form)}")
    say(f"question      {article.question or '– none found'}")
    say(f"text          {count(len(article.sentences), 'sentence')}, {count(len(article.references), 'reference')}")


def _say_findings(article: Article, file: Path) -> None:
    """What the citation check finds; it stops nothing, because the report tells it, too."""
    findings = lint(article, (), ())
    grave = [one for one in findings if one.severity is Severity.ERROR]
    say(f"citations     {count(len(findings), 'finding')}, {count(len(grave), 'error')} among them")
    for finding in grave[:_FINDINGS_SHOWN]:
        say(f"              {finding.code}: {finding.message}")
    if findings:
        say(f"              `litwatch articles lint {file}` lists them")


def _propose(
    slug: str,
    file: Path,
    article: Article,
    settings: Settings,
    recipients: Sequence[str],
    *,
    question: str | None,
    strategy: str | None,
) -> str:
    """The topic file's text, with the strategy that was given or the better one of those proposed."""
    kind = read_question(asked).kind if (asked := question or article.question) else None
    remarks: list[str] = []
    if strategy is None:
        with show_steps(quiet=False) as on_step:
            on_step("", "asking PubMed about the cited papers")
            found = propose(
                str(file),
                article,
                open_kept_store(settings),
                open_entrez(settings),
                question=question,
                by_hand=_BY_HAND,
            )
        made = found.made
        say_doubts(made.suggestions, len(article.references) - len(found.confirmed), len(article.references))
        for one in made.suggestions.proposals:
            told = (
                f"{one.width}: finds {len(one.found)} of {count(len(found.records), 'cited paper')};"
                f" about {made.per_month[one.strategy]:g} records a month"
            )
            say(f"{'strategy' if one is found.chosen else '  or':13s} {told}")
            say(f"              {one.strategy}")
            if one is found.chosen:
                remarks.append(f"Proposed by litwatch, {told}. Others: `litwatch topics suggest {slug}`.")
        strategy = found.chosen.strategy
    return topic_text(
        file.name,
        strategy,
        recipients,
        title=question,
        kind=kind,
        remarks=remarks,
        numbered=article.references_numbered or not article.markers,
    )


def _judge_own(draft: TopicDraft, settings: Settings) -> None:
    """Recall and load of a strategy that was given. Raises ClickException where PubMed would misread it."""
    strategy = draft.topic.strategy
    wrong = [one for one in explain(strategy).problems if one.severity is Severity.ERROR]
    if wrong:
        raise click.ClickException("--strategy: " + "\n".join(f"{one.code}: {one.message}" for one in wrong))
    store, entrez, today = open_kept_store(settings), open_entrez(settings), datetime.now(UTC).date()
    article, expected = read_expected_papers(draft.topic, open_article(draft.topic), store, entrez, slug=None)
    for pmid in draft.topic.known_papers:
        if pmid not in expected.records:
            say(f"PubMed has no record {pmid} (--known-paper), so it is not compared: check the number.", err=True)
    known = recall_cited(draft.topic, article, expected, today)
    load = count_costs([strategy], store, entrez, today)[strategy]
    papers = "known" if article.is_absent else "cited"
    say(
        f"strategy      yours: finds {len(known.found)} of {count(known.judged, f'{papers} paper')};"
        f" about {load:g} records a month"
    )


def _look(slug: str, settings: Settings, *, opens: bool) -> int:
    """The first look at the article, as ``litwatch check`` does it; then the report is opened."""
    say("")
    with tell_early_end("check", os.environ), show_steps(quiet=False) as on_step:
        summary: NightSummary = run_night(
            open_doors(settings), only=(slug,), kind="check", send_mail=False, on_step=on_step
        )
    print_summary(summary)
    pages = [Path(name) for outcome in summary.outcomes for name in outcome.files if name.endswith(".html")]
    if not summary.ok:
        say(f"The article is watched from now on; `litwatch check {slug}` looks again.", err=True)
    if pages and opens and _has_desktop():
        click.launch(str(pages[0].resolve()))
    return 0 if summary.ok else 1


def _has_desktop() -> bool:
    """Whether a person looks on who has a browser: over a connection, or from a script, none can be opened."""
    drawn = sys.platform in {"darwin", "win32"} or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))
    return drawn and sys.stdout.isatty()
