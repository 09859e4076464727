"""What reading PubMed's XML cannot do without, beside what litwatch and the fast readers in C and Go take in all.

``python -m bench.parse_floor [--records 2000] [--rounds 5]`` prints processor seconds of each step on the same gzipped
files, in turn in each round, the best of the rounds. Each step does nothing but what it is called:

- unpack: gzip alone, by ISA-L, as litwatch does it. Every other step but "objects" holds it as well.
- tags by expat, tags by libxml2: finding each tag, attribute and text in C and throwing it away; no handler, no tree.
- one pattern: cutting the file into records and litwatch's pattern for a whole one, its groups unread.
- objects: the same Records made once more from parts that are known: each text decoded, each dataclass and tuple
  filled. What Records share (headings, types, days) is not made again.
- litwatch: everything. What it adds to "one pattern" and "objects" is taking the lists apart, and checking and
  cleaning each field.

``--instructions`` counts instructions of the same steps in place of seconds, with callgrind (Debian: valgrind): other
work on the machine does not change them. It takes minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from xml.parsers import expat

from bench.parse import count_records, invent_records, real_records, save
from bench.parse_fast import XTRACT, XTRACT_LIKE, by_xtract, read
from lxml import etree

from litwatch.model.record import AbstractPart, Author, Journal, Notice, Record
from litwatch.sources.pubmed_xml import grammar, iterate_article_set, unpack
from litwatch.sources.pubmed_xml.record_cutter import Slice, chunks_of, cut_records
from litwatch.sources.pubmed_xml.usual_form import Irregular, take_references


def chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as packed:
        yield from chunks_of(unpack(packed))


def unpack_alone(file: Path) -> None:
    for _ in chunks(file):
        pass


def tags_by_expat(file: Path) -> None:
    parser = expat.ParserCreate()
    for chunk in chunks(file):
        parser.Parse(chunk, False)  # expat takes it by place
    parser.Parse(b"", True)


class Deaf:
    """What libxml2's events are told to: it has no method for any of them but the end."""

    def close(self) -> None:
        """Nothing was kept."""


def tags_by_libxml2(file: Path) -> None:
    parser = etree.XMLParser(target=Deaf(), resolve_entities=False, huge_tree=True)
    for chunk in chunks(file):
        parser.feed(chunk)
    parser.close()


def one_pattern(file: Path) -> None:
    for piece in cut_records(chunks(file)):
        if isinstance(piece, Slice):
            try:
                head = take_references(piece.data)[0].decode()
            except Irregular:
                continue
            grammar.ARTICLE.fullmatch(head)


Parts = tuple[list[bytes], list[tuple[type, list[list[Any]]]], list[Any]]
"""Of one record: its texts, the arguments of the dataclasses in it that no other record has, and its own."""


def take_apart(file: Path) -> list[Parts]:
    """What ``make_objects`` makes Records of."""
    with file.open("rb") as packed:
        records = [one for one in iterate_article_set(unpack(packed)) if isinstance(one, Record)]
    return [parts_of(record) for record in records]


def parts_of(record: Record) -> Parts:
    texts: list[bytes] = []
    inner: list[tuple[type, list[list[Any]]]] = []

    def arguments(made: Any) -> list[Any]:
        values = [getattr(made, field.name) for field in fields(made)]
        texts.extend(
            text.encode()
            for value in values
            for text in (value if isinstance(value, tuple) else (value,))
            if type(text) is str
        )
        return values

    for kind, several in (
        (Author, record.authors),
        (AbstractPart, record.abstract),
        (Notice, record.notices),
        (Journal, (record.journal,)),
    ):
        inner.append((kind, [arguments(one) for one in several]))
    return texts, inner, arguments(record)


def make_objects(prepared: Sequence[Parts]) -> None:
    for texts, inner, own in prepared:
        for text in texts:
            text.decode()
        for kind, several in inner:
            tuple([kind(*arguments) for arguments in several])
        Record(*own)


OBJECTS, C_READER = "objects", "pubmedparser2 (C), like fields"
STEPS: dict[str, Callable[[Path], object]] = {
    "unpack": unpack_alone,
    "tags by expat": tags_by_expat,
    "tags by libxml2": tags_by_libxml2,
    "one pattern": one_pattern,
    "litwatch": count_records,
    C_READER: lambda file: read("pubmedparser2, like fields", file, 0),
}


def prepare(step: str, file: Path) -> Callable[[], object]:
    """The step, ready to be done."""
    if step == OBJECTS:
        prepared = take_apart(file)
        return lambda: make_objects(prepared)
    return lambda: STEPS[step](file)


def seconds_of(step: str, file: Path) -> float:
    run = prepare(step, file)
    begun = time.process_time()
    run()
    return time.process_time() - begun


def instructions_of(step: str, file: Path) -> float:
    """Millions of instructions: with the step done three times less those with it done once, by half."""
    counted = []
    for times in (1, 3):
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable,
                   "-m", "bench.parse_floor", "--step", step, "--file", str(file), "--times", str(times)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
        if found is None:
            raise SystemExit(done.stderr[-400:])
        counted.append(int(found[1]))
    return (counted[1] - counted[0]) / 2 / 1e6


def measure(name: str, records: Sequence[bytes], count: int, rounds: int, folder: Path, *, by_step: bool) -> None:
    size = save(islice(cycle(records), count), file := folder / f"{name}.xml.gz")
    steps: dict[str, Callable[[], float]] = {
        step: lambda step=step: (instructions_of if by_step else seconds_of)(step, file)  # type: ignore[misc]
        for step in (*STEPS, OBJECTS)
    }
    if not by_step and shutil.which("xtract"):
        steps["xtract (Go), like fields"] = lambda: by_xtract([*XTRACT, *XTRACT_LIKE], file)
    best: dict[str, float] = {}
    for _ in range(1 if by_step else rounds):
        for step, run in steps.items():
            try:
                best[step] = min(best.get(step, float("inf")), run())
            except (RuntimeError, ImportError, subprocess.CalledProcessError) as error:
                print(f"{step}: {error}", file=sys.stderr)
    print(f"\n{count:,} {name} records, {size / count * 1000:.1f} kB each")
    for step, cost in best.items():
        each = f"{cost * 1e3 / count:8.0f} thousand instructions" if by_step else f"{cost * 1e6 / count:8.0f} µs"
        print(f"{step:<32}{each} a record, {cost / best['litwatch']:5.2f} of litwatch's")


def main() -> None:
    beside = Path(os.environ.get("LITWATCH_SHARED", Path(__file__).parent.parent.parent / "shared"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--real", type=Path, default=beside / "data" / "pubmed_xml", help="a folder of PubMed XML")
    parser.add_argument("--instructions", action="store_true", help="count instructions, with callgrind")
    parser.add_argument("--step", choices=(*STEPS, OBJECTS), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--times", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        run = prepare(given.step, given.file)
        for _ in range(given.times):
            run()
        return
    with tempfile.TemporaryDirectory() as folder:
        sets = {"invented": invent_records(given.records)}
        if given.real.is_dir() and (found := real_records(given.real)):
            sets["real"] = found
        for name, records in sets.items():
            measure(name, records, given.records, given.rounds, Path(folder), by_step=given.instructions)


if __name__ == "__main__":
    main()
