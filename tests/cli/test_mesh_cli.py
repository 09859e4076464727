"""``litwatch mesh``: with NLM's headings loaded, strategies are read with them, and the checks name the year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from litwatch.cli.arguments import settings_from_environment
from litwatch.model.record import MeshHeading
from litwatch.night.doors import open_store
from litwatch.strategy import explain, lint_strategy, matches, parse, translate
from litwatch.strategy.mesh_tree import MESH_IN_USE
from tests.command_line import Run
from tests.sources.mesh.test_descriptor_file import LONG, NAPS, document, record
from tests.strategy.strategy_records import paper

DAY = date(2026, 3, 1)
POST = record("D999004", "Post-Acute Nap Syndrome", "C01.999", "long nap")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with an empty store, which the commands use."""
    monkeypatch.setenv("LITWATCH_STORE", str(tmp_path / "store.duckdb"))
    monkeypatch.setenv("LITWATCH_QUERIES", str(tmp_path))
    monkeypatch.setenv("LITWATCH_EMAIL", "operator@example.org")
    open_store(settings_from_environment())
    yield tmp_path
    MESH_IN_USE.become((), None)


@pytest.fixture
def loaded(house: Path, run: Run) -> str:
    """What loading an invented file of 2027 says."""
    file = house / "desc2027.xml"
    file.write_bytes(document(NAPS, LONG, POST))
    status, said, wrong = run("mesh", "load", str(file))
    assert (status, wrong) == (0, "")
    return said


def test_loading_shows_nlms_terms_and_the_year_and_the_status_and_the_doctor_say_it(loaded: str, run: Run) -> None:
    assert "NLM's terms: https://www.nlm.nih.gov/" in loaded
    assert loaded.endswith("MeSH 2027: 3 headings loaded\n")
    assert run("mesh", "status")[1].startswith("MeSH 2027: 3 headings, loaded ")
    assert "MeSH 2027" in run("doctor")[1]


@pytest.mark.usefixtures("loaded")
def test_every_heading_explodes_as_far_as_nlms_tree_and_entry_terms_are_known(run: Run) -> None:
    run("topics", "check")
    late = paper(mesh=(MeshHeading("D999002", "Long Naps", major=False),))
    assert matches(parse('"Nap Disorders"[mh]'), late, today=DAY)
    assert matches(parse("disorders of napping[mh]"), late, today=DAY)
    assert not matches(parse('"Nap Disorders"[mh:noexp]'), late, today=DAY)
    assert explain('"Nap Disorders"[mh]').tree.endswith("MeSH Terms, with 1 narrower")
    assert explain('"Long Naps"[mh]').tree.endswith("MeSH Terms, which has nothing below it")
    (problem,) = (one for one in lint_strategy('"Longe Naps"[mh] OR a1[ti]') if one.code == "S16-unknown-heading")
    assert problem.message.startswith("MeSH 2027 has no such heading")
    assert "Similar: Long Naps" in problem.hint


@pytest.mark.usefixtures("loaded")
def test_an_entry_term_is_mapped_as_pubmed_was_recorded_to_map_one(run: Run) -> None:
    """The form is that of ``long covid`` in May 2023."""
    run("mesh", "status")
    said = translate(parse("long nap"), today=DAY)
    assert said.translation_set[0][1] == (
        '"post-acute nap syndrome"[MeSH Terms] OR ("post-acute"[All Fields] AND "nap"[All Fields] AND'
        ' "syndrome"[All Fields]) OR "post-acute nap syndrome"[All Fields]'
        ' OR ("long"[All Fields] AND "nap"[All Fields]) OR "long nap"[All Fields]'
    )
    assert said.text.startswith('"post acute nap syndrome"[MeSH Terms] OR ("post acute"[All Fields] AND "nap"')


@pytest.mark.usefixtures("house")
def test_without_the_file_a_heading_is_said_to_cover_what_pubmed_has_below_it(run: Run) -> None:
    assert run("mesh", "status")[1].startswith("none loaded; litwatch uses some 190 headings of its own.")
    assert explain('"Stroke"[mh]').tree.endswith("MeSH Terms, and what PubMed has below it")
    assert explain('"Stroke"[mh:noexp]').tree.endswith("MeSH Terms, itself only")


def test_a_file_that_is_not_nlms_changes_nothing_and_is_named(house: Path, run: Run) -> None:
    (house / "desc2027.xml").write_text("<html></html>")
    status, _, wrong = run("mesh", "load", str(house / "desc2027.xml"))
    assert status == 1
    assert "desc2027.xml is not NLM's descriptor file: it begins with <html>" in wrong
    assert run("mesh", "status")[1].startswith("none loaded")
