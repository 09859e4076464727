"""What ``litwatch standin`` and its subcommands do: serve records, write bulk files, list what there is."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final

from litwatch.model.errors import OutputFailed, SettingsError
from litwatch.standin import demonstration
from litwatch.standin.bulk_files import PER_FILE, BulkFile, write_bulk_files
from litwatch.standin.cheap_records import records_beside
from litwatch.standin.chronicle import tell
from litwatch.standin.corpus import Corpus
from litwatch.standin.corpus_files import read_corpus, read_revisions
from litwatch.standin.faults import FAULTS
from litwatch.standin.faults import faults_as_json as faults_as_json  # noqa: PLC0414 - the command line's
from litwatch.standin.feed_routes import SOURCES
from litwatch.standin.life import Revision, in_order
from litwatch.standin.pace import WITHOUT_KEY
from litwatch.standin.scenario import EXAMPLES, read_scenario_file
from litwatch.standin.server import StandIn, Utility

EXAMPLE_NAMES: Final = tuple(sorted(path.stem for path in EXAMPLES.glob("*.yaml")))
"""The scenarios that come with litwatch."""
_NOTICEABLE: Final = 5_000
"""Records whose indexing takes a second or so: the caller is told that it is under way."""


def gather(paths: Sequence[Path], *, invent: int = 0, seed: int = 0, last_day: date) -> Iterator[Revision]:
    """Yield the revisions of these files and folders, or of the demonstration where there are none, and more.

    ``invent`` adds that many cheap records of the twenty days up to ``last_day``, one at a time.
    Raises SettingsError and ScenarioErrors as ``read_revisions`` does.
    """
    own = read_revisions(paths) if paths else demonstration.revisions()
    taken = {revision.pmid for revision in own}
    return chain(own, records_beside(taken, invent, seed=seed, last_day=last_day))


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
    progress: Callable[[str], None] | None = None,
    until: threading.Event | None = None,
) -> None:
    """Serve a corpus, or the files and folders of one, until ``until`` is set or an interrupt comes.

    ``today`` is the stand-in's day; ``faults`` as ``--faults`` takes them (``default``, ``none`` or specifications).
    Every record is indexed at the start; ``progress`` gets a line first where that takes more than a moment.
    ``say`` gets one line when it is ready and one when it stops. Raises SettingsError for unreadable files, unknown
    faults, a port that is taken and addresses beyond loopback without ``anywhere``.
    """
    records = corpus if isinstance(corpus, Corpus) else read_corpus(corpus)
    standin = StandIn(
        records, today=today, faults=faults, seed=seed, rate=rate,
        keys=keys, strict=strict, routes=routes, host=host, port=port, anywhere=anywhere,
    )  # fmt: skip
    try:
        standin.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} is taken; choose another with --port (0 takes a free one)") from error
        raise SettingsError(f"cannot listen on {host}, port {port}: {error}; port 0 takes a free one") from error
    stop = until or threading.Event()
    view = records.at(today)
    try:
        if progress is not None and len(view) > _NOTICEABLE:
            progress(f"Indexing {len(view)} records; 200000 take half a minute on a free machine.")
        view.prepare()
        day = f"{today.isoformat()}{_later(records, today)}"
        say(f"PubMed stand-in: {len(view)} records on {day}, at {standin.base}")
        while not stop.wait(3600):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        standin.stop()
    say(f"Stopped after {len(standin.journal)} requests.")


def _later(records: Corpus, today: date) -> str:
    """Where nothing is to be seen yet: when it will be."""
    if len(records.at(today)):
        return ""
    first = next((day for day in records.change_days if day > today), None)
    return f" (the first comes on {first.isoformat()})" if first else ""


def write_bulk(
    revisions: Sequence[Revision], folder: Path, *, baseline: date | None, until: date, per_file: int = PER_FILE
) -> tuple[BulkFile, ...]:
    """Write NLM's baseline and update files up to ``until`` into a folder that holds none yet.

    Without ``baseline`` it is the last 15 December before ``until``: NLM's baseline appears in December.
    Raises SettingsError where there is nothing to write or files of an earlier time, OutputFailed where it cannot.
    """
    if any(folder.glob("pubmed*.xml.gz")):
        raise SettingsError(f"{folder}: holds bulk files already; name an empty folder, or a loader would mix the two")
    day = baseline or date(until.year - (until <= date(until.year, 12, 15)), 12, 15)
    if day > until:
        raise SettingsError(f"the baseline's day, {day.isoformat()}, lies after the last day, {until.isoformat()}")
    try:
        files = write_bulk_files(in_order(revisions), folder, baseline=day, until=until, per_file=per_file)
    except OSError as error:
        raise OutputFailed(f"{folder}: bulk files could not be written: {error}") from error
    if not files:
        raise SettingsError(f"no record is visible up to {until.isoformat()}; choose a later day (--until)")
    return files


def tell_scenario(path: Path) -> str:
    """Each record of a scenario file with its days, as ``litwatch standin scenario`` prints it.

    Raises ScenarioErrors with all mistakes, and OSError.
    """
    lines = []
    for life in tell(read_scenario_file(path)):
        lines += ["", f"{life.pmid}  {life.title}", *(f"  {day.isoformat()}  {news}" for day, news in life.days)]
    return "\n".join(lines[1:])


def example_scenario(name: str) -> str:
    """The text of a scenario that comes with litwatch; ``name`` is one of ``EXAMPLE_NAMES``."""
    return (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")


def list_faults() -> str:
    """Every fault, one line each, by kind: what ``litwatch standin faults`` prints."""
    width = max(map(len, FAULTS))
    lines = []
    for fault in FAULTS.values():
        mark = "*" if fault.passing else " "
        lines.append(f"{mark} {fault.name:<{width}}  {fault.kind:<9}  {fault.says}")
    lines.append("* belongs to the five in a hundred that --faults default spoils")
    return "\n".join(lines)
