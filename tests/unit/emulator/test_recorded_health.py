# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every shape of a health report that was recorded from real clients can be produced; names and numbers are made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator.calling import Api, eventually
from emulator.testing import Client, ControlError

Make = Callable[..., tuple[Client, Api]]
LONG = 3600.0
PAIR = {"topology": "multiconnect", "shards": 1, "masters": 1, "coreapps": 1}


def keys(**names: str) -> dict[str, dict[str, str]]:
    return {node: {"key": key} for node, key in names.items()}


def health(api: Api) -> Any:
    reply = api("GET", "/v1/health")
    assert reply.status == 200, reply.raw
    return reply.json


def test_node_not_ready(make: Make) -> None:
    client, api = make(
        **PAIR,
        wa_id="",
        health_meta="none",
        nodes=keys(master1="10.0.0.11:wa-master-0", wacore1="10.0.0.12:wa-core-1"),
    )
    client.configure_node("wacore1", initialize_seconds=LONG)
    client.restart("wacore1")
    assert health(api) == {
        "health": {
            "10.0.0.11:wa-master-0": {"gateway_status": "unregistered", "role": "primary_master"},
            "10.0.0.12:wa-core-1": {
                "errors": [
                    {"code": 1011, "title": "Service not ready", "details": "The core is not instantiated."},
                ]
            },
        }
    }


@pytest.mark.parametrize("how", ["stopped", "booting"])
def test_node_dead(make: Make, how: str) -> None:
    client, api = make(
        topology="multiconnect",
        version="2.41.2",
        shards=2,
        masters=1,
        coreapps=2,
        nodes=keys(master1="master1:aaa", wacore1="wacore1:bbb", wacore2="wacore2:ccc"),
    )
    client.configure_node("wacore2", boot_seconds=LONG)
    if how == "stopped":
        client.stop("wacore2")
    else:
        client.restart("wacore2")
    assert health(api) == {
        "health": {
            "master1:aaa": {"gateway_status": "connected", "role": "primary_master"},
            "wacore1:bbb": {"gateway_status": "connected", "role": "coreapp"},
            "wacore2:ccc": {
                "errors": [{"code": 1014, "title": "Internal error", "details": "Connection refused: wacore2:6252"}]
            },
        },
        "meta": {"version": "v2.41.2", "api_status": "stable"},
    }


def test_no_role(make: Make) -> None:
    client, api = make(
        **PAIR,
        speed=100,
        health_meta="none",
        nodes={"wacore1": {"key": "10.0.0.12:wa-core-1", "show_role": False}},
    )
    client.stop("master1")
    report = {"health": {"10.0.0.12:wa-core-1": {"gateway_status": "connected"}}}
    eventually(lambda: bool(health(api) == report))


def test_single_shard_pair(make: Make) -> None:
    _dummy, api = make(
        **PAIR,
        primary_connected=False,
        health_meta="none",
        nodes=keys(master1="10.0.0.11:wa-master-0", wacore1="10.0.0.12:wa-core-0"),
    )
    assert health(api) == {
        "health": {
            "10.0.0.11:wa-master-0": {"gateway_status": "disconnected", "role": "primary_master"},
            "10.0.0.12:wa-core-0": {"gateway_status": "connected", "role": "coreapp"},
        }
    }


def test_three_of_five(make: Make) -> None:
    _dummy, api = make(
        topology="multiconnect",
        shards=2,
        masters=1,
        coreapps=4,
        reported_version="2.21.6",
        nodes=keys(
            master1="10.0.0.3:wa-master-0",
            wacore1="10.0.0.4:wa-core-1",
            wacore2="10.0.0.2:wa-core-3",
            wacore3="10.0.0.5:wa-core-0",
            wacore4="10.0.0.1:wa-core-2",
        ),
    )
    assert health(api) == {
        "health": {
            "10.0.0.1:wa-core-2": {"gateway_status": "disconnected", "role": "coreapp"},
            "10.0.0.2:wa-core-3": {"gateway_status": "connected", "role": "coreapp"},
            "10.0.0.3:wa-master-0": {"gateway_status": "connected", "role": "primary_master"},
            "10.0.0.4:wa-core-1": {"gateway_status": "connected", "role": "coreapp"},
            "10.0.0.5:wa-core-0": {"gateway_status": "disconnected", "role": "coreapp"},
        },
        "meta": {"version": "v2.21.6", "api_status": "stable"},
    }


def test_version_with_v(make: Make) -> None:
    _dummy, api = make(
        **PAIR,
        reported_version="2.37.1",
        nodes=keys(master1="10.0.0.3:wamaster-6bdc9bcc78-42vlm", wacore1="10.0.0.4:wacore-6d9d96959c-zzddg"),
    )
    assert health(api) == {
        "health": {
            "10.0.0.3:wamaster-6bdc9bcc78-42vlm": {"gateway_status": "connected", "role": "primary_master"},
            "10.0.0.4:wacore-6d9d96959c-zzddg": {"gateway_status": "connected", "role": "coreapp"},
        },
        "meta": {"version": "v2.37.1", "api_status": "stable"},
    }


def test_unregistered(make: Make) -> None:
    _dummy, api = make(version="2.33.4", wa_id="")
    assert health(api) == {
        "health": {"gateway_status": "unregistered"},
        "meta": {"version": "2.33.4", "api_status": "stable"},
    }


# -- what is documented, or not recorded at all


@pytest.mark.parametrize(("form", "version"), [("v", "v2.53.1"), ("plain", "2.53.1")])
@pytest.mark.parametrize("topology", ["single", "multiconnect"])
def test_the_version_with_and_without_v(make: Make, topology: str, form: str, version: str) -> None:
    _dummy, api = make(topology=topology, health_meta=form)
    assert health(api)["meta"]["version"] == version


@pytest.mark.parametrize("topology", ["single", "multiconnect"])
def test_the_documented_status_of_a_node_that_is_initializing(make: Make, topology: str) -> None:
    client, api = make(topology=topology, initializing="uninitialized", show_roles=False)
    name = "wacore" if topology == "single" else "wacore1"
    client.configure_node(name, initialize_seconds=LONG)
    client.restart(name)
    report = health(api)["health"]
    entry = report if topology == "single" else report[client.node(name)["key"]]
    assert entry == {"gateway_status": "uninitialized"}


def test_a_single_instance_that_is_down_or_starting_answers_an_error(make: Make) -> None:
    client, api = make()

    def error() -> tuple[int, int, str]:
        reply = api("GET", "/v1/health")
        return reply.status, reply.code, reply.json["errors"][0]["details"]

    unreachable = "Connection timed out. Please check if wacore is running: wacore:6252"
    client.stop("wacore")
    assert error() == (500, 1014, unreachable)
    client.configure_node("wacore", boot_seconds=LONG)
    client.start("wacore")
    assert error() == (500, 1014, unreachable)
    client.configure_node("wacore", boot_seconds=0, initialize_seconds=LONG)
    client.restart("wacore")
    assert error() == (503, 1011, "The core is not instantiated.")
    client.configure_node("wacore", initialize_seconds=0, connect_seconds=LONG)
    client.restart("wacore")
    assert health(api)["health"] == {"gateway_status": "connecting"}


def test_multiconnect_reports_its_nodes_when_all_are_down(make: Make) -> None:
    client, api = make(**PAIR)
    for name in ("master1", "wacore1"):
        client.stop(name)
    assert [list(entry) for entry in health(api)["health"].values()] == [["errors"], ["errors"]]


def test_options_of_a_node_that_does_not_exist_are_refused(make: Make) -> None:
    client, _dummy = make()
    with pytest.raises(ControlError, match="nodes: wacore"):
        client.configure_node("wacore1", boot_seconds=1)


def test_options_of_a_node_go_back_to_those_of_the_client(make: Make) -> None:
    client, _dummy = make(initialize_seconds=0, connect_seconds=0)
    client.configure_node("wacore", initialize_seconds=LONG, key="here:1")
    client.configure_node("wacore", initialize_seconds=None)
    client.restart("wacore")
    node = client.node("wacore")
    assert (node["status"], node["key"], node["errors"]) == ("connected", "here:1", [])
