# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of fault, as a caller sees it."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

import pytest

from emulator.calling import SETTINGS, Api, eventually
from emulator.faults import KINDS
from emulator.testing import Client, ControlError, Emulator, running_emulator

Make = Callable[..., tuple[Client, Api]]
CHANGE = {"callback_persist": False}


def test_a_status_with_code_and_headers(make: Make) -> None:
    client, api = make()
    client.order_fault("status", status=429, code=1015, details="Slow down", headers={"Retry-After": "3"})
    reply = api("GET", SETTINGS)
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (429, 1015, "3")
    assert reply.json["errors"][0]["title"] == "Too many requests"
    assert api("GET", SETTINGS).status == 200


def test_a_status_with_a_raw_or_an_empty_body(make: Make) -> None:
    client, api = make()
    client.order_fault("status", status=502, body="<html>")
    client.order_fault("status", status=401)
    assert (api("GET", SETTINGS).raw, api("GET", SETTINGS).raw) == (b"<html>", b"")


def test_a_fault_meets_only_its_method_and_path_as_often_as_ordered(make: Make) -> None:
    client, api = make()
    client.order_fault("status", method="PATCH", path="/v1/settings/*", times=2, skip=1, status=503)
    assert api("GET", SETTINGS).status == 200
    assert [api("PATCH", SETTINGS, CHANGE).status for _dummy in range(4)] == [200, 503, 503, 200]
    client.order_fault("status", times=0, status=503)
    assert [api("GET", SETTINGS).status for _dummy in range(3)] == [503] * 3
    client.clear_faults()
    assert api("GET", SETTINGS).status == 200


def test_faults_of_one_client_leave_others_alone(make: Make) -> None:
    client, _dummy = make()
    _dummy, other = make()
    client.order_fault("status", times=0)
    assert other("GET", SETTINGS).status == 200


@pytest.mark.parametrize("execute", [True, False])
@pytest.mark.parametrize("kind", ["cut", "reset"])
def test_connections_that_end_early_with_the_write_done_or_not(make: Make, kind: str, execute: bool) -> None:
    client, api = make()
    client.order_fault(kind, method="PATCH", execute=execute)
    with pytest.raises((OSError, http.client.HTTPException)):
        api("PATCH", SETTINGS, CHANGE)
    assert client.stored()["callback_persist"] is not execute
    (call,) = client.calls()
    assert (call["executed"], call["status"], call["fault"]) == (execute, 0, kind)


def test_a_cut_is_a_reset_on_the_wire(make: Make, emulator: Emulator) -> None:
    client, api = make()
    client.order_fault("cut")
    raw = socket.create_connection(("127.0.0.1", emulator.port))
    context = ssl.create_default_context(cafile=emulator.ca_path)
    line = context.wrap_socket(raw, server_hostname="127.0.0.1")
    line.sendall(f"GET /{client.name}/v1/health HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    # Below TLS, which has words of its own for a reset.
    with socket.socket(fileno=line.detach()) as wire, pytest.raises(ConnectionResetError):
        while wire.recv(4096):
            pass
    assert api("GET", "/v1/health").status == 200


def test_delay(make: Make) -> None:
    client, api = make()
    client.order_fault("delay", seconds=0.05)
    before = time.monotonic()
    assert api("GET", SETTINGS).status == 200
    assert time.monotonic() - before >= 0.05


def test_stall_ends_without_an_answer(make: Make) -> None:
    client, api = make()
    client.order_fault("stall", seconds=0.05)
    with pytest.raises((OSError, http.client.HTTPException)):
        api("PATCH", SETTINGS, CHANGE)
    assert client.stored()["callback_persist"] is True


def test_a_stalled_call_does_not_keep_the_emulator_from_ending() -> None:
    with running_emulator() as emulator:
        client = emulator.client()
        client.order_fault("stall")
        raw = socket.create_connection(("127.0.0.1", emulator.port))
        line = ssl.create_default_context(cafile=emulator.ca_path).wrap_socket(raw, server_hostname="127.0.0.1")
        line.sendall(f"GET /{client.name}/v1/health HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        eventually(lambda: len(client.calls()) == 1)
        before = time.monotonic()
    assert time.monotonic() - before < 5
    line.close()


@pytest.mark.parametrize("kind", ["garbage", "html", "truncated", "empty"])
def test_bodies_that_are_no_json(make: Make, kind: str) -> None:
    client, api = make()
    client.order_fault(kind)
    with pytest.raises(ValueError, match=r".*"):
        json.loads(api("GET", SETTINGS).raw)


def test_wrong_shape_and_wrong_type(make: Make) -> None:
    client, api = make()
    client.order_fault("wrong_shape")
    client.order_fault("wrong_type")
    assert api("GET", SETTINGS).json == [1, 2, 3]
    reply = api("GET", SETTINGS)
    assert reply.headers["Content-Type"] == "text/plain"
    assert "settings" in reply.json


def test_redirect(make: Make) -> None:
    client, api = make()
    client.order_fault("redirect", location="https://other.example/", status=307)
    reply = api("GET", SETTINGS)
    assert (reply.status, reply.headers["Location"]) == (307, "https://other.example/")


def test_a_big_body_is_json_of_the_ordered_size(make: Make) -> None:
    client, api = make()
    client.order_fault("big", size=300_000)
    reply = api("GET", SETTINGS)
    assert len(reply.raw) == 300_000
    assert set(reply.json["settings"]) == {"x"}


@pytest.mark.parametrize("part", ["body", "headers"])
def test_a_slow_drip_still_is_the_right_answer(make: Make, part: str) -> None:
    client, api = make()
    client.order_fault("drip", part=part, interval=0.0, chunk=50)
    assert api.settings()["callback_persist"] is True


def test_a_write_that_is_accepted_and_not_kept(make: Make) -> None:
    client, api = make()
    client.order_fault("not_kept", method="PATCH")
    reply = api("PATCH", SETTINGS, CHANGE)
    assert (reply.status, reply.raw) == (200, b"null")
    assert api.settings()["callback_persist"] is True
    client.order_fault("not_kept", method="PATCH", keys=["callback_persist"])
    api("PATCH", SETTINGS, {**CHANGE, "unhealthy_interval": 60})
    assert (api.settings()["callback_persist"], api.settings()["unhealthy_interval"]) == (True, 60)


@pytest.mark.parametrize(("when", "statuses"), [("before", [401, 401]), ("after", [200, 401])])
def test_the_token_expires_between_two_calls(make: Make, when: str, statuses: list[int]) -> None:
    client, api = make()
    client.order_fault("token_expires", method="GET", when=when)
    assert [api("GET", SETTINGS).status for _dummy in range(2)] == statuses


def test_each_kind_has_a_test_here() -> None:
    tested = {"status", "delay", "stall", "cut", "reset", "garbage", "html", "truncated", "wrong_shape", "wrong_type"}
    assert set(KINDS) == tested | {"empty", "redirect", "big", "drip", "not_kept", "token_expires"}


@pytest.mark.parametrize(
    ("order", "word"), [({"kind": "earthquake"}, "earthquake"), ({"kind": "delay", "location": "x"}, "location")]
)
def test_orders_that_make_no_sense_are_refused(make: Make, order: dict[str, Any], word: str) -> None:
    client, _dummy = make()
    with pytest.raises(ControlError, match=word):
        client.order_fault(**order)
