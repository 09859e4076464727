"""Laws of reading PubMed's XML: any bytes end in records or in our own errors, and no damage spreads.

Records are built from the DTD's shape with hostile text; the plainest reader, one tree of the whole record, is the
oracle of the reading by pattern.
"""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from litwatch.errors import LitwatchError, RecordUnreadable
from litwatch.pubmed_xml import iterate_article_set, parse_article_set
from litwatch.pubmed_xml.answer import Slice
from litwatch.pubmed_xml.citation import read_record
from litwatch.records import Record, content_hash
from litwatch.store.documents import dump, load

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
TEXT = st.text(st.one_of(LETTERS, st.sampled_from(" <>&\"'\n\t;#|1")), max_size=12)
DIGITS = st.integers(0, 10**10).map(str)
FLAG = st.sampled_from("YN")
LAW = settings(deadline=None, max_examples=int(os.environ.get("LITWATCH_EXAMPLES", "25")))
GOOD_FIRST, GOOD_LAST, MIDDLE = 99_000_001, 99_000_003, 99_000_002


def element(name: str, *content: Any, **attributes: str) -> etree._Element:
    made = etree.Element(name, attributes)
    for part in content:
        if isinstance(part, str):
            if len(made):
                made[-1].tail = (made[-1].tail or "") + part
            else:
                made.text = (made.text or "") + part
        elif part is not None:
            made.append(part)
    return made


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def leaf(name: str, text: st.SearchStrategy[str] = TEXT, **attributes: str) -> st.SearchStrategy[etree._Element]:
    return text.map(lambda value: element(name, value, **attributes))


MARKUP = st.lists(st.one_of(TEXT, leaf("i"), leaf("sup"), leaf("sub"), leaf("b")), max_size=4)
ORCIDS = st.sampled_from(
    ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-009X", "0000000218250097", "none", ""]
)


@st.composite
def authors(draw: st.DrawFn) -> etree._Element:
    attributes = draw(st.sampled_from([{"ValidYN": "Y"}, {"ValidYN": "N"}, {}, {"ValidYN": "Y", "EqualContrib": "Y"}]))
    places = draw(st.lists(MARKUP, max_size=2))
    return element(
        "Author",
        draw(maybe(leaf("LastName"))),
        draw(maybe(leaf("ForeName"))),
        draw(maybe(leaf("Initials"))),
        draw(maybe(leaf("Suffix"))),
        draw(maybe(MARKUP.map(lambda parts: element("CollectiveName", *parts)))),
        draw(maybe(ORCIDS.map(lambda value: element("Identifier", value, Source="ORCID")))),
        *(element("AffiliationInfo", element("Affiliation", *parts), draw(maybe(leaf("Identifier", Source="ROR"))))
          for parts in places),
        **attributes,
    )  # fmt: skip


@st.composite
def headings(draw: st.DrawFn) -> etree._Element:
    names = draw(st.lists(st.tuples(TEXT, FLAG), min_size=1, max_size=3))
    kinds = ["DescriptorName", *["QualifierName"] * (len(names) - 1)]
    extra = draw(st.sampled_from([{}, {"AutoHM": "Y"}, {"Type": "Geographic"}]))
    return element(
        "MeshHeading",
        *(element(kind, text, UI="D000001", MajorTopicYN=flag, **extra)
          for kind, (text, flag) in zip(kinds, names, strict=True)),
    )  # fmt: skip


@st.composite
def notices(draw: st.DrawFn) -> etree._Element:
    return element(
        "CommentsCorrections",
        draw(leaf("RefSource")),
        draw(maybe(leaf("PMID", DIGITS, Version="1"))),
        draw(maybe(leaf("Note"))),
        RefType=draw(st.sampled_from(["RetractionIn", "ErratumIn", "CommentOn", "Unheard"])),
    )


@st.composite
def references(draw: st.DrawFn, depth: int = 0) -> etree._Element:
    ids = st.builds(
        lambda kind, value: element("ArticleId", value, **({"IdType": kind} if kind else {})),
        st.sampled_from(["pubmed", "pubmed", "pubmed", "doi", "pmc", ""]),
        st.one_of(DIGITS, DIGITS, st.sampled_from(["NOT_FOUND;INVALID_JOURNAL", "10.1/x", " 12 ", "", "PMC1"])),
    )
    entries = draw(st.lists(st.tuples(MARKUP, st.lists(ids, max_size=3)), max_size=3))
    nested = draw(st.lists(references(depth + 1), max_size=1)) if depth < 2 else []
    return element(
        "ReferenceList",
        *(element("Reference", element("Citation", *text), element("ArticleIdList", *found))
          for text, found in entries),
        *nested,
    )  # fmt: skip


@st.composite
def moments(draw: st.DrawFn) -> etree._Element:
    number = st.one_of(st.integers(0, 32).map(str), st.sampled_from(["Jan", "", "07"]))
    return element(
        "PubMedPubDate",
        element("Year", draw(st.sampled_from(["2024", "1999", "", "x"]))),
        element("Month", draw(number)),
        element("Day", draw(number)),
        draw(maybe(leaf("Hour", DIGITS))),
        PubStatus=draw(st.sampled_from(["pubmed", "entrez", "medline", "pmc-release"])),
    )


@st.composite
def articles(draw: st.DrawFn, pmid: int = MIDDLE) -> etree._Element:
    return element(
        "PubmedArticle",
        element(
            "MedlineCitation",
            element("PMID", str(pmid), Version="1"),
            element(
                "Article",
                element("ArticleTitle", *draw(MARKUP)),
                element("Abstract", element("AbstractText", *draw(MARKUP), Label=draw(TEXT.filter(str.isprintable)))),
                element("AuthorList", *draw(st.lists(authors(), max_size=3)), CompleteYN=draw(FLAG)),
            ),
            element("CommentsCorrectionsList", *draw(st.lists(notices(), max_size=3))),
            element("MeshHeadingList", *draw(st.lists(headings(), max_size=3))),
            Status="MEDLINE",
        ),
        element(
            "PubmedData",
            element("History", *draw(st.lists(moments(), max_size=4))),
            element("ArticleIdList", element("ArticleId", str(pmid), IdType="pubmed")),
            *draw(st.lists(references(), max_size=2)),
        ),
    )


ENCODINGS: list[Callable[[etree._Element], bytes]] = [
    lambda root: etree.tostring(root, encoding="utf-8"),
    etree.tostring,  # what is not ASCII as numeric entities, as EFetch does
    lambda root: etree.tostring(root, encoding="utf-8", pretty_print=True),
]


def wrap(*records: bytes) -> bytes:
    return b'<?xml version="1.0" ?>\n<PubmedArticleSet>' + b"\n".join(records) + b"</PubmedArticleSet>"


def good(pmid: int) -> bytes:
    return (
        b'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">%d</PMID><Article>'
        b"<ArticleTitle>Whole.</ArticleTitle></Article></MedlineCitation></PubmedArticle>" % pmid
    )


def read(data: bytes, *, by_pattern: bool) -> Record:
    return read_record(Slice(data, 1, plain=by_pattern, namespaces=b""))


@LAW
@given(articles(), st.sampled_from(ENCODINGS))
def test_reading_by_pattern_and_by_tree_give_the_same_record(
    root: etree._Element, encode: Callable[[etree._Element], bytes]
) -> None:
    data = encode(root).strip()
    assert read(data, by_pattern=True) == read(data, by_pattern=False)


@LAW
@given(articles(), st.randoms(use_true_random=False))
def test_attribute_order_and_blanks_between_elements_do_not_change_the_hash(
    root: etree._Element, draw: random.Random
) -> None:
    before = content_hash(read(etree.tostring(root), by_pattern=True))
    mixed = {"ArticleTitle", "AbstractText", "Affiliation", "CollectiveName", "Citation", "i", "b", "sup", "sub"}
    for node in root.iter():
        attributes = list(node.attrib.items())
        draw.shuffle(attributes)
        node.attrib.clear()
        node.attrib.update(attributes)
        if len(node) and node.tag not in mixed:
            node.text = draw.choice(["", "\n  ", " "])
            for child in node:
                child.tail = draw.choice(["", "\n  ", "\t"])
    assert content_hash(read(etree.tostring(root), by_pattern=True)) == before


@LAW
@given(articles())
def test_a_record_reads_back_from_its_json(root: etree._Element) -> None:
    record = read(etree.tostring(root), by_pattern=True)
    assert load(Record, dump(record)) == record


@given(st.binary(max_size=300))
def test_any_bytes_end_in_our_own_errors(noise: bytes) -> None:
    for data in (noise, wrap(noise), noise + wrap(good(GOOD_FIRST))):
        with suppress(LitwatchError):
            parse_article_set(data)


SNIPPETS = [b"<", b">", b"&", b"&#0;", b"&x;", b"<!--", b"<![CDATA[", b"<?x", b'"', b"'", b"\x00", b"\xff", b"</i>"]


@LAW
@given(articles(), st.sampled_from(ENCODINGS), st.data())
def test_no_damage_to_one_record_reaches_its_neighbours(
    root: etree._Element, encode: Callable[[etree._Element], bytes], data: st.DataObject
) -> None:
    middle = bytearray(encode(root).strip())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(middle)))
        stop = min(len(middle), start + data.draw(st.integers(0, 40)))
        middle[start:stop] = data.draw(st.sampled_from([b"", *SNIPPETS]))
    found = parse_article_set(wrap(good(GOOD_FIRST), bytes(middle), good(GOOD_LAST)))
    delivered = [record.pmid for record in found.records]
    assert delivered[0] == GOOD_FIRST
    assert delivered[-1] == GOOD_LAST
    assert [record.title for record in (found.records[0], found.records[-1])] == ["Whole.", "Whole."]
    assert MIDDLE in delivered or found.unreadable or len(delivered) > 2


@LAW
@given(st.lists(articles(), max_size=1), st.sampled_from(ENCODINGS))
def test_reading_is_the_same_every_time_and_from_a_stream(
    roots: list[etree._Element], encode: Callable[[etree._Element], bytes]
) -> None:
    body = wrap(*(encode(root).strip() for root in roots))
    found = parse_article_set(body)
    assert found == replace(parse_article_set(body))
    assert tuple(iterate_article_set(io.BytesIO(body))) == found.records
    assert not [error for error in found.unreadable if isinstance(error, RecordUnreadable)]
