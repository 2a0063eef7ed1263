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

from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless

COLLECTION = "wabiz.onprem"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def problem(task: Any, transport: str, variables: Mapping[str, Any], templated: Callable[[Any], Any]) -> str:
    """Why a task of the roles must not run where it is about to run; empty if it may, and for tasks of others."""
    if not _is_ours(task):
        return ""
    around = _around(task)
    if around is not None:
        wanted = templated(around)
        host = variables.get("inventory_hostname")
        if wanted and wanted != (templated(variables.get("wabiz_onprem_state_host")) or host):
            return (
                f"delegate_to: {wanted} around a role of {COLLECTION} has no effect, as its tasks know where the ledger is. "
                f"Set the variable wabiz_onprem_state_host: {wanted} instead, and leave delegate_to out."
            )
    wrong = wrong_connection(task, transport, variables, templated)
    return f"The task {wrong}." if wrong else ""


def wrong_connection(task: Any, transport: str, variables: Mapping[str, Any], templated: Callable[[Any], Any]) -> str:
    """Why a task would not reach the machine that it is delegated to, as the end of a sentence; empty if it would.

    A task outside of the roles may choose its connection, but the controller is never taken for another machine.
    """
    delegate = task.delegate_to
    if not delegate or delegate == variables.get("inventory_hostname"):
        return ""
    expected, actual = _connection_of(delegate, variables, templated), transport.rpartition(".")[2]
    if expected in ("", "smart", actual) or not (_is_ours(task) or actual == "local"):
        return ""
    return (
        f"would reach host {harmless(delegate, 80)} by the connection {actual} instead of {harmless(expected, 40)}, as "
        "ansible_connection is set for the play or on the command line. Set it for hosts in the inventory instead"
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
    """The connection of a host by its own variables, without the prefix of a collection; empty if the host is not known."""
    known = variables.get("hostvars") or {}
    if host not in known and host not in LOCAL_NAMES:
        return ""
    theirs = known[host] if host in known else {}  # noqa: SIM401  (an unknown host gives no default)
    default = "local" if host in LOCAL_NAMES else "ssh"
    return str(templated(theirs.get("ansible_connection", default))).rpartition(".")[2]
