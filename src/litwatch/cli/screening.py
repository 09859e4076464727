"""``litwatch screening load``: an earlier review's screening decisions as the board's first answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from litwatch.cli.arguments import ARTICLE, AS_JSON, BY, settings_from_environment
from litwatch.cli.judgements import show_at_desk
from litwatch.cli.progress import show_steps
from litwatch.cli.references import find_topic
from litwatch.cli.screen import print_json, say
from litwatch.config.screening_file import ScreenedEntry, read_screening
from litwatch.decisions.ranking import FEWEST_ANSWERS
from litwatch.model.text.phrases import count
from litwatch.model.text.safe_text import clip
from litwatch.night.doors import open_entrez, open_kept_store
from litwatch.night.loaded_screening import LoadedScreening, MatchedScreening, load_screening, match_screening

_LISTED = 40
"""So many entries of a kind are listed; the others are counted."""


@click.group()
def screening() -> None:
    """Load the screening decisions of an earlier review."""


@screening.command("load")
@ARTICLE
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@BY
@click.option("--dry-run", is_flag=True, help="Show what would be taken, and store nothing.")
@AS_JSON
def load_command(slug: str, file: Path, *, by: str, dry_run: bool, as_json: bool) -> None:
    """Load screening decisions as the first answers about an article or topic.

    FILE is RIS with ASReview's notes, CSV with a column of labels (included, label_included, asreview_label), or a
    project of ASReview from version 3 on. Each entry is looked up by PMID, DOI, or title and year. What an earlier
    review included counts as relevant and what it excluded as not relevant, for the order of new records and the
    estimate of what is missing. Nothing is open because of it, nothing that a member has answered is changed, and
    included papers are watched for retractions. The same file may be loaded again.

    \b
    Example:
      litwatch screening load insulin-resistance screened.ris --by "Dr Example"
      litwatch screening load insulin-resistance review.asreview --by "Dr Example" --dry-run
    """
    settings = settings_from_environment()
    settings.require_email()
    find_topic(slug)
    read = read_screening(file)
    store = open_kept_store(settings)
    with show_steps(quiet=as_json) as on_step:
        matched = match_screening(read.entries, store, open_entrez(settings), lambda step: on_step("", step))
    loaded = load_screening(
        slug,
        matched,
        store,
        by=by,
        now=datetime.now(UTC),
        reason=f"screening of an earlier review, {clip(file.name, 200)}",
        keep=not dry_run,
    )
    if as_json:
        print_json(_as_json(read.form, read.entries, matched, loaded, stored=not dry_run))
    else:
        _print(file, read.form, read.entries, matched, loaded, dry_run=dry_run)
    if not dry_run:
        show_at_desk(store, settings)


def _print(
    file: Path,
    form: str,
    entries: tuple[ScreenedEntry, ...],
    matched: MatchedScreening,
    loaded: LoadedScreening,
    *,
    dry_run: bool,
) -> None:
    labels = [entry.included for entry in entries]
    say(
        f"read       {form}, {count(len(entries), 'entry', 'entries')}: {labels.count(True)} included,"
        f" {labels.count(False)} excluded, {labels.count(None)} not decided"
    )
    kept = f"{loaded.included} included, {loaded.excluded} excluded"
    say(f"{'to take' if dry_run else 'taken':10s} {kept}{'; nothing is stored' if dry_run else ''}")
    if loaded.answered:
        say(f"left       {count(loaded.answered, 'record')} answered about, or loaded, before")
    if matched.twice:
        say(f"twice      {count(len(matched.twice), 'entry', 'entries')} of a record that another entry has, too")
    _list("refused", "which another entry decides otherwise", matched.contrary)
    _list("not found", "no record is confirmed", tuple(entry for entry, _ in matched.unmatched))
    possible = {entry.place: pmids for entry, pmids in matched.unmatched if pmids}
    if possible:
        named = "; ".join(f"entry {place}: PMID {', '.join(map(str, pmids[:3]))}" for place, pmids in possible.items())
        say(f"           may be: {clip(named, 2000)}. Put a column pmid into {file.name} to say so")
    total = loaded.included + loaded.excluded + loaded.answered
    if total < FEWEST_ANSWERS:
        say(f"           The order of new records changes from {FEWEST_ANSWERS} answers on")


def _list(what: str, why: str, entries: tuple[ScreenedEntry, ...]) -> None:
    if not entries:
        return
    say(f"{what:10s} {count(len(entries), 'entry', 'entries')}: {why}")
    for entry in entries[:_LISTED]:
        year = f" ({entry.year})" if entry.year else ""
        say(f"           entry {entry.place}: {clip(entry.title, 200) or '(no title)'}{year}")
    if len(entries) > _LISTED:
        say(f"           and {len(entries) - _LISTED:,} more; --json lists all")


def _as_json(
    form: str,
    entries: tuple[ScreenedEntry, ...],
    matched: MatchedScreening,
    loaded: LoadedScreening,
    *,
    stored: bool,
) -> dict[str, object]:
    return {
        "form": form,
        "entries": len(entries),
        "stored": stored,
        "included": loaded.included,
        "excluded": loaded.excluded,
        "left": loaded.answered,
        "twice": [entry.place for entry in matched.twice],
        "refused": [entry.place for entry in matched.contrary],
        "not_found": [
            {"entry": entry.place, "title": entry.title, "may_be": pmids} for entry, pmids in matched.unmatched
        ],
    }
