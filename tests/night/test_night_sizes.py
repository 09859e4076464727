"""A night with 0, 1, 12 and 300 new records: what a busy person reads first, and that nothing is lost behind it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

from litwatch.digest.digest_mail import MAIL_BYTES
from litwatch.digest.view import NAMED
from litwatch.model.member import ITEMS
from litwatch.model.topic import Thresholds
from tests.browser.night_scenes import FIRST, SLUG, Scene, run_scene

DETAILED = min(ITEMS, Thresholds().digest_items)
SIZES = [pytest.param(size, marks=[] if size == 12 else [pytest.mark.slow]) for size in (0, 1, 12, 300)]


def named(text: str, count: int) -> set[int]:
    """The night's new records that a text links to."""
    known = range(FIRST, FIRST + count)
    return {int(pmid) for pmid in re.findall(r"ncbi\.nlm\.nih\.gov/(\d+)/", text)} & set(known)


@pytest.mark.parametrize("count", SIZES)
def test_a_night_gives_a_mail_and_a_page_that_a_busy_person_can_use(count: int, tmp_path: Path) -> None:
    scene: Scene = run_scene(tmp_path, count)
    assert scene.summary.ok, scene.summary.failure
    assert scene.mail is not None
    subject, text, source = scene.mail["Subject"], scene.part("plain"), scene.part("html")
    page = scene.page.read_text("utf-8")
    if count:
        assert re.search(r"1 article needs review: \d+ new records? of evidence level 2 or better", subject)
        assert f"https://board.example.org/reports/{SLUG}/" in text
    else:
        assert subject.endswith("All clear: 1 article searched, no signal")
        assert len(text.split("--")[0].strip().splitlines()) <= 12
    for part in (text, source):
        assert len(named(part, count)) == min(count, NAMED), "each has at least a line"
        assert (f"{count - NAMED} more new records" in part) is (count > NAMED)
        assert ("more new records" in part) is (count > NAMED)
        assert part.lower().count("also new") == (count > DETAILED)
    evidence = text.partition("ALSO NEW")
    assert len(named(evidence[0], count)) == min(count, DETAILED), "so many have details"
    assert len(named(evidence[2], count)) == min(count, NAMED) - min(count, DETAILED), "the others have a line"
    items = html.fromstring(source).xpath("//h3[text()='More new evidence']/following::div[@class='item']")
    assert len(items) == max(0, min(count, DETAILED) - 1), "one leads the mail"
    assert named(page, count) == set(range(FIRST, FIRST + count)), "the page names every record"
    # The lines of a full mail, some 300 bytes each, may fill a further third.
    assert len(source.encode()) < MAIL_BYTES * (2 if count > NAMED else 1) / 3
    assert len(page.encode()) < 400_000
    first_screen = html.fromstring(page).xpath("string(//*[@id='verdict'])")
    assert "Evidence searched to" in first_screen
