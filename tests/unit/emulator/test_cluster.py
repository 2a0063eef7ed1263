# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, failover, and who answers, with a clock that the tests turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emulator import cluster as cluster_module
from emulator.cluster import DEAD_SECONDS, Cluster
from emulator.config import make_config
from emulator.errors import ApiError, EmulatorError
from emulator.fleet import Fleet
from emulator.store import Store
from emulator.webapp import Services


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def time(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(cluster_module, "time", clock)
    return clock


@pytest.fixture
def fleet(tmp_path: Path, clock: Clock) -> Fleet:
    return Fleet(Services.over(Store(tmp_path / "db"), in_process=True), speed=1.0)


def make_client(fleet: Fleet, **options: Any) -> Cluster:
    fleet.add("c", {"initialize_seconds": 2, "connect_seconds": 3, **options})
    return fleet.services.cluster


def statuses(cluster: Cluster) -> dict[str, str]:
    return {node["name"]: node["status"] for node in cluster.report("c")}


def owners(cluster: Cluster) -> dict[int, str | None]:
    cluster.report("c")
    return cluster.shards("c")


def code_of_settings(cluster: Cluster) -> int | None:
    try:
        cluster.require_settings_service("c", cluster.store.config("c"))
    except ApiError as error:
        return error.code
    return None


def test_as_many_coreapps_are_connected_as_there_are_shards(fleet: Fleet) -> None:
    cluster = make_client(fleet, topology="multiconnect", shards=2, masters=2, coreapps=3)
    assert statuses(cluster) == {
        "master1": "connected",
        "master2": "disconnected",
        "wacore1": "connected",
        "wacore2": "connected",
        "wacore3": "disconnected",
    }


def test_a_starting_node_goes_through_its_phases(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet)
    fleet.restart("c", "wacore")
    assert statuses(cluster) == {"wacore": "uninitialized"}
    assert code_of_settings(cluster) == 1011
    clock.pass_(2.1)
    assert statuses(cluster) == {"wacore": "connecting"}
    assert code_of_settings(cluster) is None
    clock.pass_(3)
    assert statuses(cluster) == {"wacore": "connected"}


def health_of(cluster: Cluster, name: str) -> str:
    """The status of a node in the health report, or the code of its error; `-` where the report does not name it."""
    node = cluster.node("c", name)
    assert node is not None
    entry = cluster.health("c", cluster.store.config("c")).get(node.key)
    if entry is None:
        return "-"
    return str(entry["errors"][0]["code"]) if "errors" in entry else str(entry["gateway_status"])


def configure(fleet: Fleet, **options: Any) -> None:
    config = fleet.services.store.config("c")
    fleet.services.cluster.configure("c", make_config(options, base=config))


def test_the_health_report_of_a_starting_node_goes_through_its_phases(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect", nodes={"wacore3": {"boot_seconds": 4}})
    for name, last in (("wacore1", "connected"), ("wacore3", "disconnected")):
        fleet.restart("c", name)
        seen = []
        for _dummy in range(20):
            clock.pass_(0.5)
            seen.append(health_of(cluster, name))
        assert list(dict.fromkeys(seen)) == (["1014"] if name == "wacore3" else []) + ["1011", "connecting", last]


@pytest.mark.parametrize("seconds", [0, 1, 8, 45])
@pytest.mark.parametrize("each", ["node", "client"])
def test_a_node_registers_after_the_configured_time(fleet: Fleet, clock: Clock, each: str, seconds: int) -> None:
    cluster = make_client(fleet, topology="multiconnect")
    times = {"boot_seconds": 0, "initialize_seconds": seconds, "connect_seconds": 0}
    if each == "node":
        configure(fleet, nodes={"wacore1": times})
    else:
        configure(fleet, **times)
    assert health_of(cluster, "wacore1") == "connected"  # only its next start takes so long
    fleet.restart("c", "wacore1")
    if seconds:
        clock.pass_(seconds - 0.1)
        assert health_of(cluster, "wacore1") == "1011"
        clock.pass_(0.2)
    expected = "connected" if seconds < 30 else "disconnected"  # its shard has moved in the meantime
    assert health_of(cluster, "wacore1") == expected
    assert owners(cluster)[0] == ("wacore1" if seconds < 30 else "wacore3")


def test_a_starting_node_takes_new_durations_and_one_that_is_up_does_not(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect", connect_seconds=1000)
    fleet.restart("c", "wacore1")
    clock.pass_(10)
    assert (health_of(cluster, "wacore1"), health_of(cluster, "wacore2")) == ("connecting", "connected")
    configure(fleet, connect_seconds=9)
    assert health_of(cluster, "wacore1") == "connecting"
    configure(fleet, connect_seconds=1)
    assert health_of(cluster, "wacore1") == "connected"
    configure(fleet, connect_seconds=1000, initialize_seconds=1000)
    assert health_of(cluster, "wacore1") == "connected"


def test_a_shard_moves_while_its_node_boots_for_long(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect", nodes={"wacore1": {"boot_seconds": 45}})
    fleet.restart("c", "wacore1")
    clock.pass_(29)
    assert (health_of(cluster, "wacore1"), health_of(cluster, "wacore3")) == ("1014", "disconnected")
    clock.pass_(2)
    assert (health_of(cluster, "wacore1"), health_of(cluster, "wacore3")) == ("1014", "connected")
    clock.pass_(20)
    assert (health_of(cluster, "wacore1"), health_of(cluster, "wacore3")) == ("disconnected", "connected")


def test_the_role_of_the_primary_master_moves_while_it_boots_for_long(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect", nodes={"master1": {"initialize_seconds": 45}})
    fleet.restart("c", "master1")
    clock.pass_(1)
    assert code_of_settings(cluster) == 1017
    clock.pass_(30)
    assert code_of_settings(cluster) is None
    assert (health_of(cluster, "master1"), health_of(cluster, "master2")) == ("1011", "connected")
    clock.pass_(20)
    assert health_of(cluster, "master1") == "disconnected"


def test_repeated_short_restarts_of_a_node_that_never_serves_move_its_shard(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect", nodes={"wacore1": {"initialize_seconds": 45}})
    for _dummy in range(3):
        fleet.restart("c", "wacore1")
        clock.pass_(11)
    assert owners(cluster)[0] == "wacore3"


@pytest.mark.parametrize(
    ("nodes", "word"),
    [
        ([], "object"),
        ({"wacore": 8}, "object"),
        ({"wacore": {"boot": 8}}, "boot_seconds"),
        ({"wacore": {"boot_seconds": -1}}, "cannot be -1"),
        ({"wacore": {"boot_seconds": True}}, "cannot be True"),
        ({"wacore": {"key": ""}}, "key of node wacore"),
        ({"wacore": {"show_role": 1}}, "show_role"),
    ],
)
def test_options_of_nodes_that_cannot_be(nodes: Any, word: str) -> None:
    with pytest.raises(EmulatorError, match=word):
        make_config({"nodes": nodes})


@pytest.mark.parametrize("value", [-1, "soon", True, float("nan"), float("inf")])
def test_durations_of_a_client_that_cannot_be(value: object) -> None:
    with pytest.raises(EmulatorError, match="boot_seconds cannot be"):
        make_config({"boot_seconds": value})


def test_an_unregistered_client_says_so(fleet: Fleet) -> None:
    assert statuses(make_client(fleet, wa_id="")) == {"wacore": "unregistered"}


def test_a_restart_shorter_than_the_unhealthy_interval_moves_no_shard(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect")
    fleet.stop("c", "wacore1")
    clock.pass_(29)
    fleet.start("c", "wacore1")
    clock.pass_(60)
    assert owners(cluster) == {0: "wacore1", 1: "wacore2"}


def test_a_coreapp_gone_for_longer_loses_its_shard_to_a_spare_one(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect")
    fleet.stop("c", "wacore1")
    clock.pass_(31)
    assert owners(cluster) == {0: "wacore3", 1: "wacore2"}
    fleet.start("c", "wacore1")
    clock.pass_(60)
    assert statuses(cluster)["wacore1"] == "disconnected"  # it is the spare one now


def test_the_shard_moves_also_without_a_request_in_the_meantime(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect")
    fleet.stop("c", "wacore1")
    clock.pass_(31)
    fleet.start("c", "wacore1")
    assert owners(cluster)[0] == "wacore3"


def test_the_unhealthy_interval_is_a_setting_and_speed_shortens_it(fleet: Fleet, clock: Clock) -> None:
    options = {"topology": "multiconnect", "settings": {"unhealthy_interval": 100}, "speed": 10}
    cluster = make_client(fleet, **options)
    fleet.stop("c", "wacore1")
    clock.pass_(9.9)
    assert owners(cluster)[0] == "wacore1"
    clock.pass_(0.2)
    assert owners(cluster)[0] == "wacore3"


def test_another_master_takes_over(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect")
    assert code_of_settings(cluster) is None
    fleet.stop("c", "master1")
    clock.pass_(1)
    assert code_of_settings(cluster) == 1017
    clock.pass_(30)
    assert code_of_settings(cluster) is None
    assert cluster.primary("c") == "master2"
    roles = {node["name"]: node["role"] for node in cluster.report("c")}
    assert (roles["master1"], roles["master2"]) == ("secondary_master", "primary_master")


def test_without_any_master_no_shard_moves(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect", masters=1)
    fleet.stop("c", "master1")
    fleet.stop("c", "wacore1")
    clock.pass_(100)
    assert owners(cluster)[0] == "wacore1"
    assert code_of_settings(cluster) == 1017
    for name in ("wacore2", "wacore3"):
        fleet.stop("c", name)
    assert code_of_settings(cluster) == 1014


def test_messages_meet_1018_while_a_shard_moves(fleet: Fleet, clock: Clock) -> None:
    make_client(fleet, topology="multiconnect")
    fleet.stop("c", "wacore1")
    clock.pass_(1)
    sent = fleet.services.messages.send("c", 10)
    assert (sent["accepted"], sent["refused"]) == (5, {"1018": 5})
    clock.pass_(31)
    assert fleet.services.messages.send("c", 10)["accepted"] == 10


def test_two_single_instances_ban_each_other(fleet: Fleet) -> None:
    cluster = make_client(fleet)
    fleet.start("c", "surge")
    assert statuses(cluster) == {"surge": "uninitialized", "wacore": "disconnected"}
    assert [event["kind"] for event in cluster.store.events("c")].count("ban") == 1


def test_stop_then_start_of_a_single_instance_bans_no_number(fleet: Fleet) -> None:
    cluster = make_client(fleet)
    fleet.restart("c", "wacore")
    assert "ban" not in [event["kind"] for event in cluster.store.events("c")]


def test_a_process_without_a_beat_is_taken_for_dead(tmp_path: Path, clock: Clock) -> None:
    cluster = Services.over(Store(tmp_path / "db"), in_process=False).cluster
    cluster.store.add_client("c", make_config({}), {})
    cluster.start("c", "wacore", "coreapp", "h:1", pid=7)
    clock.pass_(DEAD_SECONDS - 0.1)
    assert cluster.beat("c", "wacore", 7)
    clock.pass_(DEAD_SECONDS - 0.1)
    assert code_of_settings(cluster) is None
    clock.pass_(0.2)
    assert code_of_settings(cluster) == 1014


def test_a_node_that_was_replaced_gets_to_know_it(tmp_path: Path, clock: Clock) -> None:
    cluster = Services.over(Store(tmp_path / "db"), in_process=False).cluster
    cluster.store.add_client("c", make_config({}), {})
    cluster.start("c", "wacore", "coreapp", "h:1", pid=7)
    cluster.start("c", "wacore", "coreapp", "h:1", pid=8)
    assert not cluster.beat("c", "wacore", 7)


def test_health_forgets_a_stopped_node_after_the_unhealthy_interval(fleet: Fleet, clock: Clock) -> None:
    cluster = make_client(fleet, topology="multiconnect")
    fleet.stop("c", "wacore1")
    names = [node.name for node in cluster.listed("c", cluster.store.config("c"))]
    assert "wacore1" in names
    clock.pass_(31)
    names = [node.name for node in cluster.listed("c", cluster.store.config("c"))]
    assert "wacore1" not in names
