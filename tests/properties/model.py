# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model of the client's settings resource, in memory, and a transport that reaches it without a network."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import Client
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import RawAnswer, TransportError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.versions import is_at_least, is_before, parse_version
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import BY_API, SETTINGS, Setting

VERSIONS = ("2.33.4", "2.41.2", "2.49.1", "2.53.1")
NAME = "https://client.example:9090"


class Killed(BaseException):
    """The process dies at this point."""


def exists(setting: Setting, version: str) -> bool:
    return setting.since is None or not is_before(parse_version(version), setting.since)


def is_shown(setting: Setting, version: str) -> bool:
    gone = setting.removed is not None and is_at_least(parse_version(version), setting.removed)
    return exists(setting, version) and setting.echoed and not gone


@dataclass
class Server:
    """One client: what it stores, what a restart would bring into effect, and what it does with nested objects."""

    version: str
    nested: str  # "replace" or "deep"
    defaults: dict[str, Any]  # by API name
    stored: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    default_extra: dict[str, Any] = field(default_factory=dict)
    hidden_extra: tuple[str, ...] = ()
    odd: bool = False  # answers in other types, as real clients do
    not_kept: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)  # for the next writes: what happens to each
    in_effect: dict[str, Any] = field(default_factory=dict)
    writes: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.in_effect = {name: copy.deepcopy(value) for name, value in self.stored.items() if BY_API[name].restart}

    def waiting(self) -> list[str]:
        """The settings that are stored and not in effect."""
        return sorted(name for name, value in self.in_effect.items() if self.stored[name] != value)

    def snapshot(self) -> Any:
        return copy.deepcopy((self.stored, self.extra))

    def get(self) -> dict[str, Any]:
        application: dict[str, Any] = {"wa_id": "16315551019"}
        for setting in SETTINGS:
            if setting.api in self.stored and is_shown(setting, self.version):
                place = application
                for part in setting.api_path[:-1]:
                    place = place.setdefault(part, {})
                place[setting.api_path[-1]] = self._odd(setting, self.stored[setting.api])
        application.update({key: value for key, value in self.extra.items() if key not in self.hidden_extra})
        return application

    def _odd(self, setting: Setting, value: Any) -> Any:
        if not self.odd:
            return copy.deepcopy(value)
        if setting.kind == "set":
            return list(reversed(value))
        return str(value).lower() if setting.kind in ("int", "bool") else value

    def patch(self, body: Mapping[str, Any]) -> None:
        self.writes.append(("PATCH", copy.deepcopy(body)))
        for key, value in body.items():
            leaves = [setting for setting in SETTINGS if setting.top_level == key and setting.api in self.stored]
            if not leaves:
                self.extra[key] = value
            for setting in leaves:
                self._set(setting, body)

    def _set(self, setting: Setting, body: Mapping[str, Any]) -> None:
        value: Any = body
        for part in setting.api_path:
            if not isinstance(value, Mapping) or part not in value:
                if self.nested == "replace":
                    self.stored[setting.api] = self.defaults[setting.api]
                return
            value = value[part]
        if setting.api not in self.not_kept:
            self.stored[setting.api] = _as_stored(setting, value)

    def delete(self) -> None:
        self.writes.append(("DELETE", None))
        self.stored = copy.deepcopy(self.defaults)
        self.extra = copy.deepcopy(self.default_extra)


def _as_stored(setting: Setting, value: Any) -> Any:
    if setting.kind == "int":
        return int(value)
    if setting.kind == "bool" and isinstance(value, str):
        return value == "true"
    return value


class Transport:
    """What the client's calls go through. A fault of a write: refuse, lose (its answer), kill before or after it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def close(self) -> None:
        """Nothing is open."""

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, time_limit: float
    ) -> RawAnswer:
        assert path == "/v1/settings/application"
        server = self._server
        version = server.version if method == "GET" else "v" + server.version
        meta = {"version": version, "api_status": "stable"}
        if method == "GET":
            return _answer(200, {"settings": {"application": server.get()}, "meta": meta})
        fault = server.faults.pop(0) if server.faults else ""
        if fault == "refuse":
            return _answer(400, {"errors": [{"code": 1009, "details": "no"}], "meta": meta})
        if fault == "kill before":
            raise Killed
        if method == "PATCH":
            server.patch(json.loads(body or b"{}"))
        else:
            server.delete()
        if fault == "kill after":
            raise Killed
        if fault == "lose":
            raise TransportError("the connection was cut before the whole answer had come")
        if fault == "unavailable":
            return _answer(503, None)
        return _answer(200, None)


def _answer(status: int, data: Any) -> RawAnswer:
    return RawAnswer(status, {}, b"" if data is None else json.dumps(data).encode("utf-8"))


def connect_to(server: Server) -> Any:
    """The argument `connect` of an operation."""

    def connect(params: Mapping[str, Any], read_only: bool, progress: Any, *dummy: Any) -> Client:
        return Client(
            Transport(server), NAME, token="t", retry_timeout=0, read_only=read_only, progress=progress
        )  # one try: faults then reach the operation

    return connect
