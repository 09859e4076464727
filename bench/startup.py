"""What ``litwatch --version`` and its like cost before they do anything, beside an empty Python and ``import duckdb``.

``python -m bench.startup [--rounds 10] [--beside CHECKOUT]`` starts each command in a process of its own, one after
the other in every round so that the machine's other load falls on all alike, and prints the least processor time
(user and system) of each and its ratio to an empty Python's and to DuckDB's import. With ``--beside``, the same
commands of another checkout of litwatch, run by this Python. ``--version`` and ``--help`` are held to ten times an
empty Python: exit status 1 where one is above.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
EMPTY, DUCKDB = ("-c", "pass"), ("-c", "import duckdb")
COMMANDS = (
    ("--version",),
    ("--help",),
    ("topics", "--help"),
    ("topics", "check"),
    ("report", "--help"),
    ("nightly", "--help"),
    ("doctor", "--help"),
)
HELD, MOST = COMMANDS[:2], 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT", help="another checkout of litwatch")
    options = parser.parse_args()
    checkouts = {"this checkout": PROJECT} | ({str(options.beside): options.beside} if options.beside else {})
    runs = {"python -c pass": (PROJECT, EMPTY), "import duckdb": (PROJECT, DUCKDB)} | {
        f"{name}: litwatch {' '.join(words)}": (folder, ("-m", "litwatch", *words))
        for words in COMMANDS
        for name, folder in checkouts.items()
    }
    least = dict.fromkeys(runs, float("inf"))
    for _ in range(options.rounds):
        for name, (folder, arguments) in runs.items():
            least[name] = min(least[name], measure(arguments, folder))
    empty, duckdb = least["python -c pass"], least["import duckdb"]
    print(f"{'CPU, best of ' + str(options.rounds):60s} {'ms':>8s} {'x empty':>9s} {'x duckdb':>9s}")
    for name, seconds in least.items():
        print(f"{name:60s} {seconds * 1000:8.0f} {seconds / empty:9.1f} {seconds / duckdb:9.2f}")
    held = [least[f"this checkout: litwatch {' '.join(words)}"] / empty for words in HELD]
    if max(held) > MOST:
        sys.exit(f"litwatch --version or --help costs {max(held):.1f} times an empty Python; at most {MOST:g} is held")


def measure(arguments: tuple[str, ...], checkout: Path) -> float:
    """Processor seconds of one Python and whatever it starts; its output and exit status are of no concern."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LITWATCH_")}
    environment |= {"PYTHONPATH": str(checkout / "src")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments], cwd=checkout, env=environment, capture_output=True, check=False, timeout=120
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    main()
