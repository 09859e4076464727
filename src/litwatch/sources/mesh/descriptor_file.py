"""Reads NLM's descriptor file, ``descYYYY.xml`` or ``.xml.gz``, record by record.

The form is that of NLM's DTD ``nlmdescriptorrecordset`` (MeSH, "XML MeSH Data Elements"); of each record only the
name, the unique ID, the tree numbers and the entry terms are kept.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lxml import etree

from litwatch.model.errors import AnswerUnreadable, EditorError
from litwatch.strategy.mesh_tree import Descriptor

MOST_BYTES = 2 << 30
"""After decompression; the file of 2025 has about 300 MB."""
MOST_DESCRIPTORS = 200_000
"""MeSH has about 31,000."""
LONGEST_TERM = 500
MOST_TERMS = 2_000

TERMS = (
    "MeSH is NLM's. NLM lets anybody use it free of charge; whoever uses it must name NLM as the source and the year,"
    " must not say that NLM endorses the product, and must say so where the headings were changed. NLM's terms:"
    " https://www.nlm.nih.gov/databases/download/terms_and_conditions_mesh.html"
)
"""What litwatch shows when the file is loaded."""

_YEAR = re.compile(r"(?:nlmdescriptorrecordset_|desc)((?:19|20)\d\d)")


class DescriptorFileMissing(EditorError):
    """There is no such file, or it cannot be read."""


def read_descriptor_file(path: Path) -> tuple[int, tuple[Descriptor, ...]]:
    """The year of MeSH, from the document type or the file's name, and the descriptors in the file's order.

    Publication types (descriptor class 2) are left out: litwatch has a list of its own. Raises DescriptorFileMissing
    where the file cannot be opened, and AnswerUnreadable where it is not NLM's descriptor file, is cut short, names no
    year, or is larger than any edition.
    """
    try:
        with path.open("rb") as raw:
            head = raw.read(2)
            raw.seek(0)
            stream: IO[bytes] = gzip.open(raw) if head == b"\x1f\x8b" else raw  # type: ignore[assignment]  # noqa: SIM115
            beginning = stream.read(4096)
            descriptors = tuple(_read(_Limited(beginning, stream), path.name))
    except (OSError, EOFError) as error:
        if isinstance(error, EOFError | gzip.BadGzipFile):
            raise AnswerUnreadable(f"{path.name} is cut short or damaged; fetch it from NLM anew") from None
        raise DescriptorFileMissing(f"{path}: {error.strerror}; name NLM's file descYYYY.xml or .xml.gz") from None
    year = _YEAR.search(beginning.decode("utf-8", "replace")) or _YEAR.search(path.name)
    if year is None:
        raise AnswerUnreadable(f"{path.name} does not say of which year it is; keep NLM's name, descYYYY.xml")
    if not descriptors:
        raise AnswerUnreadable(f"{path.name} holds no headings; load NLM's file descYYYY.xml")
    return int(year[1]), descriptors


class _Limited(io.RawIOBase):
    """The stream from its beginning, refused beyond MOST_BYTES."""

    def __init__(self, beginning: bytes, stream: IO[bytes]) -> None:
        self._beginning = beginning
        self._stream = stream
        self._size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        del size  # a chunk is a chunk
        chunk, self._beginning = self._beginning or self._stream.read(1 << 18), b""
        self._size += len(chunk)
        if self._size > MOST_BYTES:
            raise AnswerUnreadable(f"the file holds more than {MOST_BYTES:,} bytes; NLM's descriptor file is smaller")
        return chunk


def _read(stream: _Limited, name: str) -> Iterator[Descriptor]:
    records = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root: etree._Element | None = None
    found = 0
    try:
        for event, element in records:
            if root is None:
                root = element
                if root.tag != "DescriptorRecordSet":
                    raise AnswerUnreadable(f"{name} is not NLM's descriptor file: it begins with <{root.tag}>")
            if event == "start" or element.tag != "DescriptorRecord":
                continue
            found += 1
            if found > MOST_DESCRIPTORS:
                raise AnswerUnreadable(f"{name} holds more than {MOST_DESCRIPTORS:,} headings; MeSH has fewer")
            descriptor = _descriptor(element)
            if descriptor is not None:
                yield descriptor
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise AnswerUnreadable(f"{name} cannot be read as XML (line {error.lineno}); fetch it from NLM anew") from None


def _descriptor(element: etree._Element) -> Descriptor | None:
    label = (element.findtext("DescriptorName/String") or "").strip()
    if not label or len(label) > LONGEST_TERM or element.get("DescriptorClass") == "2":
        return None
    numbers = tuple(text for one in element.iterfind("TreeNumberList/TreeNumber") if (text := (one.text or "").strip()))
    terms = (" ".join((one.text or "").split()) for one in element.iterfind("ConceptList/Concept/TermList/Term/String"))
    entries = tuple(dict.fromkeys(term for term in terms if term and term != label and len(term) <= LONGEST_TERM))
    return Descriptor(label, (element.findtext("DescriptorUI") or "").strip() or None, numbers, entries[:MOST_TERMS])
