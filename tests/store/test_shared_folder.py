"""The folder that several machines reach: one of the file system, or a bucket."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from litwatch.model.errors import OutputFailed, SettingsError, StoreUnusable
from litwatch.store.shared_folder import SharedFolder


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bucket on a real S3 server on loopback (moto's)."""
    s3fs = pytest.importorskip("s3fs", reason="the extra litwatch[cluster] is not installed")
    server = shutil.which("moto_server")
    if server is None:
        pytest.skip("moto's S3 server is not installed: pip install 'moto[server]'")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": address,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([server, "-H", "127.0.0.1", "-p", str(port)], env=os.environ.copy(), **quiet)  # type: ignore[call-overload]
    try:
        for _ in range(300):
            try:
                urlopen(address, timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        s3fs.S3FileSystem().mkdir("litwatch-shards")
        yield "s3://litwatch-shards/night"
    finally:
        process.kill()
        process.wait()


def use(folder: SharedFolder, here: Path) -> None:
    """Everything that a night asks of the folder."""
    here.mkdir()
    (here / "a").write_bytes(b"some bytes\0")
    assert folder.names() == ()
    folder.put(here / "a", "night/plan.json")
    folder.put(here / "a", "night/shard-0001/writes.parquet")
    folder.put(here / "a", "older/plan.json")
    (here / "a").write_bytes(b"other bytes")
    folder.put(here / "a", "night/plan.json")
    assert folder.names() == ("night/plan.json", "night/shard-0001/writes.parquet", "older/plan.json")
    assert folder.names("night") == ("night/plan.json", "night/shard-0001/writes.parquet")
    assert folder.names("nowhere") == ()
    folder.get("night/plan.json", here / "got" / "plan.json")
    assert (here / "got" / "plan.json").read_bytes() == b"other bytes"
    assert folder.fetch("night/shard-0001/writes.parquet", here / "b").read_bytes() == b"some bytes\0"
    folder.remove("night")
    assert folder.names() == ("older/plan.json",)
    with pytest.raises(StoreUnusable, match="LITWATCH_SHARDS"):
        folder.get("night/plan.json", here / "c")


def test_a_folder_of_the_file_system_keeps_files_whole_and_private(tmp_path: Path) -> None:
    use(SharedFolder(str(tmp_path / "shared")), tmp_path / "here")
    assert (tmp_path / "shared" / "older" / "plan.json").stat().st_mode & 0o777 == 0o600


def test_a_bucket_keeps_the_same_files(bucket: str, tmp_path: Path) -> None:
    use(SharedFolder(bucket), tmp_path / "here")


def test_a_folder_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a file, and no folder")
    with pytest.raises(OutputFailed, match="check LITWATCH_SHARDS"):
        SharedFolder(str(tmp_path / "a")).put(tmp_path / "a", "night/plan.json")


def test_an_address_of_an_unknown_kind_says_what_to_install() -> None:
    with pytest.raises(SettingsError, match=r"litwatch\[cluster\]"):
        SharedFolder("nosuch://bucket/litwatch")


@pytest.mark.parametrize("name", ["../plan.json", "/etc/passwd", "night/../../x", ""])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name of a file"):
        SharedFolder(str(tmp_path)).fetch(name, tmp_path / "b")
