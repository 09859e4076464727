"""Feeds of every publisher's form, each beside what a careful reader finds in it (``tests/data/feeds/*.json``).

All entries are invented; the forms are those of real feeds. ``docs/feeds.md`` lists them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from litwatch.model.errors import SourceUnavailable
from litwatch.model.lead import Lead, LeadsOfBrokenFeed
from litwatch.sources.feeds.feed_entry import plain_text
from litwatch.sources.feeds.reader import parse_feed

ROOT = Path(__file__).parents[2]
FORMS = sorted((ROOT / "tests" / "data" / "feeds").glob("*.xml"))


def told(leads: tuple[Lead, ...]) -> dict[str, Any]:
    broken = leads if isinstance(leads, LeadsOfBrokenFeed) else None
    return {
        **({"flaw": broken.flaw, "lost": broken.lost} if broken else {}),
        "leads": [
            {key: value for key in ("title", "pmid", "doi", "link") if (value := getattr(lead, key))} for lead in leads
        ],
    }


@pytest.mark.parametrize("path", FORMS, ids=[path.stem for path in FORMS])
def test_a_feed_is_read_as_a_careful_reader_reads_it(path: Path) -> None:
    assert told(parse_feed(path.read_bytes(), name="feed")) == json.loads(path.with_suffix(".json").read_text("utf-8"))


def test_the_page_on_feeds_lists_every_form() -> None:
    page = (ROOT / "docs" / "feeds.md").read_text("utf-8")
    assert [path.stem for path in FORMS if f"`{path.stem}`" not in page] == []


WHOLE = (ROOT / "tests" / "data" / "feeds" / "broken-entities.xml").read_bytes()


@pytest.mark.parametrize("length", range(20, WHOLE.rindex(b"</rss>"), 61))
def test_a_broken_feed_that_ends_in_the_middle_is_refused_all_the_same(length: int) -> None:
    with pytest.raises(SourceUnavailable, match=r"broken feed|not a feed"):
        parse_feed(WHOLE[:length], name="feed")


def test_entities_of_a_feeds_own_are_refused_in_every_encoding() -> None:
    bomb = (
        '<!DOCTYPE rss [<!ENTITY a "aa">]><rss version="2.0"><channel><item><title>&a;</title></item></channel></rss>'
    )
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(SourceUnavailable, match="declares entities"):
            parse_feed(f'<?xml version="1.0" encoding="{encoding}"?>{bomb}'.encode(encoding), name="feed")


def test_of_a_broken_feed_with_very_many_entries_the_first_are_read_and_the_rest_is_counted() -> None:
    entries = "".join(f"<item><title>Nap {number}<br></title></item>" for number in range(2_500))
    leads = parse_feed(f'<rss version="2.0"><channel>{entries}</channel></rss>'.encode(), name="feed")
    assert isinstance(leads, LeadsOfBrokenFeed)
    assert (len(leads), leads.lost) == (2_000, 2_500)


@pytest.mark.parametrize("encoding", [b"idna", b"hex", b"no-such-thing", b"\xff\xfe", b"utf-7", b"punycode"])
def test_an_encoding_of_which_no_feed_is_made_is_the_feeds_failure_or_nothing(encoding: bytes) -> None:
    body = (
        b'<?xml version="1.0" encoding="' + encoding + b'"?><rss version="2.0"><channel><item><title>N\xc3\xa4ps+2AA-'
    )
    try:
        assert len(parse_feed(body + b"</title></item></channel></rss>", name="feed")) == 1
    except SourceUnavailable as error:
        assert str(error).startswith("feed sent something")  # noqa: PT017 - one of two outcomes


def test_a_declaration_within_a_feeds_text_is_text() -> None:
    body = b'<rss version="2.0"><channel><item><title><![CDATA[<?xml version="1.0"?> in naps]]></title>'
    body += b"</item></channel></rss>"
    (lead,) = parse_feed(body, name="feed")
    assert lead.title.endswith("in naps")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("BMI <30 and >20", "BMI <30 and >20"),
        ("p &lt;0.05 &amp;amp; q", "p <0.05 & q"),
        ("<i>E. coli</i> in <sub>2</sub>", "E. coli in 2"),
        ("&lt;i class='x'&gt;E. coli&lt;/i&gt;", "E. coli"),
        ("one<br/>two<p>three", "one two three"),
        ("AT&T &copy 2026 &unheardof;", "AT&T &copy 2026 &unheardof;"),
        ("if <b and c> then", "if <b and c> then"),
    ],
)
def test_a_title_is_plain_text_in_which_a_less_than_sign_stays(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_a_related_link_that_is_called_doi_names_the_paper_and_no_other_related_link_does() -> None:
    entry = (
        "<entry><title>Naps</title><id>http://arxiv.example/abs/2601.1v1</id><link href='http://arxiv.example/abs/2601.1'/>"
        "<link {}rel='related' href='https://doi.org/10.5555/naps.1'/></entry>"
    )
    feed = "<feed xmlns='http://www.w3.org/2005/Atom'><title>N</title>{}</feed>"
    assert [
        parse_feed(feed.format(entry.format(title)).encode(), name="f")[0].doi for title in ("title='doi' ", "")
    ] == ["10.5555/naps.1", None]
