# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The primary master changes while nodes are restarted: the one that is primary by then comes last."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engines import events, runs
from engines.cluster import DockerCluster, Shape, eventually
from engines.events import EventLog

pytestmark = pytest.mark.docker

SHAPE = Shape("multiconnect", masters=2, coreapps=2, shards=1, options={"speed": 4.0})


def primary(cluster: DockerCluster) -> str:
    [name] = [str(node["name"]) for node in cluster.client().nodes() if node["role"] == "primary_master"]
    return name


def test_the_primary_master_of_the_moment_comes_last(
    make_cluster: Callable[[Shape], DockerCluster], log: EventLog, tmp_path: Path
) -> None:
    cluster = make_cluster(SHAPE)
    first = primary(cluster)
    second = "master2" if first == "master1" else "master1"
    container = {"name": str(cluster.container(first).id), "comparisons": {"*": "ignore"}}
    url = f"{cluster.api_url}/_emulator/clients/-/status"
    # After the first Coreapp: the primary master is away for so long that the other one takes over.
    hook: list[dict[str, Any]] = [
        {"name": "Stop the primary master", "community.docker.docker_container": {**container, "state": "stopped"}},
        {
            "name": "Wait for the other one",
            "ansible.builtin.uri": {"url": url, "ca_path": str(cluster.ca_path)},
            "register": "seen",
            "until": f"seen.json.primary_master == '{second}'",
            "retries": 100,
            "delay": 1,
        },
        {"name": "Start it again", "community.docker.docker_container": {**container, "state": "started"}},
    ]
    for task in hook:
        task["when"] = "coreapp_node is search('wacore1')"
    (tmp_path / "hook.yml").write_text(json.dumps(hook))
    began = time.time()
    done = runs.campaign(cluster, "begin", coreapp_hook_after_node=str(tmp_path / "hook.yml")).wait()
    assert done.ok
    order = events.start_order(log.of(cluster.name, since=began))
    print(order)
    assert order[-1] == second
    assert order == ["wacore1", first, "wacore2", first, second]
    eventually("the client has settled", cluster.settled)
    assert set(runs.collecting(cluster).values()) == {False}
