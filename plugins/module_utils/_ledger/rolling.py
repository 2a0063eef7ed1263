# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The rolling restart: who may do it, which node is next, and when it is done. Pure transitions of a ledger's data.

A node counts as restarted when the runtime's own start time of it differs from the one noted before; two clocks are never
compared. Times of the lease are those of the machine that the ledger lies on.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence

from .._common.errors import InputError, LedgerError
from . import lease_owner

Data = Dict[str, Any]
Nodes = Sequence[Mapping[str, Any]]

# Masters come after all Coreapps, and the primary one last: each failover of it costs the client a short pause.
RANKS = {"coreapp": 0, "single": 0, "secondary_master": 1, "primary_master": 2}
RANK_OF_UNREPORTED = {"coreapp": 0, "master": 1}


# -- the lease


def other_holder(data: Mapping[str, Any], owner: Mapping[str, Any], now: float) -> Optional[Mapping[str, Any]]:
    """The owner, not this one, that still holds the lease; a dead one on this machine holds nothing."""
    lease = data["lease"]
    if lease is None or lease_owner.is_same(lease["owner"], owner) or lease["until"] <= now:
        return None
    holder: Mapping[str, Any] = lease["owner"]
    return None if lease_owner.is_alive(holder) is False else holder


def take_lease(data: Data, owner: Mapping[str, Any], seconds: int, now: float) -> bool:
    """Takes the lease or renews it. Returns False, and changes nothing, while another one holds it."""
    if other_holder(data, owner, now) is not None:
        return False
    data["lease"] = {"owner": dict(owner), "seconds": seconds, "until": now + seconds}
    return True


def holds_lease(data: Mapping[str, Any], owner: Mapping[str, Any]) -> bool:
    return data["lease"] is not None and lease_owner.is_same(data["lease"]["owner"], owner)


def renew_lease(data: Data, owner: Mapping[str, Any], now: float) -> None:
    """For each further step. An expired lease that nobody has taken is still ours. Raises LedgerError."""
    if not holds_lease(data, owner):
        lease = data["lease"]
        holder = "it is held by %s" % lease_owner.describe(lease["owner"]) if lease else "nobody holds it"
        raise LedgerError(
            "this run does not hold the lease for restarts, %s" % holder,
            "Begin with step begin; where that was done, the lease has expired meanwhile: raise lease_seconds.",
        )
    data["lease"]["until"] = now + data["lease"]["seconds"]


def release_lease(data: Data, owner: Mapping[str, Any]) -> None:
    """Gives the lease back; somebody else's stays."""
    if holds_lease(data, owner):
        data["lease"] = None


# -- the baseline


def observe(data: Data, nodes: Nodes, connected: int) -> List[str]:
    """Notes the nodes as they are at the beginning of a roll, or at the beginning of its continuation.

    :arg nodes: name, role, started, running, health_key, host, size.
    :arg connected: how many nodes the health report shows as connected; kept from the first time on.
    :returns: the names of nodes that were noted before and are gone.
    """
    restart = data["restart"]
    baseline = restart["baseline"] or {"connected": connected, "nodes": {}}
    before = baseline["nodes"]
    names = [node["name"] for node in nodes]
    if not names or len(set(names)) != len(names):
        raise InputError("nodes must be a list of at least one node, each with a name of its own")
    baseline["nodes"] = {node["name"]: _noted(node, before.get(node["name"])) for node in nodes}
    restart["baseline"] = baseline
    return sorted(set(before) - set(names))


def _noted(node: Mapping[str, Any], known: Optional[Mapping[str, Any]]) -> Dict[str, Any]:
    """A node's entry. One that is new since the baseline may be an old one that was overlooked, and so is owed."""
    running = bool(node["running"])
    done = known is not None and (known["done"] or (running and has_moved(known, node["started"])))
    return {
        "role": node["role"],
        "host": node["host"],
        "health_key": node["health_key"],
        "size": max(1, node.get("size") or 1),
        "running": running,
        "started": known["started"] if known else node["started"],
        "done": done,
    }


def has_moved(known: Mapping[str, Any], started: str) -> bool:
    """Whether a node runs with another start than the one that was noted."""
    return bool(started) and started != known["started"]


def _entries(data: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    restart = data["restart"]
    baseline = restart["baseline"] if restart else None
    return baseline["nodes"] if baseline else {}


# -- the order


def remaining(data: Mapping[str, Any], health: Nodes = ()) -> List[str]:
    """The nodes still owed, in the order in which they are to be restarted by the roles that the client reports now.

    A node that does not run comes first: to start it takes nobody away, and until it is back no other may go.
    """
    owed = [(name, entry) for name, entry in _entries(data).items() if not entry["done"]]
    return [name for name, dummy in sorted(owed, key=lambda item: _sort_key(item[0], item[1], health))]


def _sort_key(name: str, entry: Mapping[str, Any], health: Nodes) -> Any:
    return bool(entry["running"]), _rank(name, entry, health), name


def _rank(name: str, entry: Mapping[str, Any], health: Nodes) -> int:
    """Where a node stands in the order. Without a key for the health report it is looked for by its name."""
    wanted = entry["health_key"] or name
    for reported in health:
        if wanted in (reported.get("key"), reported.get("name")) and reported.get("role") in RANKS:
            return RANKS[reported["role"]]
    return RANK_OF_UNREPORTED.get(entry["role"], 0)


def total(data: Mapping[str, Any]) -> int:
    return len(_entries(data))


def _size(entry: Mapping[str, Any]) -> int:
    """How many nodes of the health report an entry stands for; ledgers of before do not tell."""
    size: int = entry.get("size") or 1
    return size


def expected_connected(data: Mapping[str, Any]) -> Optional[int]:
    """How many nodes have to be connected before the next one may go: as many as before the first, without those
    that are owed a start and are down. None before the baseline."""
    restart = data["restart"]
    if not restart or not restart["baseline"]:
        return None
    entries = _entries(data).values()
    down = sum(_size(entry) for entry in entries if not entry["done"] and not entry["running"])
    expected: int = min(restart["baseline"]["connected"], sum(map(_size, entries))) - down
    return max(0, expected)


# -- the steps


def is_current(data: Mapping[str, Any], identity: str) -> bool:
    """Whether this is still the restart that is owed; another change of settings makes a new one."""
    return data["restart"] is not None and data["restart"]["id"] == identity


def advance(data: Data, name: str, started: str) -> bool:
    """Marks a node as done. Returns whether the data has changed. Raises LedgerError if its start has not moved."""
    entry = _entries(data).get(name)
    if entry is None:
        raise InputError(
            "there is no node %s among those of the restart" % name, "Give a name that step begin was given."
        )
    if entry["done"]:
        return False
    if not has_moved(entry, started):
        raise LedgerError(
            "node %s has not been restarted: its start time is still %s" % (name, entry["started"] or "unknown"),
            "Look into the log of its container or service.",
        )
    entry["done"] = entry["running"] = True
    return True


def close(data: Data, identity: str) -> bool:
    """Closes the restart if it is still this one and every node is done. Returns whether it did."""
    if not is_current(data, identity) or not _entries(data) or remaining(data):
        return False
    data["restart"] = None
    return True
