# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Which of the found nodes are nodes of this client, and whether these are all of them.

A name or an image that matches proves nothing: another client, a left-over or a sidecar may have it. A node is taken only
with a positive proof: the health report names it now, the ledger has recorded it as a node of this client, or an option of
the user selects it. Everything else is unknown, is never touched, and is named together with how to claim it.

A container that is stopped needs more: that the ledger knows it as a node that ran at the last restart, or that the user
selects it. The report of a single instance names no container, so that the ledger or an option has to; that it is the only
one proves nothing, as it may be another client's. Every node of the report must be covered, otherwise nothing may be
restarted.

An entry of the report that is down and that no engine has is left out (``gone``) in two cases only: another start has taken
its host name, or its workload exists and has no such pod any more. In all other cases it may be a node on a machine that
was forgotten, and is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Optional, Protocol, Sequence, Tuple

from .._common.text import harmless
from .nodes import FoundNode, is_short_id, joined

BY_REPORT = "named by the health report"
BY_OPTIONS = "selected by the options"
BY_LEDGER = "recorded in the ledger as a node of this client"


class ReportNode(Protocol):
    """A node of the health report; ``is_down`` is used where there is one."""

    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def container_id(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def status(self) -> str: ...


@dataclass(frozen=True)
class Verdict:
    """``nodes``: node, its key in the report, proof. ``unknown``: name, reason, how to claim it. ``missing``: keys of the
    report that nothing covers. ``gone``: keys of nodes that were replaced or removed. ``problem``: why nothing may be
    restarted; empty if all is well.
    """

    nodes: Tuple[Tuple[FoundNode, str, str], ...] = ()
    unknown: Tuple[Tuple[str, str, str], ...] = ()
    missing: Tuple[str, ...] = ()
    gone: Tuple[str, ...] = ()
    problem: str = ""


def judge(
    found: Sequence[FoundNode],
    report_nodes: Optional[Sequence[ReportNode]],
    single: Optional[bool],
    recorded: Mapping[str, bool],
) -> Verdict:
    """The nodes of this client among those found.

    :arg report_nodes: of the health report; None if there is none.
    :arg single: whether the client is a single instance; None if that is not known.
    :arg recorded: the nodes that the ledger knows, and whether they ran at the last restart.
    """
    entries = list(report_nodes or ())
    if single is None:
        single = _seems_single(found)
    proofs: Dict[str, str] = {}
    reasons: Dict[str, str] = {}
    for node in found:
        proof, reason = _proof(node, [] if single else entries, recorded)
        (proofs if proof else reasons)[node.name] = proof or reason
    problem = _same_name(found)
    if single and not problem:
        problem = _single(found, proofs, reasons)
    nodes = [node for node in found if node.name in proofs]
    missing, gone = (
        _uncovered_single(nodes, entries)
        if single
        else _uncovered(nodes, entries, [n for n in found if n not in nodes])
    )
    keys = {node.name: tuple(_keys(node, entries)) for node in nodes} if not single else {n.name: ("",) for n in nodes}
    unknown = [(node.name, reasons[node.name], _claim(node)) for node in found if node.name in reasons]
    nothing = "" if nodes else _none_problem(unknown)
    # Where nothing was found at all, the options are wrong, not single nodes missing.
    problem = problem or (nothing if not found else "") or _missing_problem(missing, single) or nothing
    taken = [
        (_with_role(node, keys[node.name], entries), (*keys[node.name], "")[0], proofs[node.name]) for node in nodes
    ]
    return Verdict(tuple(taken), tuple(unknown), tuple(missing), tuple(gone), problem)


# -- proofs


def _proof(node: FoundNode, entries: Sequence[ReportNode], recorded: Mapping[str, bool]) -> Tuple[str, str]:
    """The proof, or the reason why there is none."""
    if node.selected:
        return BY_OPTIONS, ""
    named = any(_is_named(node, entry) for entry in entries)
    ran = recorded.get(node.name)
    if node.stopped:
        if ran and not node.details.get("left_over"):
            return BY_LEDGER, ""
        if ran is False:
            return "", f"it is {node.state}, and was at the last restart"
        if named:
            return "", f"it is {node.state}; the health report names it, but whether it should run is not known"
        left_over = node.details.get("left_over")
        beside = f", left over beside {harmless(left_over, 80)}" if left_over else ""
        return "", f"it is {node.state}{beside}, and not known as a node of this client"
    if named:
        return BY_REPORT, ""
    if ran is not None:
        return BY_LEDGER, ""
    return "", "it runs, but neither the health report nor the ledger names it"


def _is_named(node: FoundNode, entry: ReportNode) -> bool:
    """Whether the report names this very container: by a text that no two containers share."""
    texts = {one for one in (entry.key, entry.container_id, entry.name) if is_short_id(one)}
    return bool(texts & set(node.report_ids))


def _covers(node: FoundNode, entry: ReportNode) -> bool:
    """Whether a proven node is what an entry means. A host's name counts only where the entry or the node has no id."""
    ids = set(node.report_ids)
    if entry.key in ids or (entry.container_id and entry.container_id in ids):
        return True
    if node.has_short_id and is_short_id(entry.container_id):
        return False
    return bool(entry.name) and entry.name in ids


def _keys(node: FoundNode, entries: Sequence[ReportNode]) -> List[str]:
    """All entries that a node stands for; the primary master first, as it decides on the order."""
    own = [entry for entry in entries if _covers(node, entry)]
    return [entry.key for entry in sorted(own, key=lambda one: (one.role != "primary_master", _is_down(one), one.key))]


def _with_role(node: FoundNode, keys: Sequence[str], entries: Sequence[ReportNode]) -> FoundNode:
    """The role that the client reports decides, not the container's own hint."""
    roles = {entry.role for entry in entries if entry.key in keys}
    if roles & {"primary_master", "secondary_master"}:
        return replace(node, role="master")
    return replace(node, role="coreapp") if roles & {"coreapp", "single"} else node


def _is_down(entry: ReportNode) -> bool:
    down: Any = getattr(entry, "is_down", None)
    return bool(down) if down is not None else entry.status in ("error", "down")


# -- a single instance


def _seems_single(found: Sequence[FoundNode]) -> bool:
    """What a client that does not respond is, by its containers. Commands show nothing about that."""
    judged = [node for node in found if node.engine]
    return bool(judged) and not any(node.role == "master" or node.details.get("multiconnect") for node in judged)


def _single(found: Sequence[FoundNode], proofs: Dict[str, str], reasons: Dict[str, str]) -> str:
    """Leaves at most one node among the proven ones. The problem, where that cannot be decided."""
    proven = [node for node in found if node.name in proofs]
    up = [node for node in proven if not node.stopped]
    if len(up) == 1:
        for node in proven:
            if node.stopped:
                del proofs[node.name]
                reasons[node.name] = (
                    f"it is {node.state}, and the client is a single instance that runs as {up[0].name}"
                )
        return ""
    rivals = up or proven
    unproven = [] if rivals else [node for node in found if not node.stopped]
    if len(rivals) > 1 or len(unproven) > 1:
        return (
            "the client is a single instance, but several containers may be its Coreapp: "
            f"{joined(node.name for node in rivals or unproven)}; "
            "select one with coreapp_docker_filters, or remove those that are left over"
        )
    return ""


def _uncovered_single(nodes: Sequence[FoundNode], entries: Sequence[ReportNode]) -> Tuple[List[str], List[str]]:
    """A single instance that responds runs somewhere: a container that is stopped is not that one."""
    responding = [entry for entry in entries if not _is_down(entry)]
    if responding and not any(not node.stopped for node in nodes):
        return [entry.key or entry.name for entry in responding], []
    return [], []


# -- coverage


def _uncovered(
    nodes: Sequence[FoundNode], entries: Sequence[ReportNode], others: Sequence[FoundNode]
) -> Tuple[List[str], List[str]]:
    """The entries that nothing stands for, and those of nodes that were replaced or removed."""
    missing: List[str] = []
    gone: List[str] = []
    for entry in entries:
        if any(_covers(node, entry) for node in nodes):
            continue
        if any(_is_named(node, entry) and node.stopped for node in others):
            continue  # it is known where it is; it reads the settings when it is started
        (gone if _is_down(entry) and _is_gone(entry, nodes, entries) else missing).append(entry.key)
    return missing, gone


def _is_gone(entry: ReportNode, nodes: Sequence[FoundNode], entries: Sequence[ReportNode]) -> bool:
    for node in nodes:
        pods = node.details.get("pods_named")
        if pods and any(text.startswith(pods) for text in (entry.container_id, entry.name)):
            return True
        if node.running and entry.name and entry.name in node.report_ids:
            return True
    up = [one for one in entries if one.name == entry.name and not _is_down(one)]
    return bool(entry.name) and any(_covers(node, one) for one in up for node in nodes)


# -- words


def _claim(node: FoundNode) -> str:
    """How the user says that a node is this client's."""
    project = node.details.get("project")
    value = {"label": f"com.docker.compose.project={project}"} if project else {"name": node.name.rpartition("/")[2]}
    (key, text), *_rest = value.items()
    return f"if it is a node of this client, select it with coreapp_docker_filters, for example {key}: {harmless(text, 120)}"


def _same_name(found: Sequence[FoundNode]) -> str:
    names = [node.name for node in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    return f"several nodes have the same name: {joined(twice)}" if twice else ""


def _missing_problem(missing: Sequence[str], single: bool) -> str:
    if not missing:
        return ""
    if single:
        return "the client responds, but no container that runs is known to be its Coreapp; check the options of role coreapp"
    return (
        f"the health report names {joined(missing)}, which nothing that was found stands for; add the machine, the workload "
        "or the node to the options of role coreapp, widen coreapp_docker_filters, or remove the node from the client"
    )


def _none_problem(unknown: Sequence[Tuple[str, str, str]]) -> str:
    if not unknown:
        return "no node of the client was found; check coreapp_docker_hosts, coreapp_docker_image and coreapp_docker_filters"
    shown = "; ".join(f"{harmless(name, 80)}: {reason}" for name, reason, claim in unknown[:4])
    more = f" and {len(unknown) - 4} more" if len(unknown) > 4 else ""
    return f"nothing that was found is known to be a node of this client ({shown}{more}); {unknown[0][2]}"
