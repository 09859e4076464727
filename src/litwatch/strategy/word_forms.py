"""The forms of a word under which PubMed must be asked for it: endings, British and American spelling, truncation.

PubMed searches ``[tiab]`` for the words as they stand and maps nothing, so a strategy names every form itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from snowballstemmer import stemmer

from litwatch.strategy.characters import STOP_WORDS, WILDCARD, normalise
from litwatch.strategy.common_words import ASKING, COMMON, GENERIC, METHODS

_ENGLISH = stemmer("english")

_SPELLINGS = tuple(
    pair.split("=")
    for pair in """anaemi=anemi glycaem=glycem leukaem=leukem ischaem=ischem lipidaem=lipidem uraemi=uremi
    volaem=volem haemo=hemo haema=hema oedema=edema oesophag=esophag paediatr=pediatr orthopaed=orthoped
    anaesth=anesth rrhoea=rrhea apnoea=apnea coeliac=celiac oestrogen=estrogen foetal=fetal foetus=fetus
    gynaec=gynec tumour=tumor behaviour=behavior aetiolog=etiolog fibre=fiber caesarean=cesarean faecal=fecal
    caecum=cecum sulph=sulf isation=ization colour=color labour=labor centre=center""".split()
)
"""British = American, anywhere in a word; some only as a whole word (laboratories) or at its start (chemotherapy)."""

SHORTEST_CUT = 6
"""Letters before an asterisk. PubMed takes four, but ``gene*`` finds general, generation and genesis."""

LONGEST_ABBREVIATION = 4
"""Letters up to which a word may be an abbreviation, which gets no plural unless records have it."""

_CUT_ENDINGS = frozenset({""} | set("s es y ies e ed ing ion ions ive al ic ics ent ence ance ity ism ous".split()))
"""What truncation may take from a word: ``incontinence`` becomes ``incontin*``, but ``originator`` not ``origin*``."""

_WHOLE_WORDS = frozenset({"labor", "labour", "color", "colour", "center", "centre"})
_AT_THE_START = frozenset({"haemo", "hemo", "haema", "hema"})


_BRITISH = re.compile("|".join(british for british, _ in _SPELLINGS))


def spell_american(word: str) -> str:
    """A word in lower case as the Americans write it: ``anemia`` for ``anaemia``; others stay as they are."""
    return _spell(word, american=True) if _BRITISH.search(word) else word


@cache
def key_of(word: str) -> str:
    """What all forms of a normalised word have in common: Porter's second English stem of its American spelling."""
    return str(_ENGLISH.stemWord(spell_american(word)))


def _has(word: str, part: str) -> bool:
    if part in _WHOLE_WORDS:
        return word.removesuffix("s") == part
    return word.startswith(part) if part in _AT_THE_START else part in word


def keys_of(text: str) -> tuple[str, ...]:
    """The keys of a text's words in their order."""
    return tuple(key_of(word) for word in normalise(text).split())


def spellings_of(text: str) -> tuple[str, ...]:
    """A word or phrase as it is, and as the Americans and the British write it: ``anaemia``, ``anemia``."""
    american = " ".join(_spell(word, american=True) for word in text.split(" "))
    british = " ".join(_spell(word, american=False) for word in text.split(" "))
    return tuple(dict.fromkeys((text, american, british)))


def _spell(word: str, *, american: bool) -> str:
    for british, spelt in _SPELLINGS:
        old, new = (british, spelt) if american else (spelt, british)
        if _has(word, old) and (new not in word or len(new) < len(old)):
            word = word.replace(old, new)
    return word


def number_forms(word: str) -> tuple[str, ...]:
    """The word and its other number: ``blocker`` and ``blockers``; only itself where that is not a plain case."""
    if len(word) < 4 or not word.isalpha():
        return (word,)
    if word.endswith("ies") and len(word) > 5:
        return (word, word[:-3] + "y")
    if re.search(r"(?:x|ch|sh|ss|(?<![aeo])us)es$", word):
        return (word, word[:-2])
    if word.endswith("s"):
        return (word,) if re.search(r"(?:ss|us|is|ics|as|os|tes)$", word) else (word, word[:-1])
    if re.search(r"(?:ly|ance|ence|ism|ing|ed|ic|al|ive|ous|ia)$", word):
        return (word,)
    if re.search(r"[^aeiou]y$", word):
        return (word, word[:-1] + "ies")
    return (word, word + "s")


def truncate(word: str) -> str | None:
    """``statins`` → ``statin*``; None where what stands before the asterisk is too short or begins a common word."""
    stem = str(_ENGLISH.stemWord(word))
    if stem.endswith("i") and word in {stem[:-1] + "y", stem[:-1] + "ies"}:
        stem = stem[:-1]
    singular = min(number_forms(word), key=len)
    for cut in dict.fromkeys((stem, singular)):
        ending = word[len(cut) :] if word.startswith(cut) else None
        if ending in _CUT_ENDINGS and len(cut) >= SHORTEST_CUT and not _begins_another(cut, word):
            return cut + WILDCARD
    return None


def word_terms(word: str, seen: Iterable[str] = ()) -> list[str]:
    """``[tiab]`` terms for one word: truncated, or its forms in full with those ``seen`` in records; both spellings."""
    terms: list[str] = []
    seen = frozenset(seen)
    for spelt in spellings_of(word):
        cut = truncate(spelt)
        numbers = [form for form in number_forms(spelt) if form in seen or len(spelt) > LONGEST_ABBREVIATION]
        forms = [cut] if cut else [spelt, *numbers]
        terms += [f"{form}[tiab]" for form in forms]
    stems = [term.removesuffix(f"{WILDCARD}[tiab]") for term in terms if WILDCARD in term]
    own = key_of(word)
    terms += [
        f"{form}[tiab]" for form in sorted(seen) if key_of(form) == own and not any(form.startswith(s) for s in stems)
    ]
    return list(dict.fromkeys(terms))


def phrase_terms(words: Sequence[str], seen: Collection[str] = ()) -> list[str]:
    """``[tiab]`` terms for these words beside each other, the whole in both spellings.

    The last word also in the singular, and in the plural where that is among the words ``seen`` in records. Written as
    proximity, ``[tiab:~0]``, because a quoted phrase finds nothing where PubMed's phrase index lacks it (PubMed User
    Guide, "Phrase searching"); a stop-word among them is one word that may stand between.
    """
    *first, last = [word for word in words if word not in STOP_WORDS] or words
    between = max(0, len(words) - len(first) - 1)
    forms = [form for form in number_forms(last) if len(form) <= len(last) or form in seen]
    whole = [" ".join([*first, form]) for form in forms]
    spelt = dict.fromkeys(each for phrase in whole for each in spellings_of(phrase))
    return [f'"{phrase}"[tiab:~{between}]' if " " in phrase else f"{phrase}[tiab]" for phrase in spelt]


def plain_terms(word: str, seen: Collection[str] = ()) -> list[str]:
    """``[tiab]`` terms for one word in full, with its other number where that is among the words ``seen``."""
    forms = [form for form in number_forms(word) if form == word or form in seen]
    return [f"{each}[tiab]" for each in dict.fromkeys(spelt for form in forms for spelt in spellings_of(form))]


def _begins_another(stem: str, word: str) -> bool:
    own = key_of(word)
    return any(other.startswith(stem) and key_of(other) != own for other in _WELL_KNOWN)


_WELL_KNOWN = tuple(sorted(ASKING | COMMON | GENERIC | METHODS))
