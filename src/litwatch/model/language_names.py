"""NLM's three-letter codes of languages and the names that PubMed prints and takes for them in searches."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

LANGUAGE_NAMES: Final = MappingProxyType(
    {
        "eng": "English", "ger": "German", "fre": "French", "spa": "Spanish", "ita": "Italian", "jpn": "Japanese",
        "chi": "Chinese", "rus": "Russian", "por": "Portuguese", "pol": "Polish", "dut": "Dutch", "kor": "Korean",
        "tur": "Turkish", "cze": "Czech", "hun": "Hungarian", "dan": "Danish", "swe": "Swedish", "nor": "Norwegian",
        "fin": "Finnish", "ara": "Arabic", "per": "Persian", "gre": "Greek", "heb": "Hebrew", "ukr": "Ukrainian",
        "mul": "Multiple Languages", "und": "Undetermined",
    }
)  # fmt: skip
"""Code → English name; a code that is not here is shown and searched as it is."""

LANGUAGE_CODES: Final = MappingProxyType({name.casefold(): code for code, name in LANGUAGE_NAMES.items()})
"""English name in small letters → code."""
