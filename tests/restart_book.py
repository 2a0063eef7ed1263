# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ledger of one client, and steps of its restart taken in it, for unit tests."""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner, pending_restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import restart_progress

ME = lease_owner.owner_of(os.getpid())
FAR_AWAY = {"host": "elsewhere", "machine": "another", "pid": 1, "start": "1"}
HEALTH = [
    {"key": "m1:a", "name": "m1", "role": "primary_master", "status": "connected"},
    {"key": "m2:b", "name": "m2", "role": "secondary_master", "status": "disconnected"},
    {"key": "w1:c", "name": "w1", "role": "coreapp", "status": "connected"},
]


def node(name: str, role: str = "coreapp", started: str = "1", **more: Any) -> dict[str, Any]:
    return {"name": name, "role": role, "started": started, "running": True, "health_key": "", "host": "", **more}


NODES = [node("m1", "master"), node("m2", "master"), node("w1")]


class Book:
    """One client's ledger, and steps taken in it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.warnings: list[str] = []
        self.told: list[str] = []

    def owe(self, *names: str) -> str:
        with Ledger(self.path, read_only=False) as ledger:
            pending_restart.owe(ledger.data, names or ["log_level"])
            ledger.save()
            return str(ledger.data["restart"]["id"])

    def data(self) -> dict[str, Any]:
        with Ledger(self.path, read_only=True) as ledger:
            return ledger.data

    def step(self, step: str, owner: dict[str, Any] | None = None, check: bool = False, **given: Any) -> dict[str, Any]:
        params = {name: option.get("default") for name, option in restart_progress.OPTIONS.items()}
        params.update(given, step=step, owner=ME if owner is None else owner, ledger=self.path)
        task = Task(check_mode=check, warn=self.warnings.append, progress=self.told.append)
        outcome = restart_progress.run(params, task)
        return dict(outcome.values, changed=outcome.changed)
