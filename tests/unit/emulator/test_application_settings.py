# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings resource, media providers, over HTTPS."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.calling import SETTINGS, Api
from emulator.testing import Client

Make = Callable[..., tuple[Client, Api]]
PROVIDERS = f"{SETTINGS}/media/providers"


def test_only_calls_that_reach_the_coreapp_carry_the_ids_of_internal_requests(make: Make) -> None:
    client, api = make()
    assert api("GET", SETTINGS).headers["X-Internal-Request-IDS"]
    assert "X-Internal-Request-IDS" not in api.login(client.username, client.password).headers


def test_get_is_wrapped_and_patch_is_flat(make: Make) -> None:
    client, api = make()
    assert api("GET", SETTINGS).json["meta"]["version"] == "2.53.1"  # no `v`: answered by the Coreapp
    reply = api("PATCH", SETTINGS, {"callback_backoff_delay_ms": "4000"})
    assert (reply.status, reply.raw) == (200, b"null")
    assert api.settings()["callback_backoff_delay_ms"] == 4000
    assert client.stored()["callback_backoff_delay_ms"] == 4000
    wrapped = api("PATCH", SETTINGS, {"settings": {"application": {"callback_persist": False}}})
    assert (wrapped.status, wrapped.code) == (400, 1010)


@pytest.mark.parametrize(
    ("form", "body"),
    [("null", None), ("object", {}), ("meta", {"meta": {"version": "2.53.1", "api_status": "stable"}})],
)
def test_the_answer_of_a_patch_has_three_forms(make: Make, form: str, body: object) -> None:
    _dummy, api = make(patch_answer=form)
    assert api("PATCH", SETTINGS, {"callback_persist": False}).json == body


def test_delete_goes_back_to_fresh_values_and_keeps_the_identity(make: Make) -> None:
    _dummy, api = make(settings={"webhooks": {"url": "https://example.com/?s=1"}, "callback_persist": False})
    assert api.settings()["callback_persist"] is False
    assert api("DELETE", SETTINGS).raw == b"null"
    settings = api.settings()
    assert (settings["callback_persist"], settings["webhooks"]["url"]) == (True, "")
    assert settings["wa_id"] == "16315551019"


@pytest.mark.parametrize(("nested", "kept"), [("deep", 24), ("replace", 6)])
def test_nested_objects_are_merged_or_replaced(make: Make, nested: str, kept: int) -> None:
    _dummy, api = make(nested=nested, settings={"webhooks.max_concurrent_requests": 24})
    api("PATCH", SETTINGS, {"webhooks": {"url": "https://example.com/"}})
    assert api.settings()["webhooks"]["max_concurrent_requests"] == kept


def test_a_refused_patch_changes_nothing(make: Make) -> None:
    client, api = make()
    before = client.stored()
    assert api("PATCH", SETTINGS, {"callback_persist": False, "nonsense": 1}).status == 400
    assert client.stored() == before


def test_a_body_that_is_no_json_is_1025(make: Make) -> None:
    _dummy, api = make()
    assert api("PATCH", SETTINGS, b"{").code == 1025


def test_settings_take_effect_with_the_restart_of_each_node(make: Make) -> None:
    client, api = make(topology="multiconnect", shards=2, coreapps=2, masters=1)
    api("PATCH", SETTINGS, {"garbagecollector_enable": {"messages": False}, "unhealthy_interval": 60})
    client.restart("wacore1")
    effect = client.in_effect()
    name = "garbagecollector_enable.messages"
    assert {node: values[name] for node, values in effect.items()} == {
        "master1": True,
        "wacore1": False,
        "wacore2": True,
    }
    assert {values["unhealthy_interval"] for values in effect.values()} == {60}


def test_a_restart_moves_the_start_time_of_its_node_alone(make: Make) -> None:
    client, _dummy = make(topology="multiconnect")
    before = {node["name"]: node["started"] for node in client.nodes()}
    client.restart("wacore2")
    after = {node["name"]: node["started"] for node in client.nodes()}
    assert {name for name in before if after[name] > before[name]} == {"wacore2"}
    assert {name for name in before if after[name] == before[name]} == set(before) - {"wacore2"}


def test_unreachable_coreapp_is_1014_in_the_documented_words(make: Make) -> None:
    client, api = make()
    client.stop("wacore")
    reply = api("GET", SETTINGS)
    assert (reply.status, reply.code) == (500, 1014)
    details = "Connection timed out. Please check if wacore is running: wacore:6252"
    assert reply.json["errors"][0]["details"] == details


def test_media_providers(make: Make) -> None:
    client, api = make(settings={"callback_persist": False})
    bearer = {"name": "one", "type": "www", "config": {"bearer": "b"}}
    basic = {"name": "two", "type": "www", "config": {"basic": {"username": "u", "password": "p"}}}
    for provider in (basic, bearer):
        assert api("POST", PROVIDERS, [provider]).status == 200
    assert api("GET", PROVIDERS).json["settings"]["application"]["media"]["providers"] == [bearer, basic]
    changed = {**bearer, "config": {"bearer": "c"}}
    assert api("POST", PROVIDERS, [changed]).status == 200
    assert api("DELETE", f"{PROVIDERS}/two").raw == b"null"
    assert api("GET", PROVIDERS).json["settings"]["application"]["media"]["providers"] == [changed]
    assert api("DELETE", f"{PROVIDERS}/two").code == 1006
    assert client.stored()["callback_persist"] is False


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "one", "type": "www", "config": {"bearer": "b"}}, 1009),
        ([], 1009),
        ([{"name": "one", "type": "www", "config": {"bearer": "b"}}] * 2, 1009),
        ([{"name": "o n e", "type": "www", "config": {"bearer": "b"}}], 1009),
        ([{"name": "one", "type": "ftp", "config": {"bearer": "b"}}], 1009),
        ([{"name": "one", "type": "www", "config": {"bearer": "b", "basic": {}}}], 1009),
        ([{"name": "one", "type": "www", "config": {"basic": {"username": "u"}}}], 1009),
        ([{"name": "one", "type": "www", "config": {"basic": "u:p"}}], 1009),
        ([{"name": "one", "type": "www", "config": {"basic": None}}], 1009),
        ([{"name": "one", "type": "www", "config": {"basic": ["u", "p"]}}], 1009),
        ([{"name": "one", "type": "www", "config": {"basic": {"username": "u", "password": "p", "more": 1}}}], 1009),
        ([{"name": "one", "type": "www", "config": {"bearer": None}}], 1009),
        ([{"name": "one", "type": "www", "config": {"bearer": {"token": "b"}}}], 1009),
        ([{"name": "one", "type": "www", "config": ["bearer"]}], 1009),
        ([{"name": "one", "type": ["www"], "config": {"bearer": "b"}}], 1009),
        ([{"name": ["one"], "type": "www", "config": {"bearer": "b"}}], 1009),
        ([{"name": "o\ud800ne", "type": "www", "config": {"bearer": "b"}}], 1009),
        ([["name", "type", "config"]], 1009),
        (["name"], 1009),
        ([None], 1009),
        (None, 1025),
        (b"[{", 1025),
        (b"\xff\xfe", 1025),
        (b"[" * 100_000, 1025),
        ([{"name": "one", "type": "www"}], 1008),
        ([{"name": "one", "type": "www", "config": {"bearer": "b"}, "more": 1}], 1010),
    ],
)
def test_providers_that_are_refused(make: Make, body: object, code: int) -> None:
    _dummy, api = make()
    reply = api("POST", PROVIDERS, body)
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize("value", ["9" * 5000, 10**400, 2**63])
def test_numbers_that_no_database_holds_are_rejected(make: Make, value: object) -> None:
    _dummy, api = make()
    for name in ("callback_backoff_delay_ms", "unhealthy_interval"):
        reply = api("PATCH", SETTINGS, {name: value})
        assert (reply.status, reply.code) == (400, 1009)
