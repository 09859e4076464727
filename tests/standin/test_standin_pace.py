"""The rate limit, the keys and strict mode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.standin.pace import Pace


class Steady:
    """A clock that a test turns by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Steady:
    return Steady()


def test_the_fourth_request_of_a_second_is_refused_as_ncbi_refuses_it(start, asker, corpus, clock):
    ask = asker(start(corpus, rate=3, steady=clock))
    replies = [ask("einfo") for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["2", "1", "0", "0"]
    assert {reply.headers["X-RateLimit-Limit"] for reply in replies} == {"3"}
    refused = replies[3]
    assert refused.headers["Retry-After"] == "2"
    assert refused.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert refused.text == '{"error":"API rate limit exceeded","api-key":"127.0.0.1","count":"4","limit":"3"}\n'


def test_the_second_slides_and_refused_requests_do_not_count(start, asker, corpus, clock):
    ask = asker(start(corpus, rate=3, steady=clock))
    assert ask("einfo").status == 200
    clock.now += 0.6
    assert [ask("einfo").status for _ in range(2)] == [200, 200]
    refused = [ask("einfo") for _ in range(3)]
    assert {(reply.status, reply.json["count"]) for reply in refused} == {(429, "4")}
    clock.now += 0.4
    assert [ask("einfo").status for _ in range(2)] == [200, 429]
    clock.now += 0.6
    assert [ask("einfo").status for _ in range(3)] == [200, 200, 429]


def test_a_key_allows_ten_a_second_and_counts_for_itself(start, asker, corpus, clock):
    ask = asker(start(corpus, rate=3, rate_with_key=10, steady=clock))
    assert [ask("einfo", api_key="sentinel").status for _ in range(11)] == [200] * 10 + [429]
    assert ask("einfo").status == 200
    assert ask("einfo", api_key="other").headers["X-RateLimit-Remaining"] == "9"
    assert ask("einfo", api_key="sentinel").json["api-key"] == "sentinel"


@pytest.mark.parametrize("rate", [0, None])
def test_a_rate_of_nothing_is_no_limit_with_or_without_a_key(start, asker, corpus, clock, rate):
    ask = asker(start(corpus, rate=rate, rate_with_key=10, steady=clock))
    assert {ask("einfo", **given).status for given in ({}, {"api_key": "sentinel"}) for _ in range(12)} == {200}


def test_a_wrong_key_is_refused_and_said_aloud(start, asker, corpus):
    ask = asker(start(corpus, keys=["good"]))
    assert ask("esearch", term="sleep", api_key="good").status == 200
    reply = ask("esearch", term="sleep", api_key="SENTINEL")
    assert reply.status == 400
    assert reply.text == '{"error":"API key invalid","api-key":"SENTINEL","type":"invalid","status":"unknown"}\n'


def test_an_empty_key_is_a_wrong_key(ask):
    assert ask("esearch", term="sleep", api_key="").status == 400


def test_the_journal_never_holds_a_key(start, asker, corpus):
    standin = start(corpus, keys=["good"])
    ask = asker(standin)
    ask("esearch", term="sleep", api_key="SENTINEL")
    ask("esearch", get=True, term="sleep", api_key="SENTINEL")
    assert "SENTINEL" not in repr(standin.journal.entries())
    assert [entry.get("api_key") for entry in standin.journal] == ["***", "***"]


def test_strict_mode_wants_a_tool_and_an_address(start, asker, corpus):
    ask = asker(start(corpus, strict=True))
    assert ask("einfo").status == 400
    assert ask("einfo", tool="litwatch").status == 400
    assert ask("einfo", tool="litwatch", email="nobody").status == 400
    assert ask("einfo", tool="litwatch", email="someone@example.org").status == 200


def test_the_journal_tells_what_was_asked_and_when(start, asker, corpus, clock):
    standin = start(corpus, steady=clock)
    ask = asker(standin)
    ask("esearch", get=True, db="pubmed", term="sleep")
    clock.now += 0.4
    ask("efetch", db="pubmed", id="99000001,99000002", email="someone@example.org")
    first, second = standin.journal.entries()
    assert (first.method, first.utility, first.get("term"), first.status) == ("GET", "esearch", "sleep", 200)
    assert (second.method, second.ids, second.get("email")) == ("POST", ("99000001", "99000002"), "someone@example.org")
    assert second.at - first.at == pytest.approx(0.4)
    assert second.today == "2026-03-01"
    assert standin.journal.entries("efetch") == (second,)


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=40), st.integers(1, 10))
def test_no_second_ever_holds_more_accepted_requests_than_the_limit(gaps, limit):
    pace, now, accepted = Pace(limit, limit), 0.0, []
    for gap in gaps:
        now += gap
        if not pace.count("someone", keyed=False, now=now).exceeded:
            accepted.append(now)
    for moment in accepted:
        assert sum(moment <= other < moment + 1 for other in accepted) <= limit
