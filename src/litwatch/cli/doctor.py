"""``litwatch doctor``: can this installation do its work, and did the last night run?"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from litwatch import __version__
from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.config.settings import Settings
from litwatch.model.errors import LitwatchError, OutputFailed, StoreBusy, StoreUnusable
from litwatch.night.doors import question_entrez
from litwatch.night.health import fix_of, list_checks


@click.command()
@click.option(
    "--network", is_flag=True, help="Also send NCBI one small search, to test its address, the API key and the network."
)
@click.option("--ask-ncbi", is_flag=True, hidden=True, help="What --network was called before there was --ncbi.")
@click.option("--ncbi", is_flag=True, help="Ask NCBI eleven questions instead, and show unexpected answers.")
@click.option("--fix-hints", is_flag=True, help="Print a command for everything that is wrong.")
@AS_JSON
def doctor(*, network: bool, ask_ncbi: bool, ncbi: bool, fix_hints: bool, as_json: bool) -> int:
    """Check the installation and the last night.

    Looks at settings, topic files, disk, permissions, mail server (without sending), Prefect (where PREFECT_API_URL
    names a server), NLM's update files (for `source: bulk`), the folder and the workers of a night in shards, store,
    clock, mails and desk, and changes nothing; exit status 1 when something is wrong. Run it from cron a few hours
    after the night, outside Prefect: it notices a night that did not run at all.

    With --ncbi it asks NCBI one question for each E-utility that litwatch uses, for a canary, a window of days, and the
    forms of an echoed search and of a warning. It prints what differs from what litwatch and its stand-in assume: send
    that to litwatch's developers. Exit status 1 when anything differs.

    \b
    Example:
      litwatch doctor
      litwatch doctor --network
      litwatch doctor --ncbi
      litwatch doctor --fix-hints
    """
    settings = settings_from_environment()
    if ncbi:
        return _question_ncbi(settings, as_json=as_json)
    found: dict[str, dict[str, object]] = {}
    for name, check in list_checks(os.environ, ask_ncbi=network or ask_ncbi).items():
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
            says = str(result["says"]).replace("\n", "\n               ")
            say(f"{'ok ' if result['ok'] else 'BAD'} {name:12s} {says}")
            if fix_hints and result.get("fix"):
                for line in str(result["fix"]).split("\n"):
                    say(f"               $ {line}")
    return 0 if all(result["ok"] for result in found.values()) else 1


def _question_ncbi(settings: Settings, *, as_json: bool) -> int:
    checks = []
    for check in question_entrez(settings):
        checks.append(check)
        if not as_json:
            say(f"{'same   ' if check.is_same else 'DIFFERS'} {check.name}")
            if not check.is_same:
                say(f"          expected: {check.expected}\n          seen:     {check.seen}")
    different = sum(not check.is_same for check in checks)
    if as_json:
        print_json(checks)
    else:
        place = f"{settings.eutils}, {datetime.now(UTC):%Y-%m-%d %H:%M}Z, litwatch {__version__}"
        say(f"{different} of {len(checks)} differ; {place}")
    return 1 if different else 0
