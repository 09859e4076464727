"""Whether a body is the answer that was asked for; an HTTP status of 200 proves nothing.

NCBI has answered 200 with an ``<ERROR>``, with JSON where XML was asked for, with HTML, with a C++ exception's text,
with an error inside an XML comment, with a prolog and no root, and with nothing at all. Every body passes a positive
check of its own shape here.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from io import BytesIO

from lxml import etree

from litwatch.model.errors import SourceRefused
from litwatch.model.text.safe_text import clip, visible
from litwatch.sources.entrez.transport import Answer, Unusable

_REFUSALS = ("invalid db name", "empty term and query_key", "id list is empty", "supplied id parameter is empty")
"""ERROR texts that no repetition changes."""

_BACK_END_TROUBLE = re.compile(
    r"proxy_stream|failed to connect|cannot get document summary|search backend failed", re.I
)
"""What a 400 says when NCBI's own parts do not reach each other (seen 2026, cyanheads/pubmed-mcp-server#155)."""

_TROUBLE = re.compile(rb"error|fail|exception", re.I)
"""EDirect watches for "DocSum Backend failed" inside a comment of an otherwise well-formed answer."""

_WRONG_KEY = re.compile(r"api[ _-]?key (?:is )?(?:invalid|unknown)", re.I)


def check_status(answer: Answer, now: datetime) -> bytes:
    """The body of an answer with status 200.

    Raises SourceRefused where a person must act, Unusable for everything else; a 400 is repeated only where its text
    speaks of trouble behind NCBI's door.
    """
    status = answer.status
    if status == 200:
        return answer.body
    says = _what_it_says(answer.body)
    if status == 429:
        raise Unusable("HTTP 429, too many requests", wait=_retry_after(answer, now), limited=True)
    if status in {408, 425} or status >= 500:
        raise Unusable(f"HTTP {status}{says}", wait=_retry_after(answer, now))
    if 300 <= status < 400:
        raise Unusable(f"HTTP {status}, a redirect, which is never followed; check LITWATCH_EUTILS", again=False)
    if status < 400:
        raise Unusable(f"HTTP {status} instead of 200{says}")
    _refuse_key(says)
    if status == 400 and _BACK_END_TROUBLE.search(says):
        raise Unusable(f"HTTP 400{says}")
    raise SourceRefused(f"HTTP {status}{says}")


def read_xml(body: bytes, root: str) -> etree._Element:
    """The parsed document, certain to have this root element and to report no error.

    Raises SourceRefused for an ERROR that a person must mend, Unusable for any other body.
    """
    check_xml_text(body, root)
    # Entities, DTD and network stay off: the DOCTYPE names an address that we neither trust nor need.
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)
    try:
        document = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise _malformed(error) from None
    errors = [" ".join((found.text or "").split()) for found in document.iter("ERROR")]
    if errors:
        _refuse_or_retry("; ".join(errors))
    return document


def iterate_xml(body: bytes, root: str, tag: str) -> Iterator[etree._Element]:
    """Each element of that tag in turn, which is emptied when the next is asked for; checks and errors of ``read_xml``.

    For answers of many small elements, whose whole tree would take ten times as much memory as their text. An error in
    the middle is raised where it stands: keep nothing of what came before.
    """
    check_xml_text(body, root)
    try:
        for _, found in etree.iterparse(
            BytesIO(body), tag=(tag, "ERROR"), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True
        ):
            if found.tag == "ERROR":
                _refuse_or_retry(" ".join((found.text or "").split()))
            yield found
            found.clear()
            while (before := found.getprevious()) is not None and (parent := found.getparent()) is not None:
                parent.remove(before)
    except etree.XMLSyntaxError as error:
        raise _malformed(error) from None


def _malformed(error: etree.XMLSyntaxError) -> Unusable:
    return Unusable(f"the answer is not well-formed XML ({clip(visible(str(error)), 80)})")


def check_xml_text(body: bytes, root: str) -> None:
    """See, without parsing, that a body is complete XML that ends with its root; raises as ``read_xml``."""
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise Unusable("the answer is empty")
    if text[:1] in b"{[":
        _refuse_or_retry(_json_error(text) or "JSON instead of XML")
    if not text.startswith(b"<"):
        raise Unusable(f"the answer is text, not XML{_what_it_says(text)}")
    if re.match(rb"(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE\s+html|<html)", text, re.I):
        raise Unusable(f"the answer is an HTML page{_what_it_says(text)}")
    if any(_TROUBLE.search(comment) for comment in _comments(text)):
        raise Unusable("the answer reports an error in an XML comment")
    if re.search(rb"<ERROR>", text[:4096]):
        _refuse_or_retry(_error_element(text) or "ERROR without text")
    if not re.search(rb"(?:</%b\s*>|<%b\s*/>)\s*\Z" % (root.encode(), root.encode()), text):
        start = re.search(rb"<([A-Za-z][\w.-]*)", text)
        if start is None:
            raise Unusable("the answer ends after its XML prolog")
        if start[1].decode() != root:
            raise Unusable(f"the answer is a {start[1].decode()[:40]}, not a {root}")
        raise Unusable("the answer is cut off before its end")


def read_lines(body: bytes) -> list[str]:
    """The lines of a plain-text answer. Raises SourceRefused or Unusable when it is markup, JSON or nothing."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    if not text:
        raise Unusable("the answer is empty")
    if text[0] in "{[":
        _refuse_or_retry(_json_error(body) or "JSON instead of text")
    if text[0] == "<":
        _refuse_or_retry(_error_element(body) or "markup instead of text")
    return text.splitlines()


def _refuse_or_retry(error: str) -> None:
    shown = clip(visible(error), 200)
    _refuse_key(shown)
    if re.search("rate limit", error, re.I):
        raise Unusable("the rate limit was exceeded, said under HTTP 200", limited=True)
    if error.lower().startswith(_REFUSALS):
        raise SourceRefused(shown)
    raise Unusable(f"NCBI reports: {shown}")


def _refuse_key(says: str) -> None:
    if _WRONG_KEY.search(says):
        raise SourceRefused("the API key is not valid; renew or unset LITWATCH_API_KEY")


def _what_it_says(body: bytes) -> str:
    """A short quotation of an error body, with a leading colon; empty when nothing in it is worth quoting."""
    text = body[:4096].decode("utf-8", "replace")
    page = re.search(r"<title>([^<]*+)</title>", text, re.I)
    said = _json_error(body) or _error_element(body) or (html.unescape(page[1]) if page else "")
    if not said and not text.lstrip().startswith("<"):
        said = text
    said = " ".join(visible(said).split())
    return f": {clip(said, 200)}" if said else ""


def _error_element(body: bytes) -> str:
    said, ends, _ = body[:65536].partition(b"<ERROR>")[2].partition(b"</ERROR>")
    return " ".join(html.unescape(said.decode("utf-8", "replace")).split()) if ends else ""


def _comments(text: bytes) -> Iterator[bytes]:
    end = 0
    while (start := text.find(b"<!--", end)) >= 0 and (end := text.find(b"-->", start)) >= 0:
        yield text[start:end]


def _json_error(body: bytes) -> str:
    """The message of ``{"error": …}``, ``{"ERROR": …}`` or ``{"esearchresult": {"ERROR": …}}``, never its other fields.

    NCBI's JSON may hold a raw line end within a string, and its key error repeats the key beside the message.
    """
    try:
        found = json.loads(body, strict=False)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    inner = found.get("esearchresult")
    for place in (found, inner if isinstance(inner, dict) else {}):
        for name in ("error", "ERROR"):
            if isinstance(place.get(name), str):
                return str(place[name])
    return ""


def _retry_after(answer: Answer, now: datetime) -> float | None:
    """NCBI's Retry-After in seconds from now, given as seconds or as an HTTP date (RFC 9110, 10.2.3)."""
    value = (answer.headers.get("Retry-After") or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None
