"""The keys of a topic file that an editor sets in a form: what each means, its default, and what was typed as values.

The values go to the strict reader of topic files as they were typed; what it says of a key stands beside its field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litwatch.model.topic import QuestionKind, Thresholds, TopicSource

_DEFAULT = Thresholds()
_KEY = re.compile(r"[a-z_]+(?:\.[a-z_]+)?")
LONGEST = 20_000
"""Characters of one field."""


class Kind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    ADDRESSES = "addresses"
    """One mail address a line."""
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class TopicField:
    """One key of the topic file, as a field of the form."""

    key: str
    """``thresholds.review_level`` for a key below another."""
    label: str
    meaning: str
    kind: Kind
    default: str = ""
    """What holds where the field is empty, in words."""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and label; the empty value leaves the key out."""

    @property
    def name(self) -> str:
        """The field's name in the form, and its anchor."""
        return self.key.replace(".", "-")


_TITLE = TopicField("title", "Title", "What readers know the article by.", Kind.LINE, "the question that the page asks")
_QUESTION = TopicField("question", "Question", "What is watched; there is no article.", Kind.LINE)
_OTHERS = (
    TopicField(
        "question_kind", "Kind of question",
        "It decides which study designs count most: cohort studies rank with trials for causes and prognosis.",
        Kind.CHOICE, "other", (("", "not given"), *((each.value, each.value) for each in QuestionKind)),
    ),
    TopicField(
        "recipients", "Recipients", "Who gets the digest and may answer. One mail address a line.", Kind.ADDRESSES,
    ),
    TopicField(
        "editors", "Editors", "Who gets what needs an editor’s hand, in a mail of their own. One address a line.",
        Kind.ADDRESSES, "the recipients read it in their digest",
    ),
    TopicField(
        "escalate_to", "Told as well when it is late",
        "Who is told when a notice is open past its deadline. They may answer, too. One address a line.",
        Kind.ADDRESSES, "nobody else",
    ),
    TopicField(
        "readers", "Members who must agree", "2: an answer counts once two members have given the same, unseen.",
        Kind.NUMBER, "1",
    ),
    TopicField(
        "source", "How new records are found",
        "By searching PubMed, from the files that NLM publishes daily, or both, compared with each other.",
        Kind.CHOICE, "as the installation is set",
        (("", "as the installation is set"), *((each.value, each.value) for each in TopicSource)),
    ),
)  # fmt: skip
_THRESHOLDS = tuple(
    TopicField(f"thresholds.{key}", label, meaning, Kind.NUMBER, f"{getattr(_DEFAULT, key):g}")
    for key, label, meaning in (
        ("review_level", "Review from level",
         "A new record of this evidence level or better asks for a review. 1 is a guideline."),
        ("reassess_after_days", "Re-assess after (days)",
         "Days after the last review or update from which a re-assessment is due."),
        ("guideline_reassess_after_days", "The same, with a guideline (days)",
         "For an article that cites a guideline."),
        ("escalate_after_days", "Late after (days)", "Days that a notice about a cited paper may stay open."),
        ("carry_out_within_days", "Carry out within (days)",
         "Until a decision to update or withdraw the article is due."),
        ("known_item_recall", "Known papers to be found (0 to 1)",
         "An editor is asked if the strategy finds a smaller share; 0 never asks."),
        ("hazard_ratio", "How fast the field ages", "For the order of work only; 2.7 for cardiovascular medicine."),
        ("digest_items", "Records with details in a mail", "The most of this article; others get a line each."),
    )
)  # fmt: skip


def topic_fields(given: Mapping[Any, Any]) -> tuple[TopicField, ...]:
    """The fields for a topic file with these keys: a question without an article has no title of a page."""
    return (*((_QUESTION, _TITLE) if "article" not in given else (_TITLE,)), *_OTHERS, *_THRESHOLDS)


def filled_in(given: Mapping[Any, Any], fields: Iterable[TopicField]) -> dict[str, str]:
    """What each field shows for a topic file with these keys, by the field's name."""
    shown = {}
    for field in fields:
        value = _find(given, field.key)
        if isinstance(value, list):
            shown[field.name] = "\n".join(str(each) for each in value)
        else:
            shown[field.name] = "" if value is None else str(value)
    return shown


def typed_values(typed: Mapping[str, str], given: Mapping[Any, Any], fields: Iterable[TopicField]) -> dict[str, object]:
    """The keys and values that a filled form asks for, to be held against the file; None leaves a key out.

    A field that the form does not have, such as one of before an upgrade, leaves its key as it is. A text that is no
    number stays text, so that the strict reader can say what is wrong with it.
    """
    wanted: dict[str, object] = {}
    below: dict[str, dict[str, object]] = {}
    for field in fields:
        if field.name not in typed:
            continue
        text = typed[field.name][:LONGEST]
        value: object
        if field.kind is Kind.ADDRESSES:
            value = [line.strip() for line in text.splitlines() if line.strip()]
        elif field.kind is Kind.NUMBER:
            value = _number(text.strip())
        else:
            value = " ".join(text.split()) or None
        outer, dot, inner = field.key.partition(".")
        if dot:
            old = given.get(outer)
            below.setdefault(outer, dict(old) if isinstance(old, dict) else {})[inner] = value
        else:
            wanted[field.key] = value
    return {**wanted, **below}


def sort_mistakes(
    problems: Iterable[str], fields: Iterable[TopicField], wanted: Mapping[str, object]
) -> tuple[dict[str, list[str]], list[str]]:
    """What the strict reader says, by the name of the field that it is about; and the rest."""
    by_key = {field.key: field for field in fields}
    told: dict[str, list[str]] = {}
    others = []
    for problem in problems:
        said = problem.partition(".yaml: ")[2] or problem
        key = found[0] if (found := _KEY.match(said)) else ""
        field = by_key.get(key)
        if field is None:
            others.append(said)
            continue
        rest = said.removeprefix(key)
        place = re.match(r"\[(\d{1,4})\]", rest)
        value = wanted.get(key)
        named = (
            f"“{value[int(place[1])]}”: " if place and isinstance(value, list) and int(place[1]) < len(value) else ""
        )
        told.setdefault(field.name, []).append(named + rest[place.end() if place else 0 :].removeprefix(": "))
    return told, others


def _find(given: Mapping[Any, Any], key: str) -> object:
    value: object = given
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _number(text: str) -> object:
    if not text:
        return None
    if re.fullmatch(r"\d{1,9}", text):
        return int(text)
    return float(text) if re.fullmatch(r"\d{1,9}\.\d{1,9}", text) else text
