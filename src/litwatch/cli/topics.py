"""``litwatch topics``: list and check the topic files in queries/, with all mistakes at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import click

from litwatch.cli.arguments import ARTICLES, AS_JSON, no_such_article, settings_from_environment
from litwatch.cli.command_table import CommandTable, Entry
from litwatch.cli.screen import print_json, say
from litwatch.config.article_file import open_article
from litwatch.config.settings import Settings
from litwatch.config.topic_files import is_web_address, read_topic_files, slug_of
from litwatch.model.errors import ArticleUnreadable, StoreBusy, StoreUnusable
from litwatch.model.text.phrases import count
from litwatch.model.topic import Topic, TopicSource
from litwatch.references.lint import Severity
from litwatch.strategy import explain
from litwatch.strategy.own_reading import find_for_pubmed_alone

STRATEGIES = {
    "recall": Entry(
        "strategies", "Check which cited papers the article's search strategy retrieves.", "recall_command"
    ),
    "suggest": Entry("strategies", "Propose first search strategies for an article.", "suggest_command"),
}


@click.group(cls=CommandTable, table=STRATEGIES)
def topics() -> None:
    """List and check topic files, and improve search strategies."""


@topics.command("list")
@AS_JSON
def list_topics(*, as_json: bool) -> None:
    """List the watched articles.

    \b
    Example:
      litwatch topics list
    """
    good, problems = read_topic_files(settings_from_environment().queries)
    if as_json:
        print_json({"topics": [_as_json(topic) for topic in good], "problems": problems})
    else:
        for topic in good:
            say(f"{topic.slug:32s} {_what_is_watched(topic)}{f'  {topic.title}' if topic.title else ''}")
        for problem in problems:
            say(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)


@topics.command("check")
@ARTICLES
@AS_JSON
def check(slugs: tuple[str, ...], *, as_json: bool) -> None:
    """Check topic files and explain their search strategies.

    Those of all articles, or of the articles named. Every mistake is reported at once, with its file and key; exit
    status 1 when there is one. What PubMed would silently ignore in a strategy is reported, too; it counts as a
    mistake when it surely changes what is found.

    \b
    Example:
      litwatch topics check insulin-resistance
    """
    settings = settings_from_environment()
    folder = settings.queries
    good, problems = read_topic_files(folder)
    unknown = [slug for slug in slugs if slug not in {t.slug for t in good} and not (folder / f"{slug}.yaml").exists()]
    if unknown:
        raise no_such_article(unknown, [t.slug for t in good])
    chosen = [topic for topic in good if not slugs or topic.slug in slugs]
    if settings.store.exists():
        from litwatch.night.doors import open_kept_store  # noqa: PLC0415  # the check alone needs no store

        with suppress(StoreBusy, StoreUnusable):  # then with litwatch's own headings
            open_kept_store(settings)
    explained = {topic.slug: explain(topic.strategy) for topic in chosen}
    problems = (
        *(one for one in problems if not slugs or slug_of(one) in slugs),
        *_unreadable(chosen),
        *_unaddressed(chosen),
        *_without_second_reader(chosen),
        *_without_feed(chosen),
        *_not_carried(chosen, settings),
        *_still_to_come(chosen),
    )
    errors = [one for e in explained.values() for one in e.problems if one.severity is Severity.ERROR]
    if as_json:
        print_json(
            {
                "problems": problems,
                "strategies": {
                    slug: {
                        "translation": e.translation,
                        "tree": e.tree,
                        "problems": e.problems,
                        "proposal": e.proposal,
                    }
                    for slug, e in explained.items()
                },
            }
        )
    else:
        for topic in chosen:
            say(f"{topic.slug}: {_what_is_watched(topic)}, {count(len(topic.recipients), 'recipient')}")
            say(explained[topic.slug].text)
        for problem in problems:
            say(problem, err=True)
        say(f"{len(chosen)} checked, {count(len(problems) + len(errors), 'problem')}")
    if problems or errors:
        raise click.exceptions.Exit(1)


def _unreadable(topics: list[Topic]) -> list[str]:
    """One line for each article that a night could not read."""
    lines = []
    for topic in topics:
        try:
            open_article(topic)
        except ArticleUnreadable as error:
            lines.append(f"{topic.file}: article: {error}")
    return lines


def _unaddressed(topics: list[Topic]) -> list[str]:
    """One line for each article whose retractions would be mailed to nobody."""
    return [
        f"{topic.file}: recipients: missing; nobody would be told even of a retraction. Name at least one address"
        for topic in topics
        if not topic.recipients
    ]


def _without_second_reader(topics: list[Topic]) -> list[str]:
    """One line for each article on whose answers two must agree, and that has no two people."""
    return [
        f"{topic.file}: readers: two must agree on each answer, and the article's list has fewer than two people,"
        " so that only a review closes anything; name another recipient, or take readers out"
        for topic in topics
        if topic.recipients and topic.lacks_second_reader
    ]


def _not_carried(topics: list[Topic], settings: Settings) -> list[str]:
    """One line for each reason why NLM's update files cannot carry a topic that is to be read from them."""
    lines = []
    for topic in topics:
        source = topic.source or settings.source
        if source is TopicSource.ENTREZ:
            continue
        if settings.bulk_files is None:
            lines.append(f"{topic.file}: source: {source} needs LITWATCH_BULK_FILES, which is not set (docs/bulk.md)")
        lines += [
            f"{topic.file}: strategy: {reason}. Until then it is searched in PubMed: mend it, or set `source: entrez`"
            for reason in find_for_pubmed_alone(topic.strategy, today=datetime.now(UTC).date())
        ]
    return lines


def _still_to_come(topics: list[Topic]) -> list[str]:
    """One line for each question whose first day is still to come: until then nothing would be new."""
    today = datetime.now(UTC).date()
    return [
        f"{topic.file}: since: {topic.since.isoformat()} is still to come, so nothing is new until then; give a"
        " day that has passed"
        for topic in topics
        if topic.since is not None and topic.since > today
    ]


def _without_feed(topics: list[Topic]) -> list[str]:
    """One line for each feed whose address is none: the night goes on without it."""
    lines = []
    for topic in topics:
        lines += [
            f"{topic.file}: feeds[{place}].url: {feed.name}: this is not a valid web address"
            for place, feed in enumerate(topic.feeds)
            if not is_web_address(feed.url)
        ]
    return lines


def _as_json(topic: Topic) -> dict[str, object]:
    return {
        "slug": topic.slug,
        "article": str(topic.article) if topic.article is not None else None,
        "question": topic.question,
        "title": topic.title,
        "strategy": topic.strategy,
    }


def _what_is_watched(topic: Topic) -> str:
    """The article's file, or that there is only a question."""
    return topic.article.name if topic.article is not None else f"no article; question: {topic.question}"
