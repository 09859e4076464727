"""The command line: reads words, calls the pipeline, prints; it decides nothing and never imports Prefect.

Exit status: 0 it ran, 1 it failed, 2 wrong usage; ``check --exit-code`` gives 10 when a review is needed, and
``policy diff --exit-code`` when a verdict would change.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from litwatch import __version__
from litwatch.cli.articles import articles
from litwatch.cli.audit import audit
from litwatch.cli.benchmark import benchmark
from litwatch.cli.bulk import bulk
from litwatch.cli.desk import desk
from litwatch.cli.doctor import doctor
from litwatch.cli.export import export
from litwatch.cli.impact import impact
from litwatch.cli.judgements import answer, review
from litwatch.cli.leads import leads
from litwatch.cli.members import members
from litwatch.cli.night import check, digest, nightly, report
from litwatch.cli.policy import policy
from litwatch.cli.references import references
from litwatch.cli.retractions import retractions
from litwatch.cli.screen import say
from litwatch.cli.standin import standin
from litwatch.cli.store import store
from litwatch.cli.topics import topics
from litwatch.model.errors import LitwatchError, UnknownTopic


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="litwatch")
def group() -> None:
    """Watch PubMed for a medical site's articles and say which ones its board must read again, and why.

    \b
    Example:
      litwatch topics check
      litwatch check insulin-resistance --dry-run
      litwatch nightly

    Settings come from LITWATCH_… variables; `litwatch doctor` shows them and says what is missing.
    """


for command in (
    *(nightly, check, impact, answer, review, report, digest, export, desk),
    *(topics, members, articles, references, leads, policy),
    *(bulk, retractions, standin, store, audit, doctor, benchmark),
):
    group.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status."""
    try:
        words = None if arguments is None else list(arguments)
        status = group.main(args=words, prog_name="litwatch", standalone_mode=False)
    except click.exceptions.Abort:
        say("stopped; nothing that was kept is lost, the next run goes on from there", err=True)
        sys.exit(130)
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
