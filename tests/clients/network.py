"""A network of its own in which NCBI's host names lead to the stand-in, over TLS, so that a client needs no patch.

Linux only: ``unshare -n -m`` gives the process a loopback and a mount table of its own, which needs root.
"""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import trustme

HOSTS = ("eutils.ncbi.nlm.nih.gov", "www.ncbi.nlm.nih.gov", "pmc.ncbi.nlm.nih.gov")
_BLOCK = 1 << 16
_SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def enter(program: Sequence[str]) -> NoReturn:
    """Run this Python program again, in a network and a mount table of its own. Raises OSError."""
    os.execvp("unshare", ["unshare", "--net", "--mount", "--", sys.executable, *program])


def name_ncbi(folder: Path) -> None:
    """Switch loopback on and let NCBI's names lead there, in this mount table only. Raises CalledProcessError."""
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {' '.join(HOSTS)}\n", encoding="ascii")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True)


def trust(folder: Path) -> tuple[ssl.SSLContext, dict[str, str]]:
    """A server's TLS for NCBI's names, and the environment in which clients of every kind believe in it.

    Those that ask the system find its bundle replaced, in this mount table only. Raises CalledProcessError.
    """
    authority = trustme.CA()
    bundle = folder / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    if _SYSTEM_BUNDLE.exists():
        subprocess.run(["mount", "--bind", str(bundle), str(_SYSTEM_BUNDLE)], check=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(context)
    names = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "PERL_LWP_SSL_CA_FILE")
    return context, dict.fromkeys(names, str(bundle))


def serve_tls(context: ssl.SSLContext, inner: tuple[str, int]) -> None:
    """Take connections on port 443 and hand their bytes to ``inner``, both ways, until the process ends."""
    listening = socket.create_server(("127.0.0.1", 443), backlog=64)
    threading.Thread(target=_accept, args=(listening, context, inner), daemon=True).start()


def _accept(listening: socket.socket, context: ssl.SSLContext, inner: tuple[str, int]) -> None:
    while True:
        plain, _ = listening.accept()
        threading.Thread(target=_join, args=(plain, context, inner), daemon=True).start()


def _join(plain: socket.socket, context: ssl.SSLContext, inner: tuple[str, int]) -> None:
    try:
        with context.wrap_socket(plain, server_side=True) as outer, socket.create_connection(inner) as served:
            back = threading.Thread(target=_pass, args=(served, outer), daemon=True)
            back.start()
            _pass(outer, served)
            back.join()
    except OSError:
        # A client that hangs up, or that does not believe in the certificate, says so itself.
        plain.close()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    try:
        while block := source.recv(_BLOCK):
            sink.sendall(block)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return
