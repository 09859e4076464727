"""Where a person is named besides the store: files that must be changed first, and files that remain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from litwatch.config.settings import Settings
from litwatch.model.text.phrases import count
from litwatch.model.text.whole_names import find_whole_name
from litwatch.night.doors import open_inbox, open_snapshot

_LARGEST = 20_000_000
"""Bytes of a file that is looked into."""


def find_in_files(settings: Settings, person: str) -> tuple[Path, ...]:
    """Topic files and members.yaml that name the person."""
    return tuple(path for path in sorted(settings.queries.glob("*.y*ml")) if path.is_file() and _names(path, person))


def find_remains(settings: Settings, person: str) -> Iterator[str]:
    """What else on this machine names the person, one sentence each, with what to do about it."""
    folders = [
        (settings.reports, "`litwatch report` writes today's anew; remove older ones, or set keep_reports"),
        (settings.mail_folder, "remove them, or set keep_mails"),
        (open_inbox(settings).folder, "the next command takes these answers in: then forget once more"),
        (settings.store.with_suffix(".edits"), "files as they were before a change: remove them"),
        *([(settings.log_folder, "remove them, or set keep_logs")] if settings.log_folder else []),
    ]
    for folder, hint in folders:
        with suppress(OSError):
            if naming := [path for path in sorted(folder.rglob("*")) if path.is_file() and _names(path, person)]:
                yield f"{count(len(naming), 'file')} in {folder} ({naming[0].name}, …): {hint}"
    store = settings.store
    copies = [*store.parent.glob(f"{store.stem}.schema-*"), *store.parent.glob(f"{store.stem}.replaced-*")]
    copies += [path for path in (open_snapshot(settings).path,) if path.exists()]
    if copies:
        named = ", ".join(path.name for path in copies)
        yield f"copies of the store in {store.parent} ({named}): remove them, or let the next night renew the desk's"
    said = "what reasons and comments say in free words"
    yield f"backups elsewhere, {said}, and mails that were delivered: litwatch cannot reach them"


def _names(path: Path, person: str) -> bool:
    if path.stat().st_size > _LARGEST:
        return False
    return find_whole_name(person).search(path.read_text(encoding="utf-8", errors="replace")) is not None
