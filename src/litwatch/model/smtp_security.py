"""How the connection to a mail server is protected: the words that settings offer and the mail door obeys."""

from __future__ import annotations

from enum import StrEnum


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
