"""The topics that tonight's update files do not touch: their nights are logged and told, and nothing of them is opened.

Of such an article a night reads the bytes of its files and its row in a few statements for all, and writes its sweeps
and its verdict in one transaction. A seventh of all articles is surveyed in full all the same, on its day of the week.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from litwatch.articles.bibliography.bibliography import SUFFIXES
from litwatch.config.rules_version import rules_version
from litwatch.decisions.file_answer import reach
from litwatch.decisions.untouched import CarriedTopic, TopicTonight, is_untouched
from litwatch.decisions.verdict import carry_on
from litwatch.model.search import Window
from litwatch.model.sweep import Sweep, SweepKind
from litwatch.model.topic import Topic
from litwatch.night.saved_topic import SavedTopic
from litwatch.night.update_files import FilePass, name_search
from litwatch.store import NightSaved, Store
from litwatch.store.topic_night import CarriedNight


def read_keys(topics: Iterable[Topic], queries: Path, *, sources: Sequence[str] = ()) -> dict[str, str]:
    """A digest of all that each topic's night is spent from besides the store, by slug; without unreadable articles.

    ``sources`` names what is asked besides PubMed: a night with one more or one less tells something else.
    """
    beside = "\n".join(
        f"{file.name} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"
        for file in sorted(queries.iterdir())
        if file.suffix.lower() in SUFFIXES and file.suffix != ".yaml"  # which are topic files
        for status in (file.stat(),)
    )
    common = hashlib.sha256(f"{rules_version()}\n{sorted(sources)}\n{beside}".encode())
    keys = {}
    for topic in topics:
        digest = common.copy()
        # Where they lie is no matter.
        digest.update(repr(replace(topic, file=Path(), article=Path(topic.source_name), files="")).encode())
        try:
            if topic.article is not None:
                digest.update(topic.article.read_bytes())
        except OSError:
            continue
        keys[topic.slug] = digest.hexdigest()
    return keys


def carry_untouched(
    topics: Sequence[Topic],
    keys: Mapping[str, str],
    file_pass: FilePass,
    store: Store,
    now: datetime,
    *,
    run: str,
) -> tuple[SavedTopic, ...]:
    """Log and tell the nights of those topics that the files do not touch; the topics. Raises store errors."""
    last_day = reach(file_pass.run)
    if file_pass.stopped or last_day is None:
        return ()
    names = [file.name for file in file_pass.run]
    with store.saving():
        carried = store.carried_topics()
        confirmed = store.topics_confirmed()  # what people have confirmed is matched with the article's own text
        possible = carried.keys() & keys.keys() - confirmed
        known = [topic for topic in topics if topic.slug in possible]
        grounds = store.grounds([topic.slug for topic in known])
        if not grounds:
            return ()
        standing = store.standing_now([*grounds])
        judged = store.judged_since(min(ground.judgements for ground in grounds.values()))
        oldest = min((names.index(each.file) for each in carried.values() if each.file in names), default=0)
        matched, found = store.files_matched({topic.strategy for topic in known}, names[oldest + 1 :])
        quiet = {
            topic.slug: topic
            for topic in known
            if is_untouched(
                TopicTonight(
                    slug=topic.slug,
                    key=keys[topic.slug],
                    last=carried[topic.slug],
                    ground=grounds.get(topic.slug),
                    judged=judged.get(topic.slug, 0),
                    standing=standing[topic.slug].number if topic.slug in standing else None,
                    matched_against=matched.get(topic.strategy),
                    found_in=found.get(topic.strategy, frozenset()),
                    has_feeds=bool(topic.feeds),
                ),
                names,
                now.date(),
            )
        }
        verdicts, nights = store.latest_verdicts([*quiet]), store.last_night_sweeps([*quiet])
        saved = []
        for slug in quiet:
            said = verdicts[slug].searched_to
            verdict = carry_on(verdicts[slug], searched_to=max(said, last_day) if said else last_day, today=now.date())
            sweeps = tuple(_repeat(sweep, file_pass, now) for sweep in nights[slug])
            saved.append(CarriedNight(slug, run, now, sweeps, verdict))
        numbers = store.save_carried(saved)
        store.note_carried({slug: CarriedTopic(keys[slug], names[-1]) for slug in quiet})
    return tuple(
        SavedTopic(quiet[night.topic], night.verdict, NightSaved(number, frozenset(), frozenset()), night.sweeps, None)
        for number, night in zip(numbers, saved, strict=True)
    )


def _repeat(sweep: Sweep, file_pass: FilePass, now: datetime) -> Sweep:
    """The look of the last night as it is made again by files that do not touch the topic."""
    last_day = reach(file_pass.run)
    if sweep.kind is not SweepKind.TOPIC or sweep.window is None or last_day is None:
        return sweep
    window = Window(sweep.window.first, max(sweep.window.last, last_day))
    searches = tuple(
        replace(search, term=name_search(sweep.strategy, file_pass), window=window, searched_at=now)
        for search in sweep.searches[:1]
    )
    return replace(sweep, window=window, searches=searches)
