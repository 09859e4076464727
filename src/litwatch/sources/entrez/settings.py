"""Settings for NCBI: who asks, where, how patiently. Wrong values are rejected before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

from litwatch.model.errors import SettingsError
from litwatch.model.text.hidden_secrets import SHOWN_INSTEAD, hide_secrets
from litwatch.model.text.loopback import is_loopback

NCBI = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
"""NLM, Entrez Programming Utilities Help (NBK25497): the base of every E-utility."""


@dataclass(frozen=True, slots=True)
class EntrezSettings:
    """How to reach NCBI. Raises SettingsError, naming the setting, for anything that NCBI or prudence forbids."""

    email: str = field(repr=False)
    """Required by NCBI with every request, so that it can write before it blocks (NBK25497)."""
    tool: str = "litwatch"
    base_url: str = NCBI
    api_key: str | None = field(default=None, repr=False)
    connect_timeout: float = 10.0
    """Seconds for reaching the host."""
    read_timeout: float = 60.0
    """Seconds of silence within an answer."""
    deadline: float = 180.0
    """Seconds for one request from first to last byte."""
    max_body: int = 64 * 1024 * 1024
    """Bytes of one answer after decompression; 200 ordinary records have about 4 MB."""
    tries: int = 5
    machines: int = 1
    """So many machines ask with this address or key at the same time; each has its share of NCBI's rate."""
    pace_file: Path | None = None
    """Shared by every process on this machine; None paces this process only."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", self.email or ""):
            raise SettingsError(
                "LITWATCH_EMAIL is not set to a mail address: NCBI requires one with every request; set it to yours"
            )
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,50}", self.tool or ""):
            raise SettingsError("LITWATCH_TOOL must be 1 to 50 letters, digits, '_', '.' or '-': NCBI requires a name")
        address = urlsplit(self.base_url)
        if address.scheme not in {"http", "https"} or not address.hostname or address.username is not None:
            raise SettingsError("LITWATCH_EUTILS must be an http or https address without user name")
        if self.api_key is not None:
            if not re.fullmatch(r"[!-~]+", self.api_key):
                raise SettingsError("LITWATCH_API_KEY holds a blank, a line end or a strange character; set it again")
            if address.scheme == "http" and not is_loopback(address.hostname):
                raise SettingsError(
                    "LITWATCH_API_KEY would travel unencrypted: make LITWATCH_EUTILS an https address or unset the key"
                )
        if min(self.connect_timeout, self.read_timeout, self.deadline, self.max_body, self.tries) <= 0:
            raise SettingsError("time-outs, body limit and tries of the E-utilities must be greater than zero")

    @property
    def place(self) -> str:
        """Host, and port where the base address names one, for messages."""
        return urlsplit(self.base_url).netloc

    def mask(self, text: str) -> str:
        """The text without API key and mail address, however they were escaped."""
        return hide_secrets(text, (self.api_key, self.email))

    def scrub(self, body: bytes) -> bytes:
        """A body without the API key: NCBI repeats a wrong one, and a quotation could cut it in two unseen."""
        for form in {self.api_key, quote_plus(self.api_key)} if self.api_key else ():
            body = re.sub(re.escape(form).encode(), SHOWN_INSTEAD.encode(), body, flags=re.IGNORECASE)
        return body
