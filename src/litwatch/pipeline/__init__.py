"""The corridor: the only part of litwatch that knows the order of a night.

    open the doors → search every topic → fetch once for all → decide and keep each → publish → queue → deliver

``run_night`` is the whole of it; flows and the command line call it. One failing article never stops another, and
a failure is shown as a failure: in the summary, the store, the digest and the exit status. The corridor holds
order and transactions; it refuses to hold policy, which lives in the core.
"""

from litwatch.pipeline.conclusion import Surveyed
from litwatch.pipeline.deliver import Delivery, deliver, queue_digests, run_delivery
from litwatch.pipeline.doors import (
    Doors,
    open_doors,
    open_entrez,
    open_inbox,
    open_kept_store,
    open_snapshot,
    open_store,
    publish_snapshot,
)
from litwatch.pipeline.hindsight import Hindsight, PolicyDifference, as_known_on, compare_policies, look_back
from litwatch.pipeline.known import CitedRecords, count_costs, read_cited_records, recall_cited
from litwatch.pipeline.night import NightSummary, TopicOutcome, find_unread, run_night
from litwatch.pipeline.pinning import pin_reference
from litwatch.pipeline.publish import publish_index, publish_report, report_address
from litwatch.pipeline.recall import recall_report
from litwatch.pipeline.survey import open_article
from litwatch.pipeline.sweeping import LOOK_BACK, OVERLAP

__all__ = [
    "LOOK_BACK",
    "OVERLAP",
    "CitedRecords",
    "Delivery",
    "Doors",
    "Hindsight",
    "NightSummary",
    "PolicyDifference",
    "Surveyed",
    "TopicOutcome",
    "as_known_on",
    "compare_policies",
    "count_costs",
    "deliver",
    "find_unread",
    "look_back",
    "open_article",
    "open_doors",
    "open_entrez",
    "open_inbox",
    "open_kept_store",
    "open_snapshot",
    "open_store",
    "pin_reference",
    "publish_index",
    "publish_report",
    "publish_snapshot",
    "queue_digests",
    "read_cited_records",
    "recall_cited",
    "recall_report",
    "report_address",
    "run_delivery",
    "run_night",
]
