"""What every command prints with: lines made safe to show, and JSON. It imports little; see ``night_summary``."""

from __future__ import annotations

import sys
from typing import Any

import click
import orjson

from litwatch.model.text.safe_text import visible


def say(text: object, *, err: bool = False) -> None:
    """Print text with control characters made visible, so that a title or a server's message cannot act."""
    click.echo("\n".join(map(visible, str(text).split("\n"))), err=err)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")
