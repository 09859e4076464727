"""Reading feeds: an entry is a lead to a paper, never a record of one.

The parsers get bytes only, after limits that feedparser's own fetcher lacks: time, size after decompression, redirects
that are each checked, private addresses refused. An answer that is no feed is an error, never a quiet feed. A feed that
was not modified is not sent again (RFC 9110 13.1): the copy in ``memory`` then gives the same leads as before, so that
a night which failed behind it loses nothing. An entry's link is never followed, and its date is not trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import re
import socket
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from litwatch.config.whole_file import write_whole_file
from litwatch.model.errors import SourceRefused, SourceUnavailable
from litwatch.model.lead import Lead
from litwatch.sources.body_limits import BodyLimits
from litwatch.sources.feeds.feed_document import parse_feed
from litwatch.sources.feeds.feed_entry import scheme_of

MAX_BYTES = 5_000_000
"""Of a feed after decompression; feedparser held a 200 MB body for minutes."""
MAX_REDIRECTS = 5
MAX_SECONDS = 60
"""For one feed in all, redirects included; each single wait is shorter."""
MEMORY_DAYS = 7
"""After so many days the whole feed is asked for, whatever was kept: some servers say "not modified" for ever."""
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_HOST = re.compile(r"[a-z0-9._~%:-]+")


def read_feed(
    url: str,
    *,
    user_agent: str,
    is_allowed: Callable[[str], bool] | None = None,
    memory: Path | None = None,
) -> tuple[Lead, ...]:
    """Fetch one feed and give its entries as leads, in feed order, without repeats.

    An empty feed is an empty tuple; one whose XML had to be mended is a ``LeadsOfBrokenFeed``. ``is_allowed`` judges an
    IP address before it is connected to; by default only public ones pass. ``memory`` is a folder for the last good
    copies; without it every feed is fetched whole. Raises SourceUnavailable where no usable feed came, SourceRefused
    for an address that is not allowed or a feed that is gone for good (410).
    """
    # Only the host is named in errors: an address may hold a password or a token.
    name = f"the feed at {_host(url)}"
    kept = _recall(memory, url)
    answer = _fetch(url, name, user_agent, is_allowed or _is_public, kept)
    if answer is None:
        return parse_feed(kept.body if kept else b"", name=name)
    leads = parse_feed(answer.body, name=name)
    # Only behind a body that could be read: else a broken feed would be "not modified" tomorrow.
    _keep(memory, url, answer)
    return leads


@dataclass(frozen=True, slots=True)
class _Copy:
    """A feed's body and what to ask with whether it was modified since: ETag and Last-Modified, or less."""

    body: bytes
    etag: str
    modified: str

    @property
    def conditions(self) -> dict[str, str]:
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in given.items() if value}


def _place(memory: Path, url: str) -> Path:
    return memory / f"{hashlib.sha256(url.encode(errors='backslashreplace')).hexdigest()}.feed"


def _recall(memory: Path | None, url: str) -> _Copy | None:
    """The kept copy, unless it is too old or cannot be read; then the feed is simply fetched whole."""
    if memory is None:
        return None
    try:
        head, _, body = _place(memory, url).read_bytes().partition(b"\n")
        read_at, etag, modified = json.loads(head)
        young = time.time() - float(read_at) < MEMORY_DAYS * 86_400
    except (OSError, ValueError, TypeError):
        return None
    return _Copy(body, str(etag), str(modified)) if young and (etag or modified) else None


def _keep(memory: Path | None, url: str, copy: _Copy) -> None:
    """Keep a copy for the next night; where that fails, the next night fetches the feed whole."""
    if memory is None:
        return
    head = json.dumps([time.time(), copy.etag, copy.modified]).encode()
    with contextlib.suppress(OSError):
        write_whole_file(_place(memory, url), head + b"\n" + copy.body)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "an address without a host"
    except ValueError:
        return "an address that is none"


def _fetch(url: str, name: str, user_agent: str, is_allowed: Callable[[str], bool], kept: _Copy | None) -> _Copy | None:
    """The feed as it came, or None where the server says that the kept one was not modified."""
    address = url
    limits = BodyLimits(name, MAX_BYTES, MAX_SECONDS)
    hooks = {"response": [_take_location]}
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, event_hooks=hooks) as client:
        for _ in range(MAX_REDIRECTS + 1):
            place = _check_address(address, name, is_allowed)
            try:
                request = client.build_request(
                    "GET",
                    place.url,
                    headers={"User-Agent": user_agent, "Host": place.header, **(kept.conditions if kept else {})},
                    # the certificate must still be that of the name
                    extensions={"sni_hostname": place.host},
                )
                answer = client.send(request, stream=True)
                try:
                    if answer.status_code == httpx.codes.NOT_MODIFIED and kept is not None:
                        return None
                    location = answer.extensions[_LOCATION]
                    if not location:
                        etag, modified = (_condition(answer, header) for header in ("etag", "last-modified"))
                        return _Copy(_read(answer, name, limits), etag, modified)
                    address = _follow(address, location, name)
                finally:
                    answer.close()
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                what = type(error).__name__
                raise SourceUnavailable(f"{name} did not answer ({what}); the next run asks again") from None
    raise SourceUnavailable(f"{name} redirects more than {MAX_REDIRECTS} times; check the address in the topic file")


_LOCATION = "litwatch.location"


def _take_location(answer: httpx.Response) -> None:
    """Where a redirect leads, put aside before httpx reads it: it takes no name but those that IDNA has as they are."""
    moved = answer.has_redirect_location
    answer.extensions[_LOCATION] = answer.headers.pop("location") if moved else ""


def _condition(answer: httpx.Response, header: str) -> str:
    """A validator that may be sent back as it is, or an empty text."""
    value = answer.headers.get(header, "")
    return value if len(value) <= 500 and value.isascii() and value.isprintable() else ""


def _follow(address: str, location: str, name: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:
        raise SourceUnavailable(
            f"{name} redirects to something that is not an address; check it in the topic file"
        ) from None


def _read(answer: httpx.Response, name: str, limits: BodyLimits) -> bytes:
    if answer.status_code == httpx.codes.GONE:
        raise SourceRefused(f"{name} is gone for good (410); remove it from the topic file")
    if answer.status_code != httpx.codes.OK:
        wait = answer.headers.get("retry-after", "")
        asks = f" and asks to wait {int(wait):,} seconds" if wait.isascii() and wait.isdigit() and len(wait) < 8 else ""
        raise SourceUnavailable(f"{name} answered with status {answer.status_code}{asks}; the next run asks again")
    return b"".join(limits.read(answer.iter_bytes()))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a request goes, and by which name."""

    url: httpx.URL
    """With the very IP address to connect to: a name that resolves anew could lead elsewhere."""
    host: str
    """The name in ASCII, or the address that stands in its place."""
    header: str
    """The Host header: the name and the port, as far as the address gives one."""


def _check_address(address: str, name: str, is_allowed: Callable[[str], bool]) -> _Place:
    """Resolve an address and judge it.

    A topic file must not make litwatch read the intranet, so anything but http(s) to an allowed address is refused.
    """
    if scheme_of(address) not in {"http", "https"}:
        raise SourceRefused(f"{name} leads to an address that is not http or https; check it in the topic file")
    try:
        parts = urlsplit(address)
        host, port = write_ascii_host(parts.hostname or ""), parts.port
        header = f"[{host}]" if ":" in host else host
        header = header if port is None else f"{header}:{port}"
        userinfo, at, _ = parts.netloc.rpartition("@")
        url = httpx.URL(parts._replace(netloc=f"{userinfo}{at}{header}", fragment="").geturl())
    except (ValueError, httpx.InvalidURL):
        raise SourceRefused(f"{name} leads to an address that is not valid; check it in the topic file") from None
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        raise SourceUnavailable(f"{name}: the name {host} cannot be found; check it in the topic file") from None
    addresses = [str(socket_address[0]) for *_, socket_address in found]
    if not addresses or not all(is_allowed(one) for one in addresses):
        raise SourceRefused(
            f"{name} leads to a private address, which feeds may not; check it in the topic file, or,"
            " if the feed is your own network's, set LITWATCH_PRIVATE_FEEDS=true"
        )
    return _Place(url.copy_with(host=addresses[0]), host, header)


def write_ascii_host(host: str) -> str:
    """A host name or address as it goes over the wire: names outside ASCII by IDNA (RFC 5891), in lower case.

    Full-width letters, digits and dots are what they look like, as browsers read them (Unicode TS 46). Raises
    ValueError or httpx.InvalidURL for what is no host.
    """
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").lower()
    if not plain.isascii():
        plain = httpx.URL(f"http://{plain}/").raw_host.decode("ascii")
    if not plain or len(plain) > 253 or not _HOST.fullmatch(plain):
        raise ValueError(f"no host: {host!r}")
    return plain


def _is_public(address: str) -> bool:
    """Whether an address is one host's on the public internet.

    An IPv6 address that only wraps an IPv4 one (NAT64, RFC 6052) is judged by that; 6to4 and the other ways to wrap
    one (RFC 7526, RFC 4291 2.5.5) are not in use any more.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in _NAT64:
            return _is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        return found.is_global and found in _UNICAST and not any(found in network for network in _NOT_PUBLIC)
    return found.is_global and not found.is_multicast


_UNICAST, _NAT64 = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = tuple(map(ipaddress.IPv6Network, ("2002::/16", "2001::/32", "3fff::/20")))
"""6to4, Teredo, documentation (RFC 9637)."""
