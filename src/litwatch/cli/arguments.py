"""What several commands share: settings from the environment, and how a command says which topic it means."""

from __future__ import annotations

import os
from typing import Any

import click

from litwatch.config.settings import Settings, read_settings


def settings_from_environment() -> Settings:
    """The installation's settings. Raises SettingsError."""
    return read_settings(os.environ)


def name_of_person(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The name after --by; an empty one is wrong usage, for a decision belongs to a person."""
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty; name the person")
    return value


class Day(click.DateTime):
    """A day, written as 2026-03-31."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day as a datetime, which is what click gives; wrong usage where it is none."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day; write it as 2026-03-31", param, ctx)


BY = click.option("--by", required=True, metavar="NAME", callback=name_of_person, help="Who says so.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Ask PubMed and decide, but keep, write and send nothing.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
AS_OF = click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="Survey as if this day (YYYY-MM-DD) were today.",
)
