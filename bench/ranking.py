"""What the ranking is worth on a benchmark folder, and what it costs: ``make bench-triage``.

    python -m bench.ranking FOLDER [--asreview PYTHON] [--semantic FILE]

FOLDER holds ``evaluate.py``, ``baselines.csv`` and ``dev/`` (dated topics), ``baselines_undated.csv`` and ``undated/``.
Prints the evaluation with its intervals, the protocol of ``bench.ranking_protocol``, the replay with
simulated votes and the cost. PYTHON is an interpreter of a separate environment with ``asreview`` 3, which then replays
ELAS u4 from the same first records. Labels are read here, to vote and to score, and nowhere in litwatch.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
from bench.ranking_protocol import Embedder, print_protocol

from litwatch.decisions.ranking import ArticleProfile, Judged, Paper
from litwatch.decisions.ranking.learning import estimate_recall, explore
from litwatch.decisions.ranking.ranking import rank, rank_with_answers
from litwatch.reading.ranking_benchmark import find_topics, read_topic, write_run

Topic = tuple[str, ArticleProfile, tuple[Paper, ...], dict[str, int]]
ROUNDS, SHOWN = 5, 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--asreview", type=Path, help="a Python with asreview installed")
    parser.add_argument("--semantic", type=Path, help="compare by meaning too, and keep the embeddings here")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    sets = {"dev": "baselines.csv", "undated": "baselines_undated.csv"}
    sets = {name: baselines for name, baselines in sets.items() if (folder / name).is_dir()}
    with tempfile.TemporaryDirectory() as scratch:
        for name, baselines in sets.items():
            run, judge = Path(scratch) / "run.csv", [sys.executable, folder / "evaluate.py"]
            write_run(folder / name, run, lambda *_: None)
            print(f"\n{name}", flush=True)
            subprocess.run([*judge, run, "--topics", folder / name, "--baselines", folder / baselines], check=True)
    print_protocol([folder / name for name in sets], arguments.semantic)
    if arguments.asreview is None:
        print("\nASReview is not installed here: make bench-triage ASREVIEW=path/to/python with asreview 3")
    topics = {name: [read(path) for path in find_topics(folder / name)] for name in sets}
    for name, some in topics.items():
        print(f"\n{name}")
        replay_all(some, arguments.asreview)
        if arguments.semantic is not None:
            print("\nwith the sentence model, without ASReview:")
            embedder = Embedder(arguments.semantic)
            replay_all([(topic, embedder.embed_profile(asked), embedder.embed_papers(papers), gains)
                        for topic, asked, papers, gains in some], None)  # fmt: skip
    measure_cost(next(iter(topics.values())))


def read(path: Path) -> Topic:
    with (path / "qrels.csv").open(newline="") as lines:
        return path.name, *read_topic(path), {row["id"]: int(row["gain"]) for row in csv.DictReader(lines)}


def replay(topic: Topic) -> tuple[list[int], list[float], list[float], list[float]]:
    """The rows shown first; after each round the share of relevant rows shown, litwatch's own estimate of it, and
    whether the estimate's range holds it.
    """
    _, profile, papers, gains = topic
    relevant = np.array([gains[paper.id] == 2 for paper in papers])
    shown: list[int] = []
    shares, estimates, held = [], [], []
    for _ in range(ROUNDS):
        ranked = rank_with_answers(profile, papers, [Judged(papers[row], float(relevant[row])) for row in shown])
        rest = np.setdiff1d(np.arange(len(papers)), shown)
        shown += [int(rest[row]) for row in explore(ranked.scores[rest], ranked.without_answers[rest])[:SHOWN]]
        shares.append(float(relevant[shown].sum() / relevant.sum()))
        place = np.argsort(np.argsort(-ranked.without_answers, kind="stable")) + 1
        guess = estimate_recall([int(place[row]) for row in shown], relevant[shown].tolist(), len(papers))
        estimates.append(guess.share if guess else np.nan)
        held.append(float(guess.span[0] <= shares[-1] <= guess.span[1]) if guess else np.nan)
    return shown[:SHOWN], shares, estimates, held


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
    if asreview is not None:
        told = [
            {"titles": [p.title for p in papers], "abstracts": [p.abstract for p in papers], "first": run[0],
             "relevant": [int(gains[p.id] == 2) for p in papers]}
            for (_, _, papers, gains), run in zip(topics, runs, strict=True)
        ]  # fmt: skip
        script = Path(__file__).with_name("ranking_asreview.py").resolve()
        with tempfile.TemporaryDirectory() as scratch:  # its data sets leave a file where they are imported
            done = subprocess.run(
                [asreview.absolute(), script], input=json.dumps(told), capture_output=True, text=True, check=True,
                cwd=scratch,
            )  # fmt: skip
        for name, rows in json.loads(done.stdout).items():
            print(f"  {name:34} {' '.join(f'{one:.3f}' for one in np.mean(rows, axis=0))}")
    error = np.nanmean(np.abs(guesses - shares), axis=0)
    print(f"  {'estimated recall: mean error':34} {' '.join(f'{one:.3f}' for one in error)}")
    held = np.nanmean([run[3] for run in runs], axis=0)
    print(f"  {'share within its range':34} {' '.join(f'{one:.3f}' for one in held)}")


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
