# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""health_info in real runs: each version in both topologies, waiting, and what ends a wait."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import connection, play, run_plays, run_tasks, task
from playbooks.matrix import DEFAULTS, all_clients, inventory

from emulator.testing import Client, Emulator

HEALTH = "/v1/health"
ENTRY_POINTS = pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
KEY = "an-api-key-of-the-webapp"


def wait(name: str, **options: Any) -> dict[str, Any]:
    return task("health_info", name, wait_for="settled", interval=1, **options)


def reads(client: Client) -> int:
    return len([call for call in client.calls() if call["path"] == HEALTH])


def logins(client: Client) -> int:
    return len([call for call in client.calls() if call["path"] == "/v1/users/login"])


@ENTRY_POINTS
def test_both_topologies_in_each_version(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    clients = all_clients(make_client, in_process)
    tasks = [task("health_info", "Look"), task("health_info", "Check", keywords={"check_mode": True, "diff": True})]
    hosts = inventory(clients, emulator)
    run = run_plays([play(tasks, DEFAULTS, hosts="all")], tmp_path, inventory=hosts, in_process=in_process)
    assert run.ok
    for name, client in clients.items():
        result = run.on(name, "Look")
        assert not result["changed"]
        assert (result["api_version"], result["settled"]) == (client.version, True)
        single = name.startswith("single")
        assert (result["single"], result["connected"]) == (single, 1 if single else 3)
        shown = {one["key"]: one["status"] for one in result["nodes"]}
        assert shown == ({"": "connected"} if single else {one["key"]: one["status"] for one in client.nodes()})
        primary = [one["key"] for one in client.nodes() if one["role"] == "primary_master"]
        assert [result["primary_master"]] == (primary or [None])
        checked = run.on(name, "Check")
        assert {key: checked[key] for key in ("nodes", "settled", "changed")} == {
            key: result[key] for key in ("nodes", "settled", "changed")
        }
        assert client.writes() == []
        assert client.live_tokens() == 0


@ENTRY_POINTS
def test_waits_with_one_login(client: Client, emulator: Emulator, tmp_path: Path, in_process: bool) -> None:
    client.order_fault("status", method="GET", path=HEALTH, times=2, status=503, code=1011)
    client.order_fault("cut", method="GET", path=HEALTH)
    run = run_tasks([wait("Wait", expect_connected=1)], connection(client, emulator), tmp_path, in_process=in_process)
    assert run.ok
    assert run["Wait"]["settled"]
    assert (reads(client), logins(client), client.live_tokens()) == (4, 1, 0)


def test_waits_for_a_restarted_coreapp(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    node = client.nodes()[0]["name"]
    client.stop(node)
    starter = threading.Thread(target=start_after_checks, args=(client, node, 3))
    starter.start()
    run = run_tasks([wait("Wait", expect_connected=1)], connection(client, emulator), tmp_path)
    starter.join()
    assert run.ok
    assert (run["Wait"]["settled"], run["Wait"]["nodes"][0]["status"]) == (True, "connected")
    assert reads(client) > 3
    assert logins(client) == 1


def start_after_checks(client: Client, node: str, count: int) -> None:
    end = time.monotonic() + 60
    while reads(client) < count and time.monotonic() < end:
        time.sleep(0.1)
    client.start(node)


def test_shows_what_it_waits_for(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    client.order_fault("status", method="GET", path=HEALTH, times=4, status=503, code=1011)
    run = run_tasks([wait("Wait")], connection(client, emulator), tmp_path)
    assert run.ok
    line = r"\[Wait\] see a settled health, [1-9]\d* s of at most \d+ s: GET /v1/health answered 503"
    assert re.search(line, run.output), run.output


@ENTRY_POINTS
def test_at_the_timeout_the_nodes_are_named(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    client = make_client(topology="multiconnect", connect_seconds=60.0)
    restarted = next(one for one in client.nodes() if one["kind"] == "coreapp")
    client.restart(restarted["name"])
    tasks = [wait("Wait", wait_timeout=2, expect_connected=3)]
    run = run_tasks(tasks, connection(client, emulator), tmp_path, in_process=in_process)
    assert run.code
    message = run["Wait"]["msg"]
    assert message.startswith(f"Could not see a settled health of {client.api_url}: after 2 s, ")
    assert f"{restarted['key']} (coreapp) is connecting" in message
    assert "of at least 3 nodes connected" in message


@ENTRY_POINTS
def test_no_answer_is_named_at_the_timeout(
    client: Client, emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    client.stop(client.nodes()[0]["name"])
    refused = connection(client, emulator, api_url="https://127.0.0.1:9")
    tasks = [
        wait("No Coreapp", wait_timeout=1) | {"ignore_errors": True},
        task("health_info", "No Webapp", wait_for="settled", interval=1, wait_timeout=1, **refused),
    ]
    run = run_tasks(tasks, connection(client, emulator), tmp_path, in_process=in_process)
    assert "after 1 s, GET /v1/health answered 500, API code 1014 (Internal error)" in run["No Coreapp"]["msg"]
    assert run["No Coreapp"]["error"]["code"] == 1014
    assert re.search(r"after 1 s, .*the connection was refused", run["No Webapp"]["msg"])


@ENTRY_POINTS
def test_what_cannot_pass_ends_the_wait_at_once(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    client, pending = make_client(), make_client(password="secret")
    token = client.new_token()
    client.expire_tokens()
    ignored = {"ignore_errors": True}
    tasks = [
        wait("Password", password="Wrong-1-password") | ignored,
        wait("Token", token="{{ lookup('env', 'EXPIRED') }}") | ignored,
        wait("Certificate", api_url=client.variant_url("wrong_ca")) | ignored,
        wait("First login", api_url=pending.api_url, password="secret") | ignored,
    ]
    defaults = connection(client, emulator)
    run = run_tasks(tasks, defaults, tmp_path, in_process=in_process, env={"EXPIRED": token})
    assert run["Password"]["error"]["status"] == 401
    assert "the first login, which must change the password, is still pending" in run["Password"]["msg"]
    assert "The token is not valid or has expired (tokens live seven days)" in run["Token"]["msg"]
    assert "1024" in run["First login"]["msg"]
    assert "the certificate is not trusted" in run["Certificate"]["msg"]
    assert [call["path"] for call in client.calls()] == ["/v1/users/login", HEALTH]  # one try each
    assert token not in run.output


@ENTRY_POINTS
def test_api_key_without_a_login(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    client = make_client(api_key=KEY)
    defaults = connection(client, emulator, password=None)
    tasks = [
        task("health_info", "From the environment"),
        task("health_info", "Wrong", api_key="wrong-key-of-it", keywords={"ignore_errors": True}),
    ]
    run = run_tasks(tasks, defaults, tmp_path, "-vvv", in_process=in_process, env={"WABIZ_ONPREM_API_KEY": KEY})
    assert run.ok
    assert run["From the environment"]["settled"]
    assert "The API key is not valid for this client" in run["Wrong"]["msg"]
    assert {call["path"] for call in client.calls()} == {HEALTH}
    assert KEY not in run.output
