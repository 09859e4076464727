"""The form of ``check-article`` in Prefect's UI: the articles that there are, to choose from.

Prefect takes a form from the flow when it is deployed. So that an article that came since is offered, too, each night
renews the list; who names an article that is not in it, by command, is answered by the flow itself.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.exceptions import ObjectNotFound

from litwatch.config.settings import Settings, read_settings
from litwatch.config.topic_files import MEMBERS
from litwatch.config.topic_folder import look_into
from litwatch.model.errors import LitwatchError

DEPLOYMENT = "check-article/check-article"
_NAMED = 20
"""So many articles are named to somebody who asked for one that does not exist."""


def list_articles(settings: Settings) -> tuple[str, ...]:
    """The names of all topic files, those with mistakes among them."""
    return tuple(name.removesuffix(".yaml") for name in look_into(settings.queries).named(".yaml") if name != MEMBERS)


def list_articles_here() -> list[str]:
    """The articles of this environment; none where its settings cannot be read."""
    with suppress(LitwatchError):
        return [*list_articles(read_settings(os.environ))]
    return []


def say_unknown(asked: str, articles: Sequence[str]) -> str:
    """What is told to somebody who asked for an article that does not exist."""
    alike = get_close_matches(asked.strip().casefold().replace(" ", "-"), articles, n=1, cutoff=0.6)
    if alike:
        return f"There is no article named {asked!r}. Did you mean {alike[0]}?"
    named = ", ".join(articles[:_NAMED]) or "none"
    more = f" and {len(articles) - _NAMED} more" if len(articles) > _NAMED else ""
    return f"There is no article named {asked!r}. The articles are: {named}{more}."


def offer_articles(settings: Settings) -> None:
    """Let the form of the deployment offer the articles that there are now.

    Where nothing is deployed nothing is done; what goes wrong is logged, and no reason for a night to fail.
    """
    try:
        articles = [*list_articles(settings)]
        with get_client(sync_client=True) as client:
            found = client.read_deployment_by_name(DEPLOYMENT)
            form: dict[str, Any] = dict(found.parameter_openapi_schema or {})
            field = form.get("properties", {}).get("article")
            if field is None or field.get("enum") == articles:
                return
            field["enum"] = articles
            client.update_deployment(found.id, DeploymentUpdate(parameter_openapi_schema=form))
    except ObjectNotFound:
        return
    except Exception as error:  # noqa: BLE001 - Prefect's page is not what the night is for
        get_run_logger().warning("The form of check-article still offers the articles of before: %s", error)
