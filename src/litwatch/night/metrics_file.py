"""The last night for Prometheus: a file that node_exporter's textfile collector reads.

The format is Prometheus' text exposition format 0.0.4; the collector reads ``*.prom`` files of its folder and must
never see half of one (<https://github.com/prometheus/node_exporter#textfile-collector>).
"""

from __future__ import annotations

import re
from pathlib import Path

from litwatch.config.whole_file import write_whole_file
from litwatch.model.errors import OutputFailed
from litwatch.model.receipt import Receipt

_LAST_GOOD = re.compile(r"^litwatch_night_last_success_timestamp_seconds (\d+)$", re.MULTILINE)

_HELP = {
    "last_end_timestamp_seconds": "When the last night ended, whole or not.",
    "last_success_timestamp_seconds": "When the last night ended of which nothing had failed.",
    "success": "Whether nothing failed in the last night.",
    "canary_found": "Whether the last night's search and fetch found the canary.",
    "surveyed": "Articles with a verdict of the last night.",
    "failed": "Articles not read, or with a look that did not complete.",
    "found": "Papers that the searches announced.",
    "fetched": "Records received.",
    "missing": "PMIDs asked for that did not come or came unreadable.",
    "truncations": "Looks that got fewer records than were announced.",
    "split": "Searches made in parts because of their size.",
    "warnings": "Warnings that PubMed gave about the searches.",
    "new_records": "Records met for the first time.",
    "changed_records": "Records that PubMed changed.",
    "opened_changes": "Changes opened for a board.",
    "mails_queued": "Mails put into the outbox.",
    "mails_sent": "Mails handed over.",
    "mails_waiting": "Mails that wait in the outbox.",
    "seconds": "How long the last night took.",
    "store_bytes": "Size of the store.",
    "info": "Versions of the programs that ran the last night, and how it ended.",
}


def write_metrics(receipt: Receipt, path: Path) -> None:
    """Replace the file. A night that was not whole keeps the time of the last one that was.

    Raises OutputFailed where it cannot be written.
    """
    try:
        before = _LAST_GOOD.search(path.read_text(encoding="utf-8")) if path.exists() else None
        write_whole_file(path, describe_metrics(receipt, int(before[1]) if before else None).encode())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise OutputFailed(f"{path}: {reason}; correct LITWATCH_METRICS_FILE or the folder's permissions") from None


def describe_metrics(receipt: Receipt, last_success: int | None = None) -> str:
    """The receipt of a night as the file's text; ``last_success``: Unix time of the last whole night before it."""
    ended = int(receipt.measured.ended_at.timestamp())
    values: dict[str, int | float] = {"last_end_timestamp_seconds": ended, "success": int(receipt.is_whole)}
    good = ended if receipt.is_whole else last_success
    if good is not None:
        values["last_success_timestamp_seconds"] = good
    if receipt.canary is not None:
        values["canary_found"] = int(receipt.canary == "found")
    counted = receipt.figures()
    if receipt.state == "failed":  # it counted nothing: a zero would look like a quiet night
        counted = {name: counted[name] for name in ("seconds", "store_bytes")}
    lines = [line for name, value in (values | counted).items() for line in _describe(name, f" {value}")]
    labels = {"state": receipt.state, **receipt.measured.versions}
    named = ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items())
    return "\n".join([*lines, *_describe("info", f"{{{named}}} 1")]) + "\n"


def _describe(name: str, value: str) -> list[str]:
    full = f"litwatch_night_{name}"
    return [f"# HELP {full} {_HELP[name]}", f"# TYPE {full} gauge", f"{full}{value}"]


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
