# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a task of the roles runs, and whether that is where the user has meant it to run.

The roles delegate each task by themselves, to the host of the ledger or of a node. That cancels a delegation which a play
puts around a role, and a play variable ``ansible_connection`` takes precedence over the connection of the other host. Both
would end green, with the wrong ledger or on the wrong machine, and so both are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

COLLECTION = "wabiz.onprem"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def problem(task: Any, transport: str, variables: Mapping[str, Any], templated: Callable[[Any], Any]) -> str:
    """Why a task must not run where it is about to run; empty if it may."""
    if not _is_ours(task):
        return ""
    host, delegate = variables.get("inventory_hostname"), task.delegate_to
    around = _around(task)
    if around is not None:
        wanted = templated(around)
        if wanted and wanted != (templated(variables.get("wabiz_onprem_state_host")) or host):
            return (
                f"delegate_to: {wanted} around a role of {COLLECTION} has no effect, as its tasks know where the ledger is. "
                f"Set the variable wabiz_onprem_state_host: {wanted} instead, and leave delegate_to out."
            )
    if not delegate or delegate == host:
        return ""
    expected = _connection_of(delegate, variables, templated)
    if expected in ("", "smart") or expected.rpartition(".")[2] == transport.rpartition(".")[2]:
        return ""
    return (
        f"The task would reach host {delegate} by the connection {transport} instead of {expected}, as ansible_connection is "
        "set for the play or on the command line. Set it for hosts in the inventory instead."
    )


def _is_ours(task: Any) -> bool:
    """Whether the task is in a file of one of our roles, and not in a hook that is included there."""
    role = getattr(task, "_role", None)
    if role is None or getattr(role, "_role_collection", None) != COLLECTION:
        return False
    return str(task.get_path() or "").startswith(str(role._role_path))


def _around(task: Any) -> Any:
    """The nearest delegation around the task, as it is written; None where there is none."""
    parent = task._parent
    while parent is not None:
        value = getattr(parent, "_delegate_to", None)
        if isinstance(value, str):
            return value
        parent = getattr(parent, "_parent", None)
    return None


def _connection_of(host: str, variables: Mapping[str, Any], templated: Callable[[Any], Any]) -> str:
    known = variables.get("hostvars", {})
    theirs = known.get(host) or {}
    default = "local" if host in LOCAL_NAMES else "ssh"
    return str(templated(theirs.get("ansible_connection", default)))
