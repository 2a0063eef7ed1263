# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The health report in one shape, whatever the topology of the client.

Facts: a single instance reports a bare ``gateway_status``, Multiconnect an object per node, keyed ``host:container id``.
``disconnected`` is normal: a Multiconnect client with X shards connects X Coreapps and the primary master, no more.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Iterable

from .._common.text import harmless, listed
from .._common.versions import parse_version
from .client import Client
from .responses import Answer, MalformedAnswer, dig

PATH = "/v1/health"
SINGLE_NAME = "client"  # a single instance has no name of its own in the report
UNKNOWN = "unknown"  # a node of which the report tells no status
STATUSES = ("connected", "connecting", "disconnected", "uninitialized", "unregistered", UNKNOWN)
ROLES = ("single", "coreapp", "primary_master", "secondary_master")
OWN_WORDS = frozenset((*STATUSES, *ROLES, SINGLE_NAME))
UNSETTLED = ("connecting", "uninitialized", UNKNOWN)


@dataclass(frozen=True)
class Node:
    """One node: ``key`` as in the report, which is ``name:container_id``; empty for a single instance."""

    name: str
    container_id: str
    role: str
    status: str
    key: str

    def __str__(self) -> str:
        return f"{harmless(self.key or self.name, 100)} ({harmless(self.role, 40)})"


@dataclass(frozen=True)
class Report:
    """What one GET told."""

    nodes: tuple[Node, ...]
    single: bool
    api_version: str | None

    @property
    def connected(self) -> int:
        return len([node for node in self.nodes if node.status == "connected"])

    @property
    def primary_master(self) -> str | None:
        """Its key; None where there is none, and while two nodes claim to be it."""
        keys = [node.key for node in self.nodes if node.role == "primary_master"]
        return keys[0] if len(keys) == 1 else None

    def unsettled(self, expect_connected: int | None) -> str:
        """Why the client is not settled; empty if it is."""
        if not self.nodes:
            return "the report names no node"
        if expect_connected is not None and self.connected < expect_connected:
            others = self._described(node for node in self.nodes if node.status != "connected")
            problem = "%d of at least %d nodes connected" % (self.connected, expect_connected)
            return f"{others}, {problem}" if others else problem
        return self._described(node for node in self.nodes if node.status in UNSETTLED)

    @staticmethod
    def _described(nodes: Iterable[Node]) -> str:
        return listed((f"{node} is {harmless(node.status, 40)}" for node in nodes), longest=200)

    def as_values(self, expect_connected: int | None) -> dict[str, Any]:
        """The report as a module returns it."""
        return {
            "nodes": [asdict(node) for node in self.nodes],
            "settled": not self.unsettled(expect_connected),
            "connected": self.connected,
            "primary_master": self.primary_master,
            "single": self.single,
            "api_version": self.api_version,
        }


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) and value else UNKNOWN


def _nodes(health: dict[str, Any]) -> list[Node]:
    nodes = []
    for key, entry in sorted(health.items()):
        if not isinstance(entry, dict):
            raise MalformedAnswer("the health of a node is no object")
        host, colon, container = key.rpartition(":")
        name, container_id = (host, container) if colon else (key, "")
        nodes.append(Node(name, container_id, _text(entry, "role"), _text(entry, "gateway_status"), key))
    return nodes


def read_report(answer: Answer) -> Report:
    """Raises MalformedAnswer."""
    health = dig(answer, "health")
    number = parse_version(answer.version)
    version = ".".join(str(part) for part in number) if number else None
    if isinstance(health.get("gateway_status"), str):
        node = Node(SINGLE_NAME, "", "single", _text(health, "gateway_status"), "")
        return Report((node,), True, version)
    return Report(tuple(_nodes(health)), False, version)


def fetch(client: Client) -> Report:
    """The client's health by one GET."""
    doing = "read the health"
    answer = client.get(PATH, doing)
    try:
        return read_report(answer)
    except MalformedAnswer as problem:
        raise client.malformed(doing, PATH, str(problem)) from None
