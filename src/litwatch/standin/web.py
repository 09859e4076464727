"""What passes between the wire and the utilities: a request taken apart, an answer, and how it is to be delivered.

Plain values, so that a utility is a function from request to answer and a fault a function from answer to answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

XML: Final = "text/xml; charset=UTF-8"
JSON: Final = "application/json; charset=UTF-8"
TEXT: Final = "text/plain; charset=UTF-8"
HTML: Final = "text/html; charset=UTF-8"


class Part(NamedTuple):
    """A stretch of the body and the seconds to wait before sending it."""

    size: int
    pause: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the wire carries the answer; the defaults are a healthy server's."""

    reset_before_headers: bool = False
    close_before_headers: bool = False
    cut_body_at: float | None = None
    """Fraction of the coded body after which the connection ends."""
    reset_at_cut: bool = False
    """Ends it with a TCP reset in place of an orderly close."""
    broken_chunk: bool = False
    """The last chunk is announced longer than it is."""
    length_lie: int | None = None
    """Sends Content-Length, wrong by so many bytes, in place of chunks."""
    hang_before: float = 0.0
    """Seconds of silence before the status line."""
    hang_after_headers: float = 0.0
    drip: Part | None = None
    """Sends the body in parts of this size with this pause before each."""
    close: bool = False
    """Closes the connection after a whole answer, although keep-alive was promised."""
    claim_gzip: bool = False
    """Says gzip and sends plain bytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. ``headers`` add to, or replace, those that every answer carries."""

    body: bytes
    content_type: str = XML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery()
    private: bool = False
    """Keeps a web page of another origin from reading it."""

    def delivered(self, **how: Any) -> Answer:
        """The same answer, carried otherwise: keyword arguments are ``Delivery``'s fields."""
        return replace(self, delivery=replace(self.delivery, **how))


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, its query and its form read into parameters."""

    method: str
    path: str
    """Without the query."""
    parameters: Mapping[str, tuple[str, ...]]
    """Names as sent (E-utilities' are lower-case but for WebEnv); every value in order, query before form."""
    headers: Mapping[str, str]
    """Names lower-case."""
    address: str
    """The caller's IP address."""
    body: bytes = b""

    def get(self, name: str, otherwise: str = "") -> str:
        """The first value of a parameter, blanks at its ends dropped."""
        values = self.parameters.get(name)
        return values[0].strip() if values else otherwise

    def number(self, name: str, otherwise: int) -> int:
        """A parameter as a number, or ``otherwise`` where it is absent, negative or none."""
        text = self.get(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else otherwise

    @property
    def web_env(self) -> str:
        """The history session; NCBI documents ``WebEnv``, takes ``webenv`` too, and Biopython's tutorial sends that."""
        return self.get("WebEnv") or self.get("webenv")

    @property
    def wants_json(self) -> bool:
        """Whether ``retmode`` asks for JSON."""
        return self.get("retmode").lower() == "json"

    @property
    def utility(self) -> str:
        """The last part of the path without its suffix: ``esearch``."""
        return self.path.rsplit("/", 1)[-1].partition(".")[0]


def read_parameters(*encoded: str) -> dict[str, tuple[str, ...]]:
    """Read query strings and forms, in order; bytes that are no UTF-8 are replaced, as NCBI does.

    Raises ValueError for more than 20,000 fields.
    """
    parameters: dict[str, tuple[str, ...]] = {}
    for text in encoded:
        for name, value in parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=20_000):
            parameters[name] = (*parameters.get(name, ()), value)
    return parameters


def json_answer(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer in NCBI's form: no blanks, text not escaped to ASCII, one newline at the end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
    return Answer(text.encode("utf-8", "surrogatepass"), JSON, status, headers or {})
