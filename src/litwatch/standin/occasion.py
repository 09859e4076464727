"""One request's circumstances: what is visible, what day it is, and the utilities' common words for refusing.

Envelopes, declarations and document types are those of the recorded answers of 2024 and 2025 (biopython, biocommons).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from litwatch.standin.corpus import View
from litwatch.standin.history import History, Kept
from litwatch.standin.web import XML, Answer, Request, json_answer

WINDOW: Final = 9_999
"""Records of one PubMed search or history set that can be reached; see ``TOO_FAR``."""

TOO_FAR: Final = (
    "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed, ESearch can only retrieve "
    "the first 9,999 records matching the query. To obtain more than 9,999 PubMed records, consider using EDirect that "
    "contains additional logic to batch PubMed search results automatically so that an arbitrary number can be "
    "retrieved. For details see https://www.ncbi.nlm.nih.gov/books/NBK25499/"
)
"""Word for word as measured in 2026, the raw line end included."""

_DTD: Final = "https://eutils.ncbi.nlm.nih.gov/eutils/dtd"
_DOCTYPES: Final = {
    "eSearchResult": ("esearch 20060628", f"{_DTD}/20060628/esearch.dtd"),
    "ePostResult": ("epost 20090526", f"{_DTD}/20090526/epost.dtd"),
    "eSummaryResult": ("esummary v1 20041029", f"{_DTD}/20041029/esummary-v1.dtd"),
    "eEfetchResult": ("efetch 20131226", f"{_DTD}/20131226/efetch.dtd"),
    "eLinkResult": ("elink 20101123", f"{_DTD}/20101123/elink.dtd"),
    "eInfoResult": ("einfo 20190110", f"{_DTD}/20190110/einfo.dtd"),
}

DATABASES: Final = tuple(
    "pubmed protein nuccore ipg nucleotide structure genome annotinfo assembly bioproject biosample blastdbinfo books "
    "cdd clinvar gap gapplus grasp dbvar gene gds geoprofiles medgen mesh nlmcatalog omim orgtrack pmc proteinclusters "
    "pcassay protfam pccompound pcsubstance seqannot snp sra taxonomy biocollections gtr".split()
)
"""Every database that EInfo named in November 2025. The stand-in holds pubmed only."""

_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

UNSENT: Final = "Supplied id parameter is empty."


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a utility needs to answer one request."""

    request: Request
    view: View
    today: date
    now: datetime
    history: History
    bend: Callable[[str, Any], Any]
    """(kind, value) → value, as a fault would have it: ``hits``, ``page``, ``records``, ``pmids``, ``lines``."""

    def recall(self, key: str) -> Kept | None:
        """An earlier query of this request's session."""
        return self.history.recall(self.request.web_env, key, now=self.now)

    def page(self, pmids: Sequence[int]) -> list[int]:
        """What retstart and retmax leave of these."""
        start, size = self.request.number("retstart", 0), self.request.number("retmax", WINDOW + 1)
        return list(pmids[start : start + size])


def prolog(root: str) -> str:
    """XML declaration and document type, without a line end."""
    name, address = _DOCTYPES[root]
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE {root} PUBLIC "-//NLM//DTD {name}//EN" "{address}">'


def text(value: object) -> str:
    """A value as XML text; characters that no XML may hold are left out."""
    return escape(_NO_XML.sub("", str(value)))


def refuse(occasion: Occasion, root: str, message: str, *, status: int = 200) -> Answer:
    """An ERROR in the utility's own envelope, as XML or JSON; at HTTP 200 unless told otherwise."""
    if occasion.request.wants_json and root != "eEfetchResult":
        utility = root.removesuffix("Result").lower()
        return raw_json(utility, f'"{utility}result":{{"ERROR":"{_unescaped(message)}"}}')
    tag = "eFetchResult" if root == "eEfetchResult" else root
    body = f"{prolog(root)}\n<{tag}>\n\t<ERROR>{text(message)}</ERROR>\n</{tag}>\n"
    return Answer(body.encode(), XML, status)


def forgotten(occasion: Occasion, root: str) -> Answer:
    """The refusal of a ``query_key`` that the session does not hold, or holds no longer."""
    message = f"Unable to obtain query #{occasion.request.get('query_key')}"
    if occasion.request.wants_json and root == "eSummaryResult":
        return json_answer({"header": header("esummary"), "esummaryresult": [message]})
    return refuse(occasion, root, message)


def raw_json(utility: str, members: str) -> Answer:
    """JSON whose members are given as text: NCBI pastes messages in without escaping their control characters."""
    return Answer(
        f'{{"header":{{"type":"{utility}","version":"0.3"}},{members}}}\n'.encode(), json_answer({}).content_type
    )


def header(utility: str) -> dict[str, str]:
    """The header object of a JSON answer."""
    return {"type": utility, "version": "0.3"}


def wrong_database(occasion: Occasion, root: str) -> Answer | None:
    """The refusal of a database that does not exist or that the stand-in does not hold, or None for pubmed."""
    name = occasion.request.get("db") or "pubmed"
    if name.lower() == "pubmed":
        return None
    known = name.lower() in DATABASES
    return refuse(
        occasion, root, f"Database is not supported: {name}" if known else f"Invalid db name specified: {name}"
    )


def split_ids(values: tuple[str, ...]) -> list[str]:
    """Identifiers of one or several ``id`` parameters, separated by commas or blanks."""
    return [part for value in values for part in re.split(r"[,\s]+", value) if part]


def read_ids(values: tuple[str, ...]) -> tuple[list[int], int]:
    """(identifiers in order without repeats, how many were none): leading zeros do not count, nor does zero itself."""
    parts = split_ids(values)
    good = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= 20 and int(part)]
    return list(dict.fromkeys(good)), len(parts) - len(good)


def _unescaped(message: str) -> str:
    return message.replace("\\", "\\\\").replace('"', '\\"')
