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
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from litwatch.articles.article_reader import read_article
from litwatch.articles.sentences import sentence_spans
from litwatch.decisions.compared_record import Span
from litwatch.decisions.quoted_fact import StatedFact, StatedFactKind
from litwatch.decisions.result_passage import NoResult, find_result
from litwatch.decisions.sentences_touched import ALIKE, Bearings
from litwatch.decisions.stated_facts import find_facts
from litwatch.model.errors import LitwatchError
from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, Record, blank_record
from litwatch.report.passages import SHOWN
from litwatch.sources.pubmed_xml import parse_article_set

LABELS = Path(__file__).parent / "stated_labels"
KINDS = ("design", "number", "population", "comparison", "primary outcome", "effect")
WHOLE, HALF = 0.8, 0.5
"""A result is right if so much of it lies in labelled sentences; a fact if so much of the shorter overlaps."""
WITHOUT_POPULATION = {"later"}
"""The sets in which nobody labelled the population: it is not counted there."""
TOPICS = {
    "ace-inhibitors": "cohen_ACEInhibitors",
    "overactive-bladder": "cohen_UrinaryIncontinence",
    "biosimilars": "synergy_Meijboom_2021",
    "oral-hypoglycaemics": "cohen_OralHypoglycemics",
    "beta-blockers": "cohen_BetaBlockers",
    "calcium-channel-blockers": "cohen_CalciumChannelBlockers",
    "borderline-psychotherapy": "synergy_Oud_2018",
    "object-in-context": "synergy_Sep_2021",
}
THRESHOLDS = tuple(sorted({0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.34, 0.4, ALIKE}))
WANTED = 0.8
"""The precision for which a threshold is chosen."""
EXAMPLE = "seed/what-are-the-causes-of-insulin-resistance.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    shared: Path = parser.parse_args().shared
    labelled = read_labels("abstracts.jsonl")
    records = {hash_of(record.abstract_text): record for record in read_records(shared, labelled)}
    missing = [label["pmid"] for label in labelled if label["sha256"] not in records]
    print(f"{len(labelled)} labelled abstracts, {len(missing)} of them not found or changed since: {missing}")
    show_cost(list(records.values()))
    show_agreement(labelled, records)
    parts = defaultdict(list)
    for label in labelled:
        if label["sha256"] in records:
            parts[label["part"]].append((label, records[label["sha256"]]))
    for part in ("development", "opened", "final", "later"):
        show_results(part, parts[part])
    for part in ("development", "opened", "final", "fresh", "later"):
        show_facts(part, parts[part])
    show_shown({part: parts[part] for part in ("development", "opened", "final", "fresh", "later")})
    for part in ("development", "final"):
        show_pairs(part, shared)
    show_bearings(shared)


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


def show_cost(records: list[Record]) -> None:
    """What reading each for the first time takes."""
    begun = time.process_time()
    results = [find_result(record) for record in records]
    found = time.process_time()
    for record, result in zip(records, results, strict=True):
        find_facts(record, None if isinstance(result, NoResult) else result)
    result_ms, facts_ms = ((end - start) / len(records) * 1000 for start, end in
                           ((begun, found), (found, time.process_time())))  # fmt: skip
    print(f"read for the first time: result {result_ms:.2f} ms, facts {facts_ms:.2f} ms an abstract, of the processor")


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
        stated.update(kind for kind in KINDS if label["facts"].get(kind))
        for fact in facts_counted(label, record):
            kind = fact.kind.replace("_", " ")
            shown[kind] += 1
            right[kind] += is_right((fact.start, fact.end), label["facts"].get(kind, []))
    for kind in KINDS:
        told = f"precision {rate(right[kind], shown[kind])}  recall {rate(right[kind], stated[kind])}"
        print(f"fact, {part:12} {kind:16} {told}")


def show_shown(parts: dict[str, list[tuple[dict[str, Any], Record]]]) -> None:
    """Population and comparison in their sure forms, then all that is shown, and all with population.

    A kind counts as stated in every form, whether or not that form is shown.
    """
    pooled = {"pooled": [each for labelled in parts.values() for each in labelled]}
    kinds_shown = tuple(StatedFactKind(kind) for kind in SHOWN)
    rows = {
        "population": (StatedFactKind.POPULATION,),
        "comparison": (StatedFactKind.COMPARISON,),
        "all shown": kinds_shown,
        "with population": (*kinds_shown, StatedFactKind.POPULATION),
    }
    for part, labelled in (parts | pooled).items():
        found: Counter[StatedFactKind] = Counter()
        right: Counter[StatedFactKind] = Counter()
        stated: Counter[StatedFactKind] = Counter()
        for label, record in labelled:
            places = {StatedFactKind(kind.replace(" ", "_")): spans for kind, spans in label["facts"].items()}
            stated.update(kind for kind, spans in places.items() if spans)
            for fact in facts_counted(label, record):
                found[fact.kind] += fact.of_sure_form
                right[fact.kind] += fact.of_sure_form and is_right((fact.start, fact.end), places.get(fact.kind, []))
        for name, kinds in rows.items():
            told = tell((sum(found[k] for k in kinds), sum(right[k] for k in kinds), sum(stated[k] for k in kinds)))
            print(f"shown, {part:12} {name:16} {told}")


def facts_counted(label: dict[str, Any], record: Record) -> Iterator[StatedFact]:
    left_out = label["part"] in WITHOUT_POPULATION
    return (fact for fact in facts_of(record) if not (left_out and fact.kind is StatedFactKind.POPULATION))


def facts_of(record: Record) -> tuple[StatedFact, ...]:
    result = find_result(record)
    return find_facts(record, None if isinstance(result, NoResult) else result)


def show_pairs(part: str, shared: Path) -> None:
    pairs = [pair for pair in read_labels("pairs.jsonl") if pair["part"] == part]
    counted: Counter[tuple[bool, bool]] = Counter()
    for name in sorted({pair["article"] for pair in pairs}):
        own = [pair for pair in pairs if pair["article"] == name]
        labels = read_labels("bearings.jsonl")
        beside = [each["pmid"] for each in labels if each["article"] == name and each["part"] == "development"]
        found = named_sentences(name, beside, shared)
        for pair in own:
            counted[pair["sentence"] in found[ALIKE][pair["pmid"]], pair["bears"]] += 1
    right = counted[True, True]
    named, borne = right + counted[True, False], right + counted[False, True]
    print(f"pairs, {part:12} precision {rate(right, named)}  recall {rate(right, borne)}")


def show_bearings(shared: Path) -> None:
    """Each record against its whole article; then by halves of the articles, the threshold chosen on the other half."""
    counted: dict[str, dict[str, Counted]] = {"development": {}, "further": {}, "new": {}}
    labels = read_labels("bearings.jsonl")
    for part, name in sorted({(label["part"], label["article"]) for label in labels}):
        own = [label for label in labels if (label["part"], label["article"]) == (part, name)]
        found = named_sentences(name, [label["pmid"] for label in own], shared)
        counted[part][name] = {
            least: count_named([(named[label["pmid"]], set(label["bears"])) for label in own])
            for least, named in found.items()
        }
    for part, articles in counted.items():
        for least in THRESHOLDS:
            told = " (used)" if least == ALIKE else ""
            print(f"bearings, {part:12} likeness from {least:.2f}: {tell(add(articles.values(), least))}{told}")
    everything = counted["development"] | counted["further"]
    names = sorted(everything)
    halves = [[everything[name] for name in names[first::2]] for first in (0, 1)]
    left_out = []
    for half, other in (halves, halves[::-1]):
        least = choose_threshold(half)
        left_out.append(add(other, least))
        print(f"bearings, chosen on a half: {least:.2f}: {tell(add(half, least))}; on the other: {tell(left_out[-1])}")
    sums = (sum(each) for each in zip(*left_out, strict=True))
    print(f"bearings, both halves when left out: {tell(tuple(sums))}")


Counted = dict[float, tuple[int, ...]]
"""Threshold → how many sentences are named, named rightly, and borne on."""


def named_sentences(name: str, pmids: Iterable[int], shared: Path) -> dict[float, dict[int, set[int]]]:
    """Threshold → PMID → the sentences that are named for it, the records being the article's new ones."""
    file = LABELS / f"articles/{name}.txt" if name in TOPICS else shared / EXAMPLE
    article = read_article(file.read_bytes(), name=file.name)
    wanted = dict.fromkeys(pmids)
    rows = {int(row["pmid"]): row for row in read_topic(name, shared) if row["pmid"]}
    records = [make_record(rows[pmid]) for pmid in wanted]
    bearings = Bearings(article, {}, {}, records)
    return {
        least: {record.pmid: {each.sentence for each in bearings.find(record, alike=least)} for record in records}
        for least in THRESHOLDS
    }


def count_named(told: Iterable[tuple[set[int], set[int]]]) -> tuple[int, ...]:
    sums = [(len(named), len(named & borne), len(borne)) for named, borne in told]
    return tuple(sum(each) for each in zip(*sums, strict=True))


def add(articles: Iterable[Counted], least: float) -> tuple[int, ...]:
    return tuple(sum(each) for each in zip(*(counted[least] for counted in articles), strict=True))


def choose_threshold(articles: list[Counted]) -> float:
    """The one with the highest recall among those with the precision wanted; the most precise where none has it."""

    def weigh(least: float) -> tuple[float, int]:
        named, right, _ = add(articles, least)
        precise = right / named if named else 0.0
        return min(precise, WANTED), right

    return max(THRESHOLDS, key=weigh)


def tell(counted: tuple[int, ...]) -> str:
    named, right, borne = counted
    return f"precision {rate(right, named)}  recall {rate(right, borne)}"


def read_topic(name: str, shared: Path) -> list[dict[str, Any]]:
    if name not in TOPICS:
        rows = read_csv(shared / "data/example_article/insulin_resistance_abstracts.csv.gz")
        return [row for row in rows if row["pmid"].isdigit()]
    with gzip.open(shared / "benchmark/dev" / TOPICS[name] / "candidates.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
