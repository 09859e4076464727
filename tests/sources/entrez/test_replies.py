"""Answers of many small elements are read one element at a time, and checked as whole ones are."""

from __future__ import annotations

import re

import pytest

from litwatch.model.errors import SourceRefused
from litwatch.sources.entrez.replies import iterate_xml, read_xml
from litwatch.sources.entrez.transport import Unusable

GROUPS = "<Group><Id>1</Id></Group><Group><Id>2</Id></Group>"


def texts(body: bytes) -> list[str | None]:
    return [group.findtext("Id") for group in iterate_xml(body, "Groups", "Group")]


def test_an_answer_is_read_group_by_group_and_what_was_read_is_dropped() -> None:
    groups = iterate_xml(f"<Groups>{GROUPS}</Groups>".encode(), "Groups", "Group")
    first = next(groups)
    assert first.findtext("Id") == "1"
    second = next(groups)
    assert (len(first), second.findtext("Id")) == (0, "2")
    assert next(groups, None) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "<Groups><Group></Groups>",
        f"<Groups>{GROUPS}",
        f"<Other>{GROUPS}</Other>",
        f"<Groups>{GROUPS}&wrong;</Groups>",
        f"<Groups>{GROUPS}<ERROR>Search backend failed</ERROR></Groups>",
        f"<Groups><Group><ERROR>rate limit exceeded</ERROR></Group>{GROUPS}</Groups>",
        f"<Groups>{GROUPS}<ERROR>Invalid db name specified</ERROR></Groups>",
        f"<Groups>{GROUPS}<!-- DocSum Backend failed --></Groups>",
        f"<Groups>{GROUPS * 200}<ERROR>Search backend failed</ERROR></Groups>",
        f"<Groups>{GROUPS * 200}<Group><ERROR>Invalid db name specified</ERROR></Group></Groups>",
    ],
)
def test_what_is_no_usable_answer_as_a_whole_is_none_in_parts(body: str) -> None:
    with pytest.raises((Unusable, SourceRefused)) as whole:
        read_xml(body.encode(), "Groups")
    with pytest.raises(type(whole.value), match=re.escape(str(whole.value)[:28])):
        texts(body.encode())


def test_no_entity_is_replaced() -> None:
    body = f'<!DOCTYPE Groups [<!ENTITY name "text">]><Groups><Group><Id>&name;</Id></Group>{GROUPS}</Groups>'.encode()
    assert texts(body)[0] in {None, ""}
