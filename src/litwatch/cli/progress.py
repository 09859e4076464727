"""The progress line of a command that takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def show_steps(*, quiet: bool) -> Iterator[Callable[[str, str], None]]:
    """A progress line on standard error while the work lasts, if that is a terminal."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("starting", total=None)

        def show(slug: str, step: str) -> None:
            progress.update(task, description=escape(f"{slug}: {step}" if slug else step))

        yield show
