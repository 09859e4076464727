"""Text from outside costs time in proportion to its length: every pattern, and the functions that read such text.

Processor time is measured, never the clock's. A first measure with a short text sorts out nearly all; only what took
longer there is measured with longer ones, and what a matcher cannot finish at all is stopped.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from litwatch.articles.article_reader import read_article
from litwatch.articles.sentences import sentence_spans
from litwatch.model.errors import LitwatchError
from litwatch.model.notice_titles import read_notice_title
from litwatch.references.matching.titles import compare_titles, words_of
from litwatch.references.matching.volume_page import read_place
from litwatch.sources.entrez.replies import check_xml_text
from litwatch.sources.entrez.transport import Unusable
from litwatch.sources.feeds.reader import parse_feed
from litwatch.strategy.linting import lint_strategy
from tests.property.hostile_strings import ONCE, PALETTE, SCANS, Found, Hostile, find_patterns, hostile_strings

SMALL = 1_024
CHEAP = 0.0004
"""Seconds for SMALL that need no second look: a quadratic pattern takes several times as long."""
STEEP = 7.0
"""Four times the text may take so much longer; quadratic time is 16 times, and the rest is room for noise."""
STEP = 0.005
"""Seconds: processor time is told in steps of up to 4 ms; what is quadratic takes many of them for the longest text."""
ENOUGH = 0.5
"""Seconds after which a single try is stopped."""

BOUNDED = {
    "litwatch.articles.forms.pdf_page._ADDRESS_END": "met with the last 300 characters of a paragraph",
    "litwatch.decisions.sentence_cues._PIECE": "met with litwatch's own patterns only",
    "litwatch.model.notice_titles._MARK_LAST": "met with the last 240 characters of a title",
    "litwatch.model.notice_titles._NOTICE_LAST": "met with the last 240 characters of a title",
    "litwatch.references.matching.confidence._ANNOUNCEMENTS": "tried at the beginning of a text only",
    **{
        f"litwatch.sources.pubmed_xml.grammar.{name}": "met with a row of its like, which ARTICLE has matched"
        for name in ("HEADING", "QUALIFIER", "NOTICE", "PART", "KEYWORD", "MOMENT", "DATE")
    },
}
"""Patterns whose callers bound what they cost, each with how."""


class Slow(Exception):
    """A try that was stopped."""


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Raise Slow when so much processor time has passed; Python's matcher looks for signals while it works."""

    def stop(*_: object) -> None:
        raise Slow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, min(seconds, 600))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def cost(work: Callable[[str], object], text: str, tries: int = 1, limit: float = ENOUGH, enough: float = 0) -> float:
    """Seconds of processor time, the least of so many tries; infinite for a try that was stopped.

    No further try is made once one was quick ``enough``.
    """
    least = float("inf")
    for _ in range(tries):
        start = time.process_time()
        try:
            with stopped_after(limit):
                work(text)
        except Slow:
            return float("inf")
        if (least := min(least, time.process_time() - start)) <= enough:
            break
    return least


def matching(found: Found) -> Callable[[str], object]:
    """What litwatch does with a pattern, on a text."""

    def work(text: str) -> None:
        given: Any = text.encode() if isinstance(found.pattern.pattern, bytes) else text
        if found.methods & SCANS:
            for _ in found.pattern.finditer(given):
                pass
        else:
            for method in found.methods & ONCE:
                getattr(found.pattern, method)(given)

    return work


def is_steep(work: Callable[[str], object], hostile: Hostile, *, cheap: float = CHEAP, small: int = SMALL) -> bool:
    """Whether the work takes more than proportionally longer for four times the text."""
    first = cost(work, hostile.of_length(small), limit=2 * ENOUGH)
    if first == float("inf"):
        return True
    if first <= cheap or (first := min(first, cost(work, hostile.of_length(small)))) <= cheap:
        return False
    most = STEEP * first
    if cost(work, hostile.of_length(4 * small), tries=2, limit=10 * first + ENOUGH, enough=most) <= most:
        return False
    # Once more with longer texts, which what else the machine does disturbs less.
    first = cost(work, hostile.of_length(4 * small), tries=2, limit=20 * first)
    most = STEEP * max(first, STEP)
    return first == float("inf") or (
        cost(work, hostile.of_length(16 * small), tries=2, limit=10 * first, enough=most) > most
    )


def find_steep(found: Found) -> Hostile | None:
    """The first text for which the pattern is steep three times over: what else the machine does slows one measure."""
    work = matching(found)
    return next((each for each in hostile_strings(found.pattern) if all(is_steep(work, each) for _ in range(3))), None)


@pytest.mark.slow
def test_every_pattern_takes_time_in_proportion_to_its_text() -> None:
    patterns = find_patterns()
    assert len(patterns) > 300, "they are found where they stand"
    steep = {each.place: find_steep(each) for each in patterns if each.place not in BOUNDED}
    assert {place: found for place, found in steep.items() if found} == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:…|\.\.\.)[\s.]*$",
        r"\s*(?:<!--.{0,2000}?-->\s*)*<html",
        *(
            pytest.param(steep, marks=pytest.mark.slow)  # each costs seconds, and two show that the finder finds
            for steep in (
                r"[.!?…]+[\"”’')\]]{0,3}(?=\s)",
                r"\d{1,3}(?:[,  ]\d{3})+\s+patients",
                r"\s+([.,;:!?)])",
                r"\bPMID\s*:?\s*(\d{1,8})\b",
                r"(?:\w+\s?)+$",
            )
        ),
    ],
)
def test_patterns_that_were_steep_are_found_out(pattern: str) -> None:
    assert find_steep(Found("before", re.compile(pattern, re.DOTALL), frozenset({"search"})))


def quietly(work: Callable[[str], object]) -> Callable[[str], object]:
    """The work, where a refusal is as good as an answer."""

    def tried(text: str) -> object:
        try:
            return work(text)
        except (LitwatchError, Unusable):
            return None

    return tried


def page(text: str, mark: str = "## ") -> bytes:
    return f"Why is it so?\n\n{mark}Causes\n\n{text} [1].\n\n{mark}References\n\n1. {text}\n".encode()


def rss(text: str) -> bytes:
    title = text.replace("&", "&amp;").replace("<", "&lt;").replace("\x00", "")
    return f'<rss version="2.0"><channel><title>x</title><item><title>{title}</title></item></channel></rss>'.encode()


READERS: dict[str, Callable[[str], object]] = {
    "plain text": lambda text: read_article(page(text, mark=""), name="a.txt"),
    "Markdown": lambda text: read_article(page(text), name="a.md"),
    "HTML": lambda text: read_article(b"<html><body><p>" + page(text), name="a.html"),
    "a page from its first character": lambda text: read_article(text.encode(), name="a.txt"),
    "sentences": sentence_spans,
    "the words of a title": words_of.__wrapped__,
    "two titles": lambda text: compare_titles(f"Sleep and {text}", "Sleep and insulin: a trial"),
    "a title's notice": lambda text: read_notice_title.__wrapped__(f"{text} retracted"),
    "volume and page": read_place,
    "a strategy": lint_strategy,
    "a feed": lambda text: parse_feed(rss(text), name="feed"),
    "an answer of NCBI": lambda text: check_xml_text(f"<a>{text}</a>".encode(), "a"),
}
"""What reads text from outside, above its patterns."""

WORST = (".", "…", "111,", "(", "[", "1", " ", "a", "a.", "[1]", "<a>", "<!--a-->", "“", "*", "\n", "1. a\n")


@pytest.mark.parametrize("name", READERS)
def test_what_reads_outside_text_takes_time_in_proportion_to_it(name: str) -> None:
    work = quietly(READERS[name])
    work("warm up")
    assert [unit for unit in WORST if is_steep(work, Hostile("", unit, ""), cheap=0.02, small=2_048)] == []


FEW, MANY = 65_536, 1_048_576
GROWTH = 24
"""So much longer may 16 times the text take."""
MEASURABLE = 4 * STEP
"""Seconds. What is quadratic takes many times as long for FEW."""
WORST_FEW = 3
"""So many of the texts that cost a pattern or a reader most are made long: all of them would take hours."""


def costliest(work: Callable[[str], object], texts: Iterable[Hostile]) -> list[Hostile]:
    return sorted(texts, key=lambda each: cost(work, each.of_length(4 * SMALL)), reverse=True)[:WORST_FEW]


def grows_too_fast(work: Callable[[str], object], hostile: Hostile) -> bool:
    """Whether it does each of three times: what else the machine does slows one measure, and never all.

    Four times the text comes before 16 times, so that what is quadratic costs the test minutes and not hours.
    """
    for _ in range(3):
        few = max(cost(work, hostile.of_length(FEW), limit=20), MEASURABLE)
        if few == float("inf") or cost(work, hostile.of_length(4 * FEW), limit=2 * STEEP * few) > STEEP * few:
            continue
        if cost(work, hostile.of_length(MANY), limit=2 * GROWTH * few) <= GROWTH * few:
            return False
    return True


@pytest.mark.slow
def test_every_pattern_reads_a_million_characters() -> None:
    steep = [
        (found.place, hostile)
        for found in find_patterns()
        if found.place not in BOUNDED
        for hostile in costliest(matching(found), hostile_strings(found.pattern))
        if grows_too_fast(matching(found), hostile)
    ]
    assert steep == []


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_a_million_characters_are_read(name: str) -> None:
    work = quietly(READERS[name])
    work("warm up")
    texts = costliest(work, [Hostile("", unit, "") for unit in PALETTE])
    assert [each for each in texts if grows_too_fast(work, each)] == []
