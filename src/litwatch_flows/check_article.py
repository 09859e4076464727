"""The ad-hoc flow: an editor asks about one article, now.

Its parameters make a form in Prefect's UI. It sends mail only if the editor ticks the box.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from litwatch.config.settings import read_settings
from litwatch.night.doors import open_doors
from litwatch.night.night_outcome import NightSummary
from litwatch.night.run_ends import tell_early_end
from litwatch.night.whole_night import run_night
from litwatch_flows.article_form import list_articles, list_articles_here, say_unknown
from litwatch_flows.artifacts import tell_log
from litwatch_flows.run_states import end_as, end_with
from litwatch_flows.visible_steps import VisibleSteps, log_in_run

Article = Annotated[str, Field(json_schema_extra={"enum": [*list_articles_here()]})]


def _name_run() -> str:
    return f"check {flow_run.parameters.get('article')}"


@flow(name="check-article", flow_run_name=_name_run, validate_parameters=True)
def check_article(
    article: Article,
    send_digest: bool = False,  # noqa: FBT001
    today: date | None = None,
) -> NightSummary:
    """Survey one article now and write its report.

    Args:
        article: The name of its topic file in queries/, without .yaml.
        send_digest: Mail the article's recipients about the result.
        today: The day to survey as of; leave it empty for today. Another day is a rehearsal.
    """
    with log_in_run(), tell_early_end("check", os.environ):
        settings = read_settings(os.environ)
        articles = list_articles(settings)
        if article not in articles:
            return end_with(say_unknown(article, articles), "")  # type: ignore[no-any-return]
        done = run_night(
            open_doors(settings),
            only=(article,),
            kind="check",
            send_mail=send_digest,
            as_of=today,
            on_step=tell_log,
            steps=VisibleSteps(),
        )
    return end_as(done, settings)  # type: ignore[no-any-return]
