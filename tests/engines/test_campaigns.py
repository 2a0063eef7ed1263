# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Campaigns that overlap, and many runs at once, on one client in containers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from engines import events, runs
from engines.cluster import DockerCluster, Shape
from engines.events import EventLog

pytestmark = pytest.mark.docker

# Every order in which two campaigns can begin and end, and how many of the four steps change what is in effect.
ORDERS = {
    "+a +b -a -b": 2,
    "+a +b -b -a": 2,
    "+b +a -a -b": 2,
    "+b +a -b -a": 2,
    "+a -a +b -b": 4,
    "+b -b +a -a": 4,
}
MANY = 10


@pytest.fixture(scope="module")
def single(make_cluster: Callable[[Shape], DockerCluster]) -> DockerCluster:
    return make_cluster(Shape())


@pytest.fixture(scope="module")
def several(make_cluster: Callable[[Shape], DockerCluster]) -> DockerCluster:
    return make_cluster(Shape("multiconnect", masters=1, coreapps=2, shards=1))


def step(word: str) -> dict[str, Any]:
    """`+name` begins a campaign, `-name` ends it."""
    return {
        "name": f"Step {word}",
        "ansible.builtin.include_role": {
            "name": "wabiz.onprem.campaign_mode",
            "tasks_from": "begin" if word[0] == "+" else "end",
        },
        "vars": {"campaign_mode_name": word[1:]},
    }


def look(cluster: DockerCluster, word: str) -> dict[str, Any]:
    url = f"{cluster.api_url}/_emulator/clients/-/in_effect"
    return {"name": f"Look after {word}", "ansible.builtin.uri": {"url": url, "ca_path": str(cluster.ca_path)}}


@pytest.mark.parametrize("order", ORDERS)
def test_overlapping_campaigns(single: DockerCluster, log: EventLog, order: str) -> None:
    began, words = time.time(), order.split()
    done = runs.role_tasks(single, [task for word in words for task in (step(word), look(single, word))])
    assert done.ok
    active: set[str] = set()
    for word in words:
        active = active | {word[1:]} if word[0] == "+" else active - {word[1:]}
        in_effect = done[f"Look after {word}"]["json"]
        assert {values[runs.COLLECTING] for values in in_effect.values()} == {not active}, f"after {word} of {order}"
    assert events.starts(log.of(single.name, since=began)) == {"wacore": ORDERS[order]}
    assert runs.nothing_is_left(single)


def at_once(cluster: DockerCluster, steps: list[tuple[str, str]]) -> None:
    """Runs of campaign_begin and campaign_end, all at the same time; every one of them has to succeed."""
    running = [(kind, name, runs.campaign(cluster, kind, name)) for kind, name in steps]
    for kind, name, run in running:
        done = run.wait()
        assert done.code == 0, f"campaign_{kind} of {name}:\n{done.output[-3000:]}"


def test_twenty_runs_at_once(several: DockerCluster, log: EventLog) -> None:
    """Ten campaigns end while ten others begin: nothing restarts. Then all end at once: each node restarts once."""
    old, new = [f"old{number}" for number in range(MANY)], [f"new{number}" for number in range(MANY)]
    assert runs.role_tasks(several, [step(f"+{name}") for name in old]).ok
    several.client().clear_calls()
    started, began = several.started(), time.time()
    at_once(several, [pair for one, two in zip(old, new, strict=True) for pair in (("end", one), ("begin", two))])
    print(f"\n{2 * MANY} runs at once: {time.time() - began:.0f} s")
    assert several.started() == started
    assert not [call for call in several.client().writes() if call.startswith(("PATCH", "DELETE"))]
    assert sorted(runs.ledger(several)["campaigns"]) == sorted(new)
    assert set(runs.collecting(several).values()) == {False}

    began = time.time()
    at_once(several, [("end", name) for name in new])
    print(f"{MANY} ends at once, with one rolling restart: {time.time() - began:.0f} s")
    happened = log.of(several.name, since=began)
    assert events.starts(happened) == dict.fromkeys(several.shape.node_names, 1)
    assert events.most_down_at_once(happened) == 1
    assert set(runs.collecting(several).values()) == {True}
    assert runs.nothing_is_left(several)
    patches = [(call["path"], call["status"]) for call in several.client().calls() if call["method"] == "PATCH"]
    assert patches == [("/v1/settings/application", 200)]
