# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of the rolling restart: whatever dies, fails over or is changed meanwhile, and whenever."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import file, pending_restart, rolling

OWNER = {"host": "h", "machine": "m", "pid": 1, "start": "1"}


class World:
    """A client as its runtime sees it, the ledger's data on disk, and runs that may die after any step."""

    def __init__(self, masters: int, coreapps: int) -> None:
        self.masters = [f"m{number}" for number in range(masters)]
        self.names = self.masters + [f"w{number}" for number in range(coreapps)]
        self.starts = dict.fromkeys(self.names, 1)
        self.down: set[str] = set()
        self.primary = self.masters[0] if masters else None
        self.restarts: list[tuple[str, str, str | None]] = []  # id, node, primary at that time
        self.data = file.empty()
        self.budget = 0  # steps until the run dies

    class Died(Exception):
        pass

    def spend(self) -> None:
        if self.budget == 0:
            raise World.Died
        self.budget -= 1

    def nodes(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "role": "master" if name in self.masters else "coreapp",
                "started": str(self.starts[name]),
                "running": name not in self.down,
                "health_key": "",
                "host": "",
            }
            for name in self.names
        ]

    def health(self) -> list[dict[str, Any]]:
        def role(name: str) -> str:
            if name not in self.masters:
                return "coreapp"
            return "primary_master" if name == self.primary else "secondary_master"

        return [{"name": name, "key": "", "role": role(name)} for name in self.names]

    def restart(self, identity: str, name: str) -> None:
        """Stop and start, two steps; a primary master that goes down hands over."""
        self.restarts.append((identity, name, self.primary))
        self.down.add(name)
        standing_by = [other for other in self.masters if other not in self.down]
        if name == self.primary and standing_by:
            self.primary = standing_by[0]
        self.spend()
        self.starts[name] += 1
        self.down.discard(name)

    def roll(self) -> None:
        """One run, as the role does it. Each step may be the last one."""
        data = self.data
        self.spend()
        identity = data["restart"]["id"]
        assert rolling.take_lease(data, OWNER, 900, 0.0)
        rolling.observe(data, self.nodes(), len(self.names))
        self.spend()
        while rolling.is_current(data, identity):
            names = rolling.remaining(data, self.health())
            if not names:
                break
            self.spend()
            self.restart(identity, names[0])
            self.spend()
            if rolling.is_current(data, identity):
                rolling.advance(data, names[0], str(self.starts[names[0]]))
            self.spend()
        rolling.close(data, identity)
        rolling.release_lease(data, OWNER)

    def run(self, budget: int) -> None:
        self.budget = budget
        with contextlib.suppress(World.Died):
            self.roll()


SIZES = st.tuples(st.integers(0, 3), st.integers(1, 4))
DEATHS = st.lists(st.integers(0, 20), max_size=12)


@settings(max_examples=200, deadline=None)
@given(SIZES, DEATHS, st.randoms(use_true_random=False))
def test_every_owed_node_once_whatever_dies(sizes: tuple[int, int], deaths: list[int], random: Any) -> None:
    world = World(*sizes)
    pending_restart.owe(world.data, ["log_level"])
    identity = world.data["restart"]["id"]
    for budget in deaths:
        if world.data["restart"] is None:
            break
        world.run(budget)
        if len(world.masters) > 1 and random.random() < 0.3:  # a failover of its own between two runs
            world.primary = random.choice([name for name in world.masters if name not in world.down] or world.masters)
    if world.data["restart"] is not None:
        world.run(10_000)
    assert world.data["restart"] is None and world.data["lease"] is None
    assert not world.down
    # A node that was stopped when the run died has been started by the next one: that is one start anew, in two tries.
    assert all(started == 2 for started in world.starts.values())
    assert {one for one, dummy, dummy2 in world.restarts} == {identity}


@settings(max_examples=200, deadline=None)
@given(SIZES, DEATHS)
def test_never_two_down_and_the_primary_master_last(sizes: tuple[int, int], deaths: list[int]) -> None:
    world = World(*sizes)
    pending_restart.owe(world.data, ["log_level"])
    for budget in [*deaths, 10_000]:
        before = len(world.restarts)
        if world.data["restart"] is None:
            break
        world.run(budget)
        assert len(world.down) <= 1
        for number, (_dummy, name, primary) in enumerate(world.restarts[before:]):
            resumed = number == 0 and before > 0  # it may have been down already
            if name == primary and not resumed:
                done_before = {one for dummy_id, one, dummy_primary in world.restarts[: before + number]}
                assert done_before >= set(world.names) - {name}
    assert world.data["restart"] is None


@settings(max_examples=200, deadline=None)
@given(SIZES, st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=12))
def test_a_change_meanwhile_is_never_closed_by_the_older_restart(
    sizes: tuple[int, int], events: list[tuple[bool, int]]
) -> None:
    world = World(*sizes)
    pending_restart.owe(world.data, ["log_level"])
    at_last_change = dict(world.starts)
    for changes, budget in events:
        if changes:
            pending_restart.owe(world.data, ["callback_persist"])
            at_last_change = dict(world.starts)
        if world.data["restart"] is not None:
            world.run(budget)
    if world.data["restart"] is not None:
        world.run(10_000)
    assert world.data["restart"] is None
    assert all(world.starts[name] > at_last_change[name] for name in world.names)


@settings(max_examples=100, deadline=None)
@given(SIZES, st.integers(0, 20))
def test_a_change_in_the_middle_of_a_step_keeps_the_restart_owed(sizes: tuple[int, int], moment: int) -> None:
    """The change comes while the roll is under way, at any of its steps, by another run that shares the ledger."""
    world = World(*sizes)
    pending_restart.owe(world.data, ["log_level"])
    spend, at_change = world.spend, {}

    def spend_and_change() -> None:
        nonlocal moment
        spend()
        if moment == 0:
            pending_restart.owe(world.data, ["callback_persist"])
            at_change.update(world.starts)
        moment -= 1

    world.spend = spend_and_change  # type: ignore[method-assign]
    for _dummy in range(3):  # as the role does it: again, when it was overtaken
        if world.data["restart"] is not None:
            world.run(10_000)
    assert world.data["restart"] is None
    assert all(world.starts[name] > started for name, started in at_change.items())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([1, 2, 3]), max_size=8), st.lists(st.floats(0, 2000), min_size=8, max_size=8))
def test_two_never_hold_the_lease_at_once(owners: list[int], waits: list[float]) -> None:
    data = file.empty()
    now, held = 0.0, None  # who holds it, until when
    for number, wait in zip(owners, waits, strict=False):
        now += wait
        owner = dict(OWNER, machine=f"machine{number}")
        before = copy.deepcopy(data)
        granted = rolling.take_lease(data, owner, 900, now)
        free = held is None or held[0] == number or held[1] <= now
        assert granted == free
        if granted:
            held = (number, now + 900)
        else:
            assert data == before
