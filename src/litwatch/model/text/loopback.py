"""Whether a host name or IP address means this very machine: what keeps keys, logins and forms from the network."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str | None) -> bool:
    """Whether ``host`` (a name or an IP address, IPv6 with or without brackets or zone) is this machine.

    True for ``localhost`` (RFC 6761 6.3), in any case and with a final dot, for 127.0.0.0/8 (RFC 1122 3.2.1.3), ``::1``
    and IPv4 loopback written as IPv6 (``::ffff:127.0.0.1``). Every other name is False, ``db.localhost`` included: a
    name server may send it elsewhere. Nothing is looked up.
    """
    name = (host or "").strip("[]").partition("%")[0].lower().rstrip(".")
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
