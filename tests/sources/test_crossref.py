"""Crossref is asked in its published form; whatever is no whole answer is an error, and never "no notice"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from litwatch.config.settings import CROSSREF, read_settings
from litwatch.decisions.paper_state import further_events
from litwatch.decisions.update_schedule import EVERY, choose_due
from litwatch.model.errors import AnswerUnreadable, SettingsError, SourceRefused, SourceUnavailable
from litwatch.model.identifiers import Doi
from litwatch.model.paper_notice import PaperState, UpdateType
from litwatch.sources.crossref.list_of_works import read_updates
from litwatch.sources.crossref.registry import GAP, TRIES, CrossrefSource

PAPER = Doi("10.5555/book.1")


def update(kind: str = "retraction", *, doi: str = PAPER, source: str = "publisher", **more: Any) -> dict[str, Any]:
    return {"updated": {"date-parts": [[2026, 2, 20]], "date-time": "2026-02-20T00:00:00Z", "timestamp": 1771545600000},
            "DOI": doi, "type": kind, "label": kind.capitalize(), "source": source, **more}  # fmt: skip


def work(
    *updates: dict[str, Any], doi: str = "10.5555/notice.1", title: str = "Notice", journal: str = "Sleep Inv"
) -> Any:
    return {"DOI": doi, "type": "journal-article", "title": [title], "container-title": [journal], "score": 0.0,
            "update-to": list(updates)}  # fmt: skip


def answer(*works: Any, total: int | None = None) -> bytes:
    message = {"facets": {}, "total-results": len(works) if total is None else total, "items": list(works),
               "items-per-page": 200, "query": {"start-index": 0, "search-terms": None}}  # fmt: skip
    return orjson.dumps({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})


def read(*works: Any) -> list[tuple[str, PaperState, date | None]]:
    return [(each.notice, each.state, each.noticed) for each in read_updates(answer(*works), PAPER, name="Crossref")]


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("retraction", PaperState.RETRACTED),
        ("Retraction", PaperState.RETRACTED),
        ("partial_retraction", PaperState.PARTLY_RETRACTED),
        ("withdrawal", PaperState.WITHDRAWN),
        ("removal", PaperState.WITHDRAWN),
        ("expression_of_concern", PaperState.CONCERN),
        ("expression-of-concern", PaperState.CONCERN),
        ("correction", PaperState.ERRATUM),
        ("corrigendum", PaperState.ERRATUM),
        ("erratum", PaperState.ERRATUM),
        ("addendum", PaperState.ERRATUM),
        ("new_version", PaperState.UPDATED),
        ("new_edition", PaperState.UPDATED),
    ],
)
def test_each_type_of_update_makes_a_state(kind: str, state: PaperState) -> None:
    assert read(work(update(kind))) == [("10.5555/notice.1", state, date(2026, 2, 20))]
    assert read() == []


def test_every_type_makes_a_state() -> None:
    for kind in UpdateType:
        assert read(work(update(kind.value)))


def test_a_notice_that_publisher_and_retraction_watch_register_is_one() -> None:
    by_watch = update(source="retraction-watch", **{"record-id": "20946"})
    assert len(read(work(update(), by_watch))) == 1
    assert len(read(work(by_watch), work(update("correction"), doi="10.5555/notice.2"))) == 2
    (told,) = read_updates(answer(work(by_watch)), PAPER, name="Crossref")
    assert told.entry == 20946


def test_a_cochrane_review_that_is_withdrawn_is_not_retracted_and_a_partial_retraction_is_known_by_its_title() -> None:
    cochrane = work(update(), journal="Cochrane Database of Systematic Reviews")
    assert read(cochrane)[0][1] is PaperState.WITHDRAWN
    assert read(work(update("correction"), title="Partial retraction of: naps"))[0][1] is PaperState.PARTLY_RETRACTED


def test_an_update_without_a_whole_day_is_of_unknown_day() -> None:
    undated = update() | {"updated": {"date-parts": [[2026, 2]]}}
    assert [event.day for event in further_events(read_updates(answer(work(undated)), PAPER, name="C"))] == [None]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>504</html>",
        answer(work(update()))[:-20],
        answer(work(update()), total=3),
        answer(work(update("retraction", doi="10.5555/another"))),
        answer(work()),
        answer(work(update("vanished"))),
        orjson.dumps({"status": "failed", "message-type": "validation-failure", "message": []}),
        orjson.dumps({"status": "ok", "message-type": "work", "message": {}}),
        orjson.dumps({"status": "ok", "message-type": "work-list", "message": {"items": None, "total-results": 0}}),
    ],
    ids=["empty", "a web page", "cut off", "fewer than announced", "about another", "without update-to", "unknown type",
         "failed", "another list", "null"],
)  # fmt: skip
def test_what_is_no_whole_list_about_the_work_is_an_error(body: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        read_updates(body, PAPER, name="Crossref")


@dataclass
class Waits:
    """A clock that only sleeping moves."""

    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def now(self) -> float:
        return sum(self.slept)


class Works(BaseHTTPRequestHandler):
    """Answers with what a test has laid out, in its order, the last one for ever."""

    laid: ClassVar[list[tuple[int, dict[str, str], bytes]]] = []
    asked: ClassVar[list[tuple[str, dict[str, list[str]], str]]] = []

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.asked.append((parts.path, parse_qs(parts.query), self.headers["User-Agent"]))
        status, headers, body = self.laid.pop(0) if len(self.laid) > 1 else self.laid[0]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


Lay = Callable[..., tuple[CrossrefSource, Waits]]


@pytest.fixture
def lay() -> Iterator[Lay]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Works) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

        def lay_out(*answers: tuple[int, dict[str, str], bytes]) -> tuple[CrossrefSource, Waits]:
            Works.laid[:], Works.asked[:] = answers, []
            waits = Waits()
            base = f"http://127.0.0.1:{server.server_port}/"
            return CrossrefSource(base, "you@example.org", "litwatch", waits.sleep, waits.now), waits

        yield lay_out
        server.shutdown()


GOOD = (200, {}, answer(work(update())))


def test_it_asks_for_the_updates_of_one_work_and_says_who_asks(lay: Lay) -> None:
    source, _ = lay(GOOD)
    paper = Doi("10.1002/(sici)1097-0258(19980815)17:15/16<1661::aid-sim968>3.0.co;2-2")
    Works.laid[:] = [(200, {}, answer(work(update(doi=paper.upper()))))]
    assert [each.state for each in source.updates_of(paper)] == [PaperState.RETRACTED]
    ((path, asked, agent),) = Works.asked
    assert (path, asked["filter"], asked["mailto"]) == ("/works", [f"updates:{paper}"], ["you@example.org"])
    assert "mailto:you@example.org" in agent


def test_it_waits_as_long_as_crossref_says_and_asks_again(lay: Lay) -> None:
    source, waits = lay((429, {"Retry-After": "7"}, b""), (503, {}, b""), GOOD)
    assert len(source.updates_of(PAPER)) == 1
    assert len(Works.asked) == 3
    assert 7.0 in waits.slept


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_outage_is_an_error_after_its_tries(lay: Lay, status: int) -> None:
    source, _ = lay((status, {}, b""))
    with pytest.raises(SourceUnavailable, match=PAPER):
        source.updates_of(PAPER)
    assert len(Works.asked) == TRIES


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410])
def test_a_refusal_is_an_error_at_once(lay: Lay, status: int) -> None:
    source, _ = lay((status, {}, b"Resource not found."))
    with pytest.raises(SourceRefused):
        source.updates_of(PAPER)
    assert len(Works.asked) == 1


def test_a_body_that_breaks_off_or_never_ends_is_an_error(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    source, _ = lay((200, {"Content-Length": "99999"}, GOOD[2]))
    with pytest.raises(SourceUnavailable):
        source.updates_of(PAPER)
    monkeypatch.setattr("litwatch.sources.crossref.registry.MAX_BYTES", 100)
    source, _ = lay(GOOD)
    with pytest.raises(SourceRefused, match="more than 100 bytes"):
        source.updates_of(PAPER)


def test_requests_keep_the_pace_that_crossref_gives(lay: Lay) -> None:
    source, waits = lay((200, {"X-Rate-Limit-Limit": "5", "X-Rate-Limit-Interval": "10s"}, GOOD[2]))
    for _ in range(3):
        source.updates_of(PAPER)
    assert waits.slept == [GAP, 2.0]


NIGHT = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def test_works_never_asked_about_come_first_then_the_oldest_answers_and_never_more_than_the_nights_part() -> None:
    dois = [Doi(f"10.5555/{n}") for n in range(6)]
    asked = {dois[0]: NIGHT - timedelta(days=9), dois[1]: NIGHT - timedelta(days=2), dois[2]: NIGHT - EVERY,
             dois[3]: NIGHT - timedelta(days=30)}  # fmt: skip
    assert choose_due(dois, asked, NIGHT) == (dois[4], dois[5], dois[3], dois[0], dois[2])
    assert choose_due(dois, asked, NIGHT, most=3) == (dois[4], dois[5], dois[3])
    assert choose_due((), asked, NIGHT) == ()


@pytest.mark.parametrize(
    ("given", "address"),
    [("true", CROSSREF), ("1", CROSSREF), ("false", None), ("http://127.0.0.1:8763/crossref",
      "http://127.0.0.1:8763/crossref/"), ("https://api.crossref.org/works", CROSSREF)],
)  # fmt: skip
def test_the_setting_is_true_or_an_address(given: str, address: str | None) -> None:
    settings = read_settings({"LITWATCH_CROSSREF": given, "LITWATCH_EMAIL": "you@example.org"})
    assert settings.crossref == address


def test_crossref_is_off_until_set_and_needs_an_address_to_write_to() -> None:
    assert read_settings({}).crossref is None
    with pytest.raises(SettingsError, match="LITWATCH_CROSSREF needs LITWATCH_EMAIL"):
        read_settings({"LITWATCH_CROSSREF": "true"})
    with pytest.raises(SettingsError, match="LITWATCH_CROSSREF"):
        read_settings({"LITWATCH_CROSSREF": "yes please", "LITWATCH_EMAIL": "you@example.org"})
