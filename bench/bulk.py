"""What loading a bulk file costs: reading alone, keeping every record, keeping what is watched; time and memory.

``python -m bench.bulk [--records 30000] [--xml FOLDER] [--rounds 2]`` writes one file of invented records (about 2 kB
each: NLM's are larger, so that reading weighs more there), or of the records of real EFetch answers repeated, and
loads it in processes of its own, each thing in turn for some rounds, of which the best counts: by the processor, and
by the clock, which holds the machine's other load as well. It compares no results; the tests do that.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from bench.parse import real_records

from litwatch.config.settings import Settings
from litwatch.night.bulk_load import load_bulk
from litwatch.sources.bulk_files import BulkName, read_batches
from litwatch.standin.bulk_files import write_bulk_files
from litwatch.standin.cheap_records import cheap_records
from litwatch.standin.life import Revision
from litwatch.store import Store
from litwatch.strategy.published_filters import PUBLISHED

DAY = date(2026, 11, 21)
ARTICLE = """# Causes

Short sleep lowers insulin sensitivity [1].

## References

1. Demonstration study. Demonstration Journal. 2026. PMID: 99100007
"""
MATCHING = '"Insulin Resistance"[mh] OR "insulin resistance"[tiab]'
ELSEWHERE = ("psoriasis[tiab] AND biologic*[tiab]", "(migraine OR headache) AND (triptan OR ditan)", "cystic fibrosis")


def make_site(folder: Path, strategies: tuple[str, ...]) -> Settings:
    """An installation whose topics have these strategies."""
    (folder / "queries").mkdir()
    for number, strategy in enumerate(strategies):
        (folder / "queries" / f"t{number}.md").write_text(ARTICLE)
        (folder / "queries" / f"t{number}.yaml").write_text(f"article: t{number}.md\nstrategy: >-\n  {strategy}\n")
    return Settings(queries=folder / "queries", store=folder / "litwatch.duckdb")


STRATEGIES: dict[str, tuple[str, ...]] = {
    "keep all": (MATCHING,),
    "keep all again": (MATCHING,),
    "watch one topic that finds all": (MATCHING,),
    "watch three topics that find none": ELSEWHERE,
    "watch six topics with published filters": tuple(
        f"({strategy}) AND ({PUBLISHED[name]})"
        for strategy in ELSEWHERE
        for name in ("therapy/broad", "etiology/broad")
    ),
}


def work(scene: str, folder: Path) -> None:
    """Do one thing in this process; print seconds, the processor's seconds, records and peak memory in MB."""
    begun = time.perf_counter(), time.process_time()
    if scene == "read alone":
        with (folder / str(BulkName(2026, 1))).open("rb") as stream:
            records = sum(len(batch.records) for batch in read_batches(stream, BulkName(2026, 1)))
    else:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            settings = make_site(Path(place), STRATEGIES[scene])
            Store(settings.store).migrate()  # an update file comes to a store that is there
            everything = scene.startswith("keep")
            if scene.endswith("again"):
                load_bulk(settings, str(folder), everything=True, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC))
                forget_file(settings)
            begun = time.perf_counter(), time.process_time()
            records = load_bulk(settings, str(folder), everything=everything).counts.records
    print(
        time.perf_counter() - begun[0],
        time.process_time() - begun[1],
        records,
        peak_memory(),
    )


def peak_memory() -> float:
    """This process's largest memory in MB; getrusage would begin with that of the process that started this one."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def forget_file(settings: Settings) -> None:
    """Make the store read the same records once more, as an update without a change brings them."""
    with Store(settings.store)._writing() as con:
        con.execute("DELETE FROM bulk_file")


def repeat(folder: Path, count: int) -> Iterator[Revision]:
    """The records of a folder of EFetch answers over and over, each time with a PMID of its own."""
    slices = real_records(folder)
    for number in range(count):
        pmid = b'<PMID Version="1">%d</PMID>' % (99_100_001 + number)
        xml = re.sub(rb"<PMID[^>]*>\d+</PMID>", pmid, slices[number % len(slices)], count=1)
        yield Revision(DAY, 99_100_001 + number, xml)


def measure(count: int, folder: Path, answers: Path | None, rounds: int) -> None:
    revisions = list(repeat(answers, count) if answers else cheap_records(count))
    (file,) = write_bulk_files(revisions, folder, baseline=DAY, until=DAY)
    del revisions
    print(f"{count:,} records, {file.path.stat().st_size / 1e6:.1f} MB packed; in brackets: by reading alone")
    print(f"{'':41}{'processor s':>13}{'clock s':>15}{'records/s':>12}{'peak MB':>9}")
    scenes = ("read alone", *STRATEGIES)
    runs: dict[str, list[tuple[float, ...]]] = {scene: [] for scene in scenes}
    for _ in range(rounds):
        for scene in scenes:
            done = subprocess.run(
                [sys.executable, "-m", "bench.bulk", "--scene", scene, "--folder", str(folder)],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            runs[scene].append(tuple(map(float, done.stdout.split())))
    alone = [min(figures) for figures in zip(*runs["read alone"], strict=True)]
    for scene, done_runs in runs.items():
        took, worked, records, peak = (min(figures) for figures in zip(*done_runs, strict=True))
        print(
            f"{scene:41}{worked:6.2f} ({worked / alone[1]:4.2f}){took:8.2f} ({took / alone[0]:4.2f})"
            f"{records / took:12,.0f}{peak:9.0f}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--xml", type=Path, help="a folder of EFetch answers whose records are repeated")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--scene", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.scene:
        work(given.scene, given.folder)
    else:
        with tempfile.TemporaryDirectory() as made:
            measure(given.records, Path(made), given.xml, given.rounds)
