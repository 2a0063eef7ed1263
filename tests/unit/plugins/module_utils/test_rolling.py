# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rolling restart: its nodes, their order, and when each of them counts as restarted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError, LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import restart, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import KnownNode, Node, State

ROLES = {"m1": "primary_master", "m2": "secondary_master", "w1": "coreapp"}


def node(role: str = "coreapp", started: str = "1", **more: Any) -> Node:
    given = {"host": "", "report_key": "", "size": 1, "running": True, "well": True, "done": False, **more}
    return Node(role=role, started=started, **given)


NODES = {"m1": node("master"), "m2": node("master"), "w1": node()}


def begun(nodes: dict[str, Node] | None = None, connected: int = 3) -> State:
    state = rolling.start(restart.mark_pending(State(), ["log_level"]))
    return rolling.observe(state, NODES if nodes is None else nodes, connected)[0]


class TestStart:
    def test_a_roll_for_a_pending_restart(self) -> None:
        state = rolling.start(restart.mark_pending(State(), ["log_level"]))
        assert state.roll is not None and not state.roll.prepared and rolling.roll_id(state)

    def test_one_that_is_under_way_continues(self) -> None:
        state = begun()
        assert rolling.start(state) is state

    def test_a_prepared_one_is_forgotten_without_a_write(self) -> None:
        state = rolling.start(State())
        assert state.roll is not None and state.roll.prepared
        assert rolling.abandon(state) == State()

    def test_one_for_a_pending_restart_is_not_forgotten(self) -> None:
        state = begun()
        assert rolling.abandon(state) is state

    def test_a_prepared_one_is_replaced_where_a_restart_is_pending(self) -> None:
        prepared = rolling.start(State())
        state = rolling.start(State(restart=begun().restart, roll=prepared.roll))
        assert state.roll is not None and not state.roll.prepared
        assert rolling.roll_id(state) != rolling.roll_id(prepared)


class TestOrder:
    def test_it_follows_the_roles_that_are_reported_now(self) -> None:
        state = begun()
        assert rolling.remaining(state, ROLES) == ["w1", "m2", "m1"]
        failed_over = {**ROLES, "m1": "secondary_master", "m2": "primary_master"}
        assert rolling.remaining(rolling.advance(state, "w1", "2"), failed_over) == ["m1", "m2"]

    def test_the_report_s_key_wins_over_the_name(self) -> None:
        nodes = {"first": node("master", report_key="m1"), "second": node("master", report_key="m2")}
        assert rolling.remaining(begun(nodes), ROLES) == ["second", "first"]

    def test_the_recorded_role_counts_where_none_is_reported(self) -> None:
        assert rolling.remaining(begun({"a": node("master"), "b": node()}), {}) == ["b", "a"]

    def test_a_node_that_is_down_comes_first(self) -> None:
        state = begun({**NODES, "w2": node(running=False), "m3": node("master", running=False)})
        assert rolling.remaining(state, ROLES)[:2] == ["w2", "m3"]

    def test_nothing_remains_where_nothing_is_known(self) -> None:
        assert rolling.remaining(State(), ROLES) == []
        assert rolling.done_of(State()) == (0, 0)


class TestExpectedConnected:
    def test_as_many_as_before(self) -> None:
        assert rolling.expected_connected(begun()) == 3

    def test_not_before_the_nodes_are_recorded(self) -> None:
        assert rolling.expected_connected(State()) is None
        assert rolling.expected_connected(rolling.start(State())) is None

    def test_a_node_that_is_down_is_not_expected_until_it_is_started(self) -> None:
        state = begun({**NODES, "w2": node(running=False)})
        assert rolling.expected_connected(state) == 2
        assert rolling.expected_connected(rolling.advance(state, "w2", "2")) == 3

    def test_a_workload_counts_with_all_its_replicas(self) -> None:
        nodes = {"m1": NODES["m1"], "m2": NODES["m2"], "statefulset/wacore": node(size=4)}
        assert rolling.expected_connected(begun(nodes, 5)) == 5

    def test_a_workload_that_was_scaled_down_is_expected_as_it_is(self) -> None:
        state = begun({"m1": NODES["m1"], "statefulset/wacore": node(size=4)}, 5)
        state = rolling.observe(state, {"m1": NODES["m1"], "statefulset/wacore": node(size=2)}, 3)[0]
        assert rolling.expected_connected(state) == 3

    def test_the_replicas_of_a_workload_that_is_down_are_not_expected(self) -> None:
        nodes = {"m1": NODES["m1"], "one": node(size=2), "two": node(size=3, running=False)}
        state = begun(nodes, 6)
        assert rolling.expected_connected(state) == 3
        assert rolling.expected_connected(rolling.advance(state, "two", "2")) == 6


class TestAdvance:
    @pytest.mark.parametrize("started", ["1", ""])
    def test_it_needs_a_new_start(self, started: str) -> None:
        with pytest.raises(LedgerError, match="node w1 has not been restarted: its start time is still 1"):
            rolling.advance(begun(), "w1", started)

    def test_a_start_that_was_unknown_before(self) -> None:
        with pytest.raises(LedgerError, match="is still unknown"):
            rolling.advance(begun({"w1": node(started="")}), "w1", "")

    def test_it_marks_the_node_as_done_once(self) -> None:
        state = rolling.advance(begun(), "w1", "2")
        assert rolling.done_of(state) == (1, 3)
        assert rolling.nodes(state)["w1"].started == "2"
        assert rolling.advance(state, "w1", "3") is state

    def test_a_node_that_was_down_is_running_then(self) -> None:
        state = rolling.advance(begun({"w1": node(running=False)}), "w1", "2")
        assert rolling.nodes(state)["w1"].running

    @pytest.mark.parametrize("state", [State(), begun()])
    def test_an_unknown_node(self, state: State) -> None:
        with pytest.raises(InputError, match="there is no node w9"):
            rolling.advance(state, "w9", "2")


class TestObserve:
    def test_a_continued_roll_judges_by_start_times(self) -> None:
        now = {"m1": node("master"), "m2": node("master", "2"), "w1": node(started="2", running=False)}
        state, gone = rolling.observe(begun(), now, 0)
        assert rolling.remaining(state, ROLES) == ["w1", "m1"]  # m2 has moved; w1 has, and is down again
        assert state.roll is not None and state.roll.connected == 3
        assert gone == []

    def test_the_recorded_start_stays_until_the_node_is_done(self) -> None:
        state = rolling.observe(begun(), {**NODES, "w1": node(started="2", running=False)}, 3)[0]
        assert rolling.nodes(state)["w1"].started == "1"

    def test_nodes_that_are_gone_are_named_and_new_ones_are_pending(self) -> None:
        state = rolling.advance(begun(), "w1", "2")
        now = {"m1": NODES["m1"], "w1": node(started="2"), "w2": node(done=True)}
        state, gone = rolling.observe(state, now, 3)
        assert gone == ["m2"]
        assert rolling.remaining(state, ROLES) == ["w2", "m1"]

    def test_a_node_that_was_well_is_expected_to_be_well_again(self) -> None:
        state = rolling.observe(begun(), {**NODES, "w1": node(well=False)}, 3)[0]
        assert rolling.nodes(state)["w1"].well

    def test_a_node_that_could_not_be_started_is_tried_again_by_the_next_run(self) -> None:
        state = rolling.observe(begun({"w1": node(running=False, tried=True)}), {"w1": node(running=False)}, 3)[0]
        assert not rolling.nodes(state)["w1"].tried

    @pytest.mark.parametrize(("state", "nodes"), [(State(), NODES), (begun(), {})])
    def test_no_node_is_an_error(self, state: State, nodes: dict[str, Node]) -> None:
        with pytest.raises(InputError, match="no node was found"):
            rolling.observe(state, nodes, 1)


class TestKeepValues:
    def test_the_values_before_the_first_node(self) -> None:
        state = rolling.keep_values(begun(), {"a": 1})
        assert state.roll is not None and state.roll.values == {"a": 1}

    def test_not_after_it(self) -> None:
        state = rolling.keep_values(rolling.advance(begun(), "w1", "2"), {"a": 1})
        assert state.roll is not None and state.roll.values is None

    @pytest.mark.parametrize("shown", [{"a": 2, "b": 1}, {"b": 1}, {"a": True, "b": 1}])
    def test_a_value_that_is_shown_otherwise_later_is_not_known_any_more(self, shown: dict[str, Any]) -> None:
        state = rolling.keep_values(rolling.keep_values(begun(), {"a": 1, "b": 1}), shown)
        state = rolling.keep_values(state, {"a": 1, "b": 1})
        assert state.roll is not None and state.roll.values == {"b": 1}

    def test_without_a_roll(self) -> None:
        assert rolling.keep_values(State(), {"a": 1}) == State()


class TestClose:
    def test_nothing_is_pending_and_the_nodes_are_known(self) -> None:
        state = rolling.close(begun({"w1": node(host="h1"), "w2": node(host="h2")}))
        assert (state.restart, state.roll) == (None, None)
        assert state.nodes == {"w1": KnownNode("h1", True), "w2": KnownNode("h2", True)}

    def test_a_node_that_has_run_once_is_known_to_run(self) -> None:
        state = rolling.know(State(), [("w1", "h", True), ("w2", "h", False)])
        state = rolling.know(state, [("w1", "h2", False), ("w2", "h", False)])
        assert state.nodes == {"w1": KnownNode("h2", True), "w2": KnownNode("h", False)}


def test_starts() -> None:
    assert rolling.starts(rolling.advance(begun(), "w1", "2")) == {"m1": "1", "m2": "1", "w1": "2"}
