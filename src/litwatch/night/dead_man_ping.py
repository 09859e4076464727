"""The dead man's switch: a watcher elsewhere is told when a night starts and how it ended, and raises the alarm when
it hears nothing.

The protocol is that of Healthchecks (<https://healthchecks.io/docs/http_api/>): the check's own address means success,
``/start`` below it a start, ``/fail`` a failure, and the body of a request says more. A ping never fails a night and
holds it up for ``PATIENCE`` seconds at most.
"""

from __future__ import annotations

import http.client
import logging
import threading
import urllib.request
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit

from litwatch import __version__
from litwatch.model.text.hidden_secrets import hide_secrets, secrets_of_address

_log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds for one ping, whatever the watcher does."""
LONGEST = 10_000
"""Characters of a body: Healthchecks keeps the first 100 kB."""


def ping(url: str, said: str = "", *, event: str = "", patience: float = PATIENCE) -> bool:
    """Tell the watcher; whether it answered that it heard.

    ``event`` is ``start`` or ``fail``, or empty for success; ``said`` is the body. What goes wrong is a warning in the
    log, without the address.
    """
    parts = urlsplit(url)
    path = "/".join(filter(None, (parts.path.rstrip("/"), event)))
    outcome: list[str] = []
    address = urlunsplit(parts._replace(path=path, fragment=""))
    # A time-out of urllib bounds each wait, not all of them together, and not the DNS.
    sending = threading.Thread(target=_send, args=(address, said[:LONGEST], patience, outcome), daemon=True)
    sending.start()
    sending.join(patience)
    trouble = outcome[0] if outcome else f"no answer within {patience:g} s"
    if trouble:
        trouble = hide_secrets(trouble, secrets_of_address(url))  # whoever knows it can keep the alarm silent
        _log.warning("LITWATCH_PING_URL (%s) could not be told of the %s: %s", parts.hostname, event or "end", trouble)
    return not trouble


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to an address of the same scheme: not from https to http, and never to a file."""

    def redirect_request(  # noqa: PLR0917 - urllib's signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            raise HTTPError(req.full_url, code, "a redirect to another scheme, which is not followed", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _send(address: str, said: str, patience: float, outcome: list[str]) -> None:
    try:
        request = urllib.request.Request(  # noqa: S310 - settings allow http and https alone
            address, data=said.encode(), headers={"User-Agent": f"litwatch/{__version__}", "Content-Type": "text/plain"}
        )
        with urllib.request.build_opener(_SameScheme).open(request, timeout=patience) as answer:
            answer.read(1000)
        outcome.append("")
    except HTTPError as error:
        outcome.append(f"HTTP {error.code} {error.reason}")
    except Exception as error:  # noqa: BLE001 - an alarm that cannot be reached must not end a night
        outcome.append(f"{type(error).__name__}: {error}")
