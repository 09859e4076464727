"""``litwatch mesh``: load NLM's headings into the store, and show which are loaded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.model.text.phrases import count
from litwatch.night.doors import open_kept_store


@click.group()
def mesh() -> None:
    """Load NLM's MeSH headings, and show which year is loaded."""


@mesh.command("load")
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Load the headings of FILE, NLM's descriptor file (desc2027.xml or desc2027.xml.gz).

    From then on litwatch explodes every heading as PubMed does and knows its entry terms. Without it, litwatch has
    some 190 headings of its own. NLM publishes the file every November; load the new one then.

    \b
    Example:
      litwatch mesh load desc2027.xml.gz
    """
    from litwatch.sources.mesh.descriptor_file import TERMS, read_descriptor_file  # noqa: PLC0415

    store = open_kept_store(settings_from_environment())
    say(TERMS)
    year, descriptors = read_descriptor_file(file)
    store.replace_mesh(year, descriptors, now=datetime.now(UTC))
    say(f"MeSH {year}: {count(len(descriptors), 'heading')} loaded")


@mesh.command("status")
@AS_JSON
def status(*, as_json: bool) -> None:
    """Show which year's headings are loaded.

    \b
    Example:
      litwatch mesh status
    """
    edition = open_kept_store(settings_from_environment()).mesh_edition()
    if as_json:
        print_json({"mesh": edition})
    elif edition is None:
        say("none loaded; litwatch uses some 190 headings of its own. `litwatch mesh load FILE` loads NLM's.")
    else:
        say(f"MeSH {edition.year}: {count(edition.headings, 'heading')}, loaded {edition.loaded_at:%Y-%m-%d}")
