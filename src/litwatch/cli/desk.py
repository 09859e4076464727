"""``litwatch desk``: the web page on which members answer and editors look; links to it, and their end.

Starlette and uvicorn are imported only where the page is served.
"""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click

from litwatch.cli.arguments import AS_JSON, BY, settings_from_environment
from litwatch.cli.screen import print_json
from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topic_files
from litwatch.digest.signed_links import LIFETIME, Grant, Purpose, sign
from litwatch.model.errors import SettingsError, StoreBusy
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.text.loopback import is_loopback
from litwatch.model.text.mail_address import check_mail_address, mailbox_key
from litwatch.night.doors import open_inbox, open_store, publish_snapshot


def _address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        return check_mail_address(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


ADDRESS = click.argument("address", callback=_address)


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The network address to listen at.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help="And its port.")
@click.pass_context
def desk(context: click.Context, *, host: str, port: int) -> None:
    """Serve the desk: members answer by their digest's links, editors see the queue and start checks.

    It needs LITWATCH_DESK_URL and LITWATCH_DESK_SECRET, and a web server with TLS before it; docs/desk.md tells how.

    \b
    Example:
      litwatch desk --port 8765
    """
    if context.invoked_subcommand is not None:
        return
    settings = settings_from_environment()
    _serve(settings, host, port)


@desk.command("invite")
@ADDRESS
@click.option("--role", type=click.Choice(["editor", "board"]), required=True, help="What the link allows.")
@click.option("--article", metavar="SLUG", help="With --role board: the article that the member answers about.")
@AS_JSON
def invite(address: str, *, role: str, article: str | None, as_json: bool) -> None:
    """Print a link to the desk for ADDRESS; whoever holds it acts in that person's name.

    An editor signs in with it as often as needed for 30 days. Members get theirs with each digest; this makes one more.

    \b
    Example:
      litwatch desk invite editor@example.org --role editor
    """
    if (role == "board") != (article is not None):
        raise click.UsageError("--role board and --article SLUG belong together")
    settings = settings_from_environment()
    url, secret = _keys(settings)
    if article is not None:
        _refuse_stranger(settings, article, address)
    grant = Grant(Purpose.SIGN_IN, address) if article is None else Grant(Purpose.ANSWER, address, article)
    now = datetime.now(UTC)
    page = "sign-in" if article is None else "answer"
    link, until = f"{url}{page}/{sign(grant, secret, now)}", now + LIFETIME[grant.purpose]
    if as_json:
        print_json({"address": address, "role": role, "link": link, "until": until})
    else:
        click.echo(link)
        click.echo(f"for {address} as {role}, until {until:%Y-%m-%d}; give it to nobody else", err=True)


@desk.command("revoke")
@ADDRESS
@BY
@click.option("--reason", default="", help="Why, in a sentence.")
def revoke(address: str, *, by: str, reason: str) -> None:
    """Void every link and session that ADDRESS has had until now, in case one got into other hands.

    Links made later hold again: take the address off the articles' lists, too, where the person has left.

    \b
    Example:
      litwatch desk revoke editor@example.org --by "Operator" --reason "laptop lost"
    """
    settings = settings_from_environment()
    event = Judgement("", Decision.LINKS_REVOKED, by, datetime.now(UTC), reason, member=address)
    open_inbox(settings).put(event)
    topics, _ = read_topic_files(settings.queries)
    if not any(mailbox_key(address) in topic.may_answer for topic in topics):
        # It counts all the same: an editor's need not stand in a file, and one of a person who left does not.
        click.echo(f"no topic file names {address}: look whether it is written as its owner writes it", err=True)
    with suppress(StoreBusy):  # the desk reads the inbox, too: it holds already
        open_store(settings)
    click.echo(f"{address}: links made before {event.at:%Y-%m-%d %H:%M:%S}Z open nothing any more")


def _serve(settings: Settings, host: str, port: int) -> None:
    from litwatch.desk import make_app, make_server  # noqa: PLC0415 - half a second that no other command needs

    app = make_app(settings, os.environ)
    _refuse_taken_address(host, port)
    _publish(settings)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    click.echo(f"the desk listens at http://{host}:{port}; members reach it at {settings.desk_url}", err=True)
    if urlsplit(settings.desk_url or "").scheme == "http" and not is_loopback(host):
        click.echo("its links travel unprotected: put a web server with TLS before it, see docs/desk.md", err=True)
    make_server(app, host, port).run()


def _refuse_taken_address(host: str, port: int) -> None:
    """Raise SettingsError where nothing can listen there: said before the desk claims that it does."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise SettingsError(
            f"The desk cannot listen at {host}, port {port}: {error.strerror}; give another --port or --host"
        ) from None


def _publish(settings: Settings) -> None:
    """Renew the snapshot before the first page, where the store is free; the last night's will do where it is not."""
    if not settings.store.exists():
        click.echo(
            f"there is no store at {settings.store}: the pages are empty until the first night has made it; "
            "check LITWATCH_STORE if one has run",
            err=True,
        )
        return
    try:
        publish_snapshot(open_store(settings), settings)
    except StoreBusy as error:
        click.echo(f"the pages show what the last run published: {error}", err=True)


def _keys(settings: Settings) -> tuple[str, str]:
    if settings.desk_url is None or settings.desk_secret is None:
        raise SettingsError("Links need LITWATCH_DESK_URL and LITWATCH_DESK_SECRET; docs/desk.md tells how to set them")
    return settings.desk_url, settings.desk_secret.get_secret_value()


def _refuse_stranger(settings: Settings, slug: str, address: str) -> None:
    topics = {topic.slug: topic for topic in read_topic_files(settings.queries)[0]}
    if slug not in topics:
        raise click.UsageError(f"no such topic: {slug}; `litwatch topics list` shows them")
    if mailbox_key(address) not in topics[slug].may_answer:
        raise click.UsageError(f"{address} is not among the recipients of {slug}: add it to the topic file first")
