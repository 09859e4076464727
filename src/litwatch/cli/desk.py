"""``litwatch desk``: serve the web page for members and editors, make links to it, and revoke them.

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

from litwatch.cli.arguments import AS_JSON, BY, mail_address, no_such_article, settings_from_environment
from litwatch.cli.screen import print_json
from litwatch.config.settings import Settings
from litwatch.config.topic_files import read_topic_files
from litwatch.digest.signed_links import LIFETIME, Grant, Purpose, sign
from litwatch.model.errors import SettingsError, StoreBusy
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.text.loopback import is_loopback
from litwatch.model.text.mail_address import mailbox_key
from litwatch.night.doors import open_inbox, open_kept_store, publish_snapshot


class Role(click.Choice[str]):
    """``editor`` or ``member``; a member's was called ``board`` in 0.1.0, and still may be."""

    def __init__(self) -> None:
        super().__init__(["editor", "member"])

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The role; wrong usage where it is neither."""
        return super().convert("member" if value == "board" else value, param, ctx)


ADDRESS = click.argument("address", callback=mail_address)


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Network address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.pass_context
def desk(context: click.Context, *, host: str, port: int) -> None:
    """Serve the desk, the web page for members and editors.

    Members answer from the links in their digests; editors see the queue and start checks. It needs LITWATCH_DESK_URL,
    LITWATCH_DESK_SECRET and a web server with TLS in front of it; see docs/desk.md.

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
@click.option("--role", type=Role(), required=True, help="What the link allows.")
@click.option("--article", metavar="ARTICLE", help="With --role member: the article to answer for.")
@AS_JSON
def invite(address: str, *, role: str, article: str | None, as_json: bool) -> None:
    """Print a personal link to the desk for ADDRESS. Whoever has the link acts as that person.

    An editor's link works for 30 days. Members get a link in each digest; this command makes another one.

    \b
    Example:
      litwatch desk invite editor@example.org --role editor
    """
    if (role == "member") != (article is not None):
        raise click.UsageError("--role member needs --article ARTICLE, and --article goes with no other role")
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
        click.echo(f"valid for {address} as {role} until {until:%Y-%m-%d}; do not forward it", err=True)


@desk.command("revoke")
@ADDRESS
@BY
@click.option("--reason", default="", help="Why, in a sentence.")
def revoke(address: str, *, by: str, reason: str) -> None:
    """Revoke all links and sessions of ADDRESS.

    Use it when a link got into the wrong hands. Links made afterwards are valid. If the person has left, remove
    the address from the topic files, too.

    \b
    Example:
      litwatch desk revoke editor@example.org --by "Operator" --reason "laptop lost"
    """
    settings = settings_from_environment()
    event = Judgement("", Decision.LINKS_REVOKED, by, datetime.now(UTC), reason, member=address)
    open_inbox(settings).put(event)
    topics, _ = read_topic_files(settings.queries)
    if not any(mailbox_key(address) in topic.may_answer for topic in topics):
        # It counts all the same: an editor's address need not be in a file, and that of a person who left is not.
        click.echo(f"note: no topic file contains {address}; check the spelling", err=True)
    if settings.store.exists():
        with suppress(StoreBusy):  # the desk reads the inbox, too: it holds already
            open_kept_store(settings)
    click.echo(f"{address}: links made before {event.at:%Y-%m-%d %H:%M:%S}Z are no longer valid")


def _serve(settings: Settings, host: str, port: int) -> None:
    from litwatch.desk import make_app, make_server  # noqa: PLC0415 - half a second that no other command needs

    app = make_app(settings, os.environ)
    _refuse_taken_address(host, port)
    _publish(settings)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    click.echo(f"the desk listens on http://{host}:{port}; members reach it at {settings.desk_url}", err=True)
    if urlsplit(settings.desk_url or "").scheme == "http" and not is_loopback(host):
        click.echo("its links are sent unencrypted: put a web server with TLS in front of it (docs/desk.md)", err=True)
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
            f"The desk cannot listen on {host}, port {port}: {error.strerror}; choose another --port or --host"
        ) from None


def _publish(settings: Settings) -> None:
    """Renew the snapshot before the first page, where the store is free; the last night's will do where it is not."""
    if not settings.store.exists():
        click.echo(
            f"there is no store at {settings.store}: pages stay empty until the first night has run; "
            "if one has, check LITWATCH_STORE",
            err=True,
        )
        return
    try:
        publish_snapshot(open_kept_store(settings), settings)
    except StoreBusy as error:
        click.echo(f"the pages show the state after the last run: {error}", err=True)


def _keys(settings: Settings) -> tuple[str, str]:
    if settings.desk_url is None or settings.desk_secret is None:
        raise SettingsError(
            "Links need LITWATCH_DESK_URL and LITWATCH_DESK_SECRET; docs/desk.md explains how to set them"
        )
    return settings.desk_url, settings.desk_secret.get_secret_value()


def _refuse_stranger(settings: Settings, slug: str, address: str) -> None:
    topics = {topic.slug: topic for topic in read_topic_files(settings.queries)[0]}
    if slug not in topics:
        raise no_such_article([slug], topics)
    if mailbox_key(address) not in topics[slug].may_answer:
        raise click.UsageError(f"{address} is not a recipient of {slug}; add the address to its topic file first")
