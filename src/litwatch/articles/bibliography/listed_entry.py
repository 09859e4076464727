"""An entry of a bibliography that is not printed: its columns, and the line that a reference list would print of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from litwatch.articles.blocks import Block, BlockSort, one_line
from litwatch.model.identifiers import Doi, Pmid, find_pmcid, pmid_or_none

_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_INITIALS = re.compile(r"[^\W\d_a-z]{1,4}")
_PREPARED = re.compile(r"(?im)^[ \t]*pmid[ \t]*[:=][ \t]*(\d{1,8})\b")
_MOST_AUTHORS = 200
_LONGEST = 3000


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """What a bibliography says of one paper; text as it would be printed, identifiers already parsed."""

    key: str = ""
    authors: tuple[str, ...] = ()
    """As ``Family AB``, bodies by their names."""
    is_cut: bool = False
    """Whether the authors end in "and others"."""
    title: str = ""
    source: str = ""
    """Journal, book or publisher."""
    year: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: Doi | None = None
    pmid: Pmid | None = None
    pmcid: str = ""
    url: str = ""
    text: str = ""
    """The entry as it is printed somewhere; empty where only the columns are known."""
    links: tuple[str, ...] = ()

    @property
    def columns(self) -> Mapping[str, str]:
        """The columns by the names that ``entry_columns.with_columns`` takes."""
        found = {
            "title": self.title,
            "journal": self.source,
            "year": self.year,
            "authors": "; ".join(self.authors),
            "doi": self.doi or "",
            "pmid": str(self.pmid or ""),
        }
        return {name: value for name, value in found.items() if value}

    @property
    def printed(self) -> str:
        """The entry in one line."""
        if self.text:
            return self.text
        place = composed_place(self.year, self.volume, self.issue, self.pages)
        line = composed_line(self.authors, self.title, self.source, place, is_cut=self.is_cut)
        ends = (
            f" doi:{self.doi}." if self.doi else "",
            f" PMID: {self.pmid}." if self.pmid else "",
            f" PMCID: {self.pmcid}." if self.pmcid else "",
            f" {self.url}" if self.url and not (self.doi or self.pmid) else "",
        )
        return one_line(line + "".join(ends))[:_LONGEST]

    @property
    def called(self) -> str:
        """How a text names the entry: ``Doe``, ``Doe and Roe``, ``Doe et al``; else the beginning of its title."""
        names = [re.sub(r" [^\W\d_a-z]{1,4}(?: (?:Jr|Sr|II|III|2nd|3rd))?$", "", name) for name in self.authors]
        if len(names) > 2 or (self.is_cut and names):
            return f"{names[0]} et al"
        return " and ".join(names) or " ".join((self.title or self.text).split()[:4])

    def block(self, place: int, number: int | None) -> Block:
        """The entry as a block of the reference list; ``place`` is a key that no other entry has."""
        sort = BlockSort.BULLET if number is None else BlockSort.NUMBERED
        links = self.links or ((self.url,) if self.url.startswith("http") else ())
        columns = tuple(self.columns.items())
        return Block(sort, self.printed, number=number, links=links, entry=place, columns=columns)


def composed_place(year: str, volume: str, issue: str, pages: str) -> str:
    """Where a paper stands, as lists print it: ``2019;4(2):1-5``."""
    return year + (f";{volume}" if volume else "") + (f"({issue})" if issue else "") + (f":{pages}" if pages else "")


def composed_line(authors: tuple[str, ...], title: str, source: str, place: str, *, is_cut: bool) -> str:
    """The line that a list in Vancouver style prints."""
    listed = ", ".join(authors[:_MOST_AUTHORS]) + (", et al" if is_cut and authors else "")
    parts = [listed, title, source, place]
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def printed_name(family: str, given: str, suffix: str = "") -> str:
    """A person as lists print them: ``van den Berg AB Jr``; the family name alone where none is given."""
    bare = given.replace(".", "").replace(" ", "")
    if not _INITIALS.fullmatch(bare):
        bare = "".join(word[0] for word in re.split(r"[\s.-]+", given) if word)
    return " ".join(part for part in (family, bare, suffix) if part)


def year_in(text: str) -> str:
    """The first year that a date prints; empty where it prints none."""
    found = _YEAR.search(text)
    return found[0] if found else ""


def pmid_in_note(note: str) -> Pmid | None:
    """The PMID that a reference manager keeps in its notes, on a line of its own: ``PMID: 99000001``."""
    found = _PREPARED.search(note[:5000])
    return pmid_or_none(found[1]) if found else None


def pmcid_in(text: str) -> str:
    """The PubMed Central identifier that a field holds; empty where it holds none."""
    return find_pmcid(text[:5000]) or ""
