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
    "add": Entry("add", "Begin to watch an article: from its file to its first report."),
    "answer": Entry("judgements", "Record a decision about a paper for an article."),
    "articles": Entry("articles", "Show how an article's file is read, check it, and say which one it is."),
    "assign": Entry("assignment", "Name who is responsible for an article, and until when."),
    "audit": Entry("audit", "List what people have decided, and verify the chain."),
    "backup": Entry("keeping", "Write a backup while nights may run."),
    "benchmark": Entry("benchmark", "Rank the candidates of every topic in a benchmark folder."),
    "bulk": Entry("bulk", "Load PubMed's bulk files: the baseline and its updates."),
    "check": Entry("night", "Survey one or more articles now and write their reports."),
    "comment": Entry("comments", "Comment on an article, or on what is open about a paper."),
    "desk": Entry("desk", "Serve the desk, the web page for members and editors."),
    "digest": Entry("night", "Send the digests that are waiting in the outbox."),
    "doctor": Entry("doctor", "Check the installation and the last night."),
    "export": Entry("export", "Export new records, a statement of currency, or a feed."),
    "forget": Entry("keeping", "Take a person's name, address and mails out of the store."),
    "impact": Entry("impact", "Show which articles and sentences depend on a paper."),
    "init": Entry("init", "Make a site in DIR: settings, an example article, files for the schedule, the store."),
    "leads": Entry("leads", "List and close leads: feed entries without a PubMed paper."),
    "members": Entry("members", "Check who gets which digest (queries/members.yaml)."),
    "mesh": Entry("mesh", "Load NLM's MeSH headings, and show which year is loaded."),
    "minutes": Entry("monthly", "Print what the board did in a month, for its minutes."),
    "nightly": Entry("night", "Survey every watched article, write reports, send digests."),
    "policy": Entry("policy", "Try a changed rule or threshold on the stored nights."),
    "prune": Entry("keeping", "Remove what is older than the settings keep it."),
    "references": Entry("references", "List an article's references, and confirm uncertain ones."),
    "report": Entry("night", "Rewrite reports from the store, without searching PubMed."),
    "restore": Entry("keeping", "Put a backup, or a snapshot, in the store's place."),
    "retractions": Entry("retractions", "Load the Retraction Watch table, and show how old it is."),
    "review": Entry("judgements", "Record the board's review of an article."),
    "screening": Entry("screening", "Load the screening decisions of an earlier review."),
    "settings": Entry("settings", "Show which settings are in force, and where each is given."),
    "sql": Entry("sql", "Query the store in SQL, read-only."),
    "standin": Entry("standin", "Run a stand-in for PubMed on this machine, until interrupted."),
    "status": Entry("present_state", "Show in ten lines how the installation stands."),
    "store": Entry("store", "Check, copy, export, migrate and shrink the store; list its runs."),
    "topics": Entry("topics", "List and check topic files, and improve search strategies."),
    "webhook": Entry("trial_post", "Show what the webhook is set to, and post a trial."),
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
