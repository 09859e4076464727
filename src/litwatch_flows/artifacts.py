"""What a flow leaves in Prefect's UI: log lines while it works, a table and a page when it ends.

Prefect may lose any of it; the audit trail is in the store.
"""

from __future__ import annotations

from prefect import get_run_logger
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from litwatch.config.settings import Settings
from litwatch.night.mail_delivery import Delivery
from litwatch.night.night_outcome import NightSummary
from litwatch.night.published_reports import report_address
from litwatch.report.reason_sentences import say_reason
from litwatch.report.render import report_markdown
from litwatch.report.wording import words

SHOWN = 50
"""So many reports stand in Prefect's UI after a night; all of them lie in the folder of reports."""


def tell_log(slug: str, step: str) -> None:
    """One line of the run's log for each step of all; those of single articles are for who debugs."""
    get_run_logger().debug("%s: %s", slug, step) if slug else get_run_logger().info("%s", step)


def leave_artifacts(summary: NightSummary, settings: Settings) -> None:
    """A table of all articles, the reports that tell anything new (the first ``SHOWN``), and what failed.

    A night's table has a key of its own, so that a check of one article does not take its place.
    """
    key = "night" if summary.kind == "nightly" else "check"
    create_table_artifact(key=key, table=_rows(summary, settings), description=_describe(summary))
    if settings.reports_url is not None:
        create_link_artifact(key="reports", link=settings.reports_url, link_text="The reports of all articles")
    told = [outcome for outcome in summary.outcomes if not outcome.as_before]
    for outcome in told[:SHOWN]:
        report = outcome.report
        create_markdown_artifact(
            key=f"report-{report.topic.slug}",
            markdown=report_markdown(report),
            description=f"{report.topic.slug}: {words(report.verdict.status)}",
        )


def describe_delivery(delivery: Delivery) -> str:
    """The delivery as Markdown."""
    failure = f"\n\n**Failed**\n\n{_quoted(delivery.failure)}" if delivery.failure else ""
    return f"Digests: {delivery.sentence}.{failure}"


def _describe(summary: NightSummary) -> str:
    lines = [f"{summary.kind} as of {summary.as_of.isoformat()}, run {summary.run}."]
    if summary.delivery:
        lines.append(describe_delivery(summary.delivery))
    if summary.failure:
        lines.append(f"**Failed**\n\n{_quoted(summary.failure)}")
    return "\n\n".join(lines)


def _rows(summary: NightSummary, settings: Settings) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for outcome in summary.outcomes:
        report = outcome.report
        notices = sum(entry.signal.change.is_about_cited for entry in report.signals)
        rows.append(
            {
                "article": report.topic.slug,
                "verdict": words(report.verdict.status),
                "why": say_reason(report.verdict.fired[0]),
                "notices about cited papers": notices,
                "new records": len(report.signals) - notices,
                "evidence searched to": str(report.verdict.searched_to or "–"),
                "report": report_address(report, settings)
                or next((file for file in outcome.files if file.endswith(".html")), "–"),
            }
        )
    rows += [{"article": topic.slug, "verdict": "not surveyed", "why": topic.reason} for topic in summary.failed]
    return rows


def _quoted(text: str) -> str:
    """Text from outside as an indented block, so that Markdown shows it as it is."""
    return "\n".join(f"    {line}" for line in text.splitlines())
