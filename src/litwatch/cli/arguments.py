"""Arguments and options that several commands share, and the settings from the environment."""

from __future__ import annotations

import difflib
import getpass
import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import click

from litwatch.config.settings import Settings, read_settings
from litwatch.model.text.mail_address import check_mail_address


def no_such_article(wanted: Iterable[str], known: Collection[str]) -> click.UsageError:
    """The error about names that no topic file has, with those that are written alike."""
    wanted = sorted(wanted)
    alike = [near for each in wanted for near in difflib.get_close_matches(each, sorted(known), n=3)]
    meant = f" Is {' or '.join(dict.fromkeys(alike))} meant?" if alike else ""
    return click.UsageError(f"no such article: {', '.join(wanted)}.{meant} `litwatch topics list` shows the names")


def settings_from_environment() -> Settings:
    """The installation's settings. Raises SettingsError."""
    return read_settings(os.environ)


def name_of_person(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The name given with --by. An empty one is wrong usage, because every decision is a person's."""
    if value is not None and not value.strip():
        raise click.BadParameter("the name is empty; give the name of the person who decided")
    return value


def own_name() -> str:
    """The name by which the person at the command line is logged in."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's number without a name
        return "the command line"


def mail_address(
    _context: click.Context, _parameter: click.Parameter, value: str | tuple[str, ...] | None
) -> str | tuple[str, ...] | None:
    """The mail address, or each of several once, or None; another text is wrong usage."""
    try:
        if isinstance(value, tuple):
            return tuple(dict.fromkeys(map(check_mail_address, value)))
        return value if value is None else check_mail_address(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


class Day(click.DateTime):
    """A date, written as 2026-03-31."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The date as a datetime, as click gives it; anything else is wrong usage."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a date; write it as 2026-03-31", param, ctx)


class ArticleFile(click.Path):
    """An article's file, which exists; an address is refused with what to do instead."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; anything else is wrong usage."""
        if re.match(r"https?://|www\.", str(value), re.IGNORECASE):
            self.fail(f"{value} is an address, which litwatch does not fetch; save the page and give its file", param)
        return super().convert(value, param, ctx)


ARTICLE_FILE = ArticleFile(exists=True, dir_okay=False, path_type=Path)
ARTICLE = click.argument("slug", metavar="ARTICLE")
ARTICLES = click.argument("slugs", metavar="[ARTICLE]...", nargs=-1)
BY = click.option(
    "--by", required=True, metavar="NAME", callback=name_of_person, help="Name of the person who decided."
)
BY_WHOM = click.option(
    "--by",
    default=own_name,
    metavar="NAME",
    callback=name_of_person,
    help="Your name, for the history; otherwise the name that you are logged in by.",
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Search PubMed and decide, but store, write and send nothing.")
NEW_STORE = click.option("--new-store", is_flag=True, help="Make the store first; there must be none yet.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
AS_OF = click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="Run as if this date (YYYY-MM-DD) were today.",
)
