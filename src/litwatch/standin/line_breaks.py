"""Breaks text into lines as EFetch's text forms do: between words only, the blank before a break stays on its line."""

from __future__ import annotations


def broken(text: str, width: int) -> list[str]:
    """The lines of a text, each at most ``width`` characters with the blank at its end; a longer word stands alone.

    Behind the last word is no blank, so that it may stand where a word in the middle would not.
    """
    lines: list[str] = []
    line = ""
    *words, last = text.split(" ")
    for word in (*(f"{word} " for word in words), last):
        if line and len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line += word
    return [*lines, line.rstrip(" ")]
