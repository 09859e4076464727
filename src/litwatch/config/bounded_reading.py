"""An article read within limits of time and memory, in a process of its own (``reading_process``)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson

from litwatch.config.reading_process import CPU_SECONDS
from litwatch.model.errors import ArticleUnreadable

_PATIENCE = 45
"""Seconds by the clock: a connection to the desk lasts a minute."""
_INSTEAD = "save the article's text alone, or take another form of it"


def read_bounded(folder: Path, name: str, *, seconds: int = CPU_SECONDS) -> tuple[bytes, tuple[str, ...]]:
    """The article of a file as JSON, read within so many seconds of processor time, and the files that its reading
    needed beside it.

    Raises ArticleUnreadable, with what to do.
    """
    package = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the name is one that the desk has made
            [sys.executable, "-P", "-B", "-m", "litwatch.config.reading_process", str(folder), name, str(seconds)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
            # Nothing of the installation's settings and secrets.
            env={"PATH": os.defpath, "PYTHONPATH": str(package), "PYTHONIOENCODING": "utf-8"},
        )
        told = orjson.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired:
        raise ArticleUnreadable(f"{name}: reading it takes longer than {_PATIENCE} seconds; {_INSTEAD}.") from None
    except ValueError:
        told = None
    if told is None:
        raise ArticleUnreadable(f"{name}: reading it takes too much time or memory; {_INSTEAD}.")
    if "refused" in told:
        raise ArticleUnreadable(str(told["refused"]))
    return orjson.dumps(told["article"]), tuple(told["beside"])
