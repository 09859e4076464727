"""``litwatch references``: which PubMed record each reference of an article is, and how an editor confirms it."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from litwatch.cli.arguments import ARTICLE, AS_JSON, BY_WHOM, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.config.article_file import open_article
from litwatch.config.topic_files import read_topic_files, slug_of
from litwatch.config.topic_pins import add_pin
from litwatch.model.errors import UnknownTopic
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.topic import Pin, Topic
from litwatch.night.doors import open_kept_store, open_topic_edits
from litwatch.night.topic_edits import Author, read_topic_text
from litwatch.reading.cited_paper_states import read_unwatched
from litwatch.references.matching.proposals import keep_matches
from litwatch.report.match_sentences import say_match
from litwatch.report.wording import NOT_WATCHED, byline, words


@click.group()
def references() -> None:
    """List an article's references, and confirm uncertain ones."""


def find_topic(slug: str) -> Topic:
    """The article's topic, by its name. Raises UnknownTopic."""
    folder = settings_from_environment().queries
    topics, problems = read_topic_files(folder)
    for topic in topics:
        if topic.slug == slug:
            return topic
    broken = [problem for problem in problems if slug_of(problem) == slug]
    raise UnknownTopic(
        broken[0] if broken else f"no article named {slug} in {folder}; `litwatch topics list` shows the names"
    )


def require_article(topic: Topic) -> None:
    """Raise UsageError where the topic is a question without an article."""
    if topic.article is None:
        raise click.UsageError(f"{topic.slug} is a question without an article, so there are no references")


@references.command("list")
@ARTICLE
@click.option("--open", "only_open", is_flag=True, help="Only those that need an editor.")
@AS_JSON
def list_references(slug: str, *, only_open: bool, as_json: bool) -> None:
    """List an article's references and their PubMed records.

    Each is confirmed, a candidate with alternatives, or not found, as of the last night. "Not watched" says that no
    source would tell that the reference was retracted or corrected: it has no PubMed record, and no DOI that
    Retraction Watch or Crossref is searched for.

    \b
    Example:
      litwatch references list insulin-resistance --open
    """
    topic = find_topic(slug)
    require_article(topic)
    article = open_article(topic)
    store = open_kept_store(settings_from_environment())
    remembered = tuple(store.matches(slug).values())
    named = [pmid for match in remembered for pmid in (match.pmid, *match.others) if pmid is not None]
    records = store.current_records(named)
    matches = {match.position: match for match in keep_matches(article.references, topic.pins, remembered, records)}
    shown = [
        (reference, matches.get(reference.position))
        for reference in article.references
        if not (only_open and _is_settled(matches.get(reference.position), topic))
    ]
    unwatched = read_unwatched(article.references, matches.values(), store)
    if as_json:
        told = [{**_as_json(*pair, records), "watched": pair[0].position not in unwatched} for pair in shown]
        print_json({"article": slug, "references": told})
        return
    for reference, match in shown:
        _print(slug, reference, match, records)
        if reference.position in unwatched:
            say(f"     not watched: {NOT_WATCHED[0].lower()}{NOT_WATCHED[1:]}")
    if not shown:
        say("No reference needs an editor." if article.references else "The article has no reference list.")


@references.command("confirm")
@ARTICLE
@click.argument("number", type=click.IntRange(1))
@click.argument("pmid", type=click.IntRange(1, 999_999_999), required=False)
@click.option("--not-in-pubmed", is_flag=True, help="State that PubMed has no record of it (instead of a PMID).")
@BY_WHOM
@click.option("--dry-run", is_flag=True, help="Show the changed topic file without writing it.")
def confirm(slug: str, number: int, pmid: int | None, *, not_in_pubmed: bool, by: str, dry_run: bool) -> None:
    """Confirm which PubMed record a reference is.

    NUMBER is the entry of the article's reference list, counted from 1. Adds a pin to the topic file, which overrides
    every look-up from the next night on; the rest of the file is left unchanged. To undo it, remove the line.

    \b
    Example:
      litwatch references confirm insulin-resistance 6 99000010
    """
    if (pmid is None) is not not_in_pubmed:
        raise click.UsageError("give a PMID, or --not-in-pubmed")
    topic = find_topic(slug)
    require_article(topic)
    article = open_article(topic)
    reference = next((each for each in article.references if each.position == number), None)
    if reference is None:
        raise click.UsageError(f"{slug} has {len(article.references)} references; there is no entry {number}")
    pin = Pin(None, number, Pmid(pmid) if pmid else None, None, not_in_pubmed)
    if dry_run:
        click.echo(add_pin(read_topic_text(topic.file).text, pin, topic.file), nl=False)
        return
    said = f"entry {number} of the references"
    open_topic_edits(settings_from_environment()).pin(slug, pin, Author(by, datetime.now(UTC), said))
    what = "is not in PubMed" if not_in_pubmed else f"is PMID {pmid}"
    say(f"{topic.file}: entry {number} {what} ({reference.title or reference.text})")
    say(f"It takes effect on the next night, or now with `litwatch check {slug}`.")


def _is_settled(match: Match | None, topic: Topic) -> bool:
    if match is None:
        return False
    declared = any(pin.position == match.position and pin.not_in_pubmed for pin in topic.pins)
    return declared or match.state is MatchState.CONFIRMED


def _print(slug: str, reference: Reference, match: Match | None, records: dict[Pmid, Record]) -> None:
    state = words(match.state) if match else "not looked up yet"
    sure = f" {match.confidence:.0%}" if match and match.pmid else ""
    say(f"{reference.position:3d}  {state}{sure}: {reference.title or reference.text}")
    if match is None:
        return
    say(f"     {say_match(match)}")
    if match.pmid is not None:
        say(f"     PMID {match.pmid}{_name(match.pmid, records)}")
    if match.state is not MatchState.CONFIRMED:
        for other in match.others:
            say(f"     or PMID {other}{_name(other, records)}")
        say(f"     litwatch references confirm {slug} {reference.position} {match.pmid or 'PMID'}")


def _name(pmid: Pmid, records: dict[Pmid, Record]) -> str:
    record = records.get(pmid)
    return f": {record.title} {byline(record)}" if record else ""


def _as_json(reference: Reference, match: Match | None, records: dict[Pmid, Record]) -> dict[str, object]:
    proposed = [match.pmid, *match.others] if match and match.pmid else []
    return {
        "position": reference.position,
        "number": reference.number,
        "text": reference.text,
        "title": reference.title,
        "state": match.state if match else None,
        "confidence": match.confidence if match else None,
        "method": match.method if match else None,
        "reason": say_match(match) if match else None,
        "pmid": match.pmid if match else None,
        "records": [
            {"pmid": pmid, "title": records[pmid].title, "journal": records[pmid].journal.title}
            if pmid in records
            else {"pmid": pmid}
            for pmid in proposed
        ],
    }
