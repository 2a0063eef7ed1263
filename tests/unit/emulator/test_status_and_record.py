# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health, statistics, the record of calls, listeners with wrong certificates."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from emulator.calling import SETTINGS, Api, eventually
from emulator.testing import Client, ControlError, Emulator

Make = Callable[..., tuple[Client, Api]]


def test_health_of_a_single_instance_has_no_nodes(make: Make) -> None:
    _dummy, api = make()
    assert api("GET", "/v1/health").json["health"] == {"gateway_status": "connected"}


def test_health_of_multiconnect_names_nodes_roles_and_statuses(make: Make) -> None:
    client, api = make(topology="multiconnect", shards=1, masters=1, coreapps=2)
    keys = {node["name"]: node["key"] for node in client.nodes()}
    assert all(key.startswith(f"{name}:") and len(key.split(":")[1]) == 12 for name, key in keys.items())
    assert api("GET", "/v1/health").json["health"] == {
        keys["master1"]: {"gateway_status": "connected", "role": "primary_master"},
        keys["wacore1"]: {"gateway_status": "connected", "role": "coreapp"},
        keys["wacore2"]: {"gateway_status": "disconnected", "role": "coreapp"},
    }


def test_a_restarted_node_settles_by_itself(make: Make) -> None:
    client, _dummy = make(initialize_seconds=0.02, connect_seconds=0.02)
    client.restart("wacore")
    assert client.node("wacore")["status"] in ("uninitialized", "connecting")
    eventually(lambda: client.node("wacore")["status"] == "connected")


def test_health_without_any_node_is_1014(make: Make) -> None:
    client, api = make()
    client.stop("wacore")
    assert api("GET", "/v1/health").code == 1014


def test_support_of_a_single_instance_is_flat(make: Make) -> None:
    client, api = make()
    report = api("GET", "/v1/support").json["support"]
    assert (report["debug_info"], report["socket_conn"], report["multi_connect"]) == ("16315551019", "UP", False)
    assert not {"role", "shards", "e2e"} & set(report)
    assert not any("start" in name for name in report)
    client.stop("wacore")
    assert api("GET", "/v1/support").code == 1014


@pytest.mark.parametrize(
    ("connected", "shards"),
    [
        (True, {"master1": [[-1, -1]], "wacore1": [[0, 0]], "wacore2": []}),
        (False, {"master1": [], "wacore1": [[-1, -1], [0, 0]], "wacore2": []}),
    ],
)
def test_support_names_the_owner_of_the_control_shard(
    make: Make, connected: bool, shards: dict[str, list[list[int]]]
) -> None:
    _dummy, api = make(topology="multiconnect", shards=1, masters=1, coreapps=2, primary_connected=connected)
    report = api("GET", "/v1/support").json["support"]
    assert {key.partition(":")[0]: entry["shards"] for key, entry in report.items()} == shards


def test_support_shows_no_start_time_and_one_entry_per_node(make: Make) -> None:
    client, api = make(topology="multiconnect")
    report = api("GET", "/v1/support").json["support"]
    assert set(report) == {node["key"] for node in client.nodes()}
    assert {entry["socket_conn"] for entry in report.values()} == {"UP", "DN"}
    assert not any("start" in name for entry in report.values() for name in entry)


def test_stats_and_metrics_come_as_json_and_for_prometheus(make: Make) -> None:
    _dummy, api = make()
    assert api("GET", "/v1/stats/app").json["stats"]["app"]["callback_queue_size"]["data"] == [{"value": 0}]
    assert b"callback_queue_size 0" in api("GET", "/v1/stats/app?format=prometheus").raw
    assert api("GET", "/metrics").json["metrics"]["web_uptime"]["data"][0]["value"] >= 0
    assert b"web_uptime{" in api("GET", "/metrics?format=prometheus").raw


def test_database_stats_count_rows(make: Make) -> None:
    client, api = make(settings={"garbagecollector_enable.messages": False})
    client.traffic(3)
    figures = api("GET", "/v1/stats/db").json["stats"]["db"]
    assert figures["db_messages"]["data"] == [{"labels": {"type": "undefined"}, "value": 3}]
    assert figures["db_pending_callbacks"]["data"] == [{"value": 0}]
    assert set(figures) == {
        "db_contacts",
        "db_message_receipts",
        "db_messages",
        "db_pending_callbacks",
        "db_pending_messages",
    }
    text = api("GET", "/v1/stats/db?format=prometheus").raw
    assert b'db_messages{type="undefined"} 3\n' in text
    client.stop("wacore")
    assert api("GET", "/v1/stats/db").code == 1014


def test_database_stats_come_from_the_primary_master(make: Make) -> None:
    client, api = make(topology="multiconnect")
    figures = api("GET", "/v1/stats/db").json["stats"]["db"]
    primary = client.node("master1")["key"]
    assert len(figures) == 5
    assert [key for key, entry in figures.items() if entry] == [primary]


def test_the_record_has_every_call_and_no_secret(make: Make) -> None:
    client, api = make()
    api.login(client.username, client.password)
    secret = "https://example.com/?auth=hush-hush"
    api("PATCH", f"{SETTINGS}?debug=hush-hush", {"webhooks": {"url": secret}, "callback_persist": True})
    api("GET", "/v1/nowhere")
    calls = client.calls()
    assert [(call["method"], call["path"], call["status"], call["write"]) for call in calls] == [
        ("POST", "/v1/users/login", 200, False),
        ("PATCH", SETTINGS, 200, True),
        ("GET", "/v1/nowhere", 404, False),
    ]
    assert [call["scheme"] for call in calls] == ["basic", "bearer", "bearer"]
    assert calls[1]["keys"] == ["callback_persist", "webhooks"]
    api("POST", "/v1/users/logout")
    assert client.writes() == [f"PATCH {SETTINGS}"]
    assert "hush-hush" not in str(calls)
    assert client.password not in str(calls)
    client.clear_calls()
    assert client.calls() == []


@pytest.mark.parametrize("variant", ["wrong_ca", "expired", "wrong_host", "tls11"])
def test_listeners_that_must_be_refused(make: Make, variant: str) -> None:
    client, api = make()
    careless = Api(client.variant_url(variant), api.ca_path)
    with pytest.raises(ssl.SSLError):
        careless("GET", "/v1/health")
    assert client.calls() == []


def test_the_tls11_listener_does_speak_tls11(make: Make, emulator: Emulator) -> None:
    client, _dummy = make()
    parts = urlsplit(client.variant_url("tls11"))
    context = ssl.create_default_context(cafile=emulator.ca_path)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=5)
    connection.request("GET", f"{parts.path}/v1/health")
    assert connection.getresponse().status == 401
    connection.close()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"version": "3.0.0"}, "2.53.1"),
        ({"nonsense": 1}, "nonsense"),
        ({"topology": "multiconnect", "shards": 3}, "32"),
        ({"topology": "multiconnect", "shards": 4, "coreapps": 3}, "as many Coreapps as shards"),
        ({"version": "2.33.4", "settings": {"log_level": "info"}}, "log_level"),
    ],
)
def test_clients_that_cannot_be(emulator: Emulator, options: dict[str, object], word: str) -> None:
    with pytest.raises(ControlError, match=word):
        emulator.client(**options)


def test_an_unknown_client_is_404(emulator: Emulator) -> None:
    assert Api(emulator.url_of("unknown"), emulator.ca_path)("GET", "/v1/health").status == 404
