"""The lists that are most of a record (references, authors, notices, MeSH headings, history), read by pattern.

NLM's programs write them the same way every time, and read so they take a third of the time that a tree takes. A
list that differs in anything (an attribute, an entity, markup in an affiliation, a line break in a name) is left
in its place for the tree; both ways give the same result, which the tests hold. Only a record without comments,
CDATA sections and processing instructions may come here: in others a ``<`` need not begin a tag.
This module refuses to read anything but the usual, and to change a byte outside the lists that it empties.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

import orjson

from litwatch.citations import Pmid
from litwatch.pubmed_xml.dates import full_date
from litwatch.pubmed_xml.markup import fold
from litwatch.pubmed_xml.parts import PMID_LIMIT, author, notice
from litwatch.records import Author, MeshHeading, MeshQualifier, Notice

_Taken = TypeVar("_Taken")

_BLANK = r"[ \t\r\n]*"
# Text without line breaks; the last two are no characters of XML.
_TEXT = r"(?![ ])[^<>\x00-\x1f\ufffe\uffff]*(?<![ ])"
_ORCID = r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]"
_AUTHOR = re.compile(
    rf"""{_BLANK}<Author[ ]ValidYN="([YN])"(?:[ ]EqualContrib="[YN]")?>{_BLANK}
    (?:<LastName>({_TEXT})</LastName>{_BLANK})?
    (?:<ForeName>({_TEXT})</ForeName>{_BLANK})?
    (?:<Initials>({_TEXT})</Initials>{_BLANK})?
    (?:<Suffix>({_TEXT})</Suffix>{_BLANK})?
    (?:<CollectiveName>({_TEXT})</CollectiveName>{_BLANK})?
    (?:<Identifier[ ]Source="ORCID">(?:https?://orcid\.org/)?({_ORCID})</Identifier>{_BLANK})?
    (?:<AffiliationInfo>{_BLANK}<Affiliation>({_TEXT})</Affiliation>{_BLANK}
        (?:<Identifier[ ]Source="[A-Z]+">{_TEXT}</Identifier>{_BLANK})*</AffiliationInfo>{_BLANK})?
    ((?:<AffiliationInfo>{_BLANK}<Affiliation>{_TEXT}</Affiliation>{_BLANK}
        (?:<Identifier[ ]Source="[A-Z]+">{_TEXT}</Identifier>{_BLANK})*</AffiliationInfo>{_BLANK})*)""",
    re.VERBOSE,
)
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]{1,6});|#([0-9]{1,7});|(amp|lt|gt|quot|apos);)?")
_PREDEFINED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_AFFILIATION = re.compile(r"<Affiliation>([^<]*)<")
_HEADING = re.compile(
    rf"""{_BLANK}<MeshHeading>{_BLANK}
    <DescriptorName[ ]UI="([A-Z0-9]+)"[ ]MajorTopicYN="([YN])"(?:[ ](?:Type|AutoHM)="[A-Za-z]+")?>({_TEXT})
    </DescriptorName>{_BLANK}
    ((?:<QualifierName[ ]UI="[A-Z0-9]+"[ ]MajorTopicYN="[YN]"(?:[ ]AutoHM="Y")?>{_TEXT}</QualifierName>{_BLANK})*)""",
    re.VERBOSE,
)
_QUALIFIER = re.compile(r'UI="([A-Z0-9]+)" MajorTopicYN="([YN])"[^>]*>([^<]*)<')
_MOMENT = re.compile(
    rf"""{_BLANK}<PubMedPubDate[ ]PubStatus="([a-z-]+)">{_BLANK}
    <Year>([0-9]+)</Year>{_BLANK}<Month>([0-9]+)</Month>{_BLANK}<Day>([0-9]+)</Day>{_BLANK}
    (?:<Hour>[0-9]+</Hour>{_BLANK})?(?:<Minute>[0-9]+</Minute>{_BLANK})?(?:<Second>[0-9]+</Second>{_BLANK})?""",
    re.VERBOSE,
)
_NOTICE = re.compile(
    rf"""{_BLANK}<CommentsCorrections[ ]RefType="([A-Za-z]+)">{_BLANK}<RefSource>({_TEXT})</RefSource>{_BLANK}
    (?:<PMID[ ]Version="[0-9]+">([0-9]+)</PMID>{_BLANK})?(?:<Note>({_TEXT})</Note>{_BLANK})?""",
    re.VERBOSE,
)
# The text of ArticleIds of type pubmed; where one is written in another way than NLM's, what is caught is no number.
_CITED = re.compile(rb'<ArticleId(?!List>| IdType="(?!pubmed")[a-z]+">)(?: IdType="pubmed">)?([^<]*)<')


@dataclass(frozen=True, slots=True)
class Regular:
    """What could be read by pattern; empty where the tree must be asked."""

    authors: tuple[Author, ...]
    notices: tuple[Notice, ...]
    mesh: tuple[MeshHeading, ...]
    history: dict[str, date | None]
    cites: tuple[Pmid, ...]


NOTHING_REGULAR = Regular((), (), (), {}, ())


def take_lists(data: bytes) -> tuple[bytes, Regular]:
    """Empty the lists that can be read by pattern; return what is left of the record, and what they held.

    A fault in the text of a reference goes unseen, which spares the record: only PMIDs are taken from there.
    """
    record = _Record(data)
    found = Regular(
        record.take(b"AuthorList", _authors) or (),
        record.take(b"CommentsCorrectionsList", _notices) or (),
        record.take(b"MeshHeadingList", _mesh) or (),
        record.take(b"History", _history) or {},
        record.take(b"ReferenceList", _cites) or (),
    )
    return record.rest(), found


class _Record:
    """A record's bytes, from which lists are taken in the order of the DTD."""

    __slots__ = ("data", "done", "history", "kept")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.kept: list[bytes] = []
        self.done = 0
        self.history = data.find(b"<History")

    def take(self, name: bytes, read: Callable[[bytes], _Taken]) -> _Taken | None:
        """Read what the next list of this name holds; where that succeeds, leave the list in place but empty.

        Reference lists stand last, in a row or one in the other, and are taken together.
        """
        if name == b"ReferenceList":
            opened = self.data.find(b"<" + name, max(self.done, self.history))
            end = self.data.rfind(b"</" + name + b">")
        else:  # authors and headings stand before the history, and need not be looked for behind it
            opened = self.data.find(b"<" + name, self.done, self.history + 8 if self.history > 0 else len(self.data))
            end = self.data.find(b"</" + name + b">", opened)
        begin = self.data.find(b">", opened) + 1
        if opened < 0 or end < begin or self.data[begin - 2 : begin] == b"/>":
            return None
        try:
            taken = read(self.data[begin:end])
        except ValueError:
            return None
        self.kept.append(self.data[self.done : begin])
        self.done = end
        return taken

    def rest(self) -> bytes:
        """The record without what was taken."""
        return b"".join((*self.kept, self.data[self.done :]))


def _items(content: bytes, end_tag: str) -> list[str]:
    """What stands before each end tag. Raises ValueError where the list holds something else as well."""
    *items, rest = content.decode().split(end_tag)
    if rest.strip(" \t\r\n"):
        raise ValueError("more than the items")
    return items


def _groups(form: re.Pattern[str], item: str) -> tuple[str, ...]:
    """The texts of an item in its usual form. Raises ValueError where it has another."""
    match = form.fullmatch(item)
    if match is None:
        raise ValueError("not the usual form")
    return match.groups("")


def _plain(found: str) -> str:
    """The text with its entities resolved and its blanks folded. Raises ValueError where the tree must judge."""
    return fold(_ENTITY.sub(_character, found) if "&" in found else found)


def _character(entity: re.Match[str]) -> str:
    hexadecimal, decimal, name = entity.groups()
    if name:
        return _PREDEFINED[name]
    number = int(hexadecimal, 16) if hexadecimal else int(decimal or 0)
    if not (0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000):
        raise ValueError("no entity of XML, or a character that it does not have")
    return chr(number)


def _authors(content: bytes) -> tuple[Author, ...]:
    found = []
    for item in _items(content, "</Author>"):
        valid, *names, orcid, affiliation, further = _groups(_AUTHOR, item)
        joined = "|".join(names)
        if "&" in joined or "  " in joined:
            names = [_plain(name) for name in names]
        affiliations = [_plain(affiliation)]
        if further:
            affiliations += map(_plain, _AFFILIATION.findall(further))
        if valid == "Y" and (one := author(names, orcid, affiliations)):
            found.append(one)
    return tuple(found)


def _notices(content: bytes) -> tuple[Notice, ...]:
    return tuple(
        notice(ref_type, _plain(source), pmid, _plain(note))
        for ref_type, source, pmid, note in (
            _groups(_NOTICE, item) for item in _items(content, "</CommentsCorrections>")
        )
    )


def _mesh(content: bytes) -> tuple[MeshHeading, ...]:
    return tuple(map(_heading, _items(content, "</MeshHeading>")))


@lru_cache(maxsize=16384)
def _heading(item: str) -> MeshHeading:
    """One heading; a few thousand of them make up most of all lists, so the same objects serve many records."""
    ui, major, label, qualifiers = _groups(_HEADING, item)
    found = tuple(
        MeshQualifier(its_ui, _plain(its_label), its_major == "Y")
        for its_ui, its_major, its_label in _QUALIFIER.findall(qualifiers)
    )
    return MeshHeading(ui, _plain(label), major == "Y", found)


def _history(content: bytes) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for status, day in map(_moment, _items(content, "</PubMedPubDate>")):
        found.setdefault(status, day)
    return found


@lru_cache(maxsize=16384)
def _moment(item: str) -> tuple[str, date | None]:
    status, *day = _groups(_MOMENT, item)
    return status, full_date(*day)


def _cites(content: bytes) -> tuple[Pmid, ...]:
    written = list(filter(None, _CITED.findall(content)))
    if not written:
        return ()
    if not b"".join(written).isdigit():
        raise ValueError("what is no PMID, or is written in another way")
    numbers: list[Pmid] = orjson.loads(b"[%b]" % b",".join(written))  # all at once; it refuses zeros in front
    if min(numbers) == 0 or max(numbers) >= PMID_LIMIT:
        raise ValueError("a number that is no PMID")
    return tuple(numbers)
