"""ESearch as the stand-in answers it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest


def test_a_search_answers_in_the_order_and_with_the_blanks_of_the_real_one(ask):
    reply = ask("esearch", db="pubmed", term="insulin resistance[ti]")
    assert reply.text == (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
        '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
        "<eSearchResult><Count>2</Count><RetMax>2</RetMax><RetStart>0</RetStart><IdList>\n"
        "<Id>99000002</Id>\n<Id>99000001</Id>\n</IdList><TranslationSet/>"
        '<QueryTranslation>"insulin resistance"[Title]</QueryTranslation></eSearchResult>\n'
    )


def test_get_and_post_are_the_same(ask):
    asked = {"db": "pubmed", "term": '"insulin resistance"[ti] AND sleep', "retmax": 5}
    assert ask("esearch", **asked).body == ask("esearch", get=True, **asked).body


def test_json_has_the_members_of_the_real_one_in_their_order(ask):
    reply = ask("esearch", db="pubmed", term="sleep", retmode="json")
    assert list(reply.json) == ["header", "esearchresult"]
    assert list(reply.json["esearchresult"]) == [
        "count", "retmax", "retstart", "idlist", "translationset", "querytranslation",
    ]  # fmt: skip
    assert reply.json["header"] == {"type": "esearch", "version": "0.3"}
    assert reply.json["esearchresult"]["count"] == "3"
    assert reply.body.endswith(b"}}\n")
    assert b": " not in reply.body.split(b'"translationset"')[0]


def test_the_newest_entry_comes_first(ask):
    assert ask("esearch", db="pubmed", term="insulin").all("Id") == ["99000002", "99000005", "99000001"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [("pub_date", "99000002"), ("Author", "99000006"), ("JournalName", "99000004"), ("relevance", "99000002")],
)
def test_sort_words_reorder_the_whole_result(ask, sort, first):
    reply = ask("esearch", db="pubmed", term="99000000:99000009[uid]", sort=sort, retmax=1)
    assert (reply.all("Id"), reply.all("OutputMessage")) == ([first], [])


def test_twenty_identifiers_are_the_default_page(start, asker, big_corpus):
    standin = start(big_corpus, today=date(2026, 12, 1))
    reply = asker(standin)("esearch", db="pubmed", term="insulin resistance[ti]")
    assert len(reply.all("Id")) == 20
    assert reply.one("RetMax") == "20"


def test_pages_follow_each_other_without_gap_or_repeat(start, asker, big_corpus):
    ask = asker(start(big_corpus, today=date(2026, 12, 1)))
    pages = [ask("esearch", term="insulin resistance[ti]", retstart=at, retmax=7).all("Id") for at in (0, 7)]
    assert pages[0] + pages[1] == ask("esearch", term="insulin resistance[ti]", retmax=14).all("Id")


def test_the_window_clamps_a_page_and_says_so(start, asker, big_corpus):
    ask = asker(start(big_corpus, today=date(2026, 12, 1)))
    reply = ask("esearch", db="pubmed", term="insulin resistance[ti]", retmax=10000)
    assert (reply.one("Count"), reply.one("RetMax"), len(reply.all("Id"))) == ("12000", "9999", 9999)
    assert reply.one("OutputMessage") == "Restrictions achieved. start and count adjusted to 0, 9999"
    reply = ask("esearch", db="pubmed", term="insulin resistance[ti]", retstart=9990, retmax=10)
    assert (reply.one("RetMax"), len(reply.all("Id"))) == ("9", 9)
    assert reply.one("OutputMessage") == "Restrictions achieved. start and count adjusted to 9990, 9"
    assert len(ask("esearch", db="pubmed", term="insulin resistance[ti]", retstart=9998).all("Id")) == 1


def test_beyond_the_window_stands_an_error_at_200_and_its_json_is_invalid(start, asker, big_corpus):
    ask = asker(start(big_corpus, today=date(2026, 12, 1)))
    asked = {"db": "pubmed", "term": "insulin resistance[ti]", "retstart": 9999}
    reply = ask("esearch", **asked)
    assert reply.status == 200
    assert reply.one("ERROR").startswith("Search Backend failed: Exception:\n'retstart' cannot be larger than 9998.")
    reply = ask("esearch", retmode="json", **asked)
    assert b"Exception:\n'retstart'" in reply.body
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.body)


def test_a_small_result_gives_an_empty_page_where_a_large_one_fails(ask):
    reply = ask("esearch", db="pubmed", term="sleep", retstart=9999)
    assert (reply.one("Count"), reply.one("RetMax"), reply.all("Id"), reply.all("ERROR")) == ("3", "0", [], [])


def test_nothing_found_has_a_message_and_nothing_else(ask):
    reply = ask("esearch", db="pubmed", term="sleep AND 1804[dp]")
    assert reply.one("Count") == "0"
    assert reply.all("OutputMessage") == ["No items found."]
    assert "<IdList/>" in reply.text
    assert "ErrorList" not in reply.text
    warnings = ask("esearch", db="pubmed", term="sleep AND 1804[dp]", retmode="json").json["esearchresult"][
        "warninglist"
    ]
    assert warnings == {"phrasesignored": [], "quotedphrasesnotfound": [], "outputmessages": ["No items found."]}


def test_an_unknown_quoted_phrase_is_dropped_with_a_warning(ask):
    reply = ask("esearch", db="pubmed", term='"body battery"[tiab] OR sleep[ti]')
    assert reply.one("Count") == "3"
    assert reply.all("QuotedPhraseNotFound") == ['"body battery"[tiab]']
    assert "body battery" not in reply.one("QueryTranslation")


def test_rettype_count_loses_translation_and_warnings(ask):
    asked = {"db": "pubmed", "term": '"body battery"[tiab] OR sleep[ti]', "rettype": "count"}
    assert [element.tag for element in ask("esearch", **asked).xml.iter()] == ["eSearchResult", "Count"]
    assert list(ask("esearch", retmode="json", **asked).json["esearchresult"]) == ["count"]


def test_warnings_are_escaped_for_xml_even_in_json(ask):
    reply = ask("esearch", db="pubmed", term='"Simulation &amp; Learning"[ta]', retmode="json")
    (phrase,) = reply.json["esearchresult"]["warninglist"]["quotedphrasesnotfound"]
    assert "&amp;amp;" in phrase


def test_an_unknown_tag_is_passed_over_and_named_in_xml_alone(ask):
    tagged, plain = (ask("esearch", db="pubmed", term=term) for term in ("sleep[NoSuchField]", "sleep"))
    assert tagged.all("Id") == plain.all("Id") != []
    assert "<ErrorList><FieldNotFound>NoSuchField</FieldNotFound></ErrorList>" in tagged.text
    reply = ask("esearch", db="pubmed", term="sleep[NoSuchField]", retmode="json").json["esearchresult"]
    assert reply["errorlist"] == {"phrasesnotfound": [], "fieldsnotfound": []}


@pytest.mark.parametrize("term", ["[pdat]", "AND", "()"])
def test_a_term_of_nothing_but_signs_finds_no_items_and_is_no_error(ask, term):
    reply = ask("esearch", db="pubmed", term=term)
    assert (reply.one("Count"), reply.all("OutputMessage"), reply.all("ERROR")) == ("0", ["No items found."], [])


def test_one_unknown_word_alone_is_a_quoted_phrase_that_nobody_quoted(ask):
    reply = ask("esearch", db="pubmed", term="qzxwvunonsenseterm")
    assert reply.text.partition("<QueryTranslation>")[2] == (
        "qzxwvunonsenseterm</QueryTranslation><WarningList>"
        '<QuotedPhraseNotFound>"qzxwvunonsenseterm"</QuotedPhraseNotFound>'
        "<OutputMessage>No items found.</OutputMessage></WarningList></eSearchResult>\n"
    )


@pytest.mark.parametrize("word", ["date", "Journal", "first_author", "most recent", "pubdate"])
def test_an_unknown_sort_word_is_ignored_with_a_warning(ask, word):
    reply = ask("esearch", db="pubmed", term="99000000:99000009[uid]", sort=word)
    assert reply.all("Id") == ask("esearch", db="pubmed", term="99000000:99000009[uid]").all("Id")
    assert reply.all("OutputMessage") == [f"Unknown sort schema '{word.lower()}' ignored"]
    assert "ErrorList" not in reply.text


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"db": "nonsense_db", "term": "x"}, "Invalid db name specified: nonsense_db"),
        ({"db": "pmc", "term": "x"}, "Database is not supported: pmc"),
        ({"db": "pubmed"}, "Empty term and query_key - nothing todo"),
        ({"db": "pubmed", "term": "((sleep"}, "Search Backend failed: query syntax error"),
        ({"db": "pubmed", "term": "#1 AND sleep"}, "Unable to obtain query #1"),
        ({"db": "pubmed", "query_key": "1", "WebEnv": "MCID_000000000000000000000000"}, "Unable to obtain query #1"),
    ],
)
def test_errors_come_at_status_200_in_both_forms(ask, asked, message):
    reply = ask("esearch", **asked)
    assert (reply.status, reply.one("ERROR")) == (200, message)
    reply = ask("esearch", retmode="json", **asked)
    assert reply.json == {"header": {"type": "esearch", "version": "0.3"}, "esearchresult": {"ERROR": message}}


def test_reldate_is_echoed_in_the_translation(ask):
    reply = ask("esearch", db="pubmed", term="insulin[ti]", reldate=30, datetype="edat")
    assert reply.all("Id") == ["99000002"]
    assert reply.one("QueryTranslation").endswith("AND 2026/01/30:2026/03/01[Date - Entry]")


def test_mindate_and_maxdate_count_only_together(ask):
    asked = {"db": "pubmed", "term": "insulin[ti]", "datetype": "crdt"}
    both = ask("esearch", mindate="2020", maxdate="2020/12", **asked)
    assert both.all("Id") == ["99000005", "99000001"]
    assert both.one("QueryTranslation").endswith("AND 2020/01/01:2020/12/31[Date - Create]")
    for alone in ({"mindate": "2026"}, {"maxdate": "2019"}, {"mindate": "2026", "maxdate": "soon"}):
        assert len(ask("esearch", **asked, **alone).all("Id")) == 3


def test_one_day_is_echoed_as_one_day(ask):
    reply = ask("esearch", db="pubmed", term="insulin[ti]", mindate="2026/02/20", maxdate="2026/02/20", datetype="edat")
    assert reply.all("Id") == ["99000002"]
    assert reply.one("QueryTranslation").endswith(" AND 2026/02/20[Date - Entry]")


def test_a_year_alone_is_indexed_at_its_first_day(ask):
    asked = {"db": "pubmed", "term": "insulin[ti]", "datetype": "pdat"}
    assert "99000002" in ask("esearch", mindate="2026/01/01", maxdate="2026/01/01", **asked).all("Id")


def test_field_counts_where_the_term_has_no_tag(ask):
    assert ask("esearch", term="looked", field="title").one("Count") == "0"
    assert int(ask("esearch", term="looked", field="tiab").one("Count")) > 0
    assert int(ask("esearch", term="looked[tiab]", field="title").one("Count")) > 0


def test_history_keeps_several_queries_that_combine(ask):
    first = ask("esearch", db="pubmed", term="insulin[ti]", usehistory="y")
    web_env = first.one("WebEnv")
    assert web_env.startswith("MCID_")
    assert len(web_env) == 29
    second = ask("esearch", db="pubmed", term="sleep[ti]", usehistory="y", WebEnv=web_env)
    assert (first.one("QueryKey"), second.one("QueryKey"), second.one("WebEnv")) == ("1", "2", web_env)
    assert ask("esearch", term="#1 AND #2", WebEnv=web_env).all("Id") == ["99000001"]
    assert ask("esearch", term="#2 NOT #1", WebEnv=web_env).all("Id") == ["99000004", "99000003"]
    assert ask("esearch", term="workers", query_key=1, WebEnv=web_env).all("Id") == ["99000002"]


def test_a_session_is_forgotten_when_the_clock_passes_its_lifetime(ask, standin):
    web_env = ask("esearch", term="sleep", usehistory="y").one("WebEnv")
    standin.advance(timedelta(hours=7))
    assert ask("esearch", query_key=1, WebEnv=web_env).one("Count") == "3"
    standin.advance(timedelta(hours=9))
    assert ask("esearch", query_key=1, WebEnv=web_env).one("ERROR") == "Unable to obtain query #1"
    assert ask("efetch", query_key=1, WebEnv=web_env).one("ERROR") == "Unable to obtain query #1"
    assert ask("elink", query_key=1, WebEnv=web_env).one("ERROR") == "Unable to obtain query #1"
    said = ask("esummary", query_key=1, WebEnv=web_env, retmode="json").json
    assert said["esummaryresult"] == ["Unable to obtain query #1"]


def test_only_what_was_visible_on_the_stand_ins_day_is_found(start, asker, big_corpus):
    standin = start(big_corpus, today=date(2026, 11, 10))
    ask = asker(standin)
    before = int(ask("esearch", term="insulin resistance[ti]").one("Count"))
    standin.today = date(2026, 11, 30)
    assert before < int(ask("esearch", term="insulin resistance[ti]").one("Count")) == 12_000
    standin.today = date(2026, 11, 10)
    assert int(ask("esearch", term="insulin resistance[ti]").one("Count")) == before


def test_a_term_with_characters_that_no_xml_may_hold_still_gets_xml(ask):
    assert ask("esearch", term="sleep\x00\x0b <b>&").xml.tag == "eSearchResult"
