"""Code in Markdown, set aside while its text is rewritten: nothing within it is a citation, link or comment."""

from __future__ import annotations

import re

from litwatch.articles.blocks import KEPT_CLOSE, KEPT_OPEN

_FENCED = re.compile(r"(?m)^( {0,3})(`{3,}+|~{3,}+)([^`\n]*)\n((?:(?!^ {0,3}\2)[^\n]*\n)*)(?: {0,3}\2[`~]*[ \t]*$|\Z)")
_INLINE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,500})(?<!`)\1(?!`)(\{=\w{1,20}\})?")
_ADDRESS = re.compile(
    r"<(?=[^<>\s]{0,400}[.@:])[^<>\s]{1,1000}>|(?<=\])\([^()\s]{1,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,500})?\)"
)
_COUNTED = re.compile(f"{KEPT_OPEN}(\\d{{1,7}}){KEPT_CLOSE}")
_RUN = re.compile(r"\{(?:=\w+|[a-z]+\b[^}\n]*)\}")
"""Raw output for another format, or code that is run: no text of the article."""


class KeptCode:
    """Takes code and addresses out of a text, and puts them back."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self.dropped: list[str] = []
        """Raw output and program code that is no text, in its order."""

    def take_out(self, text: str) -> str:
        """The text with a private mark for each piece of code."""
        text = _FENCED.sub(self._fenced, text)
        return _ADDRESS.sub(lambda found: self._keep(found[0]), _INLINE.sub(self._inline, text))

    def put_back(self, text: str) -> str:
        """The text with its code again, also code within code."""
        for _ in range(3):
            if KEPT_OPEN not in text:
                break
            text = _COUNTED.sub(lambda found: self._at(int(found[1])), text)
        return text

    def _at(self, place: int) -> str:
        return self._kept[place] if place < len(self._kept) else ""

    def _keep(self, text: str) -> str:
        self._kept.append(text)
        return f"{KEPT_OPEN}{len(self._kept) - 1}{KEPT_CLOSE}"

    def _fenced(self, found: re.Match[str]) -> str:
        if _RUN.match(found[3].strip()):
            self.dropped.append(" ".join(found[4].split()))
            return ""
        return self._keep(found[0])

    def _inline(self, found: re.Match[str]) -> str:
        if found[3]:
            self.dropped.append(found[2])
            return ""
        return self._keep(found[0])
