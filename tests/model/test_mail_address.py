"""One mail address: what is one, and when two spellings are the same person's."""

from __future__ import annotations

import pytest

from litwatch.model.text.mail_address import check_mail_address, distinct_mailboxes, mailbox_key


@pytest.mark.parametrize("text", ["board@example.org", "Ann.Lee+x@sub.example.org", "jörg@bücher.example"])
def test_one_bare_address_passes_as_it_is(text: str) -> None:
    assert check_mail_address(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@", "@example.org", "ann@localhost", "a@b.c, d@e.f", "Ann <ann@example.org>", "ann@example.org\n",
     "ann @example.org", "=?utf-8?q?a?=@example.org", "a..b@example.org", f"{'a' * 250}@example.org"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one mail address"):
        check_mail_address(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        ("JÖRG@example.org", "jörg@example.org"),
        ("jo\u0308rg@x.org", "jörg@x.org"),
    ],
    ids=["capitals", "capital umlaut", "decomposed letter"],
)
def test_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert mailbox_key(one) == mailbox_key(other)


def test_addresses_in_different_domains_have_different_keys_even_where_casefolding_makes_them_equal() -> None:
    assert "ann@straße.example".casefold() == "ann@strasse.example"
    assert mailbox_key("ann@straße.example") != mailbox_key("ann@strasse.example")


def test_repeats_go_and_the_first_spelling_stays() -> None:
    assert distinct_mailboxes(["Ann@x.org", "bo@x.org", "ann@x.org"]) == ("Ann@x.org", "bo@x.org")
