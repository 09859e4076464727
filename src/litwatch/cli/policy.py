"""``litwatch policy``: show what a changed rule or threshold would do, before it is used. It changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.config.topic_files import override, read_topics
from litwatch.decisions.verdict import Verdict
from litwatch.model.text.phrases import count
from litwatch.model.topic import Topic
from litwatch.night.doors import open_kept_store
from litwatch.reading.as_of import PolicyDifference, compare_policies
from litwatch.report.reason_sentences import say_reason
from litwatch.report.report_json import verdict_json
from litwatch.report.wording import words

WOULD_CHANGE = 10
"""Exit status of ``policy diff --exit-code`` when any verdict would change; 1 is a failure, as everywhere."""


@click.group()
def policy() -> None:
    """Try a changed rule or threshold on the stored nights."""


@policy.command()
@click.option(
    "--queries",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="A folder with changed copies of the topic files and their articles.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a key in every topic file: question_kind or thresholds.NAME. May be repeated.",
)
@AS_JSON
@click.option("--exit-code", is_flag=True, help="Exit with status 10 when any verdict would change.")
def diff(*, queries: Path | None, settings: tuple[str, ...], as_json: bool, exit_code: bool) -> int:
    """Show which stored verdicts would change, rule by rule.

    Each article's last night is decided twice from the store: with its present topic file and with the changed one.
    PubMed is not searched and nothing is stored. Without --queries and --set, it shows where this version of litwatch
    decides differently from the stored verdicts.

    \b
    Example:
      litwatch policy diff --set thresholds.review_level=3
      litwatch policy diff --queries next/queries --exit-code
    """
    installed = settings_from_environment()
    topics = read_topics(installed.queries)
    other = [_change(topic, settings) for topic in (read_topics(queries) if queries else topics)]
    found, failed = compare_policies(topics, other, open_kept_store(installed))
    changed = [each for each in found if each.difference.is_any]
    if as_json:
        print_json(
            {
                "changed": len(changed),
                "articles": [_as_json(each) for each in found],
                "failed": failed,
            }
        )
    else:
        for each in found:
            _show(each)
        say(f"{len(changed)} of {count(len(found), 'verdict')} would change")
        for topic in failed:
            say(f"{topic.slug}: {topic.reason}", err=True)
    if failed:
        return 1
    return WOULD_CHANGE if exit_code and changed else 0


def _change(topic: Topic, settings: tuple[str, ...]) -> Topic:
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise click.UsageError(f"--set {setting}: expected KEY=VALUE, such as thresholds.review_level=3")
        topic = override(topic, key.strip(), value.strip())
    return topic


def _show(each: PolicyDifference) -> None:
    difference = each.difference
    if not difference.is_any and not each.remarks:
        return
    before, after = difference.before, difference.after
    say(f"{each.topic} (night of {each.stored.decided_on.isoformat()}): {_say_change(before, after)}")
    for sign, rules in (("-", difference.dropped), ("+", difference.added)):
        for fired in rules:
            say(f"  {sign} {fired.rule} {say_reason(fired)}")
    if before.reassess_on != after.reassess_on:
        say(f"  re-assess on {before.reassess_on or 'no date'} → {after.reassess_on or 'no date'}")
    for remark in each.remarks:
        say(f"  {remark}")


def _say_change(before: Verdict, after: Verdict) -> str:
    if before.status is after.status:
        return words(before.status)
    return f"{words(before.status)} → {words(after.status)}"


def _as_json(each: PolicyDifference) -> dict[str, Any]:
    return {
        "slug": each.topic,
        "would_change": each.difference.is_any,
        "stored": verdict_json(each.stored),
        "before": verdict_json(each.difference.before),
        "after": verdict_json(each.difference.after),
        "dropped": [fired.rule for fired in each.difference.dropped],
        "added": [fired.rule for fired in each.difference.added],
        "remarks": each.remarks,
    }
