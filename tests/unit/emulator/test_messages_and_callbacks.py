# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Message rows, their collection, and callbacks that reach a real HTTPS receiver."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from emulator.calling import SETTINGS, Api, eventually
from emulator.duties import retry_delay
from emulator.testing import Client

Make = Callable[..., tuple[Client, Api]]


class Receiver:
    """An HTTPS webhook on the loopback; answers what it is asked to."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
        self.ca_path = folder / "receiver-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_path))
        self.bodies: list[Any] = []
        self.statuses: list[int] = []  # answered first, then 200
        received = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = received.statuses.pop(0) if received.statuses else 200
                if status == 200:
                    received.bodies.append(json.loads(body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}/hook?auth=hush"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path)
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def settings(receiver: Receiver, **more: Any) -> dict[str, Any]:
    return {"webhooks.url": receiver.url, **more}


def test_rows_pile_up_when_collection_is_off_in_effect_and_go_when_it_is_on(make: Make) -> None:
    client, api = make(settings={"garbagecollector_enable.messages": False}, collect_age=0, collect_interval=0.05)
    client.traffic(10)
    assert client.rows() == {"delivered": 5, "read": 5, "total": 10}
    api("PATCH", SETTINGS, {"garbagecollector_enable": {"messages": True}})
    assert client.traffic(2)["accepted"] == 2
    assert client.rows()["total"] == 12  # stored, not in effect
    client.restart("wacore")
    eventually(lambda: client.rows()["total"] == 0)


def test_old_clients_collect_by_their_own_setting(make: Make) -> None:
    options = {"version": "2.41.2", "collect_age": 0, "collect_interval": 0.05}
    on, _dummy = make(**options)
    off, _dummy = make(**options, settings={"db_garbagecollector_enable": False})
    for client in (off, on):
        client.traffic(4)
    eventually(lambda: on.rows()["total"] == 0)
    assert off.rows()["total"] == 4


def test_pass_through_keeps_no_finished_rows(make: Make) -> None:
    client, _dummy = make(version="2.33.4", settings={"pass_through": True, "db_garbagecollector_enable": False})
    client.traffic(4)
    assert client.rows()["total"] == 0


def test_collection_by_hand_answers_at_once_and_reports_by_webhook(make: Make, receiver: Receiver) -> None:
    silent = {"webhooks.message.sent": False, "webhooks.message.delivered": False, "webhooks.message.read": False}
    client, api = make(settings=settings(receiver, **silent, **{"garbagecollector_enable.messages": False}))
    client.traffic(6)
    reply = api("PUT", "/v1/services/message/gc")
    assert reply.json["services"] == {"message": {"gc": {"status": "processing"}}}
    eventually(lambda: len(receiver.bodies) == 1)
    outcome = {"node": client.node("wacore")["key"], "status": "complete", "messages_deleted": 6}
    assert receiver.bodies == [{"services": [{"message": {"gc": outcome}}]}]
    assert client.rows()["total"] == 0


def test_collection_by_hand_of_multiconnect_answers_per_working_coreapp(make: Make) -> None:
    client, api = make(topology="multiconnect", shards=2, coreapps=3)
    keys = [client.node(name)["key"] for name in ("wacore1", "wacore2")]
    report = api("PUT", "/v1/services/message/gc").json["services"]["message"]["gc"]
    assert report == {key: {"status": "processing"} for key in keys}
    assert api("PUT", "/v1/services/media/gc").json["services"] == {"media": {"gc": {"status": "processing"}}}


@pytest.mark.parametrize("kind", ["message", "media"])
def test_collection_without_a_coreapp_is_1014(make: Make, kind: str) -> None:
    client, api = make()
    client.stop("wacore")
    assert api("PUT", f"/v1/services/{kind}/gc").code == 1014


def test_without_a_webhook_callbacks_are_dropped_and_counted(make: Make) -> None:
    client, _dummy = make()
    client.traffic(2)
    queue = client.queue()
    assert (queue["total"], queue["dropped"], queue["queued"]) == (5, 5, 0)


def test_every_callback_arrives_over_https(make: Make, receiver: Receiver) -> None:
    client, _dummy = make(settings=settings(receiver), callback_ca=str(receiver.ca_path))
    client.traffic(10)
    eventually(lambda: client.queue()["delivered"] == 25)
    assert len(receiver.bodies) == 25
    assert {body["statuses"][0]["status"] for body in receiver.bodies} == {"sent", "delivered", "read"}
    assert client.queue()["queued"] == 0


def test_a_receiver_that_fails_gets_the_callback_again(make: Make, receiver: Receiver) -> None:
    receiver.statuses = [500, 302]
    client, _dummy = make(settings=settings(receiver, callback_backoff_delay_ms=10))
    client.traffic(1)
    eventually(lambda: client.queue()["queued"] == 0)
    assert client.queue()["failed_attempts"] == 2
    assert client.queue()["delivered"] == len(receiver.bodies) > 0


def test_the_delay_before_the_next_attempt_grows_by_steps_up_to_its_limit() -> None:
    assert [retry_delay({}, attempts) for attempts in (1, 2, 300, 1000)] == [3, 6, 900, 900]
    chosen = {"callback_backoff_delay_ms": 100, "max_callback_backoff_delay_ms": 250}
    assert [retry_delay(chosen, attempts) for attempts in (1, 2, 3)] == [0.1, 0.2, 0.25]


def test_a_receiver_with_a_strange_certificate_gets_nothing(make: Make, receiver: Receiver, emulator: Any) -> None:
    client, _dummy = make(settings=settings(receiver), callback_ca=emulator.ca_path)
    client.traffic(1)
    eventually(lambda: client.queue()["failed_attempts"] > 0)
    assert receiver.bodies == []


def test_removing_the_webhook_drops_what_is_queued(make: Make, receiver: Receiver) -> None:
    receiver.statuses = [500] * 100
    client, api = make(settings=settings(receiver, callback_backoff_delay_ms=20))
    client.traffic(2)
    eventually(lambda: client.queue()["failed_attempts"] > 0)
    api("PATCH", SETTINGS, {"webhooks": {"url": ""}})
    eventually(lambda: client.queue()["queued"] == 0)
    queue = client.queue()
    assert queue["total"] == queue["dropped"] + queue["delivered"]
    assert queue["dropped"] > 0


@pytest.mark.parametrize("order", ["stop", "restart"])
@pytest.mark.parametrize(("persist", "lost"), [(True, 0), (False, 1)])
def test_callbacks_that_were_not_persisted_are_lost_with_their_node(
    make: Make, persist: bool, lost: int, order: str
) -> None:
    url = "https://127.0.0.1:1/unserved"
    client, api = make(settings={"webhooks.url": url, "callback_persist": persist, "webhooks.message.sent": False})
    api("POST", "/v1/messages", {"to": "49123"})
    queued = client.queue()["queued"]
    assert queued > 0
    client.stop("wacore") if order == "stop" else client.restart("wacore")
    queue = client.queue()
    assert (queue["lost"], queue["queued"]) == (queued * lost, queued * (1 - lost))


def test_callbacks_of_other_nodes_are_not_lost(make: Make) -> None:
    url = "https://127.0.0.1:1/unserved"
    client, _dummy = make(topology="multiconnect", settings={"webhooks.url": url, "callback_persist": False})
    client.traffic(2)
    before = client.queue()["queued"]
    client.stop("wacore1")
    queue = client.queue()
    assert 0 < queue["lost"] < before
    assert queue["queued"] == before - queue["lost"]
    client.stop("wacore3")  # a spare one
    assert client.queue() == queue


@pytest.mark.parametrize(
    ("version", "values", "statuses"),
    [
        ("2.53.1", {"webhooks.message.sent": False}, {"delivered", "read"}),
        ("2.53.1", {"webhooks.message.read": False, "webhooks.message.delivered": False}, {"sent"}),
        ("2.33.4", {"sent_status": False}, {"delivered", "read"}),
        ("2.33.4", {}, {"sent", "delivered", "read"}),
    ],
)
def test_which_statuses_cause_callbacks(
    make: Make, receiver: Receiver, version: str, values: dict[str, Any], statuses: set[str]
) -> None:
    client, _dummy = make(version=version, settings=settings(receiver, **values))
    client.traffic(2)
    eventually(lambda: client.queue()["delivered"] == client.queue()["total"])
    assert {body["statuses"][0]["status"] for body in receiver.bodies} == statuses


def test_messages_through_the_api(make: Make) -> None:
    client, api = make()
    reply = api("POST", "/v1/messages", {"to": "49123", "type": "text"})
    assert reply.status == 201
    assert reply.json["messages"][0]["id"].startswith("wa-")
    assert client.rows()["total"] == 1
    assert api("POST", "/v1/messages", {}).code == 1008
    assert api("POST", "/v1/messages", {"to": 1}).code == 1009


def test_a_full_callback_queue_refuses_messages(make: Make) -> None:
    client, api = make(queue_limit=2, settings={"webhooks.url": "https://127.0.0.1:1/unserved"})
    assert api("POST", "/v1/messages", {"to": "1"}).status == 201
    reply = api("POST", "/v1/messages", {"to": "1"})
    assert (reply.status, reply.code) == (503, 1016)
    assert client.traffic(1)["refused"] == {"1016": 1}
