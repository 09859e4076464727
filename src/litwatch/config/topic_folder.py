"""The folder of topic files at one moment: which files there are, and in which state, without reading any.

A file's state is its size, its times and its number on the disk: who changes a file changes one of them. States are
taken before the files are read, so that a file that changes meanwhile is read again the next time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from litwatch.articles.bibliography.bibliography import SUFFIXES

_BIBLIOGRAPHIES = tuple(suffix for suffix in SUFFIXES if suffix != ".yaml")
"""A file that ends in .yaml is read as a topic, and told as a mistake where it is none."""


@dataclass(frozen=True, slots=True)
class TopicFolder:
    """The files of the folder by name, each with its state."""

    path: Path
    states: Mapping[str, str]
    beside: str
    """The state of all bibliographies, on which any article may depend; empty where there is none."""

    def named(self, suffix: str) -> tuple[str, ...]:
        """The names of the files with that ending, in the order of their paths."""
        return tuple(sorted(name for name in self.states if name.endswith(suffix)))

    def state(self, topic_file: str, article: str) -> str:
        """The state of a topic file and of its article, both by name; empty where one of them is not there."""
        states = self.states.get(topic_file), self.states.get(article)
        return "" if None in states else f"{article}\n{states[0]} {states[1]} {self.beside}"

    def state_now(self, slug: str, before: str) -> str:
        """The present state of the files of a topic that were in a state before; the same text if they still are."""
        return self.state(f"{slug}.yaml", before.partition("\n")[0])


def look_into(folder: Path) -> TopicFolder:
    """The folder as it is now; without files where there is no such folder."""
    states = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    found = entry.stat()
                except OSError:  # gone meanwhile, or a link that leads nowhere
                    states[entry.name] = "?"
                    continue
                states[entry.name] = f"{found.st_size}.{found.st_mtime_ns}.{found.st_ctime_ns}.{found.st_ino}"
    except OSError:
        pass
    beside = repr(sorted((name, state) for name, state in states.items() if name.endswith(_BIBLIOGRAPHIES)))
    return TopicFolder(folder, states, "" if beside == "[]" else hashlib.sha256(beside.encode()).hexdigest()[:16])
