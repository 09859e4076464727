"""``litwatch webhook``: what the webhook is set to, what waits for it, and a trial."""

from __future__ import annotations

import click

from litwatch.cli.arguments import settings_from_environment
from litwatch.cli.screen import say
from litwatch.digest.webhook import post
from litwatch.digest.webhook_message import WEBHOOK, UrgentPost, write_post
from litwatch.model.errors import DeliveryError, SettingsError
from litwatch.model.text.phrases import count
from litwatch.night.doors import open_unchanged_store
from litwatch.night.health import check_webhook

_NEXT_DELIVERY = " The next delivery tries again."
_TRY_AGAIN = (
    "Run it again in some minutes. If that does not help, compare LITWATCH_WEBHOOK_URL with the address that Slack or"
    " Teams shows, or make a new one there (docs/operating.md)."
)


@click.command("webhook")
@click.option("--test", "trial", is_flag=True, help="Post a message that says it is a trial; nothing else is posted.")
def webhook(*, trial: bool) -> int:
    """Show what the webhook is set to, and post a trial.

    With LITWATCH_WEBHOOK_URL and LITWATCH_WEBHOOK_FORM set, every night posts retractions of cited papers to a channel
    of Slack or Teams, once each. What waits or failed is listed by `litwatch digest --show`, as a mail is.

    \b
    Example:
      litwatch webhook
      litwatch webhook --test
    """
    settings = settings_from_environment()
    if not trial:
        say(check_webhook(settings))
        if settings.webhook_url is not None and settings.store.exists():
            entries = open_unchanged_store(settings).outbox()
            own = [entry.state.value for entry in entries if entry.message.recipient == WEBHOOK]
            told = ", ".join(f"{own.count(state)} {state}" for state in dict.fromkeys(own))
            say(f"{count(len(own), 'message')} so far{': ' if told else ''}{told}")
        return 0
    if settings.webhook_url is None or settings.webhook_form is None:
        raise SettingsError(
            "no webhook is set: set LITWATCH_WEBHOOK_URL to its address and LITWATCH_WEBHOOK_FORM to slack or teams"
        )
    try:
        unknown = post(
            settings.webhook_url.get_secret_value(), write_post(UrgentPost((), trial=True), settings.webhook_form)
        )
    except DeliveryError as error:
        said = str(error).removesuffix(_NEXT_DELIVERY)
        say(said if said == str(error) else f"{said} {_TRY_AGAIN}", err=True)
        return 1
    say(f"{unknown}: look at the channel" if unknown else "posted: look at the channel", err=unknown is not None)
    return 1 if unknown else 0
