"""Feeds with the defects that real ones have, one defect each, by name: ``DEFECTS["dateless"](records, now)`` → bytes.

Most were seen in captures of publishers' feeds; the hostile ones are what a captured feed could send. All come with
HTTP status 200.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from itertools import pairwise
from typing import Final

from litwatch.model.record import Record
from litwatch.standin.feeds import Item, Publication, atom, publisher_item, rss_2, write_rss_2

Defective = Callable[[Sequence[Record], datetime], bytes]


def html_titles(records: Sequence[Record], now: datetime) -> bytes:
    """Titles that are HTML inside the element, with entities of their own, as OJS sends them."""
    return _changed(records, now, lambda item: replace(item, title=f"<p><strong>{item.title}</strong> &amp; more</p>"))


def dateless(records: Sequence[Record], now: datetime) -> bytes:
    """No date, no DOI, no author; only the publisher's own number tells items apart, as ScienceDirect sends them."""
    home = Publication().home
    items = [
        Item(record.title, f"{home}/pii/S{record.pmid}?dgcid=rss", f"{home}/pii/S{record.pmid}", "", None)
        for record in records
    ]
    return write_rss_2(items, now)


def drifting_dates(records: Sequence[Record], now: datetime) -> bytes:
    """Every item is dated with the moment of the fetch, as Ingenta's are: a date is no watermark."""
    return _changed(records, now, lambda item: replace(item, date=format_datetime(now)))


def unreadable_dates(records: Sequence[Record], now: datetime) -> bytes:
    """Dates that no standard knows."""
    return _changed(records, now, lambda item: replace(item, date="32 Smarch 2026, 25 o'clock"))


def half_a_day_late(records: Sequence[Record], now: datetime) -> bytes:
    """Nine minutes past midnight is printed as 12:09, as Wiley's feeds do."""
    return _changed(records, now, lambda item: replace(item, date=(item.date or "").replace(" 00:09:", " 12:09:")))


def advertisements(records: Sequence[Record], now: datetime) -> bytes:
    """Issue information and advertisements stand among the articles, as in Wiley's feeds."""
    items = [publisher_item(record) for record in records]
    home = Publication().home
    notices = [
        Item("Issue Information", f"{home}/toc", "10.5555/toc", "", items[0].date if items else None),
        Item("Call for papers: submit now", f"{home}/ad", None, "", None),
    ]
    return write_rss_2([*notices, *items], now)


def no_entries(records: Sequence[Record], now: datetime) -> bytes:  # noqa: ARG001 - one signature for all defects
    """A valid feed without entries, as J-STAGE sends it."""
    return atom((), now)


def truncated(records: Sequence[Record], now: datetime) -> bytes:
    """The document ends in the middle of an item."""
    whole = rss_2(records, now)
    return whole[: max(len(whole) * 2 // 3, whole.find(b"<item>") + 20)]


def web_page(records: Sequence[Record], now: datetime) -> bytes:  # noqa: ARG001 - one signature for all defects
    """An error page instead of the feed: a parser finds no entries and no fault."""
    return (
        b"<!DOCTYPE html><html><head><title>Access denied</title></head>"
        b"<body><h1>Please enable cookies</h1><p>Too many requests.</p></body></html>"
    )


def empty_body(records: Sequence[Record], now: datetime) -> bytes:  # noqa: ARG001 - one signature for all defects
    """Nothing at all."""
    return b""


def reused_guids(records: Sequence[Record], now: datetime) -> bytes:
    """All items claim to be the same one."""
    return _changed(records, now, lambda item: replace(item, guid="urn:example:item"))


def script_titles(records: Sequence[Record], now: datetime) -> bytes:
    """A script and a template in the title."""
    hostile = "<script>alert(document.domain)</script>{{7*7}}"
    return _changed(records, now, lambda item: replace(item, title=f"{item.title}{hostile}"))


def javascript_links(records: Sequence[Record], now: datetime) -> bytes:
    """Links that a reader must not be given."""
    return _changed(records, now, lambda item: replace(item, link="javascript:alert(document.cookie)"))


def entity_expansion(records: Sequence[Record], now: datetime) -> bytes:
    """Six kilobytes of one entity, named a thousand times over, that unfold to three million characters in a title."""
    feed = rss_2(records, now).replace(b"<item><title>", b"<item><title>" + b"&a;" * 1_000, 1)
    return _with_entities(feed, f'<!ENTITY a "{"ha" * 1_500}">')


def nested_entities(records: Sequence[Record], now: datetime) -> bytes:
    """A billion laughs: entities made of entities, nine deep."""
    names = "abcdefghij"
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in pairwise(names)
    )
    return _with_entities(rss_2(records, now).replace(b"<item><title>", b"<item><title>&j;", 1), entities)


def outside_entity(records: Sequence[Record], now: datetime) -> bytes:
    """A title that asks for a local file."""
    feed = rss_2(records, now).replace(b"<item><title>", b"<item><title>&file;", 1)
    return _with_entities(feed, '<!ENTITY file SYSTEM "file:///etc/hostname">')


def wrong_encoding(records: Sequence[Record], now: datetime) -> bytes:
    """UTF-8 that calls itself ASCII."""
    items = [replace(publisher_item(record), title=f"{record.title} – naïve") for record in records]
    return write_rss_2(items, now).replace(b'encoding="UTF-8"', b'encoding="us-ascii"', 1)


def byte_order_mark(records: Sequence[Record], now: datetime) -> bytes:
    """A byte-order mark before the declaration, as Ingenta sends it; legal and often stumbled over."""
    return b"\xef\xbb\xbf" + rss_2(records, now)


def control_characters(records: Sequence[Record], now: datetime) -> bytes:
    """A character that XML forbids."""
    return rss_2(records, now).replace(b"<item><title>", b"<item><title>\x0b", 1)


def oversized(records: Sequence[Record], now: datetime) -> bytes:
    """Fifty megabytes, nearly all of it one description."""
    item = Item("A long read", Publication().home, None, "long " * 10_485_760, None)
    return write_rss_2([item, *map(publisher_item, records)], now)


def _with_entities(feed: bytes, entities: str) -> bytes:
    head, body = feed.split(b"\n", 1)
    return head + f"\n<!DOCTYPE rss [\n{entities}\n]>\n".encode() + body


def _changed(records: Sequence[Record], now: datetime, change: Callable[[Item], Item]) -> bytes:
    return write_rss_2([change(publisher_item(record)) for record in records], now)


DEFECTS: Final[Mapping[str, Defective]] = {
    "html-titles": html_titles,
    "dateless": dateless,
    "drifting-dates": drifting_dates,
    "unreadable-dates": unreadable_dates,
    "half-a-day-late": half_a_day_late,
    "advertisements": advertisements,
    "no-entries": no_entries,
    "truncated": truncated,
    "web-page": web_page,
    "empty-body": empty_body,
    "reused-guids": reused_guids,
    "script-titles": script_titles,
    "javascript-links": javascript_links,
    "entity-expansion": entity_expansion,
    "nested-entities": nested_entities,
    "outside-entity": outside_entity,
    "wrong-encoding": wrong_encoding,
    "byte-order-mark": byte_order_mark,
    "control-characters": control_characters,
    "oversized": oversized,
}
"""Every defect by the name under which the stand-in serves it."""
