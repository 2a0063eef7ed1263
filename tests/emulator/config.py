# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one emulated client is set up. Everything here can be chosen when it is made, most of it changed later."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

from .catalog import DEFAULT_VERSION, VERSIONS
from .errors import EmulatorError

DEFAULT_PASSWORD = "secret"  # what the product ships with; a login with it must set a new one
WEEK = 7 * 24 * 3600.0

CHOICES: dict[str, tuple[str, ...]] = {
    "version": VERSIONS,
    "topology": ("single", "multiconnect"),
    "nested": ("deep", "replace"),
    "patch_answer": ("null", "object", "meta"),
    "delete_answer": ("null", "object"),
    "bad_token_body": ("json", "empty"),
    "initializing": ("errors", "uninitialized"),
    "health_meta": ("recorded", "v", "plain", "none"),
}
NODE_SECONDS = ("boot_seconds", "initialize_seconds", "connect_seconds")
SHARD_COUNTS = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class ClientConfig:
    """Durations are in the product's seconds; `speed` shortens them all."""

    version: str = DEFAULT_VERSION
    topology: str = "single"
    shards: int = 2
    masters: int = 2
    coreapps: int = 3
    nested: str = "replace"  # the dangerous one: an object in a PATCH replaces the whole object
    username: str = "admin"
    password: str = "Emulator-1-pass"
    api_key: str = ""
    wa_id: str = "16315551019"  # empty: the client is not registered
    patch_answer: str = "null"
    delete_answer: str = "null"
    bad_token_body: str = "json"
    token_seconds: float = WEEK
    # The phases of a starting node, see `cluster`. A node registers when the first two are over.
    boot_seconds: float = 0.0
    initialize_seconds: float = 0.05
    connect_seconds: float = 0.05
    initializing: str = "errors"  # as recorded; `uninitialized` is the status that the documentation has for it
    primary_connected: bool = True  # false: a healthy primary master is `disconnected`, as recorded with one shard
    show_roles: bool = True
    health_meta: str = "recorded"  # `v` before the version for Multiconnect, none for a single instance
    reported_version: str = ""  # what `meta` has as version where it is not `version`
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)  # by name: what differs from the above
    collect_interval: float = 1.0
    collect_age: float = 1.0
    queue_limit: int = 100_000
    callback_ca: str = ""  # CA file for the receiver's certificate; empty: not verified
    speed: float = 1.0

    def to_text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def multiconnect(self) -> bool:
        return self.topology == "multiconnect"

    @property
    def first_login_pending(self) -> bool:
        return self.password == DEFAULT_PASSWORD

    def times(self, node: str) -> tuple[float, float, float]:
        """The lengths of the three phases of this node's start."""
        own = self.nodes.get(node, {})
        boot, initialize, connect = (float(own.get(name, getattr(self, name))) for name in NODE_SECONDS)
        return boot, initialize, connect

    def shows_role(self, node: str) -> bool:
        return bool(self.nodes.get(node, {}).get("show_role", self.show_roles))

    def key_of(self, node: str) -> str | None:
        """Its key in the health report, where one was chosen."""
        return self.nodes.get(node, {}).get("key")

    def real(self, seconds: float) -> float:
        """How long `seconds` of the product take here."""
        return seconds / self.speed


@lru_cache(maxsize=4096)
def config_from_text(text: str) -> ClientConfig:
    return ClientConfig(**json.loads(text))


def make_config(values: dict[str, Any], base: ClientConfig | None = None) -> ClientConfig:
    """A checked configuration; a misspelt name or an impossible value is an EmulatorError that says what is right."""
    known = {one.name: one.type for one in fields(ClientConfig)}
    for name, value in values.items():
        if name not in known:
            raise EmulatorError(f"unknown option of a client: {name} (known: {', '.join(sorted(known))})")
        if name in CHOICES and value not in CHOICES[name]:
            raise EmulatorError(f"{name} must be one of {', '.join(CHOICES[name])}, not {value}")
    config = replace(base or ClientConfig(), **values)
    if config.shards not in SHARD_COUNTS:
        raise EmulatorError(f"shards must be one of {', '.join(map(str, SHARD_COUNTS))}, not {config.shards}")
    if config.multiconnect and (config.masters < 1 or config.coreapps < config.shards):
        raise EmulatorError("multiconnect needs at least 1 master, and as many Coreapps as shards")
    if config.speed <= 0:
        raise EmulatorError("speed must be greater than 0")
    for name in NODE_SECONDS:
        if not _is_duration(getattr(config, name)):
            raise EmulatorError(f"{name} cannot be {getattr(config, name)}")
    _check_nodes(config.nodes)
    return config


def _is_duration(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf")


def _check_nodes(nodes: Any) -> None:
    if not isinstance(nodes, dict) or not all(isinstance(own, dict) for own in nodes.values()):
        raise EmulatorError("nodes must be an object with one object of options for each node")
    for node, own in nodes.items():
        for name, value in own.items():
            if name in NODE_SECONDS:
                right = _is_duration(value)
            elif name == "show_role":
                right = isinstance(value, bool)
            elif name == "key":
                right = isinstance(value, str) and value != ""
            else:
                known = ", ".join((*NODE_SECONDS, "key", "show_role"))
                raise EmulatorError(f"unknown option of node {node}: {name} (known: {known})")
            if not right:
                raise EmulatorError(f"{name} of node {node} cannot be {value}")
