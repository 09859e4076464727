"""The ad-hoc flow: an editor asks about one article, now.

Its parameters make a form in Prefect's UI. It refuses to send mail unless the editor ticks the box.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated

from prefect import flow
from pydantic import Field

from flows.artifacts import tell_log
from flows.nightly import finish
from litwatch.pipeline import open_doors, run_night
from litwatch.settings import read_settings

Slug = Annotated[
    str,
    Field(
        description="The name of its topic file in queries/, without .yaml",
        pattern=r"^[a-z0-9][a-z0-9-]{0,79}$",
        examples=["insulin-resistance"],
    ),
]
SendMail = Annotated[bool, Field(description="Mail the article's recipients about the result")]
AsOf = Annotated[date | None, Field(description="Leave empty for today; another day is a rehearsal")]


@flow(name="check-article", validate_parameters=True)
def check_article(article: Slug, send_digest: SendMail = False, today: AsOf = None) -> None:
    """Survey one article now and write its report."""
    doors = open_doors(read_settings(os.environ))
    finish(run_night(doors, only=(article,), kind="check", send_mail=send_digest, as_of=today, on_step=tell_log))
