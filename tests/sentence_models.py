"""A tiny sentence model with invented weights: the same form as the real one, two layers, twenty-four numbers wide."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

WORDS = "salt blood pressure sleep insulin migraine aura soil steel bridge".split()
VOCABULARY = "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "##s", "##ing", *WORDS]) + "\n"
WIDTH, LAYERS = 24, 2


def invent_weights(seed: int = 18) -> bytes:
    """A safetensors file."""
    dice = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY.split("\n")), WIDTH),
        "embeddings.position_embeddings.weight": (128, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        place = f"encoder.layer.{number}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= {f"{place}.attention.{part}.weight": (WIDTH, WIDTH), f"{place}.attention.{part}.bias": (WIDTH,)}
        shapes |= {f"{place}.intermediate.dense.weight": (48, WIDTH), f"{place}.intermediate.dense.bias": (48,)}
        shapes |= {f"{place}.output.dense.weight": (WIDTH, 48), f"{place}.output.dense.bias": (WIDTH,)}
        norms += [f"{place}.attention.output.LayerNorm", f"{place}.output.LayerNorm"]
    tensors = {name: dice.normal(0, 0.3, shape) for name, shape in shapes.items()}
    tensors["embeddings.position_embeddings.weight"] *= 0.01
    for name in norms:
        tensors |= {f"{name}.weight": np.ones(WIDTH), f"{name}.bias": np.zeros(WIDTH)}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    parts, offset = [], 0
    for name, numbers in tensors.items():
        data = numbers.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(numbers.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    told = orjson.dumps(header)
    return len(told).to_bytes(8, "little") + told + b"".join(parts)
