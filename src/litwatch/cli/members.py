"""``litwatch members``: who gets which digest, and every mistake in queries/members.yaml."""

from __future__ import annotations

from dataclasses import asdict

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.config.member_file import read_members
from litwatch.config.topic_files import read_topic_files
from litwatch.model.member import WEEKDAYS, Member, Unchanged, gets, members_of
from litwatch.model.text.phrases import count


@click.group()
def members() -> None:
    """Check who gets which digest (queries/members.yaml)."""


@members.command("check")
@AS_JSON
def check(*, as_json: bool) -> int:
    """Check queries/members.yaml and show what each member gets.

    Exit status 1 when there is a mistake. If there is a mistake, the whole file is ignored and every member gets the
    full digest.

    \b
    Example:
      litwatch members check
    """
    folder = settings_from_environment().queries
    topics, unreadable = read_topic_files(folder)
    chosen, problems = read_members(folder, topics)
    everybody = [(member, [t.slug for t in topics if gets(member, t)]) for member in members_of(topics, chosen)]
    if as_json:
        told = [asdict(member) | {"topics": slugs, "days": _days(member)} for member, slugs in everybody]
        print_json({"members": told, "problems": [*problems, *unreadable]})
    else:
        for member, slugs in everybody:
            days = "every day" if len(member.days) == len(WEEKDAYS) else ", ".join(_days(member))
            if member.unchanged is Unchanged.WEEKLY:
                days += ", once a week while nothing is new"
            said = f"{days}; at most {member.items} new records with details; dates {member.dates}"
            say(f"{member.address}: {', '.join(slugs) or 'no article'}; {said}")
        for problem in (*problems, *unreadable):
            say(problem, err=True)
        say(f"{count(len(everybody), 'member')}, {count(len(problems), 'problem')}")
    return 1 if problems or unreadable else 0


def _days(member: Member) -> list[str]:
    return [WEEKDAYS[day] for day in sorted(member.days)]
