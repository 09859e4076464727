"""What ``litwatch bulk load`` costs in any checkout, and what reading its file alone costs.

``python -P bench/counted_load.py FIGURES.json FILES [QUERIES STORE]`` with PYTHONPATH naming a checkout's src: with a
folder of topic files it loads the bulk files of FILES into a new store, which is made before; without one it reads
them alone. It writes the processor's seconds, the peak memory and how many records a strategy found (or were read).
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if find_spec("litwatch.night"):
    BULK, LOAD, SETTINGS = "litwatch.sources.bulk_files", "litwatch.night.bulk_load", "litwatch.config.settings"
else:  # before the house was reordered
    BULK, LOAD, SETTINGS = "litwatch.bulk", "litwatch.pipeline.load", "litwatch.settings"


def peak_memory() -> float:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def read_alone(files: Path) -> int:
    bulk: Any = import_module(BULK)
    (file,) = files.glob("*.xml.gz")
    name = bulk.BulkName(int(f"20{file.name[6:8]}"), int(file.name[9:13]))
    with file.open("rb") as stream:
        return sum(len(batch.records) for batch in bulk.read_batches(stream, name))


def load(files: Path, queries: Path, store: Path) -> int:
    summary = import_module(LOAD).load_bulk(import_module(SETTINGS).Settings(queries=queries, store=store), str(files))
    if summary.failure:
        sys.exit(summary.failure)
    return int(summary.counts.matched)


def main(figures: Path, files: Path, *site: Path) -> None:
    import_module(LOAD)
    if site:
        import_module("litwatch.store").Store(site[1]).migrate()
    begun = time.process_time()
    records = load(files, *site) if site else read_alone(files)
    seconds = time.process_time() - begun
    figures.write_text(json.dumps({"seconds": seconds, "records": records, "peak_mb": peak_memory()}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
