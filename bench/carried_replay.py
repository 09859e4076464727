"""That carrying on comes to the same as deciding anew: 624 real nights and as many quiet ones, spent twice.

``python -m bench.carried_replay FILE [--nights N] [--folder DIR]`` plays the nights of ``bench.replay`` through two
installations, of which one decides everything anew, with a second night on each day, on which nothing differs, and a
board that reviews the article each Friday. After each night the two stores are compared table by table. It ends with
the first difference, or with the number of nights that were carried on.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from bench.replay import Nights, Replay, open_replay, read_nights

from litwatch.night.doors import Doors
from litwatch.night.whole_night import run_night
from litwatch.store import people

OF_THE_CARRYING = {"decision_ground", "kept_report"}
"""Tables that only say what may be carried on."""
SALT = SimpleNamespace(token_hex=lambda size: "0" * 2 * size)
"""A person's id is salted at random, so that no two stores have the same; here both must."""
OF_THE_MACHINE = {"article_line": "files", "published_line": "pages", "run": "summary"}
"""Columns that say how a file lies on the disk and how long a night took: no two folders and no two runs are alike."""


def rows(replay: Replay) -> dict[str, tuple[int, str]]:
    """How many rows every table has, and a hash of all their values."""
    with replay.store._reading() as con:
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        return {
            name: con.execute(f'SELECT count(*), md5(string_agg(row, \'|\' ORDER BY row)) FROM'
                              f' (SELECT t::VARCHAR AS row FROM (SELECT * {_but(name)} FROM "{name}") AS t)').fetchone()
            for (name,) in tables if name not in OF_THE_CARRYING
        }  # type: ignore[misc] # fmt: skip


def _but(table: str) -> str:
    return f"EXCLUDE {OF_THE_MACHINE[table]}" if table in OF_THE_MACHINE else ""


def spend(replay: Replay, day: date, at: datetime, *, carries: bool) -> int:
    """One night; how many articles were carried on."""
    replay.pubmed.today = day
    replay.pubmed.read.append(0)
    replay.pubmed.found.append(0)
    doors = Doors(replay.settings, replay.store, replay.pubmed, lambda _: (), lambda: at)
    summary = run_night(doors, send_mail=False, carries=carries)
    if not summary.ok:
        raise RuntimeError(f"{day}: {summary.failure}")
    return sum(outcome.as_before for outcome in summary.outcomes)


def prove(nights: Nights, folder: Path) -> None:
    """Spend the nights, and print what came of them."""
    as_it_is, anew = (folder / name for name in ("as_it_is", "anew"))
    as_it_is.mkdir()
    anew.mkdir()
    pair = open_replay(nights, as_it_is), open_replay(nights, anew)
    carried = spent = 0
    for day in nights.calendar:
        for at in (clock_time(5, 30), clock_time(17, 30)):
            moment = datetime.combine(day, at, UTC)
            carried += spend(pair[0], day, moment, carries=True)
            spend(pair[1], day, moment, carries=False)
            spent += 1
            told, expected = rows(pair[0]), rows(pair[1])
            if different := [name for name in expected if told[name] != expected[name]]:
                raise SystemExit(f"{day} {at}: {', '.join(different)} differ")
        if day.weekday() == 4:
            for replay in pair:
                replay.review(day)
        if spent % 40 == 0:
            print(f"{day}: {spent} nights, {carried} carried on, no difference", flush=True)
    print(f"{spent} nights, {carried} carried on, no difference")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--nights", type=int, default=0, help="the first so many; all by default")
    parser.add_argument("--folder", help="where to work; a temporary folder by default")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place, patch.object(people, "secrets", SALT):
        prove(read_nights(chosen.file).first(chosen.nights), Path(place))
