"""The stand-in's feeds: as their makers send them, and broken as their makers break them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from litwatch.model.record import AbstractPart, Record
from litwatch.sources.pubmed_xml import parse_article_set
from litwatch.standin import demonstration
from litwatch.standin.feed_defects import DEFECTS
from litwatch.standin.feeds import CAP, SavedSearch, atom, pubmed_feed, rss_1, rss_2

NOW = datetime(2026, 11, 20, 17, 2, 36, tzinfo=UTC)
SEARCH = SavedSearch("insulin resistance[mh] & causes", "1example", datetime(2026, 11, 8, 7, 48, tzinfo=UTC))


@cache
def records() -> tuple[Record, ...]:
    return parse_article_set(demonstration.article_set()).records


def few() -> tuple[Record, ...]:
    return tuple(record for record in records() if record.pmid in {99000911, 99000914, 99000916})


def pubmed(*, now: datetime = NOW, agent: str = "a reader/1.0 (x y)", limit: int = CAP) -> bytes:
    search = SavedSearch(SEARCH.term, SEARCH.token, SEARCH.made, limit)
    return pubmed_feed(search, records(), now=now, user_agent=agent)


def test_pubmeds_feed_is_capped_and_newest_first_by_entry_date() -> None:
    entries = feedparser.parse(pubmed(limit=7)).entries
    newest = sorted(records(), key=lambda r: (r.entered or date.min, r.pmid), reverse=True)[:7]
    assert [entry.id for entry in entries] == [f"pubmed:{record.pmid}" for record in newest]


def test_a_back_dated_latecomer_is_not_among_the_newest_although_it_came_last_month() -> None:
    entries = feedparser.parse(pubmed(limit=20)).entries
    assert "pubmed:99000922" not in [entry.id for entry in entries]
    assert min(entry.published_parsed[:3] for entry in entries) < (2026, 10, 5)


def test_links_differ_at_every_fetch_and_name_the_reader_while_the_guid_stays() -> None:
    first, second = (feedparser.parse(pubmed(now=NOW + timedelta(minutes=m))).entries for m in (0, 5))
    assert [a.id for a in first] == [b.id for b in second]
    assert not {a.link for a in first} & {b.link for b in second}
    assert "utm_source=a reader/1.0 (x y)&" in first[0].link


def test_an_item_carries_both_identifiers_of_which_feedparser_keeps_the_doi() -> None:
    item = etree.fromstring(pubmed()).find("channel/item")
    assert item is not None
    assert [e.text for e in item.iter("{http://purl.org/dc/elements/1.1/}identifier")] == [
        "pmid:99000914",
        "doi:10.5555/demo.99000914",
    ]
    assert feedparser.parse(pubmed()).entries[0].dc_identifier == "doi:10.5555/demo.99000914"


def test_the_items_page_leaves_the_dois_address_unquoted_as_pubmed_does() -> None:
    html = etree.fromstring(pubmed()).findtext(".//{http://purl.org/rss/1.0/modules/content/}encoded")
    assert html is not None
    assert "<a href=https://doi.org/10.5555/demo.99000914>" in html
    assert "Online ahead of print." in html


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 15), "Thu, 15 Jan 2026 06:00:00 -0500"),
        (date(2026, 3, 7), "Sat, 07 Mar 2026 06:00:00 -0500"),
        (date(2026, 3, 8), "Sun, 08 Mar 2026 06:00:00 -0400"),
        (date(2026, 10, 31), "Sat, 31 Oct 2026 06:00:00 -0400"),
        (date(2026, 11, 1), "Sun, 01 Nov 2026 06:00:00 -0500"),
    ],
)
def test_items_are_dated_at_six_in_the_morning_us_eastern(day: date, expected: str) -> None:
    from dataclasses import replace

    feed = pubmed_feed(SEARCH, [replace(records()[-1], entered=day)], now=NOW, user_agent="x")
    assert etree.fromstring(feed).findtext("channel/item/pubDate") == expected


def test_a_description_is_plain_text_cut_near_five_hundred_characters() -> None:
    long = [e.summary for e in feedparser.parse(pubmed(limit=100)).entries if e.summary.endswith("...")]
    assert long
    assert all(450 <= len(text) <= 500 for text in long)


def test_hostile_words_stay_inside_their_element() -> None:
    from dataclasses import replace

    words = "]]> </item><script>alert(1)</script> & \"'"
    hostile = replace(records()[-1], title=words, abstract=(AbstractPart(None, None, words),))
    for feed in (
        pubmed_feed(SavedSearch(words, "t", NOW), [hostile], now=NOW, user_agent=words),
        rss_1([hostile]),
        rss_2([hostile], NOW),
        atom([hostile], NOW),
    ):
        root = etree.fromstring(feed)
        titles = [e.text for e in root.iter("{*}title")]
        assert words in titles
        assert not list(root.iter("{*}script"))
        assert len(list(root.iter("{*}item", "{*}entry"))) == 1


def test_sound_feeds_are_what_they_claim_to_be() -> None:
    versions = {
        name: feedparser.parse(feed)
        for name, feed in {"rss10": rss_1(few()), "rss20": rss_2(few(), NOW), "atom10": atom(few(), NOW)}.items()
    }
    for version, feed in versions.items():
        assert feed.version == version
        assert not feed.bozo
        assert [entry.title for entry in feed.entries] == [record.title for record in few()]
        assert all(entry.author for entry in feed.entries)


def test_the_same_moment_gives_the_same_bytes() -> None:
    assert pubmed() == pubmed()
    assert all(defect(few(), NOW) == defect(few(), NOW) for name, defect in DEFECTS.items() if name != "oversized")


def parsed(name: str, now: datetime = NOW) -> feedparser.FeedParserDict:
    return feedparser.parse(DEFECTS[name](few(), now))


@pytest.mark.parametrize("name", ["no-entries", "web-page", "empty-body"])
def test_a_feed_that_says_nothing_looks_like_no_fault_to_a_parser(name: str) -> None:
    feed = parsed(name)
    assert not feed.entries
    assert not feed.bozo
    assert bool(feed.get("version")) is (name == "no-entries")


@pytest.mark.parametrize("name", ["truncated", "control-characters", "nested-entities", "outside-entity"])
def test_xml_that_is_not_well_formed_or_not_safe_is_noticed_by_a_parser(name: str) -> None:
    feed = parsed(name)
    assert feed.bozo
    assert feed.entries


def test_titles_come_with_markup_and_scripts_in_them() -> None:
    assert parsed("html-titles").entries[0].title.startswith("<p><strong>")
    assert "<script>" in parsed("script-titles").entries[0].title
    assert parsed("javascript-links").entries[0].link.startswith("javascript:")


def test_a_dateless_feed_has_neither_date_doi_nor_author() -> None:
    raw = DEFECTS["dateless"](few(), NOW)
    assert b"10.5555" not in raw
    assert all(not entry.get("published") and not entry.get("author") for entry in feedparser.parse(raw).entries)


def test_drifting_dates_move_with_the_clock_while_the_guids_stay() -> None:
    monday, friday = (parsed("drifting-dates", NOW + timedelta(days=n)).entries for n in (0, 4))
    assert [e.id for e in monday] == [e.id for e in friday]
    assert not {e.published for e in monday} & {e.published for e in friday}


def test_dates_may_be_unreadable_or_half_a_day_late() -> None:
    assert all(entry.published_parsed is None for entry in parsed("unreadable-dates").entries)
    assert {entry.published_parsed[3:5] for entry in parsed("half-a-day-late").entries} == {(12, 9)}


def test_reused_guids_make_all_items_one_and_advertisements_make_more_of_them() -> None:
    assert len({entry.id for entry in parsed("reused-guids").entries}) == 1
    assert len(parsed("advertisements").entries) == len(few()) + 2


def test_a_flat_entity_unfolds_a_small_feed_into_millions_of_characters() -> None:
    raw = DEFECTS["entity-expansion"](few(), NOW)
    assert len(raw) < 12_000
    assert len(feedparser.parse(raw).entries[0].title) > 2_900_000


def test_a_wrong_encoding_and_a_byte_order_mark_can_be_survived() -> None:
    assert parsed("wrong-encoding").bozo
    assert parsed("wrong-encoding").entries[0].title.endswith("naïve")
    assert not parsed("byte-order-mark").bozo


@pytest.mark.slow
def test_the_oversized_feed_is_really_fifty_megabytes() -> None:
    assert len(DEFECTS["oversized"](few(), NOW)) > 50 << 20


def test_no_defect_needs_a_record_to_be_served() -> None:
    for name in DEFECTS.keys() - {"oversized"}:
        assert isinstance(DEFECTS[name]((), NOW), bytes)


def skeleton(item: etree._Element) -> list[str]:
    return list(dict.fromkeys(str(child.tag) for child in item))


@pytest.mark.realdata
def test_pubmeds_feed_has_the_elements_of_a_captured_one_in_the_same_order(shared: Path) -> None:
    capture = etree.parse(shared / "data/eutils_samples/rss/pubmed_2021-12-21.xml").getroot()
    mine = etree.fromstring(pubmed())
    for path in ("channel", "channel/item"):
        real, made = capture.find(path), mine.find(path)
        assert real is not None
        assert made is not None
        assert skeleton(made) == skeleton(real)
        assert [dict(e.attrib).keys() for e in made if e.tag == "guid"] == [
            dict(e.attrib).keys() for e in real if e.tag == "guid"
        ]
