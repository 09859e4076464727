"""The ad-hoc flow: an editor asks about one article, now.

Its parameters make a form in Prefect's UI. It sends mail only if the editor ticks the box.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated

from prefect import flow
from pydantic import Field

from litwatch.config.settings import read_settings
from litwatch.night.doors import open_doors
from litwatch.night.run_ends import tell_early_end
from litwatch.night.whole_night import run_night
from litwatch_flows.artifacts import tell_log
from litwatch_flows.nightly import finish

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$", examples=["insulin-resistance"])]


@flow(name="check-article", validate_parameters=True)
def check_article(article: Slug, send_digest: bool = False, today: date | None = None) -> None:  # noqa: FBT001
    """Survey one article now and write its report.

    Args:
        article: The name of its topic file in queries/, without .yaml.
        send_digest: Mail the article's recipients about the result.
        today: The day to survey as of; leave it empty for today. Another day is a rehearsal.
    """
    with tell_early_end("check", os.environ):
        doors = open_doors(read_settings(os.environ))
        done = run_night(doors, only=(article,), kind="check", send_mail=send_digest, as_of=today, on_step=tell_log)
    finish(done)
