"""The program that reads an uploaded article, run as a process of its own so that no file can hang or swell the desk.

Reads the file that its arguments name (a folder, and a name in it), with the files beside it, and writes JSON:
``{"article": …, "beside": [name, …]}``, or ``{"refused": what is wrong and what to do}``. It sets its own limits before
it looks at a byte; a PDF's text is taken in a further process (``pdf_process``). ``bounded_reading`` starts it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from litwatch.config.pdf_process import limit

CPU_SECONDS = 25
ADDRESS_SPACE = 2_000_000_000
"""Bytes; room for a PDF's own process, whose limit is lower."""


def read(folder: Path, name: str) -> bytes:
    """The article of the file as JSON, or why there is none."""
    from litwatch.config.article_file import read_article_and_beside  # noqa: PLC0415 - only within the limits
    from litwatch.model.errors import ArticleUnreadable  # noqa: PLC0415

    try:
        article, beside = read_article_and_beside(folder / name)
    except ArticleUnreadable as error:
        return orjson.dumps({"refused": str(error).replace(f"{folder}/", "")})
    except (MemoryError, RecursionError):
        return orjson.dumps({"refused": f"{name}: reading it takes too much memory; save the article alone."})
    return orjson.dumps({"article": article, "beside": beside})


def main() -> None:
    """Limit, read, write; a third argument is the limit of processor time in seconds."""
    folder, name, *seconds = sys.argv[1:]
    limit(int(seconds[0]) if seconds else CPU_SECONDS, ADDRESS_SPACE)
    sys.stdout.buffer.write(read(Path(folder), name))


if __name__ == "__main__":
    main()
