"""The example in every command's help runs, or is refused for the reason that is given here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from litwatch.cli.command_reference import command_reference
from litwatch.strategy.mesh_tree import MESH_IN_USE
from tests.cli.test_add import ARTICLE
from tests.command_line import Run
from tests.docs.page_commands import PROJECT
from tests.docs.page_walk import NCBI_FILES, Walk, prepare
from tests.nights import House
from tests.reading.invented_benchmark import write_benchmark
from tests.sources.mesh.test_descriptor_file import LONG, NAPS, document

BLOCKS = re.findall(r"^```sh\n(.*?)^```", command_reference(), re.MULTILINE | re.DOTALL)
EXAMPLES = [line for block in BLOCKS for line in block.splitlines()]
SERVERS = {
    "litwatch desk --port 8765",
    "litwatch standin --corpus my-records.xml --port 8642 --faults none",
    "litwatch standin --invent 12000 --rate 0",
    "litwatch standin --corpus life.yaml --today 2026-03-09",
}
"""They run until they are stopped: ``make docs-test`` starts their like."""
WATCHED = "insulin-resistance.yaml is there already"
SAME = 'litwatch articles same insulin-resistance --by "Dr Example" --reason "rewritten for the new guideline"'
CLOSE = 'litwatch leads close insulin-resistance 2f0a61c9b4 --by "Dr Example" --reason "no new advice in it"'
REFUSED = {
    "litwatch add insulin-resistance.docx --to board@example.org": WATCHED,
    "litwatch add insulin-resistance.docx --to board@example.org --dry-run": WATCHED,
    'litwatch articles new insulin-resistance --by "Dr Example" --reason "the old article was withdrawn"': "nothing is",
    SAME: "nothing is",
    "litwatch digest --received '<20261122.1@example.org>' --by \"Dr Example\"": "has no unknown delivery",
    "litwatch forget board@example.org --dry-run": "still named in queries/insulin-resistance.yaml",
    CLOSE: "has no lead",
    "litwatch webhook --test": "no webhook is set",
    "litwatch policy diff --queries next/queries --exit-code": "include none of this name",
}
"""Nothing of the kind is asked, waits or is there in the demonstration's site, and that is said; the folder of changed
topic files lacks the one of another example."""

pytestmark = pytest.mark.slow


@pytest.fixture
def walk(demonstrated: House, start: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    standing_for = prepare(PROJECT / "docs" / "operating.md", demonstrated, start, run)
    standing_for |= {"/srv/pubmed": standing_for[f"{NCBI_FILES}/updatefiles/"]}
    monkeypatch.setenv("LITWATCH_EMAIL", "you@example.org")  # `settings --template` writes litwatch.toml anew
    monkeypatch.setenv("LITWATCH_DESK_URL", "http://127.0.0.1:8765/")
    monkeypatch.setenv("LITWATCH_DESK_SECRET", "s" * 32)
    shutil.copy(start.parent / "home" / "sleep-and-insulin.docx", "insulin-resistance.docx")
    shutil.copy(PROJECT / "src/litwatch/standin/scenarios/cited-paper.yaml", "life.yaml")
    for name, written in (("screened.ris", "screened.ris"), ("review.asreview", "screened.asreview")):
        shutil.copy(PROJECT / "tests/data/screening" / written, name)
    shutil.copytree("queries", "next/queries")
    for name in ("statins.md", "statine.md"):
        Path("queries", name).write_text(ARTICLE)
    Path("desc2027.xml.gz").write_bytes(document(NAPS, LONG))
    write_benchmark(Path("benchmark/dev"))
    with urlopen(f"{demonstrated.pubmed.url}/retraction-watch.csv") as table:
        Path("retraction_watch.csv").write_bytes(table.read())
    yield Walk(run, monkeypatch, standing_for, REFUSED)
    MESH_IN_USE.become((), None)


def test_the_example_of_every_command_runs(walk: Walk) -> None:
    assert set(EXAMPLES) >= SERVERS | set(REFUSED)
    for line in EXAMPLES:
        if line not in SERVERS:
            walk.follow(line)
