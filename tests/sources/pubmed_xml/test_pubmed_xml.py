"""What may come instead of a set of records, how a damaged one is contained, and that both ways in agree."""

from __future__ import annotations

import gzip
import io
import re
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from litwatch.model.errors import AnswerUnreadable, RecordUnreadable
from litwatch.model.record import Record
from litwatch.sources.pubmed_xml import DeletedPmid, iterate_article_set, parse_article_set, record_cutter
from litwatch.sources.pubmed_xml.citation import read_record
from litwatch.sources.pubmed_xml.usual_form import read_regular, take_references

GOLDEN = Path(__file__).parents[2] / "data" / "pubmed_xml"


def article(pmid: int, *, title: str = "An invented title.", references: str = "") -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>'
        f"<Article><ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation>"
        f"<PubmedData>{references}</PubmedData></PubmedArticle>\n"
    )


def article_set(*parts: str, prolog: str = '<?xml version="1.0" ?>\n') -> bytes:
    return f"{prolog}<PubmedArticleSet>\n{''.join(parts)}</PubmedArticleSet>\n".encode()


def pmids(data: bytes) -> list[int]:
    return [record.pmid for record in parse_article_set(data).records]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b'<?xml version="1.0" ?>\n', "prolog without content"),
        (b'<?xml version="1.0" ?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "x.dtd">', "prolog without content"),
        (b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", "Unable to obtain query #1"),
        (b'{"error":"API rate limit exceeded"}', "JSON"),
        (b"<!DOCTYPE html><html><body>500</body></html>", "web page"),
        (b"<HTML><p>busy", "web page"),
        (b"Unable to route request!", "no XML"),
        (b"<opml><PubmedArticle></PubmedArticle></opml>", "'opml'"),
        (b"\x00\x01\x02", "no XML"),
        (b"\x1f\x8b\x08\x00", "no XML"),
        (b"   " * 50_000, "empty"),
        (b"<!--" * 20_000, "no XML"),
    ],
)
def test_an_answer_that_is_no_article_set_is_an_error(body: bytes, says: str) -> None:
    with pytest.raises(AnswerUnreadable, match=says):
        parse_article_set(body)
    with pytest.raises(AnswerUnreadable, match=says):
        list(iterate_article_set(io.BytesIO(body)))


def test_the_key_that_an_error_body_echoes_stays_out_of_the_message() -> None:
    with pytest.raises(AnswerUnreadable) as caught:
        parse_article_set(b'{"error":"API key invalid","api-key":"sentinel-0123456789"}')
    assert "sentinel" not in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"<PubmedArticleSet/>", article_set(), b"<PubmedArticleSet><!-- nothing --></PubmedArticleSet>"]
)
def test_a_set_without_records_is_an_empty_set_and_no_error(body: bytes) -> None:
    found = parse_article_set(body)
    assert (found.records, found.deleted, found.unreadable) == ((), (), ())


def test_wherever_an_answer_is_cut_off_it_is_an_error() -> None:
    whole = article_set(article(99000001), article(99000002)).rstrip()
    for length in range(len(whole)):
        with pytest.raises(AnswerUnreadable):
            parse_article_set(whole[:length])
    assert pmids(whole) == [99000001, 99000002]


def test_a_stream_that_is_cut_off_yields_what_was_whole_and_then_raises() -> None:
    whole = article_set(article(99000001), article(99000002), article(99000003))
    cut = whole[: whole.index(b"99000003")]
    items = iterate_article_set(io.BytesIO(cut))
    assert [item.pmid for item in (next(items), next(items)) if isinstance(item, Record)] == [99000001, 99000002]
    with pytest.raises(AnswerUnreadable, match="cut off"):
        list(items)


@pytest.mark.parametrize("damage", ["truncated", "corrupted"])
def test_a_damaged_gzip_file_is_an_error_and_never_a_shorter_set(damage: str) -> None:
    packed = bytearray(gzip.compress(article_set(*(article(99000001 + n, title=str(n) * 50) for n in range(500)))))
    if damage == "truncated":
        del packed[len(packed) // 2 :]
    else:
        packed[len(packed) // 2] ^= 0xFF
    with gzip.open(io.BytesIO(bytes(packed))) as stream, pytest.raises(AnswerUnreadable):
        list(iterate_article_set(stream))  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_the_declared_encoding_is_believed(encoding: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n'
    body = article_set(article(99000001, title="Überraschung"), prolog=prolog).decode().encode(encoding)
    assert parse_article_set(body).records[0].title == "Überraschung"
    (streamed,) = iterate_article_set(io.BytesIO(body))
    assert isinstance(streamed, Record)
    assert streamed.title == "Überraschung"


@pytest.mark.parametrize("name", ["utf-7", "rot13", "unicode_escape", "klingon"])
def test_an_encoding_that_pubmed_would_never_send_is_refused(name: str) -> None:
    with pytest.raises(AnswerUnreadable, match="encoding"):
        parse_article_set(article_set(prolog=f'<?xml version="1.0" encoding="{name}"?>'))


def test_bytes_that_are_not_what_the_answer_says_cost_one_record_or_the_answer() -> None:
    latin = article_set(article(99000001, title="Ü"), article(99000002)).decode().encode("iso-8859-1")
    found = parse_article_set(latin)
    assert [record.pmid for record in found.records] == [99000002]
    assert [error.pmid for error in found.unreadable] == [99000001]
    odd = article_set(prolog='<?xml version="1.0" encoding="utf-16"?>')
    with pytest.raises(AnswerUnreadable):
        parse_article_set(b"\xff\xfe" + odd + b"x" * (len(odd) % 2 == 0))


@pytest.mark.parametrize(
    "title", ["a & b", "&nbsp;", "<i>", "</ArticleTitle>", "\x01", "]]>", "<!-- x", "<![CDATA[ x", "<?x", "&#0;", "&"]
)
def test_whatever_breaks_one_record_leaves_its_neighbours_whole(title: str) -> None:
    found = parse_article_set(article_set(article(99000001), article(99000002, title=title), article(99000003)))
    assert [record.pmid for record in found.records] == [99000001, 99000003]
    assert [error.pmid for error in found.unreadable] == [99000002]
    assert "99000002" in str(found.unreadable[0])


def test_a_record_without_its_own_pmid_never_takes_that_of_a_paper_it_cites() -> None:
    notice = '<CommentsCorrections RefType="Cites"><RefSource>x</RefSource><PMID Version="1">99000005</PMID>'
    orphan = article(99000001).replace('<PMID Version="1">99000001</PMID>', "")
    orphan = orphan.replace(
        "</Med", f"<CommentsCorrectionsList>{notice}</CommentsCorrections></CommentsCorrectionsList></Med"
    )
    found = parse_article_set(article_set(orphan))
    assert found.records == ()
    assert [error.pmid for error in found.unreadable] == [None]


@pytest.mark.parametrize(
    ("tag", "cites"),
    [
        ('<ArticleId IdType="pubmed">', (99000009,)),
        ("<ArticleId IdType='pubmed'>", (99000009,)),
        ('<ArticleId  IdType = "pubmed" >', (99000009,)),
        ("<ArticleId>", (99000009,)),
        ('<ArticleId IdType="doi">', ()),
        ("<ArticleId IdType='pmcpid'>", ()),
    ],
)
def test_a_cited_pmid_is_read_however_its_tag_is_written(tag: str, cites: tuple[int, ...]) -> None:
    listed = f"<ArticleIdList>{tag}99000009</ArticleId></ArticleIdList>"
    references = f"<ReferenceList><Reference><Citation>c</Citation>{listed}</Reference></ReferenceList>"
    (record,) = parse_article_set(article_set(article(99000001, references=references))).records
    assert record.cites == cites


@pytest.mark.parametrize("start", ["<PubmedArticl>", "<PubmedArtucle>", "", "</PubmedArticle>"])
def test_a_record_whose_start_tag_is_damaged_is_reported_and_lends_its_references_to_nobody(start: str) -> None:
    def cite(pmid: int) -> str:
        cited = f'<ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList>'
        return f"<ReferenceList><Reference><Citation>c</Citation>{cited}</Reference></ReferenceList>"

    first, second = (article(pmid, references=cite(pmid + 10)) for pmid in (99000001, 99000002))
    found = parse_article_set(article_set(first, second.replace("<PubmedArticle>", start), article(99000003)))
    assert [(record.pmid, record.cites) for record in found.records] == [(99000001, (99000011,)), (99000003, ())]
    assert len(found.unreadable) == 1


def test_an_end_tag_in_a_comment_does_not_end_the_set() -> None:
    with pytest.raises(AnswerUnreadable, match="cut off"):
        parse_article_set(b"<PubmedArticleSet><!-- </PubmedArticleSet> -->")


@pytest.mark.parametrize(
    "name", ["AuthorList", "MeshHeadingList", "CommentsCorrectionsList", "History", "ReferenceList"]
)
@pytest.mark.parametrize("damage", ["&", "<i>", "\x01", "</i>"])
def test_damage_beside_the_items_of_a_long_list_costs_the_record(name: str, damage: str) -> None:
    lists = f"<{name}>{damage}</{name}>"
    found = parse_article_set(article_set(article(99000001, references=lists), article(99000002)))
    expected = [99000001] if name == "ReferenceList" else []  # nothing but PMIDs is read from there
    assert [record.pmid for record in found.records] == [*expected, 99000002]


@pytest.mark.parametrize(
    ("written", "cites"),
    [
        ("12", (12,)),
        *((text, ()) for text in ("1.5", "1e3", "true", "null", "-5", "[1]", "{}", "0", "", "9999999999", "1,2")),
        ("007", (7,)),
        (" 12\n", (12,)),
        ("1&#50;", (12,)),
    ],
)
def test_only_a_number_is_a_cited_pmid(written: str, cites: tuple[int, ...]) -> None:
    references = (
        "<ReferenceList><Reference><Citation>c</Citation><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{written}</ArticleId></ArticleIdList></Reference></ReferenceList>'
    )
    (record,) = parse_article_set(article_set(article(99000001, references=references))).records
    assert record.cites == cites


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.xml")), ids=lambda path: path.stem)
def test_reading_by_pattern_and_by_tree_agree_on_every_oddity(path: Path) -> None:
    for piece in record_cutter.cut_records(record_cutter.chunks_in(path.read_bytes())):
        if isinstance(piece, record_cutter.Slice):
            try:
                by_tree = read_record(replace(piece, plain=False))
            except RecordUnreadable:
                continue
            assert read_record(piece) == by_tree


@pytest.mark.parametrize("between", ["text", "<p/>", "&", "<DeleteCitation>1</DeleteCitation>x"])
def test_whatever_stands_between_records_is_reported(between: str) -> None:
    found = parse_article_set(article_set(article(99000001), between, article(99000002)))
    assert [record.pmid for record in found.records] == [99000001, 99000002]
    assert len(found.unreadable) == 1


def test_a_second_document_behind_the_first_is_reported() -> None:
    found = parse_article_set(article_set(article(99000001)) + article_set(article(99000002)))
    assert [record.pmid for record in found.records] == [99000001, 99000002]
    assert len(found.unreadable) == 1


def test_an_error_between_records_is_reported() -> None:
    found = parse_article_set(article_set(article(99000001), "<ERROR>backend failed</ERROR>", article(99000002)))
    assert [record.pmid for record in found.records] == [99000001, 99000002]
    assert "'ERROR'" in str(found.unreadable[0])


@pytest.mark.parametrize("content", ["<PMID>x</PMID>", "<PMID>0</PMID>", "<PMID>1<PMID>2</PMID>"])
def test_a_tombstone_that_cannot_be_read_is_reported(content: str) -> None:
    found = parse_article_set(article_set(article(99000001), f"<DeleteCitation>{content}</DeleteCitation>"))
    assert len(found.records) == 1
    assert found.deleted == ()
    assert len(found.unreadable) == 1


def test_a_hundred_kilobyte_title_is_a_title() -> None:
    title = "x" * 100_000
    assert parse_article_set(article_set(article(99000001, title=title))).records[0].title == title


def test_depth_and_size_beyond_reason_cost_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = article(99000001, title="<b>" * 5000 + "</b>" * 5000)
    found = parse_article_set(article_set(deep, article(99000002)))
    assert [error.pmid for error in found.unreadable] == [99000001]
    monkeypatch.setattr(record_cutter, "RECORD_LIMIT", 3000)
    monkeypatch.setattr(record_cutter, "CHUNK_BYTES", 1000)
    body = article_set(article(99000001), article(99000002, title="x" * 9000), article(99000003))
    items = list(iterate_article_set(io.BytesIO(body)))
    assert [item.pmid for item in items if isinstance(item, Record)] == [99000001, 99000003]
    assert next(item.pmid for item in items if isinstance(item, RecordUnreadable)) == 99000002


@pytest.mark.parametrize("chunk", [1, 7, 100, 4096])
def test_a_stream_gives_the_same_in_any_chunks(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [path.read_bytes() for path in sorted(GOLDEN.glob("*.xml"))]
    expected = [parse_article_set(body) for body in bodies]
    monkeypatch.setattr(record_cutter, "CHUNK_BYTES", chunk)
    for body, whole in zip(bodies, expected, strict=True):
        items = list(iterate_article_set(io.BytesIO(body)))
        assert tuple(item for item in items if isinstance(item, Record)) == whole.records
        assert tuple(item.pmid for item in items if isinstance(item, DeletedPmid)) == whole.deleted
        assert [str(item) for item in items if isinstance(item, RecordUnreadable)] == list(map(str, whole.unreadable))


def test_a_file_of_any_size_needs_the_memory_of_a_few_chunks() -> None:
    class Endless(io.RawIOBase):
        """Sixty megabytes that exist only while they are read."""

        left = 3000
        start = b"<PubmedArticleSet>"

        def read(self, size: int = -1) -> bytes:
            if self.left < 0:
                return b""
            self.left -= 1
            head, self.start = self.start, b""
            tail = b"</PubmedArticleSet>" if self.left < 0 else b""
            return head + article(99000001, title="x" * 20_000).encode() + tail

    tracemalloc.start()
    count = sum(isinstance(item, Record) for item in iterate_article_set(Endless()))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 3001
    assert peak < 5_000_000


def test_a_fault_in_the_text_of_a_reference_does_not_cost_the_record() -> None:
    references = (
        "<ReferenceList><Reference><Citation>R & D</Citation><ArticleIdList>"
        '<ArticleId IdType="pubmed">99000009</ArticleId></ArticleIdList></Reference></ReferenceList>'
    )
    (record,) = parse_article_set(article_set(article(99000001, references=references))).records
    assert record.cites == (99000009,)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("10<sup>9</sup>", "10^9"),
        ("10<sup>2</sup><sup>3</sup>", "10^2^3"),
        ("1<i>0</i><sup> -9</sup> cells", "10^ -9 cells"),
        ("Ca<sup>2+</sup>, <sup>18</sup>F, 5<sup>th</sup>", "Ca2+, 18F, 5th"),
        ("1&#48;<sup>9</sup>", "10^9"),
        ("1&lt;<sup>9</sup>", "1<9"),
        ("10²<sup>9</sup>", "10²^9"),
        ("10<sup>9<sub>x</sub></sup>", "10^9x"),
    ],
)
def test_a_raised_number_is_read_alike_by_pattern_and_by_tree(written: str, read: str) -> None:
    usual = GOLDEN.joinpath("usual_form.xml").read_text()
    start, stop = usual.index("<PubmedArticle>"), usual.index("</PubmedArticle>") + len("</PubmedArticle>")
    record = re.sub("(?<=<ArticleTitle>).*?(?=</ArticleTitle>)", lambda _: written, usual[start:stop]).encode()
    by_pattern = read_regular(*take_references(record))
    assert by_pattern.title == read
    assert by_pattern == read_record(record_cutter.Slice(record, 1, plain=False, namespaces=b""))


@pytest.mark.parametrize("mark", [b"<?nihms ?>", b"\n      <?pmcsd ?>\n      "])
def test_the_mark_of_a_manuscript_before_its_references_changes_nothing(mark: bytes) -> None:
    usual = GOLDEN.joinpath("usual_form.xml").read_bytes()
    start, stop = usual.index(b"<PubmedArticle>"), usual.index(b"</PubmedArticle>") + len(b"</PubmedArticle>")
    record = usual[start:stop].replace(b"<Citation>", b"<Citation>&unknown;", 1)  # which a tree would refuse
    assert b"&unknown;" in record
    marked = record.replace(b"<ReferenceList>", mark + b"<ReferenceList>", 1)
    plain, hiding = (record_cutter.Slice(data, 1, plain=data is record, namespaces=b"") for data in (record, marked))
    assert read_record(hiding) == read_record(plain)
    with pytest.raises(RecordUnreadable):
        read_record(replace(hiding, data=marked.replace(mark, mark + b"<!-- -->")))
