"""docs/sql.md: every query runs, and gives what the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.cli.sql_page import PAGE, demonstration, queries, run

QUERIES = queries(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with demonstration(tmp_path_factory.mktemp("demonstration")):
        yield


@pytest.mark.parametrize(("query", "result"), QUERIES, ids=[" ".join(query.split())[:60] for query, _ in QUERIES])
def test_a_query_of_the_page_gives_the_result_that_it_shows(query: str, result: str) -> None:
    assert run("sql", query) == result
    assert "(0 rows)" not in result


def test_the_page_asks_of_every_view() -> None:
    views = re.findall(r"^(\w+): ", run("sql"), re.MULTILINE)
    assert {view for view in views if not any(re.search(rf"\b{view}\b", query) for query, _ in QUERIES)} == set()
