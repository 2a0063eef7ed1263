# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several clients on one engine: in a loop on one host, and side by side as hosts of one play."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playbooks.helpers import play, run_plays

from engines import events, runs
from engines.cluster import PROJECT, DockerCluster, Shape
from engines.events import EventLog

pytestmark = pytest.mark.docker

CLIENTS = 6
SLOW = Shape("multiconnect", masters=1, coreapps=2, shards=1, options={"connect_seconds": 6.0})


def test_a_loop_over_two_clients_on_one_host(
    make_cluster: Callable[[Shape], DockerCluster], log: EventLog, tmp_path: Path
) -> None:
    clients = [make_cluster(Shape()) for _dummy in range(2)]
    began = time.time()
    items = [
        {
            "api_url": one.api_url,
            "ca_path": str(one.ca_path),
            "ledger": str(runs.ledger_path(one)),
            "project": f"{PROJECT}={one.name}",
        }
        for one in clients
    ]
    task = {
        "name": "Begin",
        "ansible.builtin.include_role": {"name": "wabiz.onprem.campaign_mode", "tasks_from": "begin"},
        "vars": {
            "campaign_mode_name": "sale",
            "wabiz_onprem_ledger": "{{ one.ledger }}",
            "coreapp_docker_filters": {"label": "{{ one.project }}"},
        },
        "loop": items,
        "loop_control": {"loop_var": "one"},
    }
    connection = {
        "api_url": "{{ one.api_url }}",
        "ca_path": "{{ one.ca_path }}",
        "username": clients[0].username,
        "password": clients[0].password,
    }
    quick = {key: value for key, value in runs.host(clients[0]).items() if key.startswith("coreapp_")}
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, **quick}
    del local["coreapp_docker_filters"]
    done = run_plays(
        [play([task], connection, hosts="operator")],
        tmp_path,
        inventory={"all": {"hosts": {"operator": local}}},
        env=runs.ENVIRONMENT,
        timeout=runs.SECONDS,
    )
    assert done.ok
    for one in clients:
        assert events.starts(log.of(one.name, since=began)) == {"wacore": 1}
        assert set(runs.collecting(one).values()) == {False}
        assert runs.ledger(one)["restart"] is None


def test_six_clients_roll_side_by_side(
    make_cluster: Callable[[Shape], DockerCluster], log: EventLog, tmp_path: Path
) -> None:
    clients = [make_cluster(SLOW) for _dummy in range(CLIENTS)]
    began = time.time()
    extra = ["-e", json.dumps({"campaign_mode_name": "sale"}), "--forks", "12"]
    run = runs.Playbook(tmp_path, "wabiz.onprem.campaign_begin", runs.inventory(*clients), *extra)
    done = run.wait()
    assert done.ok
    rolls = []
    for one in clients:
        happened = log.of(one.name, since=began)
        assert events.starts(happened) == dict.fromkeys(SLOW.node_names, 1)
        assert events.most_down_at_once(happened) == 1
        outages = events.outages(happened)
        rolls.append((outages[0].begin - began, outages[-1].end - began))
        print(f"{one.name}: first node down after {rolls[-1][0]:.1f} s, last one up after {rolls[-1][1]:.1f} s")
    together = max(end for _dummy, end in rolls) - min(begin for begin, _dummy in rolls)
    one_after_another = sum(end - begin for begin, end in rolls)
    print(
        f"{CLIENTS} clients: {done.seconds:.0f} s; rolls {together:.0f} s, one after another {one_after_another:.0f} s"
    )
    assert max(begin for begin, _dummy in rolls) < min(end for _dummy, end in rolls), (
        "all of them roll at the same time"
    )
    assert together < one_after_another / 3


def test_what_may_be_another_clients_is_left_alone(
    make_cluster: Callable[[Shape], DockerCluster], log: EventLog
) -> None:
    """Without filters the containers of both are found; the client's health report names its own alone."""
    other, mine = make_cluster(Shape()), make_cluster(Shape("multiconnect", masters=1, coreapps=1, shards=1))
    before, began = other.started(), time.time()
    done = runs.campaign(mine, "begin", coreapp_docker_filters={}).wait()
    assert done.ok
    unknown = {one["name"].rpartition("/")[2]: one["claim"] for one in done["Record the nodes"]["unknown"]}
    name = str(other.container("wacore").name)
    assert f"{PROJECT}={other.name}" in unknown[name]
    assert not [one for one in unknown if one.startswith(f"{mine.name}-")]
    assert other.started() == before and not log.of(other.name, since=began)
    assert events.starts(log.of(mine.name, since=began)) == dict.fromkeys(mine.shape.node_names, 1)
    assert runs.ledger(mine)["restart"] is None
