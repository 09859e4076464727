"""Faults of transport: refusals, wrong statuses, connections that end early, and answers that come too slowly."""

from __future__ import annotations

import gzip
from datetime import timedelta
from email.utils import format_datetime
from random import Random
from typing import Final

from litwatch.standin.fault import Change, Fault, FaultKind
from litwatch.standin.occasion import Occasion
from litwatch.standin.web import HTML, JSON, TEXT, Answer, Part, json_answer

HANG_SECONDS: Final = 600.0
"""Longer than any client's patience; ends when the stand-in stops."""


def rate_limited(occasion: Occasion, used: int, limit: int, *, status: int = 429, wait: str | None = "2") -> Answer:
    """NCBI's refusal of one request too many, as measured in 2026."""
    caller = occasion.request.get("api_key") or occasion.request.address
    body = {"error": "API rate limit exceeded", "api-key": caller, "count": str(used), "limit": str(limit)}
    return json_answer(body, status=status, headers={} if wait is None else {"Retry-After": wait})


def key_invalid(occasion: Occasion) -> Answer:
    """NCBI's refusal of a key, which says the key aloud."""
    key = occasion.request.get("api_key") or "0123456789abcdef0123456789abcdef0123"
    body = {"error": "API key invalid", "api-key": key, "type": "invalid", "status": "unknown"}
    return json_answer(body, status=400)


def _limit(status: int = 429, wait: str | None = "2") -> Change:
    return lambda _, occasion, __: rate_limited(occasion, 4, 3, status=status, wait=wait)


def _limit_until(_: Answer, occasion: Occasion, __: Random) -> Answer:
    return rate_limited(occasion, 4, 3, wait=format_datetime(occasion.now + timedelta(seconds=2), usegmt=True))


def _page(status: int, title: str) -> Change:
    body = (
        f"<html>\n<head><title>{status} {title}</title></head>\n<body>\n"
        f"<center><h1>{status} {title}</h1></center>\n</body>\n</html>\n"
    )
    return lambda *_: Answer(body.encode(), HTML, status)


def _diagnostic(status: int) -> Change:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml" '
        'xml:lang="en" lang="en"><head><title>NCBI/eutils211 - WWW Error 500 Diagnostic</title></head><body>'
        "<h1>Server Error</h1><p>Your request could not be processed due to a problem on our Web server.</p>"
        "</body></html>\n"
    )
    return lambda *_: Answer(body.encode(), HTML, status)


def _text(body: str) -> Change:
    return lambda *_: Answer(body.encode(), TEXT)


def _redirect(target: str, status: int = 307) -> Change:
    def change(_: Answer, occasion: Occasion, __: Random) -> Answer:
        where = target or occasion.request.path
        return Answer(b"", HTML, status, {"Location": where})

    return change


def _carried(**how: object) -> Change:
    return lambda answer, *_: answer.delivered(**how)


def _half_gzip(answer: Answer, *_: object) -> Answer:
    packed = gzip.compress(answer.body, 1, mtime=0)
    return Answer(
        packed[: max(12, len(packed) * 2 // 3)], answer.content_type, answer.status, {"Content-Encoding": "gzip"}
    )


def _fault(name: str, says: str, change: Change, *, passing: bool = False) -> Fault:
    return Fault(name, FaultKind.TRANSPORT, says, change, passing=passing)


_PORTAL: Final = (
    "<!DOCTYPE html>\n<html><head><title>Welcome to GuestNet</title></head><body><form method=post><p>Accept the terms "
    "to go online.</p><button>Accept</button></form></body></html>\n"
)

FAULTS: Final = (
    _fault("rate-limit", "429 with Retry-After: 2, although the pace was kept", _limit(), passing=True),
    _fault("rate-limit-bare", "429 without Retry-After", _limit(wait=None)),
    _fault("rate-limit-date", "429 with Retry-After as an HTTP date", _limit_until),
    _fault("rate-limit-huge", "429 with Retry-After of a whole day", _limit(wait="86400")),
    _fault("rate-limit-as-200", "the rate limit's JSON at status 200", _limit(200, None)),
    _fault("key-invalid", "400 that says the API key aloud", lambda _, occasion, __: key_invalid(occasion)),
    _fault("server-error", "500 with NCBI's XHTML diagnostic page", _diagnostic(500), passing=True),
    _fault("bad-gateway", "502 with an HTML page", _page(502, "Bad Gateway"), passing=True),
    _fault("unavailable", "503 with an HTML page", _page(503, "Service Temporarily Unavailable"), passing=True),
    _fault("gateway-timeout", "504 with an HTML page", _page(504, "Gateway Time-out")),
    _fault("address-too-long", "414, whatever the length", _page(414, "Request-URI Too Long")),
    _fault(
        "reset-before-headers",
        "the connection is reset before a status line",
        _carried(reset_before_headers=True),
        passing=True,
    ),
    _fault("closed-before-headers", "the connection closes without a word", _carried(close_before_headers=True)),
    _fault(
        "reset-mid-body",
        "the connection is reset in the middle of the body",
        _carried(cut_body_at=0.5, reset_at_cut=True),
    ),
    _fault(
        "truncated-chunks",
        "the chunks end in the middle, without the last one",
        _carried(cut_body_at=0.5),
        passing=True,
    ),
    _fault("broken-chunk", "the last chunk is shorter than announced", _carried(broken_chunk=True)),
    _fault("length-too-long", "Content-Length promises 1,000 bytes more than come", _carried(length_lie=1000)),
    _fault("length-too-short", "Content-Length is 100 bytes short of the body", _carried(length_lie=-100)),
    _fault("truncated-gzip", "a gzip stream without its end", _half_gzip),
    _fault("gzip-lie", "says gzip and sends plain bytes", _carried(claim_gzip=True)),
    _fault("slow-drip", "64 bytes, a second's pause, 64 bytes, …", _carried(drip=Part(64, 1.0))),
    _fault("hang-before-headers", "accepts the request and says nothing more", _carried(hang_before=HANG_SECONDS)),
    _fault("hang-after-headers", "sends the headers and nothing more", _carried(hang_after_headers=HANG_SECONDS)),
    _fault("keep-alive-broken", "promises keep-alive and closes after the answer", _carried(close=True), passing=True),
    _fault(
        "redirect-plain",
        "307 to http:// at NCBI, which would send the key in the clear",
        _redirect("http://eutils.ncbi.nlm.nih.gov/"),
    ),
    _fault("redirect-elsewhere", "307 to another host", _redirect("https://eutils.example.org/entrez/eutils/")),
    _fault("redirect-inside", "302 to the machine's own loopback", _redirect("http://127.0.0.1:9/secret", 302)),
    _fault("redirect-loop", "308 to the same address for ever", _redirect("", 308)),
    _fault("captive-portal", "a guest network's log-in page at status 200", lambda *_: Answer(_PORTAL.encode(), HTML)),
    _fault("diagnostic-as-200", "NCBI's XHTML diagnostic page at status 200", _diagnostic(200)),
    _fault(
        "unroutable",
        "plain text: Unable to route request!",
        _text("Unable to route request! service name: /http/service/ratecontrol dtab: "),
    ),
    _fault(
        "json-for-all",
        "a JSON error of NCBI's gateway at status 200",
        lambda *_: Answer(b'{"error":"error forwarding request"}\n', JSON),
    ),
)
"""In the order in which a request would meet them."""
