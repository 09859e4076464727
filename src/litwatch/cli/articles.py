"""``litwatch articles``: what was read from an article's file, what is wrong with its citations, which one it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import click

from litwatch.articles.article_json import as_json as article_as_json
from litwatch.articles.model import Article, ListSource
from litwatch.cli.arguments import ARTICLE, ARTICLE_FILE, AS_JSON, BY, settings_from_environment
from litwatch.cli.judgements import REASON_NEEDED, keep, show_at_desk
from litwatch.cli.screen import print_json, say
from litwatch.config.article_file import open_article, read_article_file
from litwatch.config.topic_files import read_topic_files
from litwatch.model.errors import OperatorError
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.record import Record
from litwatch.model.reference import Match
from litwatch.model.text.phrases import count, in_ranges
from litwatch.model.topic import Topic
from litwatch.night.doors import open_kept_store
from litwatch.references.lint import Finding, Severity, lint
from litwatch.references.lint.sarif import sarif_log
from litwatch.references.matching.proposals import keep_matches
from litwatch.report.wording import words
from litwatch.store import Store


@click.group()
def articles() -> None:
    """Show how an article's file is read, check it, and say which one it is."""


@articles.command("show")
@click.argument("file", type=ARTICLE_FILE)
@AS_JSON
def show(file: Path, *, as_json: bool) -> None:
    """Print what was read from FILE and what was uncertain; the first line says what the file was taken for.

    FILE is an article saved as a web page (HTML), Markdown, text, Word (DOCX), PDF or JATS, the XML of PubMed
    Central. Of a PDF the text is read, and compared with the page by you: a PDF does not say what is a heading.
    Where it cites by keys (`[@doe2019]`), the bibliography that it names must be in the same folder. A bibliography
    beside a web page, with its name, adds what the page does not print.

    \b
    Example:
      litwatch articles show queries/insulin-resistance.txt --json
    """
    article = _read(file, _watching(file))
    if as_json:
        print_json(article_as_json(article))
    else:
        _print(article)


@articles.command("lint")
@click.argument("file", type=ARTICLE_FILE)
@AS_JSON
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="Output format; code editors and code hosts display SARIF 2.1.0.",
)
def lint_command(file: Path, *, as_json: bool, form: str) -> None:
    """Check FILE's markers against its reference list; exit status 1 when an error was found.

    If FILE is watched, the pins in its topic file are taken into account, and its reference list is compared with the
    PubMed records that earlier nights found. docs/lint.md explains each code.

    \b
    Example:
      litwatch articles lint queries/insulin-resistance.txt
      litwatch articles lint queries/insulin-resistance.txt --format sarif > lint.sarif
    """
    if as_json and form == "sarif":
        raise click.UsageError("--json and --format sarif exclude each other; choose one")
    watching = _watching(file)
    article = _read(file, watching)
    pins = [pin for topic in watching for pin in topic.pins]
    remembered, records = _known_matches(watching)
    # The file may have been edited since the last night: each record goes to the entry that it is.
    findings = lint(article, pins, keep_matches(article.references, pins, remembered, records), records)
    if as_json or form == "json":
        print_json(findings)
    elif form == "sarif":
        text = file.read_bytes().decode("utf-8", "replace")
        print_json(sarif_log(findings, article, uri=_uri(file), text=text))
    else:
        for finding in findings:
            say(_line(file, finding))
        say(count(len(findings), "finding"))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise click.exceptions.Exit(1)


def _uri(file: Path) -> str:
    """Relative to the working directory where the file lies within it, as code hosts want it."""
    whole, here = file.resolve(), Path.cwd()
    return quote(whole.relative_to(here).as_posix()) if whole.is_relative_to(here) else whole.as_uri()


def _known_matches(watching: list[Topic]) -> tuple[tuple[Match, ...], Mapping[Pmid, Record]]:
    """What the store, if there is one, knows of the references. Trouble with it is reported and stops no lint."""
    settings = settings_from_environment()
    if not watching or not settings.store.exists():
        return (), {}
    store = Store(settings.store, wait_seconds=settings.store_wait)
    try:
        matches = tuple(store.matches(watching[0].slug).values())
        return matches, store.current_records([match.pmid for match in matches if match.pmid is not None])
    except OperatorError as error:
        say(f"litwatch: not compared with PubMed's records: {error}", err=True)
        return (), {}


@articles.command("same")
@ARTICLE
@BY
@REASON_NEEDED
def same(slug: str, *, by: str, reason: str) -> None:
    """State that the text behind ARTICLE is still the same article.

    litwatch asks when both the question and the references of an article's file are others than before, and tells
    everything anew in the meantime. After this, everything from before counts again: reviews, answers, searches. What
    had been closed is closed again; what was put off stays put off until its day.

    \b
    Example:
      litwatch articles same insulin-resistance --by "Dr Example" --reason "rewritten for the new guideline"
    """
    closed = _settle(slug, Decision.SAME_ARTICLE, by, reason)
    say(f"{slug}: the same article as before; {count(closed, 'change')} closed again")


@articles.command("new")
@ARTICLE
@BY
@REASON_NEEDED
def new(slug: str, *, by: str, reason: str) -> None:
    """State that the text behind ARTICLE is a new article.

    litwatch asks when both the question and the references of an article's file are others than before. Nothing from
    before then counts: no review, answer or search. Open changes of the old article that do not concern the new one are
    dropped.

    \b
    Example:
      litwatch articles new insulin-resistance --by "Dr Example" --reason "the old article was withdrawn"
    """
    dropped = _settle(slug, Decision.NEW_ARTICLE, by, reason)
    say(f"{slug}: a new article; {count(dropped, 'change')} of the old one dropped")


@articles.command("retire")
@ARTICLE
@BY
@REASON_NEEDED
def retire(slug: str, *, by: str, reason: str) -> None:
    """State that ARTICLE is no longer to be watched, so that its topic file may be removed.

    An article whose topic file is missing is a failure of every night until this is said or the file is back: a file
    that got lost must not end the watch. If the file comes back, the article is watched as before, with what is open.

    \b
    Example:
      litwatch articles retire insulin-resistance --by "Dr Example" --reason "merged into another article"
    """
    if not reason.strip():
        raise click.UsageError("this needs a --reason, because it ends the watch; it is kept in the article's history")
    settings = settings_from_environment()
    store = open_kept_store(settings)
    if store.last_surveyed(slug) is None:
        raise click.UsageError(f"no night has surveyed {slug}; `litwatch topics list` shows the names")
    keep(store, Judgement(slug, Decision.ARTICLE_RETIRED, by, datetime.now(UTC), reason))
    say(f"{slug}: retired, recorded for {by}")
    if (file := settings.queries / f"{slug}.yaml").exists():
        say(f"Remove {file} before the next night: a night that surveys the article watches it again.", err=True)
    show_at_desk(store, settings)


def _settle(slug: str, decision: Decision, by: str, reason: str) -> int:
    """Record an editor's word on which article it is; how many episodes it closes."""
    if not reason.strip():
        raise click.UsageError("this needs a --reason, because it closes changes; it is kept in the article's history")
    settings = settings_from_environment()
    store = open_kept_store(settings)
    with store.saving():
        if store.asked_since(slug) is None:
            raise click.UsageError(
                f"nothing is asked about {slug}: its text has not changed to what looks like another article, or this"
                f" has been answered; `litwatch audit list` shows the answers"
            )
        episodes = store.episodes_settled(slug, decision, store.episodes(slug))
        keep(store, Judgement(slug, decision, by, datetime.now(UTC), reason, episodes=episodes))
    show_at_desk(store, settings)
    return len(episodes)


def _watching(file: Path) -> list[Topic]:
    """The topics of the files beside it that watch this article."""
    topics, _ = read_topic_files(file.resolve().parent)
    return [topic for topic in topics if topic.article is not None and topic.article.samefile(file)]


def _read(file: Path, watching: Sequence[Topic]) -> Article:
    """The article, its list counted as the topic that watches it says."""
    if file.suffix in {".yaml", ".yml"}:
        topics, _ = read_topic_files(file.resolve().parent)
        if any(topic.slug == file.stem and topic.article is None for topic in topics):
            raise click.UsageError(f"{file} is a question without an article, so there is no text to read")
        raise click.UsageError(f"{file} is a topic file: give the article's own file, which is in the same folder")
    if watching:
        return open_article(watching[0])
    return read_article_file(file)


def _line(file: Path, finding: Finding) -> str:
    places = [
        f"sentence {finding.sentence}" if finding.sentence else "",
        f"reference {finding.position}" if finding.position else "",
        f"“{finding.section}”" if finding.section else "",
    ]
    place = ", ".join(place for place in places if place)
    told = f"{file}: {finding.severity.value} {finding.code}: {finding.message}"
    return f"{told}{f' ({place})' if place else ''}\n    {finding.hint}"


_FURNITURE_WIDTH = 110


def _from(sources: Sequence[ListSource]) -> str:
    return ", then ".join(source.file or words(source.origin) for source in sources)


def _print(article: Article) -> None:
    say(f"read as       {words(article.form)}")
    say(f"question      {article.question or '– none found'}")
    say(f"last updated  {article.last_updated.isoformat() if article.last_updated else '– none found'}")
    say(f"status        {words(article.status.state)} (steps: {', '.join(article.status.steps) or 'none'})")
    for section in article.sections:
        say(f"\n{'#' * max(section.level, 1)} {section.heading or '(before any heading)'}")
        for sentence in section.sentences:
            markers = ",".join(in_ranges(marker.number for marker in sentence.markers))
            say(f"{sentence.number:4d}  {sentence.text}{f'  [{markers}]' if markers else ''}")
    say("\nReferences" + ("" if article.references_numbered else " (the page does not number them)"))
    if article.list_sources:
        say(f"      the page prints no list of its own; this one is from {_from(article.list_sources)}")
    if article.columns_from:
        say(f"      what the page does not print of them, such as a DOI, is from {_from(article.columns_from)}")
    for ref in article.references:
        number = str(ref.number) if ref.number is not None else "–"
        details = ", ".join(str(part) for part in (ref.source, ref.year) if part)
        say(f"{number:>4s}  {words(ref.kind)}: {ref.title}{f' ({details})' if details else ''}")
    if article.furniture:
        say("\nLeft out as furniture of the page")
        for line in article.furniture:
            say(f"      {line if len(line) <= _FURNITURE_WIDTH else line[: _FURNITURE_WIDTH - 1] + '…'}")
    if article.uncertain:
        say("\nUncertain")
        for doubt in article.uncertain:
            say(f"      {doubt.message}{f' (sentence {doubt.sentence})' if doubt.sentence else ''}")
