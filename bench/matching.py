"""Many records against many strategies: litwatch's percolator beside tantivy, on the same texts and strategies.

``python -m bench.matching [--records 30000] [--strategies 1000 10000] [--nightly FILE.csv.gz] [--rounds 3]`` prints
processor seconds and peak memory, the best of the rounds, each in a process of its own, in turn. Tantivy (Rust, the
engine behind many search services) takes part where ``tantivy`` can be imported: ``make bench-matching`` installs it
apart. It is used as a person would who writes it by hand: an index with one field for each set of fields that the
strategies search, then one query for each strategy, of which only the number of hits is asked. Making the normalised
texts costs it nothing here, because litwatch's evaluator made them; litwatch reads the records themselves.

Titles and abstracts are those of a living review's file (``bench.replay`` says what is in it), each once as far as
they go; without it they are made of invented words. Headings, publication types and dates are invented. A strategy has
about eleven terms: exploded headings, phrases and words that some text holds, truncated words, truncated words in
phrases, proximity, types, dates, NOT; every tenth carries a published filter of 40 terms. How many strategies find
the same number of records by both is printed. They differ only by proximity, for which tantivy has the slop of a
phrase: words in the other order count as farther apart, and of a repeated word one will do.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import pickle
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.bulk import peak_memory
from bench.replay import read_nights

from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, MeshHeading, PublicationType, Record, blank_record
from litwatch.strategy import parse, translate
from litwatch.strategy.characters import WILDCARD, value_pattern
from litwatch.strategy.expression import Operator
from litwatch.strategy.mesh_tree import MESH_IN_USE, PUBLICATION_TYPES
from litwatch.strategy.percolator import Percolator
from litwatch.strategy.plan import Days, Near, Nothing, Plan, Steps, ValuePattern, Values, Words
from litwatch.strategy.published_filters import PUBLISHED
from litwatch.strategy.searchable import days_of, text_of, values_of

TODAY = date(2026, 11, 22)
FIRST_DAY = date(2025, 11, 22)
SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
HEADINGS, TYPES = MESH_IN_USE.descriptors, PUBLICATION_TYPES.descriptors


def make_records(count: int, nightly: Path | None) -> Iterator[Record]:
    """Records with real or invented texts and invented indexing, the same ones each time."""
    draw = random.Random(15)
    papers = cycle(read_nights(nightly).records) if nightly else invented_papers(draw)
    for number, paper in enumerate(islice(papers, count), 1):
        headings = draw.sample(HEADINGS, 8)
        day = FIRST_DAY + timedelta(days=draw.randrange(365))
        yield replace(
            paper,
            pmid=Pmid(99_000_000 + number),
            mesh=tuple(MeshHeading(one.ui, one.label, major=place < 2) for place, one in enumerate(headings)),
            publication_types=tuple(PublicationType(one.ui, one.label) for one in draw.sample(TYPES, 2)),
            entered=day,
            created=day,
        )


def invented_papers(draw: random.Random) -> Iterator[Record]:
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 4))) for _ in range(30_000)]
    weights = [1 / place for place in range(1, len(words) + 1)]
    while True:
        text = " ".join(draw.choices(words, weights, k=230))
        paper = blank_record(Pmid(1), text[:100], status="MEDLINE")
        yield replace(paper, abstract=(AbstractPart(None, None, text[100:]),))


def make_strategies(count: int, records: Sequence[Record]) -> list[str]:
    """Strategies whose words stand in some record's text."""
    draw = random.Random(10_000)
    return [make_strategy(number, draw, records) for number in range(count)]


def make_strategy(number: int, draw: random.Random, records: Sequence[Record]) -> str:
    text = [word for word in text_of(draw.choice(records), "ab").split() if word.isalpha()] or ["sleep"] * 9

    def run(length: int) -> list[str]:
        place = draw.randrange(max(1, len(text) - length))
        return text[place : place + length]

    def stem() -> str:
        return draw.choice([word for word in text if len(word) > 6] or ["sleeping"])[:6]

    content = [word for word in text if len(word) > 4] or ["sleep", "sleep"]
    near = draw.randrange(max(1, len(content) - 1))
    first, second = draw.choice(HEADINGS).label, draw.choice(HEADINGS).label
    day = FIRST_DAY + timedelta(days=draw.randrange(300))
    parts = [
        f'"{first}"[mh]', f'"{" ".join(run(2))}"[tiab]', f"{stem()}{WILDCARD}[tiab]", f'"{" ".join(run(3))}"[tiab]',
    ]  # fmt: skip
    others = [
        f'"{second}"[mh]', f"{draw.choice(content)}[ti]",
        f'"{" ".join(content[near : near + 2])}"[tiab:~{draw.randint(2, 5)}]',
        f'"{run(1)[0]} {stem()}{WILDCARD}"[tiab]', f"{draw.choice(TYPES).label.lower()}[pt]",
    ]  # fmt: skip
    strategy = f"({' OR '.join(parts)}) AND ({' OR '.join(others)})"
    if number % 3 == 0:
        strategy += " NOT (animals[mh] NOT humans[mh])"
    if number % 5 == 0:
        strategy += f" AND {day:%Y/%m/%d}:2026[edat]"
    if number % 10 == 0:
        strategy += f" AND ({PUBLISHED['etiology/broad']})"
    return strategy


def percolate(records: Sequence[Record], strategies: Sequence[str], size: int) -> tuple[list[float], list[int]]:
    """Processor seconds for reading the strategies and for matching; how many records each strategy finds."""
    begun = time.process_time()
    percolator = Percolator(translate(parse(text), today=TODAY).plan for text in strategies)
    ready = time.process_time()
    found = [0] * len(strategies)
    for first in range(0, len(records), size):
        for number, bits in enumerate(percolator.match(records[first : first + size]).sets):
            found[number] += bits.bit_count()
    return [ready - begun, time.process_time() - ready], found


class ByHand:
    """The same with tantivy, as one would write it for these strategies."""

    def __init__(self, plans: Sequence[Plan], records: Sequence[Record]) -> None:
        self.tantivy: Any = __import__("tantivy")
        leaves = {leaf for plan in plans for leaf in leaves_of(plan)}
        self.words = {one.sections for one in leaves if isinstance(one, Words | Near)}
        self.values = {one.section for one in leaves if isinstance(one, Values | ValuePattern)}
        self.days = {one.field for one in leaves if isinstance(one, Days)}
        schema = self.tantivy.SchemaBuilder()
        for sections in self.words:
            schema.add_text_field("_".join(sections), tokenizer_name="whitespace", index_option="position")
        for section in self.values:
            schema.add_text_field(f"v_{section}", tokenizer_name="raw", index_option="basic")
        for field in self.days:
            schema.add_integer_field(f"d_{field}", indexed=True)
        self.schema = schema.build()
        self.known = {
            section: {value for record in records for value in values_of(record, section)} for section in self.values
        }
        self.rows = [
            {
                **{"_".join(sections): " | ".join(filter(None, (text_of(one, each).strip() for each in sections)))
                   for sections in self.words},
                **{f"v_{section}": [*values_of(one, section)] for section in self.values},
                **{f"d_{field}": [day.toordinal() for day in days_of(one, field)] for field in self.days},
            }
            for one in records
        ]  # fmt: skip

    def run(self, plans: Sequence[Plan]) -> tuple[list[float], list[int]]:
        """Processor seconds for the index, the queries and the search; how many records each strategy finds."""
        t0 = time.process_time()
        index = self.tantivy.Index(self.schema)
        writer = index.writer(heap_size=512_000_000, num_threads=1)
        for row in self.rows:
            writer.add_document(self.tantivy.Document.from_dict(row, self.schema))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        t1 = time.process_time()
        queries = [self.query(plan) for plan in plans]
        t2 = time.process_time()
        searcher = index.searcher()
        found = [searcher.search(query, limit=1, count=True).count for query in queries]
        return [t1 - t0, t2 - t1, time.process_time() - t2], found

    def query(self, plan: Plan) -> Any:
        query, occur = self.tantivy.Query, self.tantivy.Occur
        match plan:
            case Words():
                return self.phrase("_".join(plan.sections), plan.words.split(" "))
            case Near():
                field, words = "_".join(plan.sections), list(plan.words)
                return query.phrase_query(self.schema, field, words, slop=plan.distance) if words[1:] else self.phrase(
                    field, words
                )  # fmt: skip
            case Values():
                return query.term_set_query(self.schema, f"v_{plan.section}", sorted(plan.values))
            case ValuePattern():
                covered = [one for one in self.known[plan.section] if value_pattern(plan.pattern).fullmatch(one)]
                return query.term_set_query(self.schema, f"v_{plan.section}", covered)
            case Days():
                kind = self.tantivy.FieldType.Integer
                first, last = plan.first.toordinal(), plan.last.toordinal()
                return query.range_query(self.schema, f"d_{plan.field}", kind, first, last)
            case Nothing():
                return query.empty_query()
            case Steps():
                so_far = self.query(plan.first)
                groups: list[tuple[Operator, list[Any]]] = []
                for operator, operand in plan.rest:
                    if groups and groups[-1][0] is operator:
                        groups[-1][1].append(self.query(operand))
                    else:
                        groups.append((operator, [self.query(operand)]))
                how = {Operator.AND: occur.Must, Operator.OR: occur.Should, Operator.NOT: occur.MustNot}
                for operator, operands in groups:
                    mine = occur.Should if operator is Operator.OR else occur.Must
                    so_far = query.boolean_query([(mine, so_far), *((how[operator], one) for one in operands)])
                return so_far
            case _:
                raise ValueError(f"no strategy of this bench has {plan}")

    def phrase(self, field: str, words: list[str]) -> Any:
        query = self.tantivy.Query
        if not any(WILDCARD in word for word in words):
            whole = query.term_query if len(words) == 1 else query.phrase_query
            return whole(self.schema, field, words[0] if len(words) == 1 else words)
        forms = [word.replace(WILDCARD, ".+" if word == WILDCARD else ".*") for word in words]
        if len(words) == 1:
            return query.regex_query(self.schema, field, forms[0])
        return query.regex_phrase_query(self.schema, field, forms)


def leaves_of(plan: Plan) -> Iterator[Plan]:
    if isinstance(plan, Steps):
        for one in (plan.first, *(operand for _, operand in plan.rest)):
            yield from leaves_of(one)
    else:
        yield plan


def work(scene: str, folder: Path, count: int, size: int) -> None:
    """Do one thing in this process; print peak memory, then seconds, then what each strategy finds."""
    records, strategies = pickle.loads((folder / "given").read_bytes())
    if scene == "litwatch":
        seconds, found = percolate(records, strategies[:count], size)
    else:
        plans = [translate(parse(text), today=TODAY).plan for text in strategies[:count]]
        by_hand = ByHand(plans, records)
        del records
        seconds, found = by_hand.run(plans)
    print(f"{peak_memory():.0f}", *(f"{one:.2f}" for one in seconds))
    print(*found)


def measure(
    count: int, strategies: Iterable[int], nightly: Path | None, *, rounds: int, size: int, folder: Path
) -> Iterator[str]:
    """The lines of the table."""
    records = list(make_records(count, nightly))
    texts = make_strategies(max(strategies), records)
    (folder / "given").write_bytes(pickle.dumps((records, texts)))
    scenes = ["litwatch"] + ["tantivy"] * bool(importlib.util.find_spec("tantivy"))
    texts_are = "a living review" if nightly else "invented words"
    yield f"{count:,} records of {texts_are}; processor seconds, best of {rounds}"
    for number in strategies:
        best: dict[str, list[float]] = {}
        found: dict[str, list[str]] = {}
        for _ in range(rounds):
            for scene in scenes:
                given = ["--scene", scene, "--folder", str(folder), "--strategies", str(number), "--batch", str(size)]
                done = subprocess.run(
                    [sys.executable, "-m", "bench.matching", *given], capture_output=True, text=True, check=True
                )
                figures, hits = done.stdout.splitlines()
                run = [float(one) for one in figures.split()]
                if scene not in best or sum(run[1:]) < sum(best[scene][1:]):
                    best[scene] = run
                found[scene] = hits.split()
        for scene, (peak, *seconds) in best.items():
            parts = " + ".join(f"{one:.2f}" for one in seconds)
            steps = "read the strategies + match" if scene == "litwatch" else "index + queries + search"
            yield f"{number:>7,} strategies  {scene:9}{sum(seconds):8.2f} s = {parts} ({steps}), {peak:,.0f} MB"
        if len(best) > 1:
            own, other = (sum(best[scene][1:]) for scene in scenes)
            same = sum(one == two for one, two in zip(*found.values(), strict=True))
            yield f"{'':20}{own / other:.2f} of tantivy's time; {same:,} strategies find as many records by both"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--strategies", type=int, nargs="+", default=[1_000, 10_000])
    shared = Path(os.environ.get("LITWATCH_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    reviews = sorted((shared / "data" / "nightly").glob("*.csv.gz"))
    parser.add_argument(
        "--nightly", type=Path, default=next(iter(reviews), None),
        help="a living review's records, as bench.replay reads them",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=2_000, help="records that are matched together")
    parser.add_argument("--scene", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.scene:
        work(asked.scene, asked.folder, asked.strategies[0], asked.batch)
    else:
        with tempfile.TemporaryDirectory() as made:
            for line in measure(
                asked.records, asked.strategies, asked.nightly, rounds=asked.rounds, size=asked.batch, folder=Path(made)
            ):
                print(line, flush=True)
