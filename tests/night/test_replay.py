"""A part of 624 real nights through the real corridor, and once more: ``make bench-replay`` plays all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.replay import open_replay, read_nights

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

NIGHTS = 14


def test_every_record_is_visible_at_the_end_and_the_last_night_again_writes_nothing(
    shared: Path, tmp_path: Path
) -> None:
    (file,) = (shared / "data" / "nightly").glob("*.csv.gz")
    nights = read_nights(file).first(NIGHTS)
    replay = open_replay(nights, tmp_path)
    replay.run(board=True)
    assert replay.visible() == {record.pmid: record for record in nights.records}
    before = replay.rows()
    assert before["observation"][0] == len(nights.records)
    assert replay.night(nights.calendar[-1]).ok
    assert replay.rows() == before
    assert replay.store.check().problems == ()
