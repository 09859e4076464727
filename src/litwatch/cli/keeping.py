"""``litwatch backup | restore | prune | forget``: what is kept, for how long, and the way back."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from litwatch.cli.arguments import AS_JSON, settings_from_environment
from litwatch.cli.screen import print_json, say
from litwatch.digest.signed_links import LONGEST_VOID
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.text.phrases import count
from litwatch.night.backup import make_backup, restore_backup
from litwatch.night.doors import open_kept_store
from litwatch.night.forgotten_person import find_in_files, find_remains
from litwatch.night.retention import prune as remove_old


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Write a backup while nights may run.

    TARGET is a new file that ends in .tar, or a folder, in which the file is named by the time. It holds the store, the
    folder of topic files and answers that wait; not the reports, which can be written again, nor the settings with
    their secrets. Only its owner may read it: addresses, mails and answers are in it.

    \b
    Example:
      litwatch backup /mnt/backups
    """
    made = make_backup(settings_from_environment(), target, datetime.now(UTC))
    say(f"{made}  ({made.stat().st_size:,} bytes)")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Move the store that is there aside.")
def restore(source: Path, *, replace: bool) -> None:
    """Put a backup, or a snapshot, in the store's place.

    SOURCE is compared with its digests first. Topic files and articles that are there stay as they are. Mails that
    waited when the backup was made may have been sent since, so that none is sent again by itself: they are listed as
    of unknown delivery.

    \b
    Example:
      litwatch restore /mnt/backups/litwatch-20261130T053000Z.tar --replace
    """
    done = restore_backup(settings_from_environment(), source, datetime.now(UTC), replace=replace)
    if done.moved is not None:
        say(f"moved aside  {done.moved}")
    say(f"restored     {done.store}")
    if done.files:
        say(f"restored     {count(len(done.files), 'file')} beside it")
    for path in done.left:
        say(f"left as it is, and different in the backup: {path}", err=True)
    if done.doubtful:
        say(
            f"{count(done.doubtful, 'mail')} of unknown delivery: `litwatch digest --show` lists them; ask their"
            " readers, then `litwatch digest --received` or `--resend`",
            err=True,
        )
    say("Next: `litwatch doctor`, then `litwatch nightly`, which fetches what the backup lacks.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be removed, and remove nothing.")
@AS_JSON
def prune(*, dry_run: bool, as_json: bool) -> int:
    """Remove what is older than the settings keep it.

    LITWATCH_KEEP_REPORTS, _MAILS, _LOGS and _ARTIFACTS say for how many days; what is not set is kept for ever. Every
    night does the same at its end. An article's newest report stays, and so does everything on which verdicts and
    answers depend.

    \b
    Example:
      litwatch prune --dry-run
    """
    settings = settings_from_environment()
    done = remove_old(settings, open_kept_store(settings), datetime.now(UTC), os.environ, dry_run=dry_run)
    if as_json:
        print_json(done)
    else:
        say(f"{'would remove' if dry_run else 'removed'} {done.sentence}")
        for trouble in done.troubles:
            say(f"could not be removed: {trouble}", err=True)
    return 1 if done.troubles else 0


@click.command()
@click.argument("person")
@click.option("--dry-run", is_flag=True, help="Show what would be taken out, and change nothing.")
def forget(person: str, *, dry_run: bool) -> int:
    """Take a person's name, address and mails out of the store.

    PERSON is a name or a mail address; whoever is known by both is named twice, once by each. Judgements stay and count
    as before, by an id that tells nothing, and `litwatch audit verify` holds. What must stay, or lies elsewhere, is
    named. A person whom a topic file or members.yaml still names must be taken out there first; an address whose links
    were revoked stays until they have ended by themselves.

    \b
    Example:
      litwatch forget board@example.org --dry-run
      litwatch forget "Dr A. Example"
    """
    if not person.strip():
        raise click.UsageError("name the person, or the mail address")
    settings = settings_from_environment()
    if files := find_in_files(settings, person):
        names = ", ".join(map(str, files))
        say(
            f"{person} is still named in {names}: take the name out there first, or the next night mails again",
            err=True,
        )
        return 1
    store = open_kept_store(settings)
    revoked = store.links_revoked().get(mailbox_key(person))
    if revoked is not None and (until := revoked + LONGEST_VOID) > datetime.now(UTC):
        say(
            f"links of {person} were revoked on {revoked:%Y-%m-%d} and would be valid again without the address: forget"
            f" it after {until:%Y-%m-%d}, when they have ended",
            err=True,
        )
        return 1
    found = store.forget_person(person, keep=not dry_run)
    if not found:
        say(f"the store holds nothing of {person}")
    else:
        done = "would be taken out" if dry_run else "taken out"
        say(f"{done}: {count(len(found.ids), 'name')}, {count(found.mails, 'mail')}, {count(found.rows, 'quotation')}")
        for each in found.ids:
            say(f"  {each} stands for the person in {'the' if dry_run else 'all'} judgements")
    if found.before:
        numbers = ", ".join(map(str, found.before[:20])) + (", …" if len(found.before) > 20 else "")
        say(
            f"remains: {count(len(found.before), 'judgement')} from before litwatch gave people ids ({numbers}): the"
            " name is part of what their hashes prove, and cannot be taken out",
            err=True,
        )
    if not dry_run:
        store.vacuum()  # until then the old rows lie in the file
    for remains in find_remains(settings, person):
        say(f"remains: {remains}", err=True)
    return 0
