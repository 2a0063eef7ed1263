# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two phases of a pending restart."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease, restart, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Node, Owner, State

OWNER = Owner("h", "m", 1, "1", "wa-berlin")
OTHER = Owner("h", "m", 2, "1", "wa-berlin")
NODE = Node("coreapp", "h", "w:1", 1, True, True, "1", False)


def hashed(value: Any) -> str:
    return "hash of %s" % json.dumps(value)


def pending(*names: str, **more: Any) -> State:
    return restart.mark_pending(State(), names, **more)


def prepared(owner: Owner = OWNER) -> State:
    """A lease and a roll for a write that is still to come."""
    state = rolling.observe(rolling.start(State()), {"w": NODE}, 1)[0]
    taken = lease.take(state, owner, 60, 1000.0)
    assert taken is not None
    return taken


def test_pending_only_after_the_write_was_executed() -> None:
    state = restart.intend(State(), {"log_level": "info"}, {"log_level": "fatal"}, hashed)
    assert not restart.is_pending(state)
    state = restart.mark_pending(state, ["log_level"])
    assert restart.is_pending(state)
    assert state.intention is None
    assert restart.settings(state) == ["log_level"]


def test_an_intention_holds_hashes_and_no_value() -> None:
    state = restart.intend(State(), {"a": "planted"}, {"a": "seed"}, lambda value: "00")
    assert "planted" not in str(state) and "seed" not in str(state)


def test_a_rejection_withdraws_the_intention() -> None:
    assert restart.withdraw(restart.intend(State(), {"a": 1}, {"a": 2}, hashed)) == State()


def test_a_further_change_starts_over_with_all_nodes() -> None:
    state, _dummy = rolling.observe(rolling.start(pending("b")), {"w": NODE, "x": NODE}, 2)
    state = rolling.keep_values(rolling.advance(state, "w", "2"), {"b": 1})
    first = state.roll
    state = restart.mark_pending(state, ["a"])
    assert first is not None and state.roll is not None and state.restart is not None
    assert state.roll.id != first.id
    assert (state.roll.nodes, state.roll.values, state.roll.connected) == ({}, None, 2)
    assert state.restart.settings == ("a", "b")


def test_since_is_the_first_change() -> None:
    state = pending("a")
    assert state.restart is not None
    state = replace(state, restart=replace(state.restart, since="2020-01-01T00:00:00Z"))
    again = restart.mark_pending(state, ["b"]).restart
    assert again is not None and again.since == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("changed", "not_confirmed", "changed"),
        ("not_confirmed", "changed", "changed"),
        ("forced", "not_confirmed", "not_confirmed"),
        ("forced", "changed", "changed"),
        ("changed", "forced", "changed"),
    ],
)
def test_a_change_is_the_reason_that_stays(first: str, second: str, reason: str) -> None:
    state = restart.mark_pending(pending("a", reason=first), ["a"], second)
    assert state.restart is not None and state.restart.reason == reason


class TestPreparedRoll:
    def test_it_goes_on_for_the_write_that_it_was_prepared_for(self) -> None:
        before = prepared()
        state = restart.mark_pending(before, ["a"], owner=OWNER)
        assert before.roll is not None
        assert state.roll == replace(before.roll, prepared=False)

    @pytest.mark.parametrize("writer", [OTHER, None])
    def test_the_write_of_another_run_starts_over(self, writer: Owner | None) -> None:
        before = prepared()
        state = restart.mark_pending(before, ["a"], owner=writer)
        assert before.roll is not None and state.roll is not None
        assert state.roll.id != before.roll.id
        assert (state.roll.nodes, state.roll.prepared) == ({}, False)

    def test_without_the_lease_it_starts_over(self) -> None:
        before = lease.release(prepared(), OWNER)
        state = restart.mark_pending(before, ["a"], owner=OWNER)
        assert state.roll is not None and not state.roll.nodes

    def test_a_second_write_after_it_starts_over(self) -> None:
        state = restart.mark_pending(prepared(), ["a"], owner=OWNER)
        again = restart.mark_pending(state, ["b"], owner=OWNER)
        assert again.roll is not None and not again.roll.nodes


@pytest.mark.parametrize(
    ("before", "after", "current", "executed"),
    [
        ({"a": 1}, {"a": 2}, {"a": 2}, ["a"]),
        ({"a": 1}, {"a": 2}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, {"a": 3}, []),
        ({"a": 1}, {"a": 2}, {}, ["a"]),
        ({"a": None}, {"a": 2}, {"a": 2}, ["a"]),
        ({"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 2, "b": 1}, ["a"]),
        ({"a": 1, "b": 2}, None, {"a": 1, "b": 3}, ["b"]),
        ({"a": 1}, None, {}, ["a"]),
        ({"a": 1}, None, {"a": 1}, []),
        ({"a": True}, {"a": 1}, {"a": 1}, ["a"]),
    ],
)
def test_after_a_crash_what_get_shows_decides(
    before: dict[str, Any], after: dict[str, Any] | None, current: dict[str, Any], executed: list[str]
) -> None:
    state = restart.intend(State(), before, after, hashed)
    assert restart.was_executed(state, current, hashed) == executed
    state = restart.resolve(state, current, hashed)
    assert state.intention is None
    assert restart.settings(state) == executed
    assert restart.is_pending(state) is bool(executed)


def test_nothing_is_decided_where_nothing_was_intended() -> None:
    assert restart.was_executed(State(), {"a": 1}, hashed) is None
    assert restart.resolve(State(), {"a": 1}, hashed) == State()
