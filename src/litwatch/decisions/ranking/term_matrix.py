"""Texts as sparse matrices of word stems, pairs of neighbouring stems and headings; one pass over the letters.

Weights are TF-IDF with a logarithmic term frequency (Salton & Buckley 1988), rows of length 1. Document frequencies
come from the texts that are given, all of them: the records to be ranked, the article's own papers and a background.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from snowballstemmer import stemmer

from litwatch.strategy.word_forms import spell_american

Floats = NDArray[np.float64]
Matrix = Any
"""A scipy CSR array, one row a text; scipy has no types."""

_BLANKED = bytes(letter if chr(letter).isalnum() and letter < 128 else 32 for letter in range(256))
_COMMON = frozenset(
    "about above across after afterwards again against all almost alone along already also although always am"
    " among amongst amoungst amount an and another any anyhow anyone anything anyway anywhere are around as at"
    " back be became because become becomes becoming been before beforehand behind being below beside besides"
    " between beyond bill both bottom but by call can cannot cant co con could couldnt cry de describe detail do"
    " done down due during each eg eight either eleven else elsewhere empty enough etc even ever every everyone"
    " everything everywhere except few fifteen fifty fill find fire first five for former formerly forty found"
    " four from front full further get give go had has hasnt have he hence her here hereafter hereby herein"
    " hereupon hers herself him himself his how however hundred ie if in inc indeed interest into is it its itself"
    " keep last latter latterly least less ltd made many may me meanwhile might mill mine more moreover most"
    " mostly move much must my myself name namely neither never nevertheless next nine no nobody none noone nor"
    " not nothing now nowhere of off often on once one only onto or other others otherwise our ours ourselves out"
    " over own part per perhaps please put rather re same see seem seemed seeming seems serious several she should"
    " show side since sincere six sixty so some somehow someone something sometime sometimes somewhere still such"
    " system take ten than that the their them themselves then thence there thereafter thereby therefore therein"
    " thereupon these they thick thin third this those though three through throughout thru thus to together too"
    " top toward towards twelve twenty two un under until up upon us very via was we well were what whatever when"
    " whence whenever where whereafter whereas whereby wherein whereupon wherever whether which while whither who"
    " whoever whole whom whose why will with within without would yet you your yours yourself yourselves".split()
)
"""The stop words of the Glasgow Information Retrieval Group, as scikit-learn has them."""
_ENGLISH = stemmer("english")


_MAY_CHANGE = re.compile(r"(?:s|ed|ing|y|i|er|or|ion|ism|ic|al|ul|ll|e|[ae]nt|ist)$")
"""Endings that the stemmer may take away or turn; a word with none of them, four in ten, is its own stem."""
_PLURAL, _VOWEL = re.compile(r"(?<!ie)[^aeiousy]s$"), re.compile(r"[aeiou]")
"""An ending whose "s" the stemmer takes away first, if a vowel stands before; the rest it treats as the singular."""


@cache
def stem(word: str) -> str:
    """The word's stem by Porter's second English algorithm: "trials" meets "trial"."""
    if _PLURAL.search(word) and _VOWEL.search(word, 1, len(word) - 2) and word != "news":
        return stem(word[:-1])
    return str(_ENGLISH.stemWord(word)) if _MAY_CHANGE.search(word) else word


def split(text: str) -> list[str]:
    """Its runs of the letters a to z and digits, in lower case; anything else stands between two."""
    return text.lower().encode("ascii", "replace").translate(_BLANKED).decode("ascii").split()


class _Numbers(dict[str, int]):
    """Word → number of its stem; -1 for words that say nothing. New words get the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.stems: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        number = -1
        if len(word) > 1 and word not in _COMMON:
            number = self.stems.setdefault(stem(spell_american(word)), len(self.stems))
        self[word] = number
        return number


class Terms:
    """Texts counted once. Each is a sequence of passages (a title, an abstract); a pair never crosses two."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        numbers = _Numbers()
        rows: list[int] = []
        passages: list[list[int]] = []
        for row, text in enumerate(texts):
            for passage in text:
                rows.append(row)
                passages.append(list(map(numbers.__getitem__, split(passage))))
        lengths = np.fromiter(map(len, passages), dtype=np.int64, count=len(passages))
        flat = np.fromiter(chain.from_iterable(passages), dtype=np.int64, count=int(lengths.sum()))
        place = np.repeat(np.arange(len(passages)), lengths)
        kept = flat >= 0
        flat, place = flat[kept], place[kept]
        row_of = np.asarray(rows, dtype=np.int64)
        self.words = _count(row_of[place], flat, len(texts), max(1, len(numbers.stems)))
        """How often each stem stands in each text."""
        together = place[1:] == place[:-1]
        pairs = flat[:-1][together] * (len(numbers.stems) + 1) + flat[1:][together]
        known, columns = np.unique(pairs, return_inverse=True)
        self.pairs = _count(row_of[place[1:][together]], columns, len(texts), max(1, len(known)))
        """How often each pair of neighbouring stems stands in each text."""


def count_names(names: Sequence[Iterable[str]]) -> Matrix:
    """Which name (a heading, a reference) each text carries, as 0 and 1."""
    numbers: dict[str, int] = {}
    rows, columns = [], []
    for row, some in enumerate(names):
        for name in dict.fromkeys(some):
            rows.append(row)
            columns.append(numbers.setdefault(name, len(numbers)))
    return _count(np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64), len(names), len(numbers) or 1)


def _count(rows: NDArray[np.int64], columns: NDArray[np.int64], height: int, width: int) -> Matrix:
    keys, counts = np.unique(rows * width + columns, return_counts=True)
    return csr_array((counts.astype(np.float64), (keys // width, keys % width)), shape=(height, width))


def document_frequency(counts: Matrix) -> Floats:
    """In how many texts each column occurs."""
    return np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.float64)


def weigh(counts: Matrix) -> Matrix:
    """TF-IDF rows of length 1 (0 for an empty text): (1 + ln tf) · (1 + ln((1 + n) / (1 + df)))."""
    idf = 1 + np.log((1 + counts.shape[0]) / (1 + document_frequency(counts)))
    weighted = counts.copy()
    weighted.data = (1 + np.log(counts.data)) * idf[counts.indices]
    return scale_rows(weighted)


def scale_rows(matrix: Matrix) -> Matrix:
    """Rows of length 1; an empty row stays empty."""
    size = np.diff(matrix.indptr)
    row_of = np.repeat(np.arange(matrix.shape[0]), size)
    length = np.sqrt(np.bincount(row_of, matrix.data**2, matrix.shape[0]))
    scaled = matrix.copy()
    scaled.data = matrix.data / np.where(length > 0, length, 1)[row_of]
    return scaled
