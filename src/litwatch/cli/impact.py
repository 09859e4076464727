"""``litwatch impact``: which articles, references and sentences depend on one paper."""

from __future__ import annotations

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.config.topic_files import read_topic_files
from litwatch.model.identifiers import Doi, Pmid, parse_doi, parse_pmid
from litwatch.model.text.phrases import count
from litwatch.night.doors import open_kept_store
from litwatch.reading.dependents import Impact, find_impact
from litwatch.report.wording import byline, say_history, say_sources

_NOTHING = "No watched article depends on it."


@click.command()
@click.argument("paper", metavar="PMID|DOI")
@AS_JSON
def impact(paper: str, *, as_json: bool) -> int:
    """Show which articles and sentences depend on a paper.

    Also shows whether the paper was retracted or corrected. Uses only the store and the articles' files. Names the
    articles with references that are not identified yet, which might be this paper, and points from a notice to the
    paper that it is about. Exit status 0 also when nothing depends on the paper; 1 when an article could not be read,
    or when there is no store yet.

    \b
    Example:
      litwatch impact 99000003
      litwatch impact doi:10.5555/invented --json
    """
    settings = settings_from_environment()
    wanted = _identify(paper)
    topics, problems = read_topic_files(settings.queries)
    found = find_impact(wanted, topics, open_kept_store(settings))
    for problem in (*problems, *found.unread):
        say(problem, err=True)
    if as_json:
        print_json(_as_json(found))
    else:
        _print(paper, found)
    return 1 if problems or found.unread else 0


def _identify(paper: str) -> Pmid | Doi:
    for parse_it in (parse_pmid, parse_doi):
        try:
            return parse_it(paper)
        except ValueError:
            continue
    raise click.UsageError(f"{paper[:80]!r} is neither a PMID (1 to 9 digits) nor a DOI (10.1000/xyz)")


def _print(paper: str, found: Impact) -> None:
    if found.record is not None:
        say(f"PMID {found.record.pmid}  {found.record.title}")
        say(f"  {byline(found.record)}")
    else:
        say(f"{paper}  (its record is not in the store)")
    if found.integrity is not None:
        say(f"  {say_sources(found.integrity)}")
        for line in say_history(found.integrity):
            say(f"    {line}")
    for article in found.articles:
        where = ", ".join(article.references) or "a pinned marker"
        doubt = "" if article.confirmed else "  (most likely; not confirmed)"
        say(f"{article.slug}: {article.title}\n  reference {where}{doubt}")
        for sentence in article.sentences:
            say(f"  sentence {sentence.number}{f' ({sentence.section})' if sentence.section else ''}: {sentence.text}")
        if not article.sentences:
            say("  which sentences depend on it is uncertain: no marker certainly points to it")
    if found.articles:
        references = sum(len(article.references) for article in found.articles)
        sentences = sum(len(article.sentences) for article in found.articles)
        told = (count(len(found.articles), "article"), count(references, "reference"), count(sentences, "sentence"))
        say("{}, {} and {} depend on it.".format(*told))
    else:
        say("No watched article is known to depend on it." if found.unidentified else _NOTHING)
    if found.unidentified:
        each = (f"{count(which.references, 'reference')} of {which.slug}" for which in found.unidentified)
        say(
            f"Cannot be ruled out, because no record is confirmed yet: {', '.join(each)};"
            " see `litwatch references list ARTICLE --open`."
        )
    for pmid in found.announces_about:
        say(f"This record is about another paper: `litwatch impact {pmid}` shows what depends on that one.")


def _as_json(found: Impact) -> dict[str, object]:
    integrity = found.integrity
    return {
        "pmid": found.pmid,
        "doi": found.doi,
        "title": found.record.title if found.record else None,
        "state": integrity.state if integrity else None,
        "sources": [{"source": s.source, "state": s.state, "since": s.since} for s in integrity.sayings]
        if integrity
        else [],
        "sources_disagree": integrity.disagree if integrity else None,
        "history": integrity.history if integrity else [],
        "articles": found.articles,
        "about": found.announces_about,
        "unidentified": found.unidentified,
        "unread": found.unread,
    }
