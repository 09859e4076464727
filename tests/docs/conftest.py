"""A site of the demonstration, and a working directory whose PubMed is the stand-in."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.docs.page_commands import PROJECT
from tests.docs.page_walk import article_to_begin_with
from tests.nights import House, hasten_requests, open_house

NARROWED = re.compile(r"^(strategy: >-\n)(?:  .*\n)+", re.MULTILINE)
"""The example's strategy, in whose place one stands that finds little: a night is cheaper so."""


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("demonstration")
    with open_house(folder) as house:
        shutil.rmtree(folder / "queries")
        shutil.copytree(PROJECT / "queries", folder / "queries")
        topic = folder / "queries" / "insulin-resistance.yaml"
        topic.write_text(NARROWED.sub(r"\1  99000912[uid] OR 99000913[uid] OR sleep[ti]\n", topic.read_text()))
        assert house.night(DEMONSTRATION_TODAY, send_mail=False).ok
        yield house


@pytest.fixture
def start(demonstrated: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory whose PubMed is the stand-in, and a home with the article that the pages begin with."""
    for name in [name for name in os.environ if name.startswith("LITWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LITWATCH_EUTILS", demonstrated.pubmed.base)
    monkeypatch.setenv("LITWATCH_REHEARSAL", "true")
    hasten_requests(monkeypatch)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (home / "sleep-and-insulin.docx").write_bytes(article_to_begin_with())
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.chdir(site)
    return site
