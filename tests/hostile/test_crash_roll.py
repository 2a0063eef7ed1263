# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crash points of a rolling restart: ended at every step, and gone on with by another run. Each node restarts just once."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner, pending_restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from emulator.testing import Emulator
from hostile.nursery import Nursery, Run

EVERY = 14 if os.environ.get("FAULTS") == "short" else 1
SLEEP = ["sleep", "600"]


@contextmanager
def somebody() -> Iterator[dict[str, Any]]:
    """An owner of a lease that lives as long as this block."""
    with subprocess.Popen(SLEEP) as process:
        try:
            yield lease_owner.owner_of(process.pid)
        finally:
            process.kill()


class Roll:
    """A client with an owed restart, as role coreapp pays it."""

    def __init__(self, emulator: Emulator, nursery: Nursery, ledger: Path) -> None:
        self.client = emulator.client(topology="multiconnect", masters=1, coreapps=1, shards=1)
        self.ledger = str(ledger)
        self.restarts: Counter[str] = Counter()
        self._nursery = nursery
        with Ledger(self.ledger, read_only=False) as book:
            pending_restart.owe(book.data, ["callback_persist"])
            book.save()

    def pay(self, owner: dict[str, Any], crash_in: int = 0, end_at: int = 0) -> Run | None:
        """The whole roll, or until the step in which it crashes. None when there is no such step."""
        self._made, self._owner, self._crash = 0, owner, (crash_in, end_at)
        begun = self._step("begin", nodes=self._nodes(), lease_seconds=600)
        if begun.killed or not begun.result["pending"]:
            return begun if begun.killed else None
        assert begun.result["lease_granted"] is True
        identity = begun.result["id"]
        while True:
            following = self._step("next", id=identity)
            if following.killed:
                return following
            name = following.result["next_node"]
            if name is None:
                break
            self.client.restart(name)
            self.restarts[name] += 1
            advanced = self._step("advance", id=identity, node=name, started=self.client.node(name)["started"])
            if advanced.killed:
                return advanced
        finished = self._step("finish", id=identity)
        assert finished.killed or finished.result["closed"] is True
        return finished if self._made >= crash_in else None

    def _step(self, step: str, **given: Any) -> Run:
        self._made += 1
        end_at = self._crash[1] if self._made == self._crash[0] else 0
        health = [{key: node[key] for key in ("key", "name", "role", "status")} for node in self.client.nodes()]
        params = {"ledger": self.ledger, "step": step, "owner": self._owner, "health": health, **given}
        run = self._nursery.run("restart_progress", params, end_at)
        assert run.killed or not run.failed, run
        return run

    def _nodes(self) -> list[dict[str, Any]]:
        return [
            {
                "name": node["name"],
                "role": node["kind"],
                "started": node["started"],
                "running": node["running"],
                "health_key": node["key"],
                "host": "",
            }
            for node in self.client.nodes()
        ]


@pytest.mark.parametrize("crash_in", range(1, 8), ids=lambda number: f"step {number}")
def test_roll(emulator: Emulator, nursery: Nursery, tmp_path: Path, crash_in: int) -> None:
    """Begin, three times next, twice advance, finish: seven steps for two nodes."""
    for number, end_at in enumerate(range(1, 1000, EVERY)):
        roll = Roll(emulator, nursery, tmp_path / f"{number}.json")
        with somebody() as first:
            run = roll.pay(first, crash_in, end_at)
        assert run is not None
        with somebody() as second:
            roll.pay(second)
        assert set(roll.restarts.values()) == {1} and len(roll.restarts) == 2
        with Ledger(roll.ledger, read_only=True) as book:
            assert book.data["restart"] is None
        roll.client.remove()
        if not run.killed:
            assert number * EVERY >= 10
            return
        print(f"{end_at:4} {run.at}")  # noqa: T201  (the table of the points)


def test_lease_of_a_living_owner_is_respected(emulator: Emulator, nursery: Nursery, tmp_path: Path) -> None:
    roll = Roll(emulator, nursery, tmp_path / "ledger.json")
    with somebody() as living, somebody() as other:
        params = {"ledger": roll.ledger, "step": "begin", "lease_seconds": 600}
        assert nursery.run("restart_progress", {**params, "owner": living}).result["lease_granted"] is True
        refused = nursery.run("restart_progress", {**params, "owner": other}).result
        assert (refused["lease_granted"], refused["lease"]["yours"]) == (False, False)
        identity = refused["id"]
        meddling = {**params, "step": "finish", "id": identity, "owner": other}
        assert "does not hold the lease" in nursery.run("restart_progress", meddling).result["msg"]
    taken = nursery.run("restart_progress", {**params, "owner": living | {"pid": os.getpid(), "start": "1"}}).result
    assert taken["lease_granted"] is True  # both are dead now


def test_lease_of_a_foreign_owner_lasts_until_it_expires(emulator: Emulator, nursery: Nursery, tmp_path: Path) -> None:
    roll = Roll(emulator, nursery, tmp_path / "ledger.json")
    foreign = {"host": "elsewhere", "machine": "another", "pid": 1, "start": "1"}
    params = {"ledger": roll.ledger, "step": "begin"}
    with somebody() as here:
        assert nursery.run("restart_progress", {**params, "owner": foreign, "lease_seconds": 1}).result["lease_granted"]
        assert nursery.run("restart_progress", {**params, "owner": here}).result["lease_granted"] is False
        waiting = {**params, "owner": here, "lease_wait": 10}
        assert nursery.run("restart_progress", waiting).result["lease_granted"] is True


def _finished(roll: Roll, nursery: Nursery, owner: dict[str, Any], identity: str) -> dict[str, Any]:
    return nursery.run(
        "restart_progress", {"ledger": roll.ledger, "step": "finish", "id": identity, "owner": owner}
    ).result


def test_only_what_is_done_is_closed_and_only_under_its_id(
    emulator: Emulator, nursery: Nursery, tmp_path: Path
) -> None:
    roll = Roll(emulator, nursery, tmp_path / "ledger.json")
    with somebody() as owner:
        assert roll.pay(owner, crash_in=6, end_at=1) is not None  # before the third look for a node: both are done
        other = _finished(roll, nursery, owner, "another")
        assert (other["closed"], other["pending"]) == (False, True)
    roll = Roll(emulator, nursery, tmp_path / "second.json")
    with somebody() as owner:
        assert roll.pay(owner, crash_in=4, end_at=1) is not None  # one node is done, one is left
        identity = nursery.run("restart_progress", {"ledger": roll.ledger, "step": "read", "owner": owner}).result["id"]
        left = _finished(roll, nursery, owner, identity)
        assert (left["closed"], left["pending"], len(left["remaining"])) == (False, True, 1)
