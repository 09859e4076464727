"""What counts as this machine, the same for mail, NCBI, bulk files, the desk and the stand-in."""

from __future__ import annotations

import pytest

from litwatch.model.text.loopback import is_loopback


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost", "localhost.", "127.0.0.1", "127.8.9.10", "::1", "[::1]", "::1%lo", "::ffff:127.0.0.1"],
)
def test_a_loopback_host_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        None,
        "localhost.example.org",
        "db.localhost",
        "notlocalhost",
        "127.0.0.1.example.org",
        "128.0.0.1",
        "0.0.0.0",
        "::",
        "::2",
        "::ffff:192.0.2.1",
        "2130706433",  # 127.0.0.1 as one number: some resolvers take it, others do not
        "mail.example.org",
    ],
)
def test_any_other_host_may_be_another_machine(host: str | None) -> None:
    assert not is_loopback(host)
