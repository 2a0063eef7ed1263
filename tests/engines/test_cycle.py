# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A campaign begins and ends on a Multiconnect client in containers, while messages are sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playbooks.helpers import Result, Run

from engines import events, runs
from engines.cluster import SECRET, DockerCluster, Shape
from engines.events import EventLog, Outage
from engines.traffic import MEANING, Sent, Traffic

pytestmark = pytest.mark.docker

SHAPE = Shape("multiconnect", masters=2, coreapps=3, shards=2, options={"connect_seconds": 0.5})

LONGEST_WAY_UP = 20.0  # of the program in a container, on a machine that has much else to do


@pytest.fixture(scope="module")
def cluster(make_cluster: Callable[[Shape], DockerCluster]) -> DockerCluster:
    return make_cluster(SHAPE)


def primary(cluster: DockerCluster) -> str:
    return next(str(node["name"]) for node in cluster.client().nodes() if node["role"] == "primary_master")


def run(cluster: DockerCluster, log: EventLog, step: str) -> list[Outage]:
    """One step of the campaign: every node once, one after another, the primary master last."""
    before, began, last = cluster.ids(), time.time(), primary(cluster)
    done = runs.campaign(cluster, step).wait()
    ended = time.time()
    assert done.ok
    happened = log.of(cluster.name, since=began)
    outages = events.outages(happened)
    report(step, began, outages, ended)
    assert events.starts(happened) == dict.fromkeys(cluster.shape.node_names, 1)
    assert events.most_down_at_once(happened) == 1
    order = events.start_order(happened)
    assert order[-1] == last
    assert all(node.startswith("wacore") for node in order[: SHAPE.coreapps])
    assert cluster.ids() == before, "restarted, never recreated"
    assert set(runs.collecting(cluster).values()) == {step == "end"}
    assert runs.ledger(cluster)["restart"] is None
    return outages


def report(step: str, began: float, outages: list[Outage], ended: float) -> None:
    print(f"\ncampaign_{step}: {ended - began:.1f} s")
    marks = [began, *(outage.end for outage in outages)]
    print(f"  until the first node goes down {outages[0].begin - began:7.1f} s")
    for outage, before in zip(outages[1:], marks[1:], strict=False):
        print(f"  {'settled, and found the next':<30} {outage.begin - before:7.1f} s")
        print(f"  {outage.node:<30} {outage.seconds:7.1f} s down")
    print(f"  after the last                 {ended - marks[-1]:7.1f} s")


def explain(failures: list[Sent], outages: list[Outage]) -> dict[str, int]:
    """Each failed message with the node that was away: from the signal to it until it serves again, after its start."""
    reasons: dict[str, int] = {}
    for sent in failures:
        gone = [one for one in outages if one.begin - 0.5 <= sent.time]
        away = gone[-1].node if gone and sent.time <= gone[-1].end + LONGEST_WAY_UP else "no node"
        reason = f"{sent.status} {sent.code} while {away} was away: {MEANING.get(sent.code)}"
        reasons[reason] = reasons.get(reason, 0) + 1
    return reasons


def test_a_cycle_under_traffic(cluster: DockerCluster, log: EventLog) -> None:
    with Traffic(cluster.api()) as traffic:
        outages = run(cluster, log, "begin") + run(cluster, log, "end")
    failures = traffic.failures()
    print(f"\n{len(traffic.sent)} messages, {len(failures)} refused while rolling")
    reasons = explain(failures, outages)
    for reason, count in sorted(reasons.items()):
        print(f"  {count:5} {reason}")
    assert len(outages) == 2 * len(cluster.shape.node_names)
    assert len(traffic.sent) > 100
    assert set(traffic.reasons()) <= {"1018"}, "only the shard of the node that restarts has to wait"
    assert not any("no node" in reason for reason in reasons)


@pytest.fixture(scope="module")
def talkative(cluster: DockerCluster) -> Iterator[Run]:
    """A campaign that was begun at the highest verbosity; it ends after the tests."""
    yield runs.campaign(cluster, "begin", "secrecy", "-vvvv", "--diff").wait()
    assert runs.campaign(cluster, "end", "secrecy").wait().ok


def test_nothing_of_the_containers_environment_is_printed(talkative: Run) -> None:
    assert talkative.ok
    assert "TASK [wabiz.onprem.coreapp : Restart one node after another]" in talkative.output
    assert "StartedAt" not in talkative.output
    assert SECRET not in talkative.output
    assert "WA_DB" not in talkative.output


def test_a_second_begin_restarts_nothing(cluster: DockerCluster, talkative: Run) -> None:
    assert talkative.ok
    before = cluster.started()
    done = runs.campaign(cluster, "begin", "secrecy").wait()
    assert done.ok
    working = [one.task for one in done.results if one.outcome == "ok" and works(one)]
    print(f"\n{done.seconds:.1f} s, tasks with work in them: {working}")
    assert cluster.started() == before
    assert working == ["Record the campaign, and write what follows from it", "Show the result for each client"]


def works(one: Result) -> bool:
    """Neither an included file nor the check of a role's arguments."""
    return "include" not in one.result and not one.task.startswith("Validating arguments")
