"""What is kept for so many days and no longer: old reports, the text of sent mails, log files, Prefect's runs.

Nothing that a verdict or an answer rests on is touched: records, searches, changes, judgements and the fact that a mail
was sent stay for ever. Without a setting nothing is removed.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from litwatch.config.settings import Settings
from litwatch.model.errors import OperatorError
from litwatch.night.scheduler import SchedulerUnwell, forget_runs
from litwatch.store import Store

_log = logging.getLogger(__name__)

_REPORT = re.compile(r"(\d{4}-\d\d-\d\d)\.(?:html|md|json)")
_LOG = re.compile(r"litwatch-(\d{4}-\d\d-\d\d)\.jsonl")
_MAIL = re.compile(r"(\d{4}-\d\d-\d\d)-.+\.eml")


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, or on a dry run would be."""

    reports: int = 0
    """Files of reports."""
    mails: int = 0
    """Texts of mails in the store, and mails that lay as files."""
    logs: int = 0
    """Files of the log."""
    artifacts: int = 0
    """Runs and artifacts of Prefect."""
    freed: int = 0
    """Bytes of files."""
    troubles: tuple[str, ...] = ()
    """What could not be removed, and folders that could not be looked into."""

    @property
    def sentence(self) -> str:
        """What was removed, in a line."""
        return (
            f"{self.reports} report files, {self.mails} mails, {self.logs} log files,"
            f" {self.artifacts} of Prefect's runs and artifacts; {self.freed:,} bytes of files"
        )


def prune(
    settings: Settings, store: Store, now: datetime, environment: Mapping[str, str], *, dry_run: bool = False
) -> Pruned:
    """Remove what is older than the settings say. Raises StoreBusy; what else fails is in the result."""
    troubles: list[str] = []
    freed = 0

    def remove(paths: Iterator[Path]) -> int:
        nonlocal freed
        removed = 0
        for path in paths:
            try:
                size = path.stat().st_size
                if not dry_run:
                    path.unlink()
            except OSError as error:
                troubles.append(f"{path}: {error.strerror}")
            else:
                freed, removed = freed + size, removed + 1
        return removed

    def before(days: int) -> date:
        return now.date() - timedelta(days=days)

    reports = remove(_old_reports(settings.reports, before(days), troubles)) if (days := settings.keep_reports) else 0
    mails = logs = artifacts = 0
    if days := settings.keep_mails:
        mails = remove(_dated_before(settings.mail_folder, _MAIL, before(days), troubles))
        mails += store.empty_old_mails(datetime.combine(before(days), time(), UTC), dry_run=dry_run)
    if (days := settings.keep_logs) and settings.log_folder is not None:
        logs = remove(_dated_before(settings.log_folder, _LOG, before(days), troubles))
    if days := settings.keep_artifacts:
        try:
            artifacts = forget_runs(environment, datetime.combine(before(days), time(), UTC), dry_run=dry_run)
        except SchedulerUnwell as error:
            troubles.append(str(error))
    return Pruned(reports, mails, logs, artifacts, freed, tuple(troubles))


def prune_quietly(settings: Settings, store: Store, now: datetime) -> None:
    """The same at the end of a night, which it never fails: what goes wrong is a warning in the log."""
    if not any((settings.keep_reports, settings.keep_mails, settings.keep_logs, settings.keep_artifacts)):
        return
    try:
        pruned = prune(settings, store, now, os.environ)
    except OperatorError as error:
        _log.warning("Nothing old was removed: %s", error)
        return
    _log.info("removed %s", pruned.sentence)
    for trouble in pruned.troubles:
        _log.warning("could not be removed: %s", trouble)


def _old_reports(folder: Path, before: date, troubles: list[str]) -> Iterator[Path]:
    """Files of reports from before that day; each article's newest day stays, however old."""
    for article in _list(folder, troubles):
        dated = [(day, path) for path in _list(article, troubles) if (day := _day_of(path, _REPORT))]
        newest = max((day for day, _ in dated), default=before)
        yield from (path for day, path in dated if day < before and day != newest)


def _dated_before(folder: Path, name: re.Pattern[str], before: date, troubles: list[str]) -> Iterator[Path]:
    for path in _list(folder, troubles):
        if (day := _day_of(path, name)) is not None and day < before:
            yield path


def _list(folder: Path, troubles: list[str]) -> list[Path]:
    """What is in the folder, in order; nothing of a file or a missing one. One that cannot be read is a trouble."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        troubles.append(f"{folder}: {error.strerror}")
        return []


def _day_of(path: Path, name: re.Pattern[str]) -> date | None:
    found = name.fullmatch(path.name)
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None
