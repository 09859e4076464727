"""A power cut kills the worker and its run together; the nights after it run by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world.prefect_soak import soak

pytestmark = [pytest.mark.flows, pytest.mark.slow]

TWO_CUTS = 14
"""A seed whose second and third nights are cut off."""


def test_after_two_power_cuts_the_next_night_knows_and_tells_everything(tmp_path: Path) -> None:
    assert soak(tmp_path, nights=4, seed=TWO_CUTS) == []
