# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each kind of fault spoils an answer."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from .answers import Answer, meta
from .errors import error_body
from .faults import Fault
from .webapp import Services

HTML = b"<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>"


@dataclass
class Spoiled:
    """A call that has met a fault."""

    fault: Fault
    request: web.BaseRequest
    services: Services
    act: Callable[[], Answer]  # carries the call out
    respond: Callable[[Answer], web.StreamResponse]

    def detail(self, name: str) -> object:
        return self.fault.details[name]

    def text(self, name: str) -> str:
        return str(self.detail(name))

    def figure(self, name: str) -> float:
        return float(str(self.detail(name)))

    def act_if_ordered(self) -> Answer | None:
        return self.act() if self.detail("execute") else None


class ConnectionGoneError(Exception):
    """The fault took the connection away; there is nothing left to answer."""


Action = Callable[[Spoiled], Awaitable[web.StreamResponse]]


def _reset_connection(request: web.BaseRequest) -> ConnectionGoneError:
    """Ends the connection the hard way: the peer sees a reset, not an orderly end."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return ConnectionGoneError()


async def _status(call: Spoiled) -> web.StreamResponse:
    call.act_if_ordered()
    details = call.fault.details
    body: bytes
    if details["body"] is not None:
        body = details["body"].encode() if isinstance(details["body"], str) else json.dumps(details["body"]).encode()
    else:
        content = error_body(details["code"], details["details"], details["title"])
        shared = {"meta": meta(call.services.store.config(call.fault.client), webapp=False)}
        body = b"" if content is None else json.dumps({**content, **shared}).encode()
    return call.respond(Answer(int(details["status"]), body, {str(k): str(v) for k, v in details["headers"].items()}))


async def _delay(call: Spoiled) -> web.StreamResponse:
    await asyncio.sleep(call.figure("seconds"))
    return call.respond(call.act())


async def _stall(call: Spoiled) -> web.StreamResponse:
    call.act_if_ordered()
    await asyncio.sleep(call.figure("seconds"))
    raise _reset_connection(call.request)


async def _cut(call: Spoiled) -> web.StreamResponse:
    call.act_if_ordered()
    raise _reset_connection(call.request)


async def _reset(call: Spoiled) -> web.StreamResponse:
    answer = call.act_if_ordered() or Answer(200, b"{" + b" " * 4096 + b"}")
    promised = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
    promised.content_length = max(len(answer.body), 64) + 1024  # more than will ever come
    await promised.prepare(call.request)
    await promised.write(answer.body[: int(call.figure("after_bytes"))] or b"{")
    await asyncio.sleep(0.01)  # lets what was written leave before the reset
    raise _reset_connection(call.request)


async def _garbage(call: Spoiled) -> web.StreamResponse:
    call.act_if_ordered()
    # Neither JSON nor HTML begins with a zero byte; a random one is a "<" now and then.
    return call.respond(Answer(200, b"\0" + secrets.token_bytes(max(0, int(call.figure("size")) - 1))))


async def _html(call: Spoiled) -> web.StreamResponse:
    call.act_if_ordered()
    return call.respond(Answer(int(call.figure("status")), HTML, {"Content-Type": "text/html; charset=utf-8"}))


async def _truncated(call: Spoiled) -> web.StreamResponse:
    answer = call.act_if_ordered() or Answer(200, b'{"settings": {"application": {')
    body = answer.body[: max(1, len(answer.body) // 2)]
    return call.respond(Answer(answer.status, body if len(answer.body) > 4 else b'{"meta": {', answer.headers))


async def _wrong_shape(call: Spoiled) -> web.StreamResponse:
    call.act_if_ordered()
    return call.respond(Answer(200, json.dumps(call.detail("body")).encode()))


async def _wrong_type(call: Spoiled) -> web.StreamResponse:
    answer = call.act_if_ordered() or Answer(200, b"{}")
    return call.respond(
        Answer(answer.status, answer.body, {**answer.headers, "Content-Type": call.text("content_type")})
    )


async def _empty(call: Spoiled) -> web.StreamResponse:
    call.act_if_ordered()
    return call.respond(Answer(int(call.figure("status")), b""))


async def _redirect(call: Spoiled) -> web.StreamResponse:
    call.act_if_ordered()
    return call.respond(Answer(int(call.figure("status")), b"", {"Location": call.text("location")}))


async def _big(call: Spoiled) -> web.StreamResponse:
    """Valid JSON of the wanted size, made as it is sent."""
    call.act_if_ordered()
    size, block = int(call.figure("size")), b"x" * 65536
    stream = web.StreamResponse(headers={"Content-Type": "application/json"})
    if call.detail("announced"):
        stream.content_length = size
    else:
        stream.enable_chunked_encoding()
    await stream.prepare(call.request)
    await stream.write(b'{"settings":"')
    rest = size - 15
    while rest > 0:
        await stream.write(block[: min(rest, len(block))])
        rest -= len(block)
    await stream.write(b'"}')
    await stream.write_eof()
    return stream


async def _drip(call: Spoiled) -> web.StreamResponse:
    """The right answer, slowly: its body piece by piece, or everything from the status line on."""
    answer = call.act_if_ordered() or Answer(200, b"{}")
    transport = call.request.transport
    head = (
        f"HTTP/1.1 {answer.status} Slow\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    at_once, slow = (b"", head + answer.body) if call.detail("part") == "headers" else (head, answer.body)
    chunk = int(call.figure("chunk"))
    assert transport is not None
    transport.write(at_once)
    for start in range(0, len(slow), chunk):
        if transport.is_closing():
            raise ConnectionGoneError
        transport.write(slow[start : start + chunk])
        await asyncio.sleep(call.figure("interval"))
    transport.close()
    raise ConnectionGoneError


class _UndoError(Exception):
    """Leaves a transaction so that nothing of it is kept."""


async def _not_kept(call: Spoiled) -> web.StreamResponse:
    """Answers as if all were well, and forgets what was written (all of it, or the named settings)."""
    client, keys = call.fault.client, call.fault.details["keys"]
    store = call.services.store
    before = store.settings(client)
    answer = Answer(200, b"null")
    try:
        with store.transaction():
            answer = call.act()
            if keys is None:
                raise _UndoError
            after = {name: value for name, value in store.settings(client).items() if name not in keys}
            store.set_settings(client, {**after, **{name: before[name] for name in keys if name in before}})
    except _UndoError:
        pass
    return call.respond(answer)


async def _token_expires(call: Spoiled) -> web.StreamResponse:
    """All live tokens expire: before this call (it is answered 401), or right after it."""
    if call.detail("when") == "before":
        call.services.accounts.expire_all(call.fault.client)
        return call.respond(call.act())
    answer = call.act()
    call.services.accounts.expire_all(call.fault.client)
    return call.respond(answer)


ACTIONS: dict[str, Action] = {
    "status": _status,
    "delay": _delay,
    "stall": _stall,
    "cut": _cut,
    "reset": _reset,
    "garbage": _garbage,
    "html": _html,
    "truncated": _truncated,
    "wrong_shape": _wrong_shape,
    "wrong_type": _wrong_type,
    "empty": _empty,
    "redirect": _redirect,
    "big": _big,
    "drip": _drip,
    "not_kept": _not_kept,
    "token_expires": _token_expires,
}
