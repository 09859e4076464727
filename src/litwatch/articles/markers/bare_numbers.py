"""Bare numbers in a sentence: marker, amount, or part of a name? One candidate, judged by the words on both sides.

The watched site prints its markers as plain numbers ("… activity 1." or "… patients. 1, 2"), so a number is a marker
only by where it stands. What the rest of the article says about it is weighed in ``markers``.
"""

from __future__ import annotations

import re
from enum import IntEnum

from litwatch.articles.markers import marker_words as words

CANDIDATE = re.compile(
    r"(?:(?<=\s)|(?<=[)\]”\"’]))"
    r"(\d{1,3}(?:, ?\d{1,3}(?!\d|[.,]\d|%)|[-–‐‑]\d{1,3}(?!\d)){0,30}(?:,? and \d{1,3}(?![\d.,]\d|\d))?)"
    r"(?=$|[\s.,;:!?)\]\"”’—–|])(?![.,:]\d)"
)
"""A group of numbers after a blank or a closing bracket and before a blank or the end of a clause."""

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_SIGNS = tuple("=<>≤≥±~≈×+-–—−/:;$€£#*^&([{|@\\")
_GLUED_SIGNS = ("+", "-", "−", "*", "#")
_CLOSERS = "\"”’')]"
_YEAR = re.compile(r"\(?(?:19|20)\d\d\)?")
_NUMERIC = re.compile(r"[<>≤≥~]?\(?\d[\d.,/:–-]*\)?")
_ORDINARY = re.compile(r"[^\W\d_]")


class Verdict(IntEnum):
    """How a number is taken."""

    TEXT = 0
    """Not a marker, and nobody would think so."""
    DOUBTFUL = 1
    """Left in the text, and said."""
    UNSURE = 2
    """Taken as marker, and said."""
    SURE = 3


def is_after_stop(before: str) -> bool:
    """Whether the text before a number ends a sentence (and not an abbreviation)."""
    text = before.rstrip()
    bare = text.rstrip(_CLOSERS)
    if not bare.endswith((".", "!", "?")) or len(text) - len(bare) > 2:
        return False
    last = bare.split()[-1]
    return not (last.endswith(".") and last.strip("([\"'“‘.").casefold() in words.ABBREVIATIONS)


def judge_after_stop(group: str, after: str) -> Verdict:
    """Judge a number that stands after a full stop."""
    if _THOUSANDS.fullmatch(group):
        return Verdict.TEXT
    if re.match(r"[.)]\s+\S", after):
        return Verdict.TEXT  # "Start X. 2. Stop Y." counts steps
    rest = after.lstrip(" .")
    if not rest:
        return Verdict.SURE
    if not after[:1].isspace() and after[:1] not in ".":
        return Verdict.TEXT if after[:1] in ",:)" else Verdict.UNSURE
    word = re.split(r"[\s,;.]", rest, maxsplit=1)[0]
    if word in words.UNITS or rest[0].islower() or rest[0] in "%°/×":
        return Verdict.TEXT
    return Verdict.SURE


def judge_within(before: str, group: str, after: str) -> Verdict:
    """Judge a number that stands before a full stop, at the end of a line, or in the middle of a sentence."""
    if _THOUSANDS.fullmatch(group):
        return Verdict.TEXT
    head = _judge_before(before, group)
    if head is Verdict.TEXT:
        return head
    following = after.lstrip()
    if not following or following[0] in '.;:!?,”"|' or following[0] == "’":
        if head in (Verdict.DOUBTFUL, Verdict.UNSURE) and following[:1] == ":":
            return Verdict.TEXT  # "Week 1: …" and "Score 2-3: …" name their own line
        if head is Verdict.SURE and _is_range(group):
            return Verdict.UNSURE
        return head
    if following[0] == ")":
        return min(head, Verdict.UNSURE) if before.count("(") > before.count(")") else Verdict.TEXT
    if following[0] in "—–":
        return head
    return _judge_mid(before, group, following, head)


def _is_range(group: str) -> bool:
    return "-" in group or "–" in group or " and " in group


def _judge_before(before: str, group: str) -> Verdict:
    """What the words before a number make of it."""
    text = before.rstrip()
    if not text:
        return Verdict.TEXT
    if text.endswith(_GLUED_SIGNS) and text[-2:-1].isalnum():
        # "It lowers K+ 9." may cite; "5+ 3" counts on.
        return Verdict.TEXT if _NUMERIC.fullmatch(text.split()[-1][:-1]) else Verdict.UNSURE
    if text.endswith(_SIGNS):
        return Verdict.TEXT
    if text[-1] in _CLOSERS or text[-1] == "%":
        return Verdict.SURE
    tokens = text.split()[-3:]
    last = tokens[-1].strip("([\"'“‘,").casefold()
    prior = tokens[-2].strip("([\"'“‘,").casefold() if len(tokens) > 1 else ""
    single = group.isdigit()
    if last in words.MONTHS:
        return Verdict.TEXT if last != "may" or tokens[-1] == "May" else Verdict.SURE
    if _NUMERIC.fullmatch(last):
        return Verdict.SURE if _YEAR.fullmatch(last) else Verdict.UNSURE
    if text.endswith(","):
        return Verdict.DOUBTFUL if single else Verdict.TEXT
    if last in words.AMOUNTS or text.endswith("."):
        return Verdict.TEXT
    if last in words.NAMED:
        return Verdict.TEXT if single else Verdict.UNSURE
    if last in words.SCALES:
        return Verdict.DOUBTFUL if single else Verdict.UNSURE
    if last in words.LABELS:
        return _judge_label(last, [token.casefold() for token in tokens[:-1]], single=single)
    if last in words.PLURAL_LABELS:
        counted = _NUMERIC.fullmatch(prior) is not None or prior.split("-")[0].isdigit() or prior in _COUNTS
        return Verdict.SURE if single or counted else Verdict.TEXT
    if last in words.SOFT_LABELS:
        return _judge_soft(last, prior, group)
    if not _ORDINARY.search(last):
        return Verdict.DOUBTFUL  # after "↑" or "®" it may be anything
    return Verdict.SURE


_COUNTS = frozenset(
    "two three four five six seven eight nine ten twelve several few many both all these those other such".split()
)


def _judge_label(label: str, before: list[str], *, single: bool) -> Verdict:
    prior = before[-1] if before else ""
    if prior in words.DETERMINERS or prior in words.PLACES or _NUMERIC.fullmatch(prior):
        return Verdict.SURE
    # Nobody says "the acute phase 1" and counts phases.
    defined = len(before) > 1 and (before[0] == "the" or before[0] in words.DETERMINERS)
    if (prior in words.ORDINALS or defined) and label != "type":
        return Verdict.UNSURE
    if not single:
        return Verdict.UNSURE
    return Verdict.TEXT if label in ("type", "figure", "fig", "table", "step", "no") else Verdict.DOUBTFUL


def _judge_soft(label: str, prior: str, group: str) -> Verdict:
    if label == "covid" and group == "19":
        return Verdict.TEXT
    if label == "part" and prior in ("take", "takes", "took", "taking", "large", "small", "great"):
        return Verdict.SURE
    if label == "peptide" and prior.endswith("like"):
        return Verdict.TEXT
    if label == "b" and prior == "vitamin":
        return Verdict.TEXT
    if label == "age" and prior in ("with", "at", "from", "by"):
        return Verdict.SURE if prior == "with" else Verdict.TEXT
    if label in ("factor", "age", "dose", "level", "group", "course", "line", "protein") and (
        prior in words.ORDINALS or prior in words.DETERMINERS
    ):
        return Verdict.SURE if label != "group" else Verdict.UNSURE
    return Verdict.UNSURE


def _judge_mid(before: str, group: str, following: str, head: Verdict) -> Verdict:
    """Judge a number with another word of the same sentence behind it."""
    parts = following.split(maxsplit=2)
    word = parts[0].strip(".,;:()")
    if head is Verdict.UNSURE and before.rstrip().endswith(_GLUED_SIGNS) and (word in words.FOLLOWERS or word == "and"):
        return Verdict.DOUBTFUL
    if word in words.UNITS or word.casefold() in words.PLURAL_LABELS or head is not Verdict.SURE:
        return Verdict.TEXT
    last = before.rsplit(maxsplit=1)[-1].casefold() if before.split() else ""
    if last in words.AMOUNT_VERBS:
        return Verdict.TEXT
    if word in words.FOLLOWERS:
        counted = len(parts) > 1 and parts[1][:1].isdigit()
        return Verdict.TEXT if counted else Verdict.UNSURE
    if word[:1].isupper():
        return Verdict.UNSURE
    return Verdict.UNSURE if "," in group and " and " not in group else Verdict.TEXT
