"""What a night, and a look back at one, print: for the screen and as JSON. Nothing is computed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.markup import escape

from litwatch.cli.screen import say
from litwatch.decisions.verdict import Rule, Status
from litwatch.model.text.safe_text import visible
from litwatch.model.text.spelled_dates import dated
from litwatch.night.night_outcome import NightSummary, TopicOutcome
from litwatch.reading.as_of import Hindsight
from litwatch.report import contents
from litwatch.report.contents import URGENCY
from litwatch.report.reason_sentences import say_reason
from litwatch.report.report_json import verdict_json
from litwatch.report.wording import name_paper, words

_COLOURS = {
    Status.REVIEW_NOW: "bold red",
    Status.REVIEW_NEEDED: "yellow",
    Status.NO_SIGNAL: "green",
    Status.NOT_SURVEYED: "bold magenta",
}


ONE_BY_ONE = 20
"""So many articles have two lines each on the screen; of more, those are listed that ask for a review."""


def print_summary(summary: NightSummary) -> None:
    """The night on one screen: what each article needs, then what failed and where the results lie."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[bold]{summary.kind} as of {summary.as_of.isoformat()}[/]")
    if len(summary.outcomes) > ONE_BY_ONE:
        _print_counts(summary.outcomes, console)
    else:
        _print_articles(summary.outcomes, console)
    for topic in summary.failed:
        console.print(f"  {escape(topic.slug)}: [bold magenta]not surveyed[/]")
    if len(summary.outcomes) <= ONE_BY_ONE:
        for outcome in summary.outcomes:
            for file in outcome.files:
                say(f"  report  {file}")
    if summary.index:
        say(f"  index   {summary.index}")
    if summary.delivery:
        say(f"  mail    {summary.delivery.sentence}")
    if summary.ended:
        say("earlier runs that ended before their work was done:", err=True)
        for line in summary.ended:
            say(f"  {line}", err=True)
    if summary.unaddressed and summary.operator_told:
        say("told to the operator, because nobody else gets it:", err=True)
        for line in summary.unaddressed:
            say(f"  {line}", err=True)
    if summary.differences:
        say("PubMed's search and NLM's update files differ:", err=True)
        for line in summary.differences:
            say(f"  {line}", err=True)
    if not summary.ok:
        say(f"failed:\n{summary.failure}", err=True)


def _print_counts(outcomes: Sequence[TopicOutcome], console: Console) -> None:
    """How many articles have which status, and the first of those that ask for a review; no report is read."""
    asking = [outcome for outcome in outcomes if outcome.verdict.status.asks_for_review]
    asking.sort(key=lambda outcome: URGENCY[outcome.verdict.status])
    for outcome in asking[:ONE_BY_ONE]:
        status = outcome.verdict.status
        said = escape(visible(dated(say_reason(outcome.verdict.fired[0]))))
        console.print(f"  {escape(outcome.topic.slug)}: [{_COLOURS[status]}]{words(status)}[/]  {said}")
    if len(asking) > ONE_BY_ONE:
        console.print(f"  and {len(asking) - ONE_BY_ONE:,} more that ask for a review, on the index page")
    counted = Counter(outcome.verdict.status for outcome in outcomes)
    told = ", ".join(f"{counted[status]:,} {words(status)}" for status in URGENCY if counted[status])
    incomplete = sum(bool(outcome.failures) for outcome in outcomes)
    console.print(f"  {len(outcomes):,} articles: {told}" + (f"; {incomplete:,} incomplete" if incomplete else ""))


def _print_articles(outcomes: Sequence[TopicOutcome], console: Console) -> None:
    for outcome in outcomes:
        report = outcome.report
        notices, new = len(contents.notices(report)), len(contents.listed_evidence(report))
        status = report.verdict.status
        incomplete = "  [bold magenta]incomplete[/]" if outcome.failures else ""
        console.print(
            f"  {escape(report.topic.slug)}: [{_COLOURS[status]}]{words(status)}[/]{incomplete}  "
            f"notices about cited papers: {notices}, new records: {new}"
        )
        first, *rest = report.verdict.fired
        # A strategy's change of meaning is for whoever runs this, however many notices come before it.
        for fired in (first, *(fired for fired in rest if fired.rule is Rule.SEARCH)):
            console.print(f"      {escape(visible(dated(say_reason(fired))))}")


def summary_as_json(summary: NightSummary) -> dict[str, Any]:
    """The night for a script; ``litwatch nightly --json`` prints it."""
    return {
        "run": summary.run,
        "kind": summary.kind,
        "as_of": summary.as_of,
        "ok": summary.ok,
        "failure": summary.failure,
        "review_needed": summary.review_needed,
        "articles": [
            {
                "slug": outcome.report.topic.slug,
                "verdict": verdict_json(outcome.report.verdict),
                "signals": [entry.signal for entry in outcome.report.signals],
                "sweeps": [
                    {"kind": s.kind, "state": s.state, "found": s.found, "delivered": s.delivered, "error": s.error}
                    for s in outcome.report.sweeps
                ],
                "matches": outcome.report.matches,
                "new_records": sorted(outcome.saved.new_records) if outcome.saved else None,
                "changed_records": sorted(outcome.saved.changed_records) if outcome.saved else None,
                "opened": outcome.saved.opened if outcome.saved else None,
                "files": outcome.files,
            }
            for outcome in summary.outcomes
        ],
        "failed": summary.failed,
        "ended": summary.ended,
        "doubts": summary.doubts,
        "unaddressed": summary.unaddressed,
        "differences": summary.differences,
        "index": summary.index,
        "delivery": summary.delivery,
    }


def print_hindsight(day: date, found: Mapping[str, Hindsight | None]) -> None:
    """What was known of each article at the end of a past day, beside what was reported."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[bold]as known at the end of {day.isoformat()}[/], from the store; PubMed was not searched")
    for slug, hindsight in found.items():
        if hindsight is None:
            say(f"{slug}: not surveyed by then", err=True)
            continue
        verdict, said = hindsight.report.verdict, hindsight.said
        console.print(f"  {escape(slug)}: [{_COLOURS[verdict.status]}]{words(verdict.status)}[/]")
        for fired in verdict.fired:
            console.print(f"      {fired.rule} {escape(visible(dated(say_reason(fired))))}")
        for reported in hindsight.report.signals:
            told = f"{name_paper(reported.record)} {escape(visible(reported.record.title))}"
            console.print(f"      {words(reported.signal.change.kind)}: {told}")
        console.print(f"      said on {said.decided_on.isoformat()}: {words(said.status)}")
        for remark in hindsight.remarks:
            console.print(f"      {escape(visible(remark))}")


def hindsight_as_json(day: date, found: Mapping[str, Hindsight | None]) -> dict[str, Any]:
    """The same for a script; ``litwatch check ARTICLE --as-of DATE --json`` prints it."""
    return {
        "as_of": day,
        "from": "store",
        "articles": [
            {
                "slug": slug,
                "verdict": verdict_json(each.report.verdict) if each else None,
                "said": verdict_json(each.said) if each else None,
                "signals": [reported.signal for reported in each.report.signals] if each else [],
                "remarks": each.remarks if each else ("not surveyed by then",),
            }
            for slug, each in found.items()
        ],
    }
