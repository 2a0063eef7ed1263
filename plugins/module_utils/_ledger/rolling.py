# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The rolling restart: its nodes, which one is next, and when it is done. Pure transitions of a ledger's state.

A node counts as restarted when the runtime's own proof of its start differs from the one recorded before; two clocks are
never compared.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from .._common.errors import InputError, LedgerError
from .state import KnownNode, Node, Roll, Scalar, State, same

# Masters come after all Coreapps, and the primary one last: each failover of it costs the client a short pause.
RANKS = {"coreapp": 0, "single": 0, "secondary_master": 1, "primary_master": 2}
RANK_OF_UNREPORTED = {"coreapp": 0, "master": 1}


def roll_id(state: State) -> str:
    return state.roll.id if state.roll else ""


def start(state: State, coming: bool = False) -> State:
    """The roll for the pending restart, or a prepared one for a write that is about to come.

    What is about to be written concerns every node, also those that an earlier restart has already restarted.
    """
    connected = state.roll.connected if state.roll and state.restart else 0
    if coming or state.restart is None:
        return replace(state, roll=Roll(uuid.uuid4().hex, True, True, connected, {}, None))
    if state.roll is None or state.roll.prepared:
        return replace(state, roll=Roll(uuid.uuid4().hex, False, False, connected, {}, None))
    return state


def abandon(state: State) -> State:
    """A prepared roll for which no write has come."""
    return replace(state, roll=None) if state.roll and state.roll.prepared else state


def observe(state: State, nodes: Mapping[str, Node], connected: int) -> Tuple[State, List[str]]:
    """Records the nodes as they are at the beginning of a roll, or at the beginning of its continuation.

    :arg connected: how many nodes the health report shows as connected; kept from the first time on.
    :returns: the state, and the names of nodes that were recorded before and are gone.
    """
    roll = state.roll
    if roll is None or not nodes:
        raise InputError("no node was found to restart")
    before = roll.nodes
    if roll.before_write and not roll.prepared:
        # The run that has written was killed: whether a node has started before or after the write is not known.
        merged = {name: replace(node, done=name in before and before[name].done) for name, node in nodes.items()}
        roll = replace(roll, before_write=False)
    else:
        merged = {name: _merged(node, before.get(name)) for name, node in nodes.items()}
    first = not before and not roll.connected
    roll = replace(roll, nodes=merged, connected=connected if first else roll.connected)
    return replace(state, roll=roll), sorted(set(before) - set(nodes))


def _merged(node: Node, known: Optional[Node]) -> Node:
    """A node's entry. One that is new since the roll began may be an old one that was overlooked, and so is pending."""
    if known is None:
        return replace(node, done=False)
    done = known.done or (node.running and has_moved(known, node.started))
    started, runs = (node.started, node.runs) if done else (known.started, known.runs)
    return replace(node, started=started, runs=runs, done=done, well=known.well or node.well)


def has_moved(known: Node, started: str) -> bool:
    """Whether a node runs with another start than the recorded one."""
    return bool(started) and started != known.started


def nodes(state: State) -> Mapping[str, Node]:
    return state.roll.nodes if state.roll else {}


def remaining(state: State, roles: Mapping[str, str]) -> List[str]:
    """The nodes still to be restarted, in their order by the roles that the client reports now.

    A node that does not run comes first: to start it takes nothing away, and until it is back no other may go.

    :arg roles: key of the health report -> role.
    """
    pending = [(name, node) for name, node in nodes(state).items() if not node.done]
    return [name for name, dummy in sorted(pending, key=lambda item: _sort_key(item[0], item[1], roles))]


def _sort_key(name: str, node: Node, roles: Mapping[str, str]) -> Tuple[bool, int, str]:
    role = roles.get(node.report_key or name, "")
    return node.running, RANKS.get(role, RANK_OF_UNREPORTED[node.role]), name


def done_of(state: State) -> Tuple[int, int]:
    """How many nodes are done, and how many there are."""
    return sum(node.done for node in nodes(state).values()), len(nodes(state))


def expected_connected(state: State) -> Optional[int]:
    """How many nodes have to be connected before the next one may go: as many as before the first one, without those that
    are down and still to be started. None before the nodes are recorded."""
    roll = state.roll
    if roll is None or not roll.nodes:
        return None
    entries = roll.nodes.values()
    down = sum(node.size for node in entries if not node.done and not node.running)
    return max(0, min(roll.connected, sum(node.size for node in entries)) - down)


def advance(state: State, name: str, started: str, runs: str = "") -> State:
    """Marks a node as done. Raises LedgerError if its start has not moved."""
    roll = state.roll
    node = nodes(state).get(name)
    if roll is None or node is None:
        raise InputError("there is no node %s among those of the restart" % name)
    if node.done:
        return state
    if not has_moved(node, started):
        raise LedgerError(
            "node %s has not been restarted: its start time is still %s" % (name, node.started or "unknown"),
            "Check the log of its container or service.",
        )
    done = replace(node, done=True, running=True, started=started, runs=runs)
    return replace(state, roll=replace(roll, nodes={**roll.nodes, name: done}))


def keep_values(state: State, shown: Mapping[str, Scalar]) -> State:
    """Keeps what GET shows before the first node is restarted, and from then on only what each further GET shows alike.

    A value that has changed in the meantime may govern some of the nodes, even if it has changed back.
    """
    roll = state.roll
    if roll is None:
        return state
    if roll.values is None:
        if any(node.done for node in roll.nodes.values()):
            return state
        return replace(state, roll=replace(roll, values=dict(shown)))
    alike = {name: value for name, value in roll.values.items() if name in shown and same(shown[name], value)}
    return state if len(alike) == len(roll.values) else replace(state, roll=replace(roll, values=alike))


def starts(state: State) -> Dict[str, str]:
    """What identifies the start of each node from now on."""
    return {name: node.runs or node.started for name, node in nodes(state).items()}


def close(state: State) -> State:
    """Every node is done: nothing is pending any more, and the nodes are known from now on."""
    known = {name: KnownNode(node.host, True) for name, node in nodes(state).items()}
    return replace(state, restart=None, roll=None, nodes=known)


def know(state: State, found: Sequence[Tuple[str, str, bool]]) -> State:
    """Records nodes of this client (name, host, whether it runs), before any of them is touched."""
    fresh = {name: KnownNode(host, ran or (name in state.nodes and state.nodes[name].ran)) for name, host, ran in found}
    return replace(state, nodes={**state.nodes, **fresh})
