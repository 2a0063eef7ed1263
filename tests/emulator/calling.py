# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain callers: of the API, without retries and without any opinion, and of the control API."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

SETTINGS = "/v1/settings/application"
ROOT_CLIENT = "-"  # how the client without a prefix is named in the control API's paths


@dataclass
class Reply:
    status: int
    raw: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> int:
        return int(self.json["errors"][0]["code"])


@dataclass
class Api:
    """Calls one client as a program would."""

    url: str
    ca_path: str
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        parts = urlsplit(self.url)
        context = ssl.create_default_context(cafile=self.ca_path)
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=10)
        try:
            payload = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(method, parts.path + path, payload, {**self.headers, **(headers or {})})
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(), dict(answer.getheaders()))
        finally:
            connection.close()

    def settings(self) -> dict[str, Any]:
        reply = self("GET", SETTINGS)
        assert reply.status == 200, reply.raw
        application: dict[str, Any] = reply.json["settings"]["application"]
        return application

    def login(self, user: str, password: str, body: Any = None) -> Reply:
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        return self("POST", "/v1/users/login", body, {"Authorization": f"Basic {credentials}"})


class ControlError(AssertionError):
    """The emulator refused an order: whoever gave it is wrong, not what is under test."""


class ControlLine:
    """One kept-alive connection to the control API, usable from several threads."""

    def __init__(self, port: int, ca_path: str) -> None:
        self._context = ssl.create_default_context(cafile=ca_path)
        self._port = port
        self._lock = threading.Lock()
        self._connection: http.client.HTTPSConnection | None = None

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        payload = json.dumps(body or {})
        with self._lock:
            try:
                status, content = self._exchange(method, path, payload)
            except (http.client.HTTPException, OSError):  # a kept connection that has ended in the meantime, or a fork
                self._connection = None
                status, content = self._exchange(method, path, payload)
        answer = json.loads(content)
        if status != 200:
            raise ControlError(f"{method} {path}: {answer.get('error')}")
        return answer

    def _exchange(self, method: str, path: str, payload: str) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=self._context, timeout=30)
        self._connection.request(method, f"/_emulator/{path}", payload)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Waits until the condition holds, in small steps."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come to hold in time"
        time.sleep(0.01)
