# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is called confirmed that was not so on every node at the moment named, whatever others do in between."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import in_effect, restart, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Node, State

VALUES: dict[str, list[Any]] = {"collect": [True, False], "requests": [6, 12, 18]}
EVENTS = ["others_write", "others_write_and_look", "others_restart", "look"]
names = st.sampled_from(sorted(VALUES))
numbers = st.integers(0, 2)


def fingerprint(value: Any) -> str:
    return json.dumps(value)


class Client(RuleBasedStateMachine):
    """A client, its nodes, and runs of this collection, others and chance, that act on it in any order.

    What cannot be seen through the API, a change by others there and back between two GETs with the start of a node in
    between, happens outside of rolling restarts alone, and only `check_nodes` is held to notice it. Each run may end after
    any step.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stored: dict[str, Any] = {name: values[0] for name, values in VALUES.items()}
        self.state = State()
        self.governing: dict[str, dict[str, Any]] = {}  # node -> the values that it started with
        self.starts: dict[str, int] = {}
        self.down: set[str] = set()
        self.last_get: dict[str, Any] = {}
        self.blind = False  # something has happened that cannot be seen through the API
        self.unseen: set[str] = set()  # settings that were another value when a node started, since the last GET

    @initialize(nodes=st.integers(1, 3), values=st.lists(numbers, min_size=2, max_size=2))
    def begin(self, nodes: int, values: list[int]) -> None:
        for name, number in zip(VALUES, values, strict=True):
            self.stored[name] = VALUES[name][number % len(VALUES[name])]
        for number in range(nodes):
            self._start(f"n{number}")
        for node in self.governing.values():  # what the client was before this collection saw it
            node["collect"] = True

    # -- what the world does

    def _start(self, node: str) -> None:
        self.governing[node] = dict(self.stored)
        self.starts[node] = self.starts.get(node, 0) + 1
        self.down.discard(node)
        self.unseen |= {name for name, value in self.last_get.items() if self.stored[name] != value}

    def _get(self) -> dict[str, Any]:
        self.last_get = dict(self.stored)
        self.unseen = set()
        return dict(self.stored)

    @rule(name=names, number=numbers)
    def others_write(self, name: str, number: int) -> None:
        value = VALUES[name][number % len(VALUES[name])]
        if name in self.unseen and value == self.last_get[name]:
            return  # there and back, with a start in between
        self.stored[name] = value

    @rule(node=numbers)
    def others_restart(self, node: int) -> None:
        self._start(sorted(self.starts)[node % len(self.starts)])

    @precondition(lambda self: self.state.roll is None or not self.state.roll.nodes)
    @rule(name=names, number=numbers, node=numbers)
    def others_change_there_and_back(self, name: str, number: int, node: int) -> None:
        before = self.stored[name]
        self.stored[name] = VALUES[name][number % len(VALUES[name])]
        self._start(sorted(self.starts)[node % len(self.starts)])
        self.stored[name] = before
        self.unseen.discard(name)
        self.blind = True

    @rule(node=numbers)
    def a_node_dies(self, node: int) -> None:
        self.down.add(sorted(self.starts)[node % len(self.starts)])

    @rule()
    def the_ledger_is_lost(self) -> None:
        self.state = State()

    # -- what runs of this collection do

    def _look(self) -> dict[str, Any]:
        shown = self._get()
        executed = restart.was_executed(self.state, shown, fingerprint) or []
        state = restart.resolve(self.state, shown, fingerprint)
        self.state = in_effect.see(in_effect.wrote(state, {name: shown[name] for name in executed}), shown)
        return shown

    @rule()
    def look(self) -> None:
        """What a GET does not contradict and no restart is pending for is in effect."""
        self._look()
        for name in set(VALUES) - set(restart.settings(self.state)):
            if not self.blind:
                self._assert_in_effect(self.state, name)

    @rule(name=names, number=numbers, ends=st.sampled_from(["", "intended", "sent", "pending"]), others=st.booleans())
    def write(self, name: str, number: int, ends: str, others: bool) -> None:
        """A settings run, which may end in the middle; others may write another setting before its last GET."""
        shown = self._look()
        value = VALUES[name][number % len(VALUES[name])]
        if shown[name] == value:
            return
        self.state = restart.intend(self.state, {name: shown[name]}, {name: value}, fingerprint)
        if ends == "intended":
            return
        self.stored[name] = value
        if ends == "sent":
            return
        self.state = in_effect.wrote(restart.mark_pending(self.state, [name]), {name: value})
        self.last_get = {**shown, name: value}
        if ends == "pending":
            return
        if others:
            other = next(one for one in VALUES if one != name)
            self.stored[other] = VALUES[other][number % len(VALUES[other])]
        after = self._get()
        self.state = rolling.keep_values(in_effect.see(self.state, after), after)

    @rule(name=names)
    def need_proof(self, name: str) -> None:
        """As a campaign's begin: what is stored and not confirmed makes a restart pending."""
        shown = self._look()
        pending = restart.settings(self.state)
        if name in pending or in_effect.is_confirmed(self.state, name, shown[name]):
            return
        self.state = rolling.keep_values(restart.mark_pending(self.state, [name], "not_confirmed"), shown)

    @rule()
    def force(self) -> None:
        self.state = restart.mark_pending(self.state, [], "forced")

    @precondition(lambda self: restart.is_pending(self.state))
    @rule()
    def plan(self) -> None:
        state = rolling.start(self.state)
        nodes = {
            name: Node("coreapp", "h", "", 1, name not in self.down, True, str(started), False)
            for name, started in self.starts.items()
        }
        shown = self._get()
        state = rolling.observe(state, nodes, len(nodes))[0]
        state = rolling.keep_values(in_effect.see(state, shown), shown)
        self.state = in_effect.doubt_until_done(state)

    @precondition(lambda self: bool(rolling.remaining(self.state, {})))
    @rule(recorded=st.booleans())
    def restart_next(self, recorded: bool) -> None:
        name = rolling.remaining(self.state, {})[0]
        self._start(name)
        if recorded:
            self.state = rolling.advance(self.state, name, str(self.starts[name]))

    @precondition(lambda self: bool(rolling.nodes(self.state)))
    @rule()
    def close(self) -> None:
        state = self.state
        if rolling.remaining(state, {}) or state.roll is None:
            return
        shown = self._get()
        before = state.roll.values or {}
        mixed = [one for one in restart.settings(state) if one not in before or before[one] != shown[one]]
        if mixed:
            self.state = restart.mark_pending(in_effect.see(state, shown), mixed)
            return
        self.state = rolling.close(in_effect.confirm(state, before, shown, rolling.starts(state)))
        self.blind = False
        for name in VALUES:
            self._assert_in_effect(self.state, name)

    def _assert_in_effect(self, state: State, name: str) -> None:
        """What is called confirmed governs every node now."""
        effect = in_effect.of(state, name)
        governing = {node: values[name] for node, values in self.governing.items()}
        assert effect.doubt or set(governing.values()) == {effect.value}, (name, effect, governing)

    @rule(
        name=names,
        number=numbers,
        forced=st.booleans(),
        events=st.lists(st.none() | st.tuples(st.sampled_from(EVENTS), numbers), min_size=2, max_size=8),
    )
    def roll(self, name: str, number: int, forced: bool, events: list[Any]) -> None:
        """A whole rolling restart, with what happens between its steps."""
        if forced:
            self.force()
        else:
            self.write(name, number, "", False)
        waiting = list(events)
        if restart.is_pending(self.state):
            self._in_between(name, waiting)
            self.plan()
            self._in_between(name, waiting)
        while self.state.roll is not None and rolling.remaining(self.state, {}):
            self.restart_next(recorded=True)
            self._in_between(name, waiting)
        if self.state.roll is not None and self.state.roll.nodes:
            self.close()

    def _in_between(self, name: str, waiting: list[Any]) -> None:
        self._assert_doubtful_while_rolling()
        event, number = (waiting.pop(0) if waiting else None) or ("", 0)
        if "write" in event:
            self.others_write(name, number)
        if "restart" in event:
            self.others_restart(number)
        if "look" in event:
            self.look()

    @rule()
    def check_nodes(self) -> None:
        """As `check_nodes: true`: what is called in effect after it is in effect now."""
        self._look()
        starts = {name: str(one) for name, one in self.starts.items()}
        state, _restarted = in_effect.check_starts(self.state, starts)
        for name in VALUES:
            self._assert_in_effect(state, name)

    # -- what always holds

    @invariant()
    def what_is_stored_is_confirmed_pending_or_doubtful(self) -> None:
        for name, value in self.state.seen.items():
            effect = in_effect.of(self.state, name)
            pending = name in restart.settings(self.state)
            assert effect.doubt or effect.value == value or pending, (name, value, effect)

    def _assert_doubtful_while_rolling(self) -> None:
        if rolling.done_of(self.state)[0]:
            assert all(in_effect.of(self.state, name).doubt for name in restart.settings(self.state))

    @invariant()
    def what_a_roll_is_for_is_doubtful_while_it_lasts(self) -> None:
        self._assert_doubtful_while_rolling()

    @invariant()
    def the_state_can_be_written(self) -> None:
        assert State.from_json(json.loads(json.dumps(self.state.as_json()))) == self.state


TestClient = Client.TestCase
