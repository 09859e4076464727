"""The settings as a table for docs/settings.md and as the commented ``litwatch.toml`` of a new site.

``python -m litwatch.config.settings_reference PAGE`` writes the table anew between the page's two marks.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from litwatch.config.settings import Settings
from litwatch.config.settings_file import FILE, PREFIX, SECRETS
from litwatch.config.whole_file import write_whole_file

PARTS = MappingProxyType(
    {
        "Who asks NCBI": ("email", "api_key", "tool", "eutils"),
        "Mail": (
            "sender", "operator", "smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_password",
            "smtp_certificates", "mail_folder",
        ),
        "Files": ("queries", "reports", "reports_url", "store", "store_wait"),
        "The desk": ("desk_url", "desk_secret"),
        "A channel of Slack or Teams": ("webhook_url", "webhook_form"),
        "Further sources": ("crossref", "retraction_watch", "bulk_files", "source", "private_feeds"),
        "Receipts and alarms": ("ping_url", "canary", "metrics_file", "log_folder"),
        "What is kept": ("keep_reports", "keep_mails", "keep_logs", "keep_artifacts"),
        "Several machines": ("shards", "shard_size", "machines"),
    }
)  # fmt: skip
"""The order of the settings for a reader; those that stand in no part follow at the end."""

BEGIN, END = "<!-- settings: written by `make fix` -->", "<!-- end of settings -->"


def settings_table() -> str:
    """The settings as a Markdown table with its end of line."""
    rows = ["| in `litwatch.toml` | variable | default | meaning |", "|---|---|---|---|"]
    for _, names in _parts():
        for name in names:
            field = Settings.model_fields[name]
            default = _default(field)
            told = re.sub(r"docs/(\w+\.md)", r"[\1](\1)", field.description or "")
            files = f", `{PREFIX}{name.upper()}_FILE`" if name in SECRETS else ""
            keys = f"`{name}`" + (f", `{name}_file`" if name in SECRETS else "")
            rows.append(
                f"| {keys} | `{PREFIX}{name.upper()}`{files} | {'–' if default is None else f'`{default}`'} | {told} |"
            )
    return "\n".join(rows) + "\n"


def commented_settings(values: dict[str, object] | None = None) -> str:
    """A settings file that names every setting in a comment; those of ``values`` are set."""
    given = values or {}
    lines = [
        "# The settings of this site of litwatch. A line that begins with # is not in force: it shows the default, or",
        "# an example. `litwatch settings` shows what is in force and from where. LITWATCH_… environment variables",
        "# (LITWATCH_EMAIL for email) come before this file. Relative paths start from this file's folder.",
    ]
    for part, names in _parts():
        lines += ["", f"# --- {part} ---"]
        for name in names:
            field = Settings.model_fields[name]
            lines += ["", *textwrap.wrap(_sentence(field.description or ""), 118, initial_indent="# ",
                                         subsequent_indent="# ", break_on_hyphens=False)]  # fmt: skip
            if name in given:
                lines.append(f"{name} = {_toml(given[name])}")
            elif name in SECRETS:
                lines.append(
                    f'# {name}_file = "secrets/{name}"   # a file with the secret alone, or here: {name} = "…"'
                )
            else:
                default = _default(field)
                example = (field.examples or [""])[0] if default is None else field.default
                lines.append(f"# {name} = {_toml(example)}")
    return "\n".join(lines) + "\n"


def _parts() -> list[tuple[str, tuple[str, ...]]]:
    listed = {name for names in PARTS.values() for name in names}
    return [*PARTS.items(), ("Others", tuple(name for name in Settings.model_fields if name not in listed))]


def _default(field: FieldInfo) -> str | None:
    if field.default is None or field.annotation is SecretStr:
        return None
    return _plain(field.default)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value) if isinstance(value, StrEnum) else str(value)


def _toml(value: object) -> str:
    if isinstance(value, bool | int | float):
        return _plain(value)
    return json.dumps(_plain(value), ensure_ascii=False)


def _sentence(text: str) -> str:
    """A description as a sentence of its own, without the marks of Markdown."""
    return f"{text[:1].upper()}{text[1:]}.".replace("`", "")


def write_table(page: Path) -> None:
    """Write the table between the page's two marks. Raises ValueError where they are missing."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page}: the marks of the settings' table are missing")
    write_whole_file(page, f"{before}{begin}\n\n{settings_table()}\n{end}{after}".encode())


if __name__ == "__main__":
    if sys.argv[1:]:
        write_table(Path(sys.argv[1]))
    else:
        print(FILE, commented_settings(), sep="\n")
