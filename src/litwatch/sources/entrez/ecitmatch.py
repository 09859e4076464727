"""ECitMatch: proposals for references that print journal, volume and page. Proposals, never findings.

ECitMatch goes by journal, volume and page, hardly looks at author and year, and returns confident wrong PMIDs; it
leaves lines out, reorders them, and mixes up lines with one key (cyanheads/pubmed-mcp-server#35, #54, #113). So every
line of every request bears a key of its own, and what comes back is for ``references.matching`` to judge. A reference
is never sent by its author alone.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from litwatch.model.identifiers import Pmid, parse_pmid
from litwatch.model.reference import Reference
from litwatch.references.matching.volume_page import read_place
from litwatch.sources.entrez.replies import read_lines
from litwatch.sources.entrez.retries import Asker
from litwatch.sources.entrez.transport import Unusable

BATCH = 50


class Outcome(StrEnum):
    """What ECitMatch said about one reference."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not found"
    JOURNAL_UNKNOWN = "journal unknown"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Proposal:
    """ECitMatch's answer for the reference at ``position``; ``pmids`` is empty unless it names some."""

    position: int
    outcome: Outcome
    pmids: tuple[Pmid, ...] = ()


def match_citations(asker: Asker, references: Iterable[Reference]) -> tuple[Proposal, ...]:
    """Ask for all references that print enough; the others are absent from the result.

    A line that was left out twice is UNANSWERED. Raises SourceError when there is no usable answer at all.
    """
    lines = {ref.position: line for ref in references if (line := _write_line(ref)) is not None}
    answers: dict[int, Proposal] = {}
    for _ in range(2):
        waiting = [position for position in lines if position not in answers]
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            token = secrets.token_hex(6)
            keys = {f"{token}n{position}": position for position in batch}
            text = "\r".join(f"{lines[position]}|{key}|" for key, position in keys.items())
            answers.update(_ask(asker, text, keys))
    unanswered = {position: Proposal(position, Outcome.UNANSWERED) for position in lines}
    return tuple((unanswered | answers).values())


def prints_enough(reference: Reference) -> bool:
    """Whether ECitMatch can be asked for it."""
    return _write_line(reference) is not None


def _write_line(reference: Reference) -> str | None:
    """journal|year|volume|first page|author, or None where too little is printed to ask."""
    place = read_place(reference.text)
    if not reference.source.strip() or place.volume is None or place.first_page is None:
        return None
    author = next(iter(reference.authors), "")
    fields = (reference.source, str(reference.year or ""), place.volume, place.first_page, author)
    return "|".join(" ".join(re.sub(r"[|\x00-\x1f\x7f]", " ", field).split())[:200] for field in fields)


def _ask(asker: Asker, text: str, keys: dict[str, int]) -> dict[int, Proposal]:
    return asker.ask("ecitmatch", lambda body: _read_answers(body, keys), db="pubmed", retmode="xml", bdata=text)


def _read_answers(body: bytes, keys: dict[str, int]) -> dict[int, Proposal]:
    """Answers by position. A line ends in key and result; what stands before them ECitMatch shortens at will."""
    answers: dict[int, Proposal] = {}
    for line in read_lines(body):
        fields = [field.strip() for field in line.strip().rstrip("|").split("|")]
        position = keys.get(fields[-2]) if len(fields) > 1 else None
        if position is not None:
            answers[position] = _read_result(position, fields[-1])
    if not answers:
        raise Unusable("the answer holds none of the lines that were asked")
    return answers


def _read_result(position: int, result: str) -> Proposal:
    if re.fullmatch(r"[0-9]+", result):
        try:
            return Proposal(position, Outcome.FOUND, (parse_pmid(result),))
        except ValueError:
            return Proposal(position, Outcome.NOT_FOUND)
    if result.startswith("AMBIGUOUS"):
        named = re.fullmatch(r"AMBIGUOUS\s+([0-9]{1,9}(?:\s*,\s*[0-9]{1,9})*)", result)
        numbers = re.findall(r"[1-9][0-9]*", named[1]) if named else []
        return Proposal(position, Outcome.AMBIGUOUS, tuple(map(parse_pmid, numbers)))
    if result.startswith("NOT_FOUND") and "INVALID_JOURNAL" in result:
        return Proposal(position, Outcome.JOURNAL_UNKNOWN)
    return Proposal(position, Outcome.NOT_FOUND)
