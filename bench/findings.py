"""How often the quoted result, the facts of a study and "bears on sentence N" are right: ``make bench-findings``.

    python -m bench.findings SHARED

SHARED is the reference material with the abstracts; ``bench/stated_labels`` holds what was labelled in them by hand
(its README.md says how). Prints how far two labellings agree, then precision and recall with their counts.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from litwatch.articles.article_reader import read_article
from litwatch.articles.sentences import sentence_spans
from litwatch.decisions.result_passage import NoResult, find_result
from litwatch.decisions.sentences_touched import Bearings, Span
from litwatch.decisions.stated_facts import find_facts
from litwatch.model.errors import LitwatchError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, Record, blank_record
from litwatch.sources.pubmed_xml import parse_article_set

LABELS = Path(__file__).parent / "stated_labels"
KINDS = ("design", "number", "population", "comparison", "primary outcome", "effect")
WHOLE, HALF = 0.8, 0.5
"""A result is right if so much of it lies in labelled sentences; a fact if so much of the shorter overlaps."""
TOPICS = {
    "ace-inhibitors": "cohen_ACEInhibitors",
    "overactive-bladder": "cohen_UrinaryIncontinence",
    "biosimilars": "synergy_Meijboom_2021",
    "oral-hypoglycaemics": "cohen_OralHypoglycemics",
}
EXAMPLE = "seed/what-are-the-causes-of-insulin-resistance.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    shared: Path = parser.parse_args().shared
    labelled = read_labels("abstracts.jsonl")
    records = {hash_of(record.abstract_text): record for record in read_records(shared, labelled)}
    missing = [label["pmid"] for label in labelled if label["sha256"] not in records]
    print(f"{len(labelled)} labelled abstracts, {len(missing)} of them not found or changed since: {missing}")
    show_agreement(labelled, records)
    parts = defaultdict(list)
    for label in labelled:
        if label["sha256"] in records:
            parts[label["part"]].append((label, records[label["sha256"]]))
    for part in ("development", "opened", "final"):
        show_results(part, parts[part])
    for part in ("development", "opened", "final"):
        show_facts(part, parts[part])
    for part in ("development", "final"):
        show_pairs(part, shared)


def read_labels(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (LABELS / name).read_text().splitlines()]


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_records(shared: Path, labelled: Iterable[dict[str, Any]]) -> Iterator[Record]:
    """The records that the labels name, from wherever their abstracts were taken."""
    wanted = {str(label["pmid"]) for label in labelled}
    for name in ("background/background_pubmed.csv.gz", "example_article/insulin_resistance_abstracts.csv.gz"):
        yield from (make_record(row) for row in read_csv(shared / "data" / name) if row["pmid"] in wanted)
    for file in sorted((shared / "data/pubmed_xml").glob("*/*.xml*")):
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        try:
            found = parse_article_set(data).records
        except LitwatchError:
            continue
        yield from (record for record in found if str(record.pmid) in wanted)


def read_csv(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt") as lines:
        return list(csv.DictReader(lines))


def make_record(row: dict[str, Any]) -> Record:
    record = blank_record(Pmid(int(row["pmid"])), row["title"], status="MEDLINE")
    return replace(record, abstract=(AbstractPart(None, None, row["abstract"]),) if row["abstract"] else ())


def sentences_of(record: Record) -> list[Span]:
    return [
        (record.abstract_offset(place) + start, record.abstract_offset(place) + end)
        for place, part in enumerate(record.abstract)
        for start, end in sentence_spans(part.text)
    ]


def overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def is_right(fact: Span, labels: Iterable[Span]) -> bool:
    return any(overlap(fact, each) >= HALF * min(fact[1] - fact[0], each[1] - each[0]) for each in labels)


def rate(right: int, whole: int) -> str:
    return f"{right / whole:.3f} ({right} of {whole})" if whole else "- (none)"


def show_agreement(labelled: list[dict[str, Any]], records: dict[str, Record]) -> None:
    first = {label["sha256"]: label for label in labelled}
    table: Counter[tuple[bool, bool]] = Counter()
    both = alone = 0
    again = [label for label in read_labels("abstracts_again.jsonl") if label["sha256"] in records]
    for second in again:
        one = first[second["sha256"]]
        for sentence in sentences_of(records[second["sha256"]]):
            yes, again_yes = (any(overlap(sentence, each) for each in one_["result"]) for one_ in (one, second))
            table[yes, again_yes] += 1
        for kind in KINDS:
            theirs, ours = one["facts"].get(kind, []), second["facts"].get(kind, [])
            agreed = bool(theirs) and bool(ours) and any(is_right(each, ours) for each in theirs)
            both += 2 * agreed
            alone += (bool(theirs) + bool(ours)) - 2 * agreed
    whole = sum(table.values())
    seen = (table[True, True] + table[False, False]) / whole
    one_yes = (table[True, True] + table[True, False]) / whole
    two_yes = (table[True, True] + table[False, True]) / whole
    chance = one_yes * two_yes + (1 - one_yes) * (1 - two_yes)
    print(f"labelled twice: {len(again)}; sentences that state a result: kappa {(seen - chance) / (1 - chance):.2f}")
    print(f"                facts: F1 {both / (both + alone):.2f}")


def show_results(part: str, labelled: list[tuple[dict[str, Any], Record]]) -> None:
    shown = right = stated = none = none_right = 0
    for label, record in labelled:
        found, stated = find_result(record), stated + bool(label["result"])
        if isinstance(found, NoResult):
            if found is NoResult.NONE_STATED:
                none, none_right = none + 1, none_right + (not label["result"])
            continue
        inside = sum(overlap((found.start, found.end), each) for each in label["result"])
        shown, right = shown + 1, right + (inside >= WHOLE * (found.end - found.start))
    told = f"precision {rate(right, shown)}  recall {rate(right, stated)}  rightly none {rate(none_right, none)}"
    print(f"result, {part:12} {told}")


def show_facts(part: str, labelled: list[tuple[dict[str, Any], Record]]) -> None:
    shown: Counter[str] = Counter()
    right: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    for label, record in labelled:
        result = find_result(record)
        stated.update(kind for kind in KINDS if label["facts"].get(kind))
        for fact in find_facts(record, None if isinstance(result, NoResult) else result):
            kind = fact.kind.replace("_", " ")
            shown[kind] += 1
            right[kind] += is_right((fact.start, fact.end), label["facts"].get(kind, []))
    for kind in KINDS:
        told = f"precision {rate(right[kind], shown[kind])}  recall {rate(right[kind], stated[kind])}"
        print(f"fact, {part:12} {kind:16} {told}")


def show_pairs(part: str, shared: Path) -> None:
    pairs = [pair for pair in read_labels("pairs.jsonl") if pair["part"] == part]
    counted: Counter[tuple[bool, bool]] = Counter()
    for name in sorted({pair["article"] for pair in pairs}):
        file = LABELS / f"articles/{name}.txt" if name in TOPICS else shared / EXAMPLE
        bearings = Bearings(read_article(file.read_bytes(), name=file.name), {}, {})
        records = {int(row["pmid"]): make_record(row) for row in read_topic(name, shared) if row["pmid"]}
        for pair in pairs:
            if pair["article"] == name:
                found = {bearing.sentence for bearing in bearings.find(records[pair["pmid"]])}
                counted[pair["sentence"] in found, pair["bears"]] += 1
    right = counted[True, True]
    named, borne = right + counted[True, False], right + counted[False, True]
    print(f"pairs, {part:12} precision {rate(right, named)}  recall {rate(right, borne)}")


def read_topic(name: str, shared: Path) -> list[dict[str, Any]]:
    if name not in TOPICS:
        rows = read_csv(shared / "data/example_article/insulin_resistance_abstracts.csv.gz")
        return [row for row in rows if row["pmid"].isdigit()]
    with gzip.open(shared / "benchmark/dev" / TOPICS[name] / "candidates.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
