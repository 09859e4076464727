"""``make run``: one night under Prefect, on this machine alone, from invented records to a report and a digest.

Without a checkout it is ``python -m litwatch_flows.demonstration``. It starts the stand-in with the demonstration
corpus, points the nightly flow at it, and prints what came out. Nothing leaves the machine: no real PubMed, no mail
server, no Prefect cloud. It starts from an empty store each time and touches nothing but its own folder: your topics,
reports and store stay as they are.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from litwatch.cli.night_summary import print_summary
from litwatch.config.shipped_files import EXAMPLE, copy_shipped
from litwatch.model.canary_record import CANARY
from litwatch.standin import Corpus, StandIn
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions

HOME = Path("var/demonstration")
"""Topic, store, reports, mails and Prefect's own files of the demonstration; emptied at each start."""

PREFECT = {
    "PREFECT_HOME": str(HOME.resolve() / "prefect"),
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    # A short-lived server loses task runs unless its recorder is told to hurry.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "0.2",
}


def main() -> None:
    """Run the demonstration night and print where the results are."""
    shutil.rmtree(HOME, ignore_errors=True)
    for name in EXAMPLE:
        copy_shipped(name, HOME)
    for name in [name for name in os.environ if name.startswith(("LITWATCH_", "PREFECT_"))]:
        del os.environ[name]
    with StandIn(Corpus(revisions()), today=DEMONSTRATION_TODAY) as pubmed:
        os.environ.update(
            PREFECT
            | {
                "LITWATCH_SETTINGS": "none",
                "LITWATCH_EUTILS": pubmed.base,
                "LITWATCH_EMAIL": "demonstration@example.org",
                "LITWATCH_CANARY": str(CANARY),
                "LITWATCH_REHEARSAL": "1",
                "LITWATCH_QUERIES": str(HOME / "queries"),
                "LITWATCH_REPORTS": str(HOME / "reports"),
                "LITWATCH_STORE": str(HOME / "litwatch.duckdb"),
                "LITWATCH_MAIL_FOLDER": str(HOME / "mail"),
                "LITWATCH_SENDER": "litwatch@example.org",
            }
        )
        print(f"a PubMed with {len(Corpus(revisions()).at(DEMONSTRATION_TODAY))} invented records is at {pubmed.url}")
        print("Starting Prefect, then the night …")
        # Prefect reads its settings when it is imported.
        from litwatch_flows.nightly import nightly  # noqa: PLC0415

        summary = nightly(today=DEMONSTRATION_TODAY, new_store=True)
    print_summary(summary)
    print("\nAll records were invented (“demonstration data”). Now open, in a browser and a mail program:")
    for outcome in summary.outcomes:
        print(*(f"  {Path(file).resolve()}" for file in outcome.files if file.endswith(".html")), sep="\n")
    print(*(f"  {path.resolve()}" for path in sorted((HOME / "mail").glob("*.eml"))), sep="\n")


if __name__ == "__main__":
    main()
