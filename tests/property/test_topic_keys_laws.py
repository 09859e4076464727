"""Laws of setting keys in a topic file: what was wanted is said, and every other byte stays."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.config.strict_yaml import parse_mapping
from litwatch.config.topic_keys import same_value, set_keys
from litwatch.model.errors import TopicErrors

FILE = Path("sleep.yaml")
FORMS = {
    "article": ["article: page.md\n", "'article':  \"page.md\"   # the page\n"],
    "title": ["title: Sleep\n", "title: 'Sleep: a question'  # as printed\n", "title:\n  Sleep\n  and more\n"],
    "strategy": [
        "strategy: >-\n  (sleep[tiab]\n  OR nap[tiab])\n\n  AND insulin[tiab]\n",
        "strategy: |  # as in the search box\n    sleep[tiab] # 1\n    AND insulin[tiab]\n",
        'strategy: "sleep[tiab] AND\n  insulin[tiab]"\n',
        "strategy: sleep[tiab] AND insulin[tiab]   # short\n",
    ],
    "recipients": [
        "recipients:\n  # heart\n  - a@example.org   # Dr A\n\n  - b@example.org\n",
        "recipients:\n- b@example.org\n- a@example.org\n",
        "recipients: [a@example.org, b@example.org]  # both\n",
        "recipients: []\n",
        "recipients:\n",
    ],
    "thresholds": [
        "thresholds:\n  review_level: 2   # 1 is a guideline\n  # how many\n  digest_items: 5\n",
        "thresholds: {review_level: 2}\n",
    ],
    "pins": ["pins:\n  - marker: 1\n    position: 1\n  - {marker: 2, position: 2}  # the second\n"],
}
REMARKS = ["", "\n", "# a remark\n", "\n# two\n# remarks: with a colon\n\n"]
TEXTS = st.text(
    st.sampled_from("abc \n'\"#:-&*!|>%@`{}[],?\\éßλ☃0123456789"), min_size=1, max_size=300
).filter(lambda text: bool(text.split()))  # fmt: skip
NEW = {
    "title": TEXTS,
    "strategy": TEXTS,
    "recipients": st.lists(st.sampled_from(["a@example.org", "b@example.org", "c@example.org", "yes"]), unique=True),
    "thresholds": st.dictionaries(
        st.sampled_from(["review_level", "digest_items", "hazard_ratio"]), st.sampled_from([1, 2, 5, 2.7, "x: y"])
    ),
    "pins": st.lists(st.fixed_dictionaries({"position": st.integers(1, 9), "pmid": st.integers(1, 9)}), max_size=3),
}


@st.composite
def files(draw: st.DrawFn) -> list[tuple[str, str]]:
    """A topic file as its parts, each with its key; remarks and blank lines have none."""
    parts: list[tuple[str, str]] = []
    for key in draw(st.permutations(sorted(FORMS))):
        if key in ("article", "strategy") or draw(st.booleans()):
            parts += [("", draw(st.sampled_from(REMARKS))), (key, draw(st.sampled_from(FORMS[key])))]
    parts.append(("", draw(st.sampled_from(REMARKS))))
    if draw(st.booleans()):
        parts = [(key, text.replace("\n", "\r\n")) for key, text in parts]
    return parts


@settings(max_examples=80, deadline=None)
@given(parts=files(), key=st.sampled_from(sorted(NEW)), data=st.data(), mark=st.sampled_from(["", "\ufeff"]))
def test_a_key_is_set_and_every_other_byte_stays(
    parts: list[tuple[str, str]], key: str, data: st.DataObject, mark: str
) -> None:
    value = data.draw(st.one_of(st.none(), NEW[key])) if key != "strategy" else data.draw(NEW[key])
    before = mark + "".join(text for _, text in parts)
    old = parse_mapping(before.removeprefix(mark), FILE)
    after = set_keys(before, {key: value}, FILE)
    said = parse_mapping(after.removeprefix(mark), FILE)
    assert same_value(said.get(key), value)
    assert {name: each for name, each in said.items() if name != key} == {
        name: each for name, each in old.items() if name != key
    }
    if same_value(old.get(key), value):
        assert after == before
    names = [name for name, _ in parts]
    if key in names:
        place = names.index(key)
        before_it, behind_it = ("".join(text for _, text in some) for some in (parts[:place], parts[place + 1 :]))
        assert after.startswith(mark + before_it)
        assert after.endswith(behind_it)
        own = after[len(mark + before_it) : len(after) - len(behind_it)]
        assert own.endswith("\n") or (not value and not own)  # a key that is set to nothing may go
        if value is not None and "# heart" in parts[place][1]:
            assert "# heart" in after
    else:
        same = next(
            (n for n, (one, other) in enumerate(zip_longest(before, after)) if one != other), len(before)
        )  # fmt: skip
        assert after.endswith(before[same:])
    if "\r\n" in before:
        assert after.count("\n") == after.count("\r\n")


def test_a_file_that_only_its_reader_understands_is_refused_with_what_to_do() -> None:
    with pytest.raises(TopicErrors, match="change it in the file itself"):
        set_keys("title:\tSleep\nstrategy: sleep\n", {"title": "Naps"}, FILE)


@given(text=st.text(max_size=80), value=TEXTS)
def test_a_text_that_is_no_topic_file_is_refused_and_never_breaks(text: str, value: str) -> None:
    try:
        after = set_keys(text, {"title": value}, FILE)
    except TopicErrors:
        return
    assert same_value(parse_mapping(after.removeprefix("\ufeff"), FILE)["title"], value)
