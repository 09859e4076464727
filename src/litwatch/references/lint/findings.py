"""What the citation lint can find: a catalogue of its codes, and one finding with its place and hint.

A code keeps its meaning for ever; a rule that is dropped leaves its number unused.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from litwatch.model.reference import Reference
from litwatch.model.severity import Severity
from litwatch.model.text.phrases import in_ranges, listed


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding."""

    code: str
    """Stable: ``L01-marker-without-reference``, …; one of ``RULES``."""
    severity: Severity
    message: str
    hint: str
    section: str | None = None
    """The section's heading."""
    sentence: int | None = None
    """The sentence's number."""
    position: int | None = None
    """The reference's 1-based place in the list."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One sort of finding."""

    code: str
    severity: Severity
    """As a rule; a single finding may be graver or milder where its message says why."""
    title: str
    """One line: what is wrong."""
    help: str
    """Why it matters and what an editor does about it."""


UNKNOWN_PMID = "L19-pmid-unknown-to-pubmed"
"""The one code that a verdict tells apart: its PMIDs are named to the board."""

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES = (
    Rule(
        "L01-marker-without-reference", _E, "A marker points to no entry of the reference list",
        "A reader cannot find the source. Add the reference, correct the number, or pin the marker to its paper in the"
        " topic file. It is a warning if the number may not be a marker.",
    ),
    Rule(
        "L02-reference-never-cited", _W, "No sentence cites an entry of the list",
        "Either a marker was lost, or the entry is not used. Cite it where it is used, or remove it. Reported only if"
        " every marker's entry is certain.",
    ),
    Rule(
        "L03-gap-in-numbering", _W, "Numbers are left out, or given twice",
        "A gap in the markers or in the list often means that a sentence or an entry was lost. One number for two"
        " entries is an error: nobody can say which is meant.",
    ),
    Rule(
        "L04-duplicate-reference", _W, "The same paper is in the list twice",
        "Found by PMID, DOI, title with year, or because both entries are the same PubMed record. Two entries make one"
        " source look like two. Keep one and point both markers to it.",
    ),
    Rule(
        "L05-markers-out-of-order", _N, "Markers are not numbered in the order of their first use",
        "Numbered styles (Vancouver, AMA) count in the order of first use; another order often shows that text was"
        " moved or pasted.",
    ),
    Rule(
        "L06-mapping-uncertain", _E, "The list has no numbers, so it is uncertain what a marker means",
        "litwatch does not guess by counting entries. Number the list, pin each marker to its entry in the topic file,"
        " or vouch there for the order of the list with `numbering: as-listed`.",
    ),
    Rule(
        "L07-self-citation", _E, "The site cites itself as a source",
        "An editorial board, a topic overview or the article itself is not evidence. Cite the guideline or study"
        " behind it.",
    ),
    Rule(
        "L08-leftover-text", _E, "Text that is not part of an answer",
        "An instruction to, or a remark by, whatever wrote the text. It tells readers that nobody checked the article."
        " Remove it.",
    ),
    Rule(
        "L09-source-cannot-be-checked", _W, "The source cannot be looked up",
        "The entry gives neither a PMID or DOI nor a journal and a year. Complete it, or pin its record in the topic"
        " file.",
    ),
    Rule(
        "L10-section-rests-on-uncheckable-source", _W, "A section rests on one source that cannot be checked",
        "If that source is wrong, so is the section, and nobody can tell. Add a source that readers can find, or"
        " settle which one is meant.",
    ),
    Rule(
        "L11-no-markers", _W, "No sentence carries a marker",
        "No claim can be traced to a source, so nothing that happens to a source can be traced to a claim.",
    ),
    Rule(
        "L12-pin-without-target", _E, "A pin names a marker or place that the article does not have",
        "The article changed after the pin was set. Correct the pin in the topic file, or remove it.",
    ),
    Rule(
        "L13-list-out-of-order", _N, "The reference list's numbers do not ascend",
        "A list that was sorted or pasted anew often lost what its numbers meant. Put the entries in order, and check"
        " that the markers still point to the right ones.",
    ),
    Rule(
        "L14-range-backwards", _W, "A range of markers runs backwards",
        "[5-3] names no references; it is left in the text and ignored. Correct it.",
    ),
    Rule(
        "L15-year-contradicts-pubmed", _W, "The printed year is not the record's",
        "The print and the electronic year are both accepted. Either the year is a slip, or another edition is meant:"
        " compare the entry with the record.",
    ),
    Rule(
        "L16-journal-contradicts-pubmed", _W, "The printed journal is not the record's",
        "Abbreviations, initials and names without their subtitle are accepted. Otherwise the entry or its record is"
        " wrong: compare them.",
    ),
    Rule(
        "L17-identifier-contradicts-pubmed", _E, "The printed PMID or DOI belongs to another paper",
        "The entry's title is one paper and its identifier another; a reader who follows the link lands on the wrong"
        " one. Correct the identifier.",
    ),
    Rule(
        "L18-author-year-citation", _N, "A sentence cites by author and year",
        "Such a citation points to no number of the list, so it cannot be followed. Use one style of citation.",
    ),
    Rule(
        UNKNOWN_PMID, _E, "PubMed has no record with the printed PMID",
        "A mistyped number, or a paper that does not exist: invented references look like this. Reported only after"
        " PubMed has delivered another record in the same answer. Find the paper and correct the PMID; if there is"
        " none, the claim has no source.",
    ),
    Rule(
        "L20-list-not-found", _E, "The text cites by numbers, but the page has no reference list that could be found",
        "Nothing that the article cites is watched. Put the list below a heading such as “References”, or save the page"
        " with its list opened.",
    ),
    Rule(
        "L21-author-year-ambiguous", _W, "A citation by author and year may mean another entry",
        "Two entries have that surname and year, or the second author is another one. Every entry that may be meant is"
        " watched for the sentence. Add the letters (2020a, 2020b) to text and list, or correct the names.",
    ),
    Rule(
        "L22-cited-only-in-furniture", _W, "Only furniture of the page cites an entry of the list",
        "A sidebar, a teaser, a reader's comment or another line that was left out as no part of the article has the"
        " entry's only marker, so no sentence is told when something happens to the paper. Cite it in the text, or"
        " remove the entry; if the line is part of the article, save the page without the box around it.",
    ),
    Rule(
        "L23-links-without-list", _E, "The text links to papers, and the page has no reference list",
        "Only what a reference list names is watched, so nobody is told when a paper that is only linked is retracted."
        " List the papers below a heading such as “References”, each with its DOI or PMID, and cite them in the text.",
    ),
)  # fmt: skip
"""Every sort of finding, in the order of the codes; docs/lint.md lists them."""

_SEVERITY = {rule.code: rule.severity for rule in RULES}


def found(
    code: str,
    message: str,
    hint: str,
    *,
    severity: Severity | None = None,
    section: str | None = None,
    sentence: int | None = None,
    position: int | None = None,
) -> Finding:
    """A finding with its rule's severity unless another is given. KeyError for a code that has no rule."""
    usual = _SEVERITY[code]
    return Finding(code, severity or usual, message, hint, section or None, sentence, position)


def name_of(ref: Reference) -> str:
    """What an entry is called in a message: its number, or its place, with the beginning of its title."""
    title = f" (“{ref.title[:80]}”)" if ref.title else ""
    return f"Reference {ref.number if ref.number is not None else f'at place {ref.position}'}{title}"


def name_within(ref: Reference) -> str:
    """The same within a sentence."""
    name = name_of(ref)
    return name[0].lower() + name[1:]


def in_words(numbers: Collection[int]) -> str:
    """``1–6``, ``1, 3 and 7`` or ``3–17 and 19``."""
    return listed(in_ranges(numbers))
