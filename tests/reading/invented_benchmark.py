"""A benchmark folder made of invented papers: two topics, each with cited papers, candidates and labels."""

from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path
from typing import Any

import orjson

from litwatch.decisions.ranking import ArticleProfile, Paper

SUBJECTS = {
    "glintase": ("glintase", "inhibitor", "insulin", "sensitivity", "glucose", "hepatic", "fasting", "resistance"),
    "morbane": ("morbane", "infusion", "migraine", "aura", "headache", "attacks", "prophylaxis", "nausea"),
}
OTHER = "soil rainfall steel bridge turbine pension novel orchestra pottery sailing chess poetry garden metal".split()


def invent_paper(dice: random.Random, number: int, words: tuple[str, ...], share: float) -> Paper:
    """A paper whose words come from a subject with the given probability, and from elsewhere otherwise."""

    def write(length: int) -> str:
        return " ".join(dice.choice(words) if dice.random() < share else dice.choice(OTHER) for _ in range(length))

    return Paper(str(99_000_000 + number), f"{write(8)} in patients", f"{write(60)}.", (dice.choice(words),))


def invent_topic(seed: int, *, subject: str = "glintase", size: int = 120) -> tuple[ArticleProfile, list[Paper]]:
    """An article's profile and candidates, of which the first eighth is about its subject."""
    dice = random.Random(seed)
    words = SUBJECTS[subject]
    cited = tuple(invent_paper(dice, number, words, 0.8) for number in range(1, 9))
    near = size // 8
    candidates = [invent_paper(dice, 100 + n, words, 0.6 if n < near else 0.1) for n in range(size)]
    return ArticleProfile(f"Does {subject} work?", cited), candidates


def fields(paper: Paper) -> dict[str, Any]:
    """The paper as a line of the benchmark has it."""
    return {"id": paper.id, "title": paper.title, "abstract": paper.abstract, "mesh": list(paper.headings)}


def write_topic(folder: Path, profile: ArticleProfile, candidates: list[Paper], relevant: int) -> None:
    """A topic's folder, labels included; the first ``relevant`` candidates are."""
    folder.mkdir(parents=True)
    article = {"question": profile.question, "cited": [fields(paper) for paper in profile.cited]}
    (folder / "article.json").write_bytes(orjson.dumps(article))
    lines = b"\n".join(orjson.dumps(fields(paper)) for paper in candidates)
    (folder / "candidates.jsonl.gz").write_bytes(gzip.compress(lines))
    with (folder / "qrels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("id", "gain"), *((paper.id, 2 * (place < relevant)) for place, paper in enumerate(candidates))]
        )


def write_benchmark(folder: Path, size: int = 120) -> None:
    """Two topics."""
    for seed, subject in enumerate(SUBJECTS):
        write_topic(folder / subject, *invent_topic(seed, subject=subject, size=size), relevant=size // 8)
