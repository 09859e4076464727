"""One house after its first night, for all tests of the desk: each works on a copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.desk.desk_scenes import DESK_SETTINGS
from tests.nights import House, open_house


@pytest.fixture(scope="session")
def after_a_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as house:
        house.night(DEMONSTRATION_TODAY, settings=DESK_SETTINGS)
        yield house
