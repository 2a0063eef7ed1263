# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The owed restart of one client, step by step, in its ledger."""

from __future__ import annotations

import datetime
import time
from typing import Any, Callable, Dict, Mapping, Tuple

from .._common import moments
from .._common.errors import InputError
from .._common.operation import Outcome, Task
from .._common.progress import TELL_EVERY, span
from .._ledger import lease_owner, pending_restart, rolling
from .._ledger.file import Ledger

LIBRARY_ERROR = None  # nothing but Python is needed

_NODE: Dict[str, Dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "role": {"type": "str", "choices": ["coreapp", "master"], "default": "coreapp"},
    "started": {"type": "str", "default": ""},
    "running": {"type": "bool", "default": True},
    "health_key": {"type": "str", "default": "", "no_log": False},
    "host": {"type": "str", "default": ""},
    "size": {"type": "int", "default": 1},
    "details": {"type": "dict"},
}
OPTIONS: Dict[str, Dict[str, Any]] = {
    "ledger": {"type": "path", "required": True},
    "step": {
        "type": "str",
        "required": True,
        "choices": ["read", "begin", "next", "advance", "finish", "release"],
    },
    "id": {"type": "str"},
    "nodes": {"type": "list", "elements": "dict", "options": _NODE},
    "health": {"type": "list", "elements": "dict"},
    "connected": {"type": "int"},
    "lease_seconds": {"type": "int", "default": 900},
    "lease_wait": {"type": "int", "default": 0},
    "node": {"type": "str"},
    "started": {"type": "str"},
    "predicted_settings": {"type": "list", "elements": "str"},
    "owner": {"type": "dict"},
}
RULES: Dict[str, Any] = {
    "required_if": [
        ("step", "next", ("id",)),
        ("step", "advance", ("id", "node", "started")),
        ("step", "finish", ("id",)),
    ],
}

LOOK_EVERY = 1.0  # seconds between two looks at a lease that another run has

Values = Dict[str, Any]
Step = Callable[[Mapping[str, Any], Task, Ledger], Values]


def run(params: Mapping[str, Any], task: Task) -> Outcome:
    """One step. What a step returns beside the state of the restart: see the steps. Raises OnPremError."""
    if not params["owner"]:
        raise InputError("the option owner is missing", "It is filled in by the collection's action plugin.")
    for name, least in (("lease_seconds", 1), ("lease_wait", 0)):
        if params[name] < least:
            raise InputError("%s must be at least %d" % (name, least))
    wait = 0 if task.check_mode or params["step"] != "begin" else params["lease_wait"]
    started = time.monotonic()
    told = started - TELL_EVERY
    while True:
        outcome, holder = _once(params, task)
        now = time.monotonic()
        if not holder or now - started >= wait:
            return outcome
        if now - told >= TELL_EVERY:
            told = now
            task.progress(
                "%s is restarting nodes of this client; waiting for it %s" % (holder, span(now - started, wait))
            )
        time.sleep(LOOK_EVERY)


def _once(params: Mapping[str, Any], task: Task) -> Tuple[Outcome, str]:
    """The step, and who keeps it from being done (empty: nobody). The ledger is free again afterwards."""
    step = params["step"]
    with Ledger(params["ledger"], read_only=task.check_mode or step == "read", progress=task.progress) as ledger:
        if task.check_mode and params["predicted_settings"] and not pending_restart.is_owed(ledger.data):
            pending_restart.owe(ledger.data, params["predicted_settings"])
        if step in ("next", "advance", "finish"):
            _require_lease(params, task, ledger)
        values = STEPS[step](params, task, ledger)
        ledger.save()
        changed = bool(values.pop("changed", False))
        state = dict(_state(params, ledger), predicted=task.check_mode)
        refused = state["owed"] and values.get("lease_granted") is False
        holder = state["lease"]["owner"] if refused and state["lease"] else ""
        return Outcome(changed, dict(state, **values)), holder


def _require_lease(params: Mapping[str, Any], task: Task, ledger: Ledger) -> None:
    """In check mode nobody could take the lease, so that it is enough that nobody else holds it."""
    now = time.time()
    if not task.check_mode or rolling.other_holder(ledger.data, params["owner"], now):
        rolling.renew_lease(ledger.data, params["owner"], now)


def _read(_params: Mapping[str, Any], _task: Task, _ledger: Ledger) -> Values:
    return {}


def _begin(params: Mapping[str, Any], task: Task, ledger: Ledger) -> Values:
    data = ledger.data
    if not pending_restart.is_owed(data):
        return {"lease_granted": False}
    if not rolling.take_lease(data, params["owner"], params["lease_seconds"], time.time()):
        return {"lease_granted": False}
    if params["nodes"] is not None:
        health = params["health"] or []
        connected = params["connected"]
        if connected is None:
            connected = sum(1 for node in health if node.get("status") == "connected")
        for name in rolling.observe(data, params["nodes"], connected):
            task.warn("Node %s, which was to be restarted, is gone; the restart goes on without it." % name)
    return {"lease_granted": True}


def _next(params: Mapping[str, Any], _task: Task, ledger: Ledger) -> Values:
    if not rolling.is_current(ledger.data, params["id"]):
        return {"next_node": None, "superseded": pending_restart.is_owed(ledger.data)}
    names = rolling.remaining(ledger.data, params["health"] or [])
    return {"next_node": names[0] if names else None, "superseded": False}


def _advance(params: Mapping[str, Any], _task: Task, ledger: Ledger) -> Values:
    if not rolling.is_current(ledger.data, params["id"]):
        return {"superseded": pending_restart.is_owed(ledger.data)}
    changed = rolling.advance(ledger.data, params["node"], params["started"])
    return {"changed": changed, "superseded": False}


def _finish(params: Mapping[str, Any], _task: Task, ledger: Ledger) -> Values:
    closed = rolling.close(ledger.data, params["id"])
    rolling.release_lease(ledger.data, params["owner"])
    return {"changed": closed, "closed": closed, "superseded": pending_restart.is_owed(ledger.data)}


def _release(params: Mapping[str, Any], _task: Task, ledger: Ledger) -> Values:
    rolling.release_lease(ledger.data, params["owner"])
    return {}


STEPS: Dict[str, Step] = {
    "read": _read,
    "begin": _begin,
    "next": _next,
    "advance": _advance,
    "finish": _finish,
    "release": _release,
}


def _state(params: Mapping[str, Any], ledger: Ledger) -> Values:
    """What every step returns."""
    data = ledger.data
    restart, lease = data["restart"], data["lease"]
    return {
        "client": data["client"],
        "owed": restart is not None,
        "id": restart["id"] if restart else None,
        "since": restart["since"] if restart else None,
        "settings": pending_restart.owed_settings(data),
        "remaining": rolling.remaining(data, params["health"] or []),
        "total": rolling.total(data),
        "expect_connected": rolling.expected_connected(data),
        "lease": _shown_lease(lease, params["owner"]) if lease else None,
    }


def _shown_lease(lease: Mapping[str, Any], owner: Mapping[str, Any]) -> Values:
    until = datetime.datetime.fromtimestamp(lease["until"], datetime.timezone.utc)
    return {
        "owner": lease_owner.describe(lease["owner"]),
        "until": moments.to_text(until),
        "yours": lease_owner.is_same(lease["owner"], owner),
    }
