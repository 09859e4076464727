"""What ``litwatch standin`` does: read a corpus, listen, say where, and stay until interrupted; and the list of faults.

This module refuses to parse a command line: the caller hands over plain values.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from litwatch.standin.corpus import Corpus
from litwatch.standin.corpus_files import read_corpus
from litwatch.standin.faults import FAULTS
from litwatch.standin.feed_routes import SOURCES
from litwatch.standin.pace import WITHOUT_KEY
from litwatch.standin.server import StandIn, Utility


def serve(
    corpus: Corpus | Sequence[Path],
    *,
    today: date,
    port: int = 0,
    host: str = "127.0.0.1",
    anywhere: bool = False,
    faults: Collection[str] = ("default",),
    seed: int = 0,
    rate: int | None = WITHOUT_KEY,
    strict: bool = False,
    keys: Collection[str] | None = None,
    routes: Mapping[str, Utility] = SOURCES,
    say: Callable[[str], None] = print,
    until: threading.Event | None = None,
) -> None:
    """Serve a corpus, or the files and folders of one, until ``until`` is set or an interrupt comes.

    ``today`` is the stand-in's day; ``faults`` as ``--faults`` takes them (``default``, ``none`` or specifications).
    ``say`` gets one line when it listens and one when it stops. Raises SettingsError for unreadable files, unknown
    faults and addresses beyond loopback without ``anywhere``; OSError where the port is taken.
    """
    records = corpus if isinstance(corpus, Corpus) else read_corpus(corpus)
    standin = StandIn(
        records, today=today, faults=faults, seed=seed, rate=rate, rate_with_key=None if rate is None else 10,
        keys=keys, strict=strict, routes=routes, host=host, port=port, anywhere=anywhere,
    )  # fmt: skip
    stop = until or threading.Event()
    with standin:
        say(f"PubMed stand-in: {len(records.at(today))} records on {today.isoformat()}, at {standin.base}")
        try:
            while not stop.wait(3600):
                pass
        except KeyboardInterrupt:
            pass
    say(f"Stopped after {len(standin.journal)} requests.")


def list_faults() -> str:
    """Every fault, one line each, by kind: what ``litwatch standin faults`` prints."""
    width = max(map(len, FAULTS))
    lines = []
    for fault in FAULTS.values():
        mark = "*" if fault.passing else " "
        lines.append(f"{mark} {fault.name:<{width}}  {fault.kind:<9}  {fault.says}")
    lines.append("* belongs to the five in a hundred that --faults default spoils")
    return "\n".join(lines)
