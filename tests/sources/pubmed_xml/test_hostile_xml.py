"""Hostile XML in records that otherwise have NLM's usual form: both ways of reading meet it, neighbours stay whole.

Wild bytes are for the laws (tests/property) and for `make fuzz`; here stand the attacks that have a name. None may
take more than its length in time, which is held by their size: what was tried twice would not come to an end.
"""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from litwatch.model.errors import AnswerUnreadable, RecordUnreadable
from litwatch.sources.pubmed_xml import iterate_article_set, parse_article_set, unpack
from litwatch.sources.pubmed_xml.citation import read_record
from litwatch.sources.pubmed_xml.record_cutter import Slice
from litwatch.sources.pubmed_xml.usual_form import read_regular, take_references

USUAL = (Path(__file__).parents[2] / "data" / "pubmed_xml" / "usual_form.xml").read_bytes()
FIRST, LAST = re.findall(rb"<PubmedArticle>.*?</PubmedArticle>", USUAL, re.DOTALL)
MANY = 200_000

PLACES = {
    "title": rb"(?<=<ArticleTitle>)[^<]*",
    "abstract": rb"(?<=<AbstractText Label=\"BACKGROUND\" NlmCategory=\"BACKGROUND\">)[^<]*",
    "affiliation": rb"(?<=<Affiliation>)[^<]*",
    "heading": rb"(?<=MajorTopicYN=\"N\">)[^<]*",
    "keyword": rb"(?<=<Keyword MajorTopicYN=\"N\">)[^<]*",
    "volume": rb"(?<=<Volume>)[^<]*",
    "article id": rb"(?<=<ArticleId IdType=\"doi\">)[^<]*",
    "citation": rb"(?<=<Citation>)[^<]*",
}
REFUSED = {
    "an entity that nobody declared": b"&lol9;",
    "an ampersand alone": b"R & D",
    "a character that XML does not have": b"a\x00b",
    "a control character": b"a\x0bb",
    "such a character as an entity": b"&#1;",
    "half of a pair as an entity": b"&#xD800;",
    "UTF-8 of half a pair": b"\xed\xa0\x80",
    "UTF-8 cut off": b"caf\xc3",
    "Latin-1": b"caf\xe9",
    "a non-character": b"\xef\xbf\xbf",
    "the end of a section that never began": b"a]]>b",
    "an end tag of nothing": b"a</i>b",
    "tags that cross": b"<i><b>a</i></b>",
    "deep nesting": b"<i>" * MANY + b"</i>" * MANY,
    "start tags without end": b"<i>" * MANY,
    "a prefix that means nothing": b"<evil:x>a</evil:x>",
}
KEPT = {
    "much text": b"word " * MANY,
    "many blanks": b"a" + b" " * MANY + b"b",
    "many entities": b"&lt;&amp;" * MANY,
    "an entity in an entity": b"&amp;lt;script&amp;gt;",
    "many pairs of tags": b"<i>a</i>" * (MANY // 100),
    "line breaks": b" a\n  b ",
    "a foreign blank": "a\u00a0\u2003b".encode(),
    "a section": b"<![CDATA[a <b> & c]]>",
    "a comment": b"a<!-- <i> & -->b",
    "an instruction": b"a<?x <i> & ?>b",
}


def struck(place: str, attack: bytes) -> bytes:
    found, count = re.subn(PLACES[place], lambda _: attack, FIRST, count=1)
    assert count == 1
    return found


def read_set(*records: bytes) -> tuple[list[int], list[int | None]]:
    found = parse_article_set(b"<PubmedArticleSet>" + b"\n".join(records) + b"</PubmedArticleSet>")
    return [record.pmid for record in found.records], [error.pmid for error in found.unreadable]


def test_the_record_that_is_struck_has_the_usual_form_before() -> None:
    assert read_regular(*take_references(FIRST)).pmid == 99_000_002


@pytest.mark.parametrize("attack", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_xml_costs_its_record_and_no_other(place: str, attack: bytes) -> None:
    delivered, unreadable = read_set(struck(place, attack), LAST)
    spared = place == "citation"  # of a reference nothing but PMIDs is read
    assert delivered == ([99_000_002, 99_000_003] if spared else [99_000_003])
    assert unreadable == ([] if spared else [99_000_002])


@pytest.mark.parametrize("attack", KEPT.values(), ids=KEPT)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_strange_but_xml_is_read_alike_by_pattern_and_by_tree(place: str, attack: bytes) -> None:
    data = struck(place, attack)
    plain = b"<!" not in attack and b"<?" not in attack
    piece = Slice(data, 1, plain=plain, namespaces=b"")
    assert read_record(piece) == read_record(replace(piece, plain=False))
    assert read_set(data, LAST) == ([99_000_002, 99_000_003], [])


def test_an_entity_bomb_in_the_document_type_never_goes_off() -> None:
    bomb = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10))
    answer = b"<!DOCTYPE PubmedArticleSet [" + bomb + b"]><PubmedArticleSet>" + struck("title", b"&l9;") + LAST
    found = parse_article_set(answer + b"</PubmedArticleSet>")
    assert [record.pmid for record in found.records] == [99_000_003]
    assert [type(error) for error in found.unreadable] == [RecordUnreadable]


def test_wherever_a_gzipped_file_stops_it_is_an_error() -> None:
    packed = gzip.compress(USUAL)
    for length in [*range(1, 40), *range(40, len(packed), 97), len(packed) - 1]:
        with pytest.raises(AnswerUnreadable):
            list(iterate_article_set(unpack(io.BytesIO(packed[:length]))))


READ_AND_TELL_PEAK = """
import sys
from pathlib import Path
from litwatch.sources.pubmed_xml import iterate_article_set, unpack
with open(sys.argv[1], "rb") as stream, unpack(stream) as unpacked:
    print(sum(1 for _ in iterate_article_set(unpacked)))
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells a process's peak memory there")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for count in (1_000, 20_000):  # 7 MB and 140 MB
        with gzip.open(file := tmp_path / f"{count}.xml.gz", "wb", compresslevel=1) as stream:
            stream.write(b"<PubmedArticleSet>")
            for _ in range(count):
                stream.write(FIRST)
            stream.write(b"</PubmedArticleSet>")
        told = subprocess.run(
            [sys.executable, "-c", READ_AND_TELL_PEAK, file], capture_output=True, text=True, check=True
        ).stdout.split()
        assert int(told[0]) == count
        peaks.append(int(told[1]) / 1024)
    assert peaks[1] < 300
    assert peaks[1] - peaks[0] < 20
