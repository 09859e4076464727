"""The delivery flow: hand over what waits in the outbox, for example after the mail server was down.

A message whose fate is unknown is not sent again.
"""

from __future__ import annotations

import os

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from litwatch.config.settings import read_settings
from litwatch.night.doors import open_doors
from litwatch.night.mail_delivery import run_delivery
from litwatch.night.run_ends import tell_early_end
from litwatch_flows.artifacts import describe_delivery
from litwatch_flows.run_states import end_with
from litwatch_flows.visible_steps import log_in_run


@flow(name="send-digests")
def send_digests() -> object:
    """Send every queued digest."""
    with log_in_run(), tell_early_end("digest", os.environ):
        delivery = run_delivery(open_doors(read_settings(os.environ)))
    create_markdown_artifact(key="digests", markdown=describe_delivery(delivery), description="Digests")
    return end_with(delivery.failure, f"Digests: {delivery.sentence}.")
