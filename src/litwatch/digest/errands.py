"""An editor's errands: references, strategies and files that need an editor's hand, in one mail to each editor.

They come from the articles whose topic files name ``editors``. What is clinical goes to the ``recipients``; an article
that asks for nothing but an editor's hand asks nothing of them.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.digest.mail.letter import Letter
from litwatch.digest.schedule import REPEATED_AFTER
from litwatch.model.message import ListLook
from litwatch.model.text import phrases, spelled_dates
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.text.safe_text import clip, visible
from litwatch.report import contents
from litwatch.report.actions import Reader, list_actions
from litwatch.report.contents import FailedTopic, Report
from litwatch.report.reason_sentences import say_reason


@dataclass(frozen=True, slots=True)
class ArticleErrands:
    """What an editor is to do about one article."""

    slug: str
    title: str
    why: tuple[str, ...]
    """Why, in the verdict's sentences; may be empty."""
    todo: tuple[str, ...]
    """What to do; never empty."""


def find_errands(reports: Iterable[Report], failed: Sequence[FailedTopic] = ()) -> tuple[ArticleErrands, ...]:
    """What these articles, and topic files that could not be read or searched, ask of an editor; by name."""
    found = [
        ArticleErrands(each.slug, each.slug, (), (clip(each.reason.strip(), 600),))
        for each in failed
        if each.for_editor
    ]
    for report in reports:
        todo = tuple(action.text for action in list_actions(report) if action.reader is Reader.EDITOR)
        if todo:
            why = [say_reason(fired) for fired in report.verdict.fired if fired.rule in contents.FOR_EDITORS]
            found.append(
                ArticleErrands(
                    report.topic.slug,
                    contents.title_of(report),
                    tuple(spelled_dates.dated(said.removeprefix("For an editor: ")) for said in why),
                    todo,
                )
            )
    return tuple(sorted(found, key=lambda each: each.slug))


def marks_of(errands: Iterable[ArticleErrands]) -> frozenset[str]:
    """The errands as texts that stay the same from night to night."""
    return frozenset(f"{each.slug} {said}" for each in errands for said in each.todo)


def marks_to_keep(errands: Iterable[ArticleErrands], last: ListLook, unseen: Container[str]) -> frozenset[str]:
    """What the next look must know as told: these ``errands``, and what the ``last`` look knew of ``unseen`` articles.

    An article without a report tonight (slugs in ``unseen``) has its errands still; they are not new tomorrow.
    """
    return marks_of(errands) | {mark for mark in last.marks if mark.partition(" ")[0] in unseen}


def is_due(errands: Sequence[ArticleErrands], last: ListLook, today: date) -> bool:
    """Whether the mail goes out: where there is a new errand, else a week after the last one, while there is any."""
    if not errands:
        return False
    return not marks_of(errands) <= last.marks or not rests(last, today)


def rests(last: ListLook, today: date) -> bool:
    """Whether nothing is to be sent today as long as nothing has changed since the ``last`` look."""
    return not last.marks or (last.sent_on is not None and today - last.sent_on < REPEATED_AFTER)


def errands_letter(
    recipient: str,
    day: date,
    errands: Sequence[ArticleErrands],
    last: ListLook,
    *,
    links: Mapping[str, str],
    unsubscribe: str | None = None,
) -> Letter:
    """The mail; ``last`` is what the one before said, ``links`` the addresses of the reports by slug.

    The same errands on the same day are the same letter.
    """
    new = {each.slug for each in errands if not marks_of([each]) <= last.marks}
    verb = "needs" if len(errands) == 1 else "need"
    subject = f"For the editor: {phrases.count(len(errands), 'article')} {verb} your hand; "
    subject += f"new: {len(new)}" if new else "nothing new"
    parts = [_fold(subject), f"litwatch, {spelled_dates.long_date(day)}"]
    if not new and last.sent_on is not None:
        said = f"Nothing is new since your last list of {spelled_dates.long_date(last.sent_on)}."
        parts += ["", _fold(f"{said} While that is so, the list comes once a week.")]
    for each in sorted(errands, key=lambda each: (each.slug not in new, each.slug)):
        named = each.title if each.title == each.slug else f"{clip(each.title, 300)} ({each.slug})"
        parts += ["", _fold(f"{named}: new" if each.slug in new else named), "-" * 72]
        parts += [_fold(f"{said[0].upper()}{said[1:]}") for said in each.why]
        parts += [_fold(said, "  - ") for said in each.todo]
        if link := links.get(each.slug):
            parts.append(f"Report: {link}")
    parts += ["", "--", _fold("What is clinical goes to the article's board. This list comes again while it is open.")]
    if unsubscribe:
        parts.append(f"Stop all mails of litwatch: {unsubscribe}")
    text = "\n".join(parts) + "\n"
    key = hashlib.sha256("\0".join((mailbox_key(recipient), day.isoformat(), text)).encode()).hexdigest()
    person = hashlib.sha256(mailbox_key(recipient).encode()).hexdigest()[:16]
    return Letter(
        recipient, subject, text, None, key, thread=f"errands.{person}", list_name="errands", unsubscribe=unsubscribe
    )


def _fold(text: str, bullet: str = "") -> str:
    return textwrap.fill(
        " ".join(visible(text).split()),
        72,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
