"""Embeddings of texts by a sentence-transformers model: texts that mean the same lie close, whatever their words.

A BERT encoder with mean pooling, read from the bytes of its files and computed with NumPy alone, because nothing else
of such a library is needed: no training, no graphics card, no download. Devlin 2019 (BERT), Reimers & Gurevych 2019
(mean pooling), Wang 2020 (MiniLM). It is one more comparison of ``comparisons`` where a site has installed a model.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from litwatch.decisions.ranking.embedded_text import LONGEST_READ

LONGEST = 128
"""Tokens that are read of a text: the title and some 80 words of the abstract. Twice as many cost twice the time."""
_HEADS = 12
_UNKNOWN, _BEGIN, _END = "[UNK]", "[CLS]", "[SEP]"
_LONGEST_WORD = 100
_EVERY_WORD = "embeddings.word_embeddings.weight"
_WORD = re.compile(r"[^\W_]+|[^\s]")
Floats = NDArray[np.float32]


class SentenceModel:
    """A model in memory, 180 MB; ``embed`` takes 0.05 to 0.1 s of processor time for a text."""

    def __init__(self, weights: bytes, vocabulary: str) -> None:
        """``weights`` as a safetensors file, ``vocabulary`` as BERT's, a token a line. Raises ValueError if not so."""
        self._named = _read_tensors(weights)
        self._number = {token: number for number, token in enumerate(vocabulary.rstrip("\n").split("\n"))}
        self._pieces: dict[str, tuple[int, ...]] = {}
        if not {_UNKNOWN, _BEGIN, _END} <= self._number.keys() or _EVERY_WORD not in self._named:
            raise ValueError("not a BERT model with its vocabulary")

    def embed(self, text: str) -> bytes:
        """The text's embedding as whole numbers from -127 to 127, a byte each.

        They are rounded so that the last digits of a processor's arithmetic seldom matter, and kept once computed, so
        that whoever reads them has the same order.
        """
        vector = self._encode(np.asarray(self._tokens(text)))
        highest = float(np.abs(vector).max()) or 1.0
        return bytes(np.rint(vector * (127 / highest)).astype(np.int8).tobytes())

    def _tokens(self, text: str) -> list[int]:
        plain = unicodedata.normalize("NFD", text[:LONGEST_READ].lower())
        plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
        tokens = [self._number[_BEGIN]]
        for word in _WORD.findall(plain):
            tokens += self._split(word)
            if len(tokens) >= LONGEST - 1:
                break
        return [*tokens[: LONGEST - 1], self._number[_END]]

    def _split(self, word: str) -> tuple[int, ...]:
        """The word as the longest pieces that the vocabulary has, from its beginning (WordPiece)."""
        known = self._pieces.get(word)
        if known is not None:
            return known
        pieces: list[int] = []
        start = 0
        while start < len(word) <= _LONGEST_WORD:
            end = next((end for end in range(len(word), start, -1) if _piece(word, start, end) in self._number), None)
            if end is None:
                pieces = []
                break
            pieces.append(self._number[_piece(word, start, end)])
            start = end
        self._pieces[word] = tuple(pieces) or (self._number[_UNKNOWN],)
        return self._pieces[word]

    @cached_property
    def _layers(self) -> list[_Layer]:
        count = 1 + max(int(name.split(".")[2]) for name in self._named if name.startswith("encoder.layer."))
        return [_Layer.read(self._named, f"encoder.layer.{number}.") for number in range(count)]

    def _encode(self, tokens: NDArray[np.int64]) -> Floats:
        named = self._named
        rows = (
            named[_EVERY_WORD][tokens]
            + named["embeddings.position_embeddings.weight"][: len(tokens)]
            + named["embeddings.token_type_embeddings.weight"][0]
        )
        rows = _normalise(rows, named["embeddings.LayerNorm.weight"], named["embeddings.LayerNorm.bias"])
        for layer in self._layers:
            rows = layer.apply(rows)
        return np.asarray(rows.mean(axis=0))


def _piece(word: str, start: int, end: int) -> str:
    return f"##{word[start:end]}" if start else word[:end]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of the encoder; matrices are turned once, so that each product reads them in order."""

    attend: Floats
    attend_bias: Floats
    gather: Floats
    gather_bias: Floats
    first_scale: Floats
    first_shift: Floats
    widen: Floats
    widen_bias: Floats
    narrow: Floats
    narrow_bias: Floats
    second_scale: Floats
    second_shift: Floats

    @classmethod
    def read(cls, named: dict[str, Floats], place: str) -> _Layer:
        def turned(name: str) -> Floats:
            return np.ascontiguousarray(named[f"{place}{name}.weight"].T)

        asked = [f"attention.self.{part}" for part in ("query", "key", "value")]
        return cls(
            np.concatenate([turned(name) for name in asked], axis=1),
            np.concatenate([named[f"{place}{name}.bias"] for name in asked]),
            turned("attention.output.dense"),
            named[f"{place}attention.output.dense.bias"],
            named[f"{place}attention.output.LayerNorm.weight"],
            named[f"{place}attention.output.LayerNorm.bias"],
            turned("intermediate.dense"),
            named[f"{place}intermediate.dense.bias"],
            turned("output.dense"),
            named[f"{place}output.dense.bias"],
            named[f"{place}output.LayerNorm.weight"],
            named[f"{place}output.LayerNorm.bias"],
        )

    def apply(self, rows: Floats) -> Floats:
        count, width = rows.shape
        size = width // _HEADS
        asked = (rows @ self.attend + self.attend_bias).reshape(count, 3, _HEADS, size).transpose(1, 2, 0, 3)
        likeness = asked[0] @ asked[1].transpose(0, 2, 1) * np.float32(size**-0.5)
        share = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
        share /= share.sum(axis=-1, keepdims=True)
        met = (share @ asked[2]).transpose(1, 0, 2).reshape(count, width)
        rows = _normalise(rows + met @ self.gather + self.gather_bias, self.first_scale, self.first_shift)
        wide = _gelu(rows @ self.widen + self.widen_bias)
        return _normalise(rows + wide @ self.narrow + self.narrow_bias, self.second_scale, self.second_shift)


def _normalise(rows: Floats, scale: Floats, shift: Floats) -> Floats:
    centred = rows - rows.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    return np.asarray(centred / spread * scale + shift)


def _gelu(rows: Floats) -> Floats:
    """x times the normal distribution at x, by Abramowitz & Stegun 7.1.26: off by 1.5e-7, in a third of erf's time."""
    far = np.abs(rows) * np.float32(2**-0.5)
    near = 1 / (1 + np.float32(0.3275911) * far)
    tail = np.zeros_like(near)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail = (tail + np.float32(factor)) * near
    tail *= np.exp(-far * far)
    return np.asarray(np.float32(0.5) * rows * np.where(rows > 0, 2 - tail, tail))


def _read_tensors(file: bytes) -> dict[str, Floats]:
    """The single-precision tensors of a safetensors file: 8 bytes of length, a JSON header, the numbers."""
    length = int.from_bytes(file[:8], "little")
    try:
        header: dict[str, Any] = orjson.loads(file[8 : 8 + length])
        return {
            name: _read_tensor(file, 8 + length, told)
            for name, told in header.items()
            if name != "__metadata__" and told["dtype"] == "F32"
        }
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a safetensors file: {error}") from None


def _read_tensor(file: bytes, offset: int, told: dict[str, Any]) -> Floats:
    first, last = told["data_offsets"]
    numbers = np.frombuffer(file, dtype="<f4", count=(last - first) // 4, offset=offset + first)
    return numbers.reshape(told["shape"])
