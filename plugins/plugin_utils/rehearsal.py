# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the first request of a process loads and learns, done once before Ansible forks its workers.

A worker lives for one task, so each of its requests is a first one: patterns are compiled, classes are asked for the first
time whether they are iterable, the interpreter has not yet specialised a line. Half of a first request is that. What the
parent has been through, its workers have been through.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl

from ansible_collections.wabiz.onprem.plugins.module_utils import _http

with contextlib.suppress(ImportError):  # _http knows, and tells
    import requests
    import urllib3

TIMES = 10  # the interpreter specialises what it has run eight times

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-cache, private\r\n"
    b"Server: Server\r\nContent-Length: 2\r\n\r\n{}"
)


def rehearse() -> None:
    """Makes a request of every kind of work that one is made of, without a network. Nothing depends on it."""
    if _http.REQUESTS_IMPORT_ERROR is None:
        with contextlib.suppress(Exception):
            say_hello()
        with contextlib.suppress(Exception):
            make_requests()


def say_hello() -> None:
    """Has OpenSSL load what it needs for reading a certificate and for beginning a handshake."""
    with open(requests.utils.DEFAULT_CA_BUNDLE_PATH, encoding="utf-8") as bundle:
        first = "".join(itertools.takewhile(lambda line: "END CERT" not in line, bundle))
    context = _http.new_context()
    context.load_verify_locations(cadata=f"{first[first.index('-----BEGIN') :]}-----END CERTIFICATE-----\n")
    with contextlib.suppress(ssl.SSLWantReadError):  # nobody answers
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost").do_handshake()


def make_requests() -> None:
    """Has requests and what is below it send requests and take answers, by a pair of sockets instead of a network."""

    class Connection(urllib3.connection.HTTPConnection):
        def connect(self) -> None:
            self.sock, self.peer = socket.socketpair()
            self.peer.sendall(ANSWER)

        def close(self) -> None:
            super().close()
            self.peer.close()

    class Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = Connection

    for _dummy in range(TIMES):
        transport = _http.Transport("http://localhost")
        transport.adapter.poolmanager.pool_classes_by_scheme = {"http": Pool}
        transport.send("GET", "/", {"Authorization": "Bearer none"}, None, 5)
        transport.close()
