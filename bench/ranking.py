"""What the ranking is worth on a benchmark folder, and what it costs: ``make bench-triage``.

    python -m bench.ranking FOLDER [--asreview PYTHON]

FOLDER holds ``evaluate.py``, ``baselines.csv`` and ``dev/``. Prints the evaluation with its intervals, the ablation,
the leave-one-topic-out figures, the replay with simulated votes and the cost. PYTHON is an interpreter of a separate
environment with ``asreview`` 3, which then replays ELAS u4 from the same first records. Labels are read here, to vote
and to score, and nowhere in litwatch.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from litwatch.decisions.ranking import ArticleProfile, Judged, Paper, ranking
from litwatch.decisions.ranking.comparisons import Compared
from litwatch.decisions.ranking.learning import estimate_recall, explore
from litwatch.decisions.ranking.ranking import rank, rank_with_answers
from litwatch.reading.ranking_benchmark import find_topics, read_topic, write_run

Topic = tuple[str, ArticleProfile, tuple[Paper, ...], dict[str, int]]
ROUNDS, SHOWN = 5, 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--asreview", type=Path, help="a Python with asreview installed")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    with tempfile.TemporaryDirectory() as scratch:
        run = Path(scratch) / "run.csv"
        write_run(folder / "dev", run, lambda *_: None)
        subprocess.run([sys.executable, folder / "evaluate.py", run], check=True)
    evaluate = load(folder / "evaluate.py")
    topics: list[Topic] = []
    for path in find_topics(folder / "dev"):
        with (path / "qrels.csv").open(newline="") as lines:
            topics.append((path.name, *read_topic(path), {r["id"]: int(r["gain"]) for r in csv.DictReader(lines)}))
    ablate(topics, evaluate)
    replay_all(topics, arguments.asreview)
    measure_cost(topics)


def load(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location("evaluate", file)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def score(topics: list[Topic], evaluate: Any) -> np.ndarray:
    """AP and recall@50, a row a topic."""
    rows = []
    for _, profile, papers, gains in topics:
        scores = dict(zip((paper.id for paper in papers), rank(profile, papers).tolist(), strict=True))
        found = evaluate.score_topic(gains, scores)
        rows.append((found["AP"], found["recall@50"]))
    return np.array(rows)


def ablate(topics: list[Topic], evaluate: Any) -> None:
    whole = score(topics, evaluate)
    print("\nablation: AP and recall@50, mean over topics")
    print(f"  {'as it is':34} {whole[:, 0].mean():.3f} {whole[:, 1].mean():.3f}")
    names = [signal.name for signal in Compared(topics[0][1], topics[0][2]).measure()]
    measured = Compared.measure
    for name in names:
        with patch.object(Compared, "measure", lambda self, n=name: tuple(s for s in measured(self) if s.name != n)):
            rows = score(topics, evaluate)
        print(f"  {'without ' + name:34} {rows[:, 0].mean():.3f} {rows[:, 1].mean():.3f}")
    equal = patch.object(ranking, "line_up", lambda signals: (ranking_orders(signals), np.ones(len(signals))))
    for said, change in (
        ("without trust (all alike)", equal),
        ("without importance", patch.object(ranking, "IMPORTANCE", 0.0)),
        ("without neighbours", patch.object(ranking, "EVENED", 0.0)),
    ):
        with change:
            rows = score(topics, evaluate)
        print(f"  {said:34} {rows[:, 0].mean():.3f} {rows[:, 1].mean():.3f}")
    print("\nleave one topic out: the weight of importance chosen on the other nine, AP and recall@50 on the tenth")
    tried = {}
    for weight in (0.2, 0.3, 0.4, 0.5, 0.6):
        with patch.object(ranking, "IMPORTANCE", weight):
            tried[weight] = score(topics, evaluate)
    held = []
    for place, (name, *_) in enumerate(topics):
        best = max(tried, key=lambda w: float(np.delete(tried[w][:, 0], place).mean()))
        held.append(tried[best][place])
        print(f"  {name:34} {held[-1][0]:.3f} {held[-1][1]:.3f}  (weight {best})")
    print(f"  {'MEAN':34} {np.mean(held, axis=0)[0]:.3f} {np.mean(held, axis=0)[1]:.3f}")
    worst = int(np.argmin(whole[:, 0]))
    print(f"worst topic: {topics[worst][0]}, AP {whole[worst, 0]:.3f}, recall@50 {whole[worst, 1]:.3f}")


def ranking_orders(signals: Any) -> np.ndarray:
    return np.column_stack([ranking.spread_ranks(signal.scores) for signal in signals])


def replay(topic: Topic) -> tuple[list[int], list[float], list[float]]:
    """The rows shown first, the share of relevant rows shown after each round, and litwatch's own estimate of it."""
    _, profile, papers, gains = topic
    relevant = np.array([gains[paper.id] == 2 for paper in papers])
    shown: list[int] = []
    shares, estimates = [], []
    for _ in range(ROUNDS):
        ranked = rank_with_answers(profile, papers, [Judged(papers[row], float(relevant[row])) for row in shown])
        rest = np.setdiff1d(np.arange(len(papers)), shown)
        shown += [int(rest[row]) for row in explore(ranked.scores[rest], ranked.without_answers[rest])[:SHOWN]]
        shares.append(float(relevant[shown].sum() / relevant.sum()))
        place = np.argsort(np.argsort(-ranked.without_answers, kind="stable")) + 1
        guess = estimate_recall([int(place[row]) for row in shown], relevant[shown].tolist(), len(papers))
        estimates.append(guess.share if guess else np.nan)
    return shown[:SHOWN], shares, estimates


def replay_all(topics: list[Topic], asreview: Path | None) -> None:
    runs = [replay(topic) for topic in topics]
    shares, guesses = np.array([run[1] for run in runs]), np.array([run[2] for run in runs])
    print(f"\nshare of relevant records shown after {', '.join(str(SHOWN * (n + 1)) for n in range(ROUNDS))} votes")
    print(f"  {'litwatch':34} {' '.join(f'{one:.3f}' for one in shares.mean(axis=0))}")
    kept = [np.argsort(-rank(profile, papers), kind="stable") for _, profile, papers, _ in topics]
    plain = [
        [np.mean([gains[papers[row].id] == 2 for row in order[: SHOWN * n]]) * len(order[: SHOWN * n])
         / sum(gain == 2 for gain in gains.values()) for n in range(1, ROUNDS + 1)]
        for order, (_, _, papers, gains) in zip(kept, topics, strict=True)
    ]  # fmt: skip
    print(f"  {'litwatch without learning':34} {' '.join(f'{one:.3f}' for one in np.mean(plain, axis=0))}")
    if asreview is None:
        print("  ASReview is not installed here: make bench-triage ASREVIEW=path/to/python with asreview 3")
    else:
        told = [
            {"titles": [p.title for p in papers], "abstracts": [p.abstract for p in papers], "first": run[0],
             "relevant": [int(gains[p.id] == 2) for p in papers]}
            for (_, _, papers, gains), run in zip(topics, runs, strict=True)
        ]  # fmt: skip
        script = Path(__file__).with_name("ranking_asreview.py")
        done = subprocess.run([asreview, script], input=json.dumps(told), capture_output=True, text=True, check=True)
        for name, rows in json.loads(done.stdout).items():
            print(f"  {name:34} {' '.join(f'{one:.3f}' for one in np.mean(rows, axis=0))}")
    error = np.nanmean(np.abs(guesses - shares), axis=0)
    print(f"  {'estimated recall: mean error':34} {' '.join(f'{one:.3f}' for one in error)}")


def measure_cost(topics: list[Topic], size: int = 5000) -> None:
    """Time and memory for one article and 5,000 records: the topics' own, repeated under new ids."""
    own = [paper for _, _, papers, _ in topics for paper in papers]
    many = [Paper(f"{n}", f"{own[n % len(own)].title} {n}", own[n % len(own)].abstract, own[n % len(own)].headings)
            for n in range(size)]  # fmt: skip
    profile = topics[0][1]
    began = time.process_time()
    rank(profile, many)
    seconds = time.process_time() - began
    tracemalloc.start()
    rank(profile, many)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    began = time.process_time()
    for _ in range(10):
        rank(profile, many[:50])
    small = (time.process_time() - began) / 10
    print(f"\ncost, one core: {size} records for one article {seconds:.2f} s, {peak:.0f} MiB at most")
    print(f"50 records for one article {small * 1000:.0f} ms; 1,000 articles with 50 each {small * 1000:.0f} s")


if __name__ == "__main__":
    main()
