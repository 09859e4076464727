"""A small invented corpus, stand-ins that stop with their test, and a way to ask them over the wire."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from lxml import etree
from tests.standin.invented import CITATIONS, invented

from litwatch.standin import Corpus, Revision, StandIn
from litwatch.standin.cheap_records import cheap_records
from litwatch.standin.citation_xml import write_article

TODAY = date(2026, 3, 1)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, its body unpacked."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def xml(self) -> etree._Element:
        return etree.fromstring(self.body, etree.XMLParser(resolve_entities=False, no_network=True))

    def all(self, name: str) -> list[str]:
        """The text of every element of that name."""
        return [element.text or "" for element in self.xml.iter(name)]

    def one(self, name: str) -> str:
        """The text of the only element of that name."""
        (text,) = self.all(name)
        return text


class Asker:
    """One keep-alive connection to a stand-in."""

    def __init__(self, standin: StandIn) -> None:
        where = urlsplit(standin.url)
        self.connection = http.client.HTTPConnection(where.hostname or "", where.port or 0, timeout=60)

    def __call__(self, utility: str, /, *, get: bool = False, packed: bool = False, **parameters: Any) -> Reply:
        """Ask a utility by name, or any path that starts with a slash."""
        suffix = "cgi" if utility == "ecitmatch" else "fcgi"
        path = utility if utility.startswith("/") else f"/entrez/eutils/{utility}.{suffix}"
        form = urlencode(parameters, doseq=True)
        headers = {"Accept-Encoding": "gzip" if packed else "identity"}
        if get:
            self.connection.request("GET", f"{path}?{form}" if form else path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            self.connection.request("POST", path, body=form, headers=headers)
        return self.read()

    def read(self) -> Reply:
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return Reply(answer.status, answer.headers, body)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Six invented records, and one that was deleted in 2025."""
    revisions = [Revision(date.min, citation.pmid, write_article(citation)) for citation in CITATIONS]
    gone = invented(99000007, "Here until 2025.")
    revisions += [Revision(date.min, gone.pmid, write_article(gone)), Revision(date(2025, 6, 1), gone.pmid, None)]
    return Corpus(revisions)


@pytest.fixture(scope="session")
def big_corpus() -> Corpus:
    """12,000 records that one search finds: more than PubMed's window."""
    return Corpus(cheap_records(12_000))


@pytest.fixture
def start() -> Iterator[Callable[..., StandIn]]:
    """Start a stand-in without faults and without a rate limit unless told otherwise; it stops with the test."""
    with ExitStack() as stack:

        def begin(corpus: Corpus, **options: Any) -> StandIn:
            settled = {"today": TODAY, "rate": None, "rate_with_key": None} | options
            return stack.enter_context(StandIn(corpus, **settled))

        yield begin


@pytest.fixture
def standin(start: Callable[..., StandIn], corpus: Corpus) -> StandIn:
    """A healthy stand-in over the small corpus, on 1 March 2026."""
    return start(corpus)


@pytest.fixture
def asker() -> Iterator[Callable[[StandIn], Asker]]:
    """Open connections to stand-ins; they close with the test."""
    with ExitStack() as stack:

        def open_one(standin: StandIn) -> Asker:
            one = Asker(standin)
            stack.callback(one.connection.close)
            return one

        yield open_one


@pytest.fixture
def ask(standin: StandIn, asker: Callable[[StandIn], Asker]) -> Asker:
    """A connection to the healthy stand-in."""
    return asker(standin)


@pytest.fixture
def spoiled(start, asker, corpus) -> Callable[..., Asker]:
    """A connection to a stand-in that suffers the named faults."""

    def open_one(*faults: str) -> Asker:
        return asker(start(corpus, faults=faults))

    return open_one
