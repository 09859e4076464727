"""``litwatch init``: what an installation needs before its first night: the store and the folders."""

from __future__ import annotations

from pathlib import Path

import click

from litwatch.cli.arguments import settings_from_environment
from litwatch.cli.screen import say
from litwatch.config.shipped_files import EXAMPLE, read_shipped
from litwatch.model.errors import OutputFailed
from litwatch.night.doors import last_report_day, open_store


@click.command()
def init() -> None:
    """Make the store and the folders for topic files and reports, where there are none.

    A folder of topic files that is empty gets an example. What is there already stays as it is. If a store was lost,
    put it or a backup back instead: a new store knows no answer and tells everything anew.

    \b
    Example:
      litwatch init
    """
    settings = settings_from_environment()
    before = last_report_day(settings.reports)
    for folder in (settings.queries, settings.reports):
        say(f"{'there  ' if _make_folder(folder) else 'made   '} {folder}")
    if not any(settings.queries.iterdir()):
        for name in EXAMPLE:
            say(f"made    {_write(settings.queries / Path(name).name, read_shipped(name))}")
        say("        The example cites invented papers: remove it before the first real night.")
    known = settings.store.exists()
    open_store(settings)
    say(f"{'there  ' if known else 'made   '} {settings.store}")
    if before is not None and not known:
        say(
            f"Note: {settings.reports} contains reports of nights up to {before.isoformat()}, of which the new store"
            " knows nothing: its next night tells everything anew. If you have a backup, remove the new store and put"
            " the backup in its place.",
            err=True,
        )
    if not known:
        say("Next: `litwatch topics check`, then `litwatch nightly`; `litwatch doctor` names what is missing.")


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
