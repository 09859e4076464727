"""``litwatch benchmark`` on an invented folder, on broken ones, and on the real topics beside the project."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from litwatch.decisions.ranking.sentence_model import SentenceModel
from litwatch.model.errors import BenchmarkUnreadable
from litwatch.reading import ranking_benchmark
from litwatch.reading.ranking_benchmark import write_run
from tests.reading.invented_benchmark import write_benchmark
from tests.sentence_models import VOCABULARY, invent_weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_benchmark(tmp_path / "bench")
    return tmp_path / "bench"


def read_run(file: Path) -> dict[str, dict[str, float]]:
    runs: dict[str, dict[str, float]] = {}
    with file.open(newline="") as lines:
        for row in csv.DictReader(lines):
            runs.setdefault(row["topic"], {})[row["id"]] = float(row["score"])
    return runs


def test_every_candidate_of_every_topic_gets_a_score(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    write_run(folder, tmp_path / "run.csv", lambda topic, size: told.append((topic, size)))
    runs = read_run(tmp_path / "run.csv")
    assert told == [("glintase", 120), ("morbane", 120)]
    assert {topic: len(scores) for topic, scores in runs.items()} == {"glintase": 120, "morbane": 120}
    for scores in runs.values():
        best = sorted(scores, key=lambda one: -scores[one])[:15]
        assert sum(int(one) < 99_000_115 for one in best) >= 13


def test_the_ranking_does_without_the_labels(folder: Path, tmp_path: Path) -> None:
    write_run(folder, tmp_path / "with.csv", lambda *_: None)
    for labels in folder.rglob("qrels.csv"):
        labels.unlink()
    write_run(folder, tmp_path / "without.csv", lambda *_: None)
    assert (tmp_path / "with.csv").read_bytes() == (tmp_path / "without.csv").read_bytes()


def test_an_installed_model_has_its_part_and_gives_the_same_order_twice(folder: Path, tmp_path: Path) -> None:
    model = SentenceModel(invent_weights(), VOCABULARY)
    for name, own in (("first", model), ("second", model), ("without", None)):
        write_run(folder, tmp_path / name, lambda *_: None, own)
    first, second, without = ((tmp_path / name).read_bytes() for name in ("first", "second", "without"))
    assert first == second != without


def test_a_single_topic_can_be_named(folder: Path, tmp_path: Path) -> None:
    write_run(folder / "glintase", tmp_path / "run.csv", lambda *_: None)
    assert list(read_run(tmp_path / "run.csv")) == ["glintase"]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("article.json", b"{", "article.json: not JSON"),
        ("article.json", b"[]", "a JSON object is expected"),
        ("article.json", b'{"question": "x"}', 'needs "question"'),
        ("article.json", b'{"question": "x", "cited": [{}]}', 'cited paper 1: a paper needs an "id"'),
        ("candidates.jsonl.gz", b"not packed", "cannot be unpacked"),
        ("candidates.jsonl.gz", gzip.compress(b"{}" * 99, mtime=0)[:-9], "cannot be unpacked"),
        ("candidates.jsonl.gz", gzip.compress(b"{}" * 99, mtime=0)[:10] + b"\xff" * 20, "cannot be unpacked"),
        ("candidates.jsonl.gz", gzip.compress(b'{"id": "1"}\nnull', mtime=0), "line 2: a JSON object"),
        ("candidates.jsonl.gz", gzip.compress(b'{"id": "1"}\n{"id": "1"}', mtime=0), "1 ids stand twice"),
        ("candidates.jsonl.gz", gzip.compress(b'{"id": "1", "title": 5}', mtime=0), 'line 1: "title" and "abstract"'),
        ("candidates.jsonl.gz", gzip.compress(b'{"id": "1", "mesh": "x"}', mtime=0), 'line 1: "mesh" is a list'),
    ],
)
def test_a_broken_folder_is_named_with_file_and_line_and_nothing_is_written(
    folder: Path, tmp_path: Path, file: str, content: bytes, said: str
) -> None:
    (folder / "glintase" / file).write_bytes(content)
    with pytest.raises(BenchmarkUnreadable, match=said) as caught:
        write_run(folder, tmp_path / "run.csv", lambda *_: None)
    assert str(folder / "glintase" / file) in str(caught.value)
    assert not (tmp_path / "run.csv").exists()


def test_a_missing_file_and_an_empty_folder_are_said(folder: Path, tmp_path: Path) -> None:
    (folder / "glintase" / "candidates.jsonl.gz").unlink()
    with pytest.raises(BenchmarkUnreadable, match="there is no such file"):
        write_run(folder, tmp_path / "run.csv", lambda *_: None)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BenchmarkUnreadable, match="no topic"):
        write_run(tmp_path / "empty", tmp_path / "run.csv", lambda *_: None)


def test_a_file_that_unpacks_to_too_much_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking_benchmark, "LARGEST_FILE", 10_000)
    with pytest.raises(BenchmarkUnreadable, match="more than 10000 bytes"):
        write_run(folder, tmp_path / "run.csv", lambda *_: None)


def test_a_topic_without_candidates_gives_no_line(folder: Path, tmp_path: Path) -> None:
    (folder / "glintase" / "candidates.jsonl.gz").write_bytes(gzip.compress(b""))
    write_run(folder, tmp_path / "run.csv", lambda *_: None)
    assert list(read_run(tmp_path / "run.csv")) == ["morbane"]


@pytest.fixture(scope="session")
def evaluate(shared: Path) -> ModuleType:
    """The benchmark's own measure."""
    spec = importlib.util.spec_from_file_location("evaluate", shared / "benchmark" / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.realdata
@pytest.mark.parametrize(("folder", "least"), [("dev", (0.44, 0.61, 0.50)), ("undated", (0.41, 0.42, 0.64))])
def test_the_known_topics_are_ranked_as_well_as_the_documentation_says(
    shared: Path, evaluate: ModuleType, tmp_path: Path, folder: str, least: tuple[float, ...]
) -> None:
    """The ten dated topics once gave an AP of 0.463: the ranking had been fitted to them."""
    place = shared / "benchmark" / folder
    write_run(place, tmp_path / "run.csv", lambda *_: None)
    rows = []
    for topic, scores in read_run(tmp_path / "run.csv").items():
        with (place / topic / "qrels.csv").open(newline="") as lines:
            gains = {row["id"]: int(row["gain"]) for row in csv.DictReader(lines)}
        rows.append(evaluate.score_topic(gains, scores))
    assert len(rows) >= 6
    reached = [float(np.mean([row[measure] for row in rows])) for measure in ("AP", "recall@50", "WSS@95")]
    assert all(value >= floor for value, floor in zip(reached, least, strict=True)), reached
