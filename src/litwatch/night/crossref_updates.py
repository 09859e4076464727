"""What Crossref says about cited works: asked a part of them each night, and what it answered put in the store.

Its failure is told in the reports of the articles concerned and in the run, and stops nothing: what Crossref said
before stays in force.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from litwatch.decisions.completeness import is_outage
from litwatch.decisions.update_schedule import A_NIGHT, choose_due
from litwatch.model.errors import AnswerUnreadable, SourceError, SourceUnavailable
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.paper_notice import FurtherNotice, Source, UpdateNotice
from litwatch.model.sweep import Sweep, SweepKind, SweepState
from litwatch.model.text.phrases import count
from litwatch.model.text.spelled_dates import long_date
from litwatch.sources.protocol import ReadsUpdates
from litwatch.store import Store

_AT_ONCE = 25
"""Answers are kept in such portions, so that a night that ends early keeps what it learnt."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UpdatesLook:
    """What became of asking Crossref on one night."""

    asked: Mapping[Doi, datetime]
    """When each DOI was last answered, tonight's answers included."""
    failed: Mapping[Doi, str]
    """DOIs that were to be asked about and brought no usable answer, and why."""
    tried: int = 0
    """How many DOIs were to be asked about tonight."""


def ask_for_updates(
    source: ReadsUpdates, dois: Iterable[Doi], store: Store, now: datetime, *, keep: bool, most: int = A_NIGHT
) -> UpdatesLook:
    """Ask about the works that are due, ``most`` of them, and keep the answers unless ``keep`` is False.

    A failing source is part of the result; raises store errors. ``dois`` names works without a PubMed record first.
    """
    wanted = tuple(dict.fromkeys(dois))
    asked = store.update_looks(wanted)
    due = choose_due(wanted, asked, now, most=most)
    failed: dict[Doi, str] = {}
    answers: dict[Doi, tuple[UpdateNotice, ...]] = {}
    in_a_row = 0
    for place, doi in enumerate(due):
        try:
            answers[doi] = source.updates_of(doi)
            in_a_row = 0
        except SourceError as error:
            failed[doi] = str(error)
            _log.warning("%s", error)
            in_a_row = in_a_row + 1 if isinstance(error, (SourceUnavailable, AnswerUnreadable)) else 0
        if is_outage(in_a_row, refused=False):
            failed |= dict.fromkeys(due[place + 1 :], failed[doi])
            break
        if len(answers) >= _AT_ONCE:
            asked |= _put_away(answers, store, now, keep=keep)
    asked |= _put_away(answers, store, now, keep=keep)
    return UpdatesLook(asked, failed, len(due))


def _put_away(
    answers: dict[Doi, tuple[UpdateNotice, ...]], store: Store, now: datetime, *, keep: bool
) -> dict[Doi, datetime]:
    if keep and answers:
        store.save_updates(answers, now)
    known = dict.fromkeys(answers, now) if keep else {}
    answers.clear()
    return known


def close_updates(
    look: UpdatesLook, by_doi: Mapping[Doi, Pmid], further: Mapping[Pmid, Collection[FurtherNotice]]
) -> Sweep:
    """Asking Crossref as one of an article's looks: what it has about the cited works, or why it failed.

    ``by_doi`` are the article's cited works.
    """
    told = sum(each.source is Source.CROSSREF for notices in further.values() for each in notices)
    failed = {doi: look.failed[doi] for doi in by_doi if doi in look.failed}
    asked = [look.asked[doi] for doi in by_doi if doi in look.asked]
    waiting = [doi for doi in by_doi if doi not in look.asked and doi not in failed]
    notes = [
        f"{count(len(by_doi), 'cited work')} with a DOI; Crossref has answered about {len(asked):,}{_since(asked)}."
    ]
    if waiting:
        notes.append(
            f"{count(len(waiting), 'work')} not asked about yet: the following nights ask, a part of them each night."
        )
    error = None
    if failed:
        doi, why = next(iter(failed.items()))
        more = f"; {count(len(failed), 'cited work')} concerned" if len(failed) > 1 else ""
        never = sum(each not in look.asked for each in failed)
        known = f"; about {never:,} of them Crossref has never answered" if never else ""
        error = f"{why if doi in why else f'DOI {doi}: {why}'}{more}{known}"
    return Sweep(
        kind=SweepKind.UPDATES,
        state=SweepState.FAILED if failed else SweepState.COMPLETE,
        window=None,
        searches=(),
        found=told,
        delivered=told,
        missing=(),
        unreadable=(),
        error=error,
        notes=tuple(notes),
    )


def _since(asked: Collection[datetime]) -> str:
    if not asked:
        return ""
    first, last = min(asked).date(), max(asked).date()
    return f", on {long_date(first)}" if first == last else f", from {long_date(first)} to {long_date(last)}"
