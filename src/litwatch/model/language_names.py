"""NLM's three-letter codes of languages and the names that summaries and abstracts print for them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

LANGUAGES: Final = MappingProxyType(
    {
        "eng": "English", "ger": "German", "fre": "French", "spa": "Spanish", "ita": "Italian", "jpn": "Japanese",
        "chi": "Chinese", "rus": "Russian", "por": "Portuguese", "pol": "Polish", "dut": "Dutch", "kor": "Korean",
        "tur": "Turkish", "cze": "Czech", "hun": "Hungarian", "dan": "Danish", "swe": "Swedish", "nor": "Norwegian",
        "heb": "Hebrew", "ukr": "Ukrainian", "mul": "Multiple Languages", "und": "Undetermined",
    }
)  # fmt: skip
"""Code → English name; a code that is not here is shown as it is."""
