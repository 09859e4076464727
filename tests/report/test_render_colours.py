"""Contrast of text on its ground, WCAG 2.2 level AA (4.5 to 1), in the light, in the dark and in mail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from litwatch.digest import digest_mail
from litwatch.report import render

TEMPLATES = Path(render.__file__).parent / "templates"
TONES = ("now", "needed", "clear", "blind")


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", (TEMPLATES / "page.css").read_text(), re.DOTALL)
    light, dark, printed = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block)) for block in blocks)
    return {"light": light, "dark": light | dark, "printed": light | printed}


@pytest.mark.parametrize("scheme", ["light", "dark", "printed"])
def test_every_text_of_a_page_stands_out_from_every_ground_it_is_printed_on(scheme: str) -> None:
    colours = schemes()[scheme]
    grounds = ["paper", "card", "code", *(f"{tone}-tint" for tone in TONES)]
    weak = {
        (text, ground): round(contrast(colours[text], colours[ground]), 2)
        for text in ("ink", "soft", "link", *TONES)
        for ground in grounds
        if contrast(colours[text], colours[ground]) < 4.5
    }
    assert not weak


def test_contrast_is_what_wcag_defines() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_the_mails_texts_stand_out_in_the_light_and_in_the_dark() -> None:
    css = (Path(digest_mail.__file__).parent / "templates" / "digest.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)")

    def texts(part: str) -> set[str]:
        return set(re.findall(r"(?<![a-z-])color: (#[0-9a-f]{6})", part))

    def grounds(part: str) -> set[str]:
        return set(re.findall(r"background: (#[0-9a-f]{6})", part))

    for part in (light, dark):
        assert len(texts(part)) >= 6
        assert not [(t, g) for t in texts(part) for g in grounds(part) if contrast(t, g) < 4.5]
