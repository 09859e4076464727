"""What the operator is told when a night was not whole: one plain mail, in the words that the command line uses.

It goes out on the day of the failure whatever the members' rhythm, also where no member could be told, because the
only topic file is broken. A good night sends none: that a night took place at all is what ``litwatch doctor`` asks.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.digest.mail.letter import Letter
from litwatch.model.text import phrases, spelled_dates
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.text.safe_text import clip, visible


@dataclass(frozen=True, slots=True)
class Trouble:
    """Everything of one night that a person must look at, one sentence each."""

    unread: Sequence[str]
    """Articles that could not be read or searched at all."""
    incomplete: Sequence[str]
    """Articles whose search did not complete."""
    unwritten: Sequence[str]
    """Files that could not be written, or settings that could not be read."""
    undelivered: Sequence[str]
    """Mails that were refused, put off, or of which nobody knows."""
    unaddressed: Sequence[str] = ()
    """Articles of which nobody gets a digest, with what such a digest would say."""
    doubts: Sequence[str] = ()
    """What is odd about the machine's clock or the store."""
    ended: Sequence[str] = ()
    """Runs that ended before their work was done, each with its reason."""
    update_files: Sequence[str] = ()
    """What is wrong with NLM's update files, or differs between them and PubMed's search."""

    def __bool__(self) -> bool:
        parts = (self.unread, self.incomplete, self.unwritten, self.undelivered)
        return any((*parts, self.unaddressed, self.doubts, self.ended, self.update_files))


def operator_letter(trouble: Trouble, recipient: str, day: date) -> Letter:
    """The operator's mail about one night; the same trouble on the same day is the same letter."""
    counted = [
        phrases.count(number, noun, nouns)
        for number, noun, nouns in (
            (len(trouble.ended), "run ended early", "runs ended early"),
            (len(trouble.doubts), "doubt about clock or store", "doubts about clock or store"),
            (len(trouble.unaddressed), "article that nobody is told of", "articles that nobody is told of"),
            (len(trouble.unread), "article not read", "articles not read"),
            (len(trouble.incomplete), "search not complete", "searches not complete"),
            (len(trouble.unwritten), "file not written", "files not written"),
            (len(trouble.update_files), "note on update files", "notes on update files"),
            (len(trouble.undelivered), "mail not delivered", "mails not delivered"),
        )
        if number
    ]
    subject = f"litwatch, {spelled_dates.long_date(day)}: {phrases.listed(counted)}"
    parts = [
        subject,
        *_part("Ended before the work was done (what was saved until then is kept)", trouble.ended),
        *_part("Clock and store", trouble.doubts),
        *_part("Nobody gets a digest of these articles: you read here what it would say", trouble.unaddressed),
        *_part("Not read or searched (each digest that was sent says that this is not an all-clear)", trouble.unread),
        *_part("Search incomplete (the next night covers the same days again)", trouble.incomplete),
        *_part("NLM's update files (docs/bulk.md)", trouble.update_files),
        *_part("Files", trouble.unwritten),
        *_part("Mails (`litwatch digest --show` lists them)", trouble.undelivered),
        "",
        "`litwatch doctor` shows the present state.",
    ]
    text = "\n".join(parts) + "\n"
    key = hashlib.sha256(f"{mailbox_key(recipient)}\0{day.isoformat()}\0{text}".encode()).hexdigest()
    return Letter(recipient, subject, text, None, key, thread="operator")


def _part(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    return ["", title, *(_item(line) for line in lines)]


def _item(line: str) -> str:
    said = clip(" ".join(visible(line).split()), 1000)
    return textwrap.fill(said, 76, initial_indent="  - ", subsequent_indent="    ", break_long_words=False)
