"""Text inside an answer that is no part of it: instructions and remarks that a text generator left behind.

The patterns are narrow on purpose: a true sentence shown as left-over would be worse than one missed. The sentence
stays in the article; it is only reported.
"""

from __future__ import annotations

import re

from litwatch.articles.furniture.furniture_words import source_needed

_LEFTOVER = re.compile(
    r"\b(?:conclusion|summary|introduction|heading|title)s? (?:is|are) not allowed\b"
    r"|\bthe (?:response|answer|output|text) (?:therefore |thus )?(?:ends|stops) here\b"
    r"|\b(?:end of|begin(?:ning)? of) (?:the )?(?:response|answer|output)\b"
    r"|\bas an? (?:ai|artificial intelligence|large language|language)\b.{0,20}\b(?:model|assistant)\b|\bas an ai\b"
    r"|\bi(?:'m| am) (?:sorry|unable|not able)\b"
    r"|\bi (?:cannot|can't|can not|could not|do not have|don't have) (?:provide|access|answer|fulfil|help|find)\b"
    r"|\b(?:i hope this helps|let me know if|feel free to ask|would you like me to|certainly[!,] here)\b"
    r"|^(?:sure|certainly|of course)[!,]? here(?:'s| is| are)\b"
    r"|^here(?:'s| is) (?:the|a|my|your) (?:(?:revised|final|rewritten|updated) )?(?:answer|response|version|summary)\b"
    r"|\b(?:word|token|character) (?:count|limit)\b.{0,20}\d"
    r"|\bmy (?:training data|knowledge cutoff)\b|\bmy last (?:knowledge )?update\b"
    r"|\[(?:insert|todo|your|placeholder)\b|<\|[a-z_]{2,30}\|>"
    r"|\boaicite\b|†source|\blorem ipsum\b"
    r"|^(?:\(?note|\*note): (?:the|this|i|my) (?:response|answer|output|have|am|previous|above)\b"
    r"|\b(?:per|following|according to|based on) (?:the|your) (?:instructions?|prompt|system message)\b"
    r"|^(?:system|assistant|user|human) ?: \S"
    r"|\bthe (?:user|prompt) (?:asks|asked|requests|requested|wants)\b|\brevised answer:",
    re.IGNORECASE,
)


def is_leftover(sentence: str) -> bool:
    """Whether a sentence speaks about its own making and not about medicine.

    >>> is_leftover("Conclusion is not allowed, so the response ends here.")
    True
    """
    said = sentence[:1000]
    return _LEFTOVER.search(said) is not None or source_needed().search(said) is not None
