"""``litwatch init``: a new site, or in one that has its settings, the store and the folders."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from litwatch.cli.arguments import mail_address
from litwatch.cli.screen import say
from litwatch.config.settings import Settings, read_settings
from litwatch.config.settings_file import FILE
from litwatch.config.shipped_files import EXAMPLE, read_shipped
from litwatch.config.site_files import make_site
from litwatch.model.errors import OutputFailed
from litwatch.night.doors import last_report_day, open_store


@click.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--email", metavar="ADDRESS", callback=mail_address, help="Your address for NCBI, for litwatch.toml.")
def init(directory: Path | None, *, email: str | None) -> None:
    """Make a site in DIR: settings, an example article, files for the schedule, the store.

    Writes litwatch.toml with every setting in a comment, queries/ with an example, prefect.yaml, units for systemd and
    a compose.yaml. Without DIR only the store and the folders that the settings name are made. What is there already
    stays as it is. If a store was lost, put it or a backup back instead: a new store knows no answer and tells
    everything anew.

    \b
    Example:
      litwatch init mysite --email you@example.org
      litwatch init
    """
    if directory is None and email is not None:
        raise click.UsageError("--email is written to the litwatch.toml of a new site: name its DIR, or `.` for here")
    environment = dict(os.environ)
    if directory is not None:
        for file in make_site(directory, {"email": email} if email else {}):
            _tell(file.path, there=file.there)
            if email and file.there and file.path.name == FILE:
                say(f"        It was not changed: set email = {email!r} there yourself.", err=True)
        environment |= {"LITWATCH_HOME": str(directory), "LITWATCH_SETTINGS": str(directory / FILE)}
    settings = read_settings(environment)
    before = last_report_day(settings.reports)
    for folder in (settings.queries, settings.reports):
        there = _make_folder(folder)
        if directory is None or not there:
            _tell(folder, there=there)
    if directory is None and not any(settings.queries.iterdir()):
        for name in EXAMPLE:
            _tell(_write(settings.queries / Path(name).name, read_shipped(name)), there=False)
    known = settings.store.exists()
    open_store(settings)
    _tell(settings.store, there=known)
    if before is not None and not known:
        say(
            f"Note: {settings.reports} contains reports of nights up to {before.isoformat()}, of which the new store"
            " knows nothing: its next night tells everything anew. If you have a backup, remove the new store and put"
            " the backup in its place.",
            err=True,
        )
    if not known:
        _say_next(directory, settings)


def _say_next(directory: Path | None, settings: Settings) -> None:
    say("\nNext:")
    if directory is not None:
        say(f"  cd {shlex.quote(str(directory))}")
    if settings.email is None:
        place = f"email in {FILE}" if directory else "LITWATCH_EMAIL"
        say(f"  set {place}: NCBI requires your address with every request")
    say("  litwatch add ARTICLE --to BOARD@EXAMPLE.ORG    your first article, to its first report")
    say("  litwatch topics check                          reads every topic file and names its mistakes")
    say("  litwatch nightly                               the night; systemd/, prefect.yaml or compose.yaml start it")
    say("  litwatch doctor                                names what is missing")
    if (settings.queries / Path(EXAMPLE[0]).name).exists():
        say(
            f"The example in {settings.queries} cites invented papers, which `litwatch standin` has and PubMed has not:"
            " remove its two files before the first real night."
        )


def _tell(path: Path, *, there: bool) -> None:
    say(f"{'there  ' if there else 'made   '} {path}")


def _make_folder(folder: Path) -> bool:
    """Whether the folder was there. Raises OutputFailed where it cannot be made."""
    if folder.is_dir():
        return True
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise OutputFailed(f"{folder}: {error.strerror}; the folder cannot be made") from None
    return False


def _write(file: Path, content: bytes) -> Path:
    """The file, written. Raises OutputFailed."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise OutputFailed(f"{file}: {error.strerror}; the file cannot be written") from None
    return file
