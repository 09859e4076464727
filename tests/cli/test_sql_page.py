"""docs/sql.md: every query runs, and gives what the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from litwatch.store import Store
from tests.cli.sql_page import PAGE, demonstration, queries, run
from tests.nights import House

QUERIES = queries(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with demonstration(tmp_path_factory.mktemp("demonstration")) as house:
        yield house


@pytest.mark.parametrize(("query", "result"), QUERIES, ids=[" ".join(query.split())[:60] for query, _ in QUERIES])
def test_a_query_of_the_page_gives_the_result_that_it_shows(query: str, result: str) -> None:
    assert run("sql", query) == result
    assert "(0 rows)" not in result


def test_the_page_asks_fifteen_questions_and_of_every_view() -> None:
    assert len(QUERIES) >= 15
    views = re.findall(r"^(\w+): ", run("sql"), re.MULTILINE)
    assert {
        view for view in views if not any(re.search(rf"\b(FROM|JOIN) {view}\b", query) for query, _ in QUERIES)
    } == set()


def test_every_record_of_the_demonstration_is_in_the_views_as_it_was_observed(house: House) -> None:
    store = Store(house.settings().store)
    records = store.current_records()
    assert len(records) > 80

    def column(query: str) -> list[list[object]]:
        with store.asking(query, seconds=60) as result:
            return sorted(([*row] for row in result.rows), key=repr)

    def expected(rows: Iterable[list[object]]) -> list[list[object]]:
        return sorted(rows, key=repr)

    every = records.values()
    assert column("SELECT pmid, title, coalesce(abstract, ''), doi, pmcid, published FROM record") == expected(
        [r.pmid, r.title, r.abstract_text, r.doi, r.pmcid, r.published.earliest if r.published else None] for r in every
    )
    assert column("FROM publication_type") == expected(
        [r.pmid, kind.ui, kind.label] for r in every for kind in r.publication_types
    )
    assert column("SELECT pmid, ui, heading, major FROM mesh_heading") == expected(
        [r.pmid, heading.ui, heading.label, heading.is_major] for r in every for heading in r.mesh
    )
    assert column("SELECT pmid, position, last_name, orcid FROM author") == expected(
        [r.pmid, place, person.last_name, person.orcid] for r in every for place, person in enumerate(r.authors, 1)
    )
    assert column("SELECT pmid, ref_type, notice_pmid, citation, note FROM notice") == expected(
        [r.pmid, each.ref_type.value, each.pmid, each.source, each.note] for r in every for each in r.notices
    )
