"""Whether a night can share its work: NLM's update files, the folder of the shards, and workers for them.

``litwatch doctor`` prints it. Nothing is changed, and no folder is made: one that should be mounted and is not would be
made on the wrong disk.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topic_files
from litwatch.model.errors import OperatorError, SettingsError, SourceError
from litwatch.model.text.phrases import count
from litwatch.model.topic import TopicSource
from litwatch.night.bulk_load import open_bulk_source, source_of
from litwatch.night.doors import require_pace
from litwatch.night.scheduler import ask_shard_workers
from litwatch.night.shards import open_shard_folder
from litwatch.night.update_files import lacks_update_files


class Unshared(SettingsError):
    """What is wrong, and a command that mends it."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def require_share(settings: Settings) -> None:
    """Raises Unshared where more machines are to ask NCBI at the same time than it allows requests a second."""
    try:
        require_pace(settings)
    except SettingsError as error:
        raise Unshared(str(error), "export LITWATCH_MACHINES=3") from None


def check_update_files(settings: Settings, *, asks_network: bool = False) -> str:
    """Whether NLM's update files are there, if an article is searched in them; a web address only if it may be asked.

    Raises SettingsError.
    """
    topics, _ = read_topic_files(settings.queries)
    wanted = [topic.slug for topic in topics if source_of(topic, settings) is not TopicSource.ENTREZ]
    where = settings.bulk_files
    if where is None:
        if wanted:
            raise Unshared(lacks_update_files(wanted[0]), _NAME_FILES)
        return "none are read; every article is searched in PubMed"
    try:
        source = open_bulk_source(settings, where)
        is_far = "://" in where
        names = source.names() if asks_network or not is_far else ()
    except (SettingsError, SourceError) as error:
        raise Unshared(f"LITWATCH_BULK_FILES: {error}", _NAME_FILES) from None
    for_whom = f"for {count(len(wanted), 'article')}" if wanted else "for no article: none has `source: bulk` or `both`"
    there = f"{len(names)} there" if names else "not asked; `litwatch doctor --network` does"
    return f"{where}, {for_whom}; {there}"


def check_shards(settings: Settings, environment: Mapping[str, str]) -> str:
    """Whether the folder of the shards can be reached, and who surveys them. Raises OperatorError."""
    if settings.shards is None:
        return "nights are not divided; this machine does them alone"
    address = settings.shards
    if "://" in address:
        try:
            open_shard_folder(settings).names()
        except SettingsError:
            raise
        except OperatorError as error:  # no fault of the store, although it says so
            raise SettingsError(str(error)) from None
    elif not Path(address).is_dir():
        what = "is a file where a folder should be" if Path(address).exists() else "is not there"
        raise Unshared(
            f"LITWATCH_SHARDS: {address} {what}: mount it, or make it, on every machine of the cluster",
            f"ls -ld {address}",
        )
    elif not os.access(address, os.R_OK | os.W_OK | os.X_OK):
        raise Unshared(
            f"LITWATCH_SHARDS: {address} cannot be written by this user", f"sudo chown -R $(id -un) {address}"
        )
    workers = ask_shard_workers(environment)
    if workers is None:
        return f"{address}; PREFECT_API_URL names no server, so that this machine surveys the shards one by one"
    return f"{address}; {workers}"


_NAME_FILES = "export LITWATCH_BULK_FILES=https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/"
