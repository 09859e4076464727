"""The text of a PDF, taken by pypdf in a process with limits (``pdf_process``)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from litwatch.articles.forms.pdf_lines import Fragment, PdfText
from litwatch.config.pdf_process import CPU_SECONDS, MOST_CHARACTERS, MOST_PAGES
from litwatch.model.errors import ArticleUnreadable

LARGEST_PDF = 20_000_000
"""Bytes; a PDF brings its pictures along."""
_PATIENCE = 6
"""So many times the processor time may pass by the clock, on a machine that has much else to do."""
_PROGRAM = Path(__file__).with_name("pdf_process.py")
_INSTEAD = "take the article's web page instead, or for an article in PubMed Central its XML (JATS)."
_SAYS = {
    "encrypted": f"this PDF is protected by a password; save it without one, or {_INSTEAD}",
    "no_text": "this PDF holds pictures of its pages and no text, as a scanner makes them; let a text recognition add"
    f" the text, for example `ocrmypdf article.pdf with-text.pdf`, or {_INSTEAD}",
    "too_many_pages": f"this PDF has more than {MOST_PAGES} pages; save the article's own pages alone, or {_INSTEAD}",
    "too_much_text": f"this PDF holds more than {MOST_CHARACTERS:,} characters; save the article's own pages alone, or"
    f" {_INSTEAD}",
    "too_large": f"reading this PDF takes too much memory; save it anew from a PDF viewer, or {_INSTEAD}",
    "too_long": f"reading this PDF takes more than {CPU_SECONDS} seconds; save it anew from a PDF viewer, or"
    f" {_INSTEAD}",
    "broken": f"this PDF is damaged, and its text could not be taken; save it anew, or {_INSTEAD}",
}


def is_pdf(data: bytes) -> bool:
    """Whether a file's first bytes are those of a PDF."""
    return data[:1024].lstrip().startswith(b"%PDF-")


def take_pdf_text(data: bytes, name: str, *, seconds: int = CPU_SECONDS) -> PdfText:
    """The printed text of a PDF, taken within so many seconds of processor time.

    Raises ArticleUnreadable, with what to do, where none can be taken within the limits.
    """
    if len(data) > LARGEST_PDF:
        raise ArticleUnreadable(
            f"{name}: {len(data):,} bytes are more than the {LARGEST_PDF:,} that a PDF may have; {_INSTEAD}"
        )
    try:
        done = subprocess.run(  # noqa: S603 - our own program, on bytes given to its input
            [sys.executable, "-P", str(_PROGRAM), str(seconds)],
            input=data,
            capture_output=True,
            check=False,
            timeout=_PATIENCE * seconds,
            env={"PATH": os.defpath, "PYTHONIOENCODING": "utf-8"},
        )
        told = json.loads(done.stdout) if done.stdout else {"refused": "too_long" if done.returncode < 0 else "broken"}
    except subprocess.TimeoutExpired:
        told = {"refused": "too_long"}
    except ValueError:
        told = {"refused": "broken"}
    if "refused" in told:
        raise ArticleUnreadable(f"{name}: {_SAYS[told['refused']]}")
    pages = tuple(tuple(Fragment(*fragment) for fragment in page) for page in told["pages"])
    return PdfText(told["title"], pages)
