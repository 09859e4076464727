"""The addresses beside the E-utilities."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import feedparser
import pytest

from litwatch.standin.feed_routes import SOURCES, WRITERS


@pytest.fixture
def ask(start, asker, corpus):
    return asker(start(corpus, routes=SOURCES))


def test_a_saved_search_is_pubmeds_feed_of_the_newest_records(ask):
    reply = ask(f"/rss/search/{quote('insulin[ti]', safe='')}/", get=True, limit=2)
    assert (reply.status, reply.headers["ETag"], reply.headers["Last-Modified"]) == (200, None, None)
    feed = feedparser.parse(reply.body)
    assert feed.feed.generator.startswith("PubMed RSS feeds")
    assert [entry.id for entry in feed.entries] == ["pubmed:99000002", "pubmed:99000005"]


def test_a_feed_shows_what_the_day_shows(start, asker, big_corpus):
    standin = start(big_corpus, today=date(2026, 11, 3), routes=SOURCES)
    ask = asker(standin)
    first = feedparser.parse(ask("/rss/search/insulin/", get=True).body).entries[0].id
    standin.today = date(2026, 11, 20)
    assert feedparser.parse(ask("/rss/search/insulin/", get=True).body).entries[0].id != first


def test_a_publishers_feed_has_a_validator_and_says_when_nothing_changed(ask):
    reply = ask("/feeds/rss-1/insulin/", get=True)
    mark = reply.headers["ETag"]
    assert len(feedparser.parse(reply.body).entries) == 3
    ask.connection.request("GET", "/feeds/rss-1/insulin/", headers={"If-None-Match": mark})
    again = ask.read()
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", mark)
    assert again.headers["Transfer-Encoding"] is None
    assert ask("/feeds/rss-1/insulin/", get=True).status == 200  # the connection is still in step


def test_a_feed_that_moved_leads_on_and_one_that_is_gone_says_so(ask):
    path, hops = "/feeds/moved-3/insulin/", 0
    while (reply := ask(path, get=True)).status == 301:
        path, hops = reply.headers["Location"], hops + 1
    assert (hops, path, reply.status) == (3, "/feeds/rss-2/insulin/", 200)
    assert ask("/feeds/gone/insulin/", get=True).status == 410
    assert ask("/feeds/nonsense/insulin/", get=True).status == 404
    assert ask("/feeds/atom/((insulin/", get=True).status == 404


@pytest.mark.parametrize("form", [name for name in WRITERS if name != "oversized"])
def test_every_form_is_served(ask, form):
    assert ask(f"/feeds/{form}/insulin/", get=True).status == 200


def test_the_retraction_table_names_the_corpus_own_retraction(ask):
    reply = ask("/retraction-watch.csv", get=True)
    assert reply.headers["Content-Type"] == "text/csv"
    assert b"99000003" in reply.body
    assert reply.headers["ETag"]
    with pytest.raises(UnicodeDecodeError):
        _ = reply.text
