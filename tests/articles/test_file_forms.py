"""Which form a file is taken for, and the forms that are refused by name instead of being read as plain text."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from litwatch.articles.article_reader import read_article
from litwatch.articles.model import FileForm
from litwatch.config.topic_files import parse_topic
from litwatch.model.errors import ArticleUnreadable, TopicErrors
from tests.command_line import Run

JATS = (
    "<article><front><article-meta><title-group><article-title>Why nap?</article-title></title-group></article-meta>"
    "</front><body><p>It helps{}.</p></body></article>"
)


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.txt", "Why nap?\n\nIt helps.", FileForm.TEXT),
        ("a.md", "It helps.", FileForm.MARKDOWN),
        ("a.txt", "# Why nap?\n\nIt helps.", FileForm.MARKDOWN),
        ("a.html", "<p>It helps.</p>", FileForm.HTML),
        ("a", "<!doctype html><p>It helps.</p>", FileForm.HTML),
        ("a.txt", "<article><h1>Why nap?</h1><p>It helps.</p></article>", FileForm.HTML),
        ("a.nxml", JATS.format(""), FileForm.JATS),
        ("a.txt", '<?xml version="1.0"?>\n' + JATS.format(""), FileForm.JATS),
        ("a.xml", "<OAI-PMH><record><metadata>" + JATS.format("") + "</metadata></record></OAI-PMH>", FileForm.JATS),
    ],
)
def test_a_form_is_known_by_content_and_name(name: str, text: str, form: FileForm) -> None:
    assert read_article(text.encode(), name=name).form is form


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"Naps help.", "says that it is a PDF, but it is none"),
        ("a.txt", b"%PDF-1.4 plain", "a PDF, whose text is read from a file of its own"),
        ("a.odt", zipped("mimetype", "content.xml"), "OpenDocument"),
        ("a.rtf", b"{\\rtf1\\ansi It helps.}", "Rich Text"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word"),
        ("a.zip", zipped("article.html"), "archive"),
        ("a.mht", b"From: <Saved>\nMIME-Version: 1.0\nContent-Type: multipart/related; x\n\nIt helps.", "MHTML"),
        ("a.txt", b"From: <Saved>\r\nContent-Type: multipart/related;\r\n\tx\r\n\r\nIt helps.", "MHTML"),
        ("a.txt", b"https://example.org/naps\n", "address of a page"),
        ("a.url", b"[InternetShortcut]\r\nURL=https://example.org/naps\r\n", "address of a page"),
        ("a.tex", b"\\section{Naps} They help.", "LaTeX"),
        ("a.txt", b"% naps\n\\documentclass{article}\nThey help.", "LaTeX"),
        ("a.wiki", b"Naps help.", "wiki"),
        ("a.txt", b"Naps help.<ref>{{cite journal |title=Naps}}</ref>\n\n==Notes==\n", "wiki"),
        ("a.xml", b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", "no article in JATS.*<PubmedArticleSet>"),
        ("a.xml", b"naps", "no element"),
        ("a.ris", b"Naps help.", "list of references"),
        ("a.txt", b"TY  - JOUR\nTI  - Naps\nER  - \n", "list of references"),
        ("a.txt", b"PMID- 99000001\nTI  - Naps\n", "list of references"),
        ("a.txt", b"@article{doe2019,\n title = {Naps}}\n", "list of references"),
        ("a.bib", b"Naps help.", "list of references"),
        ("a.csv", b"naps,help\n", "table or data"),
        ("a.json", b"[]", "table or data"),
        ("a.rst", b"Naps\n====\n\nThey help [1]_.\n", "source text of a page"),
        ("a.adoc", b"= Naps\n\nThey help.\n", "source text of a page"),
    ],
)
def test_a_form_that_is_not_read_is_refused_by_name_with_what_to_do(name: str, data: bytes, words: str) -> None:
    with pytest.raises(ArticleUnreadable, match=rf"(?s)^{name}: (?=.*{words}).*(?:save|take|Take|unpack)"):
        read_article(data, name=name)


def test_citations_by_key_are_not_taken_for_text_without_a_word() -> None:
    text = "# Why nap?\n\nIt helps [see @doe2019; @roe:2020, p. 3]. Ask a@example.org [today].\n"
    with pytest.raises(ArticleUnreadable, match=r"keys of a bibliography \(@doe2019, @roe:2020\).*--citeproc"):
        read_article(text.encode(), name="a.md")
    listed = read_article((text + "\n## References\n\n1. Doe A. Naps. J Inv. 2019;1:2.\n").encode(), name="a.md")
    assert "citation-keys" in {doubt.code for doubt in listed.uncertain}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE article [<!ENTITY a "aaaa">]>' + JATS.format("&a;"), "declares entities"),
        (JATS.format("<p>"), "not well-formed"),
        ("<articles>" + JATS.format("") + JATS.format("") + "</articles>", "holds 2 articles"),
        (JATS.format("<sec>" * 300 + "</sec>" * 300), "not well-formed"),
    ],
)
def test_xml_that_cannot_be_one_article_is_refused(text: str, words: str) -> None:
    with pytest.raises(ArticleUnreadable, match=rf"^a\.xml: .*{words}"):
        read_article(text.encode(), name="a.xml")


def test_entities_of_html_in_jats_are_read_and_nothing_is_fetched() -> None:
    text = '<!DOCTYPE article SYSTEM "http://127.0.0.1:9/jats.dtd">' + JATS.format("&nbsp;&mdash; often &lt;5 h")
    assert read_article(text.encode(), name="a.xml").sentences[0].text == "It helps — often <5 h."


def test_show_names_the_form_that_it_took_the_file_for(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "naps.xml"
    file.write_text(JATS.format(" (much)"))
    assert run("articles", "show", str(file))[1].startswith("read as       a journal article in XML (JATS)\n")


def test_an_address_given_as_article_is_not_fetched_and_that_is_said(tmp_path: Path, run: Run) -> None:
    status, _, told = run("articles", "show", "https://example.org/naps")
    assert status == 2
    assert "is an address, which litwatch does not fetch; save the page" in told
    with pytest.raises(TopicErrors, match="is an address, which litwatch does not fetch; save the page"):
        parse_topic("article: https://example.org/naps\nstrategy: naps[tiab]\n", tmp_path / "naps.yaml")


def test_many_comments_before_the_root_cost_no_time() -> None:
    with pytest.raises(ArticleUnreadable, match="no article in JATS"):
        read_article(b"<!--x-->" * 2400 + b"naps", name="a.xml")
