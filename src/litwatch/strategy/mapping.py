"""Automatic term mapping: what an untagged run of words becomes.

A simplification of NLM's (PubMed User Guide, "Automatic Term Mapping"): the longest run of words that is a MeSH
heading or entry term becomes that heading OR its words OR itself in All Fields; every other word is searched in All
Fields; the pieces are joined by AND. Left out: journals, authors, and NLM's list of spelling variants, of which only
the plural and the possessive of a mapped word are made. A wildcard switches mapping off for its run. Lower-case
``and``, ``or``, ``not`` are passed over like stop-words: NLM has always asked for capitals (Technical Bulletin 1997
Jul–Aug; PubMed tutorial 020_230) and warns that lower case fails in some searches (NNLM NER newsletter 2007;6(4)).
"""

from __future__ import annotations

from litwatch.strategy.characters import STOP_WORDS, WILDCARD, normalise, normalise_pattern, usable_wildcards
from litwatch.strategy.expression import Operator
from litwatch.strategy.fields import ALL_FIELDS
from litwatch.strategy.lexicon import Lexicon
from litwatch.strategy.meaning import Meaning, Remarks, join, shown_heading, shown_text
from litwatch.strategy.mesh_tree import MESH_IN_USE
from litwatch.strategy.plan import Pmids, Values, Words
from litwatch.strategy.searchable import KNOWN_FLAGS

LONGEST_HEADING = 12
"""Words of a run that are tried as one heading."""
LOWER_OPERATORS = frozenset({"and", "or", "not"})


def map_run(text: str, lexicon: Lexicon, remarks: Remarks) -> Meaning | None:
    """Map an untagged, unquoted run of words; None when nothing of it is found."""
    written = text.split()
    usable = usable_wildcards(text)
    mapping = WILDCARD not in usable
    if not mapping:
        written = usable.split()
    pieces: list[Meaning] = []
    place = 0
    while place < len(written):
        taken, piece = _piece(written[place:], lexicon, remarks, mapping=mapping)
        if piece:
            pieces.append(piece)
        place += taken
    return join(pieces, Operator.AND) if pieces else None


def all_fields(words: str, shown: str | None = None) -> Meaning:
    """The words, as one phrase, in All Fields."""
    return Meaning(Words(ALL_FIELDS.sections, words), f'"{shown or words}"[All Fields]')


def _shown_all_fields(words: str) -> Meaning:
    return all_fields(normalise(words), shown_heading(words))


def _piece(written: list[str], lexicon: Lexicon, remarks: Remarks, *, mapping: bool) -> tuple[int, Meaning | None]:
    """How many words the next piece takes, and what it means."""
    numbers = _leading_pmids(written)
    if numbers:
        return len(numbers), _pmids(numbers)
    for length in range(min(len(written), LONGEST_HEADING) if mapping else 0, 0, -1):
        phrase = normalise(" ".join(written[:length]))
        if phrase and phrase not in STOP_WORDS and lexicon.is_heading(phrase):
            return length, _heading(phrase, " ".join(written[:length]), remarks)
    word = written[0]
    words = normalise_pattern(word)
    if words in STOP_WORDS or word in LOWER_OPERATORS:
        (remarks.phrases_ignored if len(written) > 1 else remarks.phrases_not_found).append(word)
        return 1, None
    if words in KNOWN_FLAGS and words.startswith("has"):
        return 1, Meaning(Values("sb", frozenset({words})), f'"{words}"[All Fields]')
    if not words or not lexicon.has_words(ALL_FIELDS.sections, words):
        remarks.phrases_not_found.append(word)
        return 1, None
    return 1, all_fields(words, shown_text(word) if mapping or WILDCARD not in word else words)


def _leading_pmids(written: list[str]) -> list[int]:
    numbers = []
    for word in written:
        if not (word.isascii() and word.isdigit() and 5 <= len(word) <= 9):
            break
        numbers.append(int(word))
    return numbers


def _pmids(numbers: list[int]) -> Meaning:
    return join([Meaning(Pmids(frozenset({number})), f"{number}[UID]") for number in numbers], Operator.OR)


def _heading(phrase: str, written: str, remarks: Remarks) -> Meaning:
    """A heading, its words joined by AND, itself in All Fields, and the same of what was typed.

    TranslationSet keeps a heading's hyphens, QueryTranslation drops them; what was typed as several words is cut at its
    hyphens, too, so that ``blood-brain barrier`` has two groups of words (recorded in 2023 and 2026).
    """
    found = MESH_IN_USE.find(phrase)
    label = found.label.lower() if found else written.lower()
    options = [Meaning(Values("mh", MESH_IN_USE.explode(label)), f'"{shown_heading(label)}"[MeSH Terms]')]
    spoken = [f'"{label}"[MeSH Terms]']
    typed = phrase if " " in written or phrase.isalpha() else label
    for words in dict.fromkeys((normalise(label) if "," in label else label, typed)):
        if " " in words:
            singly = [word for word in words.split() if word not in STOP_WORDS]
            options.append(join([_shown_all_fields(word) for word in singly], Operator.AND))
            each = " AND ".join(f'"{word}"[All Fields]' for word in singly)
            spoken.append(f"({each})" if len(singly) > 1 else each)
        options.append(_shown_all_fields(words))
        spoken.append(f'"{words}"[All Fields]')
    if phrase.isalpha() and not phrase.endswith("s"):
        options += [all_fields(f"{phrase}s"), all_fields(f"{phrase} s")]
        spoken += [f'"{phrase}s"[All Fields]', f'"{phrase}\'s"[All Fields]']
    remarks.translation_set.append((written, " OR ".join(spoken)))
    return join(options, Operator.OR)
