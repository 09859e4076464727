"""Faults of the body, at status 200 or in NCBI's 400 envelope: empty, half of it, something else, hostile."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType
from typing import Any, Final

from litwatch.standin.fault import UTILITIES, Bend, Change, Fault, FaultKind, one_record, root_of
from litwatch.standin.occasion import Occasion, prolog, refuse
from litwatch.standin.web import TEXT, XML, Answer

HUGE: Final = 64 << 20
"""Bytes of abstract in a record that is larger than any client should take."""

_XML_ONLY: Final = tuple(name for name in UTILITIES if name != "ecitmatch")
_BOMB: Final = (
    '<!DOCTYPE PubmedArticleSet [<!ENTITY a "lollollollollollol">'
    + "".join(f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 10}">' for step in range(9))
    + "]>"
)
_OUTSIDE: Final = '<!DOCTYPE PubmedArticleSet [<!ENTITY file SYSTEM "file:///etc/passwd">]>'


def _body(make: Callable[[bytes], bytes]) -> Change:
    return lambda answer, *_: replace(answer, body=make(answer.body))


def _says(message: str, status: int = 200) -> Change:
    return lambda _, occasion, __: refuse(occasion, root_of(occasion), message, status=status)


def _prolog_only(answer: Answer, occasion: Occasion, _: Random) -> Answer:
    return replace(answer, body=(prolog(root_of(occasion)) + "\n").encode())


def _in_comment(_: Answer, occasion: Occasion, __: Random) -> Answer:
    root = root_of(occasion)
    tag = "PubmedArticleSet" if root == "eEfetchResult" else root
    return Answer(f"{prolog(root)}\n<{tag}>\n<!-- DocSum Backend failed -->\n</{tag}>\n".encode(), XML)


def _wrong_root(answer: Answer, occasion: Occasion, _: Random) -> Answer:
    return replace(
        answer, body=f"{prolog(root_of(occasion))}\n<eUtilsResult><Status>ok</Status></eUtilsResult>\n".encode()
    )


def _invalid_json(answer: Answer, *_: object) -> Answer:
    return replace(answer, body=answer.body.rstrip().rstrip(b"}") + b',"ERROR":"NCBI C++ Exception:\n    Error"')


def _mislabelled(body: bytes) -> bytes:
    """Latin-1 bytes under a UTF-8 label: what a proxy that recodes does."""
    return body.decode("utf-8", "replace").replace("</", "\u00e9</", 1).encode("latin-1", "replace")


def _control(body: bytes) -> bytes:
    place = body.find(b"<Title>")
    place = body.rfind(b"</") if place < 0 else place + 7
    return body[:place] + b"\x0b" + body[place:]


def _with_entity(doctype: str, entity: str) -> Callable[[bytes], bytes]:
    def make(body: bytes) -> bytes:
        text = re.sub(rb"<!DOCTYPE[^>]*>", lambda _: doctype.encode(), body, count=1)
        return re.sub(rb"(<ArticleTitle>|<PubmedArticleSet>)", rb"\1" + entity.encode(), text, count=1)

    return make


def _future(body: bytes) -> bytes:
    body = body.replace(b"1st January 2025", b"1st January 2027").replace(b"pubmed_250101.dtd", b"pubmed_270101.dtd")
    body = body.replace(b"<MedlineCitation ", b'<MedlineCitation EvidenceGrade="unknown" ')
    return body.replace(
        b"</MedlineCitation>", b"<TrustMarkerList><TrustMarker>none</TrustMarker></TrustMarkerList></MedlineCitation>"
    )


def _every(change: Callable[[bytes], bytes]) -> Bend:
    return lambda records, *_: [change(record) for record in records]


def _enlarged(record: bytes) -> bytes:
    return record.replace(b"<ArticleTitle>", b"<ArticleTitle>" + b"long " * (HUGE // 5), 1)


def _without_pmid(record: bytes) -> bytes:
    return re.sub(rb"<PMID[^>]*>\s*\d+\s*</PMID>", b"", record, count=1)


def _fault(
    name: str,
    says: str,
    change: Change | None = None,
    *,
    bends: Mapping[str, Any] | None = None,
    utilities: tuple[str, ...] = UTILITIES,
    passing: bool = False,
) -> Fault:
    return Fault(name, FaultKind.BODY, says, change, MappingProxyType(dict(bends or {})), utilities, passing)


FAULTS: Final = (
    _fault("empty-body", "status 200 and no body at all", _body(lambda _: b""), passing=True),
    _fault(
        "prolog-only", "declaration and document type, then nothing", _prolog_only, utilities=_XML_ONLY, passing=True
    ),
    _fault(
        "truncated-body",
        "a whole HTTP answer whose body ends halfway",
        _body(lambda body: body[: len(body) // 2]),
        passing=True,
    ),
    _fault(
        "backend-outage",
        "ERROR: Database is not supported: pubmed (July 2025)",
        _says("Search Backend failed: Database is not supported: pubmed"),
        utilities=("esearch",),
        passing=True,
    ),
    _fault(
        "error-element",
        "ERROR: internal error, in the utility's own envelope",
        _says("Error occurred: internal error"),
        utilities=_XML_ONLY,
    ),
    _fault("error-in-comment", "an empty answer that confesses in an XML comment", _in_comment, utilities=_XML_ONLY),
    _fault(
        "summary-unavailable",
        "400: cannot get document summary",
        _says(" Error occurred: cannot get document summary", 400),
        utilities=("efetch", "esummary"),
    ),
    _fault(
        "pubone-down",
        "400: Failed to connect to PubOne service",
        _says("proxy_stream(): Failed to connect to PubOne service", 400),
        utilities=("efetch",),
        passing=True,
    ),
    _fault(
        "cxx-exception",
        "plain text: NCBI C++ Exception",
        lambda *_: Answer(
            b"NCBI C++ Exception:\n    Error: TXCLIENT(CException::eUnknown) "
            b'"CTxRawClientImpl::readAll": error reading: EOF\n',
            TEXT,
        ),
    ),
    _fault(
        "json-instead-of-xml",
        "a JSON error where XML was asked for",
        lambda *_: Answer(b'{"ERROR":"Couldn\'t resolve #exLinkSrv2, the address table is empty."}\n', XML),
    ),
    _fault("invalid-json", "JSON broken by a raw line end", _invalid_json),
    _fault("wrong-encoding", "Latin-1 bytes labelled UTF-8", _body(_mislabelled), utilities=_XML_ONLY),
    _fault("byte-order-mark", "a byte order mark before the declaration", _body(lambda body: b"\xef\xbb\xbf" + body)),
    _fault("control-character", "a vertical tab, which no XML may hold", _body(_control)),
    _fault("wrong-root", "well-formed XML that is no answer of any utility", _wrong_root, utilities=_XML_ONLY),
    _fault(
        "entity-bomb",
        "a document type with nested entities (billion laughs)",
        _body(_with_entity(_BOMB, "&j;")),
        utilities=("efetch",),
    ),
    _fault(
        "external-entity",
        "a document type that points at a file of the reader",
        _body(_with_entity(_OUTSIDE, "&file;")),
        utilities=("efetch",),
    ),
    _fault(
        "malformed-article",
        "one record among good ones is no XML (a bare ampersand)",
        bends={"records": one_record(lambda record: record.replace(b"<ArticleTitle>", b"<ArticleTitle>R & D < ", 1))},
        utilities=("efetch",),
    ),
    _fault(
        "article-without-pmid",
        "one record among good ones has lost its PMID",
        bends={"records": one_record(_without_pmid)},
        utilities=("efetch",),
    ),
    _fault("huge-record", "one record of 64 MB", bends={"records": one_record(_enlarged)}, utilities=("efetch",)),
    _fault(
        "future-dtd",
        "pubmed_270101.dtd, with an attribute and elements that nobody knows yet",
        _body(_future),
        utilities=("efetch",),
    ),
    _fault(
        "hostile-title",
        "every title holds a script, a template and a formula",
        bends={
            "records": _every(
                lambda record: record.replace(
                    b"<ArticleTitle>",
                    b'<ArticleTitle>&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} =HYPERLINK("x") ',
                    1,
                )
            )
        },
        utilities=("efetch",),
    ),
)
"""Nothing first, hostility last."""
