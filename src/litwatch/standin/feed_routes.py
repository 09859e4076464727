"""Addresses beside the E-utilities: RSS of saved searches, publishers' feeds, Retraction Watch, Crossref, PMC's IDs.

All are made from the same records on the same day as the utilities' answers. ``SOURCES`` goes to ``StandIn(routes=…)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote

from litwatch.model.errors import StrategyError
from litwatch.model.record import Record
from litwatch.standin import search
from litwatch.standin.crossref_works import crossref_works
from litwatch.standin.feed_defects import DEFECTS
from litwatch.standin.feeds import CAP, SavedSearch, atom, pubmed_feed, rss_1, rss_2
from litwatch.standin.id_converter import id_converter
from litwatch.standin.occasion import Occasion
from litwatch.standin.retraction_watch import defective_notices, notices_in, write_csv
from litwatch.standin.web import HTML, Answer

Writer = Callable[[Sequence[Record], datetime], bytes]

_RSS: Final = "application/rss+xml; charset=utf-8"
_HOPS: Final = 3
_NEWEST: Final = 30
WRITERS: Final[Mapping[str, Writer]] = MappingProxyType(
    {"rss-1": lambda records, _: rss_1(records), "rss-2": rss_2, "atom": atom, **DEFECTS}
)
"""Forms of a publisher's feed, by the name in its address."""


def saved_search(occasion: Occasion) -> Answer:
    """``/rss/search/TERM/?limit=15``: PubMed's feed of a search; a capped window, no ETag, no Last-Modified."""
    term = _rest(occasion, "/rss/search/")
    found = _found(occasion, term)
    if found is None:
        return _missing()
    token = hashlib.sha256(term.encode()).hexdigest()
    limit = max(1, min(occasion.request.number("limit", CAP), 100))
    saved = SavedSearch(term, token, made=occasion.now, limit=limit)
    agent = occasion.request.headers.get("user-agent", "")
    return Answer(pubmed_feed(saved, found, now=occasion.now, user_agent=agent), _RSS)


def publisher_feed(occasion: Occasion) -> Answer:
    """``/feeds/FORM/TERM/``: the newest records that a search finds as a publisher's feed, with ETag and 304.

    FORM is a name of ``WRITERS``; ``moved-3`` leads over three permanent redirects to ``rss-2``, ``gone`` is 410.
    """
    form, _, term = _rest(occasion, "/feeds/").partition("/")
    if form == "gone":
        return Answer(b"<html><body><h1>410 Gone</h1></body></html>\n", HTML, 410)
    if form.startswith("moved-") and form[6:].isdigit():
        left = min(int(form[6:]), _HOPS)
        target = f"/feeds/{f'moved-{left - 1}' if left > 1 else 'rss-2'}/{quote(term, safe='')}/"
        return Answer(b"", HTML, 301, {"Location": target})
    found = _found(occasion, term)
    if found is None or form not in WRITERS:
        return _missing()
    content_type = HTML if form == "web-page" else _RSS
    return _tagged(occasion, WRITERS[form](found[:_NEWEST], occasion.now), content_type)


def retraction_watch(occasion: Occasion) -> Answer:
    """``/retraction-watch.csv``: Crossref's table over the corpus' own notices, with the defects of the real one."""
    notices = (*notices_in(occasion.view.records.values()), *defective_notices())
    return _tagged(occasion, write_csv(notices), "text/csv")


SOURCES: Final[Mapping[str, Callable[[Occasion], Answer]]] = MappingProxyType(
    {
        "/rss/search/": saved_search,
        "/feeds/": publisher_feed,
        "/retraction-watch.csv": retraction_watch,
        "/crossref/works": crossref_works,
        "/tools/idconv/api/v1/articles/": id_converter,
        "/pmc/utils/idconv/v1.0/": id_converter,
    }
)
"""Beginning of the path → what answers there."""


def _rest(occasion: Occasion, start: str) -> str:
    return unquote(occasion.request.path.removeprefix(start)).rstrip("/")


def _found(occasion: Occasion, term: str) -> list[Record] | None:
    try:
        hits = search.run(term, occasion.view, today=occasion.today, recall=lambda _: None)
    except (StrategyError, search.QueryForgotten):
        return None
    return [occasion.view.records[pmid] for pmid in hits.pmids]


def _tagged(occasion: Occasion, body: bytes, content_type: str) -> Answer:
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if mark in occasion.request.headers.get("if-none-match", ""):
        return Answer(b"", content_type, 304, {"ETag": mark})
    return Answer(body, content_type, headers={"ETag": mark})


def _missing() -> Answer:
    return Answer(b"<html><body><h1>404 Not Found</h1></body></html>\n", HTML, 404)
