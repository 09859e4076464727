"""The fixtures that the stand-in offers to anybody's test suite, used as docs/standin.md tells its reader."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

_BLOCK = re.compile(r"```(python|yaml)\n(.*?)```", re.DOTALL)


def _block(page: str, holds: str) -> str:
    """The one block of code of the page that holds these words."""
    (found,) = [code for _, code in _BLOCK.findall(page) if holds in code]
    return found


@pytest.fixture
def suite(project: Path, tmp_path: Path) -> Path:
    """A folder with the conftest.py and the scenario of the documentation, and no test yet."""
    page = (project / "docs" / "standin.md").read_text(encoding="utf-8")
    (tmp_path / "conftest.py").write_text(_block(page, "pytest_plugins"), encoding="utf-8")
    (tmp_path / "trial.yaml").write_text(_block(page, "A trial and its retraction"), encoding="utf-8")
    (tmp_path / "documented.txt").write_text(_block(page, "pytest.mark.pubmed"), encoding="utf-8")
    return tmp_path


def run_suite(folder: Path, tests: str) -> str:
    """What pytest prints of these tests, in a process of its own."""
    (folder / "test_theirs.py").write_text(tests, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--strict-markers"]
    ended = subprocess.run([*command, str(folder)], capture_output=True, text=True, timeout=300, check=False)
    return ended.stdout + ended.stderr


def test_the_documentations_tests_pass_as_they_stand(suite: Path) -> None:
    assert "3 passed" in run_suite(suite, (suite / "documented.txt").read_text(encoding="utf-8"))


def test_a_marker_that_is_wrong_is_an_error_that_says_what_it_may_be(suite: Path) -> None:
    said = run_suite(
        suite,
        "import pytest\n"
        "@pytest.mark.pubmed(records='trial.yaml')\ndef test_without_day(pubmed): pass\n"
        "@pytest.mark.pubmed(corpus='trial.yaml')\ndef test_unknown_word(pubmed): pass\n"
        "@pytest.mark.pubmed(faults=['no-such-fault'])\ndef test_unknown_fault(pubmed): pass\n",
    )
    assert "3 errors" in said
    assert "records need a day, today=date(…)" in said
    assert "unexpected keyword argument 'corpus'; it is pubmed(records=None, today=None," in said
    assert "no-such-fault" in said


def test_the_stand_in_needs_neither_prefect_nor_duckdb() -> None:
    program = (
        "import sys, litwatch.standin.pytest, litwatch.cli.standin\n"
        "print(sorted({'prefect', 'duckdb', 'sqlalchemy', 'fastapi', 'scipy'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=True)
    assert ended.stdout == "[]\n"
