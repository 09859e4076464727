"""Tests run in a fork of this process, so that what they import is imported once and an edit dies with the fork."""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import hypothesis
import pytest

for library in ("Bio", "duckdb", "jinja2", "orjson", "pydantic", "scipy.sparse", "snowballstemmer"):
    importlib.import_module(library)  # here, once, and not in each fork

SURVIVED, SEEN = 0, 1
"""How a run of tests ends: all passed, or one failed."""


def fork(run: Callable[[], int], *, seconds: int | None = None) -> int:
    """What ``run`` returns in a process of its own; SEEN where it raises, or takes more processor time than it may."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = SEEN
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if seconds is not None:
                signal.signal(signal.SIGXCPU, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            status = run()
        os._exit(status)
    _, ended = os.waitpid(child, 0)
    return SURVIVED if os.waitstatus_to_exitcode(ended) == 0 else SEEN


def run_tests(tests: Iterable[str], *plugins: object) -> int:
    """Run test files until one fails, without a word; hypothesis draws the same few examples each time."""
    hypothesis.settings.register_profile(
        "mutation",
        database=None,
        derandomize=True,
        max_examples=50,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        deadline=None,
    )
    hypothesis.settings.load_profile("mutation")
    options = ["-q", "-x", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider", "--no-header"]
    options += ["--tb=no", "--assert=plain", "-m", "not realdata and not slow"]
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        ended = pytest.main([*options, *tests], plugins=[_CheapFirst(), *plugins])
    return SURVIVED if ended == pytest.ExitCode.OK else SEEN


class _CheapFirst:
    """Tests with drawn examples come last: the others see most edits."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: hasattr(getattr(item, "obj", None), "hypothesis"))
