"""``litwatch answer | review``: record what people decide about a change or an article, for good.

Each answer is an event in a chain: never altered, taken back only by a later one.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import click

from litwatch.cli.arguments import ARTICLE, BY, Day, mail_address, no_such_article, settings_from_environment
from litwatch.cli.screen import say
from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topic_files, slug_of
from litwatch.decisions.reason import ReasonCode
from litwatch.decisions.verdict import Rule
from litwatch.model.change import ChangeKind
from litwatch.model.errors import OperatorError
from litwatch.model.identifiers import Pmid, is_pmid, number_of_work, parse_doi, parse_pmid
from litwatch.model.judgement import OUTCOMES, STILL_TO_DO, Decision, Effect, Judgement, may_wait_until, needs_reason
from litwatch.model.text.mail_address import distinct_mailboxes, mailbox_key
from litwatch.model.text.phrases import count
from litwatch.model.text.spelled_dates import dated
from litwatch.model.topic import Thresholds, Topic
from litwatch.night.doors import open_kept_store, publish_snapshot
from litwatch.night.doubts import note_height
from litwatch.reading.cited_paper_states import read_papers
from litwatch.report.reason_sentences import say_answer, say_reason
from litwatch.report.wording import name_paper, words
from litwatch.store import OpenChange, Store

ANSWERS = {
    "relevant": Decision.RELEVANT,
    "not-relevant": Decision.NOT_RELEVANT,
    "already-covered": Decision.ALREADY_COVERED,
    "later": Decision.LATER,
}
_LISTED = 40
"""So many of the changes that a review closes are listed; the others are counted."""
REASON = click.option("--reason", default="", help="Why, in one sentence.")
REASON_NEEDED = click.option("--reason", default="", help="Why, in one sentence. Needed: it is kept in the history.")


@click.command()
@ARTICLE
@click.argument("paper", metavar="PMID|DOI")
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
@click.option(
    "--settle",
    is_flag=True,
    help="Settle members' disagreement: this answer takes the place of theirs. Needs --reason.",
)
@BY
@REASON
def answer(
    slug: str,
    paper: str,
    decision: str,
    *,
    until: datetime | None,
    effect: str | None,
    settle: bool,
    by: str,
    reason: str,
) -> None:
    """Record a decision about a paper for an article.

    It applies to the open changes about a paper: PMID, or the DOI of a cited work that PubMed does not have.
    "not-relevant" and "already-covered" close them; "later" closes them
    until a date; "relevant" keeps them open and asks for a review (at once with --effect contradicts, not at all with
    --effect reinforces), even where another member's answer has closed them. Closing a notice about a cited paper needs
    a reason.

    Where members disagree, a change stays open, and the more serious answer counts, until they agree. An answer with
    --settle and a --reason takes the place of theirs; any other is one more opinion.

    \b
    Example:
      litwatch answer insulin-resistance 99000913 relevant --effect contradicts --by "Dr Example"
      litwatch answer insulin-resistance 99000912 already-covered --by "Dr Example" --reason "see reference 8"
    """
    if (decision == "later") != (until is not None):
        raise click.UsageError("'later' needs --until DATE, and --until goes with no other decision")
    if effect is not None and decision != "relevant":
        raise click.UsageError("--effect can be used only with 'relevant'")
    if settle and not reason.strip():
        raise click.UsageError("--settle needs a --reason: it is shown to the members whose answers no longer count")
    pmid = number_of_paper(paper)
    settings = settings_from_environment()
    if effect is not None and has_no_article(slug, settings):
        raise click.UsageError(f"{slug} has no article that a paper could bear on; leave --effect out")
    topic = _topic_of(slug, settings)
    readers = topic.readers if topic is not None else None
    asks_two = readers is not None and readers > 1
    if topic is not None and asks_two and mailbox_key(by) not in topic.may_read:
        listed = ", ".join(distinct_mailboxes((*topic.people, *topic.escalate_to))) or "nobody"
        raise click.UsageError(
            f"{slug} asks two readers, and one person must not count as two: give --by as the mail address of one of"
            f" its recipients or editors, or of those who are told when it is late ({listed})"
        )
    store = open_surveyed(slug, settings)
    now = datetime.now(UTC)
    check_future("--until", until, now)
    told, untold = _reported(slug, store, now.date(), pmid=pmid, readers=readers)
    if not told and ANSWERS[decision] is Decision.RELEVANT:
        told = store.answered_changes(slug, Pmid(pmid), on=now.date(), readers=readers)
    if not told:
        raise click.UsageError(
            f"{slug} has no open change about {_called(pmid, paper)}; its report lists the open ones"
        )
    if not reason.strip() and any(needs_reason(ANSWERS[decision], item.change) for item in told):
        raise click.UsageError("closing a notice about a cited paper needs a --reason")
    if settle and not any(item.differing for item in told):
        raise click.UsageError(f"members do not disagree about {_called(pmid, paper)}; leave --settle out")
    parties = {mailbox_key(each.by) for item in told for each in item.differing}
    if settle and asks_two and mailbox_key(by) in parties:
        raise click.UsageError(f"{slug} asks two readers: a third person settles it; leave --settle out")
    day: date | None = until.date() if until else None
    for item in told:
        found = Effect(effect) if effect and item.change.kind in _HAVE_EFFECT else None
        keep(
            store,
            Judgement(
                slug,
                ANSWERS[decision],
                by,
                now,
                reason,
                item.change,
                day,
                effect=found,
                episodes=item.episodes,
                settles=tuple(each.by for each in item.differing) or None if settle else None,
            ),
        )
        until_day = f" until {day}" if day else ""
        click.echo(f"{slug}: {words(item.change.kind)}, {_called(pmid, paper)}: {words(ANSWERS[decision])}{until_day}")
    _say_disagreements(slug, paper, store, now.date(), told, by=by, settle=settle, readers=readers)
    _say_untold(untold)
    show_at_desk(store, settings)


_HAVE_EFFECT = {ChangeKind.NEW_RECORD, ChangeKind.FOUND_RAISED}
"""Changes that an effect on the article can be said of."""


@click.command()
@ARTICLE
@click.argument("outcome", type=click.Choice(list(OUTCOMES)))
@click.option(
    "--due",
    type=Day(),
    metavar="DATE",
    help="With 'update' and 'withdraw': the date by which it should be done, within twelve months.",
)
@click.option(
    "--responsible",
    metavar="ADDRESS",
    callback=mail_address,
    help="With 'update' and 'withdraw': who is to do it, a person of the article's list.",
)
@BY
@REASON_NEEDED
def review(slug: str, outcome: str, *, due: datetime | None, responsible: str | None, by: str, reason: str) -> None:
    """Record the board's review of an article.

    "unchanged": the text stands. It closes the open changes that the last report showed, including notices about cited
    papers, lists them, and sets "last reviewed". What comes later, or comes back, opens as new. It
    also accepts what the last night asked about the search strategy, as long as the strategy stays the same.

    "update" and "withdraw": somebody has to do it. They close nothing: the article needs review until its text or its
    date has changed, and then litwatch asks whether that settles what was open. Without --due, it is due after the
    number of days in the topic file (thresholds, carry_out_within_days).

    \b
    Example:
      litwatch review insulin-resistance unchanged --by "Dr Example" --reason "the retracted trial was not needed"
      litwatch review insulin-resistance update --by "Dr Example" --reason "leave the trial out" --due 2026-12-20
    """
    decision = OUTCOMES[outcome]
    if not reason.strip() and needs_reason(decision):
        raise click.UsageError("a review needs a --reason; it is kept in the article's history")
    if due is not None and decision not in STILL_TO_DO:
        raise click.UsageError("--due can be used only with 'update' and 'withdraw'")
    if responsible is not None and decision not in STILL_TO_DO:
        raise click.UsageError("--responsible can be used only with 'update' and 'withdraw'")
    settings = settings_from_environment()
    if decision in STILL_TO_DO and has_no_article(slug, settings):
        raise click.UsageError(
            f"{slug} has no article that could be updated or withdrawn; `unchanged` closes what has been read"
        )
    topic = _topic_of(slug, settings)
    person = person_of(slug, responsible, settings) if responsible is not None else None
    store = open_surveyed(slug, settings)
    now = datetime.now(UTC)
    check_future("--due", due, now)
    told, untold = _reported(slug, store, now.date(), readers=topic.readers if topic is not None else None)
    episodes = tuple(episode for item in told for episode in item.episodes)
    seen = store.last_surveyed(slug)
    until = due.date() if due else None
    said = Judgement(slug, decision, by, now, reason, seen=seen, episodes=episodes, due=until, responsible=person)
    keep(store, said)
    click.echo(f"{slug}: {words(decision)}, recorded for {by}")
    if decision in STILL_TO_DO:
        day = until or now.date() + timedelta(days=days_to_carry_out(slug, settings))
        if person is not None:
            click.echo(f"responsible: {person}")
        click.echo(f"due by {day}; until then nothing is closed, and the article needs review")
        click.echo(f"still open: {count(len(told), 'change')}")
    else:
        click.echo(f"closed: {count(len(told), 'open change')}")
    if decision is Decision.REVIEWED_UNCHANGED:
        _say_accepted(slug, store)
    papers = read_papers([item.change.pmid for item in told], store)
    for item in told[:_LISTED]:
        paper = papers.get(item.change.pmid)
        named = f"{name_paper(paper)}: {paper.title}" if paper else f"PMID {item.change.pmid}: "
        say(f"  {words(item.change.kind)}, {named}")
    if len(told) > _LISTED:
        click.echo(f"  and {len(told) - _LISTED} more")
    _say_untold(untold)
    show_at_desk(store, settings)


def _say_accepted(slug: str, store: Store) -> None:
    """Name what the last night asked about the search strategy and the review accepts as it is."""
    verdict = store.latest_verdict(slug)
    for fired in verdict.fired if verdict else ():
        reasons = tuple(each for each in fired.reasons if each.code is not ReasonCode.FINDS_TOO_LITTLE)
        if fired.rule is Rule.SEARCH and reasons:
            said = say_reason(replace(fired, reasons=reasons)).removeprefix("For an editor: ")
            say(f"accepted as it is: {dated(said)}")


def open_surveyed(slug: str, settings: Settings) -> Store:
    """The store, which has a survey of the article. Raises UsageError where it has none."""
    store = open_kept_store(settings)
    if store.last_surveyed(slug) is None:
        raise click.UsageError(f"{slug} has not been surveyed yet; `litwatch topics list` shows the names")
    return store


def check_future(option: str, day: datetime | None, now: datetime) -> None:
    """Raises UsageError where an option gives a day that is not within the next twelve months."""
    if day is not None and not may_wait_until(day.date(), now.date()):
        raise click.UsageError(f"{option} must be a future date within the next twelve months")


def person_of(slug: str, address: str, settings: Settings) -> str:
    """The person of the article's list with this address. Raises UsageError where there is none."""
    topic = _topic_of(slug, settings)
    if topic is None:
        topics, problems = read_topic_files(settings.queries)
        if slug not in map(slug_of, problems):
            raise no_such_article([slug], [each.slug for each in topics])
        raise click.UsageError(f"{slug} has no topic file that can be read; `litwatch topics check` names its mistakes")
    if (person := topic.person(address)) is None:
        listed = ", ".join(topic.people) or "nobody"
        raise click.UsageError(
            f"{address} is not on the list of {slug}, which names {listed};"
            " add the address to its recipients or editors in the topic file"
        )
    return person


def days_to_carry_out(slug: str, settings: Settings) -> int:
    """Within how many days the topic file wants a decision carried out; the usual number where it cannot be read."""
    topic = _topic_of(slug, settings)
    return (topic.thresholds if topic is not None else Thresholds()).carry_out_within_days


def _topic_of(slug: str, settings: Settings) -> Topic | None:
    """The topic of that name; None where its file cannot be read, or is not there."""
    topics, _ = read_topic_files(settings.queries)
    return next((each for each in topics if each.slug == slug), None)


def has_no_article(slug: str, settings: Settings) -> bool:
    """Whether it is a question that is watched without an article; False where its topic file cannot be read."""
    topic = _topic_of(slug, settings)
    return topic is not None and topic.article is None


def number_of_paper(paper: str) -> Pmid:
    """The PMID, or the number of the work with the DOI. Raises UsageError for anything else."""
    try:
        return parse_pmid(paper)
    except ValueError:
        pass
    try:
        return number_of_work(parse_doi(paper))
    except ValueError:
        raise click.UsageError(f"{paper} is neither a PMID nor a DOI") from None


def _called(number: Pmid, paper: str) -> str:
    return f"PMID {number}" if is_pmid(number) else f"DOI {parse_doi(paper)}"


def _reported(
    slug: str, store: Store, day: date, *, pmid: int | None = None, readers: int | None = None
) -> tuple[tuple[OpenChange, ...], tuple[OpenChange, ...]]:
    """The open changes (about a PMID) that a published report has shown, and those that none has shown yet."""
    with store.reading():
        standing = [
            item for item in store.open_changes(slug, on=day, readers=readers) if pmid in {None, item.change.pmid}
        ]
        untold = store.untold(slug)
    parted = [(item, tuple(episode for episode in item.episodes if episode not in untold)) for item in standing]
    told = tuple(replace(item, episodes=episodes) for item, episodes in parted if episodes)
    return told, tuple(item for item, episodes in parted if len(episodes) < len(item.episodes))


def _say_disagreements(
    slug: str,
    paper: str,
    store: Store,
    day: date,
    told: Sequence[OpenChange],
    *,
    by: str,
    settle: bool,
    readers: int | None,
) -> None:
    """Say at once where the answer differs from another member's, and how to settle it, or what it has settled."""
    answered = {item.change for item in told}
    standing = {item.change: item for item in store.open_changes(slug, on=day, readers=readers)}
    for before in told:
        now = standing.get(before.change)
        if before.differing and not (now and now.differing):
            click.echo(
                f"settled by {by}; these answers no longer count:" if settle else "they agree now; before this answer:"
            )
            for each in before.differing:
                say(f"  {each.by} answered on {each.day} {say_answer((each.effect or each.decision).value)}")
    if any(item.change in answered and item.unpaired for item in standing.values()):
        click.echo("it stays open: a second reader is asked, and sees this answer only after giving their own")
    for item in standing.values():
        if item.change in answered and item.differing:
            for each in item.differing:
                say(f"  {each.by} answered on {each.day} {say_answer((each.effect or each.decision).value)}")
            command = f"litwatch answer {slug} {shlex.quote(paper)} DECISION --settle --by NAME --reason TEXT"
            click.echo(f"it stays open as a disagreement; settle it with `{command}`")


def _say_untold(untold: Sequence[OpenChange]) -> None:
    """Name what stays open because no report has shown it yet."""
    if untold:
        click.echo(f"still open: {count(len(untold), 'change')} not in any report yet; `litwatch report` writes it")


def show_at_desk(store: Store, settings: Settings) -> None:
    """Renew the desk's pages, and note how much the store holds. If that fails, the answer is kept all the same."""
    note_height(store)
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
