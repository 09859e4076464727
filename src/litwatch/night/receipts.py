"""Where a run's receipt goes besides its row in the store: the log, the monitoring, and the dead man's switch."""

from __future__ import annotations

import logging
import platform
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from litwatch import __version__
from litwatch.config.settings import ReceiptPlaces
from litwatch.model.errors import OutputFailed
from litwatch.model.receipt import Measured, Receipt
from litwatch.night.dead_man_ping import ping
from litwatch.night.metrics_file import write_metrics

_log = logging.getLogger("litwatch.receipt")


def measure(store: Path, started_at: datetime, ended_at: datetime) -> Measured:
    """What a receipt says of the clock, the disk and the programs."""
    return Measured(started_at, ended_at, measure_store(store), read_versions())


def measure_store(store: Path) -> int:
    """Bytes of the store's file and of its ``.wal``; 0 where there is none."""
    total = 0
    for path in (store, store.with_name(f"{store.name}.wal")):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def read_versions() -> Mapping[str, str]:
    """Versions of litwatch and of what decides most over a night; Prefect's only where it has been imported."""
    found = {"litwatch": __version__, "python": platform.python_version()}
    for package in ("duckdb", *(["prefect"] if "prefect" in sys.modules else [])):
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def announce_start(places: ReceiptPlaces) -> None:
    """Tell the dead man's switch that a night starts; a rehearsal's does not concern it."""
    if places.ping_url is not None and not places.rehearsal:
        ping(places.ping_url.get_secret_value(), event="start")


def leave_receipt(receipt: Receipt, places: ReceiptPlaces, *, told: Callable[[str], None] | None = None) -> None:
    """Log the receipt; of a night, also write it for the monitoring and ping, success only where it was whole.

    A rehearsal is logged alone: it must not pass for the site's own night.
    Nothing here fails a run: what cannot be written is logged, and given to ``told``.
    """
    line = receipt.as_line()
    _log.info("%s", orjson.dumps(line).decode(), extra={"receipt": line})
    if receipt.kind != "nightly" or places.rehearsal:
        return
    if places.metrics_file is not None:
        try:
            write_metrics(receipt, places.metrics_file)
        except OutputFailed as error:
            _log.warning("%s", error)
            if told is not None:
                told(str(error))
    if places.ping_url is not None:
        said = orjson.dumps(line).decode() if receipt.is_whole else receipt.alarm
        ping(places.ping_url.get_secret_value(), said, event="" if receipt.is_whole else "fail")
