"""The queries of docs/sql.md and their results on the demonstration; run as a module it writes the results anew.

``python -m tests.cli.sql_page`` after a change of the page's queries, of the views or of the demonstration.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.nights import House, open_house

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "sql.md"
_QUERY = re.compile(r"^```sql\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
ANSWERS = (
    ("99000003", "already-covered", "the correction changes no figure that we quote"),
    ("99000901", "relevant", "the new guideline replaces reference 1"),
    ("99000914", "not-relevant", "animals only"),
)


@contextmanager
def demonstration(folder: Path) -> Iterator[House]:
    """The demonstration after two nights and three answers, with the commands of this process working in it."""
    with open_house(folder, Corpus(revisions())) as house, pytest.MonkeyPatch.context() as patch:
        shutil.rmtree(folder / "queries")
        shutil.copytree(PROJECT / "queries", folder / "queries")
        for back in (9, 0):
            assert house.night(DEMONSTRATION_TODAY - timedelta(days=back), send_mail=False).ok
        house.show_commands(patch)
        for pmid, word, reason in ANSWERS:
            run("answer", "insulin-resistance", pmid, word, "--by", "Dr Example", "--reason", reason)
        yield house


def run(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code, out.getvalue()
    return out.getvalue()


def queries(page: str) -> list[tuple[str, str]]:
    """Each query of the page with the result that it shows."""
    return [(match[1], match[2] or "") for match in _QUERY.finditer(page)]


def with_results(page: str, result_of: Callable[[str], str]) -> str:
    """The page with each query's result below it."""
    return _QUERY.sub(lambda match: f"```sql\n{match[1]}```\n\n```text\n{result_of(match[1])}```\n", page)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made, demonstration(Path(made)):
        PAGE.write_text(with_results(PAGE.read_text("utf-8"), lambda query: run("sql", query)), "utf-8")
    print(PAGE)
