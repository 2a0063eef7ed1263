# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crash points of a rolling restart: killed at every step, and continued by another run.

What must hold then: the settings as intended, each node restarted since the change, the lease returned, nothing pending,
and only what governs every node confirmed to be in effect.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import file, lease_owner
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import State
from emulator.testing import Emulator
from hostile.fork_server import ForkServer, Run

EVERY = 41 if os.environ.get("FAULTS") == "short" else 1
SLEEP = ["sleep", "600"]
COLLECT = "garbagecollector_enable.messages"
Owner = dict[str, Any]
SETTINGS = ("application_settings", {"callback_persist": False})
CAMPAIGN = ("campaign", {"name": "spring"})
CHANGES = {"application_settings": ("callback_persist", False), "campaign": (COLLECT, False)}
# The steps of a run that changes a setting and restarts two nodes, as the roles make them.
STEPS = ("prepared write", "begin", "plan", "write", "renew 1", "next 1", "renew 2", "next 2")


class Killed(Exception):
    """The run was killed at the step that was asked for."""

    def __init__(self, run: Run) -> None:
        super().__init__(run.at)
        self.run = run


@contextmanager
def living_owner() -> Iterator[Owner]:
    """An owner of a lease that lives as long as this block."""
    with subprocess.Popen(SLEEP) as process:
        try:
            yield dict(vars(lease_owner.owner_of(process.pid, "wa")))
        finally:
            process.kill()


class Roll:
    """A client with a fake engine whose restarts move the start of a node; runs as the roles make them."""

    def __init__(self, emulator: Emulator, fork_server: ForkServer, ledger: Path) -> None:
        self.client = emulator.client(topology="multiconnect", masters=1, coreapps=1, shards=1)
        self.ledger = ledger
        self.restarts: Counter[str] = Counter()
        self._fork_server = fork_server
        self._common = {
            "api_url": self.client.api_url,
            "password": self.client.password,
            "ca_path": emulator.ca_path,
            "timeout": 5,
            "retry_timeout": 5,
            "ledger": str(ledger),
        }
        self._made, self._crash = 0, (0, 0)

    def state(self) -> State:
        if not self.ledger.exists():
            return State()
        return file.parse(self.ledger.read_text(encoding="utf-8"), str(self.ledger))

    def run(self, owner: Owner, change: tuple[str, dict[str, Any]], crash: tuple[int, int] = (0, 0)) -> Run | None:
        """A run that changes a setting, with the restart that follows. Returns the step that was killed.

        :arg crash: the number of the step that is killed, and where in it.
        """
        self._made, self._crash = 0, crash
        try:
            operation, given = change
            result = self._call(operation, owner, write="unless_restart", **given)
            if result["prepared"]:
                self.step("begin", owner, expected=result["restart_settings"])
                plan = self.step("plan", owner, found=self._found(), expected=result["restart_settings"])
                result = self._call(operation, owner, write="always", **given)
                if not result["restart_required"]:
                    self.step("cancel", owner)
                    return None
                self._restart_nodes(owner, plan)
            elif result["restart_required"]:
                self.restart(owner)
        except Killed as killed:
            return killed.run
        return None

    def restart(self, owner: Owner, **given: Any) -> None:
        """The pending restart."""
        begun = self.step("begin", owner, **given)
        if begun["go"]:
            self._restart_nodes(owner, self.step("plan", owner, found=self._found(), **given))

    def _restart_nodes(self, owner: Owner, plan: dict[str, Any]) -> None:
        while plan["next"]:
            name = plan["next"]
            assert self.step("renew", owner, node=name)["superseded"] is False
            self.client.restart(name)
            self.restarts[name] += 1
            started = {"started": self.client.node(name)["started"], "health": "healthy"}
            plan = self.step("next", owner, node=name, result=started)
        assert plan["closed"] is True and plan["pending"] is False

    def step(self, step: str, owner: Owner, **given: Any) -> dict[str, Any]:
        waits = {"lease_seconds": 600, "lease_wait": 10, "interval": 1, "wait_timeout": 30, "minimum_uptime": 0}
        return self._call("rolling_restart", owner, step=step, **{**waits, **given})

    def _call(self, operation: str, owner: Owner, **given: Any) -> dict[str, Any]:
        self._made += 1
        end_at = self._crash[1] if self._made == self._crash[0] else 0
        run = self._fork_server.run(operation, {**self._common, "owner": owner, **given}, end_at)
        if run.killed:
            raise Killed(run)
        assert not run.failed, run
        return run.result

    def _found(self) -> dict[str, Any]:
        nodes = [
            {
                "name": node["name"],
                "role": "master" if node["kind"] == "master" else "coreapp",
                "started": node["started"],
                "running": node["running"],
                "state": "running" if node["running"] else "exited",
                "report_ids": [node["key"], node["name"]],
            }
            for node in self.client.nodes()
        ]
        return {"nodes": nodes}

    def check_done(self, name: str, value: Any) -> None:
        """The change governs every node, the ledger says so, and nothing is left behind."""
        state, in_effect = self.state(), self.client.in_effect()
        assert self.client.stored()[name] == value
        assert {settings[name] for settings in in_effect.values()} == {value}
        assert (state.restart, state.intention, state.roll, state.lease) == (None, None, None, None)
        assert state.in_effect is not None and not state.doubts
        assert state.in_effect.values[name] == value
        for confirmed, known in state.in_effect.values.items():
            assert {settings.get(confirmed, known) for settings in in_effect.values()} == {known}, confirmed
        assert state.in_effect.starts == {node["name"]: node["started"] for node in self.client.nodes()}


@pytest.mark.parametrize("change", [SETTINGS, CAMPAIGN], ids=["settings", "campaign"])
@pytest.mark.parametrize("crash_in", range(1, len(STEPS) + 1), ids=STEPS)
def test_change_with_its_restart(
    emulator: Emulator, fork_server: ForkServer, tmp_path: Path, crash_in: int, change: tuple[str, dict[str, Any]]
) -> None:
    """A node may be restarted twice only if the run that has written was killed: its start may precede the write."""
    for number, end_at in enumerate(range(1, 1000, EVERY)):
        roll = Roll(emulator, fork_server, tmp_path / f"{number}.json")
        with living_owner() as first:
            killed = roll.run(first, change, (crash_in, end_at))
        before = Counter(roll.restarts)
        with living_owner() as second:
            assert roll.run(second, change) is None
        roll.check_done(*CHANGES[change[0]])
        assert len(roll.restarts) == 2
        assert sum(roll.restarts.values()) <= 2 + sum(before.values())
        assert max(roll.restarts.values()) <= 2
        roll.client.remove()
        if killed is None:
            assert set(roll.restarts.values()) == {1}
            assert number * EVERY >= 10
            return
        print(f"{end_at:4} {killed.at}")  # noqa: T201  (the table of the points)


@pytest.mark.parametrize("crash_in", range(1, 7), ids=("begin", "plan", "renew 1", "next 1", "renew 2", "next 2"))
def test_pending_restart(emulator: Emulator, fork_server: ForkServer, tmp_path: Path, crash_in: int) -> None:
    """Each node of a restart that was pending before is restarted exactly once, whoever continues it."""
    for number, end_at in enumerate(range(1, 1000, EVERY)):
        roll = Roll(emulator, fork_server, tmp_path / f"{number}.json")
        roll._call("application_settings", {}, callback_persist=False)
        roll._made, roll._crash, killed = 0, (crash_in, end_at), None
        with living_owner() as first:
            try:
                roll.restart(first)
            except Killed as stopped:
                killed = stopped.run
        roll._crash = (0, 0)
        with living_owner() as second:
            roll.restart(second)
        roll.check_done("callback_persist", False)
        assert set(roll.restarts.values()) == {1} and len(roll.restarts) == 2
        roll.client.remove()
        if killed is None:
            assert number * EVERY >= 10
            return
        print(f"{end_at:4} {killed.at}")  # noqa: T201  (the table of the points)


@pytest.fixture
def pending(emulator: Emulator, fork_server: ForkServer, tmp_path: Path) -> Roll:
    """A client with a pending restart."""
    roll = Roll(emulator, fork_server, tmp_path / "ledger.json")
    roll._call("application_settings", {}, callback_persist=False)
    return roll


def _fails(roll: Roll, step: str, owner: Owner, **given: Any) -> str:
    params = {**roll._common, "owner": owner, "step": step, "lease_wait": 0, **given}
    run = roll._fork_server.run("rolling_restart", params)
    assert run.failed and not run.killed
    return str(run.result["msg"])


def test_the_lease_of_a_living_owner_is_respected(pending: Roll) -> None:
    with living_owner() as living, living_owner() as other:
        assert pending.step("begin", living)["go"] is True
        assert "has been restarting its nodes" in _fails(pending, "begin", other)
        assert "does not hold the lease" in _fails(pending, "renew", other)
        lease = pending.state().lease
        assert lease is not None and vars(lease.owner) == living
    with living_owner() as third:
        assert pending.step("begin", third, lease_wait=0)["go"] is True


def test_the_lease_of_another_machine_lasts_until_it_ends(pending: Roll) -> None:
    foreign = {"host": "other", "machine": "another", "pid": 1, "start": "1", "inventory_host": "wa"}
    with living_owner() as here:
        assert pending.step("begin", foreign, lease_seconds=1)["go"] is True
        assert "has been restarting its nodes" in _fails(pending, "begin", here)
        assert pending.step("begin", here, lease_wait=10)["go"] is True


def test_a_failed_step_returns_the_lease(pending: Roll) -> None:
    with living_owner() as owner:
        pending.step("begin", owner)
        plan = pending.step("plan", owner, found=pending._found())
        message = _fails(
            pending, "next", owner, node=plan["next"], result={"failed": True, "msg": "the engine is gone"}
        )
        assert "the engine is gone" in message and "nodes done: 0 of 2" in message
        assert pending.state().lease is None and pending.state().restart is not None


def test_a_node_is_not_done_before_its_start_has_moved(pending: Roll) -> None:
    with living_owner() as owner:
        pending.step("begin", owner)
        plan = pending.step("plan", owner, found=pending._found())
        started = pending.client.node(plan["next"])["started"]
        message = _fails(pending, "next", owner, node=plan["next"], result={"started": started})
        assert "has not been restarted: its start time is still" in message
        roll = pending.state().roll
        assert roll is not None and not any(node.done for node in roll.nodes.values())
        assert pending.state().restart is not None and pending.state().in_effect is None


def test_a_node_that_is_left_keeps_the_restart_pending(pending: Roll) -> None:
    with living_owner() as owner:
        pending.step("begin", owner)
        plan = pending.step("plan", owner, found=pending._found())
        pending.client.restart(plan["next"])
        result = {"started": pending.client.node(plan["next"])["started"], "health": "healthy"}
        left = pending.step("next", owner, node=plan["next"], result=result)
        assert (left["closed"], left["pending"], len(left["remaining"])) == (False, True, 1)
        assert pending.state().in_effect is None


def test_a_value_that_changed_during_the_restart_is_not_confirmed(pending: Roll) -> None:
    """Others change the setting between two nodes: the restart stays pending, and nothing is called in effect."""
    with living_owner() as owner, living_owner() as other:
        pending.step("begin", owner)
        plan = pending.step("plan", owner, found=pending._found())
        first = plan["next"]
        pending.client.restart(first)
        result = {"started": pending.client.node(first)["started"], "health": "healthy"}
        second = pending.step("next", owner, node=first, result=result)["next"]
        foreign = {**pending._common, "ledger": str(pending.ledger.parent / "other.json")}
        assert not pending._fork_server.run("application_settings", {**foreign, "callback_persist": True}).failed
        pending.client.restart(second)
        result = {"started": pending.client.node(second)["started"], "health": "healthy"}
        assert "was changed by others" in _fails(pending, "next", owner, node=second, result=result)
        state = pending.state()
        assert state.restart is not None and state.in_effect is None and state.lease is None
        pending.restart(other)
    pending.check_done("callback_persist", True)
