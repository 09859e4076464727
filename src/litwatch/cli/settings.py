"""``litwatch settings``: what an installation is set to, and where each setting is given."""

from __future__ import annotations

import os

import click
from pydantic import SecretStr

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.config.settings import Settings
from litwatch.config.settings_file import find_given, settings_file
from litwatch.config.settings_reference import commented_settings


@click.command()
@click.option("--template", is_flag=True, help="Print a settings file that names every setting in a comment.")
@AS_JSON
def settings(*, template: bool, as_json: bool) -> None:
    """Show which settings are in force, and where each is given.

    They stand in litwatch.toml or in LITWATCH_… variables, which come before the file. Secrets are shown as asterisks.

    \b
    Example:
      litwatch settings
      litwatch settings --template > litwatch.toml
    """
    if template:
        click.echo(commented_settings(), nl=False)
        return
    origins, file = find_given(os.environ).origins, settings_file(os.environ)
    known = settings_from_environment()
    rows = {name: (_shown(getattr(known, name)), origins.get(name, "default")) for name in Settings.model_fields}
    if as_json:
        listed = {name: {"value": value, "from": origin} for name, (value, origin) in rows.items()}
        print_json({"file": str(file) if file else None, "settings": listed})
        return
    say(f"settings file: {file or 'none (`litwatch init DIR` makes a site with one)'}")
    for name, (value, origin) in rows.items():
        say(f"{name:18s} {'–' if value is None else value}{'' if origin == 'default' else f'   ({origin})'}")


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, SecretStr):
        return "********"
    return str(value).lower() if isinstance(value, bool) else str(value)
