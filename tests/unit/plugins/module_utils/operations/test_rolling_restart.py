# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single steps of a rolling restart."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from mocked import NAME, Mocked, answer

from ansible_collections.wabiz.onprem.plugins.module_utils._api import health
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease, lease_owner, restart, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Node
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import rolling_restart

OWNER = lease_owner.owner_of(os.getpid(), "one")
KEYS = {"wacore1": "wacore1:0123456789ab", "wacore2": "wacore2:ba9876543210"}
UP = {"gateway_status": "connected", "role": "coreapp"}
AWAY = {"gateway_status": "connecting", "role": "coreapp"}
GONE = {"errors": [{"code": 1014, "title": "Internal error", "details": "Connection timed out"}]}


def report(first: Any = None, second: Any = None) -> Any:
    """A health report with the entries of both nodes, which are up where none is given."""
    return answer({"health": {KEYS["wacore1"]: first or UP, KEYS["wacore2"]: second or UP}})


class Restart:
    """A rolling restart whose nodes are recorded, and one further step of it."""

    def __init__(self, folder: Path, **running: bool) -> None:
        self.path, self.mocked = str(folder / "ledger.json"), Mocked(rolling_restart)
        nodes = {
            name: Node("coreapp", "", key, 1, running.get(name, True), running.get(name, True), "1", False)
            for name, key in KEYS.items()
        }
        with Ledger(self.path, read_only=False) as ledger:
            state = lease.take(rolling.start(restart.mark_pending(ledger.state, ["log_level"])), OWNER, 900, 1.0)
            assert state is not None
            ledger.state = rolling.observe(state, nodes, sum(node.running for node in nodes.values()))[0]
            ledger.update(client=NAME)
            ledger.save()

    def step(self, step: str, *answers: Any, **given: Any) -> dict[str, Any]:
        self.mocked.client.get.side_effect = list(answers)
        limits = {"wait_timeout": 0, "report_timeout": 0, "interval": 1, "minimum_uptime": 0}
        values = {"ledger": self.path, "owner": vars(OWNER), "step": step, **limits, **given}
        return dict(self.mocked.run(values).values)

    def asked(self) -> list[str]:
        return [call.args[0] for call in self.mocked.client.get.call_args_list]


class TestAfterAHook:
    def test_a_client_that_has_settled_is_seen_once(self, tmp_path: Path) -> None:
        one = Restart(tmp_path)
        assert one.step("renew", report(), node="wacore2", settle=True)["superseded"] is False
        assert one.asked() == [health.PATH]

    @pytest.mark.parametrize("away", [AWAY, GONE])
    def test_no_node_goes_while_another_one_is_away(self, tmp_path: Path, away: Any) -> None:
        one = Restart(tmp_path)
        with pytest.raises(CallError, match=r"wacore1:0123456789ab .*The restart stays pending for log_level"):
            one.step("renew", report(away), node="wacore2", settle=True)
        with Ledger(one.path, read_only=True) as ledger:
            assert ledger.state.lease is None and ledger.state.restart is not None

    def test_a_node_that_is_down_is_started_without_waiting(self, tmp_path: Path) -> None:
        one = Restart(tmp_path, wacore2=False)
        assert one.step("renew", node="wacore2", settle=True)["superseded"] is False
        assert one.asked() == []

    def test_without_hooks_nothing_is_asked(self, tmp_path: Path) -> None:
        one = Restart(tmp_path)
        one.step("renew", node="wacore2")
        assert one.asked() == []


class TestPlan:
    def test_an_entry_of_a_node_that_was_replaced_is_named(self, tmp_path: Path) -> None:
        one = Restart(tmp_path)
        found = {
            "nodes": [
                {"name": name, "running": True, "started": "1", "report_ids": [name, key.partition(":")[2]]}
                for name, key in KEYS.items()
            ]
        }
        old = "wacore1:cccccccccccc"
        health_report = answer({"health": {KEYS["wacore1"]: UP, KEYS["wacore2"]: UP, old: GONE}})
        settings = answer({"settings": {"application": {"log_level": "info"}}})
        one.step("plan", health_report, health_report, settings, found=found)
        assert [old in text and "replaced or removed" in text for text in one.mocked.warnings] == [True]
