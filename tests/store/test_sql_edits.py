"""The edits of `make mutation-sql`, which takes too long to run each time, still fit the store's SQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.sql_edits import EDITS, PROJECT, Edit

STORE = Path("src", "litwatch", "store")


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.wrong)
def test_what_an_edit_alters_stands_in_its_file_once_and_its_tests_exist(edit: Edit) -> None:
    assert (PROJECT / STORE / edit.file).read_text("utf-8").count(edit.old) == 1
    assert all((PROJECT / test.partition("::")[0]).exists() for test in edit.tests)
