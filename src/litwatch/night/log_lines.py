"""litwatch's log as JSON, one object a line, in a file for each day: for a collector of logs, or for ``jq``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson

from litwatch.model.text.hidden_secrets import hide_secrets
from litwatch.model.text.safe_text import clip

NAME = "litwatch-{day}.jsonl"
_LONGEST = 2_000
"""Characters of one message."""


@contextmanager
def keeping_log(folder: Path | None, secrets: tuple[str, ...] = ()) -> Iterator[None]:
    """Append what litwatch logs in the block to ``litwatch-2026-11-30.jsonl`` in the folder, if there is one.

    Warnings still go to the screen where nothing else listens. A line that cannot be written is lost: no run fails
    for its log. None of the ``secrets`` is written.
    """
    if folder is None:
        yield
        return
    with listening(_DayFile(folder, secrets)):
        yield


@contextmanager
def listening(handler: logging.Handler) -> Iterator[None]:
    """Give the handler what litwatch logs in the block, from INFO on: the receipts are of that level."""
    litwatch = logging.getLogger("litwatch")
    level = litwatch.level
    litwatch.addHandler(handler)
    litwatch.setLevel(min(logging.INFO, level or logging.INFO))
    try:
        yield
    finally:
        litwatch.setLevel(level)
        litwatch.removeHandler(handler)


class _DayFile(logging.Handler):
    """Opens the file for each line: a night that lasts past midnight goes on in the next day's."""

    def __init__(
        self, folder: Path, secrets: tuple[str, ...], *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(logging.INFO)
        self._folder, self._secrets, self._clock = folder, secrets, clock

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; the fields of a ``receipt`` stand in the line itself."""
        now = self._clock()
        line: dict[str, object] = {"at": now.isoformat(), "level": record.levelname, "logger": record.name}
        receipt = getattr(record, "receipt", None)
        if isinstance(receipt, dict):
            line |= receipt
        else:
            line["message"] = clip(hide_secrets(record.getMessage(), self._secrets), _LONGEST)
            if record.exc_info and record.exc_info[1] is not None:
                line["error"] = clip(hide_secrets(repr(record.exc_info[1]), self._secrets), _LONGEST)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / NAME.format(day=f"{now:%Y-%m-%d}")
            with path.open("ab") as file:
                file.write(orjson.dumps(line, default=str) + b"\n")
        except OSError:
            pass
        if record.levelno >= logging.WARNING and not logging.getLogger().handlers and logging.lastResort is not None:
            logging.lastResort.handle(record)
