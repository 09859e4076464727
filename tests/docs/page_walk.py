"""Following a page: its commands in this process, one after the other, in a site of the demonstration."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.articles.word_files import paragraph, word_file
from tests.command_line import Run
from tests.nights import House

BEGINS_WITH_NOTHING = {"begin.md"}
"""Pages that lead from no site to one; the others find the demonstration's, after a night."""
MAY_FIND_FAULTS = {("articles", "lint"), ("doctor",), ("bulk", "status")}
"""Commands whose status 1 is an answer, not a failure."""
NCBI_FILES = "https://ftp.ncbi.nlm.nih.gov/pubmed"
RETRACTION_WATCH = "https://gitlab.com/crossref/retraction-watch-data/-/raw/main/retraction_watch.csv"


def article_to_begin_with() -> bytes:
    """A Word document that cites a paper of the demonstration's."""
    return word_file(
        paragraph("Does short sleep cause insulin resistance?", style="Titel"),
        paragraph("One week of short sleep lowers insulin sensitivity [1]."),
        paragraph("References", style="berschrift1"),
        paragraph(
            "1. Demonstration data: one week of short sleep and insulin sensitivity, a randomised crossover trial."
            " Demonstration Journal of Invented Results. 2020. PMID: 99000004"
        ),
    )


class Walk:
    """One page's commands, one after the other, as somebody who follows the page types them."""

    def __init__(
        self,
        run: Run,
        monkeypatch: pytest.MonkeyPatch,
        standing_for: dict[str, str],
        refusals: Mapping[str, str] | None = None,
    ) -> None:
        self.run, self.patch, self.standing_for, self.refusals = run, monkeypatch, standing_for, refusals or {}

    def follow(self, line: str) -> None:
        """Do what the line says. It must succeed, or be refused with the sentence that ``refusals`` has for it."""
        refusal = self.refusals.get(line)
        for printed, here in self.standing_for.items():
            line = line.replace(printed, here)
        line, _, target = line.partition(" || ")[0].partition(" > ")
        word, *rest = shlex.split(line)
        while re.match(r"LITWATCH_\w+=", word):
            self.patch.setenv(*word.split("=", 1))
            word, *rest = rest
        if word == "cd":
            self.patch.chdir(Path(rest[0]).expanduser())
        elif word == "export":
            self._take(line)
        elif word == "rm":
            for name in rest:
                Path(name).unlink()
        else:
            assert word == "litwatch", f"{line}: neither a command of litwatch's nor one that tests/docs knows"
            # what the shell does
            out = self._command(
                [str(Path(each).expanduser()) if each.startswith("~/") else each for each in rest], refusal
            )
            if target:
                Path(target).write_text(out)

    def _take(self, line: str) -> None:
        done = subprocess.run(["bash", "-ec", f"{line}\nenv -0"], capture_output=True, text=True, check=True)
        given = dict(each.split("=", 1) for each in done.stdout.split("\0") if "=" in each)
        for name, value in given.items():
            if name.startswith("LITWATCH_"):
                self.patch.setenv(name, value)

    def _command(self, arguments: list[str], refusal: str | None) -> str:
        status, out, err = self.run(*arguments)
        assert "Traceback" not in err
        if refusal is not None:
            assert (status != 0, refusal in err) == (True, True), (arguments, out, err)
            return out
        may_fail = any(tuple(arguments[: len(words)]) == words for words in MAY_FIND_FAULTS)
        allowed = {0, 1} if may_fail else {0, 10} if "--exit-code" in arguments else {0}
        assert status in allowed, (arguments, out, err)
        if arguments[0] == "backup":
            (made,) = Path(arguments[1]).glob("*.tar")
            self.standing_for["litwatch-20261130T053000Z.tar"] = made.name
        return out


def prepare(page: Path, house: House, folder: Path, run: Run) -> dict[str, str]:
    """Make what the page takes for granted; what stands here for the addresses and names that it prints."""
    root = house.pubmed.url
    (folder.parent / "backups").mkdir()
    standing_for = {
        "http://127.0.0.1:8642/entrez/eutils/": house.pubmed.base,
        RETRACTION_WATCH: f"{root}/retraction-watch.csv",
        "/mnt/backups": f"{folder.parent}/backups",
    }
    if page.name in BEGINS_WITH_NOTHING:
        return standing_for
    house.copy(folder)
    (folder / "litwatch.toml").write_text('email = "you@example.org"\n')
    if page.name == "desk.md":
        review = ("review", "insulin-resistance", "update", "--by", "Dr Example", "--reason", "a trial was retracted")
        assert run(*review)[0] == 0
        standing_for["5d41…"] = re.search(r"\b[0-9a-f]{64}\b", run("audit", "verify")[1])[0]  # type: ignore[index]
        shutil.copytree(folder / "queries", folder / "var" / "demonstration" / "queries")
        shutil.copy(folder / "var" / "litwatch.duckdb", folder / "var" / "demonstration")
    if page.name == "integrity.md":
        with urlopen(f"{root}/retraction-watch.csv") as table:
            (folder / "retraction_watch.csv").write_bytes(table.read())
    if page.name in {"bulk.md", "operating.md"}:
        assert run("standin", "bulk", folder / "bulk", "--baseline", "2026-11-16", "--until", "2026-11-20")[0] == 0
        for kind in ("baseline", "updatefiles"):
            standing_for[f"{NCBI_FILES}/{kind}/"] = str(folder / "bulk")
    return standing_for
