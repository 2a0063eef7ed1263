# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of the rolling restart: whatever dies, fails over or is changed in the meantime, and whenever."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease, restart, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Node, Owner, State

OWNER = Owner("h", "m", 1, "1", "wa-berlin")


def pending(state: State, name: str = "log_level") -> State:
    return restart.mark_pending(state, [name])


class World:
    """A client as its runtime sees it, the ledger's state on disk, and runs that may die after any step."""

    def __init__(self, masters: int, coreapps: int) -> None:
        self.masters = [f"m{number}" for number in range(masters)]
        self.names = self.masters + [f"w{number}" for number in range(coreapps)]
        self.starts = dict.fromkeys(self.names, 1)
        self.down: set[str] = set()
        self.primary = self.masters[0] if masters else None
        self.restarts: list[tuple[str, str, str | None]] = []  # id, node, primary at that time
        self.state = pending(State())
        self.budget = 0  # steps until the run dies

    class Died(Exception):
        pass

    def spend(self) -> None:
        if self.budget == 0:
            raise World.Died
        self.budget -= 1

    def nodes(self) -> dict[str, Node]:
        return {
            name: Node(
                role="master" if name in self.masters else "coreapp",
                host="",
                report_key="",
                size=1,
                running=name not in self.down,
                well=name not in self.down,
                started=str(self.starts[name]),
                done=False,
            )
            for name in self.names
        }

    def roles(self) -> dict[str, str]:
        def role(name: str) -> str:
            if name not in self.masters:
                return "coreapp"
            return "primary_master" if name == self.primary else "secondary_master"

        return {name: role(name) for name in self.names}

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
        self.spend()
        taken = lease.take(rolling.start(self.state), OWNER, 900, 0.0)
        assert taken is not None
        self.state = taken
        identity = rolling.roll_id(self.state)
        self.state = rolling.observe(self.state, self.nodes(), len(self.names))[0]
        self.spend()
        while rolling.roll_id(self.state) == identity:
            names = rolling.remaining(self.state, self.roles())
            if not names:
                self.state = rolling.close(self.state)
                break
            self.spend()
            self.restart(identity, names[0])
            self.spend()
            if rolling.roll_id(self.state) == identity:
                self.state = rolling.advance(self.state, names[0], str(self.starts[names[0]]))
            self.spend()
        self.state = lease.release(self.state, OWNER)

    def run(self, budget: int) -> None:
        self.budget = budget
        with contextlib.suppress(World.Died):
            self.roll()


SIZES = st.tuples(st.integers(0, 3), st.integers(1, 4))
DEATHS = st.lists(st.integers(0, 20), max_size=12)


@settings(max_examples=200, deadline=None)
@given(SIZES, DEATHS, st.randoms(use_true_random=False))
def test_every_node_once_whatever_dies(sizes: tuple[int, int], deaths: list[int], random: Any) -> None:
    world = World(*sizes)
    for budget in deaths:
        if world.state.restart is None:
            break
        world.run(budget)
        if len(world.masters) > 1 and random.random() < 0.3:  # a failover of its own between two runs
            world.primary = random.choice([name for name in world.masters if name not in world.down] or world.masters)
    if world.state.restart is not None:
        world.run(10_000)
    assert world.state.restart is None and world.state.lease is None
    assert not world.down
    # A node that was stopped when the run died has been started by the next one: that is one start anew, in two tries.
    assert all(started == 2 for started in world.starts.values())
    assert len({one for one, dummy, dummy2 in world.restarts}) == 1


@settings(max_examples=200, deadline=None)
@given(SIZES, DEATHS)
def test_never_two_down_and_the_primary_master_last(sizes: tuple[int, int], deaths: list[int]) -> None:
    world = World(*sizes)
    for budget in [*deaths, 10_000]:
        before = len(world.restarts)
        if world.state.restart is None:
            break
        world.run(budget)
        assert len(world.down) <= 1
        for number, (_dummy, name, primary) in enumerate(world.restarts[before:]):
            resumed = number == 0 and before > 0  # it may have been down already
            if name == primary and not resumed:
                done_before = {one for dummy_id, one, dummy_primary in world.restarts[: before + number]}
                assert done_before >= set(world.names) - {name}
    assert world.state.restart is None


@settings(max_examples=200, deadline=None)
@given(SIZES, st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=12))
def test_a_change_in_the_meantime_is_never_closed_by_the_older_roll(
    sizes: tuple[int, int], events: list[tuple[bool, int]]
) -> None:
    world = World(*sizes)
    at_last_change = dict(world.starts)
    for changes, budget in events:
        if changes:
            world.state = pending(world.state, "callback_persist")
            at_last_change = dict(world.starts)
        if world.state.restart is not None:
            world.run(budget)
    if world.state.restart is not None:
        world.run(10_000)
    assert world.state.restart is None
    assert all(world.starts[name] > at_last_change[name] for name in world.names)


@settings(max_examples=100, deadline=None)
@given(SIZES, st.integers(0, 20))
def test_a_change_in_the_middle_of_a_step_keeps_the_restart_pending(sizes: tuple[int, int], moment: int) -> None:
    """The change comes while the roll is under way, at any of its steps, by another run that shares the ledger."""
    world = World(*sizes)
    spend, at_change = world.spend, {}

    def spend_and_change() -> None:
        nonlocal moment
        spend()
        if moment == 0:
            world.state = pending(world.state, "callback_persist")
            at_change.update(world.starts)
        moment -= 1

    world.spend = spend_and_change  # type: ignore[method-assign]
    for _dummy in range(3):  # as the role does it: once more, when it was superseded
        if world.state.restart is not None:
            world.run(10_000)
    assert world.state.restart is None
    assert all(world.starts[name] > started for name, started in at_change.items())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([1, 2, 3]), max_size=8), st.lists(st.floats(0, 2000), min_size=8, max_size=8))
def test_two_never_hold_the_lease_at_once(owners: list[int], waits: list[float]) -> None:
    state = State()
    now, held = 0.0, None  # the holder, and until when
    for number, wait in zip(owners, waits, strict=False):
        now += wait
        owner = Owner("h", f"machine{number}", 1, "1", "wa-berlin")
        taken = lease.take(state, owner, 900, now)
        free = held is None or held[0] == number or held[1] <= now
        assert (taken is not None) == free
        if taken is not None:
            state, held = taken, (number, now + 900)
