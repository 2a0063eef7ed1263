# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTPS server: takes calls apart, lets them meet their faults, keeps the record."""

from __future__ import annotations

import json
import secrets
import ssl
import time
from typing import TYPE_CHECKING

from aiohttp import web

from .answers import Answer, Call
from .fault_actions import ACTIONS, ConnectionGoneError, Spoiled
from .faults import FaultBook
from .record import CallEntry, Record, is_write
from .webapp import Services, Webapp

if TYPE_CHECKING:
    from .control import Control

CONTROL_PREFIX = "/_emulator"
JSON_TYPE = "application/json"


class Server:
    """One handler for all clients; any number of listeners may share it."""

    def __init__(self, services: Services, control: Control) -> None:
        self.services = services
        self.webapp = Webapp(services)
        self.faults: FaultBook = control.faults
        self.record: Record = control.record
        self.control = control
        # One low-level server without middlewares and router: a call costs little, so benchmarks measure the others.
        self._server = web.Server(self.handle, access_log=None, handler_cancellation=True, keepalive_timeout=75)
        # Whoever ends the emulator does not want to wait for a stalled call.
        self._runner = web.ServerRunner(self._server, shutdown_timeout=0.05)

    async def listen(self, host: str, port: int, context: ssl.SSLContext) -> int:
        """Opens a listener; the port that it got."""
        if self._runner.server is None:
            await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, ssl_context=context, backlog=1024)
        await site.start()
        address = self._runner.addresses[-1]
        return int(address[1])

    async def close(self) -> None:
        await self._runner.cleanup()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith(CONTROL_PREFIX):
            return await self.control.handle(request, path[len(CONTROL_PREFIX) :])
        client, path = split_prefix(path)
        row = self.services.store.has_client(client)
        if not row:
            return web.Response(status=404, text="no such client\n")
        body = await request.read() if request.body_exists else b""
        config = self.services.store.config(client)
        call = Call(client, config, request.method, path, request.headers, request.query, body)
        entry = CallEntry(client, request.method, path, time.time(), write=is_write(request.method, path))
        scheme, space, _dummy = call.authorization.partition(" ")
        entry.scheme = scheme.lower() if space else ""
        if request.method == "PATCH":
            entry.keys = _top_level_keys(body)
        self.record.add(entry)
        try:
            response = await self._respond(request, call, entry)
            entry.status = response.status
            return response
        except ConnectionGoneError:
            # No one reads this: the connection is closed already.
            return web.Response(status=500)
        finally:
            entry.seconds = time.time() - entry.client_time

    async def _respond(self, request: web.BaseRequest, call: Call, entry: CallEntry) -> web.StreamResponse:
        def act() -> Answer:
            entry.executed = True
            return self.webapp.answer(call)

        fault = self.faults.take(call.client, call.method, call.path)
        if fault is None:
            return to_response(act())
        entry.fault = fault.kind
        return await ACTIONS[fault.kind](Spoiled(fault, request, self.services, act, to_response))


def split_prefix(path: str) -> tuple[str, str]:
    """`/client001/v1/health` is `/v1/health` of client001; without a prefix it is the client without a name."""
    if path.startswith("/v1/") or path == "/metrics":
        return "", path
    first, slash, rest = path[1:].partition("/")
    return first, slash + rest


def to_response(answer: Answer) -> web.StreamResponse:
    headers = {
        "Content-Type": JSON_TYPE,
        "Cache-Control": "no-cache, private",
        "Server": "Server",
        "X-Request-ID": secrets.token_hex(16),
        **answer.headers,
    }
    return web.Response(status=answer.status, body=answer.body, headers=headers)


def _top_level_keys(body: bytes) -> list[str]:
    try:
        content = json.loads(body)
    except ValueError:
        return []
    return sorted(content) if isinstance(content, dict) else []
