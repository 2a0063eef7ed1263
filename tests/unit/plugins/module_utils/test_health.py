# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health report of both topologies in one form, in every shape that real clients were recorded with."""

from __future__ import annotations

from typing import Any

import pytest
from mocked import Mocked, answer

from ansible_collections.wabiz.onprem.plugins.module_utils._api import health
from ansible_collections.wabiz.onprem.plugins.module_utils._api.health import Report, read_report
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import health_info


def entry(status: str, role: str = "coreapp") -> dict[str, str]:
    return {"gateway_status": status, "role": role}


def error(code: Any, details: Any = "", **more: Any) -> dict[str, Any]:
    return {"errors": [{"code": code, "title": "A title", "details": details, **more}]}


def read(nodes: dict[str, Any], version: str | None = None) -> Report:
    return read_report(answer({"health": nodes}, version))


CLUSTER = {
    "wacore2:bb": entry("disconnected"),
    "master1:cc": entry("connected", "primary_master"),
    "wacore1:aa": entry("connected"),
}
NOT_READY = error(1011, "The core is not instantiated.")
DEAD = error(1014, "Connection refused: wacore2:6252")


class TestRecorded:
    """Reports as real clients gave them."""

    def test_a_node_whose_core_is_not_instantiated_is_starting(self) -> None:
        report = read(
            {"10.0.0.11:wa-master-0": entry("unregistered", "primary_master"), "10.0.0.12:wa-core-1": NOT_READY}
        )
        master, core = report.nodes
        assert (master.is_up, core.is_starting, core.is_down, core.is_up) == (True, True, False, False)
        assert (core.status, core.code, core.details) == ("error", 1011, "The core is not instantiated.")
        assert (core.name, core.container_id, core.role) == ("10.0.0.12", "wa-core-1", "unknown")
        assert report.unsettled(None) == (
            "10.0.0.12:wa-core-1 is not ready (API code 1011): The core is not instantiated."
        )

    def test_a_dead_node_is_down_and_never_waited_for(self) -> None:
        report = read(
            {
                "master1:aaa": entry("connected", "primary_master"),
                "wacore1:bbb": entry("connected"),
                "wacore2:ccc": DEAD,
            },
            "v2.41.2",
        )
        dead = report.nodes[2]
        assert (dead.is_down, dead.is_starting, dead.is_up) == (True, False, False)
        assert (report.unsettled(None), report.unsettled(2), report.connected) == ("", "", 2)
        assert report.unsettled(3) == (
            "wacore2:ccc is down (API code 1014): Connection refused: wacore2:6252, 2 of at least 3 nodes connected"
        )
        assert report.api_version == "2.41.2"

    def test_a_node_without_a_role(self) -> None:
        report = read({"10.0.0.12:wa-core-1": {"gateway_status": "connected"}})
        assert (report.nodes[0].role, report.nodes[0].is_up, report.primary_master) == ("unknown", True, None)
        assert str(report.nodes[0]) == "10.0.0.12:wa-core-1"
        assert report.unsettled(1) == ""

    def test_the_primary_master_of_a_pair_with_one_shard_is_disconnected(self) -> None:
        report = read(
            {
                "10.0.0.11:wa-master-0": entry("disconnected", "primary_master"),
                "10.0.0.12:wa-core-0": entry("connected"),
            }
        )
        assert (report.unsettled(None), report.unsettled(1), report.connected) == ("", "", 1)
        assert report.primary_master == "10.0.0.11:wa-master-0"

    def test_nodes_in_reserve_are_disconnected(self) -> None:
        report = read(
            {
                "10.0.0.1:wa-core-2": entry("disconnected"),
                "10.0.0.2:wa-core-3": entry("connected"),
                "10.0.0.3:wa-master-0": entry("connected", "primary_master"),
                "10.0.0.4:wa-core-1": entry("connected"),
                "10.0.0.5:wa-core-0": entry("disconnected"),
            },
            "v2.21.6",
        )
        assert (report.unsettled(3), report.connected, report.api_version) == ("", 3, "2.21.6")
        assert all(node.is_up for node in report.nodes)

    def test_keys_of_kubernetes_and_a_version_with_a_v(self) -> None:
        report = read(
            {
                "10.0.0.3:wamaster-6bdc9bcc78-42vlm": entry("connected", "primary_master"),
                "10.0.0.4:wacore-6d9d96959c-zzddg": entry("connected"),
            },
            "v2.37.1",
        )
        assert report.api_version == "2.37.1"
        assert [node.container_id for node in report.nodes] == ["wamaster-6bdc9bcc78-42vlm", "wacore-6d9d96959c-zzddg"]
        assert [node.key for node in report.named(["wacore-6d9d96959c-zzddg"])] == ["10.0.0.4:wacore-6d9d96959c-zzddg"]

    def test_a_single_instance_that_is_not_registered(self) -> None:
        report = read({"gateway_status": "unregistered"}, "2.33.4")
        (node,) = report.nodes
        assert (report.single, node.role, node.status, node.is_up) == (True, "single", "unregistered", True)
        assert (report.unsettled(None), report.api_version) == ("", "2.33.4")


class TestErrorsInsteadOfAStatus:
    @pytest.mark.parametrize("code", [1011, 1015, 1016])
    def test_these_codes_pass_by_themselves(self, code: int) -> None:
        assert read({"a:b": error(code)}).nodes[0].is_starting

    @pytest.mark.parametrize("code", [1014, 1000, 1005, None, "1011", True, 1011.0, -1, 10**6])
    def test_any_other_is_down(self, code: Any) -> None:
        node = read({"a:b": error(code)}).nodes[0]
        assert (node.is_down, node.is_starting) == (True, False)
        assert isinstance(node.code, int) is (code in (1014, 1000, 1005) and code is not True)

    def test_a_single_instance(self) -> None:
        report = read({"errors": [{"code": 1014, "title": "Internal error", "details": "Connection refused"}]})
        assert (report.single, report.nodes[0].is_down) == (True, True)

    def test_a_status_beside_them_wins(self) -> None:
        assert read({"a:b": {**entry("connected"), **DEAD}}).nodes[0].status == "connected"

    @pytest.mark.parametrize("errors", [None, [], {}, "no", [5], [None]])
    def test_neither_a_status_nor_readable_errors_is_unknown_and_waited_for(self, errors: Any) -> None:
        report = read({"a:b": {"errors": errors}})
        assert report.nodes[0].status == "unknown"
        assert report.unsettled(None) == "a:b is unknown"

    def test_the_title_where_there_are_no_details(self) -> None:
        assert (
            read({"a:b": {"errors": [{"code": 1014, "title": "Internal error"}]}}).nodes[0].details == "Internal error"
        )

    def test_the_client_s_text_is_made_harmless_and_short(self) -> None:
        report = read({"a\x1b[2K\n:b" + "x" * 500: error(1014, "no\x1b]0;x\x07\n\u202e" + "y" * 5000)})
        for text in (report.unsettled(1), str(report.nodes[0]), report.nodes[0].details):
            assert text.isprintable() and len(text) < 500


class TestReport:
    @pytest.mark.parametrize("status", ["connecting", "uninitialized"])
    def test_not_settled_while_a_node_starts(self, status: str) -> None:
        assert read({**CLUSTER, "wacore3:dd": entry(status)}).unsettled(None) == f"wacore3:dd (coreapp) is {status}"

    @pytest.mark.parametrize("status", ["disconnected", "unregistered"])
    def test_settled_with_nodes_in_reserve(self, status: str) -> None:
        assert read({**CLUSTER, "wacore3:dd": entry(status)}).unsettled(None) == ""

    @pytest.mark.parametrize(("expected", "settled"), [(1, True), (2, True), (3, False)])
    def test_settled_with_enough_connected(self, expected: int, settled: bool) -> None:
        assert (read(CLUSTER).unsettled(expected) == "") is settled

    def test_an_empty_report_is_not_settled(self) -> None:
        report = read({})
        assert (report.nodes, report.single, report.unsettled(None)) == ((), False, "the report names no node")

    @pytest.mark.parametrize("role", ["coreapp", "primary_master"])
    def test_no_primary_master_unless_exactly_one(self, role: str) -> None:
        assert read({key: entry("connected", role) for key in ("master1:cc", "master2:dd")}).primary_master is None

    def test_a_key_without_a_container_id(self) -> None:
        node = read({"wacore1": entry("connected")}).nodes[0]
        assert (node.name, node.container_id, node.key) == ("wacore1", "", "wacore1")

    def test_a_few_of_many_nodes_are_named(self) -> None:
        text = read({f"n{number}:x": entry("connecting") for number in range(30_000)}).unsettled(None)
        assert text.endswith(", 29990 more") and len(text) < 600

    @pytest.mark.parametrize("ids", [["wacore1:aa"], ["aa"], ["wacore1"], ["", "wacore1"]])
    def test_a_node_is_named_by_key_container_or_name(self, ids: list[str]) -> None:
        assert [node.key for node in read(CLUSTER).named(ids)] == ["wacore1:aa"]

    @pytest.mark.parametrize("ids", [[], [""], ["wacore"], ["a"]])
    def test_and_by_nothing_else(self, ids: list[str]) -> None:
        assert read(CLUSTER).named(ids) == ()

    @pytest.mark.parametrize("version", [None, "stable", "9" * 5000])
    def test_a_version_that_cannot_be_read(self, version: str | None) -> None:
        assert read(CLUSTER, version).api_version is None

    def test_as_values(self) -> None:
        assert read({**CLUSTER, "wacore2:bb": DEAD}, "v2.53.1").as_values(None) == {
            "nodes": [
                {"name": "master1", "container_id": "cc", "role": "primary_master", "status": "connected",
                 "key": "master1:cc", "code": None, "details": ""},
                {"name": "wacore1", "container_id": "aa", "role": "coreapp", "status": "connected",
                 "key": "wacore1:aa", "code": None, "details": ""},
                {"name": "wacore2", "container_id": "bb", "role": "unknown", "status": "error",
                 "key": "wacore2:bb", "code": 1014, "details": "Connection refused: wacore2:6252"},
            ],
            "settled": True,
            "connected": 2,
            "primary_master": "master1:cc",
            "single": False,
            "api_version": "2.53.1",
        }  # fmt: skip


@pytest.mark.parametrize("body", [{}, {"health": "connected"}, {"health": {"wacore1:aa": "connected"}}])
def test_an_answer_of_something_else(body: dict[str, Any]) -> None:
    mocked = Mocked(health_info)
    mocked.client.get.return_value = answer(body)
    with pytest.raises(CallError, match=r"Could not read the health of https://client1\.example\.com: GET /v1/health"):
        health.fetch(mocked.client)
