"""What a sentence says of a study that is not this one: an earlier trial's result, a design that this one has not."""

from __future__ import annotations

import re

_NEXT_PART = re.compile(
    r";|,|\s(?:whereas|while|but|although|compared|versus|vs|and (?=in |with |from |for |ours?\b|here\b)|than)\b"
)
"""Where another study may come in."""
_STUDY = r"(?:trials?|stud(?:y|ies)|(?:meta-)?analys[ei]s|cohorts?|reports?|reviews?|data|series|investigators)"
_EARLIER = re.compile(
    r"\b(?:previous|earlier|prior|published|original|pivotal|historical|preceding|former|other)"
    rf" (?:[\w-]+ ){{0,4}}{_STUDY}\b"
    r"|\bet al\b|\bpreviously (?:published|reported)\b",
    re.IGNORECASE,
)
_BY_NAME = re.compile(
    r"\b(?i:in|from|by|of|to|with|than) (?:the )?(?=[\w-]*[A-Z][\w-]*[A-Z\d])[A-Z][\w-]{2,20}(?![\w-])"
)
"""A name in capitals is a trial's or a disease's; only beside a word for this study it is another trial's."""
_OURS = re.compile(
    r"\b(?:ours|our (?:own )?(?:[\w-]+ ){0,2}(?:trial|study|analysis|cohort|data|series|patients|population|results?)"
    r"|(?:the )?(?:present|current) (?:trial|study|analysis|cohort|data)"
    r"|this (?:trial|study|analysis|cohort)|we (?:found|observed|saw)|here)\b",
    re.IGNORECASE,
)
_IN_CONTRAST = re.compile(
    r"\b(?:unlike|in contrast (?:to|with)|contrary to|rather than|instead of|as opposed to|different from"
    r"|not(?: represent| constitute)?|neither"
    r"|nor|than|absence of|lack of|without|in (?:the )?place of|similar to|as in|emulat(?:e|es|ed|ing))"
    r"\s(?:(?:in|from|with|of|those|that|by)\s){0,2}(?:(?:an?|the|any|such|other|large|larger|true|single|formal)\s){0,2}$"
)
_TO_COME = re.compile(
    r"[^.;]{0,100}?\b(?:is|are) (?:(?:currently|now|still|being) ){0,2}"
    r"(?:underway|under way|ongoing|planned|needed|warranted|required|awaited)\b"
)


def is_of_another_study(text: str, at: int) -> bool:
    """Whether what stands at a place in a sentence is told of an earlier study and not of this one.

    >>> said = "In ALPHA-1 the hazard ratio was 0.80; in our trial the hazard ratio was 0.95."
    >>> is_of_another_study(said, said.index("hazard")), is_of_another_study(said, said.rindex("hazard"))
    (True, False)
    """
    begins = max((found.end() for found in _NEXT_PART.finditer(text, 0, at)), default=0)
    ends = _NEXT_PART.search(text, at)
    part = text[begins : ends.start() if ends else len(text)]
    if _OURS.search(part):
        return False
    # "In the earlier trial by others, the hazard ratio was": up to a comma its study may have been named.
    before = text[:at] if not _OURS.search(text, 0, at) else part
    if _EARLIER.search(part) or (_EARLIER.search(before) and _OURS.search(text, at)):
        return True
    return bool(_BY_NAME.search(before) and _OURS.search(text))


def is_set_against(folded: str, at: int) -> bool:
    """Whether what stands at a place, in a sentence in small letters, is what this study was not.

    >>> is_set_against("unlike a randomised trial, we", 9), is_set_against("we ran a randomised trial", 9)
    (True, False)
    """
    return bool(_IN_CONTRAST.search(folded[max(0, at - 60) : at]))


def is_still_to_come(folded: str, end: int) -> bool:
    """Whether what ends at a place, in a sentence in small letters, is a study that is under way or wanted.

    >>> said = "a phase 3 trial of it is currently underway."
    >>> is_still_to_come(said, said.index(" of it"))
    True
    """
    return bool(_TO_COME.match(folded, end))
