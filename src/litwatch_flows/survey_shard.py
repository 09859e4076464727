"""A shard of a night, on whichever machine has a worker of the pool ``litwatch-shards`` free.

The machine needs litwatch, its settings for NCBI, and a way to the folder of LITWATCH_SHARDS; it has no store. The
nightly flow asks for the runs (``litwatch_flows.shard_workers``) and merges what they leave in the folder.
"""

from __future__ import annotations

import os

from prefect import flow, get_run_logger

from litwatch.config.settings import read_settings
from litwatch.night.doors import open_shard_doors
from litwatch.night.shards import ShardOrder
from litwatch.night.shards import survey_shard as survey
from litwatch_flows.visible_steps import log_in_run


@flow(name="survey-shard", flow_run_name="{night} shard {number} of {of}", validate_parameters=True)
def survey_shard(*, folder: str, night: str, number: int, of: int, articles: int, attempt: str) -> None:
    """Survey one shard of a night that was planned, and put what it wrote into the folder.

    Args:
        folder: The folder that all machines reach, as in LITWATCH_SHARDS.
        night: The night's run.
        number: Which shard.
        of: Of how many.
        articles: How many articles it has.
        attempt: A name of its own for each attempt.
    """
    order = ShardOrder(folder, night, number, of, articles)
    with log_in_run():  # how it ends is told by the nightly flow, which waits for it
        get_run_logger().info("%d articles of %s", articles, night)
        survey(order, attempt, read_settings(os.environ), open_shard_doors)
