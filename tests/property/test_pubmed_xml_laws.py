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
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from litwatch.model.errors import LitwatchError, RecordUnreadable
from litwatch.model.record import Record, content_hash
from litwatch.sources.pubmed_xml import iterate_article_set, parse_article_set
from litwatch.sources.pubmed_xml.citation import read_record
from litwatch.sources.pubmed_xml.record_cutter import Slice
from litwatch.sources.pubmed_xml.usual_form import read_regular, take_references
from litwatch.store.documents import dump, load

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
TEXT = st.text(st.one_of(LETTERS, st.sampled_from(" <>&\"'\n;#|1]")), max_size=12)
DIGITS = st.integers(0, 10**10).map(str)
FLAG = st.sampled_from("YN")
EXAMPLES = int(os.environ.get("LITWATCH_EXAMPLES", "25"))
LAW = settings(deadline=None, max_examples=EXAMPLES)
LESSER_LAW = settings(deadline=None, max_examples=1 + EXAMPLES // 3)
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


@cache  # building a strategy anew takes longer than drawing from it
def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


@cache
def leaf(name: str, text: st.SearchStrategy[str] = TEXT, **attributes: str) -> st.SearchStrategy[etree._Element]:
    return text.map(lambda value: element(name, value, **attributes))


MARKUP = st.lists(st.one_of(TEXT, leaf("i"), leaf("sup"), leaf("sub"), leaf("b")), min_size=1, max_size=4)
ORCIDS = ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-009X", "0000000218250097"]
IDENTIFIERS = st.one_of(st.sampled_from(["10.5555/a", "10.5555/A&<b>", "10.5555/a.", "S1 2", ""]), TEXT)


@st.composite
def authors(draw: st.DrawFn, usual: bool) -> etree._Element:
    known = [{"ValidYN": "Y"}, {"ValidYN": "N"}, {"ValidYN": "Y", "EqualContrib": "Y"}]
    words = TEXT.map(lambda value: [value]) if usual else MARKUP
    return element(
        "Author",
        draw(leaf("LastName") if usual else maybe(leaf("LastName"))),
        draw(maybe(leaf("ForeName"))),
        draw(maybe(leaf("Initials"))),
        draw(maybe(leaf("Suffix"))),
        draw(maybe(words.map(lambda parts: element("CollectiveName", *parts)))),
        draw(maybe(st.sampled_from(ORCIDS if usual else [*ORCIDS, "00000002-18250097", "none", ""]).map(
            lambda value: element("Identifier", value, Source="ORCID")))),
        *(element("AffiliationInfo", element("Affiliation", *parts), draw(maybe(leaf("Identifier", Source="ROR"))))
          for parts in draw(st.lists(words, max_size=3))),
        **draw(st.sampled_from(known if usual else [*known, {}])),
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
def references(draw: st.DrawFn, usual: bool, depth: int = 0) -> etree._Element:
    others = st.sampled_from(["NOT_FOUND;INVALID_JOURNAL", "10.1/x", " 12 ", "", "PMC1"])
    pmids = st.integers(1, 10**9 - 1).map(str)
    ids = st.one_of(
        (pmids if usual else st.one_of(DIGITS, DIGITS, others)).map(lambda pmid: ("pubmed", pmid)),
        st.tuples(st.sampled_from(["doi", "pmc"] if usual else ["doi", None]), others),
    ).map(lambda one: element("ArticleId", one[1], **({"IdType": one[0]} if one[0] else {})))
    entries = draw(st.lists(st.tuples(MARKUP, st.lists(ids, max_size=3)), min_size=1, max_size=3))
    nested = draw(st.lists(references(usual, depth + 1), max_size=1)) if depth < 2 else []
    return element(
        "ReferenceList",
        *(element("Reference", element("Citation", *text), element("ArticleIdList", *found))
          for text, found in entries),
        *nested,
    )  # fmt: skip


@st.composite
def days(draw: st.DrawFn, name: str, usual: bool, **attributes: str) -> etree._Element:
    year, number = st.integers(1900, 2030).map(str), st.integers(0, 32).map(str)
    if not usual:
        year, number = st.sampled_from(["2024", "", "x"]), st.one_of(number, st.sampled_from(["Jan", "", "07"]))
    written = draw(st.tuples(year, number, number, maybe(st.just("6"))))
    return element(
        name,
        *(element(part, value) for part, value in zip(("Year", "Month", "Day", "Hour"), written, strict=True)
          if value is not None),
        **attributes,
    )  # fmt: skip


STATUSES = st.sampled_from(["pubmed", "entrez", "medline", "pmc-release"])


@st.composite
def abstracts(draw: st.DrawFn, name: str, **attributes: str) -> etree._Element:
    labels = maybe(TEXT.filter(str.isprintable))
    parts = draw(st.lists(st.tuples(MARKUP, labels), min_size=1, max_size=3))
    return element(
        name,
        *(element("AbstractText", *text, **({} if label is None else {"Label": label})) for text, label in parts),
        draw(maybe(leaf("CopyrightInformation"))),
        **attributes,
    )


@st.composite
def journals(draw: st.DrawFn) -> etree._Element:
    date = st.sampled_from(["Year=2024", "Year=2024 Month=Mar", "Year=2020 Season=Spring", "MedlineDate=1999"])
    return element(
        "Journal",
        draw(maybe(leaf("ISSN", IssnType="Electronic"))),
        element(
            "JournalIssue",
            draw(maybe(leaf("Volume"))),
            draw(maybe(leaf("Issue"))),
            element("PubDate", *(element(*part.split("=")) for part in draw(date).split())),
            CitedMedium="Internet",
        ),
        draw(maybe(leaf("Title"))),
        draw(maybe(leaf("ISOAbbreviation"))),
    )


@st.composite
def articles(draw: st.DrawFn, pmid: int = MIDDLE, usual: bool | None = None) -> etree._Element:
    """An article of the DTD's shape, half of the time in the form that NLM's programs use."""
    usual = draw(st.booleans()) if usual is None else usual

    def several(form: st.SearchStrategy[Any]) -> list[etree._Element]:
        return draw(st.lists(form, max_size=3))

    def some(form: st.SearchStrategy[Any]) -> list[etree._Element]:
        return draw(st.lists(form, min_size=1, max_size=3))

    def perhaps(*content: Any) -> Any:
        return draw(st.sampled_from([*content, None]))

    article = element(
        "Article",
        draw(journals()),
        element("ArticleTitle", *draw(MARKUP)),
        perhaps(element("Pagination", draw(maybe(leaf("StartPage"))), draw(leaf("MedlinePgn")))),
        *several(st.builds(lambda kind, valid, value: element("ELocationID", value, EIdType=kind, ValidYN=valid),
                           st.sampled_from(["doi", "pii"]), FLAG, IDENTIFIERS)),
        draw(maybe(abstracts("Abstract"))),
        perhaps(element("AuthorList", *some(authors(usual)), CompleteYN=draw(FLAG))),
        *several(leaf("Language")),
        perhaps(element("DataBankList", element("DataBank", draw(leaf("DataBankName")), element(
            "AccessionNumberList", *some(leaf("AccessionNumber")))), CompleteYN="Y")),
        perhaps(element("GrantList", element("Grant", draw(leaf("GrantID")), draw(leaf("Agency"))), CompleteYN="Y")),
        perhaps(element("PublicationTypeList", *some(leaf("PublicationType", UI="D016428")))),
        perhaps(element("VernacularTitle", *draw(MARKUP))),
        draw(maybe(days("ArticleDate", usual, DateType="Electronic"))),
        **({"PubModel": "Print"} if usual else {}),
    )  # fmt: skip
    citation = element(
        "MedlineCitation",
        element("PMID", str(pmid), Version="1"),
        draw(maybe(days("DateCompleted", usual))),
        draw(maybe(days("DateRevised", usual))),
        article,
        element("MedlineJournalInfo", *map(draw, map(leaf, ("Country", "MedlineTA", "ISSNLinking")))),
        perhaps(element("ChemicalList", *some(leaf("NameOfSubstance", UI="D1").map(
            lambda name: element("Chemical", element("RegistryNumber", "0"), name))))),
        perhaps(element("SupplMeshList", *some(leaf("SupplMeshName", Type="Disease", UI="C1")))),
        *several(leaf("CitationSubset")),
        perhaps(element("CommentsCorrectionsList", *some(notices()))),
        perhaps(element("MeshHeadingList", *some(headings()))),
        *several(leaf("OtherID", Source="PIP")),
        *several(abstracts("OtherAbstract", Type="Publisher", Language="spa")),
        perhaps(element("KeywordList", *some(MARKUP.map(
            lambda text: element("Keyword", *text, MajorTopicYN="N"))), Owner="NOTNLM")),
        perhaps(element("CoiStatement", *draw(MARKUP))),
        Status="MEDLINE",
    )  # fmt: skip
    data = element(
        "PubmedData",
        element("History", *some(STATUSES.flatmap(lambda s: days("PubMedPubDate", usual, PubStatus=s)))),
        draw(leaf("PublicationStatus")),
        element("ArticleIdList", *some(st.builds(lambda kind, value: element("ArticleId", value, IdType=kind),
                                                    st.sampled_from(["pubmed", "doi", "pii", "pmc"]), IDENTIFIERS))),
        *several(references(usual)),
    )  # fmt: skip
    return element("PubmedArticle", citation, data)


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
@given(articles(usual=True), st.sampled_from(ENCODINGS))
def test_what_nlm_writes_in_its_usual_form_needs_no_tree(
    root: etree._Element, encode: Callable[[etree._Element], bytes]
) -> None:
    data = encode(root).strip()
    assert read_regular(*take_references(data)) == read(data, by_pattern=False)


@LESSER_LAW
@given(articles(), st.randoms(use_true_random=False))
def test_attribute_order_and_blanks_between_elements_do_not_change_the_hash(
    root: etree._Element, draw: random.Random
) -> None:
    before = content_hash(read(etree.tostring(root), by_pattern=True))
    mixed = {
        "ArticleTitle",
        "AbstractText",
        "VernacularTitle",
        "Keyword",
        "CoiStatement",
        "Affiliation",
        "CollectiveName",
        "Citation",
        "i",
        "b",
        "sup",
        "sub",
    }
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


@LESSER_LAW
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


@LESSER_LAW
@given(st.lists(articles(), max_size=1), st.sampled_from(ENCODINGS))
def test_reading_is_the_same_every_time_and_from_a_stream(
    roots: list[etree._Element], encode: Callable[[etree._Element], bytes]
) -> None:
    body = wrap(*(encode(root).strip() for root in roots))
    found = parse_article_set(body)
    assert found == replace(parse_article_set(body))
    assert tuple(iterate_article_set(io.BytesIO(body))) == found.records
    assert not [error for error in found.unreadable if isinstance(error, RecordUnreadable)]
