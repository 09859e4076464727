"""A published answer in plain text, Markdown, HTML, JATS, Word's DOCX or the text of a PDF → Article.

The reader is chosen by content and file name. Hostile input is normal input: size is limited, nothing is fetched, and
whatever is no article raises ArticleUnreadable. Nothing is guessed in silence: what the reader is not sure of is listed
in ``Article.uncertain``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from litwatch.articles.assembly import assemble
from litwatch.articles.bibliography.bibliography import Beside, nothing_beside
from litwatch.articles.bibliography.listed_references import ListedReferences, read_list_beside, with_listed_columns
from litwatch.articles.blocks import Page, clean_source
from litwatch.articles.forms.file_forms import citation_keys, form_of, is_word
from litwatch.articles.forms.html_page import parse_html, read_html
from litwatch.articles.forms.jats_page import read_jats
from litwatch.articles.forms.markdown.markdown_page import read_markdown
from litwatch.articles.forms.page_references import read_listed_references
from litwatch.articles.forms.pdf_lines import PdfText
from litwatch.articles.forms.pdf_page import read_pdf
from litwatch.articles.forms.plain_text_page import read_text
from litwatch.articles.forms.word_page import read_word
from litwatch.articles.model import Article, FileForm, Uncertainty
from litwatch.model.errors import ArticleUnreadable

LARGEST = 5_000_000
"""Bytes of a source file; a saved web page brings its pictures along, an article's text never comes near."""
_SHORTEST_PAGE = 600
_GATE = re.compile(
    r"checking your browser|just a moment|verify(?:ing)? (?:that )?you are (?:a )?human|enable javascript"
    r"|javascript is (?:disabled|required)|unusual traffic|access denied|request blocked|you have been blocked",
    re.IGNORECASE,
)
"""What the gates before pages say; a page that says so, is short and lists no references holds no article."""
_LARGEST_TEXT = 500_000
_MARKDOWN = (FileForm.MARKDOWN, FileForm.PANDOC, FileForm.OBSIDIAN)


def read_article(data: bytes, *, name: str, beside: Beside = nothing_beside) -> Article:
    """Read one article from a file's bytes; ``name`` is its file name, used for its suffix and in messages.

    ``beside`` gives the files in its folder, for its bibliography. Raises ArticleUnreadable where the bytes are of a
    form that is not read, are too many, or hold no article, and where a bibliography that it names cannot be used.
    A PDF's bytes are none of its business: their text comes to ``read_pdf_article``.
    """
    _check_size(data, name)
    notes: tuple[Uncertainty, ...] = ()
    lists: Sequence[ListedReferences] = ()
    if is_word(data, name):
        form, page = FileForm.WORD, read_word(data, name)
    else:
        text, notes = _decode(data, name)
        text = clean_source(text)
        form = form_of(text, name)
        root = parse_html(text) if form is FileForm.HTML else None
        lists = read_listed_references(root) if root is not None else ()
        page = read_html(root) if form is FileForm.HTML else _read(text, name, form, beside)
        form = page.form or form
    article = _assembled(page, name)
    if form is FileForm.HTML:
        page, article, more = _with_lists_apart(page, article, lists, name, beside)
        notes = (*notes, *more)
    _check_sentences(article, name)
    keys = citation_keys(article) if form in _MARKDOWN and not page.list_sources else ()
    if keys and not article.references:
        raise ArticleUnreadable(
            f"{name}: it cites by keys of a bibliography ({', '.join(keys[:3])}), and names none; save the"
            " bibliography beside it (BibTeX or CSL-JSON) and name it in the front matter (`bibliography: refs.bib`),"
            " or make a page of it with `pandoc --citeproc article.md -o article.html`, and watch that."
        )
    if keys:
        message = f"Citations by key of a bibliography were not read: {', '.join(keys[:10])}."
        notes = (*notes, Uncertainty("citation-keys", message))
    return replace(article, form=form, list_sources=page.list_sources, uncertain=(*notes, *article.uncertain))


def read_pdf_article(printed: PdfText, *, name: str) -> Article:
    """Read one article from the text that was taken out of a PDF; raises ArticleUnreadable where it holds none."""
    article = _assembled(read_pdf(printed), name)
    _check_sentences(article, name)
    return replace(article, form=FileForm.PDF)


def _assembled(page: Page, name: str) -> Article:
    _check_length(sum(len(block.text) for block in page.blocks), name)
    return assemble(page)


def _check_length(characters: int, name: str) -> None:
    if characters > _LARGEST_TEXT:
        raise ArticleUnreadable(
            f"{name}: more than {_LARGEST_TEXT:,} characters of text; an article file holds one article."
        )


def _check_sentences(article: Article, name: str) -> None:
    if not article.sentences:
        raise ArticleUnreadable(
            f"{name}: no sentence of an article was found; save the full page, or its text, and try again."
        )
    words = " ".join((article.question or "", *(sentence.text for sentence in article.sentences)))
    if not article.references and len(words) < _SHORTEST_PAGE and _GATE.search(words):
        raise ArticleUnreadable(
            f"{name}: this is the page that a site shows before or in place of the article (a check of the browser, or"
            " a refusal); open the article in a browser and save that page."
        )


def _with_lists_apart(
    page: Page, article: Article, lists: Sequence[ListedReferences], name: str, beside: Beside
) -> tuple[Page, Article, tuple[Uncertainty, ...]]:
    """The article of a page with what is listed beside or behind it: its list, or more columns of the printed one."""
    from_file, notes = read_list_beside(name, beside)
    lists = (*from_file, *lists)
    if article.references:
        return page, with_listed_columns(article, lists), notes
    if not lists:
        return page, article, notes
    page = replace(page, blocks=(*page.blocks, *lists[0].blocks()), list_sources=(lists[0].source,))
    return page, with_listed_columns(assemble(page), lists[1:]), notes


def _read(text: str, name: str, form: FileForm, beside: Beside) -> Page:
    if form is FileForm.JATS:
        return read_jats(text, name)
    _check_length(len(text), name)
    return read_markdown(text, name, beside) if form is FileForm.MARKDOWN else read_text(text)


def _check_size(data: bytes, name: str) -> None:
    if len(data) > LARGEST:
        raise ArticleUnreadable(f"{name}: {len(data):,} bytes are more than the {LARGEST:,} that an article may have.")
    if not data.strip():
        raise ArticleUnreadable(f"{name}: the file is empty.")


def _decode(data: bytes, name: str) -> tuple[str, tuple[Uncertainty, ...]]:
    """The file's text; UTF-8 (with or without mark), UTF-16 with its mark, else Windows-1252, which is said."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError:
            raise ArticleUnreadable(f"{name}: it begins like UTF-16 but is not; save it as UTF-8.") from None
    if data.count(b"\0"):
        raise ArticleUnreadable(
            f"{name}: this is not a text file (it contains zero bytes); save the page as text, Markdown or HTML."
        )
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        at = error.start
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise ArticleUnreadable(
            f"{name}: byte {at} is neither UTF-8 nor Windows-1252; save the file as UTF-8."
        ) from None
    message = f"The file is not UTF-8 (byte {at}); it was read as Windows-1252, so special characters may be wrong."
    return text, (Uncertainty("encoding-guessed", message),)
