"""Which module holds each command, and its one line in ``litwatch --help``.

A command's module is imported when the command is run, so that ``litwatch --version`` and ``litwatch --help`` cost
little. The summaries repeat the first sentence of each command's own help; ``tests/cli/test_startup.py`` holds the
two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Entry(NamedTuple):
    """Where a command is, and what ``--help`` says of it."""

    module: str
    """Its module in litwatch.cli."""
    summary: str
    variable: str | None = None
    """What the command is called in that module, if not by its own name."""


COMMANDS = {
    "answer": Entry("judgements", "Say what the open changes about PMID mean for the article SLUG."),
    "articles": Entry("articles", "Read articles: their text, markers and references, and the citation lint."),
    "audit": Entry("audit", "Show and verify the chain of what people have decided."),
    "benchmark": Entry(
        "benchmark",
        "Rank the candidates of every topic in FOLDER and write topic,id,score; a higher score is more relevant.",
    ),
    "bulk": Entry("bulk", "Load NLM's bulk files: the baseline of PubMed and its updates."),
    "check": Entry("night", "Survey the named articles now and write their reports; sends nothing unless asked."),
    "desk": Entry(
        "desk", "Serve the desk: members answer by their digest's links, editors see the queue and start checks."
    ),
    "digest": Entry(
        "night", "Hand over the digests that wait in the outbox, for example after the mail server was down."
    ),
    "doctor": Entry(
        "doctor", "Check settings, topic files, store, mail and the last night; exit status 1 when something is wrong."
    ),
    "export": Entry(
        "export", "Write the open new records of the article SLUG for a spreadsheet or a reference manager."
    ),
    "impact": Entry(
        "impact", "Say at once what rests on a paper: articles, references, sentences, and how the paper stands."
    ),
    "leads": Entry(
        "leads", "Show the feeds' entries that name no paper in PubMed, and close those that have been looked at."
    ),
    "members": Entry("members", "Who reads digests, and how they want them (queries/members.yaml)."),
    "nightly": Entry("night", "Survey every watched article, write the reports and send the digests."),
    "policy": Entry("policy", "Try a changed rule or threshold on the stored nights before switching it on."),
    "references": Entry(
        "references", "Show which PubMed records an article's references are, and confirm those that are not certain."
    ),
    "report": Entry("night", "Write the reports again from the store (all, or those named), without asking PubMed."),
    "retractions": Entry("retractions", "Load the Retraction Watch table, and say how fresh the one in force is."),
    "review": Entry(
        "judgements",
        "Record that the board has reviewed the article SLUG: it stays unchanged, is updated, or is withdrawn.",
    ),
    "sql": Entry("sql", "Query the store in SQL, read-only."),
    "standin": Entry("standin", "Serve NCBI's E-utilities on 127.0.0.1 from records of your own, until interrupted."),
    "store": Entry("store", "Look after the store."),
    "topics": Entry("topics", "List and check the topic files in queries/, and improve their search strategies."),
}


class CommandTable(click.Group):
    """A group that imports the commands of its ``table`` when they are asked for; others are added as to any group."""

    def __init__(self, name: str | None = None, *, table: Mapping[str, Entry] = COMMANDS, **options: Any) -> None:
        self.table = table
        listed = {command: click.Command(command, help=entry.summary) for command, entry in table.items()}
        super().__init__(name, commands=listed, **options)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported if need be; None where there is none of that name."""
        if cmd_name not in self.table:
            return super().get_command(ctx, cmd_name)
        entry = self.table[cmd_name]
        command: click.Command = getattr(import_module(f"litwatch.cli.{entry.module}"), entry.variable or cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from their summaries alone."""
        click.Group(commands=self.commands).format_commands(ctx, formatter)
