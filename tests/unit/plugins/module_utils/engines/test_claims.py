# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which containers are nodes of a client: only with positive proof, and all that the health report names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._engines.claims import Verdict, judge
from ansible_collections.wabiz.onprem.plugins.module_utils._engines.nodes import FoundNode


@dataclass(frozen=True)
class Entry:
    key: str
    role: str = "coreapp"
    status: str = "connected"

    @property
    def name(self) -> str:
        return self.key.rpartition(":")[0] if ":" in self.key else self.key

    @property
    def container_id(self) -> str:
        return self.key.rpartition(":")[2] if ":" in self.key else ""


ALONE = Entry("", "single")


def container(name: str, number: str = "", **changes: Any) -> FoundNode:
    number = number or f"{abs(hash(name)) % 16**12:012x}"
    found = FoundNode(f"wa1/{name}", started="t1", running=True, state="running", host="wa1", engine="E")
    return replace(found, report_ids=(number, name), details={"id": number, "multiconnect": True}, **changes)


def stopped(name: str, number: str = "", **changes: Any) -> FoundNode:
    return container(name, number, running=False, state="exited (0)", **changes)


def names(verdict: Verdict) -> list[str]:
    return [node.name for node, _key, _proof in verdict.nodes]


def unknown(verdict: Verdict) -> list[str]:
    return [name for name, _reason, _claim in verdict.unknown]


A, B = "a" * 12, "b" * 12


def test_what_the_report_names_is_a_node_and_what_it_does_not_name_is_not() -> None:
    verdict = judge([container("wacore1", A), container("other", B)], [Entry(f"wacore1:{A}")], False, {})
    assert names(verdict) == ["wa1/wacore1"]
    [(name, reason, claim)] = verdict.unknown
    assert name == "wa1/other"
    assert "neither the health report nor the ledger" in reason
    assert "coreapp_docker_filters" in claim
    assert not verdict.problem


def test_a_host_name_proves_nothing_as_other_clients_have_the_same() -> None:
    verdict = judge([container("wacore1", B)], [Entry(f"wacore1:{A}")], False, {})
    assert not verdict.nodes
    assert verdict.missing == (f"wacore1:{A}",)
    assert f"wacore1:{A}" in verdict.problem


def test_while_a_client_is_down_containers_of_others_are_not_touched() -> None:
    found = [container("b1"), container("b2"), stopped("b3")]
    verdict = judge(found, None, None, {"wa1/a1": True})
    assert not verdict.nodes
    assert len(verdict.unknown) == 3
    assert "known to be a node of this client" in verdict.problem


def test_a_stopped_container_is_started_only_if_it_ran_at_the_last_restart() -> None:
    found = [container("wacore1", A), stopped("wacore2"), stopped("spare"), stopped("left-over")]
    verdict = judge(found, [Entry(f"wacore1:{A}")], False, {"wa1/wacore2": True, "wa1/spare": False})
    assert names(verdict) == ["wa1/wacore1", "wa1/wacore2"]
    assert unknown(verdict) == ["wa1/spare", "wa1/left-over"]
    assert "was at the last restart" in {name: reason for name, reason, _claim in verdict.unknown}["wa1/spare"]


def test_a_stopped_container_that_an_option_selects_is_started() -> None:
    verdict = judge([container("wacore1", A, selected=True), stopped("wacore2", B, selected=True)], None, False, {})
    assert names(verdict) == ["wa1/wacore1", "wa1/wacore2"]


def test_what_compose_left_behind_is_not_started_although_the_ledger_knows_its_name() -> None:
    left = replace(stopped("wacore1_1"), details={"left_over": "new_wacore1_1", "multiconnect": True})
    verdict = judge([container("new_wacore1_1", A), left], [Entry(f"x:{A}")], False, {"wa1/wacore1_1": True})
    assert names(verdict) == ["wa1/new_wacore1_1"]


@pytest.mark.parametrize("state", ["restarting", "paused"])
def test_a_node_that_restarts_or_is_paused_is_a_node_that_is_down(state: str) -> None:
    found = [container("wacore1", A), container("wacore2", B, running=False, state=state)]
    verdict = judge(found, [Entry(f"1:{A}"), Entry(f"2:{B}", status="error")], False, {})
    assert [(node.name, node.running) for node, _key, _proof in verdict.nodes] == [
        ("wa1/wacore1", True),
        ("wa1/wacore2", False),
    ]
    assert not verdict.problem


def test_a_node_of_the_report_that_nothing_stands_for_is_a_problem() -> None:
    verdict = judge([container("wacore1", A, selected=True)], [Entry(f"1:{A}"), Entry(f"2:{B}")], False, {})
    assert verdict.missing == (f"2:{B}",)
    assert f"2:{B}" in verdict.problem


def test_a_node_that_was_replaced_is_gone_and_no_problem() -> None:
    entries = [Entry(f"wacore1:{A}"), Entry(f"wacore1:{B}", "unknown", "error")]
    verdict = judge([container("wacore1", A)], entries, False, {})
    assert verdict.gone == (f"wacore1:{B}",)
    assert not verdict.missing
    assert not verdict.problem


def test_a_node_that_is_down_and_was_not_found_is_missing() -> None:
    entries = [Entry(f"wacore1:{A}"), Entry(f"wacore9:{B}", "unknown", "error")]
    verdict = judge([container("wacore1", A)], entries, False, {})
    assert verdict.missing == (f"wacore9:{B}",)
    assert verdict.problem


def test_a_stopped_node_that_the_report_still_names_is_left_stopped_and_covers_its_entry() -> None:
    entries = [Entry(f"wacore1:{A}"), Entry(f"wacore2:{B}", "unknown", "error")]
    verdict = judge([container("wacore1", A), stopped("wacore2", B)], entries, False, {})
    assert names(verdict) == ["wa1/wacore1"]
    assert unknown(verdict) == ["wa1/wacore2"]
    assert not verdict.problem


def test_the_role_of_the_report_decides() -> None:
    found = [container("x", A, role="master"), container("y", B)]
    verdict = judge(found, [Entry(f"x:{A}", "coreapp"), Entry(f"y:{B}", "primary_master")], False, {})
    assert [node.role for node, _key, _proof in verdict.nodes] == ["coreapp", "master"]


def workload(name: str, *pods: str, **changes: Any) -> FoundNode:
    details = {"kind": "Deployment", "name": name, "pods_named": f"{name}-"}
    found = FoundNode(f"deployment/{name}", running=True, state="running", size=len(pods), engine="kubernetes/default")
    return replace(found, report_ids=pods, selected=True, details=details, **changes)


def test_a_workload_stands_for_its_pods_and_for_those_that_it_had() -> None:
    entries = [Entry("10.0.0.1:core-1"), Entry("10.0.0.2:core-2"), Entry("10.0.0.9:core-0", "unknown", "error")]
    masters = [Entry("10.0.0.3:m-1", "secondary_master"), Entry("10.0.0.4:m-2", "primary_master")]
    verdict = judge(
        [workload("core", "core-1", "core-2"), workload("m", "m-1", "m-2", role="master")],
        [*entries, *masters],
        False,
        {},
    )
    assert [key for _node, key, _proof in verdict.nodes] == ["10.0.0.1:core-1", "10.0.0.4:m-2"]
    assert {node.name: key for node, key, _proof in verdict.nodes}["deployment/m"] == "10.0.0.4:m-2"
    assert verdict.gone == ("10.0.0.9:core-0",)
    assert not verdict.problem


def test_masters_that_were_forgotten_in_the_list_of_workloads_are_missing() -> None:
    entries = [Entry("10.0.0.1:core-1"), Entry("10.0.0.4:m-2", "primary_master")]
    verdict = judge([workload("core", "core-1")], entries, False, {})
    assert verdict.missing == ("10.0.0.4:m-2",)


def command_node(name: str, key: str = "", **changes: Any) -> FoundNode:
    found = FoundNode(name, started="1", running=True, state="running", report_ids=(key or name, name), selected=True)
    return replace(found, **changes)


def test_a_listed_node_is_named_by_its_host_name() -> None:
    verdict = judge(
        [command_node("wacore1"), command_node("m", f"master1:{B}")],
        [Entry(f"wacore1:{A}"), Entry(f"master1:{B}")],
        False,
        {},
    )
    assert names(verdict) == ["wacore1", "m"]
    assert not verdict.problem


def test_nothing_is_known_of_a_listed_client_that_does_not_respond() -> None:
    verdict = judge([command_node("one"), command_node("two")], None, None, {})
    assert names(verdict) == ["one", "two"]
    assert not verdict.problem


# -- a single instance, of which the report names no container


def lone(name: str, **changes: Any) -> FoundNode:
    return replace(container(name), details={"id": name}, **changes)


def test_the_only_container_that_runs_may_be_another_clients() -> None:
    for entries in ([ALONE], [replace(ALONE, status="error")], None):
        for found in (lone("b"), lone("b", running=False, state="exited (0)")):
            verdict = judge([found], entries, True if entries else None, {})
            assert not verdict.nodes
            assert "coreapp_docker_filters" in verdict.problem or "responds" in verdict.problem


def test_a_single_instance_is_known_to_the_ledger_or_selected() -> None:
    for found, recorded in ((lone("wacore"), {"wa1/wacore": True}), (lone("wacore", selected=True), {})):
        verdict = judge([found, lone("other")], [ALONE], True, recorded)
        assert names(verdict) == ["wa1/wacore"]
        assert unknown(verdict) == ["wa1/other"]
        assert not verdict.problem


def test_several_containers_for_a_single_instance_are_a_problem() -> None:
    for selected in (True, False):
        verdict = judge([lone("a", selected=selected), lone("b", selected=selected)], [ALONE], True, {})
        assert "single instance" in verdict.problem
        assert "wa1/a, wa1/b" in verdict.problem


def test_a_second_container_of_a_single_instance_is_never_started() -> None:
    found = [lone("wacore"), lone("wacore-old", running=False, state="exited (0)", selected=True)]
    verdict = judge(found, [ALONE], True, {"wa1/wacore": True, "wa1/wacore-old": True})
    assert names(verdict) == ["wa1/wacore"]
    assert unknown(verdict) == ["wa1/wacore-old"]


def test_a_stopped_container_is_not_the_one_that_responds() -> None:
    verdict = judge([lone("wacore", running=False, state="exited (0)")], [ALONE], True, {"wa1/wacore": True})
    assert "responds" in verdict.problem


def test_a_single_instance_that_is_down_and_known_is_started() -> None:
    verdict = judge([lone("wacore", running=False, state="exited (1)")], None, None, {"wa1/wacore": True})
    assert names(verdict) == ["wa1/wacore"]
    assert not verdict.problem


def test_two_nodes_of_one_name_are_a_problem() -> None:
    assert "same name" in judge([command_node("a"), command_node("a")], None, None, {}).problem


def test_nothing_found_is_a_problem() -> None:
    assert "no node of the client was found" in judge([], None, None, {}).problem


# -- through Ansible


def test_a_node_comes_back_as_it_went() -> None:
    node = container("wacore1", A, health="healthy")
    assert FoundNode.from_values(node.as_values()) == node


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "no name"),
        ({"name": None}, "no name"),
        ({"running": "yes"}, "running of node wa1/x must be true or false"),
        ({"size": True}, "size of node"),
        ({"size": -1}, "size of node"),
        ({"role": "primary"}, "role of node wa1/x must be coreapp or master"),
        ({"health": "fine"}, "health of node"),
        ({"report_ids": "abc"}, "a list of texts"),
        ({"details": []}, "a dictionary"),
        ({"started": 5}, "a text"),
        ({"env": []}, "unknown key env"),
    ],
)
def test_a_node_that_is_not_right_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        FoundNode.from_values({**container("x").as_values(), **change})


def test_a_node_that_is_no_dictionary_is_refused() -> None:
    with pytest.raises(InputError, match="dictionary"):
        FoundNode.from_values("wacore1")


def test_a_strategy_of_the_user_selects_its_nodes() -> None:
    assert FoundNode.from_values({"name": "n", "started": "1", "running": True}).selected
