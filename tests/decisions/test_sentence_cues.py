"""Cues fail fast and find what plain patterns find; results, facts and findings of 209 invented abstracts stay."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from litwatch.decisions import result_passage, sentence_cues, stated_facts, studied_people
from litwatch.decisions.result_passage import NoResult, find_result, findings_of
from litwatch.decisions.sentence_cues import Cue, fold, sort_by_first_letter
from litwatch.decisions.stated_facts import find_facts
from litwatch.model.record import AbstractPart, Record
from tests.factories import make_record

QUOTED: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "abstracts" / "quoted.json").read_text(encoding="utf-8")
)
"""Invented sentences, abstracts of them, and what was quoted of these when every pattern ignored capitals and was
searched for in every sentence."""
EVERY_CHARACTER = "".join(map(chr, range(sys.maxunicode + 1)))


def all_cues() -> Iterator[tuple[str, Cue]]:
    def cues_in(value: object, name: str) -> Iterator[tuple[str, Cue]]:
        if isinstance(value, Cue):
            yield name, value
        elif isinstance(value, tuple):
            for number, each in enumerate(value):
                yield from cues_in(each, f"{name}[{number}]")

    modules: tuple[ModuleType, ...] = (result_passage, stated_facts, studied_people)
    for module in modules:
        for name, value in vars(module).items():
            yield from cues_in(value, name)


def make_abstract(invented: dict[str, Any]) -> Record:
    parts = [(label, " ".join(QUOTED["sentences"][n] for n in numbers)) for label, numbers in invented["parts"]]
    return make_record(
        title=invented["title"], abstract=tuple(AbstractPart(label, None, text) for label, text in parts)
    )


def test_result_facts_and_findings_are_quoted_from_the_same_places() -> None:
    for invented in QUOTED["abstracts"]:
        one = make_abstract(invented)
        found = find_result(one)
        result = None if isinstance(found, NoResult) else found
        quoted = [result.start, result.end, result.part.value, result.abstract_part] if result else found
        facts = [[fact.kind.value, fact.start, fact.end] for fact in find_facts(one, result)]
        findings = [[each.start, each.end] for each in findings_of(one)]
        assert (quoted, facts, findings) == (invented["result"], invented["facts"], invented["findings"]), one.abstract


def test_a_folded_text_has_a_letter_wherever_a_pattern_that_ignores_capitals_finds_it() -> None:
    found = re.findall("[a-z]", EVERY_CHARACTER, re.IGNORECASE)
    assert [sign for sign in found if not re.fullmatch(f"[a-z](?<={fold(sign)})", sign, re.IGNORECASE)] == []
    assert len(re.findall("[a-z]", fold(EVERY_CHARACTER))) == len(found)


def test_a_folded_text_has_every_character_at_its_place() -> None:
    assert len(fold(EVERY_CHARACTER)) == len(EVERY_CHARACTER)
    assert fold("İN 5 µg\u2009Σ: ſum")[3:] == "5 µg\u2009σ: sum"


def test_what_a_cue_looks_for_first_rules_out_no_match() -> None:
    """Without its needs, its hint and the rule for "^" each pattern finds the same."""
    texts = [each for text in QUOTED["sentences"] for each in (text, fold(text))]
    differ = {(name, text) for name, cue in all_cues() for text in texts
              if str(cue.search(text)) != str(cue.pattern.search(text))}  # fmt: skip
    assert differ == set()


def test_cues_with_needs_or_a_hint_are_met_in_the_invented_sentences() -> None:
    """Else the test before would prove nothing of them."""
    texts = [each for text in QUOTED["sentences"] for each in (text, fold(text))]
    guarded = {name: cue for name, cue in all_cues() if cue.needs or cue.hint}
    assert len(guarded) > 15
    assert {name for name, cue in guarded.items() if not any(map(cue.search, texts))} == set()


PIECES = ("was", "were", "is", "rise", "risen", "rose", "a", "an?", r"\w+", "(?:was|were|is)", "(?:an? )?", "[wi]s",
          " lower", "(?:er)?", r"\b", "(?=r)", "r?", "(?:r|rise)+")  # fmt: skip


@given(
    st.lists(st.lists(st.sampled_from(PIECES), min_size=1,
                      max_size=4).map("".join), min_size=1, max_size=6),
    st.text("waseri nfo ", max_size=24),
)  # fmt: skip
@example(["was lower", "(?:was|were|is) lower", "w"], "it is lower")
@example(["(?:was|[wi]s) lower", "an?", "a"], "an")
def test_sorted_alternatives_match_where_the_plain_ones_do(alternatives: list[str], text: str) -> None:
    plain = "|".join(alternatives)
    assert bool(re.search(rf"\b(?:{sort_by_first_letter(plain)})", text)) == bool(re.search(rf"\b(?:{plain})", text))


def test_a_cue_is_looked_for_once_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Cue, "is_in", lambda self, text: not asked.append(self.pattern.pattern + text))  # type: ignore[func-returns-value]
    (sentence,) = result_passage.read_sentences((AbstractPart(None, None, "Naps lower the risk."),))
    cue = sentence_cues.words("lower")
    assert sentence.says(cue)
    assert sentence.says(cue)
    assert len(asked) == 1
