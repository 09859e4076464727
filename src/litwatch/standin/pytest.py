"""Fixtures for anybody's pytest suite: a PubMed on loopback, with a clock and faults, fresh for each test.

Put ``pytest_plugins = ["litwatch.standin.pytest"]`` into the topmost conftest.py; docs/standin.md shows a whole test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

import pytest

from litwatch.standin.corpus import Corpus
from litwatch.standin.corpus_files import read_corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from litwatch.standin.feed_routes import SOURCES
from litwatch.standin.server import StandIn

_MARKER: Final = (
    "pubmed(records=None, today=None, faults=(), rate=None, strict=False): what the stand-in of the fixture 'pubmed' "
    "serves. records: files and folders, paths relative to the test's own folder; without it, the invented "
    "demonstration records. today: its day, a date. faults: as 'litwatch standin --faults' takes them. rate: requests "
    "a second, None for no limit. strict: refuse requests without tool and email."
)
_NCBI: Final = "https://eutils.ncbi.nlm.nih.gov"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker ``pubmed`` known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def pubmed(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    """A running stand-in for PubMed, as the marker ``pubmed`` describes it, at the address ``pubmed.base``.

    Raises SettingsError for unknown faults and unreadable files, pytest.UsageError for a marker that says too much or
    too little.
    """
    marker = request.node.get_closest_marker("pubmed")
    try:
        standin = _stand_in(request.path.parent, *(marker.args if marker else ()), **(marker.kwargs if marker else {}))
    except TypeError as error:
        raise pytest.UsageError(f"the marker 'pubmed' of {request.node.nodeid}: {error}; it is {_MARKER}") from error
    with standin:
        yield standin


@pytest.fixture
def biopython_pubmed(pubmed: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The same, and every request of Bio.Entrez goes there for the length of the test: its addresses are built in."""
    from Bio import Entrez  # noqa: PLC0415 - only for those who use it

    def to_the_stand_in(request: Request) -> Any:
        address = request.full_url.replace(_NCBI, pubmed.url, 1)
        if not address.startswith(pubmed.url):
            raise AssertionError(f"Bio.Entrez asked {request.full_url}, which is not NCBI's E-utilities")
        sent = Request(address, data=request.data, headers=dict(request.header_items()))  # noqa: S310 - loopback
        return urlopen(sent, timeout=30)  # noqa: S310 - loopback

    monkeypatch.setattr(Entrez, "urlopen", to_the_stand_in)
    monkeypatch.setattr(Entrez, "email", Entrez.email or "tests@example.org")
    return pubmed


def _stand_in(
    folder: Path,
    records: str | Path | Sequence[str | Path] | None = None,
    *,
    today: date | None = None,
    faults: Sequence[str] = (),
    rate: int | None = None,
    strict: bool = False,
) -> StandIn:
    if records is None:
        corpus, day = _demonstration(), today or DEMONSTRATION_TODAY
    elif today is None:
        raise TypeError("records need a day, today=date(…), or the test would see another PubMed each day")
    else:
        paths = (records,) if isinstance(records, str | Path) else records
        corpus, day = _read(tuple(folder / each for each in paths)), today
    return StandIn(corpus, today=day, faults=faults, rate=rate, rate_with_key=rate, strict=strict, routes=SOURCES)


@cache
def _demonstration() -> Corpus:
    return Corpus(revisions())


@cache
def _read(paths: tuple[Path, ...]) -> Corpus:
    """A corpus is never changed, so that the tests of one run share what they read and index."""
    return read_corpus(paths)
