"""Feeds that are broken, hostile, late or moved: the article is surveyed all the same, and a feed's failure is told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from litwatch.standin import Corpus
from litwatch.standin.faults import Plan
from litwatch.standin.feed_defects import DEFECTS
from litwatch.standin.feeds import rss_2
from litwatch.standin.occasion import Occasion
from litwatch.standin.web import Answer
from litwatch.store import RunState
from tests.faults.conftest import Note, Prove
from tests.faults.contract import Lie, Outcome
from tests.faults.reference import Reference, look, make_reference
from tests.faults.veil import Veil
from tests.faults.ward import EVE, MORNING, NIGHT, TOPIC, Ward, open_ward

ONLY_THE_FEED = 99800041
XML = "application/rss+xml"

SOUND = {
    "html-titles", "drifting-dates", "unreadable-dates", "half-a-day-late", "advertisements", "reused-guids",
    "script-titles", "javascript-links", "wrong-encoding", "byte-order-mark",
}  # fmt: skip
"""Defects in spite of which every paper's DOI can be read."""

MENDED = {"control-characters"}
"""What makes a feed no well-formed XML; every paper's DOI is read all the same, and the report says what is wrong."""

SILENT = {"dateless": "its entries are shown as leads without a record", "no-entries": ""}
"""Valid feeds that name no paper, which the next sound one does; what of this the report tells is asserted."""


class Kiosk:
    """The feed's address at the stand-in; ``bend`` is what is wrong with it."""

    def __init__(self) -> None:
        self.bend: Any = None

    def __call__(self, occasion: Occasion) -> Answer:
        records = [record for record in occasion.view.records.values() if record.pmid == ONLY_THE_FEED or record.mesh]
        if self.bend is not None:
            made = self.bend(records, occasion)
            return made if isinstance(made, Answer) else Answer(made, XML)
        return Answer(rss_2(records, occasion.now), XML)


@pytest.fixture(scope="module")
def kiosk() -> Kiosk:
    return Kiosk()


@pytest.fixture(scope="module")
def reference(records: Corpus, kiosk: Kiosk, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """A ward whose topic follows a feed, without a fault. The address is written anew for every ward."""
    folder = tmp_path_factory.mktemp("with-feed")
    with open_ward(folder / "ward", corpus=records, routes={"/feed": kiosk}) as opened:
        follow(opened)
        return make_reference(opened, folder / "eve", led_to=[ONLY_THE_FEED])


def follow(ward: Ward) -> None:
    ward.write_topic(topic=f"{TOPIC}feeds: [{{name: The journal, url: '{ward.pubmed.url}/feed'}}]\n")


@pytest.fixture
def ward(records: Corpus, reference: Reference, kiosk: Kiosk, tmp_path: Path) -> Iterator[Ward]:
    kiosk.bend = None
    with open_ward(tmp_path / "ward", corpus=records, copy_of=reference.folder, routes={"/feed": kiosk}) as opened:
        follow(opened)
        yield opened


def spoil(kiosk: Kiosk, bend: Any) -> dict[str, Any]:
    return {"inject": lambda: setattr(kiosk, "bend", bend), "mend": lambda: setattr(kiosk, "bend", None)}


def test_the_reference_meets_a_paper_that_only_the_feed_names(reference: Reference) -> None:
    assert ("sleep", ONLY_THE_FEED, "feed") in reference.after[NIGHT].sightings


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_nothing_is_lost_after_a_feed_with(name: str, ward: Ward, kiosk: Kiosk, proven: Prove) -> None:
    bend = DEFECTS[name]
    how = spoil(kiosk, lambda records, occasion: bend(records, occasion.now))
    how |= {"lie": Lie.ABSENCE, "remark": SILENT[name]} if name in SILENT else {}
    proof = proven(ward, f"feed: {name}", "feed", **how)
    assert proof.surveyed == ("sleep",)
    if name in SOUND:
        assert proof.outcome is Outcome.SURVIVED
    if name in SILENT:
        assert proof.outcome is Outcome.BELIEVED
        page = next(path for path in ward.reports("sleep") if path.stem == str(NIGHT)).read_text("utf-8")
        assert ("A journal paper that only its feed names" in page) is (name == "dateless")
        assert ("without entries" in proof.said) is (name == "no-entries")
    if name in MENDED:
        assert proof.outcome is Outcome.TOLD
        assert "The journal sends a feed that is not well-formed XML" in proof.said
        assert "all entries could be read" in proof.said
    if name not in SOUND | MENDED | SILENT.keys():
        assert proof.outcome is Outcome.LOUD


def _answered(**how: Any) -> Any:
    return lambda _, occasion: Answer(how.get("body", b""), XML, how.get("status", 200), how.get("headers", {}))


LINES = {
    "gone for good (410)": _answered(status=410),
    "not modified for ever (304)": _answered(status=304),
    "too many requests (429)": _answered(status=429, body=b"<html>slow down</html>"),
    "server error (500)": _answered(status=500),
    "moved to a local file": _answered(status=301, headers={"Location": "file:///etc/passwd"}),
    "redirects for ever": _answered(status=302, headers={"Location": "/feed"}),
    "gzip bomb": _answered(body=gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"}),
    "gzip that is none": _answered(body=b"plain", headers={"Content-Encoding": "gzip"}),
    "hang-up before the headers": lambda *_: Answer(b"", XML).delivered(close_before_headers=True),
    "reset in the middle": lambda records, occasion: Answer(rss_2(records, occasion.now), XML).delivered(
        cut_body_at=0.5, reset_at_cut=True
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_feed_that_cannot_be_read_is_told(name: str, ward: Ward, kiosk: Kiosk, proven: Prove) -> None:
    proof = proven(ward, f"feed: {name}", "feed", **spoil(kiosk, LINES[name]))
    assert proof.outcome is Outcome.LOUD
    assert "The journal" in proof.said


def test_a_feed_that_moved_is_followed(ward: Ward, kiosk: Kiosk, proven: Prove) -> None:
    def moved(records: Any, occasion: Occasion) -> Answer:
        if occasion.request.path == "/feed":
            return Answer(b"", XML, 301, {"Location": "/feed/new"})
        return Answer(rss_2(records, occasion.now), XML)

    assert proven(ward, "feed: moved (301)", "feed", **spoil(kiosk, moved)).outcome is Outcome.SURVIVED


@pytest.mark.parametrize("how", ["not delivered", "not asked for"])
def test_a_paper_that_a_feed_names_once_is_asked_for_until_it_comes(
    how: str, ward: Ward, kiosk: Kiosk, proven: Prove
) -> None:
    """A feed forgets: the next night it names the paper no more, which PubMed left out or could not be asked for."""

    def inject() -> None:
        ward.pubmed.faults = Veil(undelivered=[ONLY_THE_FEED]) if how == "not delivered" else Plan()
        if how == "not asked for":
            ward.pubmed.faults.set(["unavailable:efetch"])

    def forget() -> None:
        ward.pubmed.faults = Plan(share=0)
        kiosk.bend = lambda records, occasion: rss_2([r for r in records if r.pmid != ONLY_THE_FEED], occasion.now)

    # What only a feed names and PubMed does not have is an editor's errand, and no matter of the board's.
    told = how == "not asked for"
    proof = proven(ward, f"feed: named once, {how}", "feed and fetch", inject=inject, mend=forget, digest_says=told)
    assert proof.outcome is Outcome.LOUD
    assert (str(ONLY_THE_FEED) in proof.said) is (how == "not delivered")


def test_a_feed_that_is_never_modified_is_believed_for_a_week_and_then_read_whole(
    ward: Ward, kiosk: Kiosk, note: Note
) -> None:
    """Its server gave a validator and answers 304 for ever, although there is a new paper."""
    from litwatch.sources.feeds.reader import MEMORY_DAYS, read_feed

    memory, doors = ward.folder / "var" / "feeds", ward.doors
    remembering = partial(read_feed, user_agent="litwatch tests", is_allowed=lambda _: True, memory=memory)
    ward.doors = lambda at, **changes: replace(doors(at, **changes), read_leads=remembering)  # type: ignore[method-assign]

    def stubborn(records: Any, occasion: Occasion) -> Answer:
        if occasion.request.headers.get("if-none-match"):
            return Answer(b"", XML, 304)
        return Answer(rss_2(records, occasion.now), XML, headers={"ETag": '"1"'})

    kiosk.bend = stubborn
    assert ward.night(EVE).ok
    assert ward.night(NIGHT).ok
    assert ONLY_THE_FEED not in look(ward).news
    for copy in memory.iterdir():
        head, _, body = copy.read_bytes().partition(b"\n")
        read_at, *rest = json.loads(head)
        copy.write_bytes(json.dumps([read_at - MEMORY_DAYS * 86_400, *rest]).encode() + b"\n" + body)
    assert ward.night(NIGHT + timedelta(days=MEMORY_DAYS)).ok
    assert ONLY_THE_FEED in look(ward).news
    note(
        "feed: not modified for ever (304)", "feed with a validator", Outcome.BELIEVED.value, "read whole after 7 days"
    )


def test_a_private_address_is_refused_unless_it_is_allowed(ward: Ward, note: Note) -> None:
    from litwatch.sources.feeds.reader import read_feed

    doors = ward.doors
    strict = lambda at, **changes: replace(  # noqa: E731
        doors(at, **changes), read_leads=lambda url: read_feed(url, user_agent="litwatch tests")
    )
    ward.doors = strict  # type: ignore[method-assign]
    summary = ward.night(NIGHT)
    assert "private address" in (summary.failure or "")
    assert "LITWATCH_PRIVATE_FEEDS=true" in (summary.failure or "")
    assert ward.store.runs(1)[0].state is RunState.INCOMPLETE
    note("feed: leads to a private address", "feed", Outcome.LOUD.value, summary.failure or "")


def test_a_window_of_the_feed_that_nobody_read_is_a_gap_that_the_search_may_close(
    ward: Ward, kiosk: Kiosk, reference: Reference, note: Note
) -> None:
    """A paper that left the feed before its next reading is lost to the feed: PubMed's search is the record."""
    kiosk.bend = LINES["server error (500)"]
    assert not ward.night(NIGHT).ok
    kiosk.bend = lambda records, occasion: rss_2([r for r in records if r.pmid != ONLY_THE_FEED], occasion.now)
    assert ward.night(MORNING).ok
    assert look(ward).lacks(reference.after[MORNING]).keys() <= {"sightings", "current", "changes"}
    assert {row[1] for row in look(ward).lacks(reference.after[MORNING])["sightings"]} == {ONLY_THE_FEED}
    told = "a paper that only the feed named, and only on the night that could not read it, is not found again"
    note("feed: gap (an all-new window)", "feed", Outcome.LOUD.value, told)
