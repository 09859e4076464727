"""An editor's word on a reference: listed with its rivals, confirmed by one command, the topic file else untouched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from litwatch.config.topic_files import parse_topic
from litwatch.config.topic_pins import add_pin
from litwatch.model.errors import TopicErrors
from litwatch.model.identifiers import Pmid
from litwatch.model.reference import MatchState
from litwatch.model.topic import Pin
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.cli.test_cli import corpus, house
from tests.command_line import Run
from tests.nights import ARTICLE, House

__all__ = ["corpus", "house"]

HEAD = "article: sleep.md\nstrategy: sleep[ti]  # a remark\n"
PIN = Pin(None, 2, Pmid(99000010), None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "sleep.md").write_text(ARTICLE)
    return tmp_path / "sleep.yaml"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, f"{HEAD}\npins:\n  - {{position: 2, pmid: 99000010}}\n"),
        (HEAD.rstrip(), f"{HEAD}\npins:\n  - {{position: 2, pmid: 99000010}}\n"),
        (f"{HEAD}pins: []\n", f"{HEAD}pins:\n  - {{position: 2, pmid: 99000010}}\n"),
        (f'{HEAD}"pins": []\n', f'{HEAD}"pins":\n  - {{position: 2, pmid: 99000010}}\n'),
        (
            f"{HEAD}pins: [{{marker: 1, position: 1}}]\n",
            f"{HEAD}pins: [{{marker: 1, position: 1}}, {{position: 2, pmid: 99000010}}]\n",
        ),
        (f"{HEAD}pins: []  # none yet\n", f"{HEAD}pins: # none yet\n  - {{position: 2, pmid: 99000010}}\n"),
        (
            f"pins:  # by hand\n- marker: 1\n  position: 1\n# a remark\n- {{marker: 2, position: 2}}\n\n# next\n{HEAD}",
            "pins:  # by hand\n- marker: 1\n  position: 1\n# a remark\n- {marker: 2, position: 2}\n"
            f"- {{position: 2, pmid: 99000010}}\n\n# next\n{HEAD}",
        ),
    ],
)
def test_a_pin_is_added_and_the_rest_of_the_file_stays(file: Path, before: str, after: str) -> None:
    written = add_pin(before, PIN, file)
    assert written == after
    assert parse_topic(written, file).pins[-1] == PIN


@pytest.mark.parametrize(
    "pins",
    [
        "pins: [\n  {marker: 1, position: 1},  # the first\n]\n",
        "pins:\n  - {position: 2, pmid: 99000011}\n",
        "pins:\n  - {position: 2, not_in_pubmed: true}\n",
    ],
)
def test_a_pin_that_cannot_be_added_safely_is_refused(file: Path, pins: str) -> None:
    with pytest.raises(TopicErrors, match="pins"):
        add_pin(HEAD + pins, PIN, file)


def test_a_reference_is_confirmed_by_one_command_and_the_next_night_follows(house: House, run: Run) -> None:
    unsure = ARTICLE.replace("one week of short sleep and insulin sensitivity", "short sleep, insulin").replace(
        "PMID: 99000004", ""
    )
    house.write_topic("sleep", article=unsure)
    house.night(DEMONSTRATION_TODAY)
    status, out, _ = run("references", "list", "sleep", "--open", "--json")
    (waiting,) = json.loads(out)["references"]
    assert (status, waiting["position"]) == (0, 1)
    assert waiting["state"] in {"candidate", "not_found"}
    status, out, _ = run("references", "list", "sleep", "--open")
    assert "litwatch references confirm sleep 1" in out
    before = (house.folder / "queries" / "sleep.yaml").read_text()
    status, out, _ = run("references", "confirm", "sleep", "1", "99000004", "--dry-run")
    assert "{position: 1, pmid: 99000004}" in out
    assert (house.folder / "queries" / "sleep.yaml").read_text() == before
    status, out, _ = run("references", "confirm", "sleep", "1", "99000004")
    assert status == 0
    assert "entry 1 is PMID 99000004" in out
    status, out, _ = run("audit", "list", "sleep", "--diff")
    assert "sleep, sleep.yaml: " in out
    assert "entry 1 of the references" in out
    assert "{position: 1, pmid: 99000004}" in out
    (outcome,) = house.night(DEMONSTRATION_TODAY).outcomes
    match = outcome.report.matches[0]
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000004, "pinned")
    assert "No reference needs an editor" in run("references", "list", "sleep", "--open")[1]


@pytest.mark.parametrize(
    "arguments", [("1",), ("1", "99000004", "--not-in-pubmed"), ("9", "99000004"), ("0", "99000004")]
)
def test_an_unclear_word_on_a_reference_is_wrong_usage(house: House, run: Run, arguments: tuple[str, ...]) -> None:
    assert run("references", "confirm", "sleep", *arguments)[0] == 2


def test_an_unknown_article_has_no_references(house: House, run: Run) -> None:
    status, _, err = run("references", "list", "bees")
    assert status == 2
    assert "no article named bees" in err
