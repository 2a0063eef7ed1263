# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""TLS contexts, sockets with a time limit, and trusted certificates. Nothing is taken from the environment."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import sys
import time
from typing import Any, Callable, Iterator

from .._common.plain_files import PlainFileError, read_plain_file

LARGEST_CA = 16 * 1024 * 1024  # bytes of a file with trusted certificates


@contextlib.contextmanager
def without_key_log() -> Iterator[None]:
    """Hide ``SSLKEYLOGFILE`` from what is imported inside: some versions of requests make a TLS context on import."""
    value = os.environ.pop("SSLKEYLOGFILE", None)
    try:
        yield
    finally:
        if value is not None:
            os.environ["SSLKEYLOGFILE"] = value


class Attempt:
    """The present request: when it has to be over, and whether any of it has left this machine."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = 0.0
        self.sent = False

    def start(self, seconds: float) -> None:
        self._end = self._clock() + seconds
        self.sent = False

    def remaining(self) -> float:
        left = self._end - self._clock()
        if left <= 0:
            raise socket.timeout("time limit of the request")
        return left


def limited_socket(attempt: Attempt) -> type[ssl.SSLSocket]:
    """A TLS socket whose every wait ends with the request's limit; a socket time-out alone restarts with each byte."""

    class LimitedSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            self.settimeout(attempt.remaining())
            super().do_handshake(block)

        def recv_into(self, *args: Any, **kwargs: Any) -> int:
            self.settimeout(attempt.remaining())
            return super().recv_into(*args, **kwargs)

        def sendall(self, *args: Any, **kwargs: Any) -> None:
            self.settimeout(attempt.remaining())
            attempt.sent = True
            super().sendall(*args, **kwargs)

    return LimitedSocket


def new_context() -> ssl.SSLContext:
    """Return a context that verifies certificates and host names, and trusts no certificate yet.

    It is made here because the functions of ssl and urllib3 for this purpose read ``SSLKEYLOGFILE``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificates and host names
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET
    if sys.version_info >= (3, 13):  # as ssl.create_default_context does from there on
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    with contextlib.suppress(AttributeError):  # an OpenSSL that has no such option
        context.hostname_checks_common_name = False
    return context


# Contexts made beforehand. Each is taken once: it learns from its adapter which certificates are trusted.
_ready: list[ssl.SSLContext] = []


def prepare() -> None:
    """Make one context in advance. The first of a process costs milliseconds; processes forked from it inherit it.

    Where it cannot be made, the request reports the problem.
    """
    if not _ready:
        with contextlib.suppress(Exception):
            _ready.append(new_context())


def take_context() -> ssl.SSLContext:
    """Return a context for one client."""
    return _ready.pop() if _ready else new_context()


def ca_problem(ca_path: str | None) -> str:
    """Return why a CA path cannot be used; empty if it can, or if there is none."""
    if not ca_path or os.path.isdir(ca_path):
        return ""
    try:
        read_plain_file(ca_path, LARGEST_CA)
    except PlainFileError as problem:
        return str(problem)
    return ""
