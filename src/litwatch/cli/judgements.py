"""``litwatch answer | review``: record what people decide about a change or an article, for good.

Each answer is an event in a chain: never altered, taken back only by a later one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import click

from litwatch.cli.arguments import ARTICLE, BY, Day, settings_from_environment
from litwatch.config.settings import Settings
from litwatch.model.change import ChangeKind
from litwatch.model.errors import OperatorError
from litwatch.model.judgement import OUTCOMES, Decision, Effect, Judgement, may_wait_until, needs_reason
from litwatch.night.doors import open_kept_store, publish_snapshot
from litwatch.report.wording import words
from litwatch.store import Store

ANSWERS = {
    "relevant": Decision.RELEVANT,
    "not-relevant": Decision.NOT_RELEVANT,
    "already-covered": Decision.ALREADY_COVERED,
    "later": Decision.LATER,
}
REASON = click.option("--reason", default="", help="Why, in one sentence.")


@click.command()
@ARTICLE
@click.argument("pmid", type=click.IntRange(1))
@click.argument("decision", type=click.Choice(list(ANSWERS)))
@click.option(
    "--until",
    type=Day(),
    metavar="DATE",
    help="With 'later': the date on which to ask again, within twelve months.",
)
@click.option(
    "--effect",
    type=click.Choice([effect.value for effect in Effect]),
    help="With 'relevant': how the paper bears on what the article says.",
)
@BY
@REASON
def answer(
    slug: str, pmid: int, decision: str, *, until: datetime | None, effect: str | None, by: str, reason: str
) -> None:
    """Record a decision about a paper for an article.

    It applies to the open changes about PMID. "not-relevant" and "already-covered" close them; "later" closes them
    until a date; "relevant" keeps them open and asks for a review (at once with --effect contradicts, not at all with
    --effect reinforces). Closing a notice about a cited paper needs a reason.

    \b
    Example:
      litwatch answer insulin-resistance 99000913 relevant --effect contradicts --by "Dr Example"
      litwatch answer insulin-resistance 99000912 already-covered --by "Dr Example" --reason "see reference 8"
    """
    if (decision == "later") != (until is not None):
        raise click.UsageError("'later' needs --until DATE, and --until goes with no other decision")
    if effect is not None and decision != "relevant":
        raise click.UsageError("--effect can be used only with 'relevant'")
    settings = settings_from_environment()
    store = open_kept_store(settings)
    now = datetime.now(UTC)
    if until is not None and not may_wait_until(until.date(), now.date()):
        raise click.UsageError("--until must be a future date within the next twelve months")
    if store.last_surveyed(slug) is None:
        raise click.UsageError(f"{slug} has not been surveyed yet; `litwatch topics list` shows the names")
    changes = [item.change for item in store.open_changes(slug, on=now.date()) if item.change.pmid == pmid]
    if not changes:
        raise click.UsageError(f"{slug} has no open change about PMID {pmid}; its report lists the open ones")
    if not reason.strip() and any(needs_reason(ANSWERS[decision], change) for change in changes):
        raise click.UsageError("closing a notice about a cited paper needs a --reason")
    day: date | None = until.date() if until else None
    for change in changes:
        found = Effect(effect) if effect and change.kind is ChangeKind.NEW_RECORD else None
        keep(store, Judgement(slug, ANSWERS[decision], by, now, reason, change, day, effect=found))
        click.echo(
            f"{slug}: {words(change.kind)}, PMID {pmid}: {words(ANSWERS[decision])}{f' until {day}' if day else ''}"
        )
    show_at_desk(store, settings)


@click.command()
@ARTICLE
@click.argument("outcome", type=click.Choice(list(OUTCOMES)))
@BY
@REASON
def review(slug: str, outcome: str, *, by: str, reason: str) -> None:
    """Record the board's review of an article.

    The article stays unchanged, is updated, or is withdrawn. A review closes every change reported so far, including
    notices about cited papers, and sets "last reviewed". Later changes open as new ones.

    \b
    Example:
      litwatch review insulin-resistance unchanged --by "Dr Example" --reason "the retracted trial was not needed"
    """
    if not reason.strip() and needs_reason(OUTCOMES[outcome]):
        raise click.UsageError(
            "a review needs a --reason, because it closes notices; it is kept in the article's history"
        )
    settings = settings_from_environment()
    store = open_kept_store(settings)
    if store.last_surveyed(slug) is None:
        raise click.UsageError(f"{slug} has not been surveyed yet; `litwatch topics list` shows the names")
    keep(store, Judgement(slug, OUTCOMES[outcome], by, datetime.now(UTC), reason, seen=store.last_surveyed(slug)))
    click.echo(f"{slug}: {words(OUTCOMES[outcome])}, recorded for {by}")
    show_at_desk(store, settings)


def show_at_desk(store: Store, settings: Settings) -> None:
    """Renew the desk's pages. If that fails, the answer is kept all the same."""
    if settings.desk_url is None:
        return
    try:
        publish_snapshot(store, settings)
    except OperatorError as error:
        click.echo(f"the answer is stored; the desk shows it after the next run: {error}", err=True)


def keep(store: Store, judgement: Judgement) -> None:
    """Append a judgement to the chain. Raises UsageError when it is about something that does not exist."""
    try:
        store.record_judgement(judgement)
    except (LookupError, ValueError) as error:
        raise click.UsageError(str(error)) from None
