"""A question as the concepts that a search for its answer joins by AND, and the kind of question that it is.

"How do beta blockers compare for hypertension, angina and heart failure?" has two: beta blockers; and hypertension,
angina or heart failure. Words that ask are no concepts, but they tell what is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from litwatch.model.topic import QuestionKind
from litwatch.strategy.characters import STOP_WORDS, normalise
from litwatch.strategy.common_words import ASKING, GENERIC, JOINING, QUALIFYING
from litwatch.strategy.word_forms import key_of, keys_of

MOST_CONCEPTS = 4
"""Concepts that are read; more joined by AND find next to nothing."""

LONGEST_QUESTION = 500
"""Characters that are read of a question."""

LONGEST_RUN = 6
"""Words of one noun phrase; a longer run is no phrase that authors repeat."""

_TOKEN = re.compile(r"[^\W_]+(?:[-'’‐‑][^\W_]+)*|[,;/:.()?!–—]")
_NUMBER = re.compile(r"\d\w?|I{1,3}|IV")
_LIST_SIGNS = frozenset({",", "/"})
_LISTING = frozenset({"and", "or"})
_SECOND_HALVES = frozenset({"therapy", "therapies", "prophylaxis", "screening", "testing"})
"""Words that ask, but go on with a noun phrase that they stand behind: "cognitive behavioural therapy"."""

_INITIAL = re.compile(r"\b([A-Z])\.(?= ?[a-z])")
_ELIDED = re.compile(r"\b[LlDd]['’](?=[^\W\d_]{3})|['’]s\b")
"""French articles, and the possessive's s."""
_KINDS = (
    (QuestionKind.DIAGNOSIS, "diagnos detect screen test recogn symptom sign"),
    (QuestionKind.PROGNOSIS, "prognosi prognost outlook surviv expect predict"),
    (QuestionKind.ETIOLOGY, "caus etiolog reason risk factor why mechan pathogenesi contribut"),
    (QuestionKind.THERAPY, "treat treatment therapi therapeut drug medic manag effect efficaci compar prevent cure "
     "intervent prophylaxi option benefit"),
)  # fmt: skip
"""Stems of words that ask, by the kind of question; the kind with the first word in the question counts."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept; its noun phrases are alternatives."""

    phrases: tuple[tuple[str, ...], ...]
    """Normalised words, as the question has them."""

    @property
    def name(self) -> str:
        """As a person would say it: ``hypertension or angina``."""
        return " or ".join(" ".join(phrase) for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class QuestionRead:
    """What a question asks about."""

    concepts: tuple[Concept, ...]
    """At most ``MOST_CONCEPTS``, in the question's order."""
    kind: QuestionKind | None
    """None where no word tells."""


def read_question(question: str) -> QuestionRead:
    """The concepts and the kind; no concepts where every word asks. Any text may come in, 500 characters are read."""
    concepts: list[list[tuple[str, ...]]] = []
    run: list[str] = []
    listing = joined = False

    def close() -> None:
        nonlocal run, joined
        phrase = _trim(run)
        if phrase:
            if joined and concepts:
                concepts[-1].append(phrase)
            else:
                concepts.append([phrase])
        run, joined = [], False

    between = False
    tokens = _TOKEN.findall(_ELIDED.sub("", _INITIAL.sub(r"\1", question[:LONGEST_QUESTION])))
    for token, after in zip(tokens, [*tokens[1:], ""], strict=False):
        word = normalise(token)
        goes_on = (word == "type" and _NUMBER.fullmatch(after)) or (run and word in _SECOND_HALVES)
        asks = not word or (_asks(word) and not goes_on)
        if token in _LIST_SIGNS or word in _LISTING:
            had = bool(_trim(run))
            close()
            listing = had or listing
            if between and word == "and":
                listing = between = False
        elif asks:
            # What asks ends a list: "diagnosis, causes and treatment of asthma" lists nothing of asthma's rank.
            close()
            listing = False
        elif word in STOP_WORDS or word in JOINING:
            between = between or word == "between"
            close()
        elif len(word) < 2 and token.islower() and not run:
            continue
        else:
            if not run:
                joined, listing = listing, False
            run += word.split()
    close()
    return QuestionRead(_distinct(concepts), _kind_of(question))


def _trim(run: list[str]) -> tuple[str, ...]:
    """The run without general words at its ends; empty where nothing else is left, or nothing of two letters."""
    words = list(run)
    while words and words[0] in GENERIC:
        words.pop(0)
    if all(word in QUALIFYING or len(word) < 2 or word.isdigit() for word in words):
        return ()
    return tuple(words[:LONGEST_RUN])


def _asks(word: str) -> bool:
    """Whether a word asks, or all parts of a compound do: "first-line", "65-year-old"."""
    parts = word.split()
    return all(part in ASKING | QUALIFYING or part.isdigit() for part in parts) if len(parts) > 1 else word in ASKING


def _distinct(concepts: list[list[tuple[str, ...]]]) -> tuple[Concept, ...]:
    """Without phrases all of whose words another one has: "the biosimilar" beside "biosimilar TNF inhibitor"."""
    keys = {phrase: frozenset(keys_of(" ".join(phrase))) for each in concepts for phrase in each}
    kept: list[Concept] = []
    seen: set[frozenset[str]] = set()
    for each in concepts:
        phrases = []
        for phrase in each:
            repeated = keys[phrase] in seen or any(keys[phrase] < other for other in keys.values())
            if not repeated:
                phrases.append(phrase)
            seen.add(keys[phrase])
        if phrases:
            kept.append(Concept(tuple(phrases)))
    return tuple(kept[:MOST_CONCEPTS])


def _kind_of(question: str) -> QuestionKind | None:
    kinds = {stem: kind for kind, stems in _KINDS for stem in stems.split()}
    words = normalise(question[:LONGEST_QUESTION]).split()
    for before, word in zip(["", *words], words, strict=False):
        key = key_of(word)
        # Behind a noun it only goes on with it: "stress symptoms".
        if key in kinds and (key not in {"symptom", "sign"} or before in ASKING | STOP_WORDS | {""}):
            return kinds[key]
    return None
