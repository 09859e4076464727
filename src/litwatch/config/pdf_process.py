"""The program that takes the text out of a PDF, run as a process of its own so that no PDF can hang or swell litwatch.

Reads a PDF from standard input and writes JSON: ``{"title": …, "pages": [[[x, y, size, bold, text], …], …]}`` in
points, from the lower left corner, in the order of the file; or ``{"refused": CODE}``. It sets its own limits before it
looks at a byte, and imports nothing of litwatch. ``pdf_text`` starts it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import sys
from io import BytesIO
from typing import Any

CPU_SECONDS = 20
ADDRESS_SPACE = 1_000_000_000
"""Bytes. Python with pypdf takes 150 MB of them; a journal article of 40 pages 200."""
MOST_PAGES = 150
MOST_CHARACTERS = 600_000
_BOLD = ("bold", "black", "heavy", "-bd", "demi")


def limit(seconds: int, memory: int = ADDRESS_SPACE) -> None:
    """Bound the processor time (in seconds) and the memory (in bytes) of this process, where the system knows how."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def take_text(data: bytes) -> dict[str, Any]:
    """The fragments of each page with their places, or why there are none."""
    from pypdf import PdfReader  # noqa: PLC0415 - only within the limits
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError  # noqa: PLC0415

    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"refused": "encrypted"}
        if len(reader.pages) > MOST_PAGES:
            return {"refused": "too_many_pages"}
        pages: list[list[list[Any]]] = []
        characters = 0
        for page in reader.pages:
            fragments = _fragments(page)
            characters += sum(len(fragment[4]) for fragment in fragments)
            if characters > MOST_CHARACTERS:
                return {"refused": "too_much_text"}
            pages.append(fragments)
    except (DependencyError, FileNotDecryptedError):
        return {"refused": "encrypted"}
    except LimitReachedError:
        return {"refused": "too_large"}
    if characters == 0:
        return {"refused": "no_text"}
    return {"title": _title(reader), "pages": pages}


def _fragments(page: Any) -> list[list[Any]]:
    found: list[list[Any]] = []

    def keep(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        if not text.strip() or not size:
            return
        across = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
        up = tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3]
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if abs(across[1]) > abs(across[0]):
            return  # text that runs up the page's margin: a stamp, an axis
        name = str((font or {}).get("/BaseFont", "")).casefold()
        height = abs(size) * math.hypot(*up)
        found.append([round(x, 1), round(y, 1), round(height, 1), any(sign in name for sign in _BOLD), text])

    page.extract_text(visitor_text=keep)
    return found


def _title(reader: Any) -> str:
    try:
        return str((reader.metadata or {}).get("/Title") or "")[:1000]
    except Exception:  # noqa: BLE001 - a PDF's metadata may be anything, and its text counts
        return ""


def main() -> None:
    """Read, take, write; the first argument is the limit of processor time in seconds."""
    limit(int(sys.argv[1]) if len(sys.argv) > 1 else CPU_SECONDS)
    logging.disable(logging.CRITICAL)
    try:
        told = take_text(sys.stdin.buffer.read())
    except MemoryError:
        told = {"refused": "too_large"}
    except Exception:  # noqa: BLE001 - hostile bytes: whatever pypdf raises, the PDF cannot be read
        told = {"refused": "broken"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
