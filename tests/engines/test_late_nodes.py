# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that register long after their container has started: the next one goes only when the last one is back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

import pytest

from engines import events, runs
from engines.cluster import DockerCluster, Shape
from engines.events import EventLog, Outage

pytestmark = pytest.mark.docker

UP = ("connected", "disconnected")
DEFAULT_UPTIME = 3


class HealthLog:
    """Reads the client's health report while the block runs."""

    def __init__(self, cluster: DockerCluster, pause: float = 0.25) -> None:
        self.api, self.pause = cluster.api(), pause
        self.away: list[set[str]] = []  # per report, the names of the nodes that are not back
        self.connected: list[int] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> HealthLog:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._end.wait(self.pause):
            entries = self.api("GET", "/v1/health").json["health"]
            statuses = {key.partition(":")[0]: entry.get("gateway_status", "") for key, entry in entries.items()}
            self.away.append({name for name, status in statuses.items() if status not in UP})
            self.connected.append(list(statuses.values()).count("connected"))


def roll(cluster: DockerCluster, log: EventLog) -> tuple[list[Outage], HealthLog]:
    """Begins a campaign: each node once, and never two that are not back."""
    last = next(str(node["name"]) for node in cluster.client().nodes() if node["role"] == "primary_master")
    began = time.time()
    with HealthLog(cluster) as health:
        done = runs.campaign(cluster, "begin", coreapp_minimum_uptime=DEFAULT_UPTIME).wait()
    assert done.ok
    happened = log.of(cluster.name, since=began)
    assert events.starts(happened) == dict.fromkeys(cluster.shape.node_names, 1)
    assert events.start_order(happened)[-1] == last
    assert max(map(len, health.away)) == 1
    assert runs.ledger(cluster)["restart"] is None
    return events.outages(happened), health


def gaps(outages: list[Outage]) -> dict[str, float]:
    """Per node, the seconds from its container's start to the next node's stop."""
    found = {one.node: after.begin - one.end for one, after in zip(outages, outages[1:], strict=False)}
    print(found)
    return found


@pytest.mark.parametrize("seconds", [0, pytest.param(1, marks=pytest.mark.long), 8])
def test_every_node_registers_late(
    make_cluster: Callable[[Shape], DockerCluster], log: EventLog, seconds: float
) -> None:
    cluster = make_cluster(Shape("multiconnect", masters=2, coreapps=1, shards=1))
    cluster.client().configure(boot_seconds=seconds)
    outages, _health = roll(cluster, log)
    assert min(gaps(outages).values()) >= seconds


def test_a_shard_fails_over_while_its_coreapp_boots(
    make_cluster: Callable[[Shape], DockerCluster], log: EventLog
) -> None:
    """By then as many nodes are connected as before, and the Coreapp that was restarted is still not back."""
    shape = Shape("multiconnect", masters=1, coreapps=3, shards=2, options={"speed": 3.0})
    cluster = make_cluster(shape)
    seconds = 60 / 3
    booting = next(
        str(node["name"])
        for node in cluster.client().nodes()
        if node["status"] == "connected" and node["role"] == "coreapp"
    )
    cluster.client().configure_node(booting, boot_seconds=60)
    outages, health = roll(cluster, log)
    assert gaps(outages)[booting] >= seconds
    full = [away for away, connected in zip(health.away, health.connected, strict=True) if connected == 3]
    assert {booting} in full, "the shard has failed over while the node was away"
