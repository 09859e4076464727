"""How much a record could change what a clinician does, by signs that stand in its title and abstract.

Of two records as close to an article, the randomised trial that counts deaths in thousands of patients comes before
the pharmacokinetic study and the narrative review. The signs follow GRADE's order of outcomes (those that matter to
patients before surrogates; Guyatt 2011) and the usual hierarchy of designs; their weights are round numbers and the
same for every article. The measure orders; it excludes nothing (rule R-25), and it holds only where the article's own
papers speak of people.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from litwatch.decisions.ranking.papers import Paper
from litwatch.decisions.ranking.term_matrix import Floats

_ANYWHERE: tuple[tuple[tuple[str, ...], re.Pattern[str], float], ...] = (
    (("mortality", "survival", "death", "hospitali", "morbidity", "quality of life"),
     re.compile(r"\b(?:mortality|survival|deaths?|hospitali[sz]\w*|morbidity|quality of life)\b"), 1.0),
    (("pharmaco", "bioavailab", "healthy "),
     re.compile(r"\bpharmaco(?:kinetic|dynamic)|\bbioavailab|\bhealthy (?:volunteers|subjects|men|male)"), -1.0),
    (("confidence", "95", "<", "=", ">", "ratio", "risk"),
     re.compile(r"\bconfidence interval|\b95 ?% ?ci\b|\bp ?[<=>] ?0?\.0|\b(?:odds|hazard) ratio|\brelative risk"), 0.5),
)  # fmt: skip
"""Signs in lower-case text. A pattern is tried only where one of the plain texts stands, which is quickly seen."""
_IN_TITLE: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"\brandomi[sz]|\brandomly\b"), 1.0),
    (re.compile(r"\btrials?\b"), 0.5),
    (re.compile(r"\breview\b|\boverview\b|\bupdate\b|\bguidelines?\b|\bconsensus\b"), -1.0),
)
_PER_TENFOLD = 0.5
"""For every tenfold of the people studied."""
_PEOPLE = r"(?:patients|subjects|women|men|participants|adults|children|individuals|people|persons|cases)"
_SIZE = re.compile(rf"\b(\d{{1,6}}) (?:[\w-]{{1,30}} ){{0,4}}{_PEOPLE}\b|\bn ?= ?(\d{{1,6}})\b", re.I)
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3})")  # the comma first, which is found faster than a digit
_HUMAN = re.compile(r"\b(?:patients|participants|subjects|women|men|children|adults)\b", re.I)
_ANIMAL = re.compile(r"\b(?:rats?|mice|mouse|rodents?|rabbits?|dogs?|pigs?|monkeys?|in vitro|cells?)\b", re.I)


def weigh_importance(papers: Sequence[Paper]) -> Floats:
    """One number a paper; only differences within a collection mean something."""
    return np.array([_weigh(paper) for paper in papers], dtype=np.float64)


def _weigh(paper: Paper) -> float:
    title = paper.title.lower()
    text = f"{title}. {paper.abstract.lower()}"
    signs = sum(
        weight for plain, pattern, weight in _ANYWHERE if any(one in text for one in plain) and pattern.search(text)
    )
    signs += sum(weight for pattern, weight in _IN_TITLE if pattern.search(title))
    return signs + _PER_TENFOLD * math.log10(1 + people_studied(text))


def people_studied(text: str) -> int:
    """The largest number of people that the text names, 0 where it names none; a year is not a number of people."""
    found = (int(first or second) for first, second in _SIZE.findall(_THOUSANDS.sub("", text)))
    return max((number for number in found if not 1900 <= number <= 2030), default=0)


def measure_clinical(papers: Sequence[Paper]) -> float:
    """0 to 1: the share of papers about people less that about animals and cells; 1 where there is no paper."""
    texts = [f"{paper.title}. {paper.abstract}" for paper in papers]
    about = sum(bool(_HUMAN.search(text)) - bool(_ANIMAL.search(text)) for text in texts)
    return max(0.0, about / len(texts)) if texts else 1.0
