"""The question that an article answers, which is its title, among the lines of its page.

Front matter and the page's metadata come before any guess; what is guessed is said.
"""

from __future__ import annotations

import re

from litwatch.articles.blocks import Block, BlockSort, Page
from litwatch.articles.model import Uncertainty

_QUESTION_LABEL = re.compile(r"(?:clinical )?(?:question|q)\s*:\s*", re.IGNORECASE)
_TITLE_KEYS = ("citation_title", "headline", "og_title", "page_title")
_TWO_SENTENCES = re.compile(r"[.!。]\s+[A-Z]|。\S")


def find_question(
    page: Page, blocks: list[Block], furnished: list[bool], *, head: int
) -> tuple[str | None, int | None, list[Uncertainty]]:
    """The question, the index of the block that holds it, and what is uncertain about it.

    ``head`` is how many blocks from the top the page's head can reach.
    """
    written = page.matter.get("question") or page.matter.get("title")
    if isinstance(written, str) and written.strip():
        return " ".join(written.split())[:1000], None, []
    free = [i for i, block in enumerate(blocks) if not furnished[i] and block.plain]
    titles = _page_titles(page)
    titled_at = _titled_block(blocks, free, titles, head)
    if titled_at is not None:
        return _bare_question(blocks[titled_at]), titled_at, []
    if page.matter.get("citation_title"):
        return titles[0], None, []
    top = next((i for i in free if blocks[i].sort is BlockSort.HEADING and blocks[i].level == 1), None)
    if top is not None and titles:
        free = [i for i in free if i >= top]  # what stands above a page's own heading is the site's
    top_lines = [i for i in free if i < head]
    last_head_furniture = max((i for i in range(min(head, len(blocks))) if furnished[i]), default=-1)
    guessed = [
        Uncertainty("question-guessed", "No question is marked as such; the page's first heading or line is taken.")
    ]
    first = top_lines[0] if top_lines else None
    for i in top_lines:
        block = blocks[i]
        if i != first and i > last_head_furniture and block.level != 1:
            break
        if (
            block.plain.endswith("?")
            and block.sort in (BlockSort.PARAGRAPH, BlockSort.HEADING)
            and len(block.plain) <= 1000
        ):
            return _bare_question(block), i, []
    if first is not None and blocks[first].sort in (BlockSort.PARAGRAPH, BlockSort.HEADING):
        block = blocks[first]
        labelled = _QUESTION_LABEL.match(block.plain) is not None
        # A plain first line is the page's title only where furniture follows it directly.
        titled = any(furnished[i] for i in range(first + 1, min(first + 3, len(blocks))))
        only_top = block.level == 1 and sum(other.level == 1 for other in blocks) == 1
        short = (
            len(block.plain) <= 300 and not block.plain.endswith((".", "。")) and not _TWO_SENTENCES.search(block.plain)
        )
        if labelled or ((titled or only_top or first == top) and short):
            return _bare_question(block), first, [] if labelled else guessed
    if titles:
        return titles[0], None, [] if titles[0].endswith("?") else guessed
    return None, None, [Uncertainty("no-question", "The page shows no question.")]


def _page_titles(page: Page) -> list[str]:
    """The page's title as its metadata give it, the most telling first, without the site's name behind it."""
    found = []
    for key in _TITLE_KEYS:
        said = page.matter.get(key)
        if isinstance(said, str) and said.strip():
            whole = " ".join(said.split())[:1000]
            found.append(whole if key in ("citation_title", "headline") else re.split(r" [|–—-] ", whole)[0])
    return found


def _titled_block(blocks: list[Block], free: list[int], titles: list[str], head: int) -> int | None:
    """The first heading, else the first line of the head, that says what the page's metadata call its title."""
    names = [_letters(title) for title in titles]

    def is_title(index: int, name: str) -> bool:
        own = letters[index]
        return bool(own) and (own == name or (len(own) > 20 and name.startswith(own)))

    heads = [i for i in free if blocks[i].sort is BlockSort.HEADING]
    lines = [i for i in free if i < head and blocks[i].sort is BlockSort.PARAGRAPH and len(blocks[i].plain) <= 300]
    letters = {i: _letters(blocks[i].plain) for i in (*heads, *lines)}
    return next((i for name in names for i in (*heads, *lines) if is_title(i, name)), None)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _bare_question(block: Block) -> str:
    return _QUESTION_LABEL.sub("", block.plain, count=1)


def repeats(block: Block, question: str) -> bool:
    """Whether a first heading or line of the body only says the question once more, as many pages do."""
    return block.plain.casefold().rstrip("?. ") == question.casefold().rstrip("?. ")
