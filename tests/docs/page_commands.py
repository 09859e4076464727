"""The commands that the documents give, and who runs each: a test in this process, or ``make docs-test``.

A line that neither runs turns ``test_commands.py`` red. ``make docs-test`` (``real_machine.py``) ends with an error
unless it has run every line of ``BY_DOCS_TEST``.
"""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "reports/README.md")),
    *sorted(page for page in (PROJECT / "docs").rglob("*.md") if "_build" not in page.parts),
]

LANGUAGES = {"sh", "text", "python", "yaml", "sql", "r", "nginx", "promql"}
"""What a block may say of itself. ``sh`` is commands; a block that says nothing could hide some."""

PROGRAMS = (
    "litwatch|prefect|make|pip|python3?|sudo|systemctl|docker|apt-get|keyring|createdb|env|cd|rm|rsync -\\w+ \\S+"
)
"""How a command begins, where the running text names one."""

BY_DOCS_TEST = frozenset(
    {
        "python3 -m venv ~/litwatch",
        ". ~/litwatch/bin/activate",
        "apt-get install python3-venv",
        "pip install .",
        "pip wheel --no-deps --wheel-dir wheels .",
        "pip install wheels/*.whl",
        "make run",
        "make docs",
        "litwatch standin --faults none",
        "litwatch init ../trial --email you@example.org",
        "cd ../trial",
        "export LITWATCH_EUTILS=http://127.0.0.1:8642/entrez/eutils/",
        "litwatch standin --corpus records/ --today 2026-03-01",
        "litwatch desk",
        "litwatch desk --port 8765",
        "export PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1 PREFECT_API_URL=http://127.0.0.1:4200/api",
        "prefect server start --host 127.0.0.1 --port 4200 &",
        "./deploy.sh",
        "LITWATCH_HOME=$PWD env --default-signal=INT prefect worker start --pool litwatch",
        "prefect work-pool create litwatch --type process",
        "prefect work-pool update litwatch --concurrency-limit 1",
        "prefect --no-prompt deploy --all",
        "prefect automation create --from-file automations.yaml",
        "prefect deployment run check-article/check-article --param article=insulin-resistance --watch",
        "prefect deployment run nightly/nightly",
        "cd /the/site && litwatch nightly",
    }
)
"""Servers, a new environment, Prefect, and what they run."""

ELSEWHERE = {
    "createdb prefect": "tests/flows/test_sharded_flows.py makes its own database",
    "export PREFECT_API_DATABASE_CONNECTION_URL=postgresql+asyncpg://prefect@127.0.0.1/prefect": "the same",
    "prefect server start --host 0.0.0.0": "the same, on loopback",
    "prefect work-pool create litwatch-shards --type process": "the same",
    "prefect --no-prompt deploy --all --prefect-file prefect.shards.yaml": "the same",
    "export PREFECT_API_URL=http://SERVER:4200/api": "the same, on loopback",
    "export LITWATCH_HOME=$PWD LITWATCH_EMAIL=you@example.org LITWATCH_MACHINES=3": "the same",
    "env --default-signal=INT prefect worker start --pool litwatch-shards --limit 1": "the same",
    "export LITWATCH_HOME=$PWD": "the same",
    "standin=http://127.0.0.1:8642/entrez/eutils/": "`make clients` runs EDirect",
    'esearch -base $standin -db pubmed -query "insulin resistance AND sleep" | '
    "efetch -base $standin -format xml | "
    "xtract -pattern PubmedArticle -element MedlineCitation/PMID ArticleTitle": "`make clients` runs EDirect",
    "sudo systemctl link $PWD/systemd/*": "tests/cli/test_init.py has systemd verify the units",
    "sudo systemctl enable --now litwatch-nightly.timer": "the same",
    "docker compose build": "tests/cli/test_init.py has Docker read compose.yaml; its containers are not run",
    "docker compose up --detach": "the same",
    "docker compose --profile desk up --detach": "the same",
    "litwatch webhook --test": "tests/night/test_webhook_nights.py posts to a channel of its own",
    "pip install litwatch": "`make docs-test` installs the wheel",
    "rm -rf .venv && make test": "for whoever renews the lock; CI runs the second half",
    "keyring set litwatch api_key": "asks for a secret; tests/config has a keyring",
}
"""Lines that another test runs in its own way, or that nothing here can run; each says which."""


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of each fenced block."""
    found = re.finditer(r"^( *)```([^\n]*)\n(.*?)^\1```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [(match[2].strip(), match[3]) for match in found]


def shell_lines(page: Path) -> list[str]:
    """The commands of the page's ``sh`` blocks, without comments; a pipe that goes on in the next line is one."""
    lines: list[str] = []
    for language, text in blocks(page):
        for line in text.splitlines() if language == "sh" else ():
            command = re.sub(r"\s+#( .*)?$", "", line).strip()
            if lines and lines[-1].endswith("|"):
                lines[-1] += f" {command}"
            elif command:
                lines.append(command)
    return lines


def commands_in_text(page: Path) -> list[str]:
    """The commands that the page names in its running text and tables."""
    text = re.sub(r"^( *)```.*?^\1```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    codes = (" ".join(code.split()) for code in re.findall(r"`([^`]+)`", text))
    return [code for code in codes if re.match(rf"({PROGRAMS}) \S", code) and not re.match(r"\w+ =", code)]
