"""Page furniture: which lines of a page are no part of the article, and what they say about it.

Dates, status box, disclaimers and buttons are recognised by their wording: the watched site's own stands here, that of
other pages in each language's file (``furniture_words`` compares). Nothing is thrown away: what is taken out of the
article is returned as furniture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from litwatch.articles.article_title import find_question, repeats
from litwatch.articles.blocks import Block, BlockSort, Page, carries_marker, one_line, without_marks
from litwatch.articles.furniture.author_lines import is_person, mark_contents_and_names
from litwatch.articles.furniture.furniture_words import (
    is_authors_label,
    is_chrome,
    is_closing,
    is_disclaimer,
    is_teaser,
    without_edit_link,
)
from litwatch.articles.model import ReviewStatus, Uncertainty
from litwatch.articles.printed_dates import is_date, printed_update, read_date, update_within
from litwatch.articles.reference_list.reference_region import is_reference_heading, is_reference_kind
from litwatch.articles.status import labelled_status, read_status, state_of, step_of

PART = re.compile(r"from the (?:\w+ ){0,3}(?:guidelines?|research|evidence|literature|labels?)", re.IGNORECASE)
"""The watched site's headings over a part of the answer: "From the Guidelines", "From the FDA Drug Label"."""

_STATUS_BOX = re.compile(r"(?:article )?review (?:status|progress|process)", re.IGNORECASE)
_STEPS_IN_ONE = re.compile(r"submitted[\s>→·|,•-]*under review[\s>→·|,•-]*approved", re.IGNORECASE)
_STATEMENT = re.compile(
    r"educational purposes? only.*|.*\bcontent is (?:still )?(?:pending|awaiting|under|not yet)\b.*review.*"
    r"|(?:this )?(?:article|page|content|answer) (?:is|has been|was) (?:currently |still )?"
    r"(?:pending|awaiting|under|reviewed and approved|approved|submitted|not yet)\b.*",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"medical advisory board|(?:medical advisory board\s*)?all articles are reviewed\b.*"
    r"|(?:view (?:our )?)?editorial policy"
    r"|personalize|help us tailor your experience\.?|which best describes you\?.*|your choice helps us use language\b.*"
    r"|our medical a\.?i\.? is used by\b.*|ask (?:any|a) follow.?up question\b.*",
    re.IGNORECASE,
)
"""The watched site's own lines."""
_ROLES = re.compile(
    r"(?:i am |i'm )?(?:an? )?(?:(?:health ?care|medical|other|practicing) )?"
    r"(?:professionals?|providers?|physicians?|doctors?|nurses?|patients?|caregivers?|students?|researchers?|clinicians?"
    r"|pharmacists?|other|general public)"
    r"(?: (?:or|/) (?:patients?|caregivers?|students?|family members?))?",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(r"have (?:a|any|another) follow.?up questions?\??", re.IGNORECASE)
_LONGEST_TEASER = 150
_BOARD = re.compile(
    r"(?:advisory|editorial|review) ?(?:board|team)|(?:checked|reviewed) (?:for|by)|^written by", re.IGNORECASE
)
_BETWEEN = re.compile(r"\t|\s[|·•]\s")
_BYLINE = 16
_LONG_ABOVE = 1500
_HEAD = 15
"""So many blocks from the top the page's head can reach."""


@dataclass(frozen=True, slots=True)
class Furnished:
    """A page taken apart."""

    question: str | None
    last_updated: date | None
    status: ReviewStatus
    body: tuple[Block, ...]
    """The answer and its reference list, still together."""
    furniture: tuple[Block, ...]
    uncertain: tuple[Uncertainty, ...]


def separate(page: Page) -> Furnished:
    """Take furniture, question, date and status from a page; what remains is the answer with its references."""
    blocks = _split_furnished_lines(page.blocks)
    furnished = _mark_furniture(blocks)
    notes = list(page.uncertain)
    last_updated, date_notes = _last_updated(page, blocks)
    status, status_notes = _status(page, blocks, furnished)
    question, at, question_notes = find_question(page, blocks, furnished, head=_HEAD)
    if at is not None:
        # What stands above the question is the site's own, unless it is long and half of the page.
        above = sum(len(block.text) for block in blocks[:at])
        if above < _LONG_ABOVE or 2 * above < sum(len(block.text) for block in blocks):
            furnished[:at] = [True] * at
        furnished[at] = False
        # So is whatever stands between it and the status box, in whatever words the board praises itself.
        box = next((i for i, block in enumerate(blocks[:_HEAD]) if _STATUS_BOX.fullmatch(block.plain)), at)
        if box > at:
            furnished[at + 1 : box] = [True] * (box - at - 1)
    rest = [index for index in range(len(blocks)) if not furnished[index] and index != at]
    if question is not None:
        for index in rest[:2]:
            furnished[index] = repeats(blocks[index], question)
    body = tuple(blocks[index] for index in rest if not furnished[index])
    furniture = tuple(block for index, block in enumerate(blocks) if furnished[index] and block.plain)
    return Furnished(
        question, last_updated, status, body, furniture, (*notes, *question_notes, *date_notes, *status_notes)
    )


def _split_furnished_lines(blocks: tuple[Block, ...]) -> list[Block]:
    """Break paragraphs whose lines are furniture or list kinds into one block a line."""
    split: list[Block] = []
    for index, block in enumerate(blocks):
        if block.sort is BlockSort.HEADING and (heading := without_edit_link(block.plain)) is not None:
            split.append(replace(block, text=heading))
            continue
        lines = block.text.split("\n")
        if len(lines) > 1 and any(
            _is_furniture_line(line) or is_reference_kind(line) or (index < _HEAD and labelled_status(line))
            for line in block.lines
        ):
            first, *others = (line for line in lines if line.strip())
            split.append(replace(block, text=first))
            split += [replace(block, text=line, tight=True, number=None, continued=True, links=()) for line in others]
        else:
            split.append(block)
    return split


def _is_furniture_line(line: str) -> bool:
    return bool(
        _SITE.fullmatch(line)
        or is_chrome(line)
        or _STATUS_BOX.fullmatch(line)
        or _STEPS_IN_ONE.fullmatch(line)
        or _closes(line)
        or (len(line) < 160 and _STATEMENT.fullmatch(line))
        or _printed_date(line) is not None
        or step_of(line)
    )


def _printed_date(line: str) -> tuple[str, bool] | None:
    """The date of a short line that says when the page was updated, or (True) reviewed."""
    said = printed_update(line)
    return said if said is not None and len(line) <= 160 and any(sign.isdigit() for sign in said[0]) else None


def _is_dated_byline(line: str) -> bool:
    """Whether a line of the head names a date of update behind a few words, such as who wrote the page."""
    said = update_within(line)
    return said is not None and not carries_marker(line) and len(line[: line.rfind(said[0])].split()) <= _BYLINE


def _mark_furniture(blocks: list[Block]) -> list[bool]:
    """For each block whether it is furniture."""
    marked = mark_contents_and_names(blocks)
    steps = [step_of(block.plain) is not None for block in blocks]
    tail = asking = box = False
    seen_body = teaser = False
    for index, block in enumerate(blocks):
        text = block.plain
        if not text or marked[index]:
            continue
        if block.sort is BlockSort.ASIDE:
            marked[index] = not is_reference_heading(text)
            continue
        if block.entry is not None:
            tail = False
            continue
        resumes = is_reference_heading(text) or PART.fullmatch(text) is not None
        if resumes or (block.sort is BlockSort.HEADING and not _closes(text)):
            tail = False
        is_step = steps[index] and (
            box or (index > 0 and steps[index - 1]) or (index + 1 < len(blocks) and steps[index + 1])
        )
        head = index < _HEAD
        teaser = teaser and not (resumes or carries_marker(block.text) or len(text) > _LONGEST_TEASER)
        teaser = teaser and (block.sort is not BlockSort.HEADING)
        if teaser or (seen_body and is_teaser(text)):
            teaser = marked[index] = True
        elif _closes(text):
            tail, asking, box, marked[index] = True, False, False, True
        elif tail and (seen_body or is_disclaimer(text)):
            marked[index] = True
        elif _STATUS_BOX.fullmatch(text):
            box, marked[index] = True, True
        elif is_step or _STEPS_IN_ONE.fullmatch(text):
            marked[index] = True
        elif _is_chrome(block, text) or _printed_date(text) is not None:
            marked[index] = True
            asking = asking or text.casefold().startswith(("personalize", "which best describes"))
            box = False
        elif (
            (len(text) < 160 and _STATEMENT.fullmatch(text))
            or (head and (labelled_status(text) or is_authors_label(text, alone=False)))
            or (len(text) < 160 and is_person(text))
            or (head and not seen_body and (is_date(text) or _is_dated_byline(text)))
            or (asking and not seen_body and len(text) < 40 and _ROLES.fullmatch(text))
        ):
            marked[index] = True
        else:
            box = False
            seen_body = seen_body or index > 0
    for index in range(1, min(_HEAD, len(blocks) - 1)):
        # The line between the question and the status box speaks of the site's own board, under any name.
        between = not marked[index] and marked[index + 1] and (index == 1 or marked[index - 1])
        if between and len(blocks[index].plain) < 200 and _BOARD.search(blocks[index].plain):
            marked[index] = True
    return marked


def _is_chrome(block: Block, text: str) -> bool:
    named = block.sort in (BlockSort.PARAGRAPH, BlockSort.HEADING) and len(text) < 400
    return named and (_SITE.fullmatch(text) is not None or is_chrome(text))


def _closes(line: str) -> bool:
    return _FOLLOW_UP.fullmatch(line) is not None or is_closing(line)


_DATE_KEYS = (
    *(
        "last_updated",
        "updated",
        "lastupdated",
        "last_modified",
        "lastmod",
        "modified",
        "date_modified",
        "datemodified",
    ),
    *("last_reviewed", "lastreviewed", "reviewed", "date"),
)
"""Keys of a front matter that give the date of the last update, the plainest first."""


def _last_updated(page: Page, blocks: list[Block]) -> tuple[date | None, list[Uncertainty]]:
    """The printed date or the front matter's; both, if they differ, are said. Without either, a date of review."""
    notes: list[Uncertainty] = []
    found: list[date] = []
    written = [page.matter[key] for key in _DATE_KEYS if page.matter.get(key)][:1]
    said = [dated for block in blocks for part in (block.plain, *_statements(block)) if (dated := _printed_date(part))]
    said = said or _dates_within(blocks)
    updates = [text for text, reviewed in said if not reviewed]
    printed = list(dict.fromkeys(updates or [text for text, _ in said]))
    for value in (*written, *printed):
        try:
            day = read_date(value)
        except ValueError as error:
            notes.append(Uncertainty("date-unreadable", f"Last updated: {error}."))
        else:
            if day is not None and day not in found:
                found.append(day)
    if len(found) > 1:
        listed = ", ".join(day.isoformat() for day in found)
        notes.append(
            Uncertainty(
                "date-conflict", f"The page gives several dates of its last update: {listed}; the first is kept."
            )
        )
    if not found:
        for key, name in (("page_modified", "technical one"), ("page_published", "date of publication")):
            try:
                found = [day] if (day := read_date(page.matter.get(key))) else []
            except ValueError:
                found = []
            if found:
                message = f"No last-updated line; the date is the page's {name}."
                notes.append(Uncertainty("date-from-metadata", message))
                break
    if not found and not notes:
        notes.append(Uncertainty("no-date", "No date of the last update was found on the page."))
    return (found[0] if found else None), notes


def _dates_within(blocks: list[Block]) -> list[tuple[str, bool]]:
    """The dates in the page's head that follow something else on their line: a byline, a date of publication."""
    said: list[tuple[str, bool]] = []
    for block in blocks[:_HEAD]:
        if block.entry is not None or is_reference_heading(block.plain):
            break
        if not carries_marker(block.text) and (dated := update_within(block.plain)) is not None:
            said.append(dated)
    return said


def _status(page: Page, blocks: list[Block], furnished: list[bool]) -> tuple[ReviewStatus, tuple[Uncertainty, ...]]:
    taken = [block for block, is_taken in zip(blocks, furnished, strict=True) if is_taken]
    texts = [part for block in taken for part in _statements(block)]
    steps = [step for text in texts if (step := step_of(text)) is not None]
    if any(_STEPS_IN_ONE.fullmatch(text) for text in texts):
        steps = [("Submitted", False), ("Under Review", False), ("Approved", False)]
    labelled = [said for text in texts if (said := labelled_status(text)) is not None]
    statements = [text for text in texts if _STATEMENT.fullmatch(text) and state_of(text) is not None]
    return read_status(steps, [*labelled, *statements], page.matter)


def _statements(block: Block) -> list[str]:
    """What a line of the head says, one thing each: "Last updated: … | Status: …"; a labelled cell stays whole."""
    line = without_marks(block.text)
    parts = [one_line(part) for part in _BETWEEN.split(line)]
    if len(parts) == 2 and ":" not in line and labelled_status(" | ".join(parts)) is not None:
        return [" | ".join(parts)]
    return parts if any(labelled_status(part) for part in parts) or " | " in line else [one_line(line)]
