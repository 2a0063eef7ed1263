# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""garbage_collection and the playbook collect_garbage in real runs, against clients with rows to collect."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import connection, play, run_playbook, run_plays, run_tasks, task
from playbooks.matrix import DEFAULTS, all_clients, inventory

from emulator.testing import Client, Emulator

MESSAGES, MEDIA = "/v1/services/message/gc", "/v1/services/media/gc"
ENTRY_POINTS = pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
BOTH = ["media", "messages"]


def collections_done(client: Client, count: int) -> list[str]:
    """Which collections by hand the nodes have carried out, as soon as there are so many."""
    end = time.monotonic() + 20
    while True:
        done = sorted(one["kind"] for one in client.events() if one["kind"].endswith("_gc"))
        if len(done) >= count or time.monotonic() > end:
            return done
        time.sleep(0.1)


def coreapps(client: Client) -> list[dict[str, Any]]:
    return [one for one in client.nodes() if one["kind"] == "coreapp"]


@ENTRY_POINTS
def test_each_version_in_both_topologies(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    clients = all_clients(make_client, in_process)
    hosts = inventory(clients, emulator)
    check = task("garbage_collection", "Check", kinds=BOTH, keywords={"check_mode": True, "diff": True})
    run = run_plays([play([check], DEFAULTS, hosts="all")], tmp_path, inventory=hosts, in_process=in_process)
    assert run.ok
    for name, client in clients.items():
        assert run.on(name, "Check")["changed"]
        assert run.on(name, "Check")["accepted"] == {"messages": [], "media": []}
        assert (client.writes(), client.live_tokens()) == ([], 0)
        client.clear_calls()
    real = [task("garbage_collection", name, kinds=BOTH) for name in ("Collect", "Again")]
    run = run_plays([play(real, DEFAULTS, hosts="all")], tmp_path, inventory=hosts, in_process=in_process)
    assert run.ok
    for name, client in clients.items():
        single = name.startswith("single")
        shared = [{"node": "client", "status": "processing"}]
        each = [{"node": key, "status": "processing"} for key in sorted(one["key"] for one in coreapps(client))]
        for title in ("Collect", "Again"):
            assert run.on(name, title)["changed"]
            accepted = run.on(name, title)["accepted"]
            assert accepted["media"] == shared
            assert accepted["messages"] == shared if single else set_of(accepted["messages"]) <= set_of(each)
            assert accepted["messages"]
        assert client.writes() == [f"PUT {MESSAGES}", f"PUT {MEDIA}"] * 2
        assert client.live_tokens() == 0
    one = clients["multiconnect-2.53.1"]
    assert set(collections_done(one, 4)) == {"message_gc", "media_gc"}


def set_of(nodes: list[dict[str, str]]) -> set[str]:
    return {f"{one['node']} {one['status']}" for one in nodes}


def test_what_was_accepted_is_carried_out(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path
) -> None:
    client = make_client(settings={"garbagecollector_enable": {"messages": False}}, collect_age=0.0)
    client.traffic(20)
    before = client.rows()
    run = run_tasks([task("garbage_collection", "Collect", kinds=["messages"])], connection(client, emulator), tmp_path)
    assert run.ok
    assert collections_done(client, 1) == ["message_gc"]
    assert sum(client.rows().values()) < sum(before.values())


@ENTRY_POINTS
@pytest.mark.parametrize("topology", ["single", "multiconnect"])
def test_no_coreapp_answers(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, topology: str, in_process: bool
) -> None:
    client = make_client(topology=topology)
    for node in coreapps(client):
        client.stop(node["name"])
    tasks = [task("garbage_collection", "Collect", kinds=BOTH)]
    run = run_tasks(tasks, connection(client, emulator), tmp_path, in_process=in_process)
    assert run.code
    assert run["Collect"]["msg"].startswith(
        f"Could not start the garbage collection of messages of {client.api_url}: PUT {MESSAGES} answered "
    )
    assert "API code 1014 (Internal error), no Coreapp answers. " in run["Collect"]["msg"]
    assert client.writes() == [f"PUT {MESSAGES}"]
    assert client.live_tokens() == 0


@ENTRY_POINTS
def test_failures_are_reported(client: Client, emulator: Emulator, tmp_path: Path, in_process: bool) -> None:
    token = client.new_token()
    client.expire_tokens()
    ignored = {"ignore_errors": True}
    client.order_fault("status", method="PUT", path=MEDIA, status=500, code=1014)
    client.order_fault("cut", method="PUT", path=MESSAGES, skip=1, execute=True)
    tasks = [
        task("garbage_collection", "Part", kinds=BOTH, keywords=ignored),
        task("garbage_collection", "Lost", kinds=["messages"], keywords=ignored),
        task("garbage_collection", "Token", kinds=BOTH, token="{{ lookup('env', 'EXPIRED') }}", keywords=ignored),
        task("garbage_collection", "Nothing", kinds=[], keywords=ignored),
        task("garbage_collection", "Unknown", kinds=["stickers"], keywords=ignored),
    ]
    run = run_tasks(tasks, connection(client, emulator), tmp_path, in_process=in_process, env={"EXPIRED": token})
    assert "the garbage collection of messages had been accepted before" in run["Part"]["msg"]
    assert run["Lost"]["error"]["outcome_unknown"] is True
    assert "The token is not valid or has expired (tokens live seven days)" in run["Token"]["msg"]
    assert "kinds is empty" in run["Nothing"]["msg"]
    assert "stickers" in run["Unknown"]["msg"]
    assert client.writes() == [f"PUT {MESSAGES}", f"PUT {MEDIA}", f"PUT {MESSAGES}", f"PUT {MESSAGES}"]
    assert token not in run.output


def test_not_executed_is_tried_again(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    client.order_fault("status", method="PUT", path=MESSAGES, status=503, code=1011)
    run = run_tasks([task("garbage_collection", "Collect", kinds=["messages"])], connection(client, emulator), tmp_path)
    assert run.ok
    assert client.writes() == [f"PUT {MESSAGES}"] * 2


def test_playbook(make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path) -> None:
    clients = {"client1": make_client(), "client2": make_client(topology="multiconnect")}
    hosts = inventory(clients, emulator)
    first = run_playbook("wabiz.onprem.collect_garbage", tmp_path, "--check", inventory=hosts)
    assert first.ok
    assert [client.writes() for client in clients.values()] == [[], []]
    only_messages = '{"wabiz_onprem_collect": ["messages"]}'
    second = run_playbook(
        "wabiz.onprem.collect_garbage", tmp_path, "--limit", "client1", "-e", only_messages, inventory=hosts
    )
    assert second.ok
    assert [client.writes() for client in clients.values()] == [[f"PUT {MESSAGES}"], []]
    third = run_playbook("wabiz.onprem.collect_garbage", tmp_path, inventory=hosts)
    assert third.ok
    assert clients["client2"].writes() == [f"PUT {MESSAGES}", f"PUT {MEDIA}"]
    assert third.on("client2", "Start the garbage collection")["changed"]
    assert len(third.on("client2", "Start the garbage collection")["accepted"]["messages"]) == 2
