"""A site of the demonstration, and a working directory whose PubMed is the stand-in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.articles.word_files import paragraph, word_file
from tests.docs.page_commands import PROJECT
from tests.nights import House, hasten_requests, open_house


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("demonstration")
    with open_house(folder) as house:
        shutil.rmtree(folder / "queries")
        shutil.copytree(PROJECT / "queries", folder / "queries")
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
    (home / "sleep-and-insulin.docx").write_bytes(
        word_file(
            paragraph("Does short sleep cause insulin resistance?", style="Titel"),
            paragraph("One week of short sleep lowers insulin sensitivity [1]."),
            paragraph("References", style="berschrift1"),
            paragraph(
                "1. Demonstration data: one week of short sleep and insulin sensitivity, a randomised crossover trial."
                " Demonstration Journal of Invented Results. 2020. PMID: 99000004"
            ),
        )
    )
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.chdir(site)
    return site
