"""Properties of text from outside: shown as it is, harmless whatever it is."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.text import safe_text

ANYTHING = st.text(alphabet=st.characters(exclude_categories=()))
MARKUP = st.text(alphabet="abc 1.)(-+*_`~[]<>!#&|\\\"'{}$^=:/@w\n\t")


@given(ANYTHING)
def test_visible_text_is_one_line_without_controls_overrides_or_surrogates(text: str) -> None:
    shown = safe_text.visible(text)
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(sign) for sign in shown} & {"LRE", "RLE", "LRO", "RLO", "LRI", "RLI", "FSI"}
    assert safe_text.visible(shown) == shown


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "M"))))
def test_ordinary_text_of_any_script_is_left_alone(text: str) -> None:
    assert safe_text.visible(text) == text


@given(ANYTHING)
@example('NAPS OR "sleep"[ti] NOT (rest)')
def test_a_search_for_a_title_holds_words_alone_and_none_that_is_an_operator(title: str) -> None:
    words = unquote(urlsplit(safe_text.pubmed_search(title)).query.removeprefix("term="))
    assert not set(words) & set('[]()"*:&#')
    assert not {"AND", "OR", "NOT"} & set(words.split())


@given(st.one_of(MARKUP, ANYTHING))
def test_escaped_markdown_shows_exactly_the_text_and_makes_nothing_of_it(text: str) -> None:
    words = " ".join(safe_text.visible(text).split())
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(safe_text.escape_markdown(text))
    inline = [token for token in tokens if token.type == "inline"]
    assert [token.type for token in tokens] == (["paragraph_open", "inline", "paragraph_close"] if words else [])
    kinds = {child.type for token in inline for child in token.children or []}
    assert kinds <= {"text", "text_special"}
    assert "".join(child.content for token in inline for child in token.children or []) == words


@given(MARKUP)
@example("===")
@example("---")
@example("| - |")
def test_escaped_markdown_below_another_line_stays_in_its_paragraph(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(f"above\n{safe_text.escape_markdown(text)}")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]


@given(st.text(min_size=0, max_size=400), st.integers(2, 200))
def test_clipped_text_is_never_longer_and_says_that_it_was_cut(text: str, length: int) -> None:
    shown = safe_text.clip(text, length)
    assert len(shown) <= length
    assert (shown == text) if len(text) <= length else shown.endswith("…")


@given(ANYTHING)
def test_a_doi_link_always_leads_to_the_resolver(text: str) -> None:
    link = safe_text.doi_link(Doi("10.1000/" + text))
    parts = urlsplit(link)
    assert (parts.scheme, parts.hostname, parts.query, parts.fragment) == ("https", "doi.org", "", "")
    assert link.isascii()
    assert not set(link) & set("\"'<>() \\")


@given(st.one_of(ANYTHING, ANYTHING.map("https://example.org/".__add__), ANYTHING.map("javascript:".__add__)))
def test_a_web_link_is_http_with_a_host_or_nothing(url: str) -> None:
    link = safe_text.web_link(url)
    assert link is None or (urlsplit(link).scheme in {"http", "https"} and urlsplit(link).hostname)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//example.org", "https://user@example.org", "https://", "/etc", ""],
)
def test_addresses_that_are_not_plain_web_pages_are_no_links(url: str) -> None:
    assert safe_text.web_link(url) is None


@pytest.mark.parametrize("link", ["../x.html", "/x", "a//b", "https://x", "a/../b", "a\nb", "", "a/.b", "javascript:x"])
def test_only_plain_names_are_relative_links(link: str) -> None:
    with pytest.raises(ValueError, match="relative link"):
        safe_text.relative_link(link)


def test_a_direction_override_is_shown_by_its_number() -> None:
    assert safe_text.visible("safe\u202eefas") == "safe[U+202E]efas"


def test_a_pubmed_link_is_made_of_the_number_alone() -> None:
    assert safe_text.pubmed_link(Pmid(99000001)) == "https://pubmed.ncbi.nlm.nih.gov/99000001/"


@pytest.mark.parametrize(
    ("title", "ended"),
    [
        ("A trial", "A trial."),
        ("A trial ", "A trial."),
        ("A trial.", "A trial."),
        ("Does it help?”", "Does it help?”"),
        ("A trial (ATTAIN)", "A trial (ATTAIN)."),
        ("A tri…", "A tri…"),
        ("", ""),
    ],
)
def test_a_title_ends_in_a_full_stop_where_it_has_no_end_of_its_own(title: str, ended: str) -> None:
    assert safe_text.end_sentence(title) == ended
