"""What several commands share: settings from the environment, and how a command says which topic it means."""

from __future__ import annotations

import os

import click

from litwatch.settings import Settings, read_settings


def settings_from_environment() -> Settings:
    """The installation's settings. Raises SettingsError."""
    return read_settings(os.environ)


DRY_RUN = click.option("--dry-run", is_flag=True, help="Ask PubMed and decide, but keep, write and send nothing.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
AS_OF = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Survey as if this day (YYYY-MM-DD) were today.",
)
