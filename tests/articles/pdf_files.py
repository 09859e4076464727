"""Small PDFs with text, written out by hand: PDF 1.4 in Helvetica, each run of signs at its place."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Run = tuple[float, float, float, str]
"""Left edge, base line, size in points, text; text between asterisks is bold."""


def pdf_file(*pages: Sequence[Run], title: str = "", content: bytes | None = None) -> bytes:
    """A PDF of these pages, or one page with this content stream, packed."""
    streams = [content] if content is not None else [_content(page) for page in pages]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(streams), b" ".join(b"%d 0 R" % (6 + 2 * n) for n in range(len(streams)))),
        _font(b"Helvetica"),
        _font(b"Helvetica-Bold"),
        b"<< /Title (%s) >>" % _escaped(title),
    ]
    for number, stream in enumerate(streams):
        packed = zlib.compress(stream)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /R 3 0 R /B 4 0 R >> >> >>" % (7 + 2 * number)
        )
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed))
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer << /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        out.rindex(b"xref\n0"),
    )


def column(*lines: str, x: float = 72, top: float = 720, size: float = 10) -> list[Run]:
    """Lines below one another; "" leaves a line free, "^1,2^" raises digits, "# " makes a heading, "> " indents."""
    runs: list[Run] = []
    for row, line in enumerate(lines):
        y = top - 1.2 * size * row
        height = 1.5 * size if line.startswith("# ") else size
        left = x + 20 if line.startswith("> ") else x
        for place, part in enumerate(line.removeprefix("# ").removeprefix("> ").split("^")):
            if part and place % 2:
                runs.append((left, y + 0.35 * height, 0.6 * height, part))
                left += 0.6 * 0.5 * height * len(part)
            elif part:
                runs.append((left, y, height, part))
                left += 0.5 * height * len(part)
    return runs


def _content(page: Sequence[Run]) -> bytes:
    return b"\n".join(
        b"BT /%s %g Tf %g %g Td (%s) Tj ET"
        % (b"B" if text.startswith("*") else b"R", size, x, y, _escaped(text.strip("*")))
        for x, y, size, text in page
    )


def _escaped(text: str) -> bytes:
    said = text.encode("cp1252")
    return said.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _font(name: bytes) -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name
