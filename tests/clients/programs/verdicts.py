"""What a client's program says of each verb: a line with the verb, a tab and ``ok`` or what went wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

GIVEN = os.environ


def check(verb: str, ask: Callable[[], Any], wanted: Any) -> None:
    """Ask, and say whether what came equals what is wanted; a function as ``wanted`` judges for itself."""
    try:
        came = ask()
    except Exception as error:  # noqa: BLE001 - any failure of the client is what this program is there to say
        print(f"{verb}\t{type(error).__name__}: {' '.join(str(error).split())[:300]}", flush=True)
        return
    good = wanted(came) if callable(wanted) else came == wanted
    print(f"{verb}\t{'ok' if good else f'got <{str(came)[:300]!r}>'}", flush=True)
