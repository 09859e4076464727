"""Records that a source announced and did not deliver: requested every night until they arrive or are gone.

A night without them fails; from the fourth on it is complete and says what is outstanding, because one record that
PubMed cannot serve must not hold up all others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from litwatch.model.identifiers import Pmid
from litwatch.model.sweep import Ending, Outstanding, SweepKind
from litwatch.model.text.phrases import count

PATIENCE = 3
"""Days on which a record may fail and still fail its sweep: time for PubMed to deliver what it has announced. After
that one record that it cannot serve must not hold up all others."""

SILENCE = 3
"""Days in a row on which a complete search must not name a record before its absence is believed: a single answer may
be false."""


def carry_forward(
    ledger: Sequence[Outstanding],
    *,
    announced: Mapping[Pmid, SweepKind],
    delivered: Collection[Pmid],
    missing: Collection[Pmid],
    unreadable: Mapping[Pmid, str],
    searched: bool,
    now: datetime,
) -> tuple[Outstanding, ...]:
    """The ledger after a night: what is still outstanding, and with its ending what is no longer.

    ``announced`` is what tonight's search and feeds named, ``delivered`` what of it is in hand; what is in neither of
    the other two either could not be asked for. The window brings that back where the search named it; a feed forgets,
    so that such a record is entered at once. ``searched`` says that search and feeds gave whole answers, so that
    silence means something. Several nights on one day count once.
    """
    before = {item.pmid: item for item in ledger}
    today = now.date()
    entered = {
        pmid
        for pmid, how in announced.items()
        if pmid not in delivered and (pmid in missing or pmid in unreadable or how is SweepKind.FEED)
    }
    after: list[Outstanding] = []
    for pmid in sorted(before.keys() | entered):
        item = before.get(pmid)
        failed = pmid in missing or pmid in unreadable
        if item is None:
            after.append(Outstanding(pmid, announced[pmid], now, unreadable.get(pmid), int(failed), today))
            continue
        if pmid in delivered:
            after.append(replace(item, ending=Ending.DELIVERED))
            continue
        new_day = today > item.last_day
        if failed:
            # A first night may have ended before it could ask; then this is the first day that counts.
            nights = item.nights + (new_day or item.nights == 0)
            item = replace(item, nights=nights, unreadable=unreadable.get(pmid), last_day=today)
        if pmid in announced:
            item = replace(item, unannounced=0)
        elif searched and failed and new_day:
            item = replace(item, unannounced=item.unannounced + 1)
        if item.unannounced >= SILENCE and pmid in missing:
            item = replace(item, ending=Ending.WITHDRAWN)
        after.append(item)
    return tuple(after)


def is_waited_for(item: Outstanding) -> bool:
    """Whether the record still fails the sweep that goes without it."""
    return item.ending is None and item.unannounced == 0 and item.nights <= PATIENCE


def describe(item: Outstanding) -> str | None:
    """What a reader must know of a record that its sweep does not wait for; None where there is nothing."""
    since = item.since.date().isoformat()
    if item.ending is Ending.WITHDRAWN:
        return (
            f"PMID {item.pmid} was announced on {since} and never delivered; PubMed has not named it for {SILENCE}"
            " days and does not serve it, so it is no longer requested."
        )
    if item.ending is not None or is_waited_for(item):
        return None
    what = f"could not be read ({item.unreadable})" if item.unreadable else "was not delivered"
    silent = " and is not named any more" if item.unannounced else ""
    return (
        f"Outstanding: PMID {item.pmid}, announced on {since}, {what} on {count(item.nights, 'day')}{silent};"
        " it is requested every night. Check it in PubMed."
    )
