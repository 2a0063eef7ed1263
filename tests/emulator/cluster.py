# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes of a client: which run, which is the primary master, which has which shard, and what follows a failure.

The phases of a starting node (booting, initializing, connecting, up) follow from its start time alone. Elections and
moves of shards are decided by `reconcile`: the masters run it where nodes are processes, and it runs before each
query where they are not.

Recorded: the health report is a live query of each node's control port. A node that cannot be reached has code 1014
in place of a status, one whose core does not exist yet has code 1011. Nothing is recorded of how long each phase takes,
or of when a stopped node leaves the report.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from .config import ClientConfig
from .errors import CORE_NOT_INSTANTIATED, COREAPP_UNREACHABLE, connection_refused, error_body, not_available
from .liveness import process_exists
from .settings import Stored, in_effect, value_of
from .store import Store

# A node that is a process writes a heartbeat this often. Without one for the second figure it is taken for dead; a
# process that has ended is noticed at once, so this concerns one that hangs or is paused.
BEAT_SECONDS = 0.25
DEAD_SECONDS = 5.0

# Phases of a node whose process exists as far as the engine is concerned.
BOOTING = "booting"  # nothing listens on the control port yet
INITIALIZING = "initializing"  # the control port is open, the core does not exist yet
CONNECTING = "connecting"
UP = "up"
DOWN = "down"


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
    served: float  # when its predecessor of the same name served last; 0.0: there was none
    phases: str  # how long its phases take, as configured when it started

    @property
    def master(self) -> bool:
        return self.kind == "master"

    @property
    def times(self) -> list[float]:
        times: list[float] = json.loads(self.phases)
        return times

    def settings_at_start(self) -> Stored:
        settings: Stored = json.loads(self.at_start)
        return settings


class Cluster:
    """The nodes of all clients of one database. `in_process`: nodes are rows alone and need no beats to be alive."""

    def __init__(self, store: Store, in_process: bool) -> None:
        self.store = store
        self.in_process = in_process

    # -- queries

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

    def last_beat(self, node: Node) -> float:
        return time.time() if node.running and self.in_process else node.beat

    def last_served(self, node: Node, config: ClientConfig) -> float:
        """When the node answered a master's heartbeat last: one that is booting or initializing does not."""
        ready = node.started + config.real(sum(node.times[:2]))
        last = self.last_beat(node)
        return last if last >= ready else node.served

    def alive(self, node: Node) -> bool:
        """Whether its process runs, as far as the engine is concerned."""
        if self.in_process or not node.running:
            return node.running
        return time.time() - node.beat < DEAD_SECONDS and self._process_exists(node) is not False

    def _process_exists(self, node: Node) -> bool | None:
        return process_exists(self.store.path, node.name, node.pid)

    def phase(self, node: Node, config: ClientConfig) -> str:
        if not self.alive(node):
            return DOWN
        elapsed = (time.time() - node.started) * config.speed
        for name, seconds in zip((BOOTING, INITIALIZING, CONNECTING), node.times, strict=True):
            if elapsed < seconds:
                return name
            elapsed -= seconds
        return UP

    def reachable(self, node: Node, config: ClientConfig) -> bool:
        """Whether its control port answers."""
        return self.phase(node, config) not in (DOWN, BOOTING)

    def serving(self, node: Node, config: ClientConfig) -> bool:
        return not node.kicked and self.phase(node, config) in (CONNECTING, UP)

    def gateway_status(
        self, node: Node, config: ClientConfig, primary: str | None, shards: dict[int, str | None]
    ) -> str:
        """The status of one node: as the health report words it, or `down`."""
        phase = self.phase(node, config)
        if phase == DOWN:
            return phase
        if node.kicked:
            return "disconnected"
        if phase in (BOOTING, INITIALIZING):
            return "uninitialized"
        if not config.wa_id:
            return "unregistered"
        if phase == CONNECTING:
            return "connecting"
        if not config.multiconnect:
            return "connected"
        if node.master:
            return "connected" if node.name == primary and config.primary_connected else "disconnected"
        return "connected" if node.name in shards.values() else "disconnected"

    def node_errors(self, node: Node, config: ClientConfig) -> dict[str, Any] | None:
        """What the health report has in place of a status: of a node that cannot be reached or is not ready."""
        phase = self.phase(node, config)
        if phase in (DOWN, BOOTING):
            return error_body(1014, connection_refused(node.key))
        if phase == INITIALIZING and not node.kicked and config.initializing == "errors":
            return error_body(1011, CORE_NOT_INSTANTIATED)
        return None

    def health(self, client: str, config: ClientConfig) -> dict[str, dict[str, Any]]:
        """The entries of the health report of Multiconnect."""
        nodes = self.listed(client, config)
        primary, shards = self.primary(client), self.shards(client)
        entries: dict[str, dict[str, Any]] = {}
        for node in nodes:
            errors = self.node_errors(node, config)
            if errors is None:
                entry = {"gateway_status": self.gateway_status(node, config, primary, shards)}
                if config.shows_role(node.name):
                    entry["role"] = role(node, config, primary)
                entries[node.key] = entry
            else:
                entries[node.key] = errors
        return entries

    def in_effect(self, client: str) -> dict[str, Stored]:
        """Per node, the settings that govern it now."""
        stored, version = self.store.settings(client), self.store.config(client).version
        return {node.name: in_effect(stored, node.settings_at_start(), version) for node in self.nodes(client)}

    # -- gates: which nodes a call needs

    def require_settings_service(self, client: str, config: ClientConfig) -> None:
        """Settings calls need the primary master, or the Coreapp of a single instance."""
        if config.multiconnect:
            self.look(client, config)
        nodes = [node for node in self.nodes(client) if self.reachable(node, config)]
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
        """Bring the rows up to date before a query: notice ended processes, decide what rows alone cannot decide."""
        if not self.in_process:
            self.reap(client)
        elif config.multiconnect:
            self.reconcile(client, config)

    def reap(self, client: str) -> None:
        """Mark nodes as stopped whose process was killed."""
        for node in self.nodes(client):
            if node.running and self._process_exists(node) is False:
                self._mark_stopped(node, "death", node.beat)

    def reconcile(self, client: str, config: ClientConfig) -> None:
        """Elect a primary master and move shards where the present node has not served for `unhealthy_interval`."""
        unhealthy = config.real(float(value_of(self.store.settings(client), "unhealthy_interval")))
        nodes = {node.name: node for node in self.nodes(client)}

        def gone(name: str | None) -> bool:
            node = nodes.get(name or "")
            return node is None or time.time() - self.last_served(node, config) > unhealthy

        primary = self.primary(client)
        if gone(primary):
            masters = [node.name for node in nodes.values() if node.master and self.serving(node, config)]
            if not masters:
                return  # without a master no shard moves
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

    def configure(self, client: str, config: ClientConfig) -> None:
        """Change the options of a client. Nodes that are starting take the new durations; those that are up stay so."""
        before = self.store.config(client)
        with self.store.transaction():
            for node in self.nodes(client):
                if self.phase(node, before) not in (UP, DOWN):
                    times = json.dumps(config.times(node.name))
                    self.store.run("UPDATE nodes SET phases=? WHERE client=? AND name=?", times, client, node.name)
            self.store.set_config(client, config)

    def start(self, client: str, name: str, kind: str, key: str, *, pid: int = 0, settled: bool = False) -> None:
        """Start a node, which reads its settings. `settled`: it started long enough ago to be up."""
        config = self.store.config(client)
        self.look(client, config)  # decide what followed from its absence
        now = time.time()
        times = config.times(name)
        started = now - config.real(sum(times)) - 0.001 if settled else now
        settings = json.dumps(self.store.settings(client))
        with self.store.transaction():
            before = self.node(client, name)
            if before is not None:
                self._forget_unpersisted(before, config)
            served = started if before is None and settled else (self.last_served(before, config) if before else 0.0)
            if not config.multiconnect:
                self._kick_others(client, name)
            self.store.run(
                "INSERT OR REPLACE INTO nodes (client, name, kind, key, running, started, beat, at_start, pid, served, phases)"
                " VALUES (?,?,?,?,1,?,?,?,?,?,?)",
                *(client, name, kind, config.key_of(name) or key, started, now, settings, pid, served),
                json.dumps(times),
            )
        self.store.event(client, "start", name, now)

    def _forget_unpersisted(self, node: Node, config: ClientConfig) -> None:
        """Callbacks that a node did not keep on disk are lost when it stops, dies or starts again."""
        client = node.client
        if value_of(node.settings_at_start(), "callback_persist"):
            return
        shards = self.shards(client)
        own = [shard for shard, owner in shards.items() if owner == node.name] if config.multiconnect else [0]
        lost = sum(self.store.run("DELETE FROM callbacks WHERE client=? AND shard=?", client, shard) for shard in own)
        if lost:
            self.store.count(client, "callbacks_lost", lost)

    def _kick_others(self, client: str, name: str) -> None:
        for other in self.nodes(client):
            if other.name != name and self.alive(other):
                self.store.run("UPDATE nodes SET kicked=1 WHERE client=? AND name=?", client, other.name)
                self.store.event(
                    client, "ban", f"{name} registered while {other.name} was live and kicked it off", time.time()
                )

    def stop(self, client: str, name: str) -> None:
        node = self.node(client, name)
        if node is not None and node.running:
            self._mark_stopped(node, "stop", time.time())

    def _mark_stopped(self, node: Node, event: str, last_beat: float) -> None:
        config = self.store.config(node.client)
        with self.store.transaction():
            stopped = self.store.run(
                "UPDATE nodes SET running=0, beat=? WHERE client=? AND name=? AND pid=? AND started=? AND running=1",
                *(last_beat, node.client, node.name, node.pid, node.started),
            )
            if stopped:
                self._forget_unpersisted(node, config)
                self.store.event(node.client, event, node.name, time.time())

    def beat(self, client: str, name: str, pid: int) -> bool:
        """Write a heartbeat; False when the row belongs to another process by now."""
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
        """The nodes that the health report names: a stopped one until it would have been failed over.

        That it leaves the report then is the emulator's choice; nothing is recorded.
        """
        self.look(client, config)
        limit = config.real(float(value_of(self.store.settings(client), "unhealthy_interval")))
        return [node for node in self.nodes(client) if time.time() - self.last_beat(node) <= limit]

    def report(self, client: str) -> list[dict[str, Any]]:
        """All nodes for people and tests. `status` is `down` or `uninitialized` where health has `errors`."""
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
                "errors": (self.node_errors(node, config) or {}).get("errors", []),
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
