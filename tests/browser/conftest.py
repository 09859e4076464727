"""What the tests of the desk in a browser share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.browser import chromium


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A Chromium that reaches this machine, and nothing else."""
    with chromium.open_browser(tmp_path_factory.mktemp("profile") / "new", loopback=True) as opened:
        yield opened
