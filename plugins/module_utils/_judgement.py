# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a rolling restart makes of nodes, results and reports. Pure functions."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence

from ._api import health
from ._common.errors import CallError
from ._common.text import harmless
from ._engines.nodes import FoundNode
from ._ledger.state import Node, State

Values = Dict[str, Any]


def closed_message(state: State, total: int, names: Sequence[str]) -> str:
    """How many nodes were restarted, and which of the settings that this was for are in effect now."""
    record = state.in_effect
    values = record.values if record else {}
    shown = ", ".join(
        f"{name}: {str(value).lower()}"
        for name, value in sorted(values.items())
        if name in names and name not in state.doubts
    )
    at = record.at if record else "?"
    nodes = "1 node was" if total == 1 else f"{total} nodes were"
    return f"{nodes} restarted. In effect, confirmed at {at}: {shown or 'nothing'}."


def health_values(report: Optional[health.Report]) -> Values:
    """The report for those who look for the nodes."""
    if report is None:
        return {"known": False, "single": None, "nodes": []}
    return {"known": True, "single": report.single, "nodes": report.as_values(None)["nodes"]}


def found_nodes(found: Values) -> List[FoundNode]:
    """The nodes that coreapp_nodes has returned. Raises CallError with the reason, if it could not find them."""
    problem = found.get("problem")
    if found.get("unreachable"):
        problem = f"the machine of the nodes is unreachable: {harmless(found.get('msg', ''))}"
    elif found.get("failed") or not isinstance(found.get("nodes"), list):
        problem = problem or harmless(found.get("msg") or "the nodes could not be found", 600)
    if problem:
        raise CallError(harmless(problem, 1000))
    return [FoundNode.from_values(values) for values in found["nodes"]]


def recorded(found: FoundNode, key: str, report: Optional[health.Report]) -> Node:
    entries = report.named([key]) if report and key else report.nodes if report and report.single else ()
    role = next((node.role for node in entries), "")
    kind = "master" if "master" in role else "coreapp" if role == "coreapp" else found.role
    return Node(
        role=kind,
        host=found.host,
        report_key=key,
        size=max(1, found.size),
        running=found.running,
        well=found.running and bool(entries) and all(node.is_up for node in entries),
        started=found.started,
        done=False,
        runs=found.runs,
    )


def problem(result: Mapping[str, Any]) -> str:
    """What went wrong with the restart of a node, by the result of the task that restarted it."""
    if result.get("unreachable"):
        return f"its machine is unreachable: {harmless(result.get('msg', ''))}"
    if result.get("failed"):
        return harmless(result.get("problem") or result.get("msg") or "it was not restarted", 600)
    return harmless(result.get("problem") or "", 600)


def up_seconds(result: Mapping[str, Any]) -> float:
    """How long the node has been up at least, by the result of the task that restarted it; 0 for what is no such number."""
    try:
        seconds = float(result.get("up_seconds") or 0)
    except (TypeError, ValueError):
        return 0.0
    return seconds if 0 < seconds < 86400 else 0.0


def can_spare(state: State, node: Node, report: health.Report) -> bool:
    """Whether at least two other nodes of its kind are up, so that one stays up while another is restarted."""
    if report.single:
        return False
    kind = {"coreapp"} if node.role == "coreapp" else {"primary_master", "secondary_master"}
    up = [one for one in report.nodes if one.role in kind and one.is_up and one.key != node.report_key]
    return len(up) >= 2


def not_well(nodes: Mapping[str, Node], report: health.Report) -> List[str]:
    """The nodes that were well before the restart and are not well after it."""
    unwell = []
    for name, node in sorted(nodes.items()):
        if not node.well or report.single:
            continue
        entries = report.named([node.report_key, name])
        unwell += [f"{harmless(name)} {one.condition}" for one in entries if not one.is_up]
        if not entries and node.size == 1:
            unwell.append(f"{harmless(name)} is not in the health report any more")
    return unwell
