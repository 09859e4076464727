"""Which form a file has, by its content and its name; a form that is not read is refused by name, with what to do.

A form that litwatch cannot read whole is never read as plain text instead: the article would seem to be watched.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from litwatch.articles.forms.html_page import is_html
from litwatch.articles.forms.markdown.markdown_page import is_markdown
from litwatch.articles.model import Article, FileForm
from litwatch.model.errors import ArticleUnreadable

_BY_SUFFIX = {
    ".html": FileForm.HTML,
    ".htm": FileForm.HTML,
    ".xhtml": FileForm.HTML,
    ".md": FileForm.MARKDOWN,
    ".markdown": FileForm.MARKDOWN,
    ".mdown": FileForm.MARKDOWN,
    ".mkd": FileForm.MARKDOWN,
    ".qmd": FileForm.MARKDOWN,
    ".rmd": FileForm.MARKDOWN,
}
_SAVE_AS = "save the article as a web page (HTML), Markdown or text"
_WIKI = "this is a wiki's source text, which is not read; save the page as the wiki shows it, as a web page (HTML)."
_LIST = (
    "this is a list of references (RIS, NBIB, BibTeX), and no article; take the article's file. What that cites by keys"
    " is looked up in a BibTeX or CSL-JSON file beside it."
)
_REFUSED = {
    "pdf": "its name says that it is a PDF, but it is none; save it anew, or take the article's web page.",
    "pdf bytes": "this is a PDF, whose text is read from a file of its own only; save it as a file.",
    "odt": f"this is an OpenDocument file, which is not read; {_SAVE_AS} from LibreOffice.",
    "rtf": f"this is Rich Text, which is not read; {_SAVE_AS} from your word processor.",
    "doc": "this is a Word document of before 2007, or a protected one, which is not read; save it as DOCX.",
    "epub": f"this is an e-book (EPUB), which is not read; {_SAVE_AS}.",
    "mhtml": "this is a web page with its pictures in one file (MHTML), which is not read; save the page as"
    " “Webpage, HTML only”.",
    "tex": f"this is LaTeX source, which is not read; {_SAVE_AS}, for example with `pandoc article.tex -o article.md`.",
    "wiki": _WIKI,
    "zip": f"this is an archive, which is not read; unpack it and {_SAVE_AS}.",
    "ris": _LIST,
    "rst": f"this is the source text of a page, which is not read; {_SAVE_AS}, for example with `pandoc`.",
    "csv": f"this is a table or data, and no article; {_SAVE_AS}.",
    "address": "this is the address of a page, which litwatch does not fetch; save the page itself as HTML.",
}
"""What is said of each form that is not read; the keys are also the commonest name endings."""
_ALSO = {
    ".dot": "doc",
    ".mht": "mhtml",
    ".latex": "tex",
    ".mediawiki": "wiki",
    ".wikitext": "wiki",
    ".fodt": "odt",
    ".url": "address",
    ".webloc": "address",
    ".gz": "zip",
    ".pages": "zip",
    ".nbib": "ris",
    ".bib": "ris",
    ".enw": "ris",
    ".adoc": "rst",
    ".asciidoc": "rst",
    ".org": "rst",
    ".tsv": "csv",
    ".json": "csv",
    ".ipynb": "csv",
    ".yaml": "csv",
    ".yml": "csv",
}
_MAGIC = (
    (b"%PDF-", "pdf bytes"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"\x1f\x8b", "zip"),
)
_ZIPPED = ((b"mimetypeapplication/vnd.oasis.opendocument", "odt"), (b"mimetypeapplication/epub", "epub"))
_MHTML = re.compile(rb"(?:[A-Za-z-]{2,40}:[^\n]{0,400}\n[ \t]?){1,20}?content-type:\s*multipart/related", re.IGNORECASE)
_WIKI_SIGNS = (re.compile(r"<ref[ >/]"), re.compile(r"(?m)^==+[^=\n]{1,200}==+[ \t]*$|\{\{[Cc]ite |\{\{[Rr]eflist"))
_LISTED = re.compile(r"\s*+(?:TY  - [A-Z]{2,10}\s|PMID ?- ?\d{1,8}\s|@(?!comment)\w{2,20}\s?\{\s?[^\s,{}]{1,100},)")
"""How a file of RIS, of NBIB or of BibTeX begins."""
_TEX = re.compile(r"(?m)^[ \t]*\\(?:documentclass|begin\{document\})")
_ADDRESS = re.compile(
    r"(?:\[InternetShortcut\]\s+(?:\w{1,20}+=[^\n]{0,400}+\s++){0,5}?URL=)?(?:https?://|www\.)\S{1,2000}\s*"
)
_JATS = (
    re.compile(r"<(?:\w{1,20}:)?article[\s>]"),
    re.compile(r"<(?:\w{1,20}:)?front[\s>]"),
    re.compile(r"<(?:\w{1,20}:)?(?:article|journal)-meta[\s/>]"),
)
_XML_ROOT = re.compile(
    r"\A\s*+(?>(?:<\?[^>]{0,500}\?>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,1000}>)\s*+){0,20}+<([\w:.-]{1,80})", re.DOTALL
)
_KEYS = re.compile(r"\[[^\[\]]{0,80}?-?@[^\[\]]{1,300}\]")
_KEY = re.compile(r"(?<![\w.])@[\w][\w:.#$%&+?<>~/-]{1,80}(?<![.,:])")
_HEAD = 20_000


def is_word(data: bytes, name: str) -> bool:
    """Whether a file is a Word document (DOCX).

    Raises ArticleUnreadable for a file whose first bytes or name say that it is of a form that is not read.
    """
    head = data[:2000]
    form = next((form for sign, form in _MAGIC if head.lstrip().startswith(sign)), None)
    if form is None and head.startswith(b"PK\x03\x04"):
        form = next((form for sign, form in _ZIPPED if sign in head), "" if b"word/document.xml" in data else "zip")
        if form == "":
            return True
    if form is None and _MHTML.match(head):
        form = "mhtml"
    suffix = PurePath(name).suffix.casefold()
    if form is None and suffix in (".docx", ".docm", ".dotx"):
        raise ArticleUnreadable(f"{name}: its name says that it is a Word document, but it is none; save it anew.")
    form = form or _ALSO.get(suffix) or (suffix[1:] if suffix[1:] in _REFUSED else None)
    if form is not None:
        raise ArticleUnreadable(f"{name}: {_REFUSED[form]}")
    return False


def form_of(text: str, name: str) -> FileForm:
    """The form of a text file. Raises ArticleUnreadable where it is one that is not read."""
    if _ADDRESS.fullmatch(text.strip()):
        raise ArticleUnreadable(f"{name}: {_REFUSED['address']}")
    suffix = PurePath(name).suffix.casefold()
    root = found[1] if (found := _XML_ROOT.match(text[:_HEAD])) else ""
    if is_jats(text):
        return FileForm.JATS
    if suffix in {".xml", ".nxml", ".jats"} and root.casefold() != "html":
        said = f"its outermost element is <{root}>" if root else "it has no element"
        raise ArticleUnreadable(
            f"{name}: this XML is no article in JATS, PubMed Central's form ({said}); {_SAVE_AS}, or take the article's"
            " XML from PubMed Central."
        )
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if _LISTED.match(text):
        raise ArticleUnreadable(f"{name}: {_LIST}")
    if _TEX.search(text[:_HEAD]):
        raise ArticleUnreadable(f"{name}: {_REFUSED['tex']}")
    if not re.match(r"\s*<(?:!doctype|html|head|body)", text, re.IGNORECASE) and all(
        s.search(text) for s in _WIKI_SIGNS
    ):
        raise ArticleUnreadable(f"{name}: {_WIKI}")
    if is_html(text):
        return FileForm.HTML
    return FileForm.MARKDOWN if is_markdown(text) else FileForm.TEXT


def citation_keys(article: Article) -> tuple[str, ...]:
    """The keys by which pandoc's and Obsidian's Markdown cites, each once: ``[@doe2019; @roe2020, p. 3]``."""
    found = [
        key for sentence in article.sentences for group in _KEYS.findall(sentence.text) for key in _KEY.findall(group)
    ]
    return tuple(dict.fromkeys(found))


def is_jats(text: str) -> bool:
    """Whether a text is an article in JATS: <article> with a <front>, alone or within a wrapper as archives print it.

    >>> is_jats("<article><front><article-meta/></front></article>")
    True
    """
    head = text[:_HEAD]
    return head.lstrip()[:1] == "<" and all(sign.search(head) for sign in _JATS)
