"""What a sentence model reads of a text, by what the embedding is kept, and what must be known of the model.

Apart from ``sentence_model``, which loads NumPy: a store is asked for embeddings by who has no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

LONGEST_READ = 4000
"""Characters that are read of a text: more than the model's tokens ever take."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a reader must know of a model that has a part in an order."""

    name: str
    weights: str
    """SHA-256 of its weights, in hex."""
    vocabulary: str
    """SHA-256 of its vocabulary, in hex."""
    licence: str
    megabytes: int


MINILM = ModelFacts(
    name="all-MiniLM-L6-v2",
    weights="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    vocabulary="07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    licence="Apache-2.0",
    megabytes=91,
)
"""The one model that litwatch uses; another file under its name is refused."""


@dataclass(frozen=True, slots=True)
class EmbeddedTexts:
    """What the sentence model has read for this site."""

    texts: int
    seconds: float
    """Of processor time, for each on average."""


def key_of_text(title: str, abstract: str = "") -> str:
    """By what a text's embedding is kept: 32 hex digits of the SHA-256 of what the model reads."""
    return sha256(text_read(title, abstract).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def text_read(title: str, abstract: str = "") -> str:
    """What the model reads of a paper, or of a question."""
    return f"{title}. {abstract}"[:LONGEST_READ] if abstract else title[:LONGEST_READ]
