"""What a decision rests on is told by one number: another one where any of it differs, the same where others differ."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from litwatch.model.identifiers import Doi, Pmid
from litwatch.store import Store
from litwatch.store.decision_grounds import GroundLaid

AT = "TIMESTAMP '2026-11-22 02:00:00'"
EPISODE = (
    "INSERT INTO episode (id, topic, kind, pmid, detail, number, began_at, run, place, before_ids)"
    f" VALUES ('{{}}', '{{}}', 'erratum', 11, 'by_title', 1, {AT}, 'run', 1, false)"
)
OBSERVED = (
    "INSERT INTO observation BY NAME SELECT {} AS pmid, {} AS revision,"
    f" {AT} AS observed_at, 'x' AS content_hash, 'x' AS source, '[]' AS doc"
)
LISTED = (
    "INSERT INTO watch_entry BY NAME SELECT '{}' AS digest, {} AS paper_pmid, {} AS paper_doi,"
    f" {AT} AS first_seen, 1 AS entry, 'retracted' AS nature, {AT}::DATE AS noticed, '[]' AS doc"
)
NOTICED = f"INSERT INTO update_notice VALUES ('d', {AT}, NULL, '{{}}', '[]')"
ASKED = f"INSERT INTO update_look VALUES ('{{}}', {AT}, {AT})"


@pytest.fixture
def grounded(tmp_path: Path) -> Store:
    store = Store(tmp_path / "litwatch.duckdb")
    store.migrate()
    laid = GroundLaid("sleep", "x", date(2026, 11, 22), None, 0, frozenset({Pmid(11)}), frozenset({Doi("10.5555/a")}))
    write(store, OBSERVED.format(11, 1), EPISODE.format("one", "sleep"))
    store.lay_grounds([laid], unfounded=())
    return store


def write(store: Store, *statements: str) -> None:
    with store._writing() as con:
        for statement in statements:
            con.execute(statement)


@pytest.mark.parametrize(
    ("own", "others"),
    [
        (OBSERVED.format(11, 2), OBSERVED.format(12, 1)),
        (f"INSERT INTO fate VALUES (11, 1, 'deleted', {AT})", f"INSERT INTO fate VALUES (12, 1, 'deleted', {AT})"),
        (EPISODE.format("two", "sleep"), EPISODE.format("another", "diet")),
        (f"UPDATE episode SET ended_at = {AT} WHERE topic = 'sleep'", EPISODE.format("three", "diet")),
        (LISTED.format("a", 11, "NULL"), LISTED.format("b", 12, "NULL")),
        (LISTED.format("a", "NULL", "'10.5555/a'"), LISTED.format("b", "NULL", "'10.5555/b'")),
        (NOTICED.format("10.5555/a"), NOTICED.format("10.5555/b")),
        (ASKED.format("10.5555/a"), ASKED.format("10.5555/b")),
    ],
    ids=["record", "fate", "episode", "ended", "listed by PMID", "listed by DOI", "noticed", "asked"],
)
def test_whatever_a_decision_rests_on_makes_another_number(grounded: Store, own: str, others: str) -> None:
    before = grounded.standing_now(["sleep"])["sleep"]
    write(grounded, others)
    assert grounded.standing_now(["sleep"])["sleep"] == before
    write(grounded, own)
    after = grounded.standing_now(["sleep", "diet"])
    assert after.keys() == {"sleep"}
    assert after["sleep"].number != before.number
    assert after["sleep"].any_gone == ("fate" in own)
