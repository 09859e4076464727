"""The command line: reads arguments, calls the work, prints the result. It never imports Prefect.

Exit status: 0 it ran, 1 it failed, 2 wrong usage; ``check --exit-code`` gives 10 when a review is needed, and
``policy diff --exit-code`` when a verdict would change.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from litwatch import __version__
from litwatch.cli.command_table import CommandTable
from litwatch.cli.screen import say
from litwatch.model.errors import LitwatchError, UnknownTopic


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="litwatch")
def group() -> None:
    """Watch PubMed for a medical site's articles and report which ones the board must review, and why.

    \b
    Example:
      litwatch topics check
      litwatch check insulin-resistance --dry-run
      litwatch nightly

    Settings stand in litwatch.toml or in LITWATCH_… environment variables; `litwatch settings` shows them, `litwatch
    doctor` checks them and names what is missing.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status."""
    try:
        words = None if arguments is None else list(arguments)
        status = group.main(args=words, prog_name="litwatch", standalone_mode=False)
    except click.exceptions.Abort as stopped:
        say("stopped; everything stored so far is kept, and the next run continues from there", err=True)
        sys.exit(143 if str(stopped.__cause__) == "SIGTERM" else 130)  # 128 and the signal's number
    except click.ClickException as error:
        error.show()
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
    except UnknownTopic as error:
        say(f"litwatch: {error}", err=True)
        sys.exit(2)
    except LitwatchError as error:
        say(f"litwatch: {error}", err=True)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
