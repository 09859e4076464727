"""``litwatch export``: what is known of one article, or of all, in formats for other programs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from litwatch.cli.arguments import no_such_article, settings_from_environment
from litwatch.cli.screen import say
from litwatch.config.article_file import open_article
from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topic_files, slug_of
from litwatch.model.errors import EditorError, OutputFailed
from litwatch.night.doors import open_kept_store
from litwatch.night.published_index import find_surveyed
from litwatch.night.published_reports import report_address
from litwatch.night.whole_night import find_unread
from litwatch.reading.stored_report import read_report
from litwatch.report.article_line import line_of
from litwatch.report.contents import FailedTopic, Report, new_evidence
from litwatch.report.exports import CITATION_FORMS, atom_feed, currency_statement, reassess_calendar
from litwatch.store import Store

OF_ONE = (*CITATION_FORMS, "json-ld")
OF_ALL = ("atom", "icalendar")


@click.command()
@click.argument("slug", metavar="[ARTICLE]", required=False)
@click.option("--format", "form", type=click.Choice((*OF_ONE, *OF_ALL)), required=True, help="Output format.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write instead of the screen.")
def export(slug: str | None, form: str, output: Path | None) -> int:
    """Export new records, a statement of currency, or a feed.

    csv, ris, bibtex and nbib contain an article's open new records; json-ld is a statement of currency for the
    published page. atom and icalendar take no ARTICLE: they cover all articles, and every night also writes them
    beside the index page. PubMed is not searched and the store does not change.

    \b
    Example:
      litwatch export insulin-resistance --format ris --output new.ris
      litwatch export insulin-resistance --format json-ld
      litwatch export --format icalendar
    """
    if (slug is None) == (form in OF_ONE):
        raise click.UsageError(f"{form} covers all articles; leave out {slug}" if slug else f"{form} needs an ARTICLE")
    settings = settings_from_environment()
    reports, failed = _recall(settings, slug)
    if slug is not None and not reports:
        raise click.ClickException("\n".join(f"{topic.slug}: {topic.reason}" for topic in failed))
    text = _write(form, reports, failed, settings, open_kept_store(settings))
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            output.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise OutputFailed(f"{output}: {error.strerror or error}; choose another file") from None
    for topic in failed:
        say(f"{topic.slug}: {topic.reason}", err=True)
    return 1 if failed else 0


def _write(form: str, reports: list[Report], failed: list[FailedTopic], settings: Settings, store: Store) -> str:
    day = datetime.now(UTC).date()
    if form in CITATION_FORMS:
        return CITATION_FORMS[form](new_evidence(reports[0]))
    links = {report.topic.slug: link for report in reports if (link := report_address(report, settings))}
    with store.reading():
        since = store.standings_since([report.topic.slug for report in reports])
        surveyed = find_surveyed(failed, store)
    lines = [line_of(report, since.get(report.topic.slug)) for report in reports]
    if form == "json-ld" and lines[0].verdict.is_of_topic:
        raise click.UsageError(f"{lines[0].slug} is a question without an article, so no text has a currency to state")
    if form == "atom":
        return atom_feed(lines, failed, links, on=day, home=settings.reports_url, surveyed=surveyed)
    return reassess_calendar(lines, links, on=day) if form == "icalendar" else currency_statement(lines[0])


def _recall(settings: Settings, slug: str | None) -> tuple[list[Report], list[FailedTopic]]:
    topics, problems = read_topic_files(settings.queries)
    known = [topic.slug for topic in topics]
    if slug is not None and slug not in known and slug not in map(slug_of, problems):
        raise no_such_article([slug], known)
    store = open_kept_store(settings)
    day = datetime.now(UTC).date()
    reports: list[Report] = []
    failed = [topic for topic in find_unread(topics, problems, store) if slug is None or topic.slug == slug]
    for topic in topics:
        if slug is not None and topic.slug != slug:
            continue
        try:
            recalled = read_report(topic, open_article(topic), store, day)
        except EditorError as error:
            failed.append(FailedTopic(topic.slug, str(error)))
            continue
        if recalled is None:
            failed.append(FailedTopic(topic.slug, f"not surveyed yet; run `litwatch check {topic.slug}`"))
        else:
            reports.append(recalled)
    return reports, failed
