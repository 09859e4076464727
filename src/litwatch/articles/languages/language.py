"""What a file of this package holds of one language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FurnitureWords:
    """The words of what stands on a page beside the article: menus, share buttons, banners, comments, bylines."""

    buttons: tuple[str, ...]
    """Whole lines: navigation, sharing, sign-in, cookie and newsletter buttons."""
    openings: tuple[str, ...]
    """What a short line begins with: "Share on", "Skip to"."""
    notices: tuple[str, ...]
    """What a whole paragraph begins with: licences, cookie banners, the corresponding author."""
    bylines: tuple[str, ...]
    """What stands before a person's name, without colon: "Written by"."""
    authors: tuple[str, ...]
    """What stands before the authors' names with a colon, or above them."""
    history: tuple[str, ...]
    """What stands before a date in the journal's line on the article: "Received", "Published online"."""
    reading_time: tuple[str, ...]
    """What stands beside a number of minutes."""
    teasers: tuple[str, ...]
    """Lines above links to other pages, which can stand in the middle of an article: "Related posts"."""
    closings: tuple[str, ...]
    """Lines below which the article does not go on: "Leave a comment", "Disclaimer"."""
    comments: tuple[str, ...]
    """What readers' comments are called beside their number, singular and plural."""
    disclaimers: tuple[str, ...]
    """Phrases within a disclaimer's text."""
    contents: tuple[str, ...]
    """Headings over a table of contents."""
    institutions: tuple[str, ...]
    """What an affiliation holds, also as part of a word: "universit", "hospital"."""
    encyclopedia: tuple[str, ...]
    """How a wiki's own line ends: "the free encyclopedia"."""
    edit_links: tuple[str, ...]
    """The words in brackets behind a wiki's headings: "edit"."""
    source_needed: tuple[str, ...]
    """The words in brackets behind a sentence that lacks its source: "citation needed"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of one language that an article's page may print. No word is a pattern; all are compared folded."""

    name: str
    """The language's English name."""
    references: tuple[str, ...]
    """Headings over a reference list and over nothing else, the commonest first."""
    sources: tuple[str, ...]
    """Headings that an article's own text may have as well: "Sources", "Literature"."""
    further_reading: tuple[str, ...]
    months: tuple[tuple[str, ...], ...]
    """For each of the twelve months its name and abbreviations, without full stops."""
    day_words: tuple[str, ...]
    """What may stand between day, month and year, or behind the day's figure: "of", "de", "er"."""
    updated: tuple[str, ...]
    """What stands before the date of the last update, without colon."""
    reviewed: tuple[str, ...]
    """What stands before the date of the last review."""
    before_date: tuple[str, ...]
    """What may stand between those words and the date: "on", "am"."""
    status: tuple[str, ...]
    """What stands before the colon and the state of review."""
    steps: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    """The watched site's three steps of review: submitted, under review, approved."""
    pending: tuple[str, ...]
    """What says that the review has not been done."""
    conjunctions: tuple[str, ...]
    """"and" between two authors."""
    others: tuple[str, ...]
    """"et al." and its like."""
    lead_ins: tuple[str, ...]
    """What may stand before a citation within its brackets: "see", "e.g."."""
    abbreviations: tuple[str, ...]
    """Abbreviations whose full stop ends no sentence, in small letters and without the last stop."""
    furniture: FurnitureWords
