"""The webhook's door: one JSON document handed over by HTTP POST, with a limit on time and on the answer.

As with mail (``mail.smtp``), what goes wrong before the request is sent certainly was not delivered and may be tried
again, and what goes wrong after it leaves its fate unknown: nothing is posted twice by itself. No redirect is followed.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import urllib.request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from litwatch import __version__
from litwatch.model.errors import DeliveryError
from litwatch.model.text.hidden_secrets import hide_secrets, secrets_of_address
from litwatch.model.text.loopback import is_loopback
from litwatch.model.text.safe_text import clip, visible

PATIENCE = 10.0
"""Seconds for each step: to connect, to send, to wait for the answer."""
_WHOLE = 3
"""So many steps of patience for all of it, the name server included."""
_ANSWER = 2_000
"""Bytes of an answer that are read."""
_TRY_AGAIN = {408, 425, 429}
"""Answers below 500 that ask to come back later (RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4)."""
_FATE_UNKNOWN = {502, 504}
"""Answers of a gateway that handed the request on and got no answer, or none that it understood (RFC 9110 15.6.3 and
15.6.5): what lies behind it may have taken the message."""


def post(url: str, body: bytes, *, patience: float = PATIENCE) -> str | None:
    """Hand the document over: None where it was taken, else why nobody knows whether it was.

    Raises DeliveryError where it certainly was not taken; ``permanent`` where trying again is useless. No message
    shows the address, which is a secret: only its host.
    """
    outcome: list[str | DeliveryError | None] = []
    # A time-out of urllib bounds each wait, not all of them together, and not the DNS.
    sending = threading.Thread(target=_send, args=(url, body, patience, outcome), daemon=True)
    sending.start()
    sending.join(patience * _WHOLE)
    where = _name(url)
    if not outcome:
        return f"{where} gave no answer within {patience * _WHOLE:g} seconds"
    found = outcome[0]
    if isinstance(found, DeliveryError):
        raise found
    return found


def _name(url: str) -> str:
    return f"the webhook at {urlsplit(url).hostname}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as the answer: what a night has to tell goes to the address that was set and to no other."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """No request to another address."""


def _send(url: str, body: bytes, patience: float, outcome: list[str | DeliveryError | None]) -> None:
    where = _name(url)

    def hide(text: object) -> str:
        return clip(visible(hide_secrets(str(text), secrets_of_address(url))), 200)

    try:
        request = urllib.request.Request(  # noqa: S310 - settings allow https, and http on this machine, alone
            url,
            data=body,
            headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": f"litwatch/{__version__}"},
        )
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
        if is_loopback(urlsplit(url).hostname):
            handlers.append(urllib.request.ProxyHandler({}))
        with urllib.request.build_opener(*handlers).open(request, timeout=patience):
            outcome.append(None)
    except HTTPError as error:
        if error.code in _FATE_UNKNOWN:
            outcome.append(f"a gateway before {where} took the message and got no good answer ({error.code})")
        else:
            outcome.append(_refused(where, error, hide(_read(error))))
    except URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            why = f"this machine does not trust its certificate: {error.reason.verify_message}"
            todo = " If your network has an authority of its own, set SSL_CERT_FILE (docs/operating.md)."
        else:
            why, todo = hide(error.reason), ""
        said = f"The connection to {where} failed before the message was handed over ({why}).{todo}"
        outcome.append(DeliveryError(f"{said} The next delivery tries again.", permanent=False))
    except (http.client.InvalidURL, ValueError) as error:
        said = f"The address of {where} cannot be used ({hide(error)}): check LITWATCH_WEBHOOK_URL."
        outcome.append(DeliveryError(said, permanent=True))
    except Exception as error:  # noqa: BLE001 - whatever comes after the request was sent leaves its fate unknown
        outcome.append(
            f"{where} took the whole message and then gave no answer ({hide(error) or type(error).__name__})"
        )


def _read(error: HTTPError) -> str:
    try:
        return error.read(_ANSWER).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""


def _refused(where: str, error: HTTPError, answer: str) -> DeliveryError:
    said = f"{where} refused the message: {error.code}{f' {answer}' if answer else ''}."
    said = said[:1].upper() + said[1:]
    if 300 <= error.code < 400:
        return DeliveryError(
            f"{said} It leads elsewhere, which is not followed: set LITWATCH_WEBHOOK_URL to the address itself.",
            permanent=True,
        )
    if error.code >= 500 or error.code in _TRY_AGAIN:
        return DeliveryError(f"{said} The next delivery tries again.", permanent=False)
    return DeliveryError(
        f"{said} It is not tried again: correct LITWATCH_WEBHOOK_URL or LITWATCH_WEBHOOK_FORM, then run"
        " `litwatch digest --resend`; `litwatch digest --show` lists the message.",
        permanent=True,
    )
