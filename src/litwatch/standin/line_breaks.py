"""Breaks text into lines as EFetch's text forms do: between words only, the blank before a break stays on its line."""

from __future__ import annotations


def broken(text: str, width: int) -> list[str]:
    """The lines of a text, each at most ``width`` characters with the blank at its end; a longer word stands alone."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + len(word) + 1 > width:
            lines.append(line)
            line = ""
        line += f"{word} "
    return [*lines, line.rstrip(" ")]
