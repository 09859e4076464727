"""Whatever words an invented record holds, the stand-in writes XML that reads back as the same words."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from litwatch.standin.citation_xml import Citation, Periodical, write_article
from litwatch.standin.life import publication_types

PIECES = ["<i>", "</i>", "<b>", "</b>", "<sup>", "</sup>", "<", ">", "&", "&lt;", "]]>", '"', "<script>", "{{7*7}}"]
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"))
WORDS = st.lists(st.one_of(LETTERS, st.sampled_from(PIECES)), max_size=30).map("".join)


def citation(title: str) -> Citation:
    return Citation(
        pmid=99_000_001,
        title=title,
        periodical=Periodical(title, title),
        published=title or "2026",
        created=date(2026, 1, 1),
        types=publication_types("Journal Article"),
        doi=title,
        keywords=(title,),
    )


@given(WORDS)
def test_any_words_survive_and_only_paired_markup_becomes_elements(words: str) -> None:
    root = etree.fromstring(write_article(citation(words)))
    assert {str(element.tag) for element in root.findall(".//ArticleTitle//*")} <= {"i", "b", "sup"}
    keyword = root.findtext(".//Keyword") or ""
    assert keyword == words
    title = "".join(root.find(".//ArticleTitle").itertext())
    shown = etree.tostring(root.find(".//ArticleTitle"), encoding="unicode")
    if not root.findall(".//ArticleTitle/*"):
        assert title == words
    else:
        assert len(title) < len(words), shown


@given(st.recursive(st.text("ab <&", max_size=4), lambda inner: st.tuples(st.sampled_from(["i", "sub", "b"]), inner)))
def test_nested_markup_is_written_as_nested_elements(tree: object) -> None:
    def spelt(node: object) -> str:
        return node if isinstance(node, str) else f"<{node[0]}>{spelt(node[1])}</{node[0]}>"

    def words(node: object) -> str:
        return node if isinstance(node, str) else words(node[1])

    def depth(node: object) -> int:
        return 0 if isinstance(node, str) else 1 + depth(node[1])

    title = etree.fromstring(write_article(citation(spelt(tree)))).find(".//ArticleTitle")
    assert title is not None
    assert "".join(title.itertext()) == words(tree)
    assert len(title.findall(".//*")) == depth(tree)
