# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the first task of a process loads and learns, done once before Ansible forks its workers.

A worker lives for one task, so each of its requests is a first one: patterns are compiled, classes are asked for the first
time whether they are iterable, the interpreter has not yet specialised a line. A third of a task is that. What the parent
has been through, its workers have been through.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import socket
import ssl
from types import SimpleNamespace
from typing import Any, Callable, Iterator

from ansible_collections.wabiz.onprem.plugins.module_utils._api import connection, http, tls
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import planning
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import SETTINGS

with contextlib.suppress(ImportError):  # _http knows, and tells
    import urllib3
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

TIMES = 3  # one would do for most; with more than a few, workers gain no more than the parent loses

# A client that has the documented defaults, and a task that wants what it has.
_DEFAULTS = {
    setting.name: setting.default
    for setting in SETTINGS
    if setting.default is not None and not setting.removed and setting.echoed
}
_ARGUMENTS = {"api_url": "https://localhost/rehearsal", "password": "rehearsal", **planning.as_options(_DEFAULTS)}
_APPLICATION = planning.patch_body(planning.read_snapshot({}, None), list(_DEFAULTS), _DEFAULTS)
_BODIES: tuple[dict[str, Any], ...] = (
    {"users": [{"token": "rehearsal"}], "meta": {"version": "v2.53.1"}},
    {"settings": {"application": _APPLICATION}, "meta": {"version": "v2.53.1"}},
    {},
)

PerformTask = Callable[..., Any]  # in_process.perform_task


def rehearse(perform_task: PerformTask) -> None:
    """Performs a task that changes nothing a few times, without a network. Nothing depends on it."""
    if http.REQUESTS_IMPORT_ERROR is None:
        with contextlib.suppress(Exception):
            say_hello()
        with contextlib.suppress(Exception):
            for _dummy in range(TIMES):
                perform_one(perform_task)


def say_hello() -> None:
    """Has OpenSSL load what it needs for reading a certificate and for beginning a handshake."""
    with open(DEFAULT_CA_BUNDLE_PATH, encoding="utf-8") as bundle:
        first = "".join(itertools.takewhile(lambda line: "END CERT" not in line, bundle))
    context = tls.new_context()
    context.load_verify_locations(cadata=f"{first[first.index('-----BEGIN') :]}-----END CERTIFICATE-----\n")
    with contextlib.suppress(ssl.SSLWantReadError):  # nobody answers
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost").do_handshake()


def perform_one(perform_task: PerformTask) -> Any:
    """One task from its arguments to its masked answer: a login, a look at the settings, a logout."""
    connect = functools.partial(connection.connect, transport=_transport)
    operation = SimpleNamespace(
        OPTIONS=application_settings.OPTIONS,
        RULES=application_settings.RULES,
        run=functools.partial(application_settings.run, connect=connect),
    )
    return perform_task(operation, _ARGUMENTS, Task(check_mode=True), diff=False, with_invocation=True)


def _transport(*args: Any) -> http.Transport:
    """A transport whose connections are pairs of sockets, with the client's answers in the other one."""

    class Connection(urllib3.connection.HTTPSConnection):
        def connect(self) -> None:
            self.sock, self.peer = socket.socketpair()
            self.is_verified = True
            self.answers = _answers()

        def getresponse(self) -> Any:
            self.peer.sendall(next(self.answers))
            return super().getresponse()

        def close(self) -> None:
            super().close()
            self.peer.close()

    class Pool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Connection

    transport = http.Transport(*args)
    transport.adapter.poolmanager.pool_classes_by_scheme = {"https": Pool}
    return transport


def _answers() -> Iterator[bytes]:
    for body in _BODIES:
        text = json.dumps(body)
        yield (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-cache, private\r\n"
            f"Server: Server\r\nContent-Length: {len(text)}\r\n\r\n{text}"
        ).encode()
