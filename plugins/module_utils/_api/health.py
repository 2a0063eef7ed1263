# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The health report in one form, whatever the topology of the client.

Facts: a single instance reports a bare ``gateway_status``, Multiconnect an object per node, keyed ``host:container id``.
``disconnected`` is normal: a Multiconnect client with X shards connects X Coreapps and the primary master, no more. In
recordings of real clients a node that is not ready, or that the Webapp cannot reach, has ``errors`` in the place of its
status and role: code 1011 while its core is not instantiated, 1014 where nothing responds.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from .._common.text import harmless, listed
from .._common.versions import parse_version
from .client import Client
from .responses import Answer, MalformedAnswer, dig

PATH = "/v1/health"
SINGLE_NAME = "client"  # a single instance has no name of its own in the report
UNKNOWN = "unknown"  # a node whose entry has neither a status nor errors
FAILED = "error"  # a node whose entry has errors instead of a status
STARTING_STATUSES = ("connecting", "uninitialized", UNKNOWN)
STARTING_CODES = (1011, 1015, 1016)  # the node responds, and is not ready yet
STATUSES = ("connected", "disconnected", "unregistered", FAILED, *STARTING_STATUSES)
ROLES = ("single", "coreapp", "primary_master", "secondary_master")
OWN_WORDS = frozenset((*STATUSES, *ROLES, SINGLE_NAME))


@dataclass(frozen=True)
class Node:
    """One node: ``key`` as in the report, which is ``name:container_id``; empty for a single instance.

    ``status`` is a gateway status, or ``error`` with the client's own code and details.
    """

    name: str
    container_id: str
    role: str
    status: str
    key: str
    code: Optional[int] = None
    details: str = ""

    def __str__(self) -> str:
        role = "" if self.role == UNKNOWN else f" ({self.role})"
        return harmless(self.key or self.name, 120) + role

    @property
    def is_starting(self) -> bool:
        """Whether it may become up by itself soon."""
        return self.status in STARTING_STATUSES or (self.status == FAILED and self.code in STARTING_CODES)

    @property
    def is_down(self) -> bool:
        return self.status == FAILED and not self.is_starting

    @property
    def is_up(self) -> bool:
        return not self.is_starting and not self.is_down

    @property
    def condition(self) -> str:
        """Its status as text, with the client's own reason."""
        if self.status != FAILED:
            return f"is {harmless(self.status, 40)}"
        code = "" if self.code is None else f" (API code {self.code})"
        reason = f": {harmless(self.details, 120)}" if self.details else ""
        return f"is {'not ready' if self.is_starting else 'down'}{code}{reason}"


@dataclass(frozen=True)
class Report:
    """What one GET shows."""

    nodes: Tuple[Node, ...]
    single: bool
    api_version: Optional[str]

    @property
    def connected(self) -> int:
        return len([node for node in self.nodes if node.status == "connected"])

    @property
    def primary_master(self) -> Optional[str]:
        """Its key; None where there is none, and while two nodes claim to be it."""
        keys = [node.key for node in self.nodes if node.role == "primary_master"]
        return keys[0] if len(keys) == 1 else None

    @property
    def roles(self) -> Dict[str, str]:
        """The role of each node, by its key and by its name."""
        by_name = {node.name: node.role for node in self.nodes}
        return {**by_name, **{node.key: node.role for node in self.nodes}}

    def named(self, ids: Sequence[str]) -> Tuple[Node, ...]:
        """The nodes that any of these texts means: a key, a container id or a name of the report."""
        wanted = {one for one in ids if one}
        return tuple(node for node in self.nodes if wanted & {node.key, node.container_id, node.name})

    def unsettled(self, expect_connected: Optional[int]) -> str:
        """Why the client is not settled; empty if it is: no node is starting, and as many are connected as expected.

        A node that is down is not waited for.
        """
        if not self.nodes:
            return "the report names no node"
        if expect_connected is not None and self.connected < expect_connected:
            others = listed(
                (f"{node} {node.condition}" for node in self.nodes if node.status != "connected"), longest=300
            )
            problem = "%d of at least %d nodes connected" % (self.connected, expect_connected)
            return f"{others}, {problem}" if others else problem
        return listed((f"{node} {node.condition}" for node in self.nodes if node.is_starting), longest=300)

    def as_values(self, expect_connected: Optional[int]) -> Dict[str, Any]:
        """The report as a module returns it."""
        return {
            "nodes": [asdict(node) for node in self.nodes],
            "settled": not self.unsettled(expect_connected),
            "connected": self.connected,
            "primary_master": self.primary_master,
            "single": self.single,
            "api_version": self.api_version,
        }


MOST_NAMED = 8  # nodes in one message


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) and value else UNKNOWN


def _node(key: str, name: str, container_id: str, entry: Mapping[str, Any]) -> Node:
    role, status = _text(entry, "role"), _text(entry, "gateway_status")
    errors = entry.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    if status != UNKNOWN or not isinstance(first, Mapping):
        return Node(name, container_id, role, status, key)
    code = first.get("code")
    details = first.get("details") or first.get("title")
    return Node(
        name,
        container_id,
        role,
        FAILED,
        key,
        code if isinstance(code, int) and not isinstance(code, bool) and 0 <= code < 10**6 else None,
        harmless(details, 200) if isinstance(details, str) else "",
    )


def _nodes(health: Mapping[str, Any]) -> Tuple[Node, ...]:
    nodes = []
    for key, entry in sorted(health.items()):
        if not isinstance(entry, Mapping):
            raise MalformedAnswer("the health of a node is not an object")
        host, colon, container = key.rpartition(":")
        name, container_id = (host, container) if colon else (key, "")
        nodes.append(_node(key, name, container_id, entry))
    return tuple(nodes)


def read_report(answer: Answer) -> Report:
    """Raises MalformedAnswer."""
    health = dig(answer, "health")
    number = parse_version(answer.version)
    version = ".".join(str(part) for part in number) if number else None
    if isinstance(health.get("gateway_status"), str) or isinstance(health.get("errors"), list):
        single = _node("", SINGLE_NAME, "", {**health, "role": "single"})
        return Report((single,), True, version)
    return Report(_nodes(health), False, version)


def fetch(client: Client) -> Report:
    """The client's health by one GET."""
    doing = "read the health"
    answer = client.get(PATH, doing)
    try:
        return read_report(answer)
    except MalformedAnswer as problem:
        raise client.malformed(doing, PATH, str(problem)) from None
