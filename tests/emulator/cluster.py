# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes of a client: who runs, who is the primary master, who has which shard, and what follows when one is gone.

A node's way up (uninitialized, connecting, connected or disconnected) follows from its start time alone, so it
needs no one to drive it. What has to be decided by somebody (a new primary master, a shard that moves) is
`reconcile`: run by the masters where nodes are processes, and before each look where they are not.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from .config import ClientConfig
from .errors import COREAPP_UNREACHABLE, not_available
from .settings import Stored, in_effect, value_of
from .store import Store

# A node that is a process writes a beat this often, and is taken for dead when none came for the second figure.
BEAT_SECONDS = 0.25
DEAD_SECONDS = 5.0


@dataclass(frozen=True)
class Node:
    client: str
    name: str
    kind: str  # "coreapp" or "master"
    key: str
    running: bool
    started: float
    beat: float
    at_start: str
    kicked: bool
    pid: int

    @property
    def master(self) -> bool:
        return self.kind == "master"

    def settings_at_start(self) -> Stored:
        settings: Stored = json.loads(self.at_start)
        return settings


class Cluster:
    """The nodes of all clients of one database. `in_process`: nodes are rows alone and need no beats to be alive."""

    def __init__(self, store: Store, in_process: bool) -> None:
        self.store = store
        self.in_process = in_process

    # -- looking

    def nodes(self, client: str) -> list[Node]:
        rows = self.store.all("SELECT * FROM nodes WHERE client=? ORDER BY name", client)
        return [Node(**{**dict(row), "running": bool(row["running"]), "kicked": bool(row["kicked"])}) for row in rows]

    def node(self, client: str, name: str) -> Node | None:
        return next((node for node in self.nodes(client) if node.name == name), None)

    def primary(self, client: str) -> str | None:
        row = self.store.one("SELECT primary_node FROM clients WHERE name=?", client)
        return row["primary_node"] if row else None

    def shards(self, client: str) -> dict[int, str | None]:
        rows = self.store.all("SELECT shard, node FROM shards WHERE client=? ORDER BY shard", client)
        return {row["shard"]: row["node"] for row in rows}

    def last_seen(self, node: Node) -> float:
        return time.time() if node.running and self.in_process else node.beat

    def alive(self, node: Node) -> bool:
        return node.running and time.time() - self.last_seen(node) < DEAD_SECONDS

    def phase(self, node: Node, config: ClientConfig) -> str:
        """`uninitialized`, `connecting`, or `up`."""
        elapsed = (time.time() - node.started) * config.speed
        if elapsed < config.initialize_seconds:
            return "uninitialized"
        return "connecting" if elapsed < config.initialize_seconds + config.connect_seconds else "up"

    def serving(self, node: Node, config: ClientConfig) -> bool:
        return self.alive(node) and not node.kicked and self.phase(node, config) != "uninitialized"

    def gateway_status(
        self, node: Node, config: ClientConfig, primary: str | None, shards: dict[int, str | None]
    ) -> str:
        """The status of one node as the health report words it."""
        if not self.alive(node) or node.kicked:
            return "disconnected"
        phase = self.phase(node, config)
        if phase == "uninitialized":
            return phase
        if not config.wa_id:
            return "unregistered"
        if phase == "connecting":
            return phase
        if not config.multiconnect:
            return "connected"
        has_work = node.name == primary if node.master else node.name in shards.values()
        return "connected" if has_work else "disconnected"

    def in_effect(self, client: str) -> dict[str, Stored]:
        """Per node, the settings that govern it now."""
        stored, version = self.store.settings(client), self.store.config(client).version
        return {node.name: in_effect(stored, node.settings_at_start(), version) for node in self.nodes(client)}

    # -- gates: who has to be there for a call to be answered

    def require_settings_service(self, client: str, config: ClientConfig) -> None:
        """Settings are the primary master's business (or the only Coreapp's)."""
        if config.multiconnect:
            self.look(client, config)
        nodes = [node for node in self.nodes(client) if self.alive(node)]
        if not nodes:
            raise not_available(1014, COREAPP_UNREACHABLE)
        if config.multiconnect:
            primary = self.primary(client)
            if not any(node.name == primary and self.serving(node, config) for node in nodes):
                raise not_available(1017)
        elif not any(self.serving(node, config) for node in nodes):
            raise not_available(1011, "Wacore is not instantiated. Please check wacore log for details.")

    def working_coreapps(self, client: str, config: ClientConfig) -> list[Node]:
        """The Coreapps that do work: the single one, or those that have a shard."""
        self.look(client, config)
        owners = set(self.shards(client).values())
        nodes = [node for node in self.nodes(client) if not node.master and self.serving(node, config)]
        return [node for node in nodes if node.name in owners] if config.multiconnect else nodes

    def require_shard(self, client: str, config: ClientConfig, shard: int) -> Node:
        """The Coreapp that has the shard; 1018 while it is moving, 1014 when no Coreapp is there at all."""
        nodes = [node for node in self.nodes(client) if not node.master and self.serving(node, config)]
        if not nodes:
            raise not_available(1014, COREAPP_UNREACHABLE)
        if not config.multiconnect:
            return nodes[0]
        owner = self.shards(client).get(shard)
        for node in nodes:
            if node.name == owner:
                return node
        raise not_available(1018)

    # -- deciding

    def look(self, client: str, config: ClientConfig) -> None:
        """What somebody has to have decided before anybody looks. Processes decide for themselves, in time."""
        if self.in_process and config.multiconnect:
            self.reconcile(client, config)

    def reconcile(self, client: str, config: ClientConfig) -> None:
        """Elects a primary master, and moves shards, where the present one has been gone for too long."""
        unhealthy = config.real(float(value_of(self.store.settings(client), "unhealthy_interval")))
        nodes = {node.name: node for node in self.nodes(client)}

        def gone(name: str | None) -> bool:
            node = nodes.get(name or "")
            return node is None or time.time() - self.last_seen(node) > unhealthy

        primary = self.primary(client)
        if gone(primary):
            masters = [node.name for node in nodes.values() if node.master and self.serving(node, config)]
            if not masters:
                return  # without a master nobody moves a shard either
            self._elect(client, primary, masters[0])
            primary = masters[0]
        if primary is None or not self.serving(nodes[primary], config):
            return
        shards = self.shards(client)
        spare = [
            node.name
            for node in nodes.values()
            if not node.master and node.name not in shards.values() and self.serving(node, config)
        ]
        for shard, owner in shards.items():
            if gone(owner) and spare:
                self._move(client, shard, owner, spare.pop(0))

    def _elect(self, client: str, old: str | None, new: str) -> None:
        if self.store.run("UPDATE clients SET primary_node=? WHERE name=? AND primary_node IS ?", new, client, old):
            self.store.event(client, "primary", f"{new} is the primary master (before: {old})", time.time())

    def _move(self, client: str, shard: int, old: str | None, new: str) -> None:
        if self.store.run("UPDATE shards SET node=? WHERE client=? AND shard=? AND node IS ?", new, client, shard, old):
            self.store.event(client, "shard", f"shard {shard} is with {new} (before: {old})", time.time())

    # -- starting and stopping

    def add_shards(self, client: str, config: ClientConfig) -> None:
        count = config.shards if config.multiconnect else 0
        self.store.run_many("INSERT OR IGNORE INTO shards VALUES (?,?,NULL)", [(client, n) for n in range(count)])

    def start(self, client: str, name: str, kind: str, key: str, *, pid: int = 0, settled: bool = False) -> None:
        """A node starts and reads its settings. `settled`: it did so long enough ago to be up."""
        config = self.store.config(client)
        self.look(client, config)  # what happened while it was away, happened
        now = time.time()
        started = now - config.real(config.initialize_seconds + config.connect_seconds) - 0.001 if settled else now
        settings = json.dumps(self.store.settings(client))
        with self.store.transaction():
            self._forget_unpersisted(client, name, config)
            if not config.multiconnect:
                self._kick_others(client, name)
            self.store.run(
                "INSERT OR REPLACE INTO nodes (client, name, kind, key, running, started, beat, at_start, pid)"
                " VALUES (?,?,?,?,1,?,?,?,?)",
                *(client, name, kind, key, started, now, settings, pid),
            )
        self.store.event(client, "start", name, now)

    def _forget_unpersisted(self, client: str, name: str, config: ClientConfig) -> None:
        """Callbacks that a node did not keep on disk are lost when it starts anew."""
        before = self.node(client, name)
        if before is None or value_of(before.settings_at_start(), "callback_persist"):
            return
        own = [shard for shard, owner in self.shards(client).items() if owner == name] if config.multiconnect else [0]
        lost = sum(self.store.run("DELETE FROM callbacks WHERE client=? AND shard=?", client, shard) for shard in own)
        self.store.count(client, "callbacks_lost", lost)

    def _kick_others(self, client: str, name: str) -> None:
        for other in self.nodes(client):
            if other.name != name and self.alive(other):
                self.store.run("UPDATE nodes SET kicked=1 WHERE client=? AND name=?", client, other.name)
                self.store.event(
                    client, "ban", f"{name} registered while {other.name} was live and kicked it off", time.time()
                )

    def stop(self, client: str, name: str) -> None:
        now = time.time()
        if self.store.run("UPDATE nodes SET running=0, beat=? WHERE client=? AND name=?", now, client, name):
            self.store.event(client, "stop", name, now)

    def beat(self, client: str, name: str, pid: int) -> bool:
        """A sign of life; False when the row belongs to somebody else by now."""
        return bool(
            self.store.run(
                "UPDATE nodes SET beat=? WHERE client=? AND name=? AND pid=? AND running=1",
                time.time(),
                client,
                name,
                pid,
            )
        )

    def listed(self, client: str, config: ClientConfig) -> list[Node]:
        """The nodes that the health report names: a stopped one until it would have been failed over."""
        self.look(client, config)
        limit = config.real(float(value_of(self.store.settings(client), "unhealthy_interval")))
        return [node for node in self.nodes(client) if time.time() - self.last_seen(node) <= limit]

    def report(self, client: str) -> list[dict[str, Any]]:
        """All nodes as a person or a test wants to see them."""
        config = self.store.config(client)
        self.look(client, config)
        primary, shards = self.primary(client), self.shards(client)
        return [
            {
                "name": node.name,
                "key": node.key,
                "kind": node.kind,
                "role": role(node, config, primary),
                "status": self.gateway_status(node, config, primary, shards),
                "shards": [shard for shard, owner in shards.items() if owner == node.name],
                "started": node.started,
                "running": node.running,
                "pid": node.pid,
            }
            for node in self.nodes(client)
        ]


def role(node: Node, config: ClientConfig, primary: str | None) -> str:
    if not node.master or not config.multiconnect:
        return "coreapp"
    return "primary_master" if node.name == primary else "secondary_master"
