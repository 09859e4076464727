"""One word for one thing: the commands, the pages, the mails and the documents keep to docs/words.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from litwatch.cli import group

PROJECT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((PROJECT / "src" / "litwatch").rglob("*.j2"))
WORDS = PROJECT / "docs" / "words.md"
DOCUMENTS = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "reports/README.md")),
    *(page for page in sorted((PROJECT / "docs").glob("*.md")) if page != WORDS),
]

NOT_OURS = {
    r"slugs?": "article",
    r"snooz\w+": "later",
    r"alerts?": "notice",
    r"hits?": "record",
    r"newsletters?": "digest",
    r"administrators?": "operator",
    r"cursors?": "watermark",
}
"""Words that people never read anywhere, each with the word of docs/words.md that is meant."""

NOT_IN_WHAT_IS_SHOWN = {
    r"(?<!feed )(?<!screen )(?<!second )(?<!two )readers?": "member, or you: who it is depends on whom the text is for",
    r"users?": "member, editor or operator",
    r"quer(?:y|ies)(?!/)": "strategy, or topic file",
    r"votes?": "answer",
    r"asks? nobody": "say what is used instead",
    r"opens? nothing": "is not valid any more",
    r"rests? on": "depends on",
    r"counts? for nothing": "is ignored",
}
"""Words that the commands, pages and mails leave out as well; documents may need them for something else."""

COMMANDS_OF_SQL = {"litwatch sql"}
"""Where "query" means a query in SQL."""

NOT_A_BEGINNING = {"Say", "Tell", "Call", "Look", "And", "Those", "Where", "Who"}
"""Help begins with what is done or with the thing itself ("Show", "List", "Port to listen on"), never with these."""


def commands(command: click.Command = group, path: str = "litwatch") -> Iterator[tuple[str, click.Command]]:
    """Every command and group with its path, those that are imported late included."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, f"{path} {name}"
            yield from commands(found, f"{path} {name}")


COMMANDS = dict(commands())


def wrong_words(text: str, *lists: dict[str, str]) -> list[str]:
    """What should not be said in ``text``, each with what to say instead."""
    return [
        f"{found[0]!r}: say {better!r}"
        for words in lists
        for pattern, better in words.items()
        for found in re.finditer(rf"\b{pattern}\b", text, re.IGNORECASE)
    ]


def shown_by(command: click.Command) -> Iterator[str]:
    """Every text of a command's help."""
    yield command.help or ""
    for parameter in command.params:
        yield parameter.make_metavar(click.Context(command))
        if isinstance(parameter, click.Option):
            yield from parameter.opts
        yield getattr(parameter, "help", None) or ""


def of_template(path: Path) -> str:
    """A template's own text, without what it fills in and without markup."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]*>", " ", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_keeps_to_the_words(path: str) -> None:
    text = "\n".join(shown_by(COMMANDS[path]))
    shown = {} if path in COMMANDS_OF_SQL else NOT_IN_WHAT_IS_SHOWN
    # `--queries FOLDER` and `queries/` are the folder's own name.
    assert wrong_words(re.sub(r"--queries|\S*queries/?\S*", " ", text), NOT_OURS, shown) == []


@pytest.mark.parametrize("path", COMMANDS)
def test_help_begins_with_what_is_done(path: str) -> None:
    command = COMMANDS[path]
    texts = [command.help, *(getattr(parameter, "help", None) for parameter in command.params)]
    assert not {text.split()[0] for text in texts if text} & NOT_A_BEGINNING


def test_every_command_calls_an_article_the_same() -> None:
    names = {
        (path, parameter.make_metavar(click.Context(command)).strip("[].… "))
        for path, command in COMMANDS.items()
        for parameter in command.params
        if parameter.name in {"slug", "slugs", "article", "articles"}
    }
    assert len(names) >= 12
    assert {name for _, name in names} == {"ARTICLE"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_a_page_or_mail_keeps_to_the_words(path: Path) -> None:
    assert wrong_words(of_template(path), NOT_OURS, NOT_IN_WHAT_IS_SHOWN) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_a_document_keeps_to_the_words(path: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert wrong_words(prose, NOT_OURS) == []


def test_every_word_is_explained_once_and_none_is_forbidden_that_is_explained() -> None:
    rows = re.findall(r"^\| ([^|\n]+) \| ([^|\n]+) \|([^|\n]*)\|$", WORDS.read_text(encoding="utf-8"), re.MULTILINE)
    words = Counter(word.strip() for row in rows[1:] for word in re.sub(r"\(.*?\)", "", row[0]).split(","))
    assert len(words) >= 40
    assert not [word for word, times in words.items() if times > 1]
    assert not [word for word in words if wrong_words(word, NOT_OURS, NOT_IN_WHAT_IS_SHOWN)]
