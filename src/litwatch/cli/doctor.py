"""``litwatch doctor``: can this installation do its work, and did the last night run?"""

from __future__ import annotations

import os

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.model.errors import LitwatchError, OutputFailed, StoreBusy, StoreUnusable
from litwatch.night.health import fix_of, list_checks


@click.command()
@click.option(
    "--ask-ncbi", is_flag=True, help="Send NCBI one small search, to test the address, the API key and the network."
)
@click.option("--fix-hints", is_flag=True, help="Print a command for everything that is wrong.")
@AS_JSON
def doctor(*, ask_ncbi: bool, fix_hints: bool, as_json: bool) -> int:
    """Check the installation and the last night.

    Looks at settings, topic files, disk, permissions, mail server (without sending), Prefect (where PREFECT_API_URL
    names a server), store, clock, mails and desk, and changes nothing; exit status 1 when something is wrong. Run it
    from cron a few hours after the night, outside Prefect: it notices a night that did not run at all.

    \b
    Example:
      litwatch doctor
      litwatch doctor --fix-hints
    """
    settings = settings_from_environment()
    found: dict[str, dict[str, object]] = {}
    for name, check in list_checks(os.environ, ask_ncbi=ask_ncbi).items():
        try:
            found[name] = {"ok": True, "says": check(settings)}
        except LitwatchError as error:
            found[name] = {"ok": False, "says": str(error), "fix": fix_of(name, error)}
            if isinstance(error, StoreBusy | StoreUnusable | OutputFailed):
                # The checks that follow need the store, too: they would say the same, or wait as long for its holder.
                break
    if as_json:
        print_json(found)
    else:
        for name, result in found.items():
            says = str(result["says"]).replace("\n", "\n             ")
            say(f"{'ok ' if result['ok'] else 'BAD'} {name:10s} {says}")
            if fix_hints and result.get("fix"):
                for line in str(result["fix"]).split("\n"):
                    say(f"             $ {line}")
    return 0 if all(result["ok"] for result in found.values()) else 1
