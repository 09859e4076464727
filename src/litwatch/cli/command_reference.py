"""All commands as a Markdown page: what each does, its options with their defaults, and its example.

``docs/conf.py`` puts it into the documentation's site, so that page and ``--help`` cannot differ.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from litwatch.cli import group


def command_reference() -> str:
    """Every command of litwatch under a heading of its own, the subcommands of a group below the group's."""
    return "\n".join(_of_command(group, click.Context(group, info_name="litwatch")))


def _of_command(command: click.Command, context: click.Context) -> Iterator[str]:
    path = context.command_path
    depth = path.count(" ") + 1
    if depth > 1:
        yield f"{'#' * depth} {path}\n"
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"```text\n{' '.join([path, *command.collect_usage_pieces(context)])}\n```\n"
        yield from _help(command.help or "")
        yield from _options(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _of_command(inner, click.Context(inner, info_name=name, parent=context))


def _help(text: str) -> Iterator[str]:
    """The paragraphs of a help text. One that begins with ``\\b`` keeps its lines; an example stands in a block."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if not paragraph.startswith("\b"):
            yield _escape(" ".join(paragraph.split())) + "\n"
            continue
        head, _, rest = paragraph.removeprefix("\b").strip("\n").partition("\n")
        if re.fullmatch(r"Examples?:", head.strip()):
            yield "Example:\n\n```sh\n" + "\n".join(line.strip() for line in rest.splitlines()) + "\n```\n"
        else:
            yield "```text\n" + "\n".join([head, *rest.splitlines()]).strip() + "\n```\n"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    if not options:
        return
    yield "| option | meaning |\n|---|---|"
    for option in options:
        record = option.get_help_record(context)
        if record is not None:
            names, meaning = record
            yield f"| {_code(names)} | {_escape(meaning)} |"
    yield ""


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def _escape(text: str) -> str:
    """Text whose signs mean nothing in Markdown; what stands between backticks is code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part.replace("|", "\\|")
        if part.startswith("`")
        else re.sub(r"docs/(\w+\.md)", r"[\1](\1)", re.sub(r"([\\*<>|\[\]])", r"\\\1", re.sub(r"  +", " ", part)))
        for part in parts
    )
