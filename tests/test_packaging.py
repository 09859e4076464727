"""The wheel has everything that a checkout has, as far as an installation needs it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from litwatch.config.shipped_files import EXAMPLE, read_shipped
from litwatch.config.site_files import FOR_SCHEDULE

PROJECT = Path(__file__).resolve().parents[1]
WHEEL = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]


def test_what_the_wheel_takes_from_the_root_is_there_and_found() -> None:
    prefix = "litwatch/config/site_templates/"
    for source, packaged in WHEEL["force-include"].items():
        assert packaged == prefix + source
        assert read_shipped(source) == (PROJECT / source).read_bytes()
    assert set(EXAMPLE) < set(WHEEL["force-include"])
    assert all(read_shipped(name) for name in FOR_SCHEDULE)


@pytest.mark.slow
def test_the_wheel_has_flows_templates_example_and_demonstration(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(ZipFile(wheel).namelist())
    files = {
        path.relative_to(PROJECT / "src").as_posix()
        for package in ("litwatch", "litwatch_flows")
        for path in (PROJECT / "src" / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not files - packed
    assert set(WHEEL["force-include"].values()) <= packed
